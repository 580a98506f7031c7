"""Writing the journal: what waits is written as one frame, with one fsync.

While the disk is quick, the event loop writes at the end of its round all that was committed in it:
to wake a thread, and to be woken by it, takes longer than the fsync. Once the disk was slow, a
thread writes; there is no timer: while one fsync runs, the next batch gathers (natural batching),
and the loop goes on meanwhile. If a write
fails, its batch and everything that queued behind it are undone in memory, the last first, since
the later ones were decided on the sight of the earlier ones.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue
from typing import Any, TypeAlias

from storage import frames
from storage.errors import StoreError, StoreUnavailable
from storage.journal import Journal
from storage.memory import Document, Tables, Undo, snapshot

log = logging.getLogger(__name__)

Place: TypeAlias = str | tuple[str, str]
"""Where something was changed: a table, or one document of it."""

BATCH_AT_MOST = 500
"""Commits in one frame, so that a long queue still answers its first ones early."""

REWRITE_CHUNK = 100
"""Documents in one frame of a rewritten journal: small, so that the event loop gets its turns."""

QUICK = 0.001
"""Seconds for a write with its fsync, on the average of the last ones, that may hold up the event
loop. A flash disk needs a tenth to a third of it."""

LAST_ONES = 10
"""Writes over which the average goes, the later ones weighing more."""

WORTH_REWRITING = 16 * 1024 * 1024
"""Bytes a journal must have grown, beside doubling, before it is rewritten."""


class Ticket:
    """Whether one entry reached the disk, for a thread that waits for it."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.error: StoreUnavailable | None = None

    def settle(self, error: StoreUnavailable | None) -> None:
        """Called once by the writer's thread."""
        self.error = error
        self._event.set()

    def wait(self) -> None:
        """Return when it is on the disk; raises ``StoreUnavailable`` when it is not."""
        self._event.wait()
        if self.error is not None:
            raise self.error


class LoopTicket(Ticket):
    """The same for a coroutine."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = self.loop.create_future()
        self.error = None

    def resolve(self) -> None:
        """Called on the loop, after the writer settled it."""
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(None)

    def settle(self, error: StoreUnavailable | None) -> None:
        self.error = error

    async def reached_disk(self) -> bool:
        """Wait; whether it is on the disk."""
        try:
            await self.future
        except StoreUnavailable:
            return False
        return True


class Unawaited(Ticket):
    """Nobody waits for this one; what follows it in the queue tells."""

    def __init__(self) -> None:
        self.error = None

    def settle(self, error: StoreUnavailable | None) -> None:
        self.error = error


@dataclass
class Entry:
    """What one draft writes. No content: only the place in the queue matters."""

    number: int
    content: bytes
    undo: Undo
    ticket: Ticket


@dataclass
class _Rewrite:
    """A rewrite under way in its own thread."""

    since: int
    fresh: Journal | None = None
    failed: bool = False
    given_up: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class GroupCommit:
    """Owns the journal. ``lock`` guards the tables and the queue together."""

    def __init__(self, journal: Journal, tables: Tables, base: int) -> None:
        self.lock = threading.RLock()
        self._journal = journal
        self._tables = tables
        self._queue: deque[Entry] = deque()
        self._in_hand: list[Entry] = []
        self._bell: SimpleQueue[bool] = SimpleQueue()
        self._issued = 0
        self._settled = 0
        self._unsettled: dict[Place, int] = {}
        self._rewrite: _Rewrite | None = None
        self._rewrite_at = 2 * base + WORTH_REWRITING
        self._again = False
        self.rewrites = 0
        self.failing = False
        self._closed = False
        self._turns = threading.Lock()
        self._takes = 0.0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def journal_size(self) -> int:
        """Bytes of the journal."""
        return self._journal.size

    def enqueue(self, content: bytes, undo: Undo, places: Iterable[Place], ticket: Ticket) -> None:
        """Queue what was just done in memory. The caller holds ``lock`` since it did."""
        if self._closed:
            self._tables.undo(undo)
            raise StoreUnavailable("the store is closed")
        self._issued += 1
        for place in places:
            self._unsettled[place] = self._issued
        self._queue.append(Entry(self._issued, content, undo, ticket))
        if not isinstance(ticket, LoopTicket) or not self._is_quick():
            self._bell.put(True)
        elif len(self._queue) == 1:
            ticket.loop.call_soon(self._write_at_once)

    def is_settled(self, place: Place) -> bool:
        """Whether all that was done at a place is on the disk. The caller holds ``lock``."""
        return self._unsettled.get(place, 0) <= self._settled

    def rewrite_soon(self) -> None:
        """Rewrite the journal at the next turn, however small it is."""
        self._rewrite_at = 0
        self._bell.put(True)

    def rewrite_anew(self) -> int:
        """Rewrite the journal as it is from now on, after a rewrite under way; the value that
        ``rewrites`` has by then."""
        with self.lock:
            under_way = self._rewrite is not None
            self._again = under_way
            goal = self.rewrites + 1 + under_way
        self.rewrite_soon()
        return goal

    def close(self) -> None:
        """Write what waits, end the thread, close the file."""
        with self.lock:
            self._closed = True
        self._bell.put(False)
        self._thread.join()
        self._journal.close()

    def _run(self) -> None:
        """The thread's outermost edge: whatever ends it, nobody is left waiting."""
        try:
            while self._bell.get():
                while self._turn():
                    pass
            while self._turn():
                pass
        finally:
            self._end()
            self._give_up_rewrite()

    def _end(self) -> None:
        with self.lock:
            self._closed = True
        self._lose(StoreUnavailable("the journal's writer ended; restart the bot"))

    def _lose(self, error: StoreUnavailable) -> None:
        lost = self._undone(self._in_hand)
        if lost:
            self._settle(lost, error)

    def _is_quick(self) -> bool:
        """Whether the event loop may write: a rewrite under way is finished by the thread."""
        return (
            self._takes <= QUICK
            and not self.failing
            and self._rewrite is None
            and self._journal.size <= self._rewrite_at
        )

    def _write_at_once(self) -> None:
        """On the event loop, after what it had to do in this round."""
        if not self._is_quick() or not self._turns.acquire(blocking=False):
            self._bell.put(True)
            return
        try:
            more = self._take_turn()
        except BaseException:
            self._end()
            raise
        finally:
            self._turns.release()
        if more and self._queue:
            self._bell.put(True)

    def _turn(self) -> bool:
        """One batch; whether there may be more."""
        with self._turns:
            return self._take_turn()

    def _take_turn(self) -> bool:
        self._finish_rewrite()
        with self.lock:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_AT_MOST))]
            self._in_hand = batch
            copied = self._copy_for_rewrite(len(self._queue))
        if batch:
            self._write(batch)
            self._in_hand = []
        if copied is not None and not self.failing:
            self._start_rewrite(copied)
        return bool(batch)

    def _write(self, batch: list[Entry]) -> None:
        contents = [entry.content for entry in batch if entry.content]
        error = self._written(b"[%b]" % b",".join(contents)) if contents else None
        settled = batch if error is None else self._undone(batch)
        self._settle(settled, error)

    def _written(self, content: bytes) -> StoreUnavailable | None:
        try:
            if not self._journal.sound:
                self._journal.reopen()
            began = time.perf_counter()
            self._journal.append(content)
            took = time.perf_counter() - began
        except (OSError, StoreError) as problem:
            self.failing = True
            log.error("the journal could not be written: %s", problem)
            return StoreUnavailable(
                f"the journal could not be written ({problem}); nothing was changed."
                " Check the disk and its free space"
            )
        self.failing = False
        self._takes += (took - self._takes) / LAST_ONES
        return None

    def _undone(self, batch: list[Entry]) -> list[Entry]:
        """Take back the batch and all behind it."""
        with self.lock:
            lost = [*batch, *self._queue]
            self._queue.clear()
            for entry in reversed(lost):
                self._tables.undo(entry.undo)
        return lost

    def _settle(self, entries: list[Entry], error: StoreUnavailable | None) -> None:
        with self.lock:
            self._settled = entries[-1].number
            self._forget_settled()
        loops: dict[asyncio.AbstractEventLoop, list[LoopTicket]] = {}
        for entry in entries:
            entry.ticket.settle(error)
            if isinstance(entry.ticket, LoopTicket):
                loops.setdefault(entry.ticket.loop, []).append(entry.ticket)
        for loop, tickets in loops.items():
            _tell(loop, tickets)

    def _forget_settled(self) -> None:
        if self._settled == self._issued:
            self._unsettled.clear()
        elif len(self._unsettled) > 10 * BATCH_AT_MOST:
            unsettled = self._unsettled.items()
            self._unsettled = {at: number for at, number in unsettled if number > self._settled}

    def _copy_for_rewrite(self, waiting: int) -> dict[str, dict[str, Document]] | None:
        """The tables as the batch in hand leaves them, when a rewrite is due and can be made."""
        if self._rewrite is not None or waiting or self._journal.size <= self._rewrite_at:
            return None
        return self._tables.copied()

    def _start_rewrite(self, copied: Mapping[str, Mapping[str, Document]]) -> None:
        rewrite = _Rewrite(self._journal.size)
        rewrite.thread = threading.Thread(
            target=self._prepare, args=(rewrite, copied), name="journal-rewrite", daemon=True
        )
        self._rewrite = rewrite
        rewrite.thread.start()

    def _prepare(self, rewrite: _Rewrite, copied: Mapping[str, Mapping[str, Document]]) -> None:
        """In its own thread: write the new file while commits go on into the old one."""
        contents = chunks(snapshot(copied))
        try:
            rewrite.fresh = self._journal.start_rewrite(_until(rewrite.given_up, contents))
        except OSError as problem:
            rewrite.failed = True
            if not rewrite.given_up.is_set():
                log.warning("the journal was not rewritten: %s", problem)
        self._bell.put(True)

    def _finish_rewrite(self) -> None:
        rewrite = self._rewrite
        if rewrite is None or not (rewrite.failed or rewrite.fresh):
            return
        self._rewrite = None
        self._rewrite_at = self._journal.size * 2 + WORTH_REWRITING
        try:
            self._take_over(rewrite)
        finally:
            self._count_rewrite()

    def _count_rewrite(self) -> None:
        with self.lock:
            self.rewrites += 1
            if self._again:
                self._again, self._rewrite_at = False, 0

    def _take_over(self, rewrite: _Rewrite) -> None:
        if rewrite.fresh is None:
            return
        try:
            self._journal.take_over(rewrite.fresh, rewrite.since)
        except OSError as problem:
            log.warning("the rewritten journal was not taken over: %s", problem)
            if self._journal.sound:
                rewrite.fresh.abandon()
            return
        self._rewrite_at = self._journal.size * 2 + WORTH_REWRITING

    def _give_up_rewrite(self) -> None:
        rewrite = self._rewrite
        if rewrite is None or rewrite.thread is None:
            return
        rewrite.given_up.set()
        rewrite.thread.join()
        if rewrite.fresh is not None:
            rewrite.fresh.abandon()


def _tell(loop: asyncio.AbstractEventLoop, tickets: list[LoopTicket]) -> None:
    """Wake the coroutines that wait; a loop that was closed has none."""

    def resolve() -> None:
        for ticket in tickets:
            ticket.resolve()

    if _is_running_here(loop):
        resolve()
        return
    try:
        loop.call_soon_threadsafe(resolve)
    except RuntimeError:
        log.debug("the event loop ended before its last commits did")


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def chunks(operations: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """The contents of frames, each with some of the operations."""
    rest = iter(operations)
    for first in rest:
        yield frames.dump([first, *islice(rest, REWRITE_CHUNK - 1)])


def _until(given_up: threading.Event, contents: Iterable[bytes]) -> Iterator[bytes]:
    for content in contents:
        if given_up.is_set():
            raise InterruptedError("the store is closing")
        yield content
