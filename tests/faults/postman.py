"""Slack's deliveries as bad as they may be: every event several times, late, and in any order."""

import asyncio
import random
from typing import Any

from sandbox.conversation import Json
from sandbox.server import Sandbox

COPIES = 4
"""The first delivery of an event, and Slack's three others (docs.slack.dev/apis/events-api)."""
LATEST = 0.6
"""Seconds a delivery is late at most: longer than an answer takes, so that the later copies come
when all is done, and the earlier ones while it is being done."""


class Postman:
    """Stands between the workspace and the bot. Twins, edits and answers overtake each other."""

    def __init__(self, sandbox: Sandbox, dice: random.Random) -> None:
        self._bring = sandbox.core.deliveries.tell
        self._sandbox = sandbox
        self._dice = dice
        self.under_way = 0
        self.brought = 0
        sandbox.core.deliveries.tell = self.take  # type: ignore[method-assign]

    def take(self, name: str, payload: Json) -> None:
        """Takes an event, and brings it later, as often as Slack may."""
        for _ in range(COPIES):
            self.under_way += 1
            delay = self._dice.random() * LATEST
            asyncio.get_running_loop().call_later(delay, self._arrive, name, payload)

    def _arrive(self, name: str, payload: Any) -> None:
        self.under_way -= 1
        self.brought += 1
        self._bring(name, payload)

    async def done(self, timeout: float) -> None:
        """Return when everything was brought and taken."""
        await self._sandbox.until(
            lambda: not self.under_way and self._sandbox.core.is_settled,
            timeout,
            "everything was delivered",
        )
