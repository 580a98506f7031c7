"""Announcing in Slack: which payload goes to which decision."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.announcements_view import Admin, Form, Reader
from handlers.announcing_admin import (
    FORMS,
    decide_admin_form,
    decide_admin_press,
    decide_announce,
    decide_plan,
    decide_report,
)
from handlers.announcing_desk import AnnouncingDesk
from handlers.announcing_due import announcing_deciders
from handlers.announcing_readers import decide_platform, decide_reader_press
from handlers.commands import CommandDecider, CommandRouter
from handlers.decision import Decision
from handlers.intake import Intake
from handlers.payloads import (
    Commanded,
    Pressed,
    Submitted,
    read_press,
    read_submission,
)
from handlers.turns import TurnAction, decide_turn_press

__all__ = [
    "AnnouncingDesk",
    "add_announcing_commands",
    "announcing_deciders",
    "register_announcing",
]

_PressDecider = Callable[[Pressed, AnnouncingDesk, datetime], Awaitable[Decision]]
_FormDecider = Callable[[Submitted, AnnouncingDesk, datetime], Awaitable[Decision]]
_CommandDecider = Callable[[Commanded, AnnouncingDesk, datetime], Awaitable[Decision]]


def add_announcing_commands(router: CommandRouter, desk: AnnouncingDesk) -> None:
    """``/signpost plan``, ``announce`` and ``report``."""
    commands: tuple[tuple[str, _CommandDecider], ...] = (
        ("plan", decide_plan),
        ("announce", decide_announce),
        ("report", decide_report),
    )
    for word, decide in commands:
        router.add(word, _deciding(decide, desk), "command-announcing")


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
    _on_press(app, TurnAction.GROUP, decide_turn_press, intake, desk)


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
