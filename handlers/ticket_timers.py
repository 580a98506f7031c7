"""What falls due about tickets: reminders, and a look at what became of a message."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.ticket_actions import Press
from handlers.ticket_effects import (
    LANDING,
    QUIET,
    TIMER,
    Extra,
    card_item,
    carried,
    in_thread,
    item,
    landing_of,
    to_asker,
)
from handlers.ticket_files import files_lost
from handlers.ticket_sending import note_anew, sent_lead
from handlers.ticket_words import actions, button, live_lines, mention, moment, said_with, tier_name
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused, RolesUnknown
from helpdesk.rules import Change, with_card
from helpdesk.ticket import FIRST_TIER, Card, State, Ticket, about
from helpdesk.timing import (
    Wait,
    acting_tier,
    next_step_at,
    next_word_at,
    open_again_at,
    wait_of,
)
from storage.kinds import TICKET, TICKET_LINK
from storage.outbox import (
    Content,
    DueCommand,
    Edit,
    InChannel,
    ItemMessage,
    OutboxEntry,
    OutboxItem,
    OutboxState,
    Post,
)
from storage.port import Commit
from storage.records import Stored

MOST_MENTIONED = 20
LONGEST_LOOK = timedelta(minutes=2)

_OF_TIER_1 = (Wait.DELIVERY, Wait.ASKER)
"""Waits in which it is tier 1's last holder who has to act."""

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]

log = structlog.get_logger()


def escalation_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """The deciders of the helpdesk's due commands, by the command's name."""

    async def timer(command: DueCommand, now: datetime) -> Commit:
        return (await decide_timer(command, desk, now)).commit(now)

    async def landing(command: DueCommand, now: datetime) -> Commit:
        return (await decide_landing(command, desk, now)).commit(now)

    async def quiet(command: DueCommand, now: datetime) -> Commit:
        return (await decide_quiet(command, desk, now)).commit(now)

    return {TIMER: timer, QUIET: quiet, LANDING: landing}


async def decide_timer(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A ticket's timer: decided on what the ticket waits for at this moment, so one that moved on
    meanwhile is left in peace."""
    desk = await desk.at(command.team, now)
    stored = await desk.store.get(TICKET, command.about.removeprefix("ticket:"))
    if stored is None:
        return Decision()
    ticket = stored.record
    due_at, wait = next_step_at(ticket, desk.settings), wait_of(ticket)
    if due_at is None or wait is None:
        return Decision()
    if later := _later(ticket, command, due_at, desk, now):
        return later
    if await _holder_is_gone(ticket, wait, desk):
        return carried(ticket, stored.version, rules.lose_claim(ticket, now), desk, now)
    change = rules.remind(ticket, now)
    said = tuple([one async for one in _said(change.ticket, wait, stored.version + 1, desk, now)])
    return carried(ticket, stored.version, change, desk, now, Extra(outbox=said))


async def decide_quiet(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """An asker who has heard nothing for a whole working day is told that it goes on."""
    desk = await desk.at(command.team, now)
    stored = await desk.store.get(TICKET, command.about.removeprefix("ticket:"))
    due_at = next_word_at(stored.record, desk.settings) if stored else None
    if stored is None or due_at is None:
        return Decision()
    ticket = stored.record
    if later := _later(ticket, command, due_at, desk, now):
        return later
    say = desk.asking.say_in(ticket.language)
    who = mention(ticket.holder) if ticket.holder else tier_name(acting_tier(ticket), say)
    text = say("ticket-timer-quiet", number=str(ticket.number), who=who)
    word = to_asker(ticket, f"{about(ticket)}:quiet:v{stored.version + 1}", said_with(text), now)
    change = Change(rules.reassure(ticket, now))
    return carried(ticket, stored.version, change, desk, now, Extra(outbox=(word,)))


def _later(
    ticket: Ticket, command: DueCommand, due_at: datetime, desk: HelpdeskDesk, now: datetime
) -> Decision | None:
    """The command put off, where its time has not come or the tier is closed."""
    ready = max(due_at, open_again_at(ticket, desk.settings, now))
    return Decision(due=(replace(command, due_at=ready),)) if ready > now else None


async def _holder_is_gone(ticket: Ticket, wait: Wait, desk: HelpdeskDesk) -> bool:
    """Whether who has to act is no longer of the tier; they may have left while nobody listened."""
    holder = ticket.last_holder(FIRST_TIER) if wait is Wait.DELIVERY else ticket.holder
    if not holder or ticket.free_to_take or wait is Wait.ASKER:
        return False
    try:
        return acting_tier(ticket) not in (await desk.actor(holder, ticket)).tiers
    except HelpdeskRefused:
        return False


async def _said(
    ticket: Ticket, wait: Wait, version: int, desk: HelpdeskDesk, now: datetime
) -> AsyncIterator[OutboxItem]:
    """What a step says, and to whom."""
    key = f"{about(ticket)}:remind:{wait}:v{version}"
    if not ticket.open:
        return
    if wait is Wait.ASKER and not ticket.by_phone:
        say = desk.asking.say_in(ticket.language)
        text = say("ticket-timer-asker", number=str(ticket.number))
        yield to_asker(ticket, key, said_with(text), now)
        return
    tier = acting_tier(ticket)
    called = await _called(ticket, wait, tier, desk)
    for one in in_thread(ticket, tier, key, _reminder(ticket, wait, called, desk), now):
        yield one
    if wait is Wait.CLAIM and ticket.reminders >= 3:
        yield _to_admins(ticket, version, desk, now)


async def _called(ticket: Ticket, wait: Wait, tier: int, desk: HelpdeskDesk) -> list[str]:
    """First the holder, then the whole tier."""
    holder = ticket.last_holder(FIRST_TIER) if wait in _OF_TIER_1 else ticket.holder
    if holder and ticket.reminders == 1:
        return [holder]
    card = ticket.card(tier)
    try:
        members = await desk.roles.members(card.channel if card else desk.channel(tier))
    except RolesUnknown:
        return [holder] if holder else []
    return sorted(members)[:MOST_MENTIONED]


def _reminder(ticket: Ticket, wait: Wait, called: list[str], desk: HelpdeskDesk) -> Content:
    say = desk.say
    tier = tier_name(acting_tier(ticket), say)
    name = "phoned" if wait is Wait.ASKER else str(wait)
    asker = mention(ticket.asker)
    text = say(f"ticket-timer-{name}", number=str(ticket.number), tier=tier, asker=asker)
    if ticket.free_to_take:
        text = f"{text} {say('ticket-timer-free', tier=tier)}"
    everybody = " ".join(mention(one) for one in called)
    words = f"{everybody}: {text}" if everybody else text
    snooze = button(Press.SNOOZE, say("button-snooze"), ticket.id)
    return Content(words, (live_lines(words), actions(snooze)))


def _to_admins(ticket: Ticket, version: int, desk: HelpdeskDesk, now: datetime) -> OutboxItem:
    text = desk.say(
        "ticket-timer-admins",
        number=str(ticket.number),
        tier=tier_name(ticket.tier, desk.say),
        since=moment(ticket.waiting_since),
    )
    key = f"{about(ticket)}:admins:v{version}"
    return item(ticket, key, Post(InChannel(desk.admin_channel), said_with(text)), now)


async def decide_landing(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """What became of a message that matters: its note says whether it arrived, and a card that
    cannot stand in its channel goes to another."""
    desk = await desk.at(command.team, now)
    arguments = command.arguments or {}
    stored = await desk.store.get(TICKET, arguments["ticket"])
    entry = await desk.store.outbox_entry(arguments["item"])
    if stored is None or entry is None:
        return Decision()
    if entry.state is OutboxState.WAITING:
        again = now + min(timedelta(seconds=2 ** min(entry.attempts, 6)), LONGEST_LOOK)
        return Decision(due=(replace(command, due_at=again),))
    lost = entry.state is OutboxState.DEAD
    match arguments["kind"]:
        case "reply":
            return await _mark(stored, entry, desk, now, lost=lost)
        case "card" if lost:
            return reposted(stored, entry.item.key, desk, now)
        case "files" if lost:
            return Decision(outbox=files_lost(stored.record, entry, desk, now).outbox)
        case "status" if lost:
            return _unreachable(stored, desk, now)
    return Decision()


async def _mark(
    stored: Stored[Ticket], entry: OutboxEntry, desk: HelpdeskDesk, now: datetime, *, lost: bool
) -> Decision:
    """The note beside a message to the asker gets its mark."""
    ticket = stored.record
    links = await desk.store.find(TICKET_LINK, "ticket", ticket.id, limit=1_000)
    link = next((one.record for one in links if one.record.copy == entry.item.key), None)
    note = await desk.store.outbox_entry(link.note) if link else None
    if link is None or note is None or not isinstance(note.item.call, Post):
        return Decision()
    how = "failed" if lost else "done"
    lead = sent_lead(how, ticket, link.author, desk.say)
    content = note_anew(note.item.call.content, lead)
    edit = item(ticket, f"{link.note}:{how}", Edit(ItemMessage(link.note), content), now)
    return Decision(outbox=(edit,))


def reposted(stored: Stored[Ticket], key: str, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A lost card posted anew: where its channel cannot be used, in that of the next lower tier,
    and at last in the admins' channel, so that no ticket is out of everybody's sight."""
    ticket = stored.record
    lost = next((card for card in ticket.cards if card.key == key), None)
    if lost is None or not ticket.open:
        return Decision()
    channel = next(_other_channels(lost, desk), "")
    if not channel:
        log.error("no channel is left for a card", ticket=ticket.id)
        return Decision()
    text = desk.say(
        "ticket-card-rerouted", number=str(ticket.number), tier=tier_name(lost.tier, desk.say)
    )
    return _card_anew(stored, lost, channel, desk, now, text)


def posted_again(stored: Stored[Ticket], key: str, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A card that somebody deleted stands again in its channel."""
    ticket = stored.record
    deleted = next((card for card in ticket.cards if card.key == key), None)
    if deleted is None or not ticket.open:
        return Decision()
    return _card_anew(stored, deleted, deleted.channel, desk, now)


def _card_anew(
    stored: Stored[Ticket],
    lost: Card,
    channel: str,
    desk: HelpdeskDesk,
    now: datetime,
    note: str = "",
) -> Decision:
    serial = lost.serial + 1
    key = f"{about(stored.record)}:card:{lost.tier}:{serial}"
    card = Card(lost.tier, key, channel, serial)
    ticket = with_card(stored.record, card)
    notes = in_thread(ticket, lost.tier, f"{key}:note", said_with(note), now) if note else ()
    extra = Extra(
        outbox=(card_item(ticket, card, desk, now), *notes),
        due=(landing_of(ticket, key, "card", now),),
    )
    return carried(stored.record, stored.version, Change(ticket), desk, now, extra)


def _other_channels(lost: Card, desk: HelpdeskDesk) -> Iterator[str]:
    """Where the card may still go, best first: everything below the channel it could not stand
    in."""
    tiers = range(lost.tier, 0, -1)
    homes = (desk.tier_channels[tier - 1] for tier in tiers)
    order = list(dict.fromkeys([desk.channel(lost.tier), *homes, desk.admin_channel]))
    known = lost.channel in order
    yield from order[order.index(lost.channel) + 1 :] if known else order


def _unreachable(stored: Stored[Ticket], desk: HelpdeskDesk, now: datetime) -> Decision:
    ticket = stored.record
    tier = acting_tier(ticket) if ticket.state is not State.CLOSED else ticket.tier
    text = desk.say("ticket-asker-unreachable", number=str(ticket.number))
    key = f"{about(ticket)}:unreachable"
    return Decision(outbox=tuple(in_thread(ticket, tier, key, said_with(text), now)))
