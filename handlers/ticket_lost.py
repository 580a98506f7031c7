"""Ground that is lost beneath a ticket: holders who leave or are deactivated, cards that somebody
deletes."""

from collections.abc import Iterable
from datetime import datetime

from handlers.decision import Decision
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.payloads import MembershipChanged, OwnMessageDeleted
from handlers.ticket_effects import carried
from handlers.ticket_timers import posted_again
from helpdesk import rules
from helpdesk.timing import acting_tier
from storage.kinds import TICKET, person_key

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
    lost = await _lost_claims(user, team, "", desk, now)
    asked = await desk.store.find(TICKET, "asker", person_key(team, user), limit=MOST_HELD)
    closed = [
        carried(one.record, one.version, rules.abandon(one.record, now), desk, now)
        for one in asked
        if one.record.open and one.record.holder != user
    ]
    return together([lost, *closed])


async def _lost_claims(
    user: str, team: str, channel: str, desk: HelpdeskDesk, now: datetime
) -> Decision:
    desk = await desk.at(team, now)
    held = await desk.store.find(TICKET, "holder", person_key(team, user), limit=MOST_HELD)
    decisions = []
    for stored in held:
        ticket = stored.record
        tier = acting_tier(ticket)
        card = ticket.card(tier)
        where = card.channel if card else desk.channel(tier)
        if channel in ("", where, desk.tier_channels[tier - 1]):
            change = rules.lose_claim(ticket, now)
            decisions.append(carried(ticket, stored.version, change, desk, now))
    return together(decisions)


async def decide_card_deleted(
    deleted: OwnMessageDeleted, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """A card that somebody deleted is posted anew; its thread stays where it was."""
    entry = await desk.store.entry_at(deleted.team, deleted.channel, deleted.ts)
    if entry is None or not entry.item.about.startswith("ticket:"):
        return Decision()
    stored = await desk.store.get(TICKET, entry.item.about.removeprefix("ticket:"))
    return posted_again(stored, entry.item.key, desk, now) if stored else Decision()


def together(decisions: Iterable[Decision]) -> Decision:
    """Several decisions as one commit."""
    all_of = list(decisions)
    return Decision(
        puts=tuple(put for one in all_of for put in one.puts),
        outbox=tuple(item for one in all_of for item in one.outbox),
        due=tuple(due for one in all_of for due in one.due),
        cancels=tuple(key for one in all_of for key in one.cancels),
    )
