"""The clock jumps by an hour, either way, and across the changes of daylight saving: nothing is
lost and nobody is told something twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commandline.sandbox import sandbox_environment
from delivery.clock import SystemClock
from delivery.sender import LEASE
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.conversation import Message
from sandbox.seed import TEAM_ID
from sandbox.server import Sandbox
from settings import read_settings
from storage.opening import open_store
from storage.outbox import Content, InChannel, Lane, OutboxItem, Post
from storage.port import Commit
from tests.conversations.counter import Counter
from tests.endstate import faults_in, keys_of
from tests.workplace import Workplace, open_workplace

HOUR = timedelta(hours=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SPRING = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
"""Half an hour before clocks go forward."""
AUTUMN = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
"""Half an hour before clocks go back."""


async def asks(workplace: Workplace, name: str) -> Message:
    question = await workplace.person(name).direct_messages("how do I enroll my iPhone?")
    await workplace.reply_to(question)
    return question


async def faults_after(workplace: Workplace, asked: list[Message]) -> list[str]:
    await workplace.sandbox.settled()
    await workplace.stop_bot()
    store = await open_store(workplace.environment["STORE_URL"])
    try:
        return await faults_in(workplace.sandbox, store, asked)
    finally:
        await store.close()


@pytest.mark.parametrize("jumps", [(HOUR, -HOUR), (-HOUR, HOUR)], ids=["forward", "back"])
async def test_the_clock_jumps_while_people_ask(
    store_url: str, knowledge: Knowledge, jumps: tuple[timedelta, ...]
) -> None:
    async with open_workplace(store_url, knowledge) as workplace:
        asked = [await asks(workplace, "alice")]
        for name, jump in zip(("bram", "sven"), jumps, strict=True):
            workplace.sandbox.core.clock.advance(jump)
            asked.append(await asks(workplace, name))

        assert [] == await faults_after(workplace, asked)


async def test_a_reminder_is_said_once_although_the_clock_goes_back_over_it(
    store_url: str, knowledge: Knowledge
) -> None:
    """From a working morning on, so that the helpdesk's hours count."""
    began = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
    async with open_workplace(store_url, knowledge, clock_start=began) as workplace:
        counter = Counter(workplace)
        card = await counter.asks("alice")
        clock = workplace.sandbox.core.clock
        for jump in (HOUR, -HOUR, HOUR, -HOUR, HOUR):
            clock.advance(jump)
            await asks(workplace, "bram")
        reminders = [key for key in keys_of(workplace.sandbox) if ":remind" in key]

        assert sorted(set(reminders)) == sorted(reminders)
        assert "#1 ·" in counter.now(card).text
        assert [] == await faults_after(workplace, [])


@pytest.mark.parametrize("before", [SPRING, AUTUMN], ids=["spring", "autumn"])
async def test_questions_and_tickets_across_the_change_of_daylight_saving(
    store_url: str, knowledge: Knowledge, before: datetime
) -> None:
    async with open_workplace(store_url, knowledge, clock_start=before) as workplace:
        counter = Counter(workplace)
        clock = workplace.sandbox.core.clock
        offsets = [clock.now().astimezone(AMSTERDAM).utcoffset()]
        card = await counter.asks("alice")
        asked = [await asks(workplace, "bram")]
        clock.advance(HOUR)
        offsets.append(clock.now().astimezone(AMSTERDAM).utcoffset())
        await counter.claims("tia", card)
        asked.append(await asks(workplace, "sven"))

        assert 2 == len(set(offsets))
        assert [] == await faults_after(workplace, asked)


async def test_a_replica_whose_clock_is_an_hour_ahead_takes_nothing_out_of_anothers_hands(
    postgresql_url: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All go by the database's time, by which the other's lease is not over."""
    async with Sandbox(pace=False) as sandbox:
        store = await open_store(postgresql_url)
        now = datetime.now(UTC)
        place = InChannel(sandbox.channel("ask-it").id)
        item = OutboxItem("in hand", TEAM_ID, "a thread", Post(place, Content("wait")), now)
        await store.commit(Commit(at=now, outbox=(item,)))
        await store.lease_outbox(Lane.CONVERSATION, "another", now, limit=1, lease_for=LEASE)
        monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + HOUR)
        environment = sandbox_environment(sandbox, postgresql_url) | {"CLOCK_URL": ""}
        bot = Bot(read_settings(environment), knowledge=knowledge)
        await bot.start()
        workplace = Workplace(sandbox, environment, knowledge, bot)
        try:
            asked = await asks(workplace, "alice")
            held = await store.outbox_entry("in hand")
        finally:
            await bot.stop()
            await store.close()

    assert workplace.replies_to(asked)
    assert held is not None
    assert 1 == held.attempts
