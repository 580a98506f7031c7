"""When many people suddenly meet the same, the tiers and the admins hear of it once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from tests.conversations.counter import Counter
from tests.workplace import OFTEN, labels, open_workplace

PEOPLE = ("alice", "adam", "bram", "femke", "sven", "linnea", "mei")
MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE = "0x8018A7B2"
CHANNELS = ("tier-1", "tier-2", "tier-3", "rollout-admins")


@pytest.fixture
async def counter(store_url: str, knowledge: Knowledge) -> AsyncIterator[Counter]:
    setup = {"clock_start": MONDAY_10, "times": OFTEN}
    async with open_workplace(store_url, knowledge, **setup) as workplace:
        yield Counter(workplace)


async def meet_the_code(counter: Counter, people: tuple[str, ...]) -> None:
    for name in people:
        asked = await counter.person(name).direct_messages(f"zebra {CODE}")
        await counter.workplace.reply_to(asked)


def notices(counter: Counter, channel: str) -> list[Message]:
    posted = counter.sandbox.messages_in(channel)
    return [one for one in posted if one.bot_id and "meet the error" in one.text]


def later(counter: Counter, minutes: int) -> None:
    counter.sandbox.core.clock.advance(timedelta(minutes=minutes))


async def test_every_tier_and_the_admins_are_told_once(counter: Counter) -> None:
    await meet_the_code(counter, PEOPLE[:5])
    later(counter, 16)
    for channel in CHANNELS:
        notice = await counter.workplace.posted_in(channel, "meet the error")
        assert f"{CODE.lower()}: 5 so far today" in notice.text.lower()

    await meet_the_code(counter, PEOPLE[5:])
    later(counter, 16)
    await counter.sandbox.settled()

    assert [1, 1, 1, 1] == [len(notices(counter, channel)) for channel in CHANNELS]


async def test_fewer_people_are_no_spike(counter: Counter) -> None:
    await meet_the_code(counter, PEOPLE[:4])

    later(counter, 16)
    await counter.sandbox.settled()
    later(counter, 16)
    await counter.sandbox.settled()

    assert [] == notices(counter, "tier-1")


async def test_one_press_makes_it_a_known_problem(counter: Counter) -> None:
    await meet_the_code(counter, PEOPLE[:5])
    later(counter, 16)
    notice = await counter.workplace.posted_in("tier-1", "meet the error")
    assert ["Make it a known problem"] == labels(notice)

    await counter.presses("tia", notice, "Make it a known problem")
    form = await counter.person("tia").opens_modal()
    codes = next(b["element"] for b in form.body["blocks"] if b["block_id"] == "codes")
    result = await counter.person("tia").submits({"en": "The vendor looks into it."})

    assert CODE.lower() == codes["initial_value"].lower()
    assert result.ok, result.errors
    asked = await counter.person("mei").direct_messages(f"zebra {CODE}")
    assert "The vendor looks into it." in (await counter.workplace.reply_to(asked)).text


async def test_it_goes_on_over_a_restart_and_is_not_told_again(counter: Counter) -> None:
    await meet_the_code(counter, PEOPLE[:5])
    later(counter, 16)
    await counter.workplace.posted_in("rollout-admins", "meet the error")
    await counter.sandbox.settled()

    await counter.workplace.stop_bot()
    await counter.workplace.start_bot()
    await meet_the_code(counter, PEOPLE[5:])
    later(counter, 16)
    await counter.sandbox.settled()

    assert 1 == len(notices(counter, "rollout-admins"))
