"""What may happen to a ticket in each state, and who may do it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import LONGEST_TEXT, Actor, Change, Refusal
from helpdesk.ticket import (
    ALLOWED,
    MOST_EVENTS,
    Card,
    Command,
    Event,
    Findings,
    State,
    Ticket,
    Visibility,
    What,
    ticket_id,
)
from knowledge.article import Language

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TIA, TOM = Actor("tia", frozenset({1})), Actor("tom", frozenset({1}))
TESS, TARA = Actor("tess", frozenset({2})), Actor("tara", frozenset({3}))
EVERYWHERE = Actor("tia", frozenset({1, 2, 3}))
GUS = Actor("gus", may_only_ask=True)
NOBODY = Actor("adam")


def ticket(**changes: object) -> Ticket:
    new = Ticket(
        id=ticket_id("T", 7),
        team="T",
        number=7,
        asker="alice",
        language=Language.EN,
        channel="D1",
        thread_ts="1.0",
        visibility=Visibility.PRIVATE,
        words="it does not work",
        opened_at=NOW,
        changed_at=NOW,
        waiting_since=NOW,
        cards=tuple(Card(tier, f"card:{tier}", f"C{tier}") for tier in (1, 2, 3)),
    )
    return replace(new, **changes)  # type: ignore[arg-type]


MAIN = ticket(id=ticket_id("T", 3), number=3, asker="adam")


def claimed(tier: int = 1, by: str = "tia") -> Ticket:
    actor = Actor(by, frozenset({tier}))
    return rules.claim(ticket(tier=tier), actor, NOW).ticket


def in_state(state: State) -> Ticket:
    """A ticket of tier 3 in that state, as it came there."""
    held = rules.claim(ticket(tier=3), EVERYWHERE, NOW).ticket
    if state is State.WAITING:
        return ticket(tier=3)
    if state is State.CLAIMED:
        return held
    if state is State.VENDOR:
        return rules.hand_to_vendor(held, EVERYWHERE, "42", NOW).ticket
    if state is State.LINKED:
        return rules.link(held, MAIN, EVERYWHERE, NOW)[0].ticket
    solved = rules.resolve(held, EVERYWHERE, "cause", "solution", NOW).ticket
    if state is State.RESOLVED:
        return solved
    brought = rules.deliver(solved, EVERYWHERE, "solution", "key", NOW).ticket
    if state is State.DELIVERED:
        return brought
    return rules.confirm(brought, "alice", NOW).ticket


def given_by(command: Command, before: Ticket) -> Change:
    """The command, by somebody who may give it."""
    who = EVERYWHERE
    if (before.state, command) == (State.LINKED, Command.DELIVER):
        return rules.deliver_with(before, MAIN, who, "solution", "key", NOW)
    steps: dict[Command, Callable[[], Change]] = {
        Command.CLAIM: lambda: rules.claim(before, who, NOW),
        Command.RELEASE: lambda: rules.release(before, who, NOW),
        Command.ASSIGN: lambda: rules.assign(before, who, Actor("x", frozenset({1, 3})), NOW),
        Command.TAKE_OVER: lambda: rules.take_over(replace(before, free_to_take=True), who, NOW),
        Command.ESCALATE: lambda: rules.escalate(
            replace(before, tier=2), who, Findings("found"), NOW
        ),
        Command.RETURN: lambda: rules.give_back(before, who, "which?", NOW),
        Command.HAND_TO_VENDOR: lambda: rules.hand_to_vendor(before, who, "42", NOW),
        Command.VENDOR_ANSWERED: lambda: rules.vendor_answered(before, who, NOW),
        Command.REPLY: lambda: rules.reply(before, who, "hello", NOW),
        Command.RESOLVE: lambda: rules.resolve(before, who, "cause", "solution", NOW),
        Command.DELIVER: lambda: rules.deliver(before, who, "solution", "key", NOW),
        Command.CONFIRM: lambda: rules.confirm(before, "alice", NOW),
        Command.REJECT: lambda: rules.reject(before, "alice", NOW),
        Command.WITHDRAW: lambda: rules.withdraw(before, "alice", NOW),
        Command.LAPSE: lambda: rules.remind(replace(before, reminders=1), NOW),
        Command.ABANDON: lambda: rules.abandon(before, NOW),
        Command.REOPEN: lambda: rules.reopen(before, "alice", NOW),
        Command.LINK: lambda: rules.link(before, MAIN, who, NOW)[0],
        Command.UNLINK: lambda: rules.unlink(before, who, NOW),
    }
    return steps[command]()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("command", [one for one in Command if one is not Command.LAPSE])
def test_the_table_says_what_each_command_leads_to(state: State, command: Command) -> None:
    before = in_state(state)

    if command in ALLOWED[state]:
        assert ALLOWED[state][command] is given_by(command, before).ticket.state
    else:
        with pytest.raises(HelpdeskRefused) as refused:
            given_by(command, before)
        assert state.value == refused.value.reason


def test_a_delivered_ticket_lapses_after_the_second_wait() -> None:
    assert State.CLOSED is given_by(Command.LAPSE, in_state(State.DELIVERED)).ticket.state


def test_the_second_claim_is_refused_and_names_the_holder_and_since_when() -> None:
    held = claimed()

    with pytest.raises(HelpdeskRefused) as refused:
        rules.claim(held, TOM, NOW + timedelta(minutes=5))

    assert Refusal.HELD is refused.value.reason
    assert ("tia", NOW) == (refused.value.values["holder"], refused.value.values["since"])


def test_the_same_person_claiming_twice_changes_nothing() -> None:
    held = claimed()

    assert Change(held) == rules.claim(held, TIA, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("actor", "reason"),
    [(GUS, Refusal.ONLY_ASK), (NOBODY, Refusal.NOT_YOUR_TIER), (TESS, Refusal.NOT_YOUR_TIER)],
)
def test_only_agents_of_the_tier_claim(actor: Actor, reason: Refusal) -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.claim(ticket(), actor, NOW)

    assert reason is refused.value.reason


def test_a_holder_who_left_the_tier_can_do_nothing_with_it() -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.release(claimed(), Actor("tia"), NOW)

    assert Refusal.NOT_YOUR_TIER is refused.value.reason


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_empty_findings_are_refused(text: str) -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.escalate(claimed(), TIA, Findings(text), NOW)

    assert Refusal.EMPTY is refused.value.reason


def test_a_text_of_3000_characters_is_taken_and_one_more_refused() -> None:
    assert rules.resolve(claimed(), TIA, "cause", "x" * LONGEST_TEXT, NOW).ticket.solution

    with pytest.raises(HelpdeskRefused) as refused:
        rules.resolve(claimed(), TIA, "cause", "x" * (LONGEST_TEXT + 1), NOW)
    assert Refusal.TOO_LONG is refused.value.reason


def test_findings_travel_up_with_tier_author_and_time() -> None:
    up = rules.escalate(claimed(), TIA, Findings("not the cable", device="iPad"), NOW).ticket

    assert (2, State.WAITING, "") == (up.tier, up.state, up.holder)
    found = up.findings[0]
    assert (1, "tia", "not the cable") == (found.tier, found.author, found.findings.learned)


def test_above_tier_3_is_nobody_and_below_tier_1_neither() -> None:
    with pytest.raises(HelpdeskRefused) as above:
        rules.escalate(claimed(3, "tara"), TARA, Findings("x"), NOW)
    with pytest.raises(HelpdeskRefused) as below:
        rules.give_back(claimed(), TIA, "x", NOW)

    assert Refusal.NO_TIER_ABOVE is above.value.reason
    assert Refusal.NO_TIER_BELOW is below.value.reason


def test_only_tier_3_hands_to_the_vendor() -> None:
    with pytest.raises(HelpdeskRefused) as refused:
        rules.hand_to_vendor(claimed(), TIA, "42", NOW)

    assert Refusal.ONLY_TIER_3 is refused.value.reason


def test_the_tier_1_holder_delivers_and_others_only_once_it_is_free_to_take() -> None:
    up = rules.escalate(claimed(), TIA, Findings("x"), NOW).ticket
    held = rules.claim(up, TESS, NOW).ticket
    solved = rules.resolve(held, TESS, "cause", "solution", NOW).ticket

    with pytest.raises(HelpdeskRefused) as refused:
        rules.deliver(solved, TOM, "solution", "key", NOW)
    freed = rules.remind(rules.remind(solved, NOW).ticket, NOW).ticket

    assert "tia" == refused.value.values["holder"]
    assert State.DELIVERED is rules.deliver(freed, TOM, "solution", "key", NOW).ticket.state


def test_not_solved_goes_back_to_the_tier_that_resolved_it_with_its_history() -> None:
    up = rules.escalate(claimed(), TIA, Findings("x"), NOW).ticket
    solved = rules.resolve(rules.claim(up, TESS, NOW).ticket, TESS, "cause", "fix", NOW).ticket
    brought = rules.deliver(solved, TIA, "fix", "key", NOW).ticket

    back = rules.reject(brought, "alice", NOW).ticket

    assert (2, State.WAITING, "cause") == (back.tier, back.state, back.root_cause)
    assert 1 == len(back.findings)


@pytest.mark.parametrize(
    ("by_phone", "actor", "reason"),
    [
        (False, TIA, Refusal.NOT_THE_ASKER),
        (True, TESS, Refusal.NOT_YOUR_TIER),
        (True, NOBODY, Refusal.NOT_YOUR_TIER),
        (True, GUS, Refusal.ONLY_ASK),
        (True, TOM, None),
    ],
)
def test_only_tier_1_says_how_it_ended_and_only_for_who_called(
    by_phone: bool, actor: Actor, reason: Refusal | None
) -> None:
    brought = replace(in_state(State.DELIVERED), by_phone=by_phone)

    for said in (rules.confirm_by_phone, rules.reject_by_phone):
        if reason is None:
            assert said(brought, actor, NOW).events[0].to == "alice"
            continue
        with pytest.raises(HelpdeskRefused) as refused:
            said(brought, actor, NOW)
        assert reason is refused.value.reason


def test_a_reply_by_somebody_else_moves_neither_the_claim_nor_the_waits() -> None:
    held = replace(claimed(), reminders=1)

    answered = rules.reply(held, TOM, "hello", NOW + timedelta(hours=1)).ticket

    assert ("tia", 1, NOW) == (answered.holder, answered.reminders, answered.waiting_since)
    assert NOW + timedelta(hours=1) == answered.responded_at


def test_taking_over_is_refused_until_the_holder_was_silent_for_two_reminders() -> None:
    held = claimed()
    once = rules.remind(held, NOW).ticket

    with pytest.raises(HelpdeskRefused) as refused:
        rules.take_over(once, TOM, NOW)
    twice = rules.remind(once, NOW).ticket

    assert Refusal.NOT_SILENT is refused.value.reason
    assert "tom" == rules.take_over(twice, TOM, NOW).ticket.holder


def test_the_asker_mentions_the_holder_at_most_once_in_ten_minutes() -> None:
    first, called = rules.heard(claimed(), NOW)
    second, called_again = rules.heard(first, NOW + timedelta(minutes=9, seconds=59))
    _, called_later = rules.heard(second, NOW + timedelta(minutes=10))

    assert (True, False, True) == (called, called_again, called_later)


def test_an_asker_who_writes_about_a_solution_is_not_silent() -> None:
    brought = replace(in_state(State.DELIVERED), reminders=1, reminded_at=NOW)
    held = replace(claimed(), reminders=1)

    spoken = rules.spoke(brought, NOW)

    assert (0, NOW, None) == (spoken.reminders, spoken.waiting_since, spoken.reminded_at)
    assert held == rules.spoke(held, NOW + timedelta(hours=1))


def resolved_and_brought(before: Ticket, cause: str, solution: str) -> Ticket:
    held = rules.claim(before, EVERYWHERE, NOW).ticket
    solved = rules.resolve(held, EVERYWHERE, cause, solution, NOW).ticket
    return rules.deliver(solved, EVERYWHERE, solution, "key", NOW).ticket


def test_each_solution_that_did_not_help_stays_with_the_ticket() -> None:
    first = rules.reject(resolved_and_brought(ticket(), "cable", "swap it"), "alice", NOW).ticket
    second = resolved_and_brought(first, "profile", "remove it")
    confirmed = rules.confirm(second, "alice", NOW).ticket

    again = rules.reopen(confirmed, "alice", NOW).ticket

    assert ["cable"] == [one.root_cause for one in second.failed]
    expected = [("cable", "swap it"), ("profile", "remove it")]
    assert expected == [(one.root_cause, one.solution) for one in again.failed]


def test_a_solution_that_was_never_brought_did_not_fail() -> None:
    held = rules.claim(ticket(), EVERYWHERE, NOW).ticket
    solved = rules.resolve(held, EVERYWHERE, "cable", "swap it", NOW).ticket
    withdrawn = rules.withdraw(solved, "alice", NOW).ticket

    assert () == rules.reopen(withdrawn, "alice", NOW).ticket.failed


def test_losing_the_claim_at_the_vendor_keeps_the_ticket_there() -> None:
    lost = rules.lose_claim(in_state(State.VENDOR), NOW).ticket

    assert (State.VENDOR, "") == (lost.state, lost.holder)


def test_a_long_log_keeps_its_beginning_and_its_end() -> None:
    events = tuple(Event(What.REPLIED, NOW, str(number), 1) for number in range(MOST_EVENTS))
    held = replace(claimed(), log=events)

    log = rules.release(held, TIA, NOW).ticket.log

    assert (MOST_EVENTS, "0", What.RELEASED) == (len(log), log[0].who, log[-1].what)


@given(st.lists(st.sampled_from(Command), max_size=30))
def test_whatever_is_tried_a_ticket_has_a_holder_exactly_when_it_is_claimed(
    commands: list[Command],
) -> None:
    now = rules.opened(ticket(tier=2), "alice", NOW).ticket
    for command in commands:
        try:
            now = given_by(command, now).ticket
        except HelpdeskRefused:
            continue

        assert (now.state is State.CLAIMED) == bool(now.holder) or now.state is State.VENDOR
        assert (now.closed_at is not None) == (now.state is State.CLOSED)
        assert now.tier in (1, 2, 3)
