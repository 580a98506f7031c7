"""TinyDB on the journal: its ``Storage``, its ``Table`` and the database that joins them.

All of TinyDB's API works, and a write returns once it is on the disk. The table is ours too, since
TinyDB's own rebuilds the whole table on every write. A document handed out shares its inner lists
and dicts with the store, as with TinyDB's MemoryStorage: copy it before altering it.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, TypeVar, cast

from tinydb import TinyDB
from tinydb.storages import JSONStorage, Storage
from tinydb.table import Table

from storage import frames
from storage.disk import Disk, FolderLock, LocalDisk
from storage.errors import StoreRefused, StoreUnavailable
from storage.group_commit import GroupCommit, Ticket
from storage.journal import JOURNAL, LOCK, Journal, open_journal
from storage.memory import Document, Draft, Follower, Tables, replay

TicketT = TypeVar("TicketT", bound=Ticket)


def no_followers(table: str) -> Follower | None:
    """Plain TinyDB tables have no indexes."""
    return None


class JournalStorage(Storage):
    """The tables of one folder: in memory, and in its journal.

    ``follower_of`` makes what is derived from a table's documents. Raises ``StoreRefused`` when
    the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path | str,
        disk: Disk | None = None,
        follower_of: Callable[[str], Follower | None] = no_followers,
    ) -> None:
        super().__init__()
        self.tables = Tables(follower_of)
        self._folder = Path(folder)
        self._lock_file = _locked(self._folder)
        try:
            journal, operations = self._open(disk or LocalDisk())
        except BaseException:
            self._lock_file.release()
            raise
        live = sum(len(self.tables.table(name)) for name in self.tables.names())
        base = journal.size * live // max(operations, 1)
        self.writer = GroupCommit(journal, self.tables, base)
        self.lock = self.writer.lock
        self._is_open = True

    def _open(self, disk: Disk) -> tuple[Journal, int]:
        count = itertools.count()

        def each(content: bytes) -> None:
            next(count)
            replay(self.tables, content)

        try:
            journal = open_journal(disk, self._folder, each)
        except OSError as problem:
            raise StoreRefused(
                f"{self._folder / JOURNAL} cannot be opened: {problem}. Nothing was changed: give"
                " the bot's user the right to read and write it"
            ) from problem
        return journal, next(count)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables, or ``None`` if there is none yet."""
        names = self.tables.names()
        return {name: cast(dict[str, Any], self.tables.table(name)) for name in names} or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Make the tables be ``data``; only what differs is written."""
        with self.lock:
            draft = Draft(self.tables)
            for name in set(self.tables.names()) - set(data):
                draft.drop_table(name)
            for name, documents in data.items():
                draft_difference(draft, name, {str(key): each for key, each in documents.items()})
            ticket = self.submit(draft, Ticket())
        ticket.wait()

    def submit(self, draft: Draft, ticket: TicketT) -> TicketT:
        """Make the changes of a draft in memory, and queue them for the disk.

        The caller holds ``lock`` since it began the draft, and waits for the ticket after letting
        go. What cannot be written as JSON raises ``TypeError`` or ``ValueError`` before anything
        changed.
        """
        content = draft.encoded()
        self.writer.enqueue(content, draft.apply(), draft.places(), ticket)
        return ticket

    def close(self) -> None:
        """Write what waits and let the folder go."""
        if not self._is_open:
            return
        self._is_open = False
        self.writer.close()
        self._lock_file.release()


def _locked(folder: Path) -> FolderLock:
    """Make the folder if need be, and be its only process."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FolderLock(folder / LOCK)
    except BlockingIOError:
        raise StoreRefused(_about_other_process(folder)) from None
    except (FileExistsError, NotADirectoryError):
        raise StoreRefused(
            f"{folder} is a file, not a folder. Nothing was changed: name a folder in STORE_URL,"
            " such as tinydb:state"
        ) from None
    except OSError as problem:
        raise StoreRefused(
            f"{folder} cannot be written: {problem}. Nothing was changed: give the bot's user the"
            " right to write there, or name another folder in STORE_URL"
        ) from problem


def _about_other_process(folder: Path) -> str:
    holder = (folder / LOCK).read_text(errors="replace").strip() or "unknown"
    return (
        f"{folder} is in use by another process (process id {holder}). Nothing was changed: stop"
        " that one first. Several replicas need PostgreSQL (STORE_URL=postgresql://...)"
    )


def draft_difference(draft: Draft, name: str, wanted: Mapping[str, Document]) -> None:
    """Draft what turns a table into ``wanted``, as JSON knows it."""
    if name not in draft.tables:
        draft.make_table(name)
    found = draft.tables.table(name)
    for doc_id in found.keys() - wanted.keys():
        draft.delete(name, doc_id)
    for doc_id, document in wanted.items():
        if found.get(doc_id) != document:
            draft.put(name, doc_id, frames.load(frames.dump(document)))


class _Worked(MutableMapping[Any, Document]):
    """A table as one update sees and changes it: documents are copied when they are looked at, so
    that an update may alter them in place."""

    def __init__(self, found: Mapping[str, Document], id_of: Callable[[Any], Any]) -> None:
        self._found = found
        self._id_of = id_of
        self._mine: dict[str, Document] = {}
        self._gone: set[str] = set()

    def __getitem__(self, key: Any) -> Document:
        doc_id = str(key)
        if doc_id not in self._mine:
            if doc_id in self._gone:
                raise KeyError(key)
            self._mine[doc_id] = copy.deepcopy(self._found[doc_id])
        return self._mine[doc_id]

    def __setitem__(self, key: Any, document: Document) -> None:
        self._mine[str(key)] = document
        self._gone.discard(str(key))

    def __delitem__(self, key: Any) -> None:
        if key not in self:
            raise KeyError(key)
        self._mine.pop(str(key), None)
        self._gone.add(str(key))

    def __contains__(self, key: object) -> bool:
        doc_id = str(key)
        return doc_id in self._mine or (doc_id in self._found and doc_id not in self._gone)

    def __iter__(self) -> Iterator[Any]:
        kept = (doc_id for doc_id in self._found if doc_id not in self._gone)
        added = (doc_id for doc_id in self._mine if doc_id not in self._found)
        return map(self._id_of, itertools.chain(kept, added))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self._mine.clear()
        self._gone.update(self._found)

    def draft(self, tables: Tables, name: str) -> Draft:
        """What changed."""
        draft = Draft(tables)
        draft.make_table(name)
        for doc_id in self._gone & self._found.keys():
            draft.delete(name, doc_id)
        for doc_id, document in self._mine.items():
            if doc_id in self._gone or self._found.get(doc_id) != document:
                draft.put(name, doc_id, frames.load(frames.dump(document)))
        return draft


class JournalTable(Table):
    """A TinyDB table whose writes go into the journal, and cost what they change."""

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        storage = cast(JournalStorage, self._storage)
        self.clear_cache()
        with storage.lock:
            worked = _Worked(storage.tables.table(self.name), self.document_id_class)
            updater(worked)
            draft = worked.draft(storage.tables, self.name)
            ticket = storage.submit(draft, Ticket())
        try:
            ticket.wait()
        except StoreUnavailable:
            self._next_id = None
            raise
        finally:
            self.clear_cache()

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        storage = cast(JournalStorage, self._storage)
        return cast(dict[str, Mapping[str, Any]], storage.tables.table(self.name))


class NamedTable(JournalTable):
    """A table of the store: its documents go by the ids of records, which are text."""

    document_id_class = cast(type[int], str)


class JournalDatabase(TinyDB):
    """A TinyDB whose tables are in a journal."""

    default_storage_class = cast(type[JSONStorage], JournalStorage)
    table_class = JournalTable

    def named_table(self, name: str) -> NamedTable:
        """The table of the store with that name, for queries beside the bot's own."""
        return NamedTable(self.storage, name)
