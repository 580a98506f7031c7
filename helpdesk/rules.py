"""What becomes of a ticket when somebody does something: a ticket and a command give the ticket as
it stands afterwards and what happened, or a refusal that says why not. ``ticket.ALLOWED`` is the
table of states; here stands who may do what, and what else changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.errors import HelpdeskRefused
from helpdesk.ticket import (
    ALLOWED,
    FIRST_TIER,
    LAST_TIER,
    MOST_EVENTS,
    Card,
    Command,
    Event,
    Failed,
    Finding,
    Findings,
    Holder,
    State,
    Ticket,
    What,
)

LONGEST_TEXT = 3_000
"""Characters of findings, root cause, solution and reply: what one input of a form holds
(docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element)."""
MENTION_EVERY = timedelta(minutes=10)
MOST_LINKED = 50
"""To one ticket: as many messages as one press of Deliver sends."""
RATINGS = ("good", "poor")
_ENDS = (What.CONFIRMED, What.LAPSED, What.WITHDRAWN, What.ABANDONED)
"""How a ticket closes; the first two with a solution brought."""


class Refusal(StrEnum):
    """Why a command was refused; each has a sentence in the catalogues. Those that are named as a
    state say what is possible in that state."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    VENDOR = "vendor"
    RESOLVED = "resolved"
    DELIVERED = "delivered"
    CLOSED = "closed"
    LINKED = "linked"
    HELD = "held"
    NOT_YOUR_TIER = "not-your-tier"
    ONLY_TIER_3 = "only-tier-3"
    NO_TIER_ABOVE = "no-tier-above"
    NO_TIER_BELOW = "no-tier-below"
    NOT_A_MEMBER = "not-a-member"
    NOT_THE_ASKER = "not-the-asker"
    ONLY_ASK = "only-ask"
    ROLES_UNKNOWN = "roles-unknown"
    NOT_SILENT = "not-silent"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    UNKNOWN = "unknown"
    NOT_FROM_HERE = "not-from-here"
    NO_TICKET = "no-ticket"
    ONLY_ADMINS = "only-admins"
    NO_BRIDGE_CHANNEL = "no-bridge-channel"
    NO_SUCH_DAY = "no-such-day"
    NOBODY = "nobody"
    ALREADY_THERE = "already-there"
    ASKED_ALREADY = "asked-already"
    NOT_TO_LINK = "not-to-link"
    HAS_LINKED = "has-linked"
    GROUP_CHANGED = "group-changed"


@dataclass(frozen=True)
class Actor:
    """Who asks for a change: a person and the tiers whose channel they are in now. ``may_only_ask``
    marks guests and people of other organisations."""

    user: str
    tiers: frozenset[int] = frozenset()
    may_only_ask: bool = False


@dataclass(frozen=True)
class Change:
    """The ticket after a command, and what happened; no events: nothing changed."""

    ticket: Ticket
    events: tuple[Event, ...] = ()


def opened(ticket: Ticket, by: str, now: datetime) -> Change:
    """A new ticket, opened by its asker or by an agent for them."""
    event = Event(What.OPENED, now, by, ticket.tier, to=ticket.asker)
    return _after(ticket, event)


def claim(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """The actor takes the ticket. Claiming what one holds already changes nothing; what somebody
    else holds is refused with who and since when."""
    _may(ticket, Command.CLAIM)
    _in_tier(ticket, actor, ticket.tier)
    if ticket.holder == actor.user:
        return Change(ticket)
    if ticket.holder:
        raise refused(Refusal.HELD, ticket)
    return _held_by(ticket, actor.user, Event(What.CLAIMED, now, actor.user, ticket.tier))


def release(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """The holder gives the ticket back to the tier."""
    _may(ticket, Command.RELEASE)
    _holding(ticket, actor)
    return _after(_without_holder(ticket), Event(What.RELEASED, now, actor.user, ticket.tier))


def lose_claim(ticket: Ticket, now: datetime) -> Change:
    """The holder left the tier's channel or was deactivated: the ticket waits again. A ticket that
    waits for delivery stays so, and any agent of tier 1 may bring it."""
    if ticket.state is State.RESOLVED:
        freed = replace(ticket, free_to_take=True)
        return _after(freed, Event(What.CLAIM_LOST, now, "", FIRST_TIER, to=_deliverer(ticket)))
    if ticket.state not in (State.CLAIMED, State.VENDOR):
        return Change(ticket)
    lost = Event(What.CLAIM_LOST, now, "", ticket.tier, to=ticket.holder)
    freed = replace(_without_holder(ticket), state=_state_without_holder(ticket))
    return _after(freed, lost)


def assign(ticket: Ticket, actor: Actor, to: Actor, now: datetime) -> Change:
    """An agent of the tier gives the ticket to a colleague of that tier."""
    _may(ticket, Command.ASSIGN)
    tier = _acting_tier(ticket)
    _in_tier(ticket, actor, tier)
    if tier not in to.tiers or to.may_only_ask:
        raise refused(Refusal.NOT_A_MEMBER, ticket, who=to.user)
    event = Event(What.ASSIGNED, now, actor.user, tier, to=to.user)
    return _held_by(ticket, to.user, event)


def take_over(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """An agent takes a ticket whose holder has been silent for too long."""
    _may(ticket, Command.TAKE_OVER)
    tier = _acting_tier(ticket)
    _in_tier(ticket, actor, tier)
    holder = _deliverer(ticket) if ticket.state is State.RESOLVED else ticket.holder
    if holder == actor.user:
        return Change(ticket)
    if holder and not ticket.free_to_take:
        raise refused(Refusal.NOT_SILENT, ticket)
    return _held_by(ticket, actor.user, Event(What.TAKEN_OVER, now, actor.user, tier, to=holder))


def escalate(ticket: Ticket, actor: Actor, findings: Findings, now: datetime) -> Change:
    """The holder passes the ticket up, with what the tier learned."""
    _may(ticket, Command.ESCALATE)
    _holding(ticket, actor)
    if ticket.tier == LAST_TIER:
        raise refused(Refusal.NO_TIER_ABOVE, ticket)
    _text(ticket, findings.learned)
    up = ticket.tier + 1
    learned = Finding(ticket.tier, actor.user, now, findings)
    moved = replace(_without_holder(ticket), tier=up, findings=(*ticket.findings, learned))
    event = Event(What.ESCALATED, now, actor.user, ticket.tier, str(up), findings.learned)
    return _after(moved, event)


def give_back(ticket: Ticket, actor: Actor, question: str, now: datetime) -> Change:
    """The holder returns the ticket to the tier below, with a question."""
    _may(ticket, Command.RETURN)
    _holding(ticket, actor)
    if ticket.tier == FIRST_TIER:
        raise refused(Refusal.NO_TIER_BELOW, ticket)
    _text(ticket, question)
    down = ticket.tier - 1
    moved = replace(_without_holder(ticket), tier=down)
    return _after(moved, Event(What.RETURNED, now, actor.user, ticket.tier, str(down), question))


def hand_to_vendor(ticket: Ticket, actor: Actor, case: str, now: datetime) -> Change:
    """Tier 3 waits for the vendor, under the vendor's case number. No timer runs."""
    _may(ticket, Command.HAND_TO_VENDOR)
    _holding(ticket, actor)
    if ticket.tier != LAST_TIER:
        raise refused(Refusal.ONLY_TIER_3, ticket)
    _text(ticket, case)
    given = replace(ticket, state=State.VENDOR, vendor_case=case.strip())
    return _after(given, Event(What.WITH_VENDOR, now, actor.user, ticket.tier, text=case.strip()))


def vendor_answered(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """The vendor's answer came: whoever of tier 3 says so goes on with the ticket."""
    _may(ticket, Command.VENDOR_ANSWERED)
    _in_tier(ticket, actor, ticket.tier)
    event = Event(What.VENDOR_ANSWERED, now, actor.user, ticket.tier, text=ticket.vendor_case)
    return _held_by(ticket, ticket.holder or actor.user, event)


def reply(ticket: Ticket, actor: Actor, text: str, now: datetime) -> Change:
    """An agent writes to the asker. It does not move the claim; the first one ends the wait for a
    response."""
    _may(ticket, Command.REPLY)
    if actor.may_only_ask:
        raise refused(Refusal.ONLY_ASK, ticket)
    if not actor.tiers & set(ticket.passed or (ticket.tier,)):
        raise refused(Refusal.NOT_YOUR_TIER, ticket)
    _text(ticket, text)
    event = Event(What.REPLIED, now, actor.user, ticket.tier)
    answered = replace(ticket, responded_at=ticket.responded_at or now, told_at=now)
    return Change(_logged(worked_on(answered, actor.user, now), (event,)), (event,))


def resolve(ticket: Ticket, actor: Actor, root_cause: str, solution: str, now: datetime) -> Change:
    """The holder found the cause and the solution; tier 1 brings it to the asker."""
    _may(ticket, Command.RESOLVE)
    _holding(ticket, actor)
    _text(ticket, root_cause)
    _text(ticket, solution)
    solved = replace(
        ticket,
        state=State.RESOLVED,
        root_cause=root_cause.strip(),
        solution=solution.strip(),
        resolved_by=actor.user,
        resolved_tier=ticket.tier,
        holder="",
        held_since=None,
    )
    event = Event(What.RESOLVED, now, actor.user, ticket.tier, root_cause, solution)
    return _after(solved, event)


def deliver(ticket: Ticket, actor: Actor, text: str, delivery: str, now: datetime) -> Change:
    """Tier 1 brings the solution, as worded for the asker; ``delivery`` is the outbox key of that
    message, empty where it was told on the phone. The tier-1 holder does it; any agent of tier 1
    where there is none or time ran out."""
    _may(ticket, Command.DELIVER)
    if ticket.state is State.LINKED:
        raise refused(Refusal.LINKED, ticket)
    _in_tier(ticket, actor, FIRST_TIER)
    deliverer = _deliverer(ticket)
    if deliverer and deliverer != actor.user and not ticket.free_to_take:
        raise refused(Refusal.HELD, ticket)
    _text(ticket, text)
    given = replace(
        ticket,
        state=State.DELIVERED,
        delivery=delivery,
        delivered=text.strip(),
        responded_at=ticket.responded_at or now,
        told_at=now,
    )
    return _after(given, Event(What.DELIVERED, now, actor.user, FIRST_TIER))


def link(ticket: Ticket, main: Ticket, actor: Actor, now: datetime) -> tuple[Change, Change]:
    """An agent of the tier says that two questions are one: from now on the ticket is solved
    together with ``main``. Gives what becomes of either."""
    may_link(ticket, actor)
    fits = main.open and main.state not in (State.DELIVERED, State.LINKED)
    if not fits or main.id == ticket.id or len(main.linked) >= MOST_LINKED:
        raise refused(Refusal.NOT_TO_LINK, main)
    tied = replace(_without_holder(ticket), state=State.LINKED, main=main.id)
    joined = Event(What.JOINED, now, actor.user, main.tier, to=str(ticket.number))
    more = replace(main, linked=tuple(sorted({*main.linked, ticket.number})))
    event = Event(What.LINKED, now, actor.user, ticket.tier, to=str(main.number))
    return _after(tied, event), Change(_logged(more, (joined,)), (joined,))


def may_link(ticket: Ticket, actor: Actor) -> None:
    """Refused where the actor cannot link the ticket to any other."""
    _may(ticket, Command.LINK)
    _in_tier(ticket, actor, ticket.tier)
    if ticket.holder not in ("", actor.user):
        raise refused(Refusal.HELD, ticket)
    if ticket.linked:
        raise refused(Refusal.HAS_LINKED, ticket)


def unlink(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """An agent of the tier says that it was another question after all: it waits again."""
    _may(ticket, Command.UNLINK)
    _in_tier(ticket, actor, ticket.tier)
    return _untied(ticket, What.UNLINKED, actor.user, now)


def set_free(ticket: Ticket, now: datetime) -> Change:
    """The ticket it was linked to ended without a solution: it waits again."""
    if ticket.state is not State.LINKED:
        return Change(ticket)
    return _untied(ticket, What.SET_FREE, "", now)


def deliver_with(
    ticket: Ticket, main: Ticket, actor: Actor, text: str, delivery: str, now: datetime
) -> Change:
    """The solution of ``main``, brought to one who asked the same. Whoever may deliver ``main`` may
    do this. From then on it goes its own way: a "not solved" sends it to the tier that resolved."""
    _may(ticket, Command.DELIVER)
    if ticket.state is not State.LINKED or ticket.main != main.id:
        raise refused(Refusal.GROUP_CHANGED, main)
    _text(ticket, text)
    given = replace(
        ticket,
        state=State.DELIVERED,
        root_cause=main.root_cause,
        solution=main.solution,
        resolved_by=main.resolved_by,
        resolved_tier=main.resolved_tier,
        delivery=delivery,
        delivered=text.strip(),
        responded_at=ticket.responded_at or now,
        told_at=now,
    )
    return _after(given, Event(What.DELIVERED, now, actor.user, FIRST_TIER))


def with_linked(ticket: Ticket, linked: Iterable[int]) -> Ticket:
    """The ticket with those that are linked to it now."""
    return replace(ticket, linked=tuple(sorted(linked)))


def confirm(ticket: Ticket, user: str, now: datetime) -> Change:
    """The asker says that it helped."""
    _may(ticket, Command.CONFIRM)
    _asking(ticket, user)
    return _closed(ticket, Event(What.CONFIRMED, now, user, ticket.tier))


def reject(ticket: Ticket, user: str, now: datetime) -> Change:
    """The asker says that it did not help: back to the tier that resolved it, with its history."""
    _may(ticket, Command.REJECT)
    _asking(ticket, user)
    return _sent_back(ticket, Event(What.REJECTED, now, user, ticket.resolved_tier or FIRST_TIER))


def confirm_by_phone(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """Who called said that it helped; any agent of tier 1 records it."""
    _may(ticket, Command.CONFIRM)
    _phoning(ticket, actor)
    return _closed(ticket, Event(What.CONFIRMED, now, actor.user, ticket.tier, ticket.asker))


def reject_by_phone(ticket: Ticket, actor: Actor, now: datetime) -> Change:
    """Who called said that it did not help; any agent of tier 1 records it."""
    _may(ticket, Command.REJECT)
    _phoning(ticket, actor)
    back_in = ticket.resolved_tier or FIRST_TIER
    return _sent_back(ticket, Event(What.REJECTED, now, actor.user, back_in, ticket.asker))


def withdraw(ticket: Ticket, user: str, now: datetime) -> Change:
    """The asker no longer needs help."""
    _may(ticket, Command.WITHDRAW)
    _asking(ticket, user)
    return _closed(ticket, Event(What.WITHDRAWN, now, user, ticket.tier))


def abandon(ticket: Ticket, now: datetime) -> Change:
    """The asker's account was deactivated: nobody is left to answer."""
    _may(ticket, Command.ABANDON)
    return _closed(ticket, Event(What.ABANDONED, now, "", ticket.tier, to=ticket.asker))


def reopen(ticket: Ticket, user: str, now: datetime) -> Change:
    """The asker comes back to a closed ticket: it waits in the tier that resolved it, else in
    tier 1."""
    _may(ticket, Command.REOPEN)
    _asking(ticket, user)
    return _sent_back(ticket, Event(What.REOPENED, now, user, ticket.resolved_tier or FIRST_TIER))


def rate(ticket: Ticket, user: str, rating: str, now: datetime) -> Change:
    """The asker says how it went, once the ticket is closed; pressing again changes the word."""
    _asking(ticket, user)
    if ticket.open or rating not in RATINGS:
        raise refused(_state_refusal(ticket), ticket)
    if ticket.rating == rating:
        return Change(ticket)
    event = Event(What.RATED, now, user, ticket.tier, text=rating)
    return Change(_logged(replace(ticket, rating=rating), (event,)), (event,))


def remind(ticket: Ticket, now: datetime) -> Change:
    """A wait ran out: the next step. After the second the ticket may be taken from its holder; an
    asker who stays silent lets the ticket lapse."""
    step = ticket.reminders + 1
    if ticket.state is State.DELIVERED and step > 1:
        return _closed(ticket, Event(What.LAPSED, now, "", FIRST_TIER))
    event = Event(What.REMINDED, now, "", _acting_tier(ticket), to=str(step))
    stepped = replace(
        ticket,
        reminders=step,
        reminded_at=now,
        snoozed_until=None,
        free_to_take=ticket.free_to_take or (step > 1 and ticket.state is not State.WAITING),
    )
    return Change(_logged(stepped, (event,)), (event,))


def snooze(ticket: Ticket, actor: Actor, until: datetime, now: datetime) -> Change:
    """Reminders keep quiet until then."""
    _in_tier(ticket, actor, _acting_tier(ticket))
    if not ticket.open:
        raise refused(_state_refusal(ticket), ticket)
    event = Event(What.SNOOZED, now, actor.user, _acting_tier(ticket), to=until.isoformat())
    quiet = replace(ticket, snoozed_until=until)
    return Change(_logged(quiet, (event,)), (event,))


def reassure(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket after its asker, who heard nothing for too long, was told that it goes on."""
    return replace(ticket, told_at=now)


def worked_on(ticket: Ticket, user: str, now: datetime) -> Ticket:
    """The ticket after its holder said something about it: the holder is not silent."""
    if user not in (ticket.holder, _deliverer(ticket)):
        return ticket
    if ticket.state is State.WAITING or not ticket.open:
        return ticket
    return _waiting_anew(ticket, now)


def spoke(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket after its asker wrote: who writes about a solution is not silent."""
    return _waiting_anew(ticket, now) if ticket.state is State.DELIVERED else ticket


def heard(ticket: Ticket, now: datetime) -> tuple[Ticket, bool]:
    """The ticket after the asker wrote something, and whether the holder is to be mentioned: at
    most once in ten minutes."""
    counted = replace(ticket, relayed=ticket.relayed + 1)
    due = ticket.mentioned_at is None or now - ticket.mentioned_at >= MENTION_EVERY
    if not due:
        return counted, False
    return replace(counted, mentioned_at=now), True


def with_card(ticket: Ticket, card: Card) -> Ticket:
    """The ticket with that card for its tier, in place of an earlier one."""
    others = [one for one in ticket.cards if one.tier != card.tier]
    return replace(ticket, cards=(*others, card))


def refused(refusal: Refusal, ticket: Ticket | None = None, who: str = "") -> HelpdeskRefused:
    """The refusal, with what its sentence needs."""
    if ticket is None:
        return HelpdeskRefused(refusal)
    holder = _deliverer(ticket) if ticket.state is State.RESOLVED else ticket.holder
    since = ticket.held_since or ticket.changed_at
    return HelpdeskRefused(
        refusal,
        {
            "number": ticket.number,
            "tier": _acting_tier(ticket),
            "holder": who or holder,
            "since": since,
            "case": ticket.vendor_case,
            "main": ticket.main_number,
        },
    )


def _may(ticket: Ticket, command: Command) -> None:
    if command not in ALLOWED[ticket.state]:
        raise refused(_state_refusal(ticket), ticket)


def _state_refusal(ticket: Ticket) -> Refusal:
    return Refusal(ticket.state.value)


def _in_tier(ticket: Ticket, actor: Actor, tier: int) -> None:
    if actor.may_only_ask:
        raise refused(Refusal.ONLY_ASK, ticket)
    if tier not in actor.tiers:
        raise refused(Refusal.NOT_YOUR_TIER, ticket)


def _holding(ticket: Ticket, actor: Actor) -> None:
    """The holder alone, and only while still in the tier's channel."""
    _in_tier(ticket, actor, ticket.tier)
    if ticket.holder != actor.user:
        raise refused(Refusal.HELD, ticket)


def _asking(ticket: Ticket, user: str) -> None:
    if user != ticket.asker:
        raise refused(Refusal.NOT_THE_ASKER, ticket)


def _phoning(ticket: Ticket, actor: Actor) -> None:
    """Tier 1 speaks for who called, and for nobody else."""
    if not ticket.by_phone:
        raise refused(Refusal.NOT_THE_ASKER, ticket)
    _in_tier(ticket, actor, FIRST_TIER)


def _text(ticket: Ticket, text: str) -> None:
    if not text.strip():
        raise refused(Refusal.EMPTY, ticket)
    if len(text) > LONGEST_TEXT:
        raise refused(Refusal.TOO_LONG, ticket)


def _acting_tier(ticket: Ticket) -> int:
    resolved = ticket.state in (State.RESOLVED, State.DELIVERED)
    return FIRST_TIER if resolved else ticket.tier


def _deliverer(ticket: Ticket) -> str:
    return ticket.last_holder(FIRST_TIER)


def _held_by(ticket: Ticket, user: str, event: Event) -> Change:
    others = [one for one in ticket.holders if one.tier != event.tier]
    holders = (*others, Holder(event.tier, user, event.at))
    if ticket.state is State.RESOLVED:
        return _after(replace(ticket, holders=holders), event)
    held = replace(ticket, state=State.CLAIMED, holder=user, held_since=event.at, holders=holders)
    return _after(held, event)


def _state_without_holder(ticket: Ticket) -> State:
    return State.VENDOR if ticket.state is State.VENDOR else State.WAITING


def _without_holder(ticket: Ticket) -> Ticket:
    return replace(ticket, state=State.WAITING, holder="", held_since=None)


def _untied(ticket: Ticket, what: What, who: str, now: datetime) -> Change:
    event = Event(what, now, who, ticket.tier, to=str(ticket.main_number))
    return _after(replace(_without_holder(ticket), main=""), event)


def _closed(ticket: Ticket, event: Event) -> Change:
    """One that was linked and ends before the solution came is no longer of the group."""
    main = "" if ticket.state is State.LINKED else ticket.main
    done = replace(
        ticket, state=State.CLOSED, holder="", held_since=None, closed_at=event.at, main=main
    )
    return _after(done, event)


def _sent_back(ticket: Ticket, event: Event) -> Change:
    """What was not solved leaves the group it was solved with."""
    back = replace(
        _without_holder(ticket),
        failed=(*ticket.failed, *_failed(ticket, event.at)),
        tier=event.tier,
        closed_at=None,
        rating="",
        rating_word="",
        told_at=event.at,
        main="",
        emptied=False,
    )
    return _after(back, event)


def _failed(ticket: Ticket, now: datetime) -> Iterable[Failed]:
    """The solution that the asker had, where the ticket comes back after that; one that was found
    and never brought has not failed."""
    ends = [one.what for one in ticket.log if one.what in _ENDS]
    lately = ticket.state is State.DELIVERED or ends[-1:] in ([What.CONFIRMED], [What.LAPSED])
    if lately and ticket.solution:
        tier = ticket.resolved_tier or ticket.tier
        yield Failed(ticket.root_cause, ticket.solution, ticket.resolved_by, tier, now)


def _after(ticket: Ticket, event: Event) -> Change:
    """The ticket with the event in its log, and its waits begun anew."""
    freed = event.what is What.CLAIM_LOST and ticket.state is State.RESOLVED
    begun = replace(
        _waiting_anew(ticket, event.at),
        changed_at=event.at,
        snoozed_until=None,
        free_to_take=freed,
    )
    return Change(_logged(begun, (event,)), (event,))


def _waiting_anew(ticket: Ticket, now: datetime) -> Ticket:
    return replace(ticket, waiting_since=now, reminders=0, reminded_at=None, free_to_take=False)


def _logged(ticket: Ticket, events: Iterable[Event]) -> Ticket:
    log = (*ticket.log, *events)
    kept = log if len(log) <= MOST_EVENTS else (log[0], *log[-MOST_EVENTS + 1 :])
    return replace(ticket, log=kept)
