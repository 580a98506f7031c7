"""What waits for its time: due commands are decided again, on the state of that moment."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from delivery.clock import Clock, passing
from delivery.idling import LONGEST_IDLE, longest_idle
from storage.bell import Work
from storage.errors import Conflict, StoreUnavailable
from storage.outbox import DueCommand, DueLease, OutboxItem
from storage.port import Commit, Store

LEASE = timedelta(seconds=30)
AT_ONCE = 20
AGAIN_AFTER = timedelta(seconds=30)
MOST_ATTEMPTS = 10
"""That failed one after the other; then the admins are told."""
GIVEN_UP_FOR = timedelta(days=1)
"""What was given up is kept and tried once a day, so that a mended program catches up."""

Decider: TypeAlias = Callable[[DueCommand, datetime], Awaitable[Commit]]
"""Decides one kind of due command; the runner adds that the command is finished by the commit."""

Noticing: TypeAlias = Callable[[DueCommand, str, datetime], OutboxItem]
"""Composes the notice that a command cannot be decided."""

log = structlog.get_logger()


class DueRunner:
    """Decides due commands until stopped. ``deciders`` maps a command's name to its decider;
    ``notice`` is sent to the admins when one is given up."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        owner: str,
        deciders: Mapping[str, Decider],
        notice: Noticing | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._deciders = deciders
        self._notice = notice
        self._work = store.listen(Work.DUE)
        self._stopping = False

    async def run(self) -> None:
        while not self._stopping:
            if not await self.run_once() and not self._stopping:
                await self._work.wait(longest_idle(self._clock))

    def stop(self) -> None:
        self._stopping = True
        self._work.ring()

    async def run_once(self) -> int:
        """Decide what is due now, on the time of this moment; how many commands that were."""
        now = self._clock.now()
        try:
            leases = await self._store.lease_due(
                self._owner,
                now,
                limit=AT_ONCE,
                lease_for=passing(self._clock, LEASE),
            )
            for lease in leases:
                await self._decide(lease, now)
        except StoreUnavailable:
            log.warning("the store is away, due commands wait")
            await asyncio.sleep(LONGEST_IDLE)
            return 0
        return len(leases)

    async def _decide(self, lease: DueLease, now: datetime) -> None:
        command = lease.command
        try:
            commit = await self._deciders[command.name](command, now)
            await self._store.commit(_finishing(commit, lease))
        except StoreUnavailable:
            raise
        except Conflict as conflict:
            await self._store.retry_due(lease, now, str(conflict))
        except Exception as error:
            log.exception("a due command could not be decided", command=command.key)
            await self._put_off(lease, now, type(error).__name__)

    async def _put_off(self, lease: DueLease, now: datetime, error: str) -> None:
        if lease.attempt < MOST_ATTEMPTS:
            await self._store.retry_due(lease, now + passing(self._clock, AGAIN_AFTER), error)
            return
        log.error("a due command is given up for today", command=lease.command.key, error=error)
        await self._store.retry_due(lease, now + GIVEN_UP_FOR, error)
        if self._notice is not None:
            notice = self._notice(lease.command, error, now)
            await self._store.commit(Commit(at=now, outbox=(notice,)))


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
