"""When a ticket's timer is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import rules
from helpdesk.hours import Hours
from helpdesk.ticket import State, Ticket, Visibility, ticket_id
from helpdesk.timing import (
    HelpdeskSettings,
    TierSettings,
    Wait,
    Waits,
    expected_by,
    next_step_at,
    next_word_at,
    wait_of,
)
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
        State.LINKED: None,
        State.RESOLVED: Wait.DELIVERY,
        State.DELIVERED: Wait.ASKER,
        State.CLOSED: None,
    } == waits


def test_each_step_comes_as_long_after_the_one_before() -> None:
    steps, ticket = [], WAITING
    while due := next_step_at(ticket, SETTINGS):
        steps.append(due)
        ticket = rules.remind(ticket, due).ticket

    assert [MONDAY + timedelta(hours=hours) for hours in (1, 2, 3)] == steps


def test_a_step_said_late_puts_off_the_ones_that_follow() -> None:
    late = MONDAY + timedelta(hours=5)

    reminded = rules.remind(WAITING, late).ticket

    assert late + timedelta(hours=1) == next_step_at(reminded, SETTINGS)


def test_what_falls_due_at_closing_time_is_said_when_the_tier_opens() -> None:
    before = replace(WAITING, waiting_since=MONDAY.replace(hour=15, minute=59))
    at_closing = replace(WAITING, waiting_since=MONDAY.replace(hour=16))

    assert MONDAY.replace(hour=16, minute=59) == next_step_at(before, SETTINGS)
    assert MONDAY.replace(day=24, hour=9) == next_step_at(at_closing, SETTINGS)


def test_a_snooze_that_ends_at_night_ends_in_the_morning() -> None:
    snoozed = replace(WAITING, snoozed_until=MONDAY.replace(hour=23))

    assert MONDAY.replace(day=24, hour=9) == next_step_at(snoozed, SETTINGS)


def test_an_asker_is_told_something_after_each_silent_working_day() -> None:
    first = next_word_at(WAITING, SETTINGS)
    assert first is not None
    second = next_word_at(rules.reassure(WAITING, first), SETTINGS)

    assert MONDAY.replace(day=24) == first
    assert MONDAY.replace(day=25) == second


@pytest.mark.parametrize("state", [State.VENDOR, State.DELIVERED, State.CLOSED])
def test_an_asker_is_told_nothing_while_it_is_not_the_helpdesks_turn(state: State) -> None:
    assert next_word_at(replace(WAITING, state=state), SETTINGS) is None


def test_the_tier_waits_in_its_own_time_zone_and_holidays() -> None:
    taipei = Hours(zone="Asia/Taipei", country="TW")
    settings = replace(
        SETTINGS, tiers=(SETTINGS.tier(1), TierSettings(taipei, WAITS), SETTINGS.tier(3))
    )
    # The eve of the Founding Day of Taiwan, 2027-01-01 a Friday, when Taipei closes at 09:00 UTC.
    eve = datetime(2026, 12, 31, 8, 30, tzinfo=UTC)

    up = replace(WAITING, tier=2, waiting_since=eve)

    assert datetime(2027, 1, 4, 1, 30, tzinfo=UTC) == next_step_at(up, settings)
    assert datetime(2026, 12, 31, 10, tzinfo=UTC) == next_step_at(
        replace(up, tier=1, waiting_since=eve.replace(hour=9, minute=0)), settings
    )


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


def test_what_the_asker_hears_moves_what_they_may_expect() -> None:
    held = replace(WAITING, state=State.CLAIMED, responded_at=MONDAY, told_at=MONDAY)
    told = rules.reassure(held, MONDAY + timedelta(hours=1))

    assert MONDAY + timedelta(hours=2) == expected_by(held, SETTINGS)
    assert MONDAY + timedelta(hours=3) == expected_by(told, SETTINGS)
