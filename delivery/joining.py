"""Going into channels ahead of a post, at the pace that Slack allows: about fifty a minute
(docs.slack.dev/reference/methods/conversations.join, tier 3)."""

import asyncio
import time
from collections.abc import Callable

from delivery.errors import TooFast
from delivery.gateway import Gateway

REMEMBERED_FOR = 60.0
"""Seconds. A channel that we are put out of meanwhile is joined when a post finds it so."""


class Joining:
    """Knows in one call where we are, and leaves Slack alone for as long as it said."""

    def __init__(self, gateway: Gateway, now: Callable[[], float] = time.monotonic) -> None:
        self._gateway = gateway
        self._now = now
        self._asking = asyncio.Lock()
        self._inside: frozenset[str] = frozenset()
        self._known_until = 0.0
        self._held_until = 0.0

    async def ahead(self, channel: str) -> None:
        """Be in the channel. Raises ``TooFast`` without asking while Slack said to wait, and what
        ``Gateway.join`` raises."""
        if channel in await self._where_we_are():
            return
        if (wait := self._held_until - self._now()) > 0:
            raise TooFast("ratelimited", wait)
        try:
            await self._gateway.join(channel)
        except TooFast as slower:
            self._held_until = self._now() + slower.retry_after
            raise
        self._inside |= {channel}

    async def _where_we_are(self) -> frozenset[str]:
        async with self._asking:
            if self._known_until <= self._now():
                self._inside = await self._gateway.own_channels()
                self._known_until = self._now() + REMEMBERED_FOR
        return self._inside
