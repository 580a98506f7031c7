"""The few things the journal asks of a disk, so that tests can cut its power or slow it down."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Protocol


class DiskFile(Protocol):
    """One open file."""

    def write(self, start: int, content: bytes) -> None:
        """Write all of ``content`` from ``start`` on; raises ``OSError`` after writing some, or
        none of it."""

    def sync(self) -> None:
        """Return once everything written is on the disk."""

    def cut(self, size: int) -> None:
        """Forget what stands behind ``size`` bytes."""

    def read(self, start: int) -> bytes:
        """What the file holds from ``start`` on."""

    def close(self) -> None:
        """Let go of the file."""


class Disk(Protocol):
    """Where files live. Paths are of one folder."""

    def exists(self, path: Path) -> bool:
        """Whether there is a file of that name."""

    def create(self, path: Path) -> DiskFile:
        """A new, empty file in place of any that had the name."""

    def open(self, path: Path) -> DiskFile:
        """The file that is there."""

    def replace(self, source: Path, target: Path) -> None:
        """Give ``source`` the name ``target``."""

    def remove(self, path: Path) -> None:
        """Delete the file, if it is there."""

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in ``folder`` are on the disk."""


def _sync_content(descriptor: int) -> None:
    """fsync, in the form that reaches the platter: see fcntl(2) on macOS for F_FULLFSYNC."""
    if hasattr(fcntl, "F_FULLFSYNC"):
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        return
    os.fdatasync(descriptor)


class LocalFile:
    """A file of the operating system."""

    def __init__(self, path: Path, flags: int) -> None:
        self._descriptor = os.open(path, flags | os.O_RDWR, 0o600)

    def write(self, start: int, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            written = os.pwrite(self._descriptor, rest, start)
            rest, start = rest[written:], start + written

    def sync(self) -> None:
        _sync_content(self._descriptor)

    def cut(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def read(self, start: int) -> bytes:
        size = os.fstat(self._descriptor).st_size
        pieces = []
        while start < size:
            piece = os.pread(self._descriptor, size - start, start)
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        os.close(self._descriptor)


class LocalDisk:
    """The disk of this machine."""

    def exists(self, path: Path) -> bool:
        return path.exists()

    def create(self, path: Path) -> DiskFile:
        return LocalFile(path, os.O_CREAT | os.O_TRUNC)

    def open(self, path: Path) -> DiskFile:
        return LocalFile(path, 0)

    def replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class FolderLock:
    """The right of one process to write in a folder, held until :meth:`release` or its end."""

    def __init__(self, path: Path) -> None:
        """Raises ``BlockingIOError`` when another process holds it."""
        self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._sign()

    def _sign(self) -> None:
        """Leave the process id for whoever is refused; a full disk does not matter here."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process have the folder."""
        os.close(self._descriptor)
