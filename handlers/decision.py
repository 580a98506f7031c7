"""What a handler decides: everything that is to be committed, as one value."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from storage.outbox import DueCommand, OutboxItem
from storage.port import Commit, Delete, Put


@dataclass(frozen=True)
class OpenModal:
    """A modal to open at once; it is not kept, since its trigger lives 3 seconds."""

    trigger_id: str
    view: Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """``keys`` are taken only by a decision that does something: an event we ignore must not hide
    its twin. A decision without changes is not committed. ``modal`` is opened after the commit;
    ``reply`` is what the acknowledgement of a form carries, such as errors beside its inputs.
    ``cancels`` withdraws due commands."""

    keys: tuple[str, ...] = ()
    puts: tuple[Put, ...] = ()
    deletes: tuple[Delete, ...] = ()
    outbox: tuple[OutboxItem, ...] = ()
    due: tuple[DueCommand, ...] = ()
    cancels: tuple[str, ...] = ()
    modal: OpenModal | None = None
    reply: Mapping[str, Any] | None = None

    @property
    def changes_nothing(self) -> bool:
        return not (self.puts or self.deletes or self.outbox or self.due or self.cancels)

    def commit(self, at: datetime) -> Commit:
        return Commit(
            at=at,
            keys=self.keys,
            puts=self.puts,
            deletes=self.deletes,
            outbox=self.outbox,
            due=self.due,
            cancels=self.cancels,
        )


NOTHING = Decision()

Decide: TypeAlias = Callable[[datetime], Awaitable[Decision]]
"""Loads what it needs and decides, at the given moment; called again when it met a conflict."""
