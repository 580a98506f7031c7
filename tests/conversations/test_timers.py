"""What nobody does in time is said, first to the one whose turn it is, then to the tier."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.watching import Knowledge
from tests.conversations.counter import Counter
from tests.workplace import labels, open_workplace

MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten in the morning in Amsterdam."""
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    async with open_workplace(store_url, knowledge, clock_start=MONDAY_10) as workplace:
        yield Counter(workplace)


def later(counter: Counter, step: timedelta) -> None:
    counter.sandbox.core.clock.advance(step)


async def test_an_unclaimed_ticket_mentions_the_tier_and_at_last_the_admins(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")

    later(counter, 31 * MINUTES)
    first = await counter.in_thread(card, "still waits in tier 1")
    later(counter, 30 * MINUTES)
    await counter.sandbox.until(lambda: len(counter.notes(card)) == 2)
    later(counter, 30 * MINUTES)

    assert counter.person("tia").mention in first.text
    assert counter.person("tom").mention in first.text
    await counter.workplace.posted_in("rollout-admins", "Nobody in tier 1 has claimed #1")


async def test_a_claim_in_time_is_not_reminded_of(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    later(counter, 31 * MINUTES)
    await counter.sandbox.settled()

    assert not [one for one in counter.notes(card) if "still waits" in one.text]


async def test_a_holder_who_does_not_answer_is_reminded_and_then_may_be_relieved(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    later(counter, 2 * HOURS + MINUTES)
    first = await counter.in_thread(card, "has not heard from us")
    later(counter, 2 * HOURS)
    await counter.in_thread(card, "may take it over now")
    await counter.presses("tom", card, "Take over")

    assert counter.person("tia").mention in first.text
    assert counter.person("tom").mention not in first.text
    await counter.shows(card, lambda one: f"{counter.person('tom').mention} has it" in one.text)


async def test_snoozed_it_keeps_quiet(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    later(counter, 2 * HOURS + MINUTES)
    reminder = await counter.in_thread(card, "has not heard from us")

    await counter.presses("tia", reminder, "Remind me later")
    later(counter, 2 * HOURS)
    await counter.sandbox.settled()

    assert not [one for one in counter.notes(card) if "take it over" in one.text]


async def test_a_solution_that_nobody_brings_may_be_brought_by_any_agent_of_tier_1(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")

    later(counter, 2 * HOURS + MINUTES)
    await counter.in_thread(card, "has not reached the asker")
    later(counter, 2 * HOURS)
    await counter.in_thread(card, "may take it over now")

    assert await counter.delivers("tom", card)


async def test_an_asker_who_stays_silent_is_asked_once_and_then_it_closes(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")
    await counter.delivers("tia", card)

    later(counter, timedelta(days=2, hours=1))
    await counter.told("alice", "Did the solution for #1 help?")
    later(counter, timedelta(days=2))

    closed = await counter.shows(card, lambda one: "closed since" in one.text)
    assert [] == labels(closed)
    await counter.in_thread(card, "closed by itself")


async def test_outside_hours_the_asker_is_told_when_the_helpdesk_opens(counter: Counter) -> None:
    later(counter, 10 * HOURS)

    await counter.asks("alice")

    status = await counter.told("alice", "#1 ·")
    assert "The helpdesk is closed now" in status.text
    assert "2026-11-24 08:00 UTC" in status.text


async def test_a_reminder_that_fell_due_while_the_bot_was_down_comes_once(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.workplace.stop_bot()
    later(counter, 31 * MINUTES)

    await counter.workplace.start_bot()
    await counter.in_thread(card, "still waits in tier 1")
    await counter.sandbox.settled()

    assert 1 == len([one for one in counter.notes(card) if "still waits" in one.text])
