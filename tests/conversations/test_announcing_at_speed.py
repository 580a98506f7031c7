"""The sample plan played at speed: July to October in well under three minutes."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from knowledge.watching import Knowledge
from rollout.reading import load_plan
from rollout.schedule import schedule
from storage.kinds import ANNOUNCEMENT
from storage.opening import open_copy
from tests.conversations.test_announcing import PLAN, announces, posted
from tests.workplace import Workplace, eventually, open_workplace

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BEFORE = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
AFTER = datetime(2027, 11, 1, 8, 0, tzinfo=UTC)
SPEED = 1_000_000
"""Eleven days in a second."""


async def test_the_sample_plan_at_speed_reaches_every_channel_at_its_date_and_once(
    store_url: str, knowledge: Knowledge
) -> None:
    planned = schedule(load_plan(PLAN)).announcements
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    setup = {"clock_start": BEFORE, "manifest": manifest}
    async with open_workplace(store_url, knowledge, **setup) as workplace:
        await follows_the_page(workplace)
        ada, axel = workplace.person("ada"), workplace.person("axel")
        for one in planned:
            await announces(ada, axel, workplace, one)
        clock = workplace.sandbox.core.clock

        clock.speed(SPEED)
        async with asyncio.timeout(170):
            await clock.wait_until(AFTER)
            await workplace.sandbox.until(lambda: len(planned) == posted(workplace), timeout=30)
        clock.speed(1)
        await workplace.sandbox.settled()
        began = await beginnings(workplace)

        assert len(planned) == posted(workplace)
        assert {one.id: one.at.date() for one in planned} == {
            planned_id: at.date() for planned_id, at in began.items()
        }


async def follows_the_page(workplace: Workplace) -> None:
    """The bot hears the sandbox's time from its page, as it does when somebody plays there."""
    await workplace.stop_bot()
    url = f"{workplace.sandbox.url}/sandbox/clock"
    workplace.environment = {**workplace.environment, "CLOCK_URL": url}
    await workplace.start_bot()
    bot = workplace.bot
    assert bot is not None
    clock = workplace.sandbox.core.clock
    await eventually(lambda: abs(bot._clock.now() - clock.now()) < timedelta(hours=1))


async def beginnings(workplace: Workplace) -> dict[str, datetime]:
    """When each announcement of the plan began to be sent, in the domain's time."""
    store = await open_copy(workplace.environment["STORE_URL"])
    try:
        found = await store.find(ANNOUNCEMENT, "state", "T0NORTHWIND/sent", limit=100)
        found += await store.find(ANNOUNCEMENT, "state", "T0NORTHWIND/sending", limit=100)
    finally:
        await store.close()
    return {
        one.record.planned: one.record.started_at
        for one in found
        if one.record.started_at is not None
    }
