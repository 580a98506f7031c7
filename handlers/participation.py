"""What people do in the rollout beside reading: their turn, another date, reminders, the survey.
Which payload goes to which decision."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.announcing_desk import AnnouncingDesk
from handlers.announcing_message import SURVEY
from handlers.date_requests import (
    RequestAction,
    RequestForm,
    decide_approve,
    decide_decline,
    decide_declined,
    decide_request_press,
    decide_requested,
)
from handlers.decision import Decision
from handlers.enrolled_upload import UPLOAD_FORM, decide_uploaded
from handlers.intake import Intake
from handlers.payloads import (
    Pressed,
    Submitted,
    is_in_view,
    read_press,
    read_press_in_view,
    read_submission,
)
from handlers.reminding import ReminderAction, decide_stop
from handlers.survey import SURVEY_FORM, decide_answered, decide_survey
from handlers.turns import TurnAction, decide_other_group, decide_turn_press

PressDecider: TypeAlias = Callable[[Pressed, AnnouncingDesk, datetime], Awaitable[Decision]]
FormDecider: TypeAlias = Callable[[Submitted, AnnouncingDesk, datetime], Awaitable[Decision]]

PRESSES: Mapping[str, PressDecider] = {
    TurnAction.GROUP: decide_turn_press,
    TurnAction.OTHER: decide_other_group,
    RequestAction.ASK: decide_request_press,
    RequestAction.APPROVE: decide_approve,
    RequestAction.DECLINE: decide_decline,
    ReminderAction.STOP: decide_stop,
    SURVEY: decide_survey,
}
FORMS: Mapping[str, FormDecider] = {
    RequestForm.ASK: decide_requested,
    RequestForm.DECLINE: decide_declined,
    SURVEY_FORM: decide_answered,
    UPLOAD_FORM: decide_uploaded,
}


def register_participation(app: AsyncApp, intake: Intake, desk: AnnouncingDesk) -> None:
    """Connect the buttons and forms. Call it before the catch-alls, since the first match wins."""
    for action, on_press in PRESSES.items():
        _on_press(app, action, on_press, intake, desk)
    for form, on_form in FORMS.items():
        _on_form(app, form, on_form, intake, desk)


def _on_press(
    app: AsyncApp, action: str, decide: PressDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = _pressed(body)
        await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(on_press)


def _pressed(body: dict[str, Any]) -> Pressed:
    """A press in a message, or in App Home, where the person is answered in a direct message."""
    if not is_in_view(body):
        return read_press(body)
    seen = read_press_in_view(body)
    return Pressed(
        key=seen.key,
        team=seen.team,
        user=seen.user,
        action=seen.action,
        value=seen.value,
        channel="",
        message_ts="",
        thread_ts=None,
        trigger_id=seen.trigger_id,
    )


def _on_form(
    app: AsyncApp, form: str, decide: FormDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        key = f"{submitted.key}:{form}"
        decision = await intake.take(key, body, lambda now: decide(submitted, desk, now))
        await ack(**(decision.reply or {}))

    app.view(form)(on_form)
