"""Tickets on the same thing: offered for linking in the thread of a card, linked by an agent of the
tier, solved together."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.decision import Decision
from handlers.helpdesk_desk import Case, HelpdeskDesk, open_case
from handlers.intake import Intake
from handlers.payloads import Pressed, Submitted, read_press
from handlers.runbooks import suggested
from handlers.text import escaped, shortened
from handlers.ticket_actions import Input
from handlers.ticket_dues import ARRIVED, GROUP
from handlers.ticket_effects import carried, in_thread
from handlers.ticket_lost import together
from handlers.ticket_refusals import whispered
from handlers.ticket_words import actions, button, live_lines, mention, said_with, tier_name
from helpdesk import rules
from helpdesk.alike import Alike, alike
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Change, Refusal, refused
from helpdesk.ticket import State, Ticket, about, ticket_id
from helpdesk.timing import acting_tier
from storage.kinds import TICKET
from storage.outbox import Block, Content, DueCommand, Edit, MessageAt, OutboxItem
from storage.port import Commit, Order
from storage.records import Stored

LOOKED_AT = 300
"""Open tickets, the newest first, among which those alike are looked for."""
READ_AT_ONCE = 20
WORDS_SHOWN = 200
MOST_DIGITS = 8
"""Of a ticket's number."""

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]


class AlikePress(StrEnum):
    """Its value is the id of the ticket and that of the one to link it to."""

    LINK = "alike.link"


def register_alike(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the listener; before the catch-alls."""

    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_link(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(AlikePress.LINK)}$"))(on_press)


def alike_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """The deciders of what follows an arrival and a change of a group, by the command's name."""

    async def arrived(command: DueCommand, now: datetime) -> Commit:
        return (await decide_arrived(command, desk, now)).commit(now)

    async def group(command: DueCommand, now: datetime) -> Commit:
        return (await decide_group(command, desk, now)).commit(now)

    return {ARRIVED: arrived, GROUP: group}


async def decide_arrived(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A ticket came to a tier: the runbooks that fit, and the open tickets that are alike, each as
    one message in its thread there."""
    arguments = command.arguments or {}
    stored = await desk.store.get(TICKET, arguments["ticket"])
    if stored is None or not stored.record.open:
        return Decision()
    ticket, tier = stored.record, int(arguments["tier"])
    offered = alike(ticket, await _newest_open(ticket.team, desk))
    contents = {
        "runbooks": suggested(ticket, tier, desk),
        "alike": _offer(ticket, offered, desk) if offered else None,
    }
    items = [
        item
        for name, content in contents.items()
        if content
        for item in in_thread(ticket, tier, f"{about(ticket)}:{name}:{tier}", content, now)
    ]
    return Decision(outbox=tuple(items))


async def _newest_open(team: str, desk: HelpdeskDesk) -> list[Ticket]:
    """Read little by little: somebody may press Claim on the card meanwhile."""
    found: list[Ticket] = []
    after = None
    while len(found) < LOOKED_AT:
        page = await desk.store.find(
            TICKET, "open", team, limit=READ_AT_ONCE, after=after, order=Order.NEWEST_FIRST
        )
        found += [one.record for one in page]
        if len(page) < READ_AT_ONCE:
            break
        after = page[-1].record.id
    return found


async def decide_link(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Link the ticket; of one that is linked itself, to the ticket that it is linked to."""
    ticket_id, _, main_id = pressed.value.partition(" ")
    desk = await desk.at(pressed.team, now)
    try:
        case = await open_case(desk, ticket_id, pressed.user, pressed.team, now)
        if pressed.channel not in {card.channel for card in case.ticket.cards}:
            raise refused(Refusal.NOT_FROM_HERE, case.ticket)
        linked, decision = await _linked(case, main_id)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    done = Decision(outbox=(_linked_note(pressed, linked, desk, now),))
    return together([decision, done])


async def link_typed(case: Case, submitted: Submitted) -> Decision:
    """Link to the ticket whose number was typed, with or without its ``#``."""
    typed = submitted.values.get(Input.NUMBER, "").strip().removeprefix("#")
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        raise refused(Refusal.NO_TICKET)
    main_id = ticket_id(case.ticket.team, int(typed))
    if await case.desk.store.get(TICKET, main_id) is None:
        raise refused(Refusal.NO_TICKET)
    _, decision = await _linked(case, main_id)
    return decision


async def _linked(case: Case, main_id: str) -> tuple[Ticket, Decision]:
    """The ticket as it is linked, and the commit of both. Raises ``HelpdeskRefused``."""
    desk, now = case.desk, case.now
    main = await desk.ticket(main_id, case.ticket.team)
    if main.record.main and main.record.state is State.LINKED:
        main = await desk.ticket(main.record.main, case.ticket.team)
    linked, joined = rules.link(case.ticket, main.record, case.actor, now)
    both = (
        carried(case.ticket, case.stored.version, linked, desk, now),
        carried(main.record, main.version, joined, desk, now),
    )
    return linked.ticket, together(both)


async def decide_group(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Who is linked to a ticket, told anew on its card; when it ended without a solution, those
    still linked wait again, so that none is forgotten with it."""
    desk = await desk.at(command.team, now)
    stored = await desk.store.get(TICKET, (command.arguments or {})["ticket"])
    if stored is None:
        return Decision()
    main = stored.record
    tied = await desk.store.find(TICKET, "main", main.id, limit=4 * rules.MOST_LINKED)
    freed = [] if main.open else [one for one in tied if one.record.state is State.LINKED]
    staying = {one.record.number for one in tied} - {one.record.number for one in freed}
    change = Change(rules.with_linked(main, staying))
    decision = together(
        [
            carried(main, stored.version, change, desk, now),
            *(_freed(one, desk, now) for one in freed),
        ]
    )
    return replace(decision, due=tuple(one for one in decision.due if one.name != GROUP))


async def news_for_main(
    ticket: Ticket, desk: HelpdeskDesk, now: datetime
) -> tuple[OutboxItem, ...]:
    """The asker of a linked ticket wrote: who works on the main one is told where to read it, at
    most once in ten minutes. The words stay in the one thread, where an edit or a deletion reaches
    them."""
    _, due = rules.heard(ticket, now)
    main = await desk.store.get(TICKET, ticket.main) if ticket.state is State.LINKED else None
    if main is None or not due:
        return ()
    holder = f"{mention(main.record.holder)} " if main.record.holder else ""
    text = desk.say("alike-news", number=str(ticket.number))
    key = f"{about(main.record)}:news:{ticket.number}:{ticket.relayed + 1}"
    tier = acting_tier(main.record)
    return tuple(in_thread(main.record, tier, key, said_with(f"{holder}{text}"), now))


def _freed(tied: Stored[Ticket], desk: HelpdeskDesk, now: datetime) -> Decision:
    return carried(tied.record, tied.version, rules.set_free(tied.record, now), desk, now)


def _offer(ticket: Ticket, offered: tuple[Alike, ...], desk: HelpdeskDesk) -> Content:
    lead = desk.say("alike-lead")
    lines = [_line(one.ticket, desk) for one in offered]
    blocks = [block for one in offered for block in _blocks(ticket, one.ticket, desk)]
    return Content("\n".join([lead, *lines]), (live_lines(lead), *blocks))


def _blocks(ticket: Ticket, other: Ticket, desk: HelpdeskDesk) -> Iterator[Block]:
    yield live_lines(_line(other, desk))
    label = desk.say("button-link", number=str(other.number))
    yield actions(button(AlikePress.LINK, label, f"{ticket.id} {other.id}"))


def _line(ticket: Ticket, desk: HelpdeskDesk) -> str:
    say = desk.say
    words = escaped(shortened(ticket.words.replace("\n", " "), WORDS_SHOWN))
    holder = f" ({mention(ticket.holder)})" if ticket.holder else ""
    state = say(f"ticket-state-{ticket.state}")
    return f"{ticket.name}: {tier_name(ticket.tier, say)}, {state}{holder}\n{words}"


def _linked_note(pressed: Pressed, ticket: Ticket, desk: HelpdeskDesk, now: datetime) -> OutboxItem:
    """The offer gives way to what was done."""
    text = desk.say("alike-linked", number=str(ticket.number), main=str(ticket.main_number))
    return OutboxItem(
        key=f"{about(ticket)}:alike:done:{pressed.key}",
        team=ticket.team,
        order_group=f"ticket/{ticket.id}",
        call=Edit(MessageAt(pressed.channel, pressed.message_ts), said_with(text)),
        due_at=now,
        about=about(ticket),
    )
