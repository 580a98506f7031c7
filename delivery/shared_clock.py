"""The time that all replicas go by: that of the database they share."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from storage.errors import StoreUnavailable

SET_EVERY = 30.0
"""Seconds; in so long two machines' seconds differ by less than a hundredth of one."""
QUICK = 1.0
"""Seconds; an answer that took longer tells the time too badly."""

log = structlog.get_logger()


class Timekeeper(Protocol):
    """Has a clock that all who share it go by."""

    async def present(self) -> datetime:
        """Its present moment. Raises ``StoreUnavailable``."""


def elapsed() -> float:
    """Seconds that nobody sets, and that go on while the machine sleeps, where it can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SharedClock:
    """``now`` is the keeper's time as last told, moved on by what went by since: it does not matter
    how the clock of this machine is set. Until :meth:`set` it shows the machine's."""

    factor = 1.0

    def __init__(self, keeper: Timekeeper, elapsed: Callable[[], float] = elapsed) -> None:
        self._keeper = keeper
        self._elapsed = elapsed
        self._told = datetime.now(UTC)
        self._asked_at = elapsed()

    def now(self) -> datetime:
        return self._told + timedelta(seconds=self._elapsed() - self._asked_at)

    async def set(self) -> None:
        """Take the keeper's time. Raises ``StoreUnavailable``.

        It counts as that of the question, so that we are never behind: whoever holds a lease lets
        go of it rather too early.
        """
        asked_at = self._elapsed()
        told = await self._keeper.present()
        if self._elapsed() - asked_at < QUICK:
            self._told, self._asked_at = told, asked_at

    async def follow(self) -> None:
        """Keep to the keeper's time until cancelled; while it is away time goes on."""
        while True:
            await asyncio.sleep(SET_EVERY)
            try:
                await self.set()
            except StoreUnavailable:
                log.debug("the database's time was not heard")
