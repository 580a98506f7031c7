"""The ticket: a question that went to the helpdesk, its states, and what may happen in each.

A ticket waits in a tier, is claimed there, goes up with findings or down with a question, is
resolved, delivered by tier 1, and closed when the asker says that it helped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from knowledge.article import Language

FIRST_TIER, LAST_TIER = 1, 3
MOST_EVENTS = 400
"""Of a ticket's log; beyond it the oldest but the first are dropped."""


class State(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    VENDOR = "vendor"
    LINKED = "linked"
    RESOLVED = "resolved"
    DELIVERED = "delivered"
    CLOSED = "closed"


class Command(StrEnum):
    """What can be asked of a ticket."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    TAKE_OVER = "take over"
    ESCALATE = "escalate"
    RETURN = "return"
    HAND_TO_VENDOR = "hand to vendor"
    VENDOR_ANSWERED = "vendor answered"
    REPLY = "reply"
    RESOLVE = "resolve"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    ABANDON = "abandon"
    REOPEN = "reopen"
    LINK = "link"
    UNLINK = "unlink"


ALLOWED: Mapping[State, Mapping[Command, State]] = MappingProxyType(
    {
        State.WAITING: {
            Command.CLAIM: State.CLAIMED,
            Command.ASSIGN: State.CLAIMED,
            Command.LINK: State.LINKED,
            Command.REPLY: State.WAITING,
            Command.WITHDRAW: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.CLAIMED: {
            Command.CLAIM: State.CLAIMED,
            Command.RELEASE: State.WAITING,
            Command.ASSIGN: State.CLAIMED,
            Command.TAKE_OVER: State.CLAIMED,
            Command.ESCALATE: State.WAITING,
            Command.RETURN: State.WAITING,
            Command.HAND_TO_VENDOR: State.VENDOR,
            Command.LINK: State.LINKED,
            Command.REPLY: State.CLAIMED,
            Command.RESOLVE: State.RESOLVED,
            Command.WITHDRAW: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.VENDOR: {
            Command.VENDOR_ANSWERED: State.CLAIMED,
            Command.REPLY: State.VENDOR,
            Command.WITHDRAW: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.LINKED: {
            Command.UNLINK: State.WAITING,
            Command.REPLY: State.LINKED,
            Command.DELIVER: State.DELIVERED,
            Command.WITHDRAW: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.RESOLVED: {
            Command.TAKE_OVER: State.RESOLVED,
            Command.ASSIGN: State.RESOLVED,
            Command.REPLY: State.RESOLVED,
            Command.DELIVER: State.DELIVERED,
            Command.WITHDRAW: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.DELIVERED: {
            Command.REPLY: State.DELIVERED,
            Command.CONFIRM: State.CLOSED,
            Command.REJECT: State.WAITING,
            Command.LAPSE: State.CLOSED,
            Command.ABANDON: State.CLOSED,
        },
        State.CLOSED: {
            Command.REOPEN: State.WAITING,
        },
    }
)
"""Every allowed change: state, command, the state it leads to. What is not here is refused."""


class Visibility(StrEnum):
    """Where the asker is answered: in a direct message, or in the thread of the question."""

    PRIVATE = "private"
    THREAD = "thread"


class What(StrEnum):
    """What happened to a ticket: the facts that rules give and the log keeps."""

    OPENED = "opened"
    CLAIMED = "claimed"
    RELEASED = "released"
    CLAIM_LOST = "claim-lost"
    ASSIGNED = "assigned"
    TAKEN_OVER = "taken-over"
    ESCALATED = "escalated"
    RETURNED = "returned"
    WITH_VENDOR = "with-vendor"
    VENDOR_ANSWERED = "vendor-answered"
    REPLIED = "replied"
    RESOLVED = "resolved"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ABANDONED = "abandoned"
    REOPENED = "reopened"
    REMINDED = "reminded"
    SNOOZED = "snoozed"
    RATED = "rated"
    CARD_MOVED = "card-moved"
    FOLLOWED = "followed"
    LINKED = "linked"
    UNLINKED = "unlinked"
    SET_FREE = "set-free"
    JOINED = "joined"


@dataclass(frozen=True)
class Event:
    """Who did what to a ticket, when and in which tier. ``to`` is whom or where it went, ``text``
    the words it came with. ``who`` is empty for what the clock did."""

    what: What
    at: datetime
    who: str
    tier: int
    to: str = ""
    text: str = ""


@dataclass(frozen=True)
class Findings:
    """What a tier learned, which travels with the ticket."""

    learned: str
    device: str = ""
    build: str = ""
    checked: str = ""
    happened_at: str = ""


@dataclass(frozen=True)
class Finding:
    """Findings with their tier and author."""

    tier: int
    author: str
    at: datetime
    findings: Findings


@dataclass(frozen=True)
class Failed:
    """A root cause and a solution that were brought to the asker and did not help, by whom and in
    which tier they were found, and when the asker said so."""

    root_cause: str
    solution: str
    author: str
    tier: int
    at: datetime


@dataclass(frozen=True)
class Card:
    """Where a tier sees the ticket: the outbox key of its card, and its channel. ``serial`` counts
    the cards a tier had, since a lost one is posted anew."""

    tier: int
    key: str
    channel: str
    serial: int = 1


@dataclass(frozen=True)
class Holder:
    """Who held a ticket in a tier last."""

    tier: int
    user: str
    since: datetime


@dataclass(frozen=True)
class Other:
    """Somebody beside the asker who spoke up in the ticket's thread, and the language to tell them
    in; ``follows`` says that they want to be told when it is solved."""

    user: str
    language: Language
    follows: bool = False


@dataclass(frozen=True)
class Ticket:
    """One question at the helpdesk.

    ``id`` sorts by number within a team. ``channel`` and ``thread_ts`` are where it was asked (the
    thread's root). ``words`` are the asker's own, masked. ``offered`` are the articles the bot
    showed and ``rejected`` those that did not help; ``failed`` are the solutions that did not.
    ``holder`` is who works on it in ``tier`` now;
    ``holders`` who did so last in each tier. ``delivery`` is the outbox key of the message that
    brought ``delivered``, the solution as worded for the asker. ``waiting_since``, ``reminders``
    and ``reminded_at`` are what the timers count from, ``free_to_take`` says that the holder was
    silent for too long. ``responded_at`` is when the asker first heard from a person, ``told_at``
    when the asker last heard anything. ``rating`` is how the asker liked the help and
    ``rating_word`` their word on it; ``status_serial`` counts the status messages, since a deleted
    one is posted anew. ``topic`` is the article that answers what was asked, where
    the matcher is sure of one. ``main`` is the id of the ticket that this one is linked to and
    solved with; ``linked`` are the numbers of those linked to this one. ``emptied`` says that its
    texts are past their time and gone.
    """

    id: str
    team: str
    number: int
    asker: str
    language: Language
    channel: str
    thread_ts: str
    visibility: Visibility
    words: str
    opened_at: datetime
    changed_at: datetime
    waiting_since: datetime
    question: str = ""
    platform: str = ""
    version: str = ""
    error_codes: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    tried: str = ""
    wave: str = ""
    opened_by: str = ""
    by_phone: bool = False
    state: State = State.WAITING
    tier: int = FIRST_TIER
    holder: str = ""
    held_since: datetime | None = None
    holders: tuple[Holder, ...] = ()
    findings: tuple[Finding, ...] = ()
    failed: tuple[Failed, ...] = ()
    root_cause: str = ""
    solution: str = ""
    resolved_by: str = ""
    resolved_tier: int = 0
    vendor_case: str = ""
    cards: tuple[Card, ...] = ()
    delivery: str = ""
    delivered: str = ""
    reminders: int = 0
    reminded_at: datetime | None = None
    snoozed_until: datetime | None = None
    free_to_take: bool = False
    responded_at: datetime | None = None
    told_at: datetime | None = None
    mentioned_at: datetime | None = None
    relayed: int = 0
    rating: str = ""
    rating_word: str = ""
    others: tuple[Other, ...] = ()
    status_serial: int = 1
    closed_at: datetime | None = None
    topic: str = ""
    main: str = ""
    linked: tuple[int, ...] = ()
    emptied: bool = False
    log: tuple[Event, ...] = ()

    @property
    def open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def name(self) -> str:
        """As people say it."""
        return f"#{self.number}"

    @property
    def passed(self) -> tuple[int, ...]:
        """The tiers that saw it, lowest first."""
        return tuple(sorted(card.tier for card in self.cards))

    def card(self, tier: int) -> Card | None:
        return next((card for card in self.cards if card.tier == tier), None)

    def last_holder(self, tier: int) -> str:
        """Who held it last in that tier, or nobody."""
        return next((one.user for one in self.holders if one.tier == tier), "")

    @property
    def main_number(self) -> int:
        """The number of the ticket it is linked to, 0 where it is not."""
        return int(self.main.rpartition("/")[2] or 0)


@dataclass(frozen=True)
class Counter:
    """The last ticket number of a team; its id is the team."""

    id: str
    team: str
    number: int


def ticket_id(team: str, number: int) -> str:
    """The id of a team's ticket; sorts by number."""
    return f"{team}/{number:08d}"


def about(ticket: Ticket) -> str:
    """How outbox items and due commands refer to a ticket."""
    return f"ticket:{ticket.id}"
