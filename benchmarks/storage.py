"""The store's engines beside SQLite and stock TinyDB, in one run on one disk.

``python -m benchmarks.storage [--quick]`` prints Markdown tables. Every engine does the same thing
by turns, a few operations at a time, so that a busy machine slows all of them alike; figures are
medians of single operations unless they say otherwise. SQLite (WAL, synchronous=FULL) stands there
twice: called on the event loop, which stalls everything else while the disk works, and written to
from a thread of its own, as a program that answers others meanwhile must, and as our engine does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeAlias

import orjson
import psycopg
import uvloop
from tinydb import TinyDB, where

from storage.disk import DiskFile, LocalDisk
from storage.opening import open_store
from storage.port import Commit, Put, Row, Store
from storage.records import RecordKind, Stored
from storage.tinydb_store import TinyStore, open_tinydb
from tests.postgresql import own_server

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOUND = 20
"""Records that one search finds."""

Results: TypeAlias = dict[int, dict[str, dict[str, float]]]
"""Records in the store, operation, engine: median seconds."""


@dataclass(frozen=True)
class Entry:
    """A record of 565 bytes of JSON."""

    id: str
    team: str
    place: str
    text: str
    at: datetime = NOW


ENTRY = RecordKind("entry", Entry, {"place": lambda entry: entry.place})


def entry(number: int, size: int) -> Entry:
    """``FOUND`` records share a place."""
    return Entry(f"{number:09}", "T1", f"place {number % max(size // FOUND, 1)}", "x" * 462)


class Engine(Protocol):
    """One store under measure."""

    name: str

    async def fill(self, size: int) -> None: ...
    async def insert(self, number: int, size: int) -> None: ...
    async def update(self, number: int, size: int) -> None: ...
    async def get(self, number: int) -> None: ...
    async def search(self, place: str) -> None: ...
    async def close(self) -> None: ...


class Sqlite:
    """What one would write oneself."""

    name = "SQLite on the loop"

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE entry (id TEXT PRIMARY KEY, team TEXT, version INTEGER, place TEXT,"
            " body TEXT)"
        )
        self._connection.execute("CREATE INDEX entry_place ON entry (place, id)")

    @staticmethod
    def _row(entry: Entry) -> tuple[str, str, int, str, str]:
        body = orjson.dumps(ENTRY.to_json(entry)).decode()
        return entry.id, entry.team, 1, entry.place, body

    async def fill(self, size: int) -> None:
        self._connection.execute("BEGIN")
        rows = (self._row(entry(number, size)) for number in range(size))
        self._connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    async def insert(self, number: int, size: int) -> None:
        row = self._row(entry(number, size))
        await self._write("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)

    async def update(self, number: int, size: int) -> None:
        row = self._row(entry(number, size))
        await self._write(
            "UPDATE entry SET version = version + 1, place = ?, body = ? WHERE id = ?"
            " AND version >= 1",
            (row[3], row[4], row[0]),
        )

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        self._connection.execute(statement, values)

    async def get(self, number: int) -> None:
        found = self._connection.execute(
            "SELECT version, body FROM entry WHERE id = ?", (f"{number:09}",)
        ).fetchone()
        Stored(ENTRY.from_json(orjson.loads(found[1])), found[0])

    async def search(self, place: str) -> None:
        rows = self._connection.execute(
            "SELECT version, body FROM entry WHERE place = ? ORDER BY id LIMIT 100", (place,)
        ).fetchall()
        found = [Stored(ENTRY.from_json(orjson.loads(row[1])), row[0]) for row in rows]
        assert FOUND <= len(found)

    async def close(self) -> None:
        self._connection.close()


class SqliteInThread(Sqlite):
    """The same, written from a thread of its own."""

    name = "SQLite in a thread"

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._thread = ThreadPoolExecutor(1)

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._connection.execute, statement, values)

    async def close(self) -> None:
        self._thread.shutdown()
        await super().close()


class StockTinyDB:
    """TinyDB as it comes: one JSON file, written anew each time, and never synced."""

    name = "stock TinyDB (not durable)"
    size_at_most = 10_000

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bench.json"

    async def fill(self, size: int) -> None:
        documents = {str(n + 1): ENTRY.to_json(entry(n, size)) for n in range(size)}
        self._path.write_text(json.dumps({"_default": documents}))
        self._database = TinyDB(self._path)

    async def insert(self, number: int, size: int) -> None:
        self._database.insert(ENTRY.to_json(entry(number, size)))

    async def update(self, number: int, size: int) -> None:
        self._database.update(ENTRY.to_json(entry(number, size)), doc_ids=[number + 1])

    async def get(self, number: int) -> None:
        ENTRY.from_json(self._database.get(doc_id=number + 1))

    async def search(self, place: str) -> None:
        self._database.clear_cache()
        for found in self._database.search(where("place") == place):
            ENTRY.from_json(found)

    async def close(self) -> None:
        self._database.close()


class Ours:
    """The store port on one of our engines."""

    def __init__(self, name: str, store: Store) -> None:
        self.name = name
        self._store = store
        self._versions: dict[int, int] = {}

    async def fill(self, size: int) -> None:
        await self._store.import_rows(_rows(size))

    async def insert(self, number: int, size: int) -> None:
        await self._store.commit(Commit(NOW, puts=(Put(ENTRY, entry(number, size)),)))

    async def update(self, number: int, size: int) -> None:
        version = self._versions.get(number, 1)
        self._versions[number] = version + 1
        await self._store.commit(Commit(NOW, puts=(Put(ENTRY, entry(number, size), version),)))

    async def get(self, number: int) -> None:
        assert await self._store.get(ENTRY, f"{number:09}")

    async def search(self, place: str) -> None:
        assert FOUND <= len(await self._store.find(ENTRY, "place", place))

    async def close(self) -> None:
        await self._store.close()


async def _rows(size: int) -> AsyncIterator[Row]:
    for number in range(size):
        record = entry(number, size)
        columns = {
            "kind": ENTRY.name,
            "id": record.id,
            "team": record.team,
            "version": 1,
            "indexes": ENTRY.index_values(record),
            "body": ENTRY.to_json(record),
        }
        yield Row("record", columns)


async def timed(operation: Awaitable[None]) -> float:
    """Seconds one operation took."""
    start = time.perf_counter()
    await operation
    return time.perf_counter() - start


async def by_turns(
    engines: Sequence[Engine], rounds: int, operation: Callable[[Engine, int], Awaitable[None]]
) -> dict[str, list[float]]:
    """Seconds of single operations, each engine having its turn in each round."""
    times: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for turn in range(rounds):
        for engine in engines:
            for number in range(turn * 10, turn * 10 + 10):
                times[engine.name].append(await timed(operation(engine, number)))
    return times


async def alone(
    engine: Engine, rounds: int, operation: Callable[[Engine, int], Awaitable[None]]
) -> list[float]:
    """The same for an engine that writes megabytes without syncing them: taking turns, it would let
    the next one's fsync wait for its own."""
    times = [await timed(operation(engine, number)) for number in range(rounds)]
    os.sync()
    return times


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="signpost-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


OPERATIONS = ("insert", "update", "get", "search")


async def measured(size: int, rounds: int, url: str | None) -> dict[str, dict[str, float]]:
    """Operation to engine to median seconds, with ``size`` records in each store."""
    with scratch() as folder:
        stock = StockTinyDB(folder)
        engines: list[Engine] = [
            SqliteInThread(folder / "thread.sqlite"),
            Sqlite(folder / "loop.sqlite"),
            Ours("TinyDB engine", await open_tinydb(folder / "state")),
        ]
        if url is not None:
            engines.append(Ours("PostgreSQL engine", await open_store(url)))
        for engine in engines:
            await engine.fill(size)
        results = {
            name: await by_turns(engines, rounds, _operation(name, size)) for name in OPERATIONS
        }
        for engine in engines:
            await engine.close()
        if size <= StockTinyDB.size_at_most:
            await stock.fill(size)
            for name in OPERATIONS:
                results[name][stock.name] = await alone(stock, rounds, _operation(name, size))
            await stock.close()
    return {
        name: {engine: statistics.median(times) for engine, times in result.items()}
        for name, result in results.items()
    }


def _operation(name: str, size: int) -> Callable[[Engine, int], Awaitable[None]]:
    spread = 7919  # a prime, so that records are met in no order
    operations: dict[str, Callable[[Engine, int], Awaitable[None]]] = {
        "insert": lambda engine, n: engine.insert(size + n, size),
        "update": lambda engine, n: engine.update(n * spread % size, size),
        "get": lambda engine, n: engine.get(n * spread % size),
        "search": lambda engine, n: engine.search(f"place {n * spread % max(size // FOUND, 1)}"),
    }
    return operations[name]


class SlowDisk(LocalDisk):
    """A disk whose fsync takes 5 ms more."""

    def __init__(self) -> None:
        self.syncs: list[float] = []

    def open(self, path: Path) -> DiskFile:
        return SlowFile(super().open(path), self)


class SlowFile:
    """Its files."""

    def __init__(self, file: DiskFile, disk: SlowDisk) -> None:
        self._file = file
        self._disk = disk
        self.write, self.cut, self.read, self.close = file.write, file.cut, file.read, file.close

    def sync(self) -> None:
        start = time.perf_counter()
        time.sleep(0.005)
        self._file.sync()
        self._disk.syncs.append(time.perf_counter() - start)


@dataclass
class UnderLoad:
    """Seconds, the 99th percentile of each."""

    commit: float
    fsync: float
    loop_lag: float


async def under_load(seconds: float) -> UnderLoad:
    """200 commits a second on a disk with a 5 ms fsync."""
    with scratch() as folder:
        disk = SlowDisk()
        store = await open_tinydb(folder, disk)
        await store.import_rows(_rows(1000))
        disk.syncs.clear()
        lags: list[float] = []
        watching = asyncio.create_task(_watch_loop(lags))
        times = await _commits(store, 200, seconds)
        watching.cancel()
        await store.close()
    return UnderLoad(_p99(times), _p99(disk.syncs), _p99(lags))


async def _commits(store: TinyStore, rate: int, seconds: float) -> list[float]:
    start, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(start + number / rate - time.perf_counter(), 0))
        commit = Commit(NOW, puts=(Put(ENTRY, entry(10**6 + number, 1000)),))
        tasks.append(asyncio.create_task(timed(store.commit(commit))))
    return list(await asyncio.gather(*tasks))


async def _watch_loop(lags: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        lags.append(time.perf_counter() - start - 0.001)


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


async def opening(size: int) -> tuple[float, float]:
    """Seconds to open that many records, and the journal's megabytes."""
    with scratch() as folder:
        store = await open_tinydb(folder)
        await store.import_rows(_rows(size))
        await store.close()
        megabytes = _size_of(folder) / 1e6
        start = time.perf_counter()
        store = await open_tinydb(folder)
        took = time.perf_counter() - start
        await store.close()
    return took, megabytes


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def claims(url: str, rounds: int) -> tuple[float, float]:
    """The 99th percentile of a claim through the store, and of a bare UPDATE, by turns."""
    store = await open_store(url)
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    await connection.execute("CREATE TABLE bare (id text PRIMARY KEY, version int, body jsonb)")
    for number in range(rounds):
        await store.commit(Commit(NOW, puts=(Put(ENTRY, entry(10**7 + number, rounds)),)))
        await connection.execute(
            "INSERT INTO bare VALUES (%s, 1, %s)",
            [str(number), orjson.dumps(ENTRY.to_json(entry(number, rounds))).decode()],
        )

    async def claim(number: int) -> None:
        record = Entry(f"{10**7 + number:09}", "T1", "claimed", "x" * 462)
        await store.commit(Commit(NOW, keys=(f"press {number}",), puts=(Put(ENTRY, record, 1),)))

    async def bare(number: int) -> None:
        body = orjson.dumps(ENTRY.to_json(entry(number, rounds))).decode()
        await connection.execute(
            "UPDATE bare SET version = 2, body = %s WHERE id = %s AND version = 1 RETURNING id",
            [body, str(number)],
        )

    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        times[0].append(await timed(claim(number)))
        times[1].append(await timed(bare(number)))
    await connection.close()
    await store.close()
    return _p99(times[0]), _p99(times[1])


@contextlib.contextmanager
def postgresql() -> Iterator[Callable[[], str] | None]:
    """What makes empty databases, where PostgreSQL is installed; it waits for the disk."""
    try:
        with own_server(durable=True) as server:
            yield server.create_database
    except LookupError:
        yield None


def table(results: Results) -> str:
    """Medians in microseconds, and how many times those of SQLite in a thread."""
    sizes = list(results)
    names = list(results[sizes[0]]["insert"])
    heads = [f"{size:,}" for size in sizes]
    lines = [
        f"| operation | engine | {' | '.join(heads)} |",
        f"|---|---|{'---|' * len(sizes)}",
    ]
    for operation in OPERATIONS:
        for name in names:
            cells = [_cell(results[size][operation], name) for size in sizes]
            lines.append(f"| {operation} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(medians: dict[str, float], name: str) -> str:
    if name not in medians:
        return "-"
    ratio = medians[name] / medians[SqliteInThread.name]
    return f"{medians[name] * 1e6:,.0f} µs ({ratio:,.2f}x)"


def kept(results: Results) -> Iterator[tuple[str, float, float]]:
    """What is promised of the TinyDB engine: name, seen, at most."""
    largest, ours = max(results), "TinyDB engine"
    middle = results[10_000]
    for name in ("insert", "update"):
        seen = middle[name][ours] / middle[name][Sqlite.name]
        yield f"durable {name}, 10,000 records, x SQLite on the loop", seen, 1.2
    for name in ("insert", "update"):
        seen = results[largest][name][ours] / results[1_000][name][ours]
        yield f"{name}, {largest:,} records, x its own at 1,000", seen, 1.3
    for name, most in (("get", 0.6), ("search", 1.2)):
        seen = middle[name][ours] / middle[name][Sqlite.name]
        yield f"{name}, 10,000 records, x SQLite", seen, most


def promises(
    results: Results,
    load: UnderLoad,
    opened: tuple[float, float],
    claimed: tuple[float, float] | None,
) -> str:
    """The promises, and what this run saw of them."""
    rows = [
        *kept(results),
        ("5 ms fsync, 200 commits/s: p99, x fsync p99", load.commit / load.fsync, 3.0),
        ("the same: event loop lag p99, ms", load.loop_lag * 1e3, 5.0),
    ]
    if claimed is not None:
        rows.append(("claim on PostgreSQL p99, x a bare UPDATE", claimed[0] / claimed[1], 3.0))
    lines = ["| promise | seen | at most | |", "|---|---|---|---|"]
    for name, seen, most in rows:
        lines.append(f"| {name} | {seen:.2f} | {most} | {'kept' if seen <= most else 'missed'} |")
    size = f"{max(results):,} records ({opened[1]:.0f} MB)"
    return "\n".join([*lines, f"| opening {size}, s | {opened[0]:.2f} | | |"])


async def report(*, quick: bool) -> str:
    """Measure everything; the tables as Markdown."""
    sizes = (1_000, 10_000) if quick else (1_000, 10_000, 100_000)
    rounds = 15 if quick else 60
    with postgresql() as new_database:
        results = {
            size: await measured(size, rounds, new_database() if new_database else None)
            for size in sizes
        }
        load = await under_load(3 if quick else 10)
        opened = await opening(max(sizes))
        claimed = await claims(new_database(), 10 * rounds) if new_database else None
    return f"{table(results)}\n\n{promises(results, load, opened, claimed)}"


async def main(arguments: Sequence[str] = ()) -> None:
    """Print the tables. ``--quick``: fewer rounds, up to 10,000 records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    print(await report(quick=parser.parse_args(arguments).quick))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
