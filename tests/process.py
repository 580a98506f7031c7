"""The bot as a process of its own, to be killed at any moment."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from delivery.sender import LEASE
from sandbox.delivery import DeliveryTimes, Kind
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
PATIENT = DeliveryTimes(retry_after=(0.0, *[1.0] * 7_200))
"""Slack tries again every second for two hours: a bot that is killed a moment after each start may
miss a try time and again, and what Slack gives up is not the bot's to answer."""
ASKED_TO_STOP = 5
"""Of so many rounds, one ends the bot with SIGTERM besides."""


class BotProcess:
    """``python bot.py run`` against a sandbox; the log goes to a file."""

    def __init__(self, sandbox: Sandbox, environment: Mapping[str, str], log: Path) -> None:
        self._sandbox = sandbox
        self._environment = dict(os.environ) | dict(environment)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, timeout: float = 60.0) -> None:
        """Start and wait until it is connected, beside those that are."""
        others = len(self._sandbox.core.sockets.connections)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "bot.py"),
                "run",
                env=self._environment,
                stderr=log,
                stdout=log,
            )
        await self._sandbox.connected(others + 1, timeout)

    async def kill(self) -> None:
        """``kill -9``. Where leases outlive their holder, the clock that the bot follows goes on
        by one, so that nobody waits a minute for what was in hand."""
        await self._end(signal.SIGKILL)
        if self._environment["STORE_URL"].startswith("postgresql") and self.follows_clock:
            self._sandbox.core.clock.advance(LEASE)

    @property
    def follows_clock(self) -> bool:
        """Whether it keeps to the sandbox's time."""
        return bool(self._environment["CLOCK_URL"])

    async def ends(self, how: signal.Signals) -> None:
        """Ends it, and starts it anew. Asked to stop, it must do so in time and with success."""
        if how is signal.SIGKILL:
            await self.kill()
        else:
            assert 0 == await self.terminate()
        await self.start()

    async def terminate(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        before = max(1, len(self._sandbox.core.sockets.connections))
        if self._process.returncode is None:
            self._process.send_signal(how)
        code = await asyncio.wait_for(self._process.wait(), 15)
        await self._sandbox.until(lambda: len(self._sandbox.core.sockets.connections) < before)
        return code


def endings(seed: int) -> tuple[signal.Signals, ...]:
    """How the bot is ended in a round: killed, and now and then asked to stop as well."""
    asked_to_stop = seed % ASKED_TO_STOP == ASKED_TO_STOP - 1
    return (signal.SIGKILL, signal.SIGTERM) if asked_to_stop else (signal.SIGKILL,)


def given_up(sandbox: Sandbox) -> list[str]:
    """The events that Slack tried to deliver until its tries were used up."""
    failed = sandbox.core.deliveries.given_up
    return [one.name for one in failed if one.kind is Kind.EVENT]
