"""What waits for its time: due commands are decided again, on the state of that moment."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from delivery.clock import Clock
from delivery.idling import LONGEST_IDLE, idle
from storage.errors import Conflict, StoreUnavailable
from storage.outbox import DueCommand, DueLease
from storage.port import Commit, Store

LEASE = timedelta(seconds=30)
AT_ONCE = 20
AGAIN_AFTER = timedelta(seconds=30)

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]
"""Decides one kind of due command; the runner adds that the command is finished by the commit."""

log = structlog.get_logger()


class DueRunner:
    """Decides due commands until stopped. ``deciders`` maps a command's name to its decider."""

    def __init__(
        self, store: Store, clock: Clock, owner: str, deciders: Mapping[str, Decider]
    ) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._deciders = deciders
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        while not self._stopping.is_set():
            if not await self.run_once():
                await idle(self._store, self._stopping)

    def stop(self) -> None:
        self._stopping.set()

    async def run_once(self) -> int:
        """Decide what is due now; how many commands that were."""
        try:
            leases = await self._store.lease_due(
                self._owner, self._clock.now(), limit=AT_ONCE, lease_for=LEASE
            )
            for lease in leases:
                await self._decide(lease)
        except StoreUnavailable:
            log.warning("the store is away, due commands wait")
            await asyncio.sleep(LONGEST_IDLE)
            return 0
        return len(leases)

    async def _decide(self, lease: DueLease) -> None:
        command = lease.command
        now = self._clock.now()
        try:
            commit = await self._deciders[command.name](command, now)
            await self._store.commit(_finishing(commit, lease))
        except StoreUnavailable:
            raise
        except Conflict as conflict:
            await self._store.retry_due(lease, now, str(conflict))
        except Exception as error:
            log.exception("a due command could not be decided", command=command.key)
            await self._store.retry_due(lease, now + AGAIN_AFTER, type(error).__name__)


def _finishing(commit: Commit, lease: DueLease) -> Commit:
    return Commit(
        at=commit.at,
        keys=commit.keys,
        expects=commit.expects,
        puts=commit.puts,
        deletes=commit.deletes,
        outbox=commit.outbox,
        due=commit.due,
        cancels=commit.cancels,
        finishes=lease,
    )
