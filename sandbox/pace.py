"""Rate limits: 429 with Retry-After, per method, and per channel for chat.postMessage.

docs.slack.dev/apis/web-api/rate-limits gives tiers (1+, 20+, 50+, 100+ per minute) and "about one
message per second per channel" with short bursts; the size of a burst and the workspace's ceiling
("several hundred per minute") are not documented and are the sandbox's reading.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

TIERS = {1: 10, 2: 20, 3: 50, 4: 100}
POST_BURST = 4
POST_PER_SECOND = 1.0
WORKSPACE_PER_MINUTE = 300
SPECIAL_PER_MINUTE = 600


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Pace:
    """Token buckets; `now` gives seconds of real time. Switched off it lets everything pass."""

    def __init__(self, now: Callable[[], float], switched_on: bool) -> None:
        self._now = now
        self.switched_on = switched_on
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def wait_for(self, method: str, tier: int, channel: str) -> int | None:
        """Seconds for Retry-After when the call comes too fast, else None and it is counted."""
        if not self.switched_on:
            return None
        if method == "chat.postMessage":
            wait = self._take((method, channel), POST_BURST, POST_PER_SECOND)
            return wait or self._take((method, ""), WORKSPACE_PER_MINUTE, WORKSPACE_PER_MINUTE / 60)
        per_minute = TIERS.get(tier, SPECIAL_PER_MINUTE)
        return self._take((method, ""), per_minute, per_minute / 60)

    def _take(self, key: tuple[str, str], capacity: float, per_second: float) -> int | None:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        bucket.level = min(capacity, bucket.level + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.level < 1:
            return max(1, math.ceil((1 - bucket.level) / per_second))
        bucket.level -= 1
        return None
