"""How fast we may post: about one message a second in a channel, and several hundred a minute in a
workspace (docs.slack.dev/apis/web-api/rate-limits)."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from storage.outbox import Lane
from storage.slots import SlotKeeper, Track


@dataclass(frozen=True)
class Rate:
    """One call every ``interval`` seconds, after a burst of ``burst``. Interval 0: no limit."""

    interval: float
    burst: int = 1

    @property
    def ahead(self) -> float:
        """Seconds by which a burst may run ahead."""
        return self.interval * (self.burst - 1)


IN_A_CHANNEL = Rate(interval=1.0, burst=3)
IN_THE_WORKSPACE = Rate(interval=0.25, burst=20)
UNLIMITED = Rate(interval=0.0)
WORKSPACE = ""
"""The track of the workspace; every other one is that of a channel."""

PATIENCE = 5.0
"""Seconds; what must wait longer for its slot goes back to the outbox, and leaves its place in the
lane to others."""

MOST_REMEMBERED = 10_000
"""Channels; beyond, those whose time has passed are forgotten."""


class SlotFarOff(Exception):
    """The next slot is more than ``PATIENCE`` away: ``seconds``. None was taken."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class Pacing(Protocol):
    """Slots for posting, handed out in the order they are asked for. Announcements are posted
    evenly and leave the bursts to conversation, which therefore need not queue behind them."""

    async def slot(self, channel: str, lane: Lane = Lane.CONVERSATION) -> None:
        """Return when one message may be posted in ``channel``. Raises ``SlotFarOff``, and
        ``StoreUnavailable`` where the store keeps the slots."""

    async def hold(self, channel: str, seconds: float) -> None:
        """Slack said "too fast": nothing in ``channel`` for so long."""


class Pace:
    """The pace of one process that has the workspace to itself.

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
        self._in_workspace = _by_lane(in_workspace)
        self._now = now
        self._next: dict[str, float] = {}

    async def slot(self, channel: str, lane: Lane = Lane.CONVERSATION) -> None:
        rates = {channel: self._in_channel, WORKSPACE: self._in_workspace[lane]}
        delay = max(self._delay(name, rate) for name, rate in rates.items())
        if delay > PATIENCE:
            raise SlotFarOff(delay)
        for name, rate in rates.items():
            self._take(name, rate)
        if delay > 0:
            await asyncio.sleep(delay)

    async def hold(self, channel: str, seconds: float) -> None:
        until = self._now() + seconds + self._in_channel.ahead
        self._next[channel] = max(self._next.get(channel, 0.0), until)

    def _delay(self, channel: str, rate: Rate) -> float:
        now = self._now()
        due = max(self._next.get(channel, now), now)
        return due - rate.ahead - now

    def _take(self, channel: str, rate: Rate) -> None:
        now = self._now()
        if len(self._next) > MOST_REMEMBERED:
            self._next = {one: at for one, at in self._next.items() if at > now}
        self._next[channel] = max(self._next.get(channel, now), now) + rate.interval


class SharedPace:
    """The pace of all processes that share a store, which keeps it for them: one budget, whichever
    of them posts."""

    def __init__(
        self,
        keeper: SlotKeeper,
        in_channel: Rate = IN_A_CHANNEL,
        in_workspace: Rate = IN_THE_WORKSPACE,
    ) -> None:
        self._keeper = keeper
        self._in_channel = in_channel
        self._workspace = {
            lane: _track(WORKSPACE, rate) for lane, rate in _by_lane(in_workspace).items()
        }

    async def slot(self, channel: str, lane: Lane = Lane.CONVERSATION) -> None:
        tracks = (_track(channel, self._in_channel), self._workspace[lane])
        delay = await self._keeper.take_slot(tracks, PATIENCE)
        if delay > PATIENCE:
            raise SlotFarOff(delay)
        if delay > 0:
            await asyncio.sleep(delay)

    async def hold(self, channel: str, seconds: float) -> None:
        await self._keeper.hold_slots(_track(channel, self._in_channel), seconds)


def _by_lane(rate: Rate) -> Mapping[Lane, Rate]:
    return {Lane.CONVERSATION: rate, Lane.ANNOUNCEMENT: replace(rate, burst=1)}


def _track(name: str, rate: Rate) -> Track:
    return Track(name, rate.interval, rate.ahead)
