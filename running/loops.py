"""The two loops of an office: sending what is to be said, and deciding what is due."""

import asyncio
from collections.abc import Callable

import structlog

from delivery.clock import Clock
from delivery.due import DueRunner
from delivery.pace import UNLIMITED, Pace, Pacing, SharedPace
from delivery.sender import Sender
from handlers.lost_threads import thread_lost
from running.office import Office, deciders_of
from storage.port import Store
from storage.postgresql_store import PostgresStore

log = structlog.get_logger()


class Loops:
    """Run until :meth:`finish`. ``on_access_lost`` is told Slack's code, ``on_broken`` that a loop
    ended on something it did not expect."""

    def __init__(
        self,
        office: Office,
        clock: Clock,
        owner: str,
        on_access_lost: Callable[[str], None],
        on_broken: Callable[[], None],
    ) -> None:
        store, notices = office.store, office.notices
        pace = _pace(store) if office.settings.paced else Pace(UNLIMITED, UNLIMITED)
        unusable = notices.channel_unusable
        gateway = office.gateway
        self._sender = Sender(
            store, gateway, pace, clock, owner, unusable, on_access_lost, thread_lost
        )
        self._due = DueRunner(store, clock, owner, deciders_of(office), notices.due_given_up)
        self._on_broken = on_broken
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._running = [
            asyncio.create_task(self._sender.run()),
            asyncio.create_task(self._due.run()),
        ]
        for loop in self._running:
            loop.add_done_callback(self._ended)

    async def finish(self, within: float) -> None:
        """Take nothing new, and finish what is in hand if these seconds are enough."""
        self._sender.stop()
        self._due.stop()
        await asyncio.wait(self._running, timeout=max(within, 0.0))
        for loop in self._running:
            loop.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, loop: asyncio.Task[None]) -> None:
        """A bot that acknowledges and no longer sends would look alive: better to end."""
        if loop.cancelled() or loop.exception() is None:
            return
        log.error("sending or deciding broke, stopping", exc_info=loop.exception())
        self._on_broken()


def _pace(store: Store) -> Pacing:
    """One budget for all who share a database."""
    return SharedPace(store) if isinstance(store, PostgresStore) else Pace()
