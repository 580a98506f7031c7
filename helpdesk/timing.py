"""The timers of a ticket: what it waits for, when that is overdue, and what then happens.

Each wait has up to three steps, each as long as the first in working time of the tier that has to
act: the holder is reminded, then the whole tier, twice. With the second step the ticket is free:
anyone of the tier may take it over, or deliver it. A ticket has one timer at a time, reckoned anew
from its state, so none fires twice and none is lost over a restart.

    wait       who acts      1st                2nd                        3rd
    claim      the tier      tier is mentioned  tier is mentioned          tier, and admins are told
    response   the holder    holder reminded    tier is mentioned; free    tier is mentioned
    holder     the holder    holder reminded    tier is mentioned; free    tier is mentioned
    delivery   tier 1        holder reminded    tier is mentioned; free    tier is mentioned
    asker      the asker     asker reminded     closed by itself

Nothing is said while the tier is closed: what falls due then is said when it opens. Beside this
timer runs another: an asker who has heard nothing for a whole working day is told that it goes on.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.hours import Hours
from helpdesk.learning import Learning
from helpdesk.ticket import FIRST_TIER, State, Ticket

LAST_STEP = 3
LAST_STEP_OF_ASKER = 2


class Wait(StrEnum):
    """What a ticket waits for."""

    CLAIM = "claim"
    RESPONSE = "response"
    HOLDER = "holder"
    DELIVERY = "delivery"
    ASKER = "asker"


@dataclass(frozen=True)
class Waits:
    """How long each wait may last, in working time of the tier."""

    claim: timedelta = timedelta(minutes=30)
    response: timedelta = timedelta(hours=2)
    holder: timedelta = timedelta(hours=8)
    delivery: timedelta = timedelta(hours=2)
    asker: timedelta = timedelta(hours=16)
    quiet: timedelta = timedelta(hours=8)
    """How long the asker may hear nothing."""

    def of(self, wait: Wait) -> timedelta:
        return {
            Wait.CLAIM: self.claim,
            Wait.RESPONSE: self.response,
            Wait.HOLDER: self.holder,
            Wait.DELIVERY: self.delivery,
            Wait.ASKER: self.asker,
        }[wait]


@dataclass(frozen=True)
class TierSettings:
    """The hours of one tier, and how long its waits may last."""

    hours: Hours = field(default_factory=Hours)
    waits: Waits = field(default_factory=Waits)


@dataclass(frozen=True)
class HelpdeskSettings:
    """What the helpdesk's settings file says; tiers 1 to 3 in order."""

    tiers: tuple[TierSettings, TierSettings, TierSettings] = field(
        default_factory=lambda: (TierSettings(), TierSettings(), TierSettings())
    )
    learning: Learning = field(default_factory=Learning)
    offer_after: timedelta | None = timedelta(hours=1)

    def tier(self, number: int) -> TierSettings:
        return self.tiers[number - 1]


def wait_of(ticket: Ticket) -> Wait | None:
    """What the ticket waits for; ``None`` while it is linked, while the vendor has it, and once it
    is closed."""
    match ticket.state:
        case State.WAITING:
            return Wait.CLAIM
        case State.CLAIMED:
            return Wait.HOLDER if ticket.responded_at else Wait.RESPONSE
        case State.RESOLVED:
            return Wait.DELIVERY
        case State.DELIVERED:
            return Wait.ASKER
    return None


def acting_tier(ticket: Ticket) -> int:
    """The tier whose hours count now: delivery and what follows are tier 1's."""
    resolved = ticket.state in (State.RESOLVED, State.DELIVERED)
    return FIRST_TIER if resolved else ticket.tier


def next_step_at(ticket: Ticket, settings: HelpdeskSettings) -> datetime | None:
    """When the ticket's timer is due (UTC, while the tier is open), or ``None`` when nothing more
    follows. Each step comes a whole wait after the one before was said, so that steps which a
    snooze or a standstill put off do not all come at once."""
    wait = wait_of(ticket)
    if wait is None or ticket.reminders >= _last_step(wait):
        return None
    tier = settings.tier(acting_tier(ticket))
    since = ticket.reminded_at or ticket.waiting_since
    due = tier.hours.after(since, tier.waits.of(wait))
    later = max(due, ticket.snoozed_until) if ticket.snoozed_until else due
    return tier.hours.next_opening(later)


def next_word_at(ticket: Ticket, settings: HelpdeskSettings) -> datetime | None:
    """When the asker has heard nothing for too long (UTC, while the tier is open); ``None`` while
    it is not the helpdesk's turn, and for who called, who may not read Slack."""
    ours = (State.WAITING, State.CLAIMED, State.LINKED, State.RESOLVED)
    if ticket.by_phone or ticket.state not in ours:
        return None
    tier = settings.tier(acting_tier(ticket))
    quiet = tier.hours.after(ticket.told_at or ticket.opened_at, tier.waits.quiet)
    return tier.hours.next_opening(quiet)


def open_again_at(ticket: Ticket, settings: HelpdeskSettings, now: datetime) -> datetime:
    """When the tier that has to act works: now, or when it opens."""
    return settings.tier(acting_tier(ticket)).hours.next_opening(now)


def expected_by(ticket: Ticket, settings: HelpdeskSettings) -> datetime | None:
    """By when the asker may expect word, in the hours of the tier that has the ticket."""
    if ticket.state in (State.VENDOR, State.LINKED, State.CLOSED, State.DELIVERED):
        return None
    tier = settings.tier(acting_tier(ticket))
    claim = tier.waits.claim if ticket.state is State.WAITING else timedelta()
    word = tier.waits.delivery if ticket.state is State.RESOLVED else tier.waits.response
    if ticket.state is State.CLAIMED and ticket.responded_at:
        word = tier.waits.holder
    since = max(ticket.waiting_since, ticket.told_at or ticket.waiting_since)
    return tier.hours.after(since, claim + word)


def _last_step(wait: Wait) -> int:
    return LAST_STEP_OF_ASKER if wait is Wait.ASKER else LAST_STEP
