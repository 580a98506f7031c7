"""What a crash, a power cut, a full or failing disk leave behind: every acknowledged commit, whole,
and of the others all or nothing."""

import asyncio
import contextlib
import errno
import gc
import os
import random
import resource
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import frames
from storage.errors import Conflict, StoreRefused, StoreUnavailable
from storage.journal import JOURNAL
from storage.opening import open_store
from storage.outbox import Posted
from storage.port import Commit, Put, Store
from storage.tinydb_store import TinyStore, open_tinydb
from tests.storage.cast import (
    NOON,
    NOTE,
    TEAM,
    Note,
    after,
    columns_of,
    command,
    lease,
    message,
    put,
    rows_of,
)
from tests.storage.disks import FaultyDisk, Gate, MemoryDisk, fails, is_slow
from tests.storage.writing import decision

ROOT = Path(__file__).parents[2]


async def numbers_in(store: Store) -> set[int]:
    """The commits in a store. Each must be there whole."""
    rows = await rows_of(store)
    records = {row["id"]: row["body"]["text"] for row in columns_of(rows, "record")}
    keys = {row["key"] for row in columns_of(rows, "key")}
    messages = {row["key"] for row in columns_of(rows, "outbox")}
    assert records.keys() == keys == messages
    for name, text in records.items():
        assert "x" * (int(name) % 700) == text
    return {int(name) for name in records}


@contextlib.contextmanager
def writer(url: str, start: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that writes, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writing", url, str(start)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def written_until_killed(url: str, start: int, chance: random.Random) -> set[int]:
    """Numbers that a process acknowledged before it was killed at any moment."""
    wanted = chance.randint(1, 300)
    with writer(url, start) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(wanted)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return {int(line) for line in lines if line.endswith("\n")}


class KillContract:
    """A process killed while it writes."""

    async def kill(self, url: str, rounds: int) -> None:
        chance = random.Random(7)
        acknowledged: set[int] = set()
        for number in range(rounds):
            start = number * 10**7
            acknowledged |= await asyncio.to_thread(written_until_killed, url, start, chance)

            store = await open_store(url)
            found = await numbers_in(store)
            await store.close()

            assert set() == acknowledged - found
            assert len(found - acknowledged) <= 4 * (number + 1)

    async def test_a_killed_process_loses_nothing(self, url: str) -> None:
        await self.kill(url, 3)

    @pytest.mark.faults
    async def test_many_killed_processes_lose_nothing(self, url: str, fault_rounds: int) -> None:
        await self.kill(url, fault_rounds)


class TestKilledTinyDB(KillContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'state'}"


class TestKilledPostgreSQL(KillContract):
    @pytest.fixture
    def url(self, postgresql_url: str) -> str:
        return postgresql_url


class TestPowerCut:
    """The disk forgets what was not synced."""

    @staticmethod
    async def acknowledged_until(folder: Path, disk: MemoryDisk) -> tuple[set[int], set[int]]:
        """Numbers acknowledged, and numbers tried, until the power goes."""
        acknowledged: set[int] = set()
        tried: set[int] = set()
        try:
            store = await open_tinydb(folder, disk)
        except StoreRefused:
            return acknowledged, tried

        async def write(number: int) -> None:
            tried.add(number)
            with contextlib.suppress(StoreUnavailable):
                await store.commit(decision(number))
                acknowledged.add(number)

        for batch in range(8):
            await asyncio.gather(*(write(batch * 3 + each) for each in range(3)))
            if batch in (2, 5):
                store.rewrite_soon()
        await store.close()
        return acknowledged, tried

    async def cut_at(self, folder: Path, operations: int, chance: random.Random) -> None:
        disk = MemoryDisk(operations)
        acknowledged, tried = await self.acknowledged_until(folder, disk)

        store = await open_tinydb(folder, disk.after_power_cut(chance))
        found = await numbers_in(store)
        await store.commit(decision(999))
        await store.close()

        assert set() == acknowledged - found
        assert set() == found - tried

    async def test_a_power_cut_at_any_moment_loses_nothing(self, tmp_path: Path) -> None:
        chance = random.Random(7)
        for operations in range(1, 90):
            await self.cut_at(tmp_path, operations, chance)

    @pytest.mark.faults
    async def test_many_power_cuts_lose_nothing(self, tmp_path: Path, fault_rounds: int) -> None:
        for seed in range(fault_rounds):
            chance = random.Random(seed)
            for _ in range(30):
                await self.cut_at(tmp_path, chance.randint(1, 90), chance)

    async def test_the_simulation_notices_a_store_that_does_not_sync(self) -> None:
        disk = MemoryDisk()
        file = disk.create(Path("file"))
        disk.sync_folder(Path())
        file.write(0, b"acknowledged")

        kept = [
            disk.after_power_cut(random.Random(seed)).names["file"].written for seed in range(20)
        ]

        assert any(content != b"acknowledged" for content in kept)


class TestTornTail:
    """A last line that was not written to its end."""

    @staticmethod
    async def journal(folder: Path) -> bytes:
        store = await open_tinydb(folder)
        for number in (1, 2):
            await store.commit(decision(number))
        await store.close()
        return (folder / JOURNAL).read_bytes()

    async def test_it_is_cut_and_set_aside_at_every_length(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("ERROR")
        whole = await self.journal(tmp_path / "whole")
        last = whole.rindex(b"\n", 0, -1) + 1

        for length in range(last, len(whole)):
            folder = tmp_path / str(length)
            folder.mkdir()
            (folder / JOURNAL).write_bytes(whole[:length])
            store = await open_tinydb(folder)
            assert {1} == await numbers_in(store)
            await store.commit(decision(3))
            assert {1, 3} == await numbers_in(store)
            await store.close()
            assert ([whole[last:length]] if length > last else []) == set_aside(folder)

    @pytest.mark.parametrize("rest", [b"\0" * 99 + b"x", b"garbage", b"garbage\n", b"0000 1 []\n"])
    async def test_so_is_anything_else_in_its_place(self, tmp_path: Path, rest: bytes) -> None:
        whole = await self.journal(tmp_path)
        (tmp_path / JOURNAL).write_bytes(whole + rest)

        store = await open_tinydb(tmp_path)

        assert {1, 2} == await numbers_in(store)
        assert [rest] == set_aside(tmp_path)
        await store.close()

    async def test_room_for_more_is_no_torn_tail(self, tmp_path: Path) -> None:
        whole = await self.journal(tmp_path)
        (tmp_path / JOURNAL).write_bytes(whole + b"\0" * 5000)

        store = await open_tinydb(tmp_path)

        assert {1, 2} == await numbers_in(store)
        assert [] == set_aside(tmp_path)
        await store.close()
        assert whole == (tmp_path / JOURNAL).read_bytes()

    async def test_damage_in_front_of_good_records_is_refused(self, tmp_path: Path) -> None:
        whole = await self.journal(tmp_path)
        first = whole.index(b"\n") + 1
        last = whole.rindex(b"\n", 0, -1)

        for place in [*range(first, last, 37), last]:
            damaged = bytearray(whole)
            damaged[place] ^= 1
            (tmp_path / JOURNAL).write_bytes(bytes(damaged))
            with pytest.raises(StoreRefused, match=r"damaged at byte \d+ .*truncate -s"):
                await open_tinydb(tmp_path)
            assert bytes(damaged) == (tmp_path / JOURNAL).read_bytes()

    async def test_a_missing_line_is_refused(self, tmp_path: Path) -> None:
        lines = (await self.journal(tmp_path)).splitlines(keepends=True)
        (tmp_path / JOURNAL).write_bytes(lines[0] + lines[2])

        with pytest.raises(StoreRefused, match="damaged"):
            await open_tinydb(tmp_path)

    async def test_the_advice_to_cut_works(self, tmp_path: Path) -> None:
        whole = bytearray(await self.journal(tmp_path))
        whole[whole.index(b"\n") + 20] ^= 1
        (tmp_path / JOURNAL).write_bytes(bytes(whole))
        with pytest.raises(StoreRefused) as refused:
            await open_tinydb(tmp_path)

        os.truncate(tmp_path / JOURNAL, int(str(refused.value).split("truncate -s ")[1].split()[0]))

        store = await open_tinydb(tmp_path)
        assert set() == await numbers_in(store)
        await store.close()


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 256 kB where we may mount one; else files may not grow beyond that."""
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)],
            check=False,
            capture_output=True,
        ).returncode
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, limits[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


class TestFullDisk:
    """No space left."""

    async def fill(self, folder: Path, chance: random.Random) -> None:
        acknowledged: set[int] = set()
        refused: set[int] = set()
        store = await open_tinydb(folder)

        async def write(number: int) -> None:
            try:
                await store.commit(decision(number))
            except StoreUnavailable:
                refused.add(number)
            else:
                acknowledged.add(number)

        for start in range(0, 10_000, 10):
            size = chance.randint(1, 10)
            await asyncio.gather(*(write(start + each) for each in range(size)))
            if refused:
                break

        assert refused
        assert acknowledged == await numbers_in(store)
        with pytest.raises(StoreUnavailable):
            await store.commit(put(Note("big", text="x" * 300_000)))
        await store.commit(Commit(NOON, keys=()))
        await store.close()
        again = await open_tinydb(folder)
        assert acknowledged == await numbers_in(again)
        await again.close()

    async def fill_disks(self, tmp_path: Path, rounds: int) -> None:
        chance = random.Random(7)
        for number in range(rounds):
            with small_disk(tmp_path / str(number)) as disk:
                (disk / "ballast").write_bytes(b"\0" * chance.randint(1, 200_000))
                await self.fill(disk, chance)

    async def test_a_full_disk_loses_nothing(self, tmp_path: Path) -> None:
        await self.fill_disks(tmp_path, 3)

    @pytest.mark.faults
    async def test_many_full_disks_lose_nothing(self, tmp_path: Path, fault_rounds: int) -> None:
        await self.fill_disks(tmp_path, fault_rounds)


class TestFailingDisk:
    """Errors on the way to the disk, one by one."""

    @pytest.fixture
    def disk(self) -> FaultyDisk:
        return FaultyDisk()

    @pytest.fixture
    async def store(self, tmp_path: Path, disk: FaultyDisk) -> AsyncIterator[TinyStore]:
        store = await open_tinydb(tmp_path, disk)
        yield store
        await store.close()

    @staticmethod
    async def reopened(store: TinyStore, folder: Path) -> Store:
        await store.close()
        return await open_tinydb(folder)

    async def test_a_failed_write_changes_nothing(
        self, store: TinyStore, disk: FaultyDisk, tmp_path: Path
    ) -> None:
        await store.commit(decision(1))
        before = await rows_of(store)
        disk.faults.before_write = fails(errno.ENOSPC)

        with pytest.raises(StoreUnavailable, match="free space"):
            await store.commit(decision(2))

        assert before == await rows_of(store)
        again = await self.reopened(store, tmp_path)
        assert before == await rows_of(again)
        await again.close()

    @pytest.mark.parametrize("step", ["before_write", "before_sync"])
    async def test_work_goes_on_when_the_disk_does(
        self, store: TinyStore, disk: FaultyDisk, tmp_path: Path, step: str
    ) -> None:
        setattr(disk.faults, step, fails())
        for number in (1, 2):
            with pytest.raises(StoreUnavailable):
                await store.commit(decision(number))
        with pytest.raises(StoreUnavailable):
            await store.health()
        setattr(disk.faults, step, lambda: None)

        await store.health()
        await store.commit(decision(3))

        assert {3} == await numbers_in(store)
        again = await self.reopened(store, tmp_path)
        assert {3} == await numbers_in(again)
        await again.close()

    async def test_after_a_failed_fsync_the_file_is_cut_and_read_anew(
        self, store: TinyStore, disk: FaultyDisk, tmp_path: Path
    ) -> None:
        await store.commit(decision(1))
        disk.faults.before_sync = fails()
        disk.faults.before_cut = fails()
        with pytest.raises(StoreUnavailable):
            await store.commit(decision(2))
        assert b"00000002" in (tmp_path / JOURNAL).read_bytes()
        disk.faults.before_sync = disk.faults.before_cut = lambda: None

        await store.commit(decision(3))

        assert b"00000002" not in (tmp_path / JOURNAL).read_bytes()
        assert {1, 3} == await numbers_in(store)

    async def test_a_failed_write_undoes_what_was_decided_after_the_last_good_one(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        disk.faults.before_sync = is_slow
        await store.commit(put(Note("1", text="kept")))
        gate = Gate()
        disk.faults.before_sync = gate
        first = asyncio.create_task(store.commit(put(Note("1", text="kept too"), expected=1)))
        await asyncio.to_thread(gate.reached.wait, 10)
        second = asyncio.create_task(store.commit(put(Note("1", text="lost"), expected=2)))
        await asyncio.sleep(0)
        disk.faults.before_write = fails()
        gate.open()
        await first
        with pytest.raises(StoreUnavailable):
            await second

        stored = await store.get(NOTE, "1")
        assert stored is not None
        assert ("kept too", 2) == (stored.record.text, stored.version)

    async def test_a_chain_of_decisions_falls_with_its_first(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        disk.faults.before_sync = is_slow
        await store.commit(put(Note("1", text="kept")))
        gate = Gate()

        def wait_then_fail() -> None:
            gate()
            raise OSError(errno.EIO, "no more")

        disk.faults.before_sync = wait_then_fail
        first = asyncio.create_task(store.commit(put(Note("1", text="lost"), expected=1)))
        await asyncio.to_thread(gate.reached.wait, 10)
        others = [
            asyncio.create_task(store.commit(put(Note("1", text=f"lost {n}"), expected=n)))
            for n in (2, 3)
        ]
        refused = asyncio.create_task(store.commit(put(Note("1", text="never"), expected=1)))
        await asyncio.sleep(0)
        gate.open()

        results = await asyncio.gather(first, *others, refused, return_exceptions=True)

        assert [StoreUnavailable] * 4 == [type(result) for result in results]
        disk.faults.before_sync = lambda: None
        stored = await store.get(NOTE, "1")
        assert stored is not None
        assert ("kept", 1) == (stored.record.text, stored.version)
        assert 1 == await store.count(NOTE, "status", "open")

    async def test_a_refusal_waits_for_the_disk(self, store: TinyStore, disk: FaultyDisk) -> None:
        gate = Gate()
        disk.faults.before_sync = gate
        winner = asyncio.create_task(store.commit(put(Note("1"))))
        await asyncio.to_thread(gate.reached.wait, 10)

        loser = asyncio.create_task(store.commit(put(Note("1"))))
        await asyncio.sleep(0.05)

        assert not loser.done()
        gate.open()
        await winner
        with pytest.raises(Conflict):
            await loser

    async def test_nothing_is_read_or_leased_before_it_is_on_the_disk(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        gate = Gate()
        disk.faults.before_sync = gate
        commit = Commit(NOON, keys=("k",), puts=(Put(NOTE, Note("1")),), outbox=(message("m"),))
        writing = asyncio.create_task(store.commit(commit))
        await asyncio.to_thread(gate.reached.wait, 10)

        reading = [
            asyncio.ensure_future(each)
            for each in (
                store.get(NOTE, "1"),
                store.find(NOTE, "status", "open"),
                store.count(NOTE, "status", "open"),
                store.has_key("k"),
                store.outbox_entry("m"),
                store.entries_about("x"),
                store.entry_at(TEAM, "C", "1"),
                lease(store),
                rows_of(store),
            )
        ]
        await asyncio.sleep(0.05)

        assert not any(task.done() for task in reading)
        gate.open()
        await asyncio.gather(writing, *reading)

    async def test_a_read_of_what_fails_shows_what_was_before(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        gate = Gate()

        def wait_then_fail() -> None:
            gate()
            raise OSError(errno.EIO, "no more")

        disk.faults.before_sync = wait_then_fail
        writing = asyncio.create_task(store.commit(put(Note("1"))))
        await asyncio.to_thread(gate.reached.wait, 10)
        reading = asyncio.create_task(store.get(NOTE, "1"))
        await asyncio.sleep(0)
        gate.open()

        assert await reading is None
        with pytest.raises(StoreUnavailable):
            await writing

    async def test_what_gathers_during_one_fsync_is_one_frame(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        disk.faults.before_sync = is_slow
        await store.commit(decision(0))
        gate = Gate()
        disk.faults.before_sync = gate
        first = asyncio.create_task(store.commit(decision(1)))
        await asyncio.to_thread(gate.reached.wait, 10)
        others = [asyncio.create_task(store.commit(decision(n))) for n in range(2, 60)]
        await asyncio.sleep(0)
        disk.faults.syncs, disk.faults.written = 0, []
        gate.open()

        await asyncio.gather(first, *others)

        assert (2, 1) == (disk.faults.syncs, len(disk.faults.written))
        assert 1 == disk.faults.written[0].count(b"\n")

    async def test_a_commit_given_up_by_its_caller_is_still_whole(
        self, store: TinyStore, disk: FaultyDisk
    ) -> None:
        gate = Gate()
        disk.faults.before_sync = gate
        writing = asyncio.create_task(store.commit(decision(1)))
        await asyncio.to_thread(gate.reached.wait, 10)

        writing.cancel()
        gate.open()

        with pytest.raises(asyncio.CancelledError):
            await writing
        assert {1} == await numbers_in(store)


class TestRewriting:
    """The journal is rewritten when most of it is history."""

    async def test_a_rewritten_journal_holds_the_same_in_less(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        for number in range(900):
            await store.commit(put(Note("1", text="x" * 500), expected=number))
        before, size = await rows_of(store), (tmp_path / JOURNAL).stat().st_size

        await rewritten(store, tmp_path)

        assert (tmp_path / JOURNAL).stat().st_size < size / 2
        assert before == await rows_of(store)
        await store.commit(put(Note("2")))
        after = await rows_of(store)
        await store.close()
        again = await open_tinydb(tmp_path)
        assert after == await rows_of(again)
        await again.close()

    async def test_commits_go_on_while_it_is_rewritten(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        for number in range(100):
            await store.commit(decision(number))

        for number in range(100, 400):
            if number % 20 == 0:
                store.rewrite_soon()
            await store.commit(decision(number))

        await store.close()
        again = await open_tinydb(tmp_path)
        assert set(range(400)) == await numbers_in(again)
        assert [] == leftovers(tmp_path)
        await again.close()

    async def test_closing_gives_a_rewrite_up(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        for number in range(300):
            await store.commit(decision(number))
        store.rewrite_soon()
        await store.close()

        assert [] == leftovers(tmp_path)
        again = await open_tinydb(tmp_path)
        assert set(range(300)) == await numbers_in(again)
        await again.close()

    async def test_a_rewrite_without_space_leaves_the_journal_as_it_is(
        self, tmp_path: Path
    ) -> None:
        disk = FaultyDisk()
        store = await open_tinydb(tmp_path, disk)
        await store.commit(decision(1))
        disk.faults.before_write = fails(errno.ENOSPC)
        store.rewrite_soon()
        await asyncio.sleep(0.1)
        disk.faults.before_write = lambda: None

        await store.commit(decision(2))

        assert {1, 2} == await numbers_in(store)
        assert [] == leftovers(tmp_path)
        await store.close()


def set_aside(folder: Path) -> list[bytes]:
    """Torn tails that were kept."""
    return [path.read_bytes() for path in folder.glob("*.torn-*")]


def leftovers(folder: Path) -> list[Path]:
    """Rewrites that were not finished."""
    return list(folder.glob("*.new"))


async def test_memory_stays_flat_when_what_is_done_is_purged(tmp_path: Path) -> None:
    store = await open_tinydb(tmp_path)

    async def work(day: int) -> int:
        """Bytes in use after a day of 300 messages, all sent, and purged in the end."""
        for number in range(300):
            name = f"{day} {number}"
            item = message(name, f"group {name}", about=f"note:{name}")
            timer = command(f"timer {name}", after(99))
            await store.commit(Commit(NOON, keys=(name,), outbox=(item,), due=(timer,)))
            await store.commit(Commit(NOON, due=(command(timer.key, after(100)),)))
            for held in await lease(store):
                await store.finish_outbox(held, Posted("C1", name))
            await store.commit(Commit(NOON, cancels=(timer.key,)))
        await store.purge(keys_before=after(9999), outbox_before=after(9999))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    used = [await work(day) for day in range(6)]
    tracemalloc.stop()

    assert min(used[3:]) - min(used[:3]) < 50_000
    await store.close()


async def rewritten(store: TinyStore, folder: Path) -> None:
    """Rewrite the journal, and return once that was done."""
    number = (folder / JOURNAL).stat().st_ino
    store.rewrite_soon()
    for _ in range(1000):
        if (folder / JOURNAL).stat().st_ino != number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the journal was not rewritten")


def test_a_journal_of_text_that_looks_like_frames_is_read_right() -> None:
    inner = frames.frame(7, b"[]").decode()
    raw = frames.header() + frames.frame(1, frames.dump([inner]))
    seen: list[bytes] = []

    found = frames.scan(raw, seen.append)

    assert [frames.dump([inner])] == seen
    assert (1, len(raw), b"") == (found.sequence, found.end, found.torn)
