"""Escalation in Slack: which payload goes to which decision."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers import asking, corrections
from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.intake import Intake
from handlers.offering import answered_by_others, with_offers
from handlers.payloads import (
    Changed,
    Said,
    event_key,
    read_change,
    read_membership,
    read_message,
    read_own_deletion,
    read_press,
    read_shortcut,
    read_submission,
    team_of,
)
from handlers.relay import decide_change, decide_message
from handlers.ticket_actions import Form, Press, Shortcut
from handlers.ticket_lost import decide_card_deleted, decide_deactivated, decide_left
from handlers.ticket_shortcuts import decide_shortcut
from handlers.ticket_steps import decide_press
from handlers.ticket_submissions import decide_form
from handlers.ticket_timers import escalation_deciders

__all__ = ["HelpdeskDesk", "escalation_deciders", "register_escalation"]


def register_escalation(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the helpdesk's listeners. Call it before ``handlers.app.register``: messages come
    here first, and go on to asking when they belong to no ticket."""
    _on_messages(app, intake, desk)
    for press in Press:
        _on_press(app, press, intake, desk)
    for form in Form:
        _on_form(app, form, intake, desk)
    for shortcut in Shortcut:
        _on_shortcut(app, shortcut, intake, desk)
    _on_people(app, intake, desk)


async def decide_said(said: Said, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A message of a person: into its ticket, else asked as a question."""
    decision = await decide_message(said, desk, now)
    if decision is None:
        decision = await asking.decide_message(said, desk.asking, now)
    needless = await answered_by_others(said, desk)
    return with_offers(replace(decision, cancels=(*decision.cancels, *needless)), desk, now)


async def decide_changed(changed: Changed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """An edited or deleted message: its copy in a ticket follows, else its answer does."""
    decision = await decide_change(changed, desk, now)
    if decision is not None:
        return decision
    return await corrections.decide_change(changed, desk.asking, now)


def _on_messages(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    async def on_message(body: dict[str, Any]) -> None:
        if (said := read_message(body)) and said.user != desk.asking.bot_user:
            key = f"event:{said.event_id}"
            await intake.take(key, body, lambda now: decide_said(said, desk, now))
        elif changed := read_change(body):
            key = f"event:{changed.event_id}"
            await intake.take(key, body, lambda now: decide_changed(changed, desk, now))
        elif deleted := read_own_deletion(body, desk.asking.bot_user):
            key = f"event:{deleted.event_id}"
            await intake.take(key, body, lambda now: decide_card_deleted(deleted, desk, now))

    app.event("message")(on_message)
    app.event("app_mention")(on_message)


def _on_press(app: AsyncApp, press: Press, intake: Intake, desk: HelpdeskDesk) -> None:
    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_press(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(press)}(\.[a-z]+)?$"))(on_press)


def _on_form(app: AsyncApp, form: Form, intake: Intake, desk: HelpdeskDesk) -> None:
    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            submitted.key, body, lambda now: decide_form(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    app.view(str(form))(on_form)


def _on_shortcut(app: AsyncApp, shortcut: Shortcut, intake: Intake, desk: HelpdeskDesk) -> None:
    async def on_shortcut(body: dict[str, Any], ack: AsyncAck) -> None:
        used = read_shortcut(body)
        await intake.take(used.key, body, lambda now: decide_shortcut(used, desk, now))
        await ack()

    app.shortcut(str(shortcut))(on_shortcut)


def _on_people(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    async def on_membership(body: dict[str, Any]) -> None:
        changed, team = read_membership(body), team_of(body)
        key = event_key(body)
        await intake.take(key, body, lambda now: decide_left(changed, team, desk, now))

    async def on_user_change(body: dict[str, Any]) -> None:
        user = body["event"].get("user") or {}
        name = str(user.get("id"))
        desk.asking.people.forget(name)
        if user.get("deleted"):
            key, team = event_key(body), team_of(body)
            await intake.take(key, body, lambda now: decide_deactivated(name, team, desk, now))

    app.event("member_joined_channel")(on_membership)
    app.event("member_left_channel")(on_membership)
    app.event("user_change")(on_user_change)
