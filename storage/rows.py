"""Outbox items and due commands as rows: the columns that both engines keep, and an export shows.

Times are ISO 8601 text in UTC with microseconds, so they sort as text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from storage import frames
from storage.outbox import (
    CALLS,
    Call,
    DueCommand,
    DueLease,
    Lane,
    OutboxEntry,
    OutboxItem,
    OutboxLease,
    OutboxState,
    Outcome,
    Posted,
)

Columns = Mapping[str, Any]


def instant(moment: datetime) -> str:
    """A time as text. Raises ``ValueError`` for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"the store keeps aware times, and {moment} has no zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The time that :func:`instant` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


def outbox_columns(item: OutboxItem) -> dict[str, Any]:
    """A new item's row: waiting and never tried."""
    due_at = instant(item.due_at)
    return {
        "key": item.key,
        "team": item.team,
        "order_group": item.order_group,
        "lane": item.lane.value,
        "about": item.about,
        "call": call_columns(item.call),
        "due_at": due_at,
        "available_at": due_at,
        "state": OutboxState.WAITING.value,
        "attempts": 0,
        "owner": None,
        "doubtful": False,
        "posted_channel": None,
        "posted_ts": None,
        "reason": None,
        "settled_at": None,
    }


def call_columns(call: Call) -> dict[str, Any]:
    """A call as JSON values."""
    columns: dict[str, Any] = CALLS.dump_python(call, mode="json")
    return columns


def packed(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its call as JSON text, which takes a quarter of the memory of its blocks as
    objects; most of what a long-lived store holds are messages that were sent."""
    return {**columns, "call": frames.dump(columns["call"]).decode()}


def unpacked(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The row as :func:`outbox_columns` made it."""
    call = columns["call"]
    return {**columns, "call": frames.load(call.encode()) if isinstance(call, str) else call}


def outbox_item(columns: Columns) -> OutboxItem:
    return OutboxItem(
        key=columns["key"],
        team=columns["team"],
        order_group=columns["order_group"],
        call=CALLS.validate_python(unpacked(columns)["call"]),
        due_at=moment(columns["due_at"]),
        about=columns["about"],
        lane=Lane(columns["lane"]),
    )


def outbox_entry(columns: Columns) -> OutboxEntry:
    channel, ts = columns["posted_channel"], columns["posted_ts"]
    return OutboxEntry(
        item=outbox_item(columns),
        state=OutboxState(columns["state"]),
        attempts=columns["attempts"],
        posted=None if channel is None else Posted(channel, ts),
        reason=columns["reason"],
    )


def outcome(columns: Columns) -> Outcome:
    return Outcome(
        key=columns["key"],
        order_group=columns["order_group"],
        state=OutboxState(columns["state"]),
        reason=columns["reason"],
    )


def outbox_lease(columns: Columns) -> OutboxLease:
    """The lease that a row just taken stands for."""
    return OutboxLease(
        item=outbox_item(columns),
        owner=columns["owner"],
        attempt=columns["attempts"],
        until=moment(columns["available_at"]),
        doubtful=columns["doubtful"],
    )


def due_columns(command: DueCommand) -> dict[str, Any]:
    """A new due command's row."""
    due_at = instant(command.due_at)
    return {
        "key": command.key,
        "team": command.team,
        "name": command.name,
        "about": command.about,
        "arguments": None if command.arguments is None else dict(command.arguments),
        "due_at": due_at,
        "available_at": due_at,
        "attempts": 0,
        "owner": None,
        "reason": None,
    }


def due_command(columns: Columns) -> DueCommand:
    return DueCommand(
        key=columns["key"],
        team=columns["team"],
        name=columns["name"],
        due_at=moment(columns["due_at"]),
        about=columns["about"],
        arguments=columns["arguments"],
    )


def due_lease(columns: Columns) -> DueLease:
    """The lease that a row just taken stands for."""
    return DueLease(
        command=due_command(columns),
        owner=columns["owner"],
        attempt=columns["attempts"],
        until=moment(columns["available_at"]),
    )
