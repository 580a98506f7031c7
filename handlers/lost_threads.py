"""A card that can no longer be written to: its channel was archived, the bot was removed from it,
or it was deleted while nobody listened. The first message that fails there makes the card be posted
anew, and what was to stand in its thread follows it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.ticket_effects import landing_of
from handlers.ticket_timers import Decider, posted_again, reposted
from helpdesk.links import Direction, Link
from helpdesk.ticket import Ticket
from storage.kinds import TICKET, TICKET_LINK
from storage.outbox import (
    DueCommand,
    Edit,
    ItemMessage,
    OutboxEntry,
    OutboxItem,
    OutboxState,
    Post,
    UnderItem,
)
from storage.port import Commit, Put
from storage.records import Stored

THREAD_LOST = "ticket-thread-lost"
AGAIN = timedelta(seconds=1)
"""When it is looked again whether the failed message was recorded as such."""
MOST_LINKS = 1_000
_CARD = re.compile(r"^ticket:(?P<ticket>.+):card:(?P<tier>\d)(?::\d+)?$")


def thread_lost(item: OutboxItem, channel_lost: bool, now: datetime) -> DueCommand | None:
    """What is to be done about an item that failed for good at a ticket's card; ``None`` for any
    other. ``channel_lost``: nothing can be written in the card's channel."""
    match item.call:
        case Post(UnderItem(card)) | Edit(ItemMessage(card)):
            found = _CARD.match(card)
        case _:
            found = None
    if found is None:
        return None
    lost = "channel" if channel_lost else "card"
    arguments = {"ticket": found["ticket"], "item": item.key, "card": found[0], "lost": lost}
    key, about = f"{item.key}:{THREAD_LOST}", f"ticket:{found['ticket']}"
    return DueCommand(key, item.team, THREAD_LOST, now, about, arguments)


def lost_thread_deciders(desk: HelpdeskDesk) -> Mapping[str, Decider]:
    """What decides about lost threads, by the command's name."""

    async def decide(command: DueCommand, now: datetime) -> Commit:
        return (await decide_thread_lost(command, desk, now)).commit(now)

    return {THREAD_LOST: decide}


async def decide_thread_lost(command: DueCommand, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The card anew where that was not done yet, and the message in its thread."""
    desk = await desk.at(command.team, now)
    arguments = command.arguments or {}
    stored = await desk.store.get(TICKET, arguments["ticket"])
    entry = await desk.store.outbox_entry(arguments["item"])
    if stored is None or entry is None or not stored.record.open:
        return Decision()
    if entry.state is OutboxState.WAITING:
        return Decision(due=(replace(command, due_at=now + AGAIN),))
    moved = await _card_anew(stored, arguments["card"], arguments["lost"], desk, now)
    made = (one.record for one in moved.puts if isinstance(one.record, Ticket))
    ticket = next(made, stored.record)
    return await _following(ticket, arguments["card"], entry, moved, desk, now)


async def _card_anew(
    stored: Stored[Ticket], key: str, lost: str, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """Nothing where the card stands elsewhere by now, or no channel is left for it."""
    card = await desk.store.outbox_entry(key)
    never_stood = card is not None and card.state is OutboxState.DEAD
    if lost == "channel" or never_stood:
        return reposted(stored, key, desk, now)
    return posted_again(stored, key, desk, now)


async def _following(
    ticket: Ticket,
    lost: str,
    entry: OutboxEntry,
    moved: Decision,
    desk: HelpdeskDesk,
    now: datetime,
) -> Decision:
    """The message under the card as it stands now, behind the card itself."""
    found = _CARD.match(lost)
    card = ticket.card(int(found["tier"])) if found else None
    call = entry.item.call
    buried = entry.state is OutboxState.DEAD and isinstance(call, Post)
    if card is None or card.key == lost or not buried or not isinstance(call, Post):
        return moved
    key = f"{entry.item.key}:again"
    said = replace(entry.item, key=key, call=replace(call, to=UnderItem(card.key)), due_at=now)
    links = await desk.store.find(TICKET_LINK, "ticket", ticket.id, limit=MOST_LINKS)
    tied = [one for one in links if entry.item.key in (one.record.copy, one.record.note)]
    puts = tuple(Put(TICKET_LINK, _tied(one.record, key), one.version) for one in tied)
    marked = tuple(
        landing_of(ticket, one.record.copy, "reply", now)
        for one in tied
        if one.record.direction is Direction.TO_ASKER
    )
    return replace(
        moved,
        puts=(*moved.puts, *puts),
        outbox=(*moved.outbox, said),
        due=(*moved.due, *marked),
    )


def _tied(link: Link, key: str) -> Link:
    """The link with the message that took the place of the lost one, which edits follow."""
    if link.direction is Direction.TO_ASKER:
        return replace(link, note=key)
    return replace(link, copy=key)
