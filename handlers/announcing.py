"""Announcing in Slack: which payload goes to which decision."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.announcing_card import Admin
from handlers.announcing_commands import decide_announce, decide_plan
from handlers.announcing_desk import AnnouncingDesk
from handlers.announcing_due import announcing_deciders
from handlers.announcing_forms import Form
from handlers.announcing_message import Reader
from handlers.announcing_presses import decide_admin_press
from handlers.announcing_readers import decide_platform, decide_reader_press
from handlers.announcing_replacing import decide_plan_replace, take_up_plan
from handlers.announcing_submissions import FORMS, decide_admin_form
from handlers.commands import CommandDecider, CommandRouter, Role
from handlers.decision import Decision
from handlers.enrolled_upload import decide_enrolled
from handlers.intake import Intake
from handlers.participation import register_participation
from handlers.payloads import (
    Commanded,
    Pressed,
    Submitted,
    read_press,
    read_submission,
)
from handlers.progress import decide_report
from handlers.survey import decide_results

__all__ = [
    "AnnouncingDesk",
    "add_announcing_commands",
    "announcing_deciders",
    "register_announcing",
    "take_up_plan",
]

_PressDecider = Callable[[Pressed, AnnouncingDesk, datetime], Awaitable[Decision]]
_FormDecider = Callable[[Submitted, AnnouncingDesk, datetime], Awaitable[Decision]]
_CommandDecider = Callable[[Commanded, AnnouncingDesk, datetime], Awaitable[Decision]]


def add_announcing_commands(router: CommandRouter, desk: AnnouncingDesk) -> None:
    """``/signpost plan``, ``announce``, ``report``, ``survey`` and ``enrolled``."""
    router.add("plan", _deciding(decide_plan, desk), "command-plan")
    commands: tuple[tuple[str, _CommandDecider], ...] = (
        ("announce", decide_announce),
        ("report", decide_report),
        ("survey", decide_results),
        ("enrolled", decide_enrolled),
    )
    for word, decide in commands:
        router.add(word, _deciding(decide, desk), "command-announcing", role=Role.ADMINS)
    replacing = _deciding(decide_plan_replace, desk)
    router.add("plan replace", replacing, "plan-command", role=Role.ADMINS)


def _deciding(decide: _CommandDecider, desk: AnnouncingDesk) -> CommandDecider:
    async def decided(commanded: Commanded, now: datetime) -> Decision:
        return await decide(commanded, desk, now)

    return decided


def register_announcing(app: AsyncApp, intake: Intake, desk: AnnouncingDesk) -> None:
    """Connect announcing's buttons and forms. Call it before the catch-alls, since the first match
    wins."""
    for reader in Reader:
        _on_press(app, reader, decide_reader_press, intake, desk)
    for admin in Admin:
        _on_press(app, admin, decide_admin_press, intake, desk)
    for form in FORMS:
        _on_form(app, form, decide_admin_form, intake, desk)
    _on_form(app, Form.PLATFORM, decide_platform, intake, desk)
    register_participation(app, intake, desk)


def _on_press(
    app: AsyncApp, action: str, decide: _PressDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(on_press)


def _on_form(
    app: AsyncApp, form: Form, decide: _FormDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            f"{submitted.key}:{form}", body, lambda now: decide(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    app.view(form.value)(on_form)
