"""The way in when more comes at one moment than can be decided in Slack's time."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from handlers import intake
from handlers.decision import NOTHING, Decision
from handlers.intake import Intake
from handlers.notices import Notices
from storage.opening import open_store
from tests.handlers.bureau import Screen

STEPS = 10
BURST = 200
FEW = 4


class Effort:
    """Decides by ten steps of a millisecond of the processor each, as if all were questions."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0

    async def decide(self, now: datetime) -> Decision:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(STEPS):
                until = time.perf_counter() + 0.001
                while time.perf_counter() < until:
                    pass
                await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        return NOTHING


async def test_of_a_burst_as_many_are_decided_as_there_is_time_for(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were all decided side by side, each would take as long as all of them, and none be done when
    the time is over; Slack's next tries would end alike."""
    monkeypatch.setattr(intake, "DECIDE_WITHIN", 1.0)
    monkeypatch.setattr(intake, "AT_ONCE", FEW)
    store = await open_store(store_url)
    way_in = Intake(store, lambda: datetime.now(UTC), cast(Notices, None), Screen())
    effort = Effort()

    async def take(number: int) -> Any:
        return await way_in.take(f"event:{number}", {}, effort.decide)

    ended = await asyncio.gather(*(take(one) for one in range(BURST)), return_exceptions=True)
    await store.close()

    assert NOTHING in ended
    assert FEW == effort.most
