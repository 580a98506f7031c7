"""Between the TinyDB engine's documents and the rows of an export."""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.errors import StoreRefused
from storage.memory import Document
from storage.port import Row
from storage.rows import packed, unpacked

OUTBOX, DUE, KEY, KIND = "outbox", "due", "key", "kind"
RECORD = "record"
RECORDS = "record:"
"""Before the name of a kind: the table of its records."""

COLUMNS: Mapping[str, frozenset[str]] = {
    RECORD: frozenset({"kind", "id", "team", "version", "indexes", "body"}),
    OUTBOX: frozenset(
        {
            "key", "team", "order_group", "lane", "about", "call", "due_at", "available_at",
            "state", "attempts", "owner", "doubtful", "posted_channel", "posted_ts", "reason",
            "settled_at",
        }
    ),
    DUE: frozenset(
        {
            "key", "team", "name", "about", "arguments", "due_at", "available_at", "attempts",
            "owner", "reason",
        }
    ),
    KEY: frozenset({"key", "at"}),
}  # fmt: skip
"""The columns of each table of an export."""


def checked(row: Row) -> Row:
    """The row. Raises ``StoreRefused`` when its table or its columns are not those of an export."""
    if row.table not in COLUMNS or frozenset(row.columns) != COLUMNS[row.table]:
        raise StoreRefused(
            f"a row of {row.table!r} with the columns {', '.join(sorted(row.columns))} is not of"
            " an export this version knows; nothing was imported"
        )
    return row


def without_lease(columns: dict[str, Any]) -> dict[str, Any]:
    """A row of the outbox or of the due commands as if nobody held it: a lease ends with its store.
    An item that was being sent is doubtful from then on."""
    if columns["owner"] is None:
        return columns
    doubt = {"doubtful": True} if "doubtful" in columns else {}
    return {**columns, "owner": None, "available_at": columns["due_at"], **doubt}


def exported(tables: Mapping[str, Mapping[str, Document]]) -> Iterator[Row]:
    """Rows of the store's tables: records by kind and id, the outbox in the order of commits."""
    for name in sorted(tables):
        if name.startswith(RECORDS):
            kind = name.removeprefix(RECORDS)
            for record_id, document in sorted(tables[name].items()):
                yield Row(RECORD, {"kind": kind, "id": record_id, **document})
    for document in sorted(tables.get(OUTBOX, {}).values(), key=lambda row: int(row["number"])):
        columns = {name: document[name] for name in document if name != "number"}
        yield Row(OUTBOX, without_lease(unpacked(columns)))
    for _, document in sorted(tables.get(DUE, {}).items()):
        yield Row(DUE, without_lease(dict(document)))
    for key, document in sorted(tables.get(KEY, {}).items()):
        yield Row(KEY, {"key": key, **document})


def document_of(row: Row) -> tuple[str, str, dict[str, Any]]:
    """Table, id and document that a row stands for."""
    columns = dict(checked(row).columns)
    if row.table == RECORD:
        return RECORDS + columns.pop("kind"), columns.pop("id"), columns
    if row.table == KEY:
        return KEY, columns.pop("key"), columns
    if row.table == OUTBOX:
        columns = packed(columns)
    return row.table, columns["key"], columns
