"""Files of relayed messages: uploaded anew on the other side, with one notice where that fails."""

from dataclasses import replace
from datetime import datetime

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.ticket_effects import Extra, asker_place, in_thread, landing_of, opening, to_asker
from handlers.ticket_words import mention, said_with
from helpdesk.rules import Change
from helpdesk.ticket import Ticket, about
from helpdesk.timing import acting_tier
from storage.outbox import CarryFiles, Destination, OutboxEntry, OutboxItem, UnderItem

LANDED = "files"
"""What a look at the outcome is called for files."""
_IN, _OUT = "files-in", "files-out"


def to_helpdesk(
    ticket: Ticket,
    tier: int,
    author: str,
    files: tuple[str, ...],
    desk: HelpdeskDesk,
    now: datetime,
) -> Extra:
    """The files of a message that came into the thread of the tier's card."""
    card = ticket.card(tier)
    if not files or card is None:
        return Extra()
    return _carried(ticket, _IN, author, files, UnderItem(card.key), desk, now)


def opening_with(
    files: tuple[str, ...], change: Change, desk: HelpdeskDesk, now: datetime, extra: Extra
) -> Decision:
    """The commit of a new ticket; the files of its question come into the thread of its card."""
    decision = opening(change, desk, now, extra)
    made = (one.record for one in decision.puts if isinstance(one.record, Ticket))
    ticket = next(made)
    card = ticket.card(ticket.tier)
    if not files or card is None:
        return decision
    comment = desk.say("ticket-files-asked", number=str(ticket.number))
    carried = _carrying(ticket, _IN, ticket.asker, files, UnderItem(card.key), comment, now)
    return replace(
        decision,
        outbox=(*decision.outbox, *carried.outbox),
        due=(*decision.due, *carried.due),
    )


def to_person(
    ticket: Ticket, author: str, files: tuple[str, ...], desk: HelpdeskDesk, now: datetime
) -> Extra:
    """The files of a message that an agent sent to the asker."""
    if not files:
        return Extra()
    return _carried(ticket, _OUT, author, files, asker_place(ticket), desk, now)


def _carried(
    ticket: Ticket,
    way: str,
    author: str,
    files: tuple[str, ...],
    place: Destination,
    desk: HelpdeskDesk,
    now: datetime,
) -> Extra:
    say = desk.asking.say_in(ticket.language) if way == _OUT else desk.say
    number, serial = str(ticket.number), str(ticket.relayed)
    comment = say("ticket-files-carried", number=number, serial=serial)
    return _carrying(ticket, way, author, files, place, comment, now)


def _carrying(
    ticket: Ticket,
    way: str,
    author: str,
    files: tuple[str, ...],
    place: Destination,
    comment: str,
    now: datetime,
) -> Extra:
    key = f"{about(ticket)}:{way}:{ticket.relayed}:{author}"
    carrying = OutboxItem(
        key=key,
        team=ticket.team,
        # Large files, or a host that does not answer, hold up no words.
        order_group=f"ticket/{ticket.id}/files",
        call=CarryFiles(place, files, comment),
        due_at=now,
        about=about(ticket),
    )
    return Extra(outbox=(carrying,), due=(landing_of(ticket, key, LANDED, now),))


def files_lost(ticket: Ticket, entry: OutboxEntry, desk: HelpdeskDesk, now: datetime) -> Extra:
    """The tier's thread says that files did not arrive and what to do; an asker whose files they
    were is asked to describe them."""
    key = entry.item.key
    author = key.rpartition(":")[2]
    tier = acting_tier(ticket) if ticket.card(acting_tier(ticket)) else ticket.tier
    text = desk.say("ticket-files-lost", who=mention(author), code=entry.reason or "-")
    notes = tuple(in_thread(ticket, tier, f"{key}:lost", said_with(text), now))
    if f":{_IN}:" not in key or author != ticket.asker:
        return Extra(outbox=notes)
    say = desk.asking.say_in(ticket.language)
    asked = to_asker(ticket, f"{key}:stay", said_with(say("ticket-files-stay")), now)
    return Extra(outbox=(*notes, asked))
