"""What a handler decides: everything that is to be committed, as one value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from storage.outbox import DueCommand, OutboxItem
from storage.port import Commit, Delete, Put


@dataclass(frozen=True)
class Decision:
    """``keys`` are taken only by a decision that does something: an event we ignore must not hide
    its twin. A decision without changes is not committed."""

    keys: tuple[str, ...] = ()
    puts: tuple[Put, ...] = ()
    deletes: tuple[Delete, ...] = ()
    outbox: tuple[OutboxItem, ...] = ()
    due: tuple[DueCommand, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return not (self.puts or self.deletes or self.outbox or self.due)

    def commit(self, at: datetime) -> Commit:
        return Commit(
            at=at,
            keys=self.keys,
            puts=self.puts,
            deletes=self.deletes,
            outbox=self.outbox,
            due=self.due,
        )


NOTHING = Decision()

Decide: TypeAlias = Callable[[datetime], Awaitable[Decision]]
"""Loads what it needs and decides, at the given moment; called again when it met a conflict."""
