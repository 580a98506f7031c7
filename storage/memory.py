"""The TinyDB engine's tables in memory: documents, what changes them, and what follows changes.

A document is never altered in place: a change puts another one in its stead. So a change is undone
by putting the old one back, and a copy of the tables needs no copy of the documents.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from storage import frames

Document: TypeAlias = Mapping[str, Any]
"""One document as TinyDB keeps it, JSON-ready."""

Undo: TypeAlias = list[tuple[str, str, Document | None]]
"""Table, id and former document, in the order of the changes; the id is empty for a table."""

MAKE_TABLE, DROP_TABLE, PUT, SET, DELETE = "make", "drop", "put", "set", "del"


class Follower(Protocol):
    """Something derived from the documents of a table, such as an index."""

    def changed(self, doc_id: str, old: Document | None, new: Document | None) -> None:
        """A document took the place of another; ``None`` stands for none."""


class Tables:
    """All tables, and the followers of each."""

    def __init__(self, follower_of: Callable[[str], Follower | None]) -> None:
        self._documents: dict[str, dict[str, Document]] = {}
        self._followers: dict[str, Follower] = {}
        self._follower_of = follower_of

    def __contains__(self, table: str) -> bool:
        return table in self._documents

    def names(self) -> list[str]:
        return list(self._documents)

    def table(self, name: str) -> Mapping[str, Document]:
        """The documents of a table by id; empty if there is no such table."""
        return self._documents.get(name, {})

    def get(self, table: str, doc_id: str) -> Document | None:
        documents = self._documents.get(table)
        return None if documents is None else documents.get(doc_id)

    def follower(self, table: str) -> Follower | None:
        return self._followers.get(table)

    def copied(self) -> dict[str, dict[str, Document]]:
        """The tables as they are now."""
        return {name: dict(documents) for name, documents in self._documents.items()}

    def make(self, table: str) -> None:
        """Make an empty table, if there is none."""
        if table in self._documents:
            return
        self._documents[table] = {}
        follower = self._follower_of(table)
        if follower is not None:
            self._followers[table] = follower

    def drop(self, table: str) -> None:
        """Drop an empty table."""
        self._documents.pop(table, None)
        self._followers.pop(table, None)

    def change(self, table: str, doc_id: str, new: Document | None) -> Document | None:
        """Put ``new`` in the place of a document, and return that."""
        self.make(table)
        documents = self._documents[table]
        old = documents.get(doc_id)
        if new is None:
            documents.pop(doc_id, None)
        else:
            documents[doc_id] = new
        follower = self._followers.get(table)
        if follower is not None:
            follower.changed(doc_id, old, new)
        return old

    def undo(self, changes: Undo) -> None:
        """Take changes back, the last one first."""
        for table, doc_id, old in reversed(changes):
            if doc_id:
                self.change(table, doc_id, old)
            elif table in self._documents:
                self.drop(table)
            else:
                self.make(table)


@dataclass
class Draft:
    """Changes to be made together, visible to whoever drafts them. Every operation is what the
    journal keeps of it: ``[verb, table, id, document or fields]``."""

    tables: Tables
    operations: list[tuple[Any, ...]] = field(default_factory=list)
    _seen: dict[tuple[str, str], Document | None] = field(default_factory=dict)

    def get(self, table: str, doc_id: str) -> Document | None:
        """The document as these changes leave it."""
        place = (table, doc_id)
        return self._seen[place] if place in self._seen else self.tables.get(table, doc_id)

    def put(self, table: str, doc_id: str, document: Document) -> None:
        """Put a whole document."""
        self.operations.append((PUT, table, doc_id, document))
        self._seen[table, doc_id] = document

    def amend(self, table: str, doc_id: str, fields: Document) -> None:
        """Change some fields of a document that exists."""
        self.operations.append((SET, table, doc_id, fields))
        self._seen[table, doc_id] = {**(self.get(table, doc_id) or {}), **fields}

    def delete(self, table: str, doc_id: str) -> None:
        """Delete a document, if there is one."""
        self.operations.append((DELETE, table, doc_id))
        self._seen[table, doc_id] = None

    def make_table(self, table: str) -> None:
        """Make an empty table, if there is none."""
        self.operations.append((MAKE_TABLE, table))

    def drop_table(self, table: str) -> None:
        """Drop a table and all in it."""
        for doc_id in self.tables.table(table):
            self.delete(table, doc_id)
        self.operations.append((DROP_TABLE, table))

    def places(self) -> set[str | tuple[str, str]]:
        """The tables and the documents that change."""
        return {operation[1] for operation in self.operations} | self._seen.keys()

    def encoded(self) -> bytes:
        """The operations for the journal, without the brackets around them."""
        return frames.dump(self.operations)[1:-1]

    def apply(self) -> Undo:
        """Make the changes; returns what takes them back."""
        undo: Undo = []
        for operation in self.operations:
            _apply(self.tables, operation, undo)
        return undo


def _apply(tables: Tables, operation: tuple[Any, ...], undo: Undo) -> None:
    """One operation, from a draft or from the journal."""
    verb, table = operation[0], operation[1]
    if verb == MAKE_TABLE:
        _make(tables, table, undo)
    elif verb == DROP_TABLE:
        undo.append((table, "", None))
        tables.drop(table)
    else:
        _make(tables, table, undo)
        doc_id = operation[2]
        old = tables.change(table, doc_id, _becomes(tables, operation))
        undo.append((table, doc_id, old))


def _make(tables: Tables, table: str, undo: Undo) -> None:
    if table not in tables:
        undo.append((table, "", None))
        tables.make(table)


def _becomes(tables: Tables, operation: tuple[Any, ...]) -> Document | None:
    verb, table, doc_id = operation[:3]
    if verb == DELETE:
        return None
    if verb == SET:
        return {**(tables.get(table, doc_id) or {}), **operation[3]}
    document: Document = operation[3]
    return document


def replay(tables: Tables, content: bytes) -> None:
    """Make the changes of one journal frame again; nobody takes these back."""
    for operation in frames.load(content):
        verb, table = operation[0], operation[1]
        if verb == MAKE_TABLE:
            tables.make(table)
        elif verb == DROP_TABLE:
            tables.drop(table)
        else:
            tables.change(table, operation[2], _becomes(tables, operation))


def snapshot(tables: Mapping[str, Mapping[str, Document]]) -> Iterator[tuple[Any, ...]]:
    """The operations that make these tables from nothing, one by one."""
    for name, documents in tables.items():
        yield (MAKE_TABLE, name)
        for doc_id, document in documents.items():
            yield (PUT, name, doc_id, document)
