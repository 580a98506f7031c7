"""The journal file: an append-only history that is the TinyDB engine's truth on disk."""

import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from storage import frames
from storage.disk import Disk, DiskFile
from storage.errors import StoreRefused

log = logging.getLogger(__name__)

JOURNAL = "signpost.journal"
REWRITE = "signpost.journal.new"
LOCK = ".lock"

ROOM_AT_ONCE = 256 * 1024
"""Bytes of room made when there is none: an fsync that need not make the file longer is faster by
a quarter, and waits less for others who use the same file system."""


class Journal:
    """An open journal. Only whoever has the writer's turn touches it once it is open."""

    def __init__(self, disk: Disk, path: Path, file: DiskFile, end: frames.Scan) -> None:
        self._disk = disk
        self._path = path
        self._file = file
        self._sequence = end.sequence
        self.size = end.end
        self._allocated = end.end
        self.sound = True

    def append(self, content: bytes) -> None:
        """Write one frame; returns once it is on the disk.

        On ``OSError`` the frame is cut off again. If that fails too the journal is not ``sound``,
        and :meth:`reopen` must succeed before anything else is written: what a failed fsync left
        on the disk is unknown, and a second fsync may wrongly report success
        (wiki.postgresql.org/wiki/Fsync_Errors).
        """
        line = frames.frame(self._sequence + 1, content)
        self.sound = False
        try:
            self._make_room(len(line))
            self._file.write(self.size, line)
        except OSError:
            self._cut_back()
            raise
        self._file.sync()
        self.sound = True
        self._sequence += 1
        self.size += len(line)

    def _make_room(self, length: int) -> None:
        """Where there is no space for room, the line itself may still fit."""
        if self.size + length <= self._allocated:
            return
        room = frames.ROOM * (length + ROOM_AT_ONCE)
        try:
            self._file.write(self.size, room)
        except OSError:
            self._file.cut(self.size)
            self._allocated = self.size
        else:
            self._allocated = self.size + len(room)

    def _cut_back(self) -> None:
        self._allocated = self.size
        try:
            self._file.cut(self.size)
            self._file.sync()
        except OSError:
            return
        self.sound = True

    def reopen(self) -> None:
        """Open the file anew, cut what was never acknowledged, and read all of it again.

        Raises ``OSError`` when the disk still refuses, ``StoreRefused`` when the file is not as
        it was written.
        """
        file = self._disk.open(self._path)
        try:
            file.cut(self.size)
            file.sync()
            self._disk.sync_folder(self._path.parent)
            found = read_journal(self._path, file.read(0), lambda content: None)
        except BaseException:
            file.close()
            raise
        if (found.sequence, found.end) != (self._sequence, self.size):
            file.close()
            raise StoreRefused(f"{self._path} changed under the running bot; restart it")
        self._file.close()
        self._file, self._allocated, self.sound = file, self.size, True

    def start_rewrite(self, contents: Iterable[bytes]) -> "Journal":
        """A new journal of the given frames beside this one, on the disk but not yet in use."""
        path = self._path.with_name(REWRITE)
        file = self._disk.create(path)
        try:
            file.write(0, frames.header())
            fresh = Journal(self._disk, path, file, frames.Scan(0, len(frames.header()), b""))
            for content in contents:
                fresh.append_unsynced(content)
            file.sync()
        except BaseException:
            file.close()
            self._disk.remove(path)
            raise
        return fresh

    def append_unsynced(self, content: bytes) -> None:
        """Write one frame that a later fsync makes durable; for a journal not yet in use."""
        line = frames.frame(self._sequence + 1, content)
        self._file.write(self.size, line)
        self._sequence += 1
        self.size += len(line)

    def take_over(self, fresh: "Journal", since: int) -> None:
        """Go on with ``fresh`` in place of this file, with what was written ``since`` copied."""
        for line in self._file.read(since)[: self.size - since].splitlines():
            fresh.append_unsynced(line.split(b" ", 2)[2])
        fresh._file.sync()
        self._disk.replace(fresh._path, self._path)
        self._file.close()
        self._file, self._sequence = fresh._file, fresh._sequence
        self.size = self._allocated = fresh.size
        self.sound = False
        self._disk.sync_folder(self._path.parent)
        self.sound = True

    def abandon(self) -> None:
        """Give up a rewrite. What a failing disk keeps of it is removed at the next start."""
        self._file.close()
        with contextlib.suppress(OSError):
            self._disk.remove(self._path)

    def close(self) -> None:
        """Let go of the file, without its room."""
        with contextlib.suppress(OSError):
            self._file.cut(self.size)
        self._file.close()


def read_journal(path: Path, raw: bytes, each: Callable[[bytes], None]) -> frames.Scan:
    """Scan a journal's bytes. Raises ``StoreRefused`` saying what is wrong and what to do."""
    try:
        return frames.scan(raw, each)
    except frames.NotAJournal:
        raise StoreRefused(
            f"{path} is not a journal of this bot. Nothing was changed: move the file away, or"
            " name another folder in STORE_URL"
        ) from None
    except frames.NewerFormat:
        raise StoreRefused(
            f"{path} was written by a newer version of the bot. Nothing was changed: start that"
            " version, or export there and import here"
        ) from None
    except frames.Damaged as damage:
        raise StoreRefused(_about_damage(path, damage)) from None


def _about_damage(path: Path, damage: frames.Damaged) -> str:
    return (
        f"{path} is damaged at byte {damage.offset} (line {damage.line}), and good records follow,"
        " so this was no interrupted write and nothing was changed. Copy the folder first. Then"
        " restore your latest backup into an empty folder (python bot.py restore FILE), or, to"
        " give up everything written from that line on, cut the file there:"
        f" truncate -s {damage.offset} {path}"
    )


def open_journal(disk: Disk, folder: Path, each: Callable[[bytes], None]) -> Journal:
    """The journal of ``folder``, made if there is none; every frame's content goes to ``each``.

    A torn last line is set aside beside the journal, then cut off.
    """
    path = folder / JOURNAL
    disk.remove(folder / REWRITE)
    if not disk.exists(path):
        _create(disk, folder, path)
    file = disk.open(path)
    try:
        raw = file.read(0)
        end = read_journal(path, raw, each)
        if end.torn:
            _set_aside(disk, path, end)
        file.cut(end.end)
        file.sync()  # a killed process may have left its last frames in the page cache only
    except BaseException:
        file.close()
        raise
    return Journal(disk, path, file, end)


def _create(disk: Disk, folder: Path, path: Path) -> None:
    """Make the file whole before it gets its name, so that no power cut leaves half a header."""
    file = disk.create(folder / REWRITE)
    try:
        file.write(0, frames.header())
        file.sync()
    finally:
        file.close()
    disk.replace(folder / REWRITE, path)
    disk.sync_folder(folder)


def _set_aside(disk: Disk, path: Path, end: frames.Scan) -> None:
    aside = path.with_name(f"{path.name}.torn-{end.sequence + 1}-{end.end}")
    file = disk.create(aside)
    try:
        file.write(0, end.torn)
        file.sync()
    finally:
        file.close()
    disk.sync_folder(path.parent)
    log.warning(
        "an interrupted write was cut from %s; its %d bytes are kept in %s",
        path,
        len(end.torn),
        aside,
    )
