"""What nobody does in time is said, first to the one whose turn it is, then to the tier."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from tests.conversations.counter import Counter
from tests.workplace import OFTEN, labels, open_workplace

MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten in the morning in Amsterdam."""
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    setup = {"clock_start": MONDAY_10, "times": OFTEN}
    async with open_workplace(store_url, knowledge, **setup) as workplace:
        yield Counter(workplace)


def later(counter: Counter, step: timedelta) -> None:
    counter.sandbox.core.clock.advance(step)


async def restarted_with(counter: Counter, folder: Path, settings: str) -> None:
    """The bot with that settings file."""
    file = folder / "helpdesk.yaml"
    file.write_text(settings, "utf-8")
    workplace = counter.workplace
    await workplace.stop_bot()
    workplace.environment = {**workplace.environment, "HELPDESK_SETTINGS": str(file)}
    await workplace.start_bot()


def said(counter: Counter, card: Message, words: str) -> int:
    """How often something was said in the card's thread."""
    return len([one for one in counter.notes(card) if words in one.text])


async def resolved(counter: Counter) -> Message:
    """A ticket whose solution waits for tia to deliver it."""
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.resolves("tia", card, "profile", "remove the profile")
    return card


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


async def test_just_before_its_time_nothing_is_said_and_at_its_time_once(counter: Counter) -> None:
    card = await counter.asks("alice")

    later(counter, 29 * MINUTES)
    await counter.sandbox.settled()
    assert 0 == said(counter, card, "still waits")
    later(counter, MINUTES)
    await counter.in_thread(card, "still waits in tier 1")
    later(counter, 29 * MINUTES)
    await counter.sandbox.settled()

    assert 1 == said(counter, card, "still waits")


async def test_after_a_long_standstill_the_steps_do_not_all_come_at_once(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.workplace.stop_bot()
    later(counter, timedelta(days=2))

    await counter.workplace.start_bot()
    await counter.in_thread(card, "still waits in tier 1")
    await counter.sandbox.settled()
    assert 1 == said(counter, card, "still waits")
    later(counter, 31 * MINUTES)

    await counter.sandbox.until(lambda: said(counter, card, "still waits") == 2)


async def test_what_fell_due_in_a_standstill_is_not_said_at_night(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.workplace.stop_bot()
    later(counter, 12 * HOURS)

    await counter.workplace.start_bot()
    await counter.sandbox.settled()
    assert 0 == said(counter, card, "still waits")
    later(counter, 11 * HOURS)

    await counter.in_thread(card, "still waits in tier 1")


async def test_two_stops_at_the_same_reminder_do_not_double_it(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    later(counter, 2 * HOURS + MINUTES)
    await counter.in_thread(card, "has not heard from us")

    for _ in range(2):
        await counter.workplace.stop_bot()
        await counter.workplace.start_bot()
    await counter.sandbox.settled()

    assert 1 == said(counter, card, "has not heard from us")


async def test_a_holder_who_answered_and_then_falls_silent_is_reminded(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")
    await counter.told("alice", "which build is it?")

    later(counter, timedelta(days=1) - MINUTES)
    await counter.sandbox.settled()
    assert 0 == said(counter, card, "It has been quiet")
    later(counter, 2 * MINUTES)

    reminder = await counter.in_thread(card, "It has been quiet around #1")
    assert counter.person("tia").mention in reminder.text


async def test_a_holder_who_talks_in_the_thread_is_not_silent(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")
    await counter.told("alice", "which build is it?")
    later(counter, 6 * HOURS)
    await counter.person("tia").replies(card, "asked a colleague about it")
    await counter.sandbox.settled()

    later(counter, timedelta(hours=18, minutes=1))
    await counter.sandbox.settled()

    assert 0 == said(counter, card, "It has been quiet")


async def test_a_snooze_lasts_four_working_hours_and_then_the_next_step_comes(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    later(counter, 2 * HOURS + MINUTES)
    reminder = await counter.in_thread(card, "has not heard from us")
    later(counter, 3 * HOURS + 50 * MINUTES - 2 * HOURS)

    await counter.presses("tia", reminder, "Remind me later")
    await counter.sandbox.settled()
    later(counter, 12 * HOURS)
    await counter.sandbox.settled()
    assert 0 == said(counter, card, "may take it over")
    later(counter, 8 * HOURS)

    await counter.in_thread(card, "may take it over now")


async def test_who_is_not_of_the_tier_cannot_silence_its_reminder(counter: Counter) -> None:
    card = await counter.asks("alice")
    later(counter, 31 * MINUTES)
    reminder = await counter.in_thread(card, "still waits in tier 1")
    await counter.person("tia").invites("tier-1", "gus")
    await counter.sandbox.settled()

    await counter.presses("gus", reminder, "Remind me later")

    await counter.refused("gus", "can ask, and nothing more")


async def test_taken_over_the_waits_begin_anew_for_the_new_holder(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    later(counter, 2 * HOURS + MINUTES)
    await counter.in_thread(card, "has not heard from us")
    later(counter, 2 * HOURS)
    await counter.in_thread(card, "may take it over now")

    await counter.presses("tom", card, "Take over")
    await counter.in_thread(card, "took over #1")
    later(counter, 2 * HOURS + MINUTES)

    await counter.sandbox.until(lambda: said(counter, card, "has not heard from us") == 3)
    last = [one for one in counter.notes(card) if "has not heard from us" in one.text][-1]
    assert counter.person("tom").mention in last.text
    assert counter.person("tia").mention not in last.text


async def test_before_the_second_reminder_nobody_can_take_over_a_delivery(
    counter: Counter,
) -> None:
    card = await resolved(counter)
    later(counter, 2 * HOURS + MINUTES)
    await counter.in_thread(card, "has not reached the asker")

    await counter.presses("tom", card, "Deliver")

    await counter.refused("tom", "has #1 since")


async def test_a_holder_who_left_while_the_bot_was_down_loses_the_claim_at_the_next_reminder(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    await counter.workplace.stop_bot()
    counter.sandbox.workspace.leave(counter.sandbox.channel("tier-1"), counter.person("tia").id)
    await counter.workplace.start_bot()

    later(counter, 2 * HOURS + MINUTES)

    await counter.in_thread(card, "is no longer in tier 1")
    await counter.shows(card, lambda one: "waits in tier 1" in one.text)


async def test_an_asker_who_heard_nothing_for_a_working_day_is_told_that_it_goes_on(
    counter: Counter,
) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)

    later(counter, timedelta(days=1) - MINUTES)
    await counter.sandbox.settled()
    told = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert [] == [one for one in told if "not forgotten" in one.text]
    later(counter, 2 * MINUTES)

    word = await counter.told("alice", "Your question #1 is not forgotten")
    assert counter.person("tia").mention in word.text


async def test_an_asker_who_was_answered_is_not_told_that_it_goes_on(counter: Counter) -> None:
    card = await counter.asks("alice")
    await counter.claims("tia", card)
    later(counter, 6 * HOURS)
    await counter.fills_in("tia", card, "Reply to user", text="which build is it?")
    await counter.told("alice", "which build is it?")

    later(counter, 19 * HOURS)
    await counter.sandbox.settled()

    told = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert [] == [one for one in told if "not forgotten" in one.text]


async def test_an_asker_who_writes_about_the_solution_is_not_closed_for_silence(
    counter: Counter,
) -> None:
    card = await resolved(counter)
    solution = await counter.delivers("tia", card)
    later(counter, timedelta(days=2, hours=1))
    await counter.told("alice", "Did the solution for #1 help?")

    await counter.person("alice").replies(solution, "it still shows an error")
    await counter.in_thread(card, "it still shows an error")
    later(counter, timedelta(days=1, hours=6))
    await counter.sandbox.settled()

    assert ["Solved", "Not solved"] == labels(counter.now(solution))


async def test_while_the_vendor_has_it_nobody_is_reminded_of_anything(counter: Counter) -> None:
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="a")
    await counter.claims("tess", second)
    third = await counter.escalates("tess", second, 3, learned="b")
    await counter.claims("tara", third)
    await counter.fills_in("tara", third, "Hand to the vendor", case="TRACK-42")
    await counter.in_thread(third, "TRACK-42")
    before = len(counter.notes(third))

    later(counter, timedelta(days=30))
    await counter.sandbox.settled()
    assert before == len(counter.notes(third))
    await counter.presses("tara", third, "Answer came")
    await counter.shows(third, lambda one: "has it in tier 3" in one.text)
    later(counter, timedelta(days=1))

    await counter.in_thread(third, "has not heard from us")


async def test_each_tier_keeps_its_own_hours_and_holidays(counter: Counter, tmp_path: Path) -> None:
    # Tier 2 works in Taipei, where it is 17:00 now, and has a day off tomorrow.
    await restarted_with(
        counter,
        tmp_path,
        "tier2: {timezone: Asia/Taipei, closed: [2026-11-24], claim: 1h}",
    )
    first = await counter.asks("alice")
    await counter.claims("tia", first)
    second = await counter.escalates("tia", first, 2, learned="a")

    later(counter, timedelta(days=1, hours=16, minutes=50))
    await counter.sandbox.settled()
    assert 0 == said(counter, second, "still waits")
    later(counter, 15 * MINUTES)

    await counter.in_thread(second, "still waits in tier 2")


async def test_on_a_public_holiday_the_asker_is_told_once_when_the_helpdesk_opens(
    counter: Counter, tmp_path: Path
) -> None:
    # Christmas and Boxing Day 2026 are a Friday and a Saturday.
    later(counter, timedelta(days=32))
    await restarted_with(counter, tmp_path, "all: {country: NL}")

    card = await counter.asks("alice")

    status = await counter.told("alice", "#1 ·")
    assert "2026-12-28 08:00 UTC" in status.text
    later(counter, timedelta(days=2))
    await counter.sandbox.settled()
    assert 0 == said(counter, card, "still waits")
    posted = counter.sandbox.messages_in(counter.person("alice").direct_message)
    assert 1 == len([one for one in posted if "closed now" in one.text])
