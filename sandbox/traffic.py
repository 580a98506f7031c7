"""The inspector: what went to the bot and came from it, the last two thousand exchanges."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.conversation import Json

KEPT = 2_000


@dataclass(slots=True)
class Entry:
    """One exchange; `outcome` is pending until it is known, `answer` is what came with the
    acknowledgement."""

    number: int
    at: float
    direction: str
    kind: str
    name: str
    id: str
    body: Any
    attempt: int = 0
    outcome: str = "pending"
    milliseconds: float | None = None
    started: float = 0.0
    answer: Any = None

    def as_json(self) -> Json:
        names = ("number", "at", "direction", "kind", "name", "id", "attempt", "outcome")
        shown: Json = {name: getattr(self, name) for name in names}
        if self.answer:
            shown["answer"] = self.answer
        return shown | {"milliseconds": self.milliseconds, "body": self.body}


class Traffic:
    """Keeps the last entries and tells listeners of each new or finished one."""

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self.listeners: list[Callable[[Entry], None]] = []

    def begin(self, direction: str, kind: str, name: str, body: Any, **more: Any) -> Entry:
        self._count += 1
        entry = Entry(
            self._count, self._real(), direction, kind, name, more.pop("id", ""), body, **more
        )
        entry.started = time.monotonic()
        self._entries.append(entry)
        self._tell(entry)
        return entry

    def finish(self, entry: Entry, outcome: str) -> None:
        entry.outcome = outcome
        entry.milliseconds = round((time.monotonic() - entry.started) * 1000, 1)
        self._tell(entry)

    def after(self, number: int) -> list[Entry]:
        """Entries with a higher number, oldest first."""
        return [entry for entry in self._entries if entry.number > number]

    def _tell(self, entry: Entry) -> None:
        for listener in self.listeners:
            listener(entry)
