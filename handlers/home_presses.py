"""Presses in App Home about tickets: turn a page, look again, open a ticket again, show one."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import HelpdeskDesk, open_case
from handlers.home import decide_page, decide_refreshed
from handlers.home_parts import HomeAction
from handlers.intake import Intake
from handlers.payloads import PressedInView, read_press_in_view
from handlers.ticket_overviews import one_ticket, ticket_view
from handlers.ticket_refusals import plain_sentence
from handlers.ticket_steps import changed
from handlers.ticket_words import paragraph
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused

Decide: TypeAlias = Callable[[PressedInView, HelpdeskDesk, datetime], Awaitable[Decision]]


def register_home(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the presses; before the catch-alls."""

    def listen(action: str, decide: Decide) -> None:
        async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
            pressed = read_press_in_view(body)
            await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
            await ack()

        app.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(on_press)

    listen(HomeAction.PAGE, _turn)
    listen(HomeAction.REFRESH, _look_again)
    listen(HomeAction.REOPEN, decide_reopen)
    listen(HomeAction.SHOW, decide_show)


async def _turn(pressed: PressedInView, desk: HelpdeskDesk, now: datetime) -> Decision:
    return await decide_page(pressed, desk.asking, now)


async def _look_again(pressed: PressedInView, desk: HelpdeskDesk, now: datetime) -> Decision:
    return await decide_refreshed(pressed, desk.asking, now)


async def decide_reopen(pressed: PressedInView, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The asker opens a closed ticket again; the tab follows the ticket."""
    desk = await desk.at(pressed.team, now)
    try:
        case = await open_case(desk, pressed.value, pressed.user, pressed.team, now)
        return changed(case, rules.reopen(case.ticket, pressed.user, now))
    except HelpdeskRefused as no:
        return await _refused(pressed, no, desk)


async def decide_show(pressed: PressedInView, desk: HelpdeskDesk, now: datetime) -> Decision:
    """One ticket with its history, in a modal."""
    desk = await desk.at(pressed.team, now)
    try:
        case = await open_case(desk, pressed.value, pressed.user, pressed.team, now)
        content = one_ticket(case.ticket, case.actor, desk)
    except HelpdeskRefused as no:
        return await _refused(pressed, no, desk)
    say = await desk.asking.say_to(pressed.user)
    return Decision(modal=OpenModal(pressed.trigger_id, ticket_view(case.ticket, content, say)))


async def _refused(pressed: PressedInView, no: HelpdeskRefused, desk: HelpdeskDesk) -> Decision:
    """Why not, in a modal: a view has no place for a whisper."""
    say = await desk.asking.say_to(pressed.user)
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": say("announcing-refused-title")},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "blocks": [paragraph(plain_sentence(no, say))],
    }
    return Decision(modal=OpenModal(pressed.trigger_id, view))
