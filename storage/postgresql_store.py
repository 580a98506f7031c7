"""The PostgreSQL engine: the store of several replicas.

A decision is one statement in one round trip: the function ``signpost.write_decision`` (see
``migrations``). Hints that there is work travel by NOTIFY, outside the transactions, since inside
them they would make commits queue (postgresql.org/docs/15/sql-notify.html); a lost hint costs one
polling interval.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, LiteralString, TypeVar
from uuid import uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from storage import postgresql_queries as queries
from storage.bell import Bell, Listener, Work
from storage.errors import Conflict, Duplicate, StoreRefused, StoreUnavailable
from storage.exports import KEY, OUTBOX, checked, without_lease
from storage.outbox import (
    Call,
    DueCommand,
    DueLease,
    Lane,
    OutboxEntry,
    OutboxLease,
    OutboxState,
    Outcome,
    Posted,
)
from storage.port import Backlog, Commit, Order, Put, Row
from storage.postgresql_schema import (
    CONNECT_WITHIN,
    check_schema,
    connect,
    in_schema,
    migrate,
    place_of,
    schema_of,
    without_schema,
)
from storage.postgresql_text import dump, load, original, plain
from storage.records import NEW, Record, RecordKind, Stored
from storage.rows import (
    call_columns,
    due_columns,
    due_command,
    due_lease,
    instant,
    moment,
    outbox_columns,
    outbox_entry,
    outbox_lease,
)
from storage.slots import Track

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)
Values = Sequence[Any]

CONNECTIONS = 8
"""At most, for each replica; beside them one that listens."""

POOL_WITHIN = 2.0
"""Seconds to wait for a free connection: a handler must answer Slack within three."""

ANSWER_WITHIN = 10.0
"""Seconds for one statement."""

RECONNECT_FOR = 5.0
"""Seconds the pool tries by itself before it leaves the next try to the next caller."""

TRIES = 5
"""Of a statement that PostgreSQL stopped for the sake of another one."""

POLL_EVERY = 2.0
"""Seconds between looks for work without any hint."""

PURGE_CHUNK = 5000
"""Rows deleted by one statement, so that each answers in time."""

REINDEX_CHUNK = 250
"""Records indexed anew by one statement; between them others of the process get their turn."""

GATHER_HINTS = 0.02
"""Seconds in which hints become one."""

DUPLICATE, CONFLICT = "SP001", "SP002"
"""SQLSTATEs of ``signpost.write_decision``."""

READ_ONLY = "25006"

AWAY = ("08", "53", "57", "58", READ_ONLY, "XX001", "XX002")
"""SQLSTATEs, or their classes, of a server that cannot work now: no connection, no resources,
stopped by the operator, trouble with its disk, read only, damaged
(postgresql.org/docs/15/errcodes-appendix.html)."""

STOPPED = ("40001", "40P01")
"""Serialization failure and deadlock: the statement may be sent again."""

TIMES = ("due_at", "available_at", "settled_at", "at")
"""Columns that hold a time."""


async def open_postgresql(url: str, connections: int = CONNECTIONS) -> "PostgresStore":
    """The store in a database, brought up to date, that takes at most so many connections beside
    the one that listens. Raises ``StoreRefused``."""
    await migrate(url)
    store = PostgresStore(url, connections=connections)
    await store.start()
    return store


async def open_postgresql_to_read(url: str) -> "PostgresStore":
    """The store in a database, for reading only: nothing is brought up to date."""
    async with await connect(url) as connection:
        await check_schema(connection, url)
    store = PostgresStore(url, read_only=True)
    await store.start()
    return store


class PostgresStore:
    """``storage.port.Store`` on PostgreSQL."""

    def __init__(
        self, url: str, *, read_only: bool = False, connections: int = CONNECTIONS
    ) -> None:
        self._url = url
        self._schema = schema_of(url)
        self._channel = f"{self._schema}_work"
        self._place = place_of(url)
        self._read_only = read_only
        self._name = uuid4().hex
        self._known: set[str] = set()
        self._getting_to_know = asyncio.Lock()
        self._work = Bell(POLL_EVERY)
        self._hints = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._check: asyncio.Task[None] | None = None
        self._pool = AsyncConnectionPool(
            without_schema(url),
            min_size=min(2, connections),
            max_size=connections,
            open=False,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_WITHIN,
                "application_name": "signpost",
            },
            configure=self._configure,
            timeout=POOL_WITHIN,
            reconnect_timeout=RECONNECT_FOR,
        )

    async def start(self) -> None:
        """Connect, and listen for hints."""
        await self._pool.open()
        if not self._read_only:
            self._tasks = [
                asyncio.create_task(self._listen_always(), name="store-listen"),
                asyncio.create_task(self._send_hints(), name="store-hints"),
            ]

    async def _configure(self, connection: AsyncConnection) -> None:
        """A commit must be on the disk when it returns, whatever the server's default is."""
        await connection.execute(
            "SELECT set_config('timezone', 'UTC', false),"
            " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),"
            " set_config('default_transaction_read_only', %s, false)",
            ["on" if self._read_only else "off"],
        )

    async def _fetch(self, query: LiteralString, values: Any = None) -> list[tuple[Any, ...]]:
        """The rows a statement gives, sent again where PostgreSQL stopped it for another one."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._fetch_once(query, values)
            except psycopg.Error as problem:
                if problem.sqlstate not in STOPPED or attempt == TRIES:
                    raise self._translated(problem) from problem
            await asyncio.sleep(0.005 * 2**attempt)
        raise AssertionError("unreachable")

    def _own(self, query: LiteralString) -> bytes:
        """The statement for our schema."""
        return in_schema(query, self._schema)

    async def _fetch_once(self, query: LiteralString, values: Any) -> list[tuple[Any, ...]]:
        try:
            async with asyncio.timeout(ANSWER_WITHIN), self._pool.connection() as connection:
                cursor = await connection.execute(self._own(query), values)
                return await cursor.fetchall() if cursor.description else []
        except TimeoutError:
            raise StoreUnavailable(f"PostgreSQL at {self._place} did not answer in time") from None

    def _translated(self, problem: psycopg.Error) -> Exception:
        """PostgreSQL's refusal in our words."""
        state, detail = problem.sqlstate or "", problem.diag.message_detail or ""
        if state == DUPLICATE:
            return Duplicate(original(detail))
        if state == CONFLICT:
            return Conflict(*load(detail))
        if self._read_only and state == READ_ONLY:
            return StoreRefused("this is a copy to read from; open the store to write to it")
        is_away = isinstance(problem, psycopg.OperationalError | psycopg.InterfaceError)
        if not (is_away or state.startswith(AWAY)):
            return problem
        self._weed_connections()
        return StoreUnavailable(f"PostgreSQL at {self._place} is away: {problem}")

    def _weed_connections(self) -> None:
        """After one connection was lost, see to the others, so that each loss is met only once."""
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._weed(), name="store-weed")

    async def _weed(self) -> None:
        with contextlib.suppress(psycopg.Error, OSError):
            await self._pool.check()

    async def commit(self, commit: Commit) -> None:
        for kind in {put.kind.name: put.kind for put in commit.puts}.values():
            await self._know(kind)
        await self._fetch("SELECT signpost.write_decision(%s)", [dump(decision_of(commit))])
        if commit.outbox or commit.due or commit.cancels or commit.finishes:
            self._hint()

    def _hint(self) -> None:
        self._work.ring()
        self._hints.set()

    async def get(self, kind: RecordKind[R], record_id: str) -> Stored[R] | None:
        rows = await self._fetch(queries.RECORD, [kind.name, plain(record_id)])
        return _stored(kind, rows[0]) if rows else None

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
        await self._know(kind)
        beyond = None if after is None else plain(after)
        values = [kind.name, index, plain(value), beyond, beyond, limit]
        return [_stored(kind, row) for row in await self._fetch(queries.FIND[order], values)]

    async def count(self, kind: RecordKind[R], index: str, value: str) -> int:
        await self._know(kind)
        rows = await self._fetch(queries.COUNT, [kind.name, index, plain(value)])
        return int(rows[0][0])

    async def _know(self, kind: RecordKind[Any]) -> None:
        """Index the records of a kind anew if it has an index that they were not stored with."""
        if kind.name in self._known or self._read_only:
            return
        async with self._getting_to_know:
            rows = await self._fetch(
                "SELECT indexes FROM signpost.kind WHERE name = %s", [kind.name]
            )
            if set(kind.indexes) - set(rows[0][0] if rows else []):
                await self._index_anew(kind)
            self._known.add(kind.name)

    async def _index_anew(self, kind: RecordKind[Any]) -> None:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(
                    self._own(queries.KNOW_KIND), [kind.name, sorted(kind.indexes)]
                )
                await self._reindex(connection, kind)
        except psycopg.Error as problem:
            raise self._translated(problem) from problem

    async def _reindex(self, connection: AsyncConnection, kind: RecordKind[Any]) -> None:
        cursor = await connection.execute(self._own(queries.ALL_OF_KIND), [kind.name])
        while rows := await cursor.fetchmany(REINDEX_CHUNK):
            indexed = [
                [original(record_id), load(old), kind.index_values(kind.from_json(load(body)))]
                for record_id, old, body in rows
            ]
            changes = [one for one in indexed if one[1] != one[2]]
            await connection.execute(self._own(queries.INDEX_ANEW), [kind.name, dump(changes)])

    async def has_key(self, key: str) -> bool:
        rows = await self._fetch("SELECT 1 FROM signpost.dedupe WHERE key = %s", [plain(key)])
        return bool(rows)

    async def lease_outbox(
        self, lane: Lane, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[OutboxLease]:
        values = {**_lease_values(owner, now, limit, lease_for), "lane": lane.value}
        rows = sorted(await self._fetch(queries.LEASE_OUTBOX, values))
        return [outbox_lease(load(row[2])) for row in rows]

    async def _settle(self, query: LiteralString, values: Mapping[str, Any]) -> bool:
        held = bool(await self._fetch(query, values))
        if held:
            self._hint()
        return held

    async def finish_outbox(self, lease: OutboxLease, posted: Posted | None) -> bool:
        values = {
            **_outbox_lease_values(lease),
            "until": lease.until,
            "channel": posted.channel if posted else None,
            "ts": posted.ts if posted else None,
        }
        return await self._settle(queries.FINISH_OUTBOX, values)

    async def retry_outbox(
        self, lease: OutboxLease, due_at: datetime, reason: str, *, doubtful: bool
    ) -> bool:
        values = {
            **_outbox_lease_values(lease),
            "due_at": due_at,
            "reason": plain(reason),
            "doubtful": doubtful,
        }
        return await self._settle(queries.RETRY_OUTBOX, values)

    async def bury_outbox(self, lease: OutboxLease, reason: str) -> bool:
        values = {**_outbox_lease_values(lease), "until": lease.until, "reason": plain(reason)}
        return await self._settle(queries.BURY_OUTBOX, values)

    async def _entries(self, query: LiteralString, values: Values) -> list[OutboxEntry]:
        rows = await self._fetch(query, values)
        return [outbox_entry(load(row[0])) for row in rows]

    async def outbox_entry(self, key: str) -> OutboxEntry | None:
        return next(iter(await self._entries(queries.ENTRY, [plain(key)])), None)

    async def entry_at(self, team: str, channel: str, ts: str) -> OutboxEntry | None:
        values = [plain(team), plain(channel), plain(ts)]
        found = await self._entries(queries.ENTRY_AT, values)
        return next(iter(found), None)

    async def entries_about(self, about: str, *, limit: int = 1000) -> list[OutboxEntry]:
        return await self._entries(queries.ENTRIES_ABOUT, [plain(about), limit])

    async def outcomes_about(self, about: str, *, limit: int = 10_000) -> list[Outcome]:
        rows = await self._fetch(queries.OUTCOMES_ABOUT, [plain(about), limit])
        return [
            Outcome(key, group, OutboxState(state), reason) for key, group, state, reason in rows
        ]

    async def reword(self, calls: Mapping[str, Call]) -> None:
        rows = [{"key": key, "call": call_columns(call)} for key, call in calls.items()]
        await self._fetch(queries.REWORD, [dump(rows)])

    async def drop_history(self) -> None:
        """PostgreSQL clears away by itself what was overwritten (its autovacuum)."""

    async def lease_due(
        self, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[DueLease]:
        values = _lease_values(owner, now, limit, lease_for)
        rows = sorted(await self._fetch(queries.LEASE_DUE, values))
        return [due_lease(load(row[2])) for row in rows]

    async def retry_due(self, lease: DueLease, due_at: datetime, reason: str) -> bool:
        values = {
            "key": plain(lease.command.key),
            "owner": lease.owner,
            "attempt": lease.attempt,
            "due_at": due_at,
            "reason": plain(reason),
        }
        return await self._settle(queries.RETRY_DUE, values)

    async def due_command(self, key: str) -> DueCommand | None:
        rows = await self._fetch(queries.DUE_COMMAND, [plain(key)])
        return due_command(load(rows[0][0])) if rows else None

    async def next_due(self) -> datetime | None:
        rows = await self._fetch(queries.NEXT_DUE)
        found: datetime | None = rows[0][0]
        return found

    def listen(self, work: Work | None = None) -> Listener:
        return self._work.listener(work)

    async def backlog(self, now: datetime) -> Backlog:
        rows = await self._fetch(queries.WAITING, [now])
        counts = await self._fetch(queries.COUNTS)
        waiting = {lane: count for lane, count, _ in rows}
        return Backlog(
            outbox={lane.value: waiting.get(lane.value, 0) for lane in Lane},
            due=counts[0][0],
            dead=counts[0][1],
            oldest_due=min((row[2] for row in rows if row[2] is not None), default=None),
        )

    async def present(self) -> datetime:
        """The database's present moment, by which those who share it go."""
        found: datetime = (await self._fetch("SELECT clock_timestamp()"))[0][0]
        return found

    async def take_slot(self, tracks: Sequence[Track], patience: float) -> float:
        wanted = dump([asdict(track) for track in tracks])
        rows = await self._fetch(queries.TAKE_SLOT, [wanted, patience])
        return float(rows[0][0])

    async def hold_slots(self, track: Track, seconds: float) -> None:
        await self._fetch(queries.HOLD_SLOTS, [dump(asdict(track)), seconds])

    async def purge(self, *, keys_before: datetime, outbox_before: datetime) -> Mapping[str, int]:
        await self._fetch(queries.PURGE_PACE)
        return {
            KEY: await self._purge(queries.PURGE_KEYS, keys_before),
            OUTBOX: await self._purge(queries.PURGE_OUTBOX, outbox_before),
        }

    async def _purge(self, query: LiteralString, before: datetime) -> int:
        purged, last = 0, PURGE_CHUNK
        while last == PURGE_CHUNK:
            last = int((await self._fetch(query, [before, PURGE_CHUNK]))[0][0])
            purged += last
        return purged

    async def health(self) -> None:
        rows = await self._fetch(
            "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
        )
        if rows[0][0] and not self._read_only:
            raise StoreUnavailable(f"PostgreSQL at {self._place} only answers reads now")

    async def export_rows(self) -> AsyncIterator[Row]:
        try:
            async with await connect(self._url) as connection:
                await connection.execute("SET TIME ZONE 'UTC'")
                await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                for table, query in queries.EXPORTS.items():
                    async with connection.cursor(f"export_{table}") as cursor:
                        await cursor.execute(self._own(query))
                        async for row in cursor:
                            yield exported_row(table, load(row[0]))
        except (psycopg.OperationalError, StoreRefused) as problem:
            raise StoreUnavailable(f"PostgreSQL at {self._place} is away: {problem}") from problem

    async def import_rows(self, rows: AsyncIterator[Row]) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await self._check_empty(connection)
                async for table, chunk in _chunks(rows):
                    counts[table] = counts.get(table, 0) + len(chunk)
                    await connection.cursor().executemany(self._own(queries.IMPORTS[table]), chunk)
        except psycopg.Error as problem:
            raise self._translated(problem) from problem
        self._known.clear()
        return counts

    async def _check_empty(self, connection: AsyncConnection) -> None:
        cursor = await connection.execute(self._own(queries.ANYTHING))
        row = await cursor.fetchone()
        if row and row[0]:
            raise StoreRefused(
                "the store is not empty, so nothing was imported: name an empty one in STORE_URL"
            )

    async def _listen_always(self) -> None:
        """Take hints from the other replicas; without a connection, polling must do."""
        while True:
            with contextlib.suppress(psycopg.Error, StoreRefused, OSError):
                await self._listen()
            await asyncio.sleep(POLL_EVERY)

    async def _listen(self) -> None:
        async with await connect(self._url) as connection:
            await connection.execute(f"LISTEN {self._channel}".encode())
            self._work.ring()
            async for hint in connection.notifies():
                if hint.payload != self._name:
                    self._work.ring()

    async def _send_hints(self) -> None:
        while True:
            await self._hints.wait()
            await asyncio.sleep(GATHER_HINTS)
            self._hints.clear()
            with contextlib.suppress(StoreUnavailable, psycopg.Error):
                await self._fetch_once("SELECT pg_notify(%s, %s)", [self._channel, self._name])

    async def close(self) -> None:
        tasks = [*self._tasks, *([self._check] if self._check else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.close()


def decision_of(commit: Commit) -> dict[str, Any]:
    """A commit as ``signpost.write_decision`` takes it. What is locked comes sorted, so that two
    commits seldom wait for each other in a circle."""
    decision: dict[str, Any] = {
        "at": instant(commit.at),
        "keys": sorted(set(commit.keys)),
        "absent": _absent(commit),
        "expects": sorted(commit.expects),
        "puts": [_put_columns(put) for put in sorted(commit.puts, key=_place)],
        "deletes": [[each.kind.name, each.id, each.expected] for each in commit.deletes],
        "due": [due_columns(command) for command in commit.due],
        "outbox": [outbox_columns(item) for item in commit.outbox],
    }
    if commit.cancels:
        decision["cancels"] = commit.cancels
    if commit.finishes is not None:
        lease = commit.finishes
        decision["finishes"] = {
            "key": lease.command.key,
            "owner": lease.owner,
            "attempt": lease.attempt,
        }
    return {name: value for name, value in decision.items() if value}


def _absent(commit: Commit) -> list[str]:
    """Names of the records that must not exist yet."""
    made = {f"{each.kind.name} {each.record.id}" for each in commit.puts if each.expected == NEW}
    expected = {f"{kind} {name}" for kind, name, version in commit.expects if version == NEW}
    return sorted(made | expected)


def _place(put: Put) -> tuple[str, str, int]:
    return put.kind.name, put.record.id, put.expected


def _put_columns(put: Put) -> dict[str, Any]:
    return {
        "kind": put.kind.name,
        "id": put.record.id,
        "team": put.record.team,
        "expected": put.expected,
        "indexes": put.kind.index_values(put.record),
        "body": put.kind.to_json(put.record),
    }


def _stored(kind: RecordKind[R], row: tuple[Any, ...]) -> Stored[R]:
    return Stored(kind.from_json(load(row[1])), row[0])


def _lease_values(owner: str, now: datetime, limit: int, lease_for: timedelta) -> dict[str, Any]:
    return {"owner": owner, "now": now, "until": now + lease_for, "limit": limit}


def _outbox_lease_values(lease: OutboxLease) -> dict[str, Any]:
    return {"key": plain(lease.item.key), "owner": lease.owner, "attempt": lease.attempt}


def exported_row(table: str, columns: dict[str, Any]) -> Row:
    """A row of an export, with its times as an export shows them."""
    times = {name: columns[name] for name in TIMES if columns.get(name) is not None}
    columns = {**columns, **{name: instant(moment(text)) for name, text in times.items()}}
    return Row(table, without_lease(columns) if "owner" in columns else columns)


async def _chunks(rows: AsyncIterator[Row]) -> AsyncIterator[tuple[str, list[list[str]]]]:
    """Rows of one table at a time, a thousand at most."""
    table, chunk = "", list[list[str]]()
    async for row in rows:
        if chunk and (row.table != table or len(chunk) == 1000):
            yield table, chunk
            chunk = []
        table = row.table
        chunk.append([dump(dict(checked(row).columns))])
    if chunk:
        yield table, chunk
