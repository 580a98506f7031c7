"""How fast we may post: about one message a second in a channel, and several hundred a minute in a
workspace (docs.slack.dev/apis/web-api/rate-limits)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """One call every ``interval`` seconds, after a burst of ``burst``. Interval 0: no limit."""

    interval: float
    burst: int = 1


IN_A_CHANNEL = Rate(interval=1.0, burst=3)
IN_THE_WORKSPACE = Rate(interval=0.25, burst=20)
UNLIMITED = Rate(interval=0.0)

MOST_REMEMBERED = 10_000
"""Channels; beyond, those whose time has passed are forgotten."""


class Pace:
    """Slots for posting, handed out in the order they are asked for.

    The generic cell rate algorithm: for each channel the time its next slot would fall due if calls
    came evenly; a burst may run ahead of it.
    """

    def __init__(
        self,
        in_channel: Rate = IN_A_CHANNEL,
        in_workspace: Rate = IN_THE_WORKSPACE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_channel = in_channel
        self._in_workspace = in_workspace
        self._now = now
        self._next: dict[str, float] = {}

    async def slot(self, channel: str) -> None:
        """Return when one message may be posted in ``channel``."""
        delay = max(self._take(channel, self._in_channel), self._take("", self._in_workspace))
        if delay > 0:
            await asyncio.sleep(delay)

    def hold(self, channel: str, seconds: float) -> None:
        """Slack said "too fast": nothing in ``channel`` for so long."""
        until = self._now() + seconds + self._in_channel.interval * (self._in_channel.burst - 1)
        self._next[channel] = max(self._next.get(channel, 0.0), until)

    def _take(self, channel: str, rate: Rate) -> float:
        now = self._now()
        due = max(self._next.get(channel, now), now)
        if len(self._next) > MOST_REMEMBERED:
            self._next = {one: at for one, at in self._next.items() if at > now}
        self._next[channel] = due + rate.interval
        return due - rate.interval * (rate.burst - 1) - now
