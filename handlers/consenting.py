"""The author's answer to whether their words may leave a private channel."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.intake import Intake
from handlers.message_escalation import CONSENT_LAPSES, consent_key, decide_agreed, to_agent
from handlers.payloads import Pressed, read_press
from handlers.ticket_actions import ConsentPress
from handlers.ticket_refusals import whispered
from handlers.ticket_words import mention, said_with
from helpdesk.consent import Consent
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Refusal, refused
from storage.kinds import CONSENT
from storage.outbox import DueCommand, Edit, ItemMessage, OutboxItem
from storage.port import Commit, Delete
from storage.records import Stored

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


def register_consent(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the two buttons; before the catch-alls."""

    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_consent(pressed, desk, now))
        await ack()

    for press in ConsentPress:
        app.action(re.compile(rf"^{re.escape(press)}$"))(on_press)


def consent_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """What falls due when nobody answers, by the command's name."""

    async def lapses(command: DueCommand, now: datetime) -> Commit:
        return (await decide_lapse(command, desk, now)).commit(now)

    return {CONSENT_LAPSES: lapses}


async def decide_consent(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Only the author decides; once it is decided nothing of the question is kept."""
    desk = await desk.at(pressed.team, now)
    try:
        stored = await desk.store.get(CONSENT, pressed.value)
        if stored is None or stored.record.team != pressed.team:
            raise refused(Refusal.UNKNOWN)
        if stored.record.author != pressed.user:
            raise refused(Refusal.NOT_THE_ASKER)
        if pressed.action == ConsentPress.NO:
            return _refused(stored, desk, now)
        opened = await decide_agreed(stored, desk, now)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    return _over(opened, stored, "consent-given", desk, now)


async def decide_lapse(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """No answer is a no."""
    stored = await desk.store.get(CONSENT, command.about.removeprefix("consent:"))
    if stored is None:
        return Decision()
    return _refused(stored, desk, now)


def _refused(stored: Stored[Consent], desk: HelpdeskDesk, now: datetime) -> Decision:
    asked = stored.record
    text = desk.say("consent-told-no", author=mention(asked.author))
    told = Decision(outbox=(to_agent(asked, text, now),))
    return _over(told, stored, "consent-not-given", desk, now)


def _over(
    decision: Decision, stored: Stored[Consent], key: str, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """The question is deleted, and its message says how it was answered, without the words."""
    asked = stored.record
    name = consent_key(asked)
    shown = OutboxItem(
        key=f"{name}:over",
        team=asked.team,
        order_group=f"direct/{asked.author}",
        call=Edit(ItemMessage(name), said_with(desk.asking.say_in(asked.language)(key))),
        due_at=now,
        about=f"consent:{asked.id}",
    )
    return replace(
        decision,
        deletes=(*decision.deletes, Delete(CONSENT, asked.id, stored.version)),
        outbox=(*decision.outbox, shown),
        cancels=(*decision.cancels, f"{CONSENT_LAPSES}:{asked.id}"),
    )
