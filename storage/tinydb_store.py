"""The TinyDB engine: the store of one process, in memory and in a journal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from storage.bell import Bell, Listener, Work
from storage.disk import Disk
from storage.errors import Conflict, Duplicate, StoreRefused
from storage.exports import DUE, KEY, KIND, OUTBOX, RECORDS, document_of, exported
from storage.group_commit import LoopTicket, Place, Unawaited
from storage.indexes import DueLine, KeyAges, OutboxIndexes, RecordIndexes
from storage.journal_storage import JournalDatabase, JournalStorage
from storage.memory import Document, Draft, Follower
from storage.outbox import (
    Call,
    DueCommand,
    DueLease,
    Lane,
    OutboxEntry,
    OutboxItem,
    OutboxLease,
    OutboxState,
    Outcome,
    Post,
    Posted,
)
from storage.port import Backlog, Commit, Delete, Order, Put, Row
from storage.records import NEW, Record, RecordKind, Stored
from storage.rows import (
    Columns,
    call_columns,
    due_columns,
    due_command,
    due_lease,
    instant,
    moment,
    outbox_columns,
    outbox_entry,
    outbox_item,
    outbox_lease,
    outcome,
    packed,
)

R = TypeVar("R", bound=Record)
T = TypeVar("T")

PURGE_CHUNK = 500
"""Documents deleted before others get their turn on the event loop."""

REWRITTEN_WITHIN = 30.0
"""Seconds to wait for a journal without its history."""


def follower_of(table: str) -> Follower | None:
    """What the store derives from a table."""
    if table.startswith(RECORDS):
        return RecordIndexes()
    makers: Mapping[str, Callable[[], Follower]] = {
        OUTBOX: OutboxIndexes,
        DUE: DueLine,
        KEY: KeyAges,
    }
    return makers[table]() if table in makers else None


async def open_tinydb(folder: Path, disk: Disk | None = None) -> "TinyStore":
    """The store in a folder, made if there is none. Raises ``StoreRefused``."""
    store = TinyStore(await asyncio.to_thread(JournalStorage, folder, disk, follower_of))
    store.forget_leases()
    return store


class TinyStore:
    """``storage.port.Store`` on TinyDB. ``database`` is TinyDB's own view of it."""

    def __init__(self, storage: JournalStorage) -> None:
        self._storage = storage
        self._tables = storage.tables
        for table in (OUTBOX, DUE, KEY, KIND):
            self._tables.make(table)
        self._number = 1 + max(
            (row["number"] for row in self._tables.table(OUTBOX).values()), default=0
        )
        self._maybe_begun: set[str] = set()
        self._work = Bell()

    @property
    def database(self) -> JournalDatabase:
        """The store as a TinyDB database: a ``Query`` reads the bot's tables, and other tables may
        be kept beside them. Write the bot's own tables through the store alone."""
        return JournalDatabase(storage=lambda: self._storage)

    @cached_property
    def _outbox(self) -> OutboxIndexes:
        return cast(OutboxIndexes, self._tables.follower(OUTBOX))

    @cached_property
    def _due(self) -> DueLine:
        return cast(DueLine, self._tables.follower(DUE))

    @cached_property
    def _keys(self) -> KeyAges:
        return cast(KeyAges, self._tables.follower(KEY))

    def forget_leases(self) -> None:
        """Nobody holds a lease from before the start. What was being sent then is doubtful, and so
        is, when it is taken, what may have been begun before its lease reached the disk."""
        draft = Draft(self._tables)
        for key, row in self._tables.table(OUTBOX).items():
            if _may_have_begun(row):
                self._maybe_begun.add(key)
            if row["owner"] is not None:
                free = {"owner": None, "doubtful": True, "available_at": row["due_at"]}
                draft.amend(OUTBOX, key, free)
        for key, row in self._tables.table(DUE).items():
            if row["owner"] is not None:
                draft.amend(DUE, key, {"owner": None, "available_at": row["due_at"]})
        if draft.operations:
            with self._storage.lock:
                self._storage.submit(draft, Unawaited())

    async def commit(self, commit: Commit) -> None:
        with self._storage.lock:
            try:
                ticket = self._storage.submit(self._drafted(commit), LoopTicket())
                refusal = None
            except (Conflict, Duplicate) as problem:
                refusal, ticket = problem, self._queue_end()
        if refusal is not None:
            await self._refuse(refusal, ticket)
        try:
            await ticket.future
        finally:
            if works := _works(commit):
                self._work.ring(*works)

    def _queue_end(self) -> LoopTicket:
        """A ticket that settles with everything queued so far."""
        ticket = LoopTicket()
        self._storage.writer.enqueue(b"", [], (), ticket)
        return ticket

    async def _refuse(self, refusal: Exception, ticket: LoopTicket) -> None:
        """Refuse once what the refusal rests on is on the disk."""
        await ticket.future
        raise refusal

    def _drafted(self, commit: Commit) -> Draft:
        """Raises ``Duplicate``, ``Conflict`` or ``ValueError``; nothing is changed yet."""
        draft = Draft(self._tables)
        _draft_keys(draft, commit.keys, instant(commit.at))
        for kind, record_id, expected in commit.expects:
            _expect(draft, kind, record_id, expected)
        _finish_due(draft, commit.finishes)
        for put in commit.puts:
            self._draft_put(draft, put)
        for delete in commit.deletes:
            _draft_delete(draft, delete)
        for key in commit.cancels:
            if draft.get(DUE, key) is not None:
                draft.delete(DUE, key)
        for command in commit.due:
            _draft_due(draft, command)
        for item in commit.outbox:
            if draft.get(OUTBOX, item.key) is None:
                columns = packed(outbox_columns(item))
                draft.put(OUTBOX, item.key, {**columns, "number": self._next()})
        return draft

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _draft_put(self, draft: Draft, put: Put) -> None:
        kind, record = put.kind, put.record
        self._know(kind)
        _expect(draft, kind.name, record.id, put.expected)
        document = {
            "team": record.team,
            "version": put.expected + 1,
            "indexes": kind.index_values(record),
            "body": kind.to_json(record),
        }
        draft.put(RECORDS + kind.name, record.id, document)

    def _know(self, kind: RecordKind[Any]) -> None:
        """Index the records of a kind anew if it has an index that they were not stored with."""
        row = self._tables.get(KIND, kind.name)
        if row is not None and kind.indexes.keys() <= set(row["indexes"]):
            return
        draft = Draft(self._tables)
        for record_id, document in self._tables.table(RECORDS + kind.name).items():
            values = kind.index_values(kind.from_json(document["body"]))
            draft.amend(RECORDS + kind.name, record_id, {"indexes": values})
        draft.put(KIND, kind.name, {"indexes": sorted(kind.indexes)})
        self._storage.submit(draft, Unawaited())

    async def _durably(self, place: Place, read: Callable[[], T]) -> T:
        """What ``read`` gives, once all that was done at the place by then is on the disk."""
        while True:
            with self._storage.lock:
                found = read()
                if self._storage.writer.is_settled(place):
                    return found
                ticket = self._queue_end()
            if await ticket.reached_disk():
                return found

    async def get(self, kind: RecordKind[R], record_id: str) -> Stored[R] | None:
        table = RECORDS + kind.name
        document = await self._durably(
            (table, record_id), lambda: self._tables.get(table, record_id)
        )
        return None if document is None else _stored(kind, document)

    async def find(
        self,
        kind: RecordKind[R],
        index: str,
        value: str,
        *,
        limit: int = 100,
        after: str | None = None,
        order: Order = Order.OLDEST_FIRST,
    ) -> list[Stored[R]]:
        table = RECORDS + kind.name

        def read() -> list[Document]:
            indexes = self._indexes_of(kind)
            if indexes is None:
                return []
            documents = self._tables.table(table)
            return [documents[each] for each in indexes.find(index, value, limit, after, order)]

        return [_stored(kind, document) for document in await self._durably(table, read)]

    async def count(self, kind: RecordKind[R], index: str, value: str) -> int:
        def read() -> int:
            indexes = self._indexes_of(kind)
            return 0 if indexes is None else indexes.count(index, value)

        return await self._durably(RECORDS + kind.name, read)

    def _indexes_of(self, kind: RecordKind[Any]) -> RecordIndexes | None:
        self._know(kind)
        return cast(RecordIndexes | None, self._tables.follower(RECORDS + kind.name))

    async def has_key(self, key: str) -> bool:
        return await self._durably((KEY, key), lambda: self._tables.get(KEY, key) is not None)

    async def lease_outbox(
        self, lane: Lane, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[OutboxLease]:
        """A post in a conversation may begin before its lease is on the disk, as the item is: after
        a crash it is looked for anyway. That saves a wait for the disk before each answer."""
        with self._storage.lock:
            keys = self._outbox.take(lane, instant(now), limit)
            settled = all(self._storage.writer.is_settled((OUTBOX, key)) for key in keys)
            rows, ticket = self._lease(OUTBOX, keys, owner, now + lease_for)
        leases = [outbox_lease(row) for row in rows]
        if not settled or not all(_is_looked_for(each.item) for each in leases):
            await ticket.future
        return leases

    def _lease(
        self, table: str, keys: list[str], owner: str, until: datetime
    ) -> tuple[list[Columns], LoopTicket]:
        """Give rows to an owner. One that had an owner whose lease ran out is doubtful."""
        draft = Draft(self._tables)
        for key in keys:
            row = self._tables.table(table)[key]
            fields = {"owner": owner, "attempts": row["attempts"] + 1}
            if table == OUTBOX and (row["owner"] is not None or key in self._maybe_begun):
                self._maybe_begun.discard(key)
                fields["doubtful"] = True
            draft.amend(table, key, {**fields, "available_at": instant(until)})
        if not keys:
            return [], _nothing_to_await()
        ticket = self._storage.submit(draft, LoopTicket())
        return [self._tables.table(table)[key] for key in keys], ticket

    async def _settle_lease(
        self, table: str, key: str, holds: Callable[[Columns], bool], fields: Document
    ) -> bool:
        """Change a row if the lease still holds; whether it did."""
        with self._storage.lock:
            row = self._tables.get(table, key)
            held = row is not None and holds(row)
            if held:
                draft = Draft(self._tables)
                draft.amend(table, key, fields)
                ticket = self._storage.submit(draft, LoopTicket())
            else:
                ticket = self._queue_end()
        if table == DUE or self._outbox.anything_waits:
            self._work.ring()
        await ticket.future
        return held

    async def finish_outbox(self, lease: OutboxLease, posted: Posted | None) -> bool:
        fields = {
            "state": OutboxState.DONE.value,
            "owner": None,
            "posted_channel": posted.channel if posted else None,
            "posted_ts": posted.ts if posted else None,
            "settled_at": instant(lease.until),
        }
        return await self._settle_lease(OUTBOX, lease.item.key, _held(lease), fields)

    async def retry_outbox(
        self, lease: OutboxLease, due_at: datetime, reason: str, *, doubtful: bool
    ) -> bool:
        fields = {
            "available_at": instant(due_at),
            "owner": None,
            "reason": reason,
            "doubtful": doubtful,
        }
        return await self._settle_lease(OUTBOX, lease.item.key, _held(lease), fields)

    async def bury_outbox(self, lease: OutboxLease, reason: str) -> bool:
        fields = {
            "state": OutboxState.DEAD.value,
            "owner": None,
            "reason": reason,
            "settled_at": instant(lease.until),
        }
        return await self._settle_lease(OUTBOX, lease.item.key, _held(lease), fields)

    async def outbox_entry(self, key: str) -> OutboxEntry | None:
        row = await self._durably((OUTBOX, key), lambda: self._tables.get(OUTBOX, key))
        return None if row is None else outbox_entry(row)

    async def entry_at(self, team: str, channel: str, ts: str) -> OutboxEntry | None:
        def read() -> Document | None:
            key = self._outbox.at(team, channel, ts)
            return None if key is None else self._tables.get(OUTBOX, key)

        row = await self._durably(OUTBOX, read)
        return None if row is None else outbox_entry(row)

    async def entries_about(self, about: str, *, limit: int = 1000) -> list[OutboxEntry]:
        def read() -> list[Document]:
            rows = self._tables.table(OUTBOX)
            return [rows[key] for key in self._outbox.about(about, limit)]

        return [outbox_entry(row) for row in await self._durably(OUTBOX, read)]

    async def outcomes_about(self, about: str, *, limit: int = 10_000) -> list[Outcome]:
        def read() -> list[Document]:
            rows = self._tables.table(OUTBOX)
            return [rows[key] for key in self._outbox.about(about, limit)]

        return [outcome(row) for row in await self._durably(OUTBOX, read)]

    async def reword(self, calls: Mapping[str, Call]) -> None:
        with self._storage.lock:
            draft = Draft(self._tables)
            for key, call in calls.items():
                if self._tables.get(OUTBOX, key) is not None:
                    draft.amend(OUTBOX, key, packed({"call": call_columns(call)}))
            worth = bool(draft.operations)
            ticket = self._storage.submit(draft, LoopTicket()) if worth else self._queue_end()
        await ticket.future

    async def drop_history(self) -> None:
        writer = self._storage.writer
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REWRITTEN_WITHIN):
                goal = writer.rewrite_anew()
                while writer.rewrites < goal and not writer.failing:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    async def lease_due(
        self, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[DueLease]:
        with self._storage.lock:
            keys = self._due.take(instant(now), limit)
            rows, ticket = self._lease(DUE, keys, owner, now + lease_for)
        await ticket.future
        return [due_lease(row) for row in rows]

    async def retry_due(self, lease: DueLease, due_at: datetime, reason: str) -> bool:
        later = instant(due_at)
        fields = {"due_at": later, "available_at": later, "owner": None, "reason": reason}
        return await self._settle_lease(DUE, lease.command.key, _held_due(lease), fields)

    async def due_command(self, key: str) -> DueCommand | None:
        row = await self._durably((DUE, key), lambda: self._tables.get(DUE, key))
        return None if row is None else due_command(row)

    async def next_due(self) -> datetime | None:
        with self._storage.lock:
            known = [self._outbox.earliest(), self._due.earliest()]
        return min((moment(at) for at in known if at is not None), default=None)

    def listen(self, work: Work | None = None) -> Listener:
        return self._work.listener(work)

    async def backlog(self, now: datetime) -> Backlog:
        by_now = instant(now)
        with self._storage.lock:
            rows, waiting = self._tables.table(OUTBOX), self._outbox.waiting()
            times = (rows[key]["due_at"] for keys in waiting.values() for key in keys)
            oldest = min((at for at in times if at <= by_now), default=None)
            return Backlog(
                outbox={lane: len(keys) for lane, keys in waiting.items()},
                due=len(self._due),
                dead=self._outbox.dead,
                oldest_due=None if oldest is None else moment(oldest),
            )

    async def purge(self, *, keys_before: datetime, outbox_before: datetime) -> Mapping[str, int]:
        keys, outbox = instant(keys_before), instant(outbox_before)
        return {
            KEY: await self._purge(KEY, lambda: self._keys.ages.before(keys, PURGE_CHUNK)),
            OUTBOX: await self._purge(
                OUTBOX, lambda: self._outbox.settled.before(outbox, PURGE_CHUNK)
            ),
        }

    async def _purge(self, table: str, oldest: Callable[[], list[str]]) -> int:
        purged = 0
        while True:
            with self._storage.lock:
                doomed = oldest()
                draft = Draft(self._tables)
                for key in doomed:
                    draft.delete(table, key)
                ticket = self._storage.submit(draft, LoopTicket()) if doomed else None
            if ticket is None:
                return purged
            await ticket.future
            purged += len(doomed)

    async def health(self) -> None:
        if not self._storage.writer.failing:
            return
        harmless = Draft(self._tables)
        harmless.make_table(KIND)
        with self._storage.lock:
            ticket = self._storage.submit(harmless, LoopTicket())
        await ticket.future

    async def export_rows(self) -> AsyncIterator[Row]:
        with self._storage.lock:
            tables = self._tables.copied()
            ticket = self._queue_end()
        await ticket.future
        for row in exported(tables):
            yield row

    async def import_rows(self, rows: AsyncIterator[Row]) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        draft = Draft(self._tables)
        async for row in rows:
            self._draft_row(draft, row)
            counts[row.table] = counts.get(row.table, 0) + 1
        with self._storage.lock:
            self._check_empty()
            ticket = self._storage.submit(draft, LoopTicket())
        await ticket.future
        return counts

    def _check_empty(self) -> None:
        if any(self._tables.table(name) for name in self._tables.names() if name != KIND):
            raise StoreRefused(
                "the store is not empty, so nothing was imported: name an empty one in STORE_URL"
            )

    def _draft_row(self, draft: Draft, row: Row) -> None:
        table, doc_id, document = document_of(row)
        if table == OUTBOX:
            document["number"] = self._next()
        draft.put(table, doc_id, document)

    def rewrite_soon(self) -> None:
        """Rewrite the journal without its history, however short that is."""
        self._storage.writer.rewrite_soon()

    async def close(self) -> None:
        await asyncio.to_thread(self._storage.close)


def _works(commit: Commit) -> set[Work]:
    works = {Work(item.lane) for item in commit.outbox}
    due = commit.due or commit.cancels or commit.finishes
    return works | {Work.DUE} if due else works


def _nothing_to_await() -> LoopTicket:
    ticket = LoopTicket()
    ticket.resolve()
    return ticket


def _stored(kind: RecordKind[R], document: Document) -> Stored[R]:
    return Stored(kind.from_json(document["body"]), document["version"])


def _expect(draft: Draft, kind: str, record_id: str, expected: int) -> None:
    document = draft.get(RECORDS + kind, record_id)
    found = NEW if document is None else document["version"]
    if found != expected:
        raise Conflict(kind, record_id, expected, found)


def _draft_delete(draft: Draft, delete: Delete) -> None:
    _expect(draft, delete.kind.name, delete.id, delete.expected)
    draft.delete(RECORDS + delete.kind.name, delete.id)


def _draft_keys(draft: Draft, keys: Sequence[str], at: str) -> None:
    for key in dict.fromkeys(keys):
        if draft.get(KEY, key) is not None:
            raise Duplicate(key)
        draft.put(KEY, key, {"at": at})


def _finish_due(draft: Draft, lease: DueLease | None) -> None:
    if lease is None:
        return
    key = lease.command.key
    row = draft.get(DUE, key)
    if row is None or not _held_due(lease)(row):
        found = 0 if row is None else row["attempts"]
        raise Conflict(DUE, key, lease.attempt, found)
    draft.delete(DUE, key)


def _draft_due(draft: Draft, command: DueCommand) -> None:
    """Attempts go on counting when a command is moved, so that an old lease stays lost."""
    found = draft.get(DUE, command.key)
    attempts = 0 if found is None else found["attempts"]
    draft.put(DUE, command.key, {**due_columns(command), "attempts": attempts})


def _is_looked_for(item: OutboxItem) -> bool:
    """Whether what became of it can be seen at Slack, and soon enough: the announcements of a
    thousand channels could not be looked for at every start."""
    return item.lane is Lane.CONVERSATION and isinstance(item.call, Post)


def _may_have_begun(row: Columns) -> bool:
    waits = row["state"] == OutboxState.WAITING and not row["doubtful"]
    return waits and _is_looked_for(outbox_item(row))


def _held(lease: OutboxLease) -> Callable[[Columns], bool]:
    def holds(row: Columns) -> bool:
        return bool(
            row["state"] == OutboxState.WAITING
            and row["owner"] == lease.owner
            and row["attempts"] == lease.attempt
        )

    return holds


def _held_due(lease: DueLease) -> Callable[[Columns], bool]:
    def holds(row: Columns) -> bool:
        return bool(row["owner"] == lease.owner and row["attempts"] == lease.attempt)

    return holds
