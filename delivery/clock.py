"""The one source of time."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """``factor`` is how fast it runs against real time: 1 is as fast."""

    @property
    def factor(self) -> float: ...

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    factor = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


def passing(clock: Clock, real: timedelta) -> timedelta:
    """How much of the clock's time goes by in so much real time. Leases and pauses last as long as
    this: they wait for machines, whose time no sandbox speeds up. A slow clock counts as one that
    keeps real time, so that what is put off does not come due at once."""
    return real * max(1.0, clock.factor)
