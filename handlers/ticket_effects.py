"""What a change of a ticket makes visible: cards, the asker's status, notes in the threads of the
tiers, and the ticket's timer. All in the one commit that changes the ticket."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.decision import NOTHING, Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.home_due import refreshes
from handlers.ticket_cards import render_card, render_solution, render_status
from handlers.ticket_dues import arrived, regrouped
from handlers.ticket_followers import followers_told
from handlers.ticket_words import mention, said_with, tier_name
from helpdesk.rules import Change, with_card
from helpdesk.ticket import FIRST_TIER, Card, Event, Ticket, Visibility, What, about
from helpdesk.timing import next_step_at, next_word_at
from knowledge.matching import Outcome, Query
from storage.kinds import TICKET
from storage.outbox import (
    Content,
    Destination,
    DueCommand,
    Edit,
    InChannel,
    ItemMessage,
    OutboxItem,
    Post,
    ToPerson,
    UnderItem,
)
from storage.port import Put
from storage.records import NEW

TIMER = "ticket-timer"
QUIET = "ticket-quiet"
LANDING = "ticket-landing"
LOOK_AFTER = timedelta(seconds=1)
"""When it is looked at first what became of a message that matters."""


_NAMING = frozenset(
    {
        What.ASSIGNED,
        What.TAKEN_OVER,
        What.CLAIM_LOST,
        What.ABANDONED,
        What.CONFIRMED,
        What.REJECTED,
    }
)
"""Events whose ``to`` is a person."""


@dataclass(frozen=True)
class Extra:
    """What a change brings along beside what follows from it."""

    puts: tuple[Put, ...] = ()
    outbox: tuple[OutboxItem, ...] = ()
    due: tuple[DueCommand, ...] = ()


def carried(
    before: Ticket,
    version: int,
    change: Change,
    desk: HelpdeskDesk,
    now: datetime,
    extra: Extra | None = None,
) -> Decision:
    """The commit of a change: ``before`` at ``version`` becomes what the change says, every message
    that shows it is edited where it differs, and the tiers are told. Nothing for no change."""
    extra = extra or Extra()
    if not change.events and change.ticket == before and not extra.outbox:
        return NOTHING
    ticket, arrival, landing = _arriving(change.ticket, desk, now)
    shown = version + 1
    outbox = (
        *arrival,
        *_card_edits(before, ticket, shown, desk, now),
        *_status_edits(before, ticket, shown, desk, now),
        *_solution_edits(before, ticket, shown, desk, now),
        *_notes(ticket, change.events, shown, desk, now),
        *followers_told(ticket, change.events, shown, desk, now),
        *extra.outbox,
    )
    timers = timers_of(ticket, desk)
    return Decision(
        puts=(Put(TICKET, ticket, version), *extra.puts),
        outbox=outbox,
        due=(
            *timers,
            *landing,
            *regrouped(before, ticket, now),
            *refreshes((before, ticket), now),
            *extra.due,
        ),
        cancels=_stopped(ticket, timers),
    )


def opening(change: Change, desk: HelpdeskDesk, now: datetime, extra: Extra) -> Decision:
    """The commit of a new ticket: its card, and the asker's status message."""
    asked = replace(change.ticket, topic=_topic(change.ticket, desk))
    ticket, arrival, landing = _arriving(asked, desk, now)
    status = status_item(ticket, desk, now)
    seen = landing_of(ticket, status.key, "status", now)
    return Decision(
        puts=(Put(TICKET, ticket, NEW), *extra.puts),
        outbox=(status, *arrival, *extra.outbox),
        due=(
            *timers_of(ticket, desk),
            *landing,
            seen,
            *refreshes((ticket,), now),
            *extra.due,
        ),
    )


def status_item(ticket: Ticket, desk: HelpdeskDesk, now: datetime) -> OutboxItem:
    """The asker's status message, posted."""
    content = render_status(ticket, desk.showing(ticket.language))
    call = Post(_status_place(ticket), content, fallback_user=ticket.asker)
    return item(ticket, status_key(ticket), call, now)


def item(ticket: Ticket, key: str, call: Post | Edit, now: datetime) -> OutboxItem:
    """An outgoing message about the ticket, in the ticket's order."""
    return OutboxItem(
        key=key,
        team=ticket.team,
        order_group=f"ticket/{ticket.id}",
        call=call,
        due_at=now,
        about=about(ticket),
    )


def in_thread(
    ticket: Ticket, tier: int, key: str, content: Content, now: datetime
) -> Iterator[OutboxItem]:
    """A message in the thread of a tier's card, if the tier has one."""
    if card := ticket.card(tier):
        yield item(ticket, key, Post(UnderItem(card.key), content), now)


def to_asker(ticket: Ticket, key: str, content: Content, now: datetime) -> OutboxItem:
    """A message to the asker: under the status message in private, else in the question's
    thread."""
    return item(ticket, key, Post(asker_place(ticket), content, fallback_user=ticket.asker), now)


def status_key(ticket: Ticket) -> str:
    """The outbox key of the asker's status message; another for each that is posted anew."""
    first = f"{about(ticket)}:status"
    return first if ticket.status_serial == 1 else f"{first}:{ticket.status_serial}"


def timers_of(ticket: Ticket, desk: HelpdeskDesk) -> tuple[DueCommand, ...]:
    """The ticket's timers: of who has to act, and of an asker who hears nothing."""
    moments = {
        TIMER: next_step_at(ticket, desk.settings),
        QUIET: next_word_at(ticket, desk.settings),
    }
    return tuple(
        DueCommand(_timer_key(ticket, name), ticket.team, name, due_at, about(ticket))
        for name, due_at in moments.items()
        if due_at
    )


def _stopped(ticket: Ticket, running: Iterable[DueCommand]) -> tuple[str, ...]:
    """The keys of the timers that no longer run."""
    keys = {one.key for one in running}
    names = (_timer_key(ticket, name) for name in (TIMER, QUIET))
    return tuple(name for name in names if name not in keys)


def _timer_key(ticket: Ticket, name: str) -> str:
    return f"{about(ticket)}:{name.removeprefix('ticket-')}"


def landing_of(ticket: Ticket, key: str, kind: str, now: datetime) -> DueCommand:
    """Looks later what became of a message. ``kind`` says what it was: ``card``, ``status`` or
    ``reply``."""
    return DueCommand(
        key=f"{key}:landing",
        team=ticket.team,
        name=LANDING,
        due_at=now + LOOK_AFTER,
        about=about(ticket),
        arguments={"ticket": ticket.id, "item": key, "kind": kind},
    )


def card_item(ticket: Ticket, card: Card, desk: HelpdeskDesk, now: datetime) -> OutboxItem:
    content = render_card(ticket, card.tier, desk.showing())
    return item(ticket, card.key, Post(InChannel(card.channel), content), now)


def _arriving(
    ticket: Ticket, desk: HelpdeskDesk, now: datetime
) -> tuple[Ticket, tuple[OutboxItem, ...], tuple[DueCommand, ...]]:
    """The ticket with a card in its tier: a tier that has one keeps it, however often the ticket
    comes by."""
    if not ticket.open or ticket.card(ticket.tier):
        return ticket, (), ()
    key = f"{about(ticket)}:card:{ticket.tier}"
    card = Card(ticket.tier, key, desk.channel(ticket.tier))
    placed = with_card(ticket, card)
    looked_at = (landing_of(placed, key, "card", now), arrived(placed, card, now))
    return placed, (card_item(placed, card, desk, now),), looked_at


def _topic(ticket: Ticket, desk: HelpdeskDesk) -> str:
    """The article that answers the asker's words, if the matcher is sure."""
    match = desk.asking.knowledge.current.matcher.match(Query(ticket.words, (ticket.language,)))
    return match.best.article_id if match.outcome is Outcome.ANSWER and match.best else ""


def _card_edits(
    before: Ticket, ticket: Ticket, version: int, desk: HelpdeskDesk, now: datetime
) -> Iterator[OutboxItem]:
    showing = desk.showing()
    for card in before.cards:
        content = render_card(ticket, card.tier, showing)
        if ticket.card(card.tier) == card and content != render_card(before, card.tier, showing):
            edit = Edit(ItemMessage(card.key), content)
            yield item(ticket, f"{card.key}:v{version}", edit, now)


def _status_edits(
    before: Ticket, ticket: Ticket, version: int, desk: HelpdeskDesk, now: datetime
) -> Iterator[OutboxItem]:
    showing = desk.showing(ticket.language)
    content = render_status(ticket, showing)
    if ticket.status_serial == before.status_serial and content != render_status(before, showing):
        key = status_key(ticket)
        yield item(ticket, f"{key}:v{version}", Edit(ItemMessage(key), content), now)


def _solution_edits(
    before: Ticket, ticket: Ticket, version: int, desk: HelpdeskDesk, now: datetime
) -> Iterator[OutboxItem]:
    if not before.delivery or before.delivery != ticket.delivery:
        return
    showing = desk.showing(ticket.language)
    content = render_solution(ticket, ticket.delivered, showing)
    if content != render_solution(before, before.delivered, showing):
        edit = Edit(ItemMessage(ticket.delivery), content)
        yield item(ticket, f"{ticket.delivery}:v{version}", edit, now)


def _notes(
    ticket: Ticket, events: Iterable[Event], version: int, desk: HelpdeskDesk, now: datetime
) -> Iterator[OutboxItem]:
    for event in events:
        for tier in _told(ticket, event):
            content = _note(ticket, event, tier, desk)
            key = f"{about(ticket)}:note:{event.what}:{tier}:v{version}"
            yield from in_thread(ticket, tier, key, content, now)


def _told(ticket: Ticket, event: Event) -> tuple[int, ...]:
    """The tiers in whose threads an event is noted."""
    match event.what:
        case What.CLAIMED | What.RELEASED | What.CLAIM_LOST | What.ASSIGNED | What.TAKEN_OVER:
            return (event.tier,)
        case What.WITH_VENDOR | What.VENDOR_ANSWERED:
            return (event.tier,)
        case What.LINKED | What.UNLINKED | What.SET_FREE | What.JOINED:
            return (event.tier,)
        case What.ESCALATED | What.RETURNED:
            return (event.tier, int(event.to))
        case What.DELIVERED:
            # Tier 1 reads the solution itself, with its mark.
            return tuple(tier for tier in ticket.passed if tier != FIRST_TIER)
        case What.RESOLVED | What.CONFIRMED | What.REJECTED:
            return ticket.passed
        case What.WITHDRAWN | What.LAPSED | What.ABANDONED | What.REOPENED:
            return ticket.passed
    return ()


def _note(ticket: Ticket, event: Event, tier: int, desk: HelpdeskDesk) -> Content:
    say = desk.say
    lead = say(
        f"ticket-note-{_note_name(event)}",
        number=str(ticket.number),
        who=mention(event.who) if event.who else "",
        to=_target(event, desk),
        tier=tier_name(event.tier, say),
    )
    called = _called(ticket, event, tier)
    text = f"{mention(called)}: {lead}" if called else lead
    if event.what is What.RESOLVED:
        return _both(text, event, desk)
    return said_with(text, event.text)


def _note_name(event: Event) -> str:
    """What who called said is told as such."""
    phoned = event.what in (What.CONFIRMED, What.REJECTED) and event.to
    return f"{event.what}-phoned" if phoned else str(event.what)


def _both(lead: str, event: Event, desk: HelpdeskDesk) -> Content:
    """Root cause and solution."""
    cause = said_with(f"{lead}\n{desk.say('ticket-root-cause')}", event.to)
    solution = said_with(desk.say("ticket-solution"), event.text)
    return Content(f"{cause.text}\n{solution.text}", (*cause.blocks, *solution.blocks))


def _target(event: Event, desk: HelpdeskDesk) -> str:
    if event.what in (What.ESCALATED, What.RETURNED):
        return tier_name(int(event.to), desk.say)
    if event.what in (What.LINKED, What.UNLINKED, What.SET_FREE, What.JOINED):
        return f"#{event.to}"
    if event.what in _NAMING and event.to:
        return mention(event.to)
    return ""


def _called(ticket: Ticket, event: Event, tier: int) -> str:
    """Who is mentioned in a tier's thread because it is their turn: pressing a button does not make
    anybody follow a thread."""
    match event.what:
        case What.ESCALATED | What.RETURNED if tier == int(event.to):
            return ticket.last_holder(tier)
        case What.RESOLVED if tier == FIRST_TIER:
            return ticket.last_holder(FIRST_TIER)
        case What.REJECTED | What.REOPENED if tier == event.tier:
            return ticket.last_holder(tier)
    return ""


def _status_place(ticket: Ticket) -> Destination:
    if ticket.visibility is Visibility.THREAD:
        return InChannel(ticket.channel, ticket.thread_ts)
    return ToPerson(ticket.asker)


def asker_place(ticket: Ticket) -> Destination:
    """Where the asker is answered."""
    if ticket.visibility is Visibility.THREAD:
        return InChannel(ticket.channel, ticket.thread_ts)
    return UnderItem(status_key(ticket))
