"""The store port: all that the bot asks of its memory.

There is one way to write a decision, :meth:`Store.commit`, and it is all or nothing. When it
returns, the commit survives a crash and a power cut. Times are aware, in UTC.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from storage.bell import Listener, Work
from storage.outbox import (
    Call,
    DueCommand,
    DueLease,
    Lane,
    OutboxEntry,
    OutboxItem,
    OutboxLease,
    Outcome,
    Posted,
)
from storage.records import NEW, Record, RecordKind, Stored

R = TypeVar("R", bound=Record)


class Order(StrEnum):
    """Records come in the order of their ids, which are made to sort by time."""

    OLDEST_FIRST = "oldest first"
    NEWEST_FIRST = "newest first"


@dataclass(frozen=True)
class Put:
    """Write a record that is at version ``expected`` now (``NEW``: that does not exist yet)."""

    kind: RecordKind[Any]
    record: Record
    expected: int = NEW


@dataclass(frozen=True)
class Delete:
    """Delete a record that is at version ``expected`` now."""

    kind: RecordKind[Any]
    id: str
    expected: int


@dataclass(frozen=True)
class Commit:
    """Everything that one decision changes.

    ``keys`` are dedupe keys: if one is taken, nothing is written and ``Duplicate`` is raised.
    ``expects`` are ``(kind name, id, version)`` that must hold although the commit does not write
    them. An outbox item whose key exists already is left as it is. A due command whose key waits
    already is moved. ``cancels`` are keys of due commands to withdraw (unknown ones are fine).
    ``finishes`` is the due command this decision was made for; if its lease was lost to another
    owner, ``Conflict`` is raised.
    """

    at: datetime
    keys: tuple[str, ...] = ()
    expects: tuple[tuple[str, str, int], ...] = ()
    puts: tuple[Put, ...] = ()
    deletes: tuple[Delete, ...] = ()
    outbox: tuple[OutboxItem, ...] = ()
    due: tuple[DueCommand, ...] = ()
    cancels: tuple[str, ...] = ()
    finishes: DueLease | None = None


@dataclass(frozen=True)
class Row:
    """One line of an export: ``table`` (record, outbox, due, key), its columns as JSON values."""

    table: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Backlog:
    """What waits: counts for health and metrics. ``oldest_due`` is when the
    longest waiting outbox item fell due for the first time."""

    outbox: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    dead: int = 0
    oldest_due: datetime | None = None


class Store(Protocol):
    """One contract, two engines; ``tests/storage`` holds it."""

    async def commit(self, commit: Commit) -> None:
        """Write all of ``commit`` or nothing; returns once it is durable.

        Raises ``Duplicate``, ``Conflict`` or ``StoreUnavailable``.
        """

    async def get(self, kind: RecordKind[R], record_id: str) -> Stored[R] | None:
        """The record of that id, or ``None``."""

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
        """Up to ``limit`` records whose ``index`` has ``value``, by id, beyond the id ``after``."""

    async def count(self, kind: RecordKind[R], index: str, value: str) -> int:
        """How many records have ``value`` in ``index``."""

    async def has_key(self, key: str) -> bool:
        """Whether the dedupe key is taken."""

    async def lease_outbox(
        self, lane: Lane, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[OutboxLease]:
        """Up to ``limit`` items of ``lane`` that are due and not leased, oldest first.

        An item is handed out only when every earlier one of its order group (of its lane) is done
        or dead; so at most one item a group is leased at a time.
        """

    async def finish_outbox(self, lease: OutboxLease, posted: Posted | None) -> bool:
        """Record that the item was sent and where it landed; ``False`` if the lease was lost."""

    async def retry_outbox(
        self, lease: OutboxLease, due_at: datetime, reason: str, *, doubtful: bool
    ) -> bool:
        """Send later, at ``due_at``; the item's own ``due_at`` goes on telling since when it waits.
        ``doubtful`` says that the try may have succeeded; ``False`` as above."""

    async def bury_outbox(self, lease: OutboxLease, reason: str) -> bool:
        """Give the item up; those behind it in its order group go on. ``False`` as above."""

    async def outbox_entry(self, key: str) -> OutboxEntry | None:
        """The item of that key and what became of it."""

    async def entry_at(self, team: str, channel: str, ts: str) -> OutboxEntry | None:
        """The item that became the message at that place."""

    async def entries_about(self, about: str, *, limit: int = 1000) -> list[OutboxEntry]:
        """The items that speak of a record, in the order of their commits."""

    async def outcomes_about(self, about: str, *, limit: int = 10_000) -> list[Outcome]:
        """The same, without what they say."""

    async def reword(self, calls: Mapping[str, Call]) -> None:
        """Replace what outbox items say, by key, sent or not; unknown keys are passed over. What a
        sender has in hand goes out as it was. Durable when it returns."""

    async def drop_history(self) -> None:
        """Rid the store's own files of what was overwritten or deleted, where the engine keeps it
        beyond that. Returns when it is done, or after half a minute."""

    async def lease_due(
        self, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[DueLease]:
        """Up to ``limit`` commands that are due and not leased, earliest first."""

    async def retry_due(self, lease: DueLease, due_at: datetime, reason: str) -> bool:
        """Decide it later; ``False`` if the lease was lost."""

    async def due_command(self, key: str) -> DueCommand | None:
        """The waiting command of that key."""

    async def next_due(self) -> datetime | None:
        """When the earliest waiting outbox item or due command is due (leased ones: lease end)."""

    def listen(self, work: Work | None = None) -> Listener:
        """An ear of one's own for work, of one kind or any, that came or fell due sooner than
        known."""

    async def backlog(self, now: datetime) -> Backlog:
        """What waits."""

    async def purge(self, *, keys_before: datetime, outbox_before: datetime) -> Mapping[str, int]:
        """Forget dedupe keys taken, and outbox items done or dead, before these times; counts.

        An item counts as done or dead from the end of the lease under which it became so.
        """

    async def health(self) -> None:
        """Raise ``StoreUnavailable`` when writing is not possible now."""

    def export_rows(self) -> AsyncIterator[Row]:
        """Everything, as of one moment."""

    async def import_rows(self, rows: AsyncIterator[Row]) -> Mapping[str, int]:
        """Fill an empty store; counts by table. Raises ``StoreRefused`` if it is not empty."""

    async def close(self) -> None:
        """Finish what is being written, and let go of files and connections."""
