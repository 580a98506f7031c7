"""The sandbox's clock moves the bot's time: what is due, and what is dated."""

import asyncio
from datetime import UTC, datetime

from delivery.housekeeping import HOUSEKEEPING
from storage.opening import open_copy
from tests.workplace import Workplace, eventually


async def housekeeping_due(store_url: str) -> datetime:
    copy = await open_copy(store_url)
    waiting = await copy.due_command(HOUSEKEEPING)
    await copy.close()
    assert waiting is not None
    return waiting.due_at


async def test_what_waits_falls_due_when_the_sandboxs_clock_is_set_forward(
    workplace: Workplace, store_url: str
) -> None:
    clock = workplace.sandbox.core.clock
    await workplace.stop_bot()
    address = {"CLOCK_URL": f"{workplace.sandbox.url}/sandbox/clock"}
    workplace.environment = {**workplace.environment, **address}
    await workplace.start_bot()
    await eventually(lambda: clock.next_due() is not None)
    first = clock.next_due()
    assert first is not None

    clock.jump_to(datetime(2030, 7, 1, 9, 0, tzinfo=UTC))

    def moved_on() -> bool:
        due = clock.next_due()
        return due is not None and due > datetime(2030, 7, 1, tzinfo=UTC)

    await eventually(moved_on, timeout=15)
    async with asyncio.timeout(15):
        while (await housekeeping_due(store_url)).year != 2030:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
