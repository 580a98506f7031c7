"""The domain's clock: the time by which reminders fall due and plans are dated.

It can be paused, run faster, and set. What belongs to Slack itself (acknowledgements, triggers,
rate limits, `ts`, signatures) runs on real time and never asks this clock.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.conversation import Json
from sandbox.errors import ActRefused


class SandboxClock:
    """Domain time, in UTC; `real` gives real Unix seconds."""

    def __init__(self, real: Callable[[], float], start: datetime | None = None) -> None:
        self._real = real
        self._anchor_real = real()
        self._anchor = start or datetime.fromtimestamp(self._anchor_real, UTC)
        self._factor = 1.0
        self._paused = False
        self._turned = asyncio.Event()
        self.turns = 0
        self.on_turn: Callable[[], None] = lambda: None
        self.next_due: Callable[[], datetime | None] = lambda: None

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def factor(self) -> float:
        return self._factor

    def now(self) -> datetime:
        """The domain's present moment, with zone UTC."""
        if self._paused:
            return self._anchor
        elapsed = (self._real() - self._anchor_real) * self._factor
        return self._anchor + timedelta(seconds=elapsed)

    def pause(self) -> None:
        self._set(self.now(), paused=True)

    def resume(self) -> None:
        self._set(self.now(), paused=False)

    def speed(self, factor: float) -> None:
        """Lets time run `factor` times as fast (0 < factor <= 1,000,000) and resumes it."""
        if not 0 < factor <= 1_000_000:
            raise ActRefused("invalid_factor", f"Speed {factor} is not between 0 and 1,000,000.")
        moment = self.now()
        self._factor = factor
        self._set(moment, paused=False)

    def jump_to(self, moment: datetime) -> None:
        """Sets the time, forwards or backwards; `moment` carries a zone."""
        if moment.tzinfo is None:
            raise ActRefused("invalid_moment", f"{moment} has no zone; add one, such as +00:00.")
        self._set(moment.astimezone(UTC), paused=self._paused)

    def advance(self, step: timedelta) -> None:
        self.jump_to(self.now() + step)

    def jump_to_next_due(self) -> datetime:
        """Jumps to what `next_due` names; refused when nothing waits."""
        due = self.next_due()
        if due is None:
            raise ActRefused("nothing_due", "Nothing is waiting for its time.")
        self.jump_to(max(due, self.now()))
        return due

    async def wait_until(self, moment: datetime) -> None:
        """Returns once domain time has reached `moment`, however it got there."""
        while (remaining := (moment - self.now()).total_seconds()) > 0:
            pause = None if self._paused else remaining / self._factor
            turned = self._turned
            try:
                async with asyncio.timeout(pause):
                    await turned.wait()
            except TimeoutError:
                continue

    def as_json(self) -> Json:
        return {
            "now": self.now().isoformat(),
            "paused": self._paused,
            "speed": self._factor,
            "turns": self.turns,
        }

    def _set(self, moment: datetime, *, paused: bool) -> None:
        self._anchor, self._anchor_real, self._paused = moment, self._real(), paused
        self.turns += 1
        self.on_turn()
        self._turned.set()
        self._turned = asyncio.Event()
