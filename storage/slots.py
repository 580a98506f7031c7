"""Slots for posting that several processes share, kept by the store that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Track:
    """What a slot is taken from: one slot every ``interval`` seconds, and up to ``ahead`` seconds'
    worth of them at once. ``name`` tells it from others: a channel, or the workspace."""

    name: str
    interval: float
    ahead: float


class SlotKeeper(Protocol):
    """Gives out slots, in the order they are asked for, by a clock of its own."""

    async def take_slot(self, tracks: Sequence[Track], patience: float) -> float:
        """Seconds until the next moment that is free in all of ``tracks``. It is taken in all of
        them, unless it is more than ``patience`` seconds away. Raises ``StoreUnavailable``."""

    async def hold_slots(self, track: Track, seconds: float) -> None:
        """No slot of ``track`` for so long. Raises ``StoreUnavailable``."""
