"""The clock of a sandbox, followed from another process, so that its page can pause, speed up and
set the time by which things fall due."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog

from delivery.idling import LONGEST_IDLE, longest_idle
from storage.port import Store

ASK_AGAIN_AFTER = 1.0
LONGEST_POLL = 40.0
"""Seconds; the sandbox answers a waiting question after 25 at the latest."""

log = structlog.get_logger()


class FollowedClock:
    """``now`` is the sandbox's time as last told, moved on by its speed since. A clock that runs
    fast stands still at what falls due until that is done: so everything happens at its time,
    although days go by in a real second."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session
        self._told = datetime.now(UTC)
        self._heard_at = time.monotonic()
        self._speed = 1.0
        self._turns = "-1"
        self._stands_at: datetime | None = None
        self._runs_fast = asyncio.Event()

    @property
    def factor(self) -> float:
        return self._speed

    def now(self) -> datetime:
        passed = (time.monotonic() - self._heard_at) * self._speed
        moment = self._told + timedelta(seconds=passed)
        return min(moment, self._stands_at) if self._stands_at else moment

    async def follow(self) -> None:
        """Keep to the sandbox's clock until cancelled; a sandbox that is gone leaves it running."""
        timeout = aiohttp.ClientTimeout(total=LONGEST_POLL)
        while True:
            try:
                query = {"turns": self._turns}
                async with self._session.get(self._url, params=query, timeout=timeout) as answer:
                    self._hear((await answer.json())["clock"])
            except (aiohttp.ClientError, TimeoutError) as error:
                log.debug("the sandbox's clock was not heard", error=type(error).__name__)
                await asyncio.sleep(ASK_AGAIN_AFTER)

    async def tell_what_waits(self, store: Store) -> None:
        """Keep to what falls due next, and tell the sandbox for its "jump to the next", until
        cancelled."""
        told, work = "", store.listen()
        while True:
            due = await store.next_due()
            self._stand_at(due)
            moment = due.isoformat() if due else ""
            if moment != told:
                body = {"action": "due"} | ({"moment": moment} if moment else {})
                async with self._session.post(self._url, json=body):
                    told = moment
            if self._speed > 1.0:
                await work.wait(longest_idle(self))
            else:
                await self._until_it_runs_fast()

    async def _until_it_runs_fast(self) -> None:
        """Or for a moment. At its own pace a clock need not be told of every commit."""
        self._runs_fast.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_IDLE):
                await self._runs_fast.wait()

    def _stand_at(self, due: datetime | None) -> None:
        """Time that has passed does not come back because something is due earlier."""
        now = self.now()
        self._stands_at = max(due, now) if due and self._speed > 1.0 else None

    def _hear(self, clock: dict[str, Any]) -> None:
        speed = 0.0 if clock["paused"] else float(clock["speed"])
        told = datetime.fromisoformat(clock["now"])
        if speed > 1.0 >= self._speed:
            self._stands_at = told  # until it is known what falls due next
            self._runs_fast.set()
        self._told, self._speed = told, speed
        self._heard_at = time.monotonic()
        self._turns = str(clock["turns"])
