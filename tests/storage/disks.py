"""Disks that lose their power, fail, fill up or are slow."""

import errno
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from storage.disk import Disk, DiskFile, LocalDisk


class PowerIsOff(OSError):
    """Nothing reaches this disk any more."""


SECTOR = 64
"""Bytes that reach the platter together, or not."""


@dataclass
class Content:
    """A file: what was written, what of it reached the platter for sure, and the writes (start,
    bytes) and cuts (size, None) since then."""

    written: bytes = b""
    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)


def changed(content: bytes, start: int, new: bytes | None) -> bytes:
    """A write into a file, or a cut."""
    if new is None:
        return content[:start]
    return content.ljust(start, b"\0")[:start] + new + content[start + len(new) :]


class MemoryDisk:
    """A disk in memory that remembers what was synced. ``power`` counts the operations left."""

    def __init__(self, power: int = 1_000_000) -> None:
        self.power = power
        self.names: dict[str, Content] = {}
        self.durable_names: dict[str, Content] = {}
        self.lock = threading.Lock()

    def spend(self) -> None:
        """One operation."""
        with self.lock:
            if self.power <= 0:
                raise PowerIsOff(errno.EIO, "the power is off")
            self.power -= 1

    def exists(self, path: Path) -> bool:
        return path.name in self.names

    def create(self, path: Path) -> DiskFile:
        self.spend()
        self.names[path.name] = Content()
        return MemoryFile(self, self.names[path.name])

    def open(self, path: Path) -> DiskFile:
        self.spend()
        return MemoryFile(self, self.names[path.name])

    def replace(self, source: Path, target: Path) -> None:
        self.spend()
        self.names[target.name] = self.names.pop(source.name)

    def remove(self, path: Path) -> None:
        self.spend()
        self.names.pop(path.name, None)

    def sync_folder(self, folder: Path) -> None:
        self.spend()
        self.durable_names = dict(self.names)

    def after_power_cut(self, chance: random.Random) -> "MemoryDisk":
        """What the platter holds: synced bytes, and of the rest whatever came through."""
        disk = MemoryDisk()
        for name, content in self.durable_names.items():
            kept = survived(content, chance)
            disk.names[name] = disk.durable_names[name] = Content(kept, kept)
        return disk


def survived(content: Content, chance: random.Random) -> bytes:
    """The synced bytes, and any of the sectors written since then."""
    kept = content.durable
    for start, new in content.pending:
        if new is None:
            kept = kept[:start] if chance.random() < 0.5 else kept
            continue
        for place in range(0, len(new), SECTOR):
            if chance.random() < 0.7:
                kept = changed(kept, start + place, new[place : place + SECTOR])
    return kept


@dataclass
class MemoryFile:
    """One file of such a disk."""

    disk: MemoryDisk
    content: Content

    def write(self, start: int, content: bytes) -> None:
        self.disk.spend()
        self._change(start, content)

    def _change(self, start: int, new: bytes | None) -> None:
        self.content.written = changed(self.content.written, start, new)
        self.content.pending.append((start, new))

    def sync(self) -> None:
        self.disk.spend()
        self.content.durable = self.content.written
        self.content.pending.clear()

    def cut(self, size: int) -> None:
        self.disk.spend()
        self._change(size, None)

    def read(self, start: int) -> bytes:
        return self.content.written[start:]

    def close(self) -> None:
        """Nothing to let go."""


@dataclass
class Faults:
    """What the files of a :class:`FaultyDisk` do. ``before_sync`` runs in the writer's thread."""

    before_write: Callable[[], None] = lambda: None
    before_sync: Callable[[], None] = lambda: None
    before_cut: Callable[[], None] = lambda: None
    syncs: int = 0
    written: list[bytes] = field(default_factory=list)


class FaultyDisk(LocalDisk):
    """The real disk, with faults on the way to it."""

    def __init__(self) -> None:
        self.faults = Faults()

    def create(self, path: Path) -> DiskFile:
        return FaultyFile(super().create(path), self.faults)

    def open(self, path: Path) -> DiskFile:
        return FaultyFile(super().open(path), self.faults)


@dataclass
class FaultyFile:
    """A file whose faults come before what they prevent."""

    file: DiskFile
    faults: Faults

    def write(self, start: int, content: bytes) -> None:
        self.faults.before_write()
        if content.strip(b"\0"):
            self.faults.written.append(content)
        self.file.write(start, content)

    def sync(self) -> None:
        self.faults.before_sync()
        self.faults.syncs += 1
        self.file.sync()

    def cut(self, size: int) -> None:
        self.faults.before_cut()
        self.file.cut(size)

    def read(self, start: int) -> bytes:
        return self.file.read(start)

    def close(self) -> None:
        self.file.close()


SLOW = 0.03
"""Seconds of a write that makes a disk count as slow, whatever the writes before it took."""


def is_slow() -> None:
    """A fault that takes long."""
    time.sleep(SLOW)


def fails(error: int = errno.EIO) -> Callable[[], None]:
    """A fault that raises."""

    def fail() -> None:
        raise OSError(error, "no more")

    return fail


class Gate:
    """A fault that waits until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self._open.wait(10)

    def open(self) -> None:
        self._open.set()


def is_disk(disk: Disk) -> Disk:
    """Holds the type checker to it that these are disks."""
    return disk


is_disk(MemoryDisk())
is_disk(FaultyDisk())
