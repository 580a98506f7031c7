"""Ground that is lost beneath a ticket: holders who leave or are deactivated, cards that somebody
deletes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import MembershipChanged, OwnMessageDeleted
from handlers.ticket_effects import Extra, carried, landing_of, status_item, status_key
from handlers.ticket_timers import posted_again
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Change
from helpdesk.ticket import Ticket
from helpdesk.timing import acting_tier
from storage.kinds import TICKET, person_key
from storage.records import Stored

MOST_HELD = 500


async def decide_left(
    changed: MembershipChanged, team: str, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """Somebody left a channel: what they held for that channel's tier is free again."""
    if changed.joined:
        desk.roles.joined(changed.channel, changed.user)
        return Decision()
    desk.roles.left(changed.channel, changed.user)
    return await _lost_claims(changed.user, team, changed.channel, desk, now)


async def decide_deactivated(user: str, team: str, desk: HelpdeskDesk, now: datetime) -> Decision:
    """A deactivated person holds nothing, and what they asked is closed."""
    desk = await desk.at(team, now)
    asked = await desk.store.find(TICKET, "asker", person_key(team, user), limit=MOST_HELD)
    closed = [
        carried(one.record, one.version, rules.abandon(one.record, now), desk, now)
        for one in asked
        if one.record.open
    ]
    held = [one for one in await _held(user, team, desk) if one.record.asker != user]
    return together([*closed, *(_freed(one, desk, now) for one in held)])


async def _lost_claims(
    user: str, team: str, channel: str, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """Only those with which the person can no longer do anything: a card may stand in another
    channel of theirs."""
    desk = await desk.at(team, now)
    held = await _held(user, team, desk)
    lost = [one for one in held if not await _still_there(user, one.record, channel, desk)]
    return together(_freed(one, desk, now) for one in lost)


async def _held(user: str, team: str, desk: HelpdeskDesk) -> Sequence[Stored[Ticket]]:
    return await desk.store.find(TICKET, "holder", person_key(team, user), limit=MOST_HELD)


async def _still_there(user: str, ticket: Ticket, channel: str, desk: HelpdeskDesk) -> bool:
    tier = acting_tier(ticket)
    card = ticket.card(tier)
    if channel not in (desk.channel(tier), desk.tier_channels[tier - 1], card and card.channel):
        return True
    try:
        return tier in (await desk.actor(user, ticket)).tiers
    except HelpdeskRefused:
        return False


def _freed(held: Stored[Ticket], desk: HelpdeskDesk, now: datetime) -> Decision:
    change = rules.lose_claim(held.record, now)
    return carried(held.record, held.version, change, desk, now)


async def decide_card_deleted(
    deleted: OwnMessageDeleted, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """A card or a status message that somebody deleted is posted anew; its thread stays where it
    was."""
    entry = await desk.store.entry_at(deleted.team, deleted.channel, deleted.ts)
    if entry is None or not entry.item.about.startswith("ticket:"):
        return Decision()
    stored = await desk.store.get(TICKET, entry.item.about.removeprefix("ticket:"))
    if stored and entry.item.key == status_key(stored.record):
        return _status_again(stored, desk, now)
    return posted_again(stored, entry.item.key, desk, now) if stored else Decision()


def _status_again(stored: Stored[Ticket], desk: HelpdeskDesk, now: datetime) -> Decision:
    ticket = replace(stored.record, status_serial=stored.record.status_serial + 1)
    if not ticket.open:
        return Decision()
    status = status_item(ticket, desk, now)
    extra = Extra(outbox=(status,), due=(landing_of(ticket, status.key, "status", now),))
    return carried(stored.record, stored.version, Change(ticket), desk, now, extra)


def together(decisions: Iterable[Decision]) -> Decision:
    """Several decisions as one commit."""
    all_of = list(decisions)
    return Decision(
        puts=tuple(put for one in all_of for put in one.puts),
        outbox=tuple(item for one in all_of for item in one.outbox),
        due=tuple(due for one in all_of for due in one.due),
        cancels=tuple(key for one in all_of for key in one.cancels),
    )
