"""A journal's tables to read from, beside the process that writes them."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from storage.errors import StoreRefused
from storage.group_commit import GroupCommit, LoopTicket, Place, Ticket, Unawaited
from storage.indexes import RecordIndexes
from storage.journal import JOURNAL, read_journal
from storage.journal_storage import JournalStorage, TicketT
from storage.memory import Draft, Follower, Tables, Undo, replay
from storage.tinydb_store import TinyStore, follower_of


async def copy_tinydb(folder: Path) -> TinyStore:
    """The store in a folder as its journal has it now, in memory. Raises ``StoreRefused``."""
    return TinyStore(JournalCopy(folder))


class _NoWriter(GroupCommit):
    """Everything is settled, since nothing is ever written."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.failing = False

    def enqueue(self, content: bytes, undo: Undo, places: Iterable[Place], ticket: Ticket) -> None:
        ticket.settle(None)
        if isinstance(ticket, LoopTicket):
            ticket.resolve()

    def is_settled(self, place: Place) -> bool:
        return True

    def rewrite_soon(self) -> None:
        """There is no journal."""

    def close(self) -> None:
        """There is nothing to close."""


class _CopiedTables(Tables):
    """Nothing is derived from a table before somebody asks for it: a reader asks for few."""

    def __init__(self, follower_of: Callable[[str], Follower | None]) -> None:
        super().__init__(lambda table: None)
        self._asked_for = follower_of

    def follower(self, table: str) -> Follower | None:
        if table in self and table not in self._followers:
            self._begin(table)
        return super().follower(table)

    def _begin(self, table: str) -> None:
        follower = self._asked_for(table)
        if isinstance(follower, RecordIndexes):
            follower.begin(self.table(table))
        elif follower is not None:
            for doc_id, document in self.table(table).items():
                follower.changed(doc_id, None, document)
        if follower is not None:
            self._followers[table] = follower


class JournalCopy(JournalStorage):
    """The tables as they were when this was made. A frame just being written is left out."""

    def __init__(self, folder: Path) -> None:
        self.tables = _CopiedTables(follower_of)
        self._folder = folder
        self._is_open = True
        self.writer = _NoWriter()
        self.lock = self.writer.lock
        path = folder / JOURNAL
        try:
            raw = path.read_bytes()
        except OSError as problem:
            raise StoreRefused(f"{path} cannot be read: {problem}") from problem
        read_journal(path, raw, lambda content: replay(self.tables, content))

    def submit(self, draft: Draft, ticket: TicketT) -> TicketT:
        """Only what is derived from the records, which nobody waits for, is done, in memory."""
        if not isinstance(ticket, Unawaited):
            raise StoreRefused("this is a copy to read from; stop the bot to write to its store")
        draft.apply()
        return ticket

    def close(self) -> None:
        """There is nothing to let go."""
