"""Waking those who wait for work."""

import asyncio
import contextlib
import math
from enum import StrEnum


class Work(StrEnum):
    """What a loop may wait for: the outbox's lanes, and due commands."""

    CONVERSATION = "conversation"
    ANNOUNCEMENT = "announcement"
    DUE = "due"


class Listener:
    """One loop that waits. Work that came since its last wait ends the next one at once, so none
    is missed while the loop was busy."""

    def __init__(self, work: Work | None, longest: float) -> None:
        self.work = work
        self._longest = longest
        self._rung = asyncio.Event()

    async def wait(self, timeout: float) -> None:
        """Return when there may be work, at the latest after ``timeout`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(timeout, self._longest)):
                await self._rung.wait()
        self._rung.clear()

    def ring(self) -> None:
        """Wake this one alone, as when its loop is to stop."""
        self._rung.set()


class Bell:
    """Wakes the listeners. ``longest``: seconds a wait may last where work can come unheard."""

    def __init__(self, longest: float = math.inf) -> None:
        self._longest = longest
        self._listeners: list[Listener] = []

    def listener(self, work: Work | None) -> Listener:
        self._listeners.append(Listener(work, self._longest))
        return self._listeners[-1]

    def ring(self, *works: Work) -> None:
        """Wake those who wait for one of ``works``; without any, all of them."""
        for each in self._listeners:
            if not works or each.work is None or each.work in works:
                each.ring()
