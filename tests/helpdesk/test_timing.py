"""When a ticket's timer is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from helpdesk.hours import Hours
from helpdesk.ticket import State, Ticket, Visibility, ticket_id
from helpdesk.timing import HelpdeskSettings, TierSettings, Wait, Waits, next_step_at, wait_of
from knowledge.article import Language

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
WAITS = Waits(claim=timedelta(hours=1), holder=timedelta(hours=2), asker=timedelta(hours=3))
SETTINGS = HelpdeskSettings(
    (
        TierSettings(Hours(), WAITS),
        TierSettings(Hours(), replace(WAITS, claim=timedelta(hours=4))),
        TierSettings(Hours(), WAITS),
    )
)
WAITING = Ticket(
    id=ticket_id("T", 1),
    team="T",
    number=1,
    asker="alice",
    language=Language.EN,
    channel="D1",
    thread_ts="1.0",
    visibility=Visibility.PRIVATE,
    words="?",
    opened_at=MONDAY,
    changed_at=MONDAY,
    waiting_since=MONDAY,
)


def test_each_state_waits_for_something_but_the_vendor_and_the_closed_one() -> None:
    waits = {state: wait_of(replace(WAITING, state=state)) for state in State}

    assert {
        State.WAITING: Wait.CLAIM,
        State.CLAIMED: Wait.RESPONSE,
        State.VENDOR: None,
        State.RESOLVED: Wait.DELIVERY,
        State.DELIVERED: Wait.ASKER,
        State.CLOSED: None,
    } == waits


def test_each_step_comes_as_long_after_the_one_before() -> None:
    steps = [next_step_at(replace(WAITING, reminders=number), SETTINGS) for number in range(4)]

    assert [MONDAY + timedelta(hours=hours) for hours in (1, 2, 3)] == steps[:3]
    assert steps[3] is None


def test_each_tier_has_its_own_waits() -> None:
    assert MONDAY + timedelta(hours=4) == next_step_at(replace(WAITING, tier=2), SETTINGS)


def test_a_solution_waits_in_the_hours_of_tier_1_whoever_found_it() -> None:
    solved = replace(WAITING, tier=2, state=State.DELIVERED)

    assert MONDAY + timedelta(hours=3) == next_step_at(solved, SETTINGS)


def test_after_a_first_answer_the_holder_is_waited_for() -> None:
    held = replace(WAITING, state=State.CLAIMED, responded_at=MONDAY)

    assert Wait.HOLDER is wait_of(held)
    assert MONDAY + timedelta(hours=2) == next_step_at(held, SETTINGS)


def test_snoozing_puts_off_and_never_brings_forward() -> None:
    late, early = MONDAY + timedelta(hours=5), MONDAY + timedelta(minutes=5)

    assert late == next_step_at(replace(WAITING, snoozed_until=late), SETTINGS)
    due = next_step_at(replace(WAITING, snoozed_until=early), SETTINGS)
    assert MONDAY + timedelta(hours=1) == due
