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
)
from handlers.announcing_desk import AnnouncingDesk
from handlers.announcing_due import announcing_deciders
from handlers.announcing_readers import decide_platform, decide_reader_press
from handlers.decision import Decision
from handlers.intake import Intake
from handlers.payloads import (
    Commanded,
    Pressed,
    Submitted,
    read_command,
    read_press,
    read_submission,
)

__all__ = ["COMMAND", "AnnouncingDesk", "announcing_deciders", "register_announcing"]

COMMAND = "/signpost"

_PressDecider = Callable[[Pressed, AnnouncingDesk, datetime], Awaitable[Decision]]
_FormDecider = Callable[[Submitted, AnnouncingDesk, datetime], Awaitable[Decision]]
_CommandDecider = Callable[[Commanded, AnnouncingDesk, datetime], Awaitable[Decision]]


def register_announcing(app: AsyncApp, intake: Intake, desk: AnnouncingDesk) -> None:
    """Connect announcing's listeners. Call it before the catch-alls and before a listener for every
    ``/signpost``, since the first match wins."""
    _on_word(app, "plan", decide_plan, intake, desk)
    _on_word(app, "announce", decide_announce, intake, desk)
    for reader in Reader:
        _on_press(app, reader, decide_reader_press, intake, desk)
    for admin in Admin:
        _on_press(app, admin, decide_admin_press, intake, desk)
    for form in FORMS:
        _on_form(app, form, decide_admin_form, intake, desk)
    _on_form(app, Form.PLATFORM, decide_platform, intake, desk)


def _on_word(
    app: AsyncApp, word: str, decide: _CommandDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    """``/signpost`` followed by exactly this word."""

    async def is_word(body: dict[str, Any]) -> bool:
        return str(body.get("text") or "").strip().casefold() == word

    async def on_command(body: dict[str, Any], ack: AsyncAck) -> None:
        commanded = read_command(body)
        await intake.take(commanded.key, body, lambda now: decide(commanded, desk, now))
        await ack()

    app.command(COMMAND, matchers=[is_word])(on_command)


def _on_press(
    app: AsyncApp, action: str, decide: _PressDecider, intake: Intake, desk: AnnouncingDesk
) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(action)}$"))(on_press)


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
