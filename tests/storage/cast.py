"""Records, messages and commands that the storage tests speak of."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.outbox import (
    Content,
    DueCommand,
    Edit,
    InChannel,
    Lane,
    MessageAt,
    OutboxItem,
    OutboxLease,
    Post,
)
from storage.port import Commit, Put, Row, Store
from storage.records import NEW, RecordKind

TEAM = "T1"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def after(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Note:
    """A record as others have them: text, a time, something that may be missing."""

    id: str
    team: str = TEAM
    status: str = "open"
    holder: str | None = None
    text: str = ""
    at: datetime = NOON


NOTE = RecordKind(
    "note", Note, {"status": lambda note: note.status, "holder": lambda note: note.holder}
)

REMINDER = RecordKind("reminder", Note, {"status": lambda note: note.status})


def put(note: Note, expected: int = NEW) -> Commit:
    """A commit of one note."""
    return Commit(NOON, puts=(Put(NOTE, note, expected),))


def message(
    key: str,
    group: str | None = None,
    *,
    due: datetime = NOON,
    lane: Lane = Lane.CONVERSATION,
    about: str = "",
    text: str = "Hello",
) -> OutboxItem:
    """A message to be posted; without a group it has one of its own."""
    call = Post(InChannel("C1"), Content(text))
    return OutboxItem(key, TEAM, group or key, call, due, about, lane)


def edit(key: str, ts: str) -> OutboxItem:
    """A change of a message."""
    call = Edit(MessageAt("C1", ts), Content("Hello again"))
    return OutboxItem(key, TEAM, "card", call, NOON)


def command(key: str, due: datetime = NOON, **arguments: str) -> DueCommand:
    """A command that waits."""
    return DueCommand(key, TEAM, "remind", due, "note:1", arguments or None)


async def lease(
    store: Store,
    now: datetime = NOON,
    *,
    owner: str = "sender",
    lane: Lane = Lane.CONVERSATION,
    limit: int = 10,
) -> list[OutboxLease]:
    """What a sender gets to send."""
    return await store.lease_outbox(lane, owner, now, limit=limit, lease_for=LEASE)


def keys_of(leases: list[OutboxLease]) -> list[str]:
    return [each.item.key for each in leases]


async def rows_of(store: Store) -> list[Row]:
    """Everything in a store."""
    return [row async for row in store.export_rows()]


async def as_stream(rows: list[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row


def columns_of(rows: list[Row], table: str) -> list[dict[str, Any]]:
    return [dict(row.columns) for row in rows if row.table == table]
