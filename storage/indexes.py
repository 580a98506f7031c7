"""What the TinyDB engine derives from its documents to find them: all of it follows changes, so it
is right after an undo and after opening, and forgets what is purged."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeAlias, TypeVar

from storage.memory import Document
from storage.outbox import Lane, OutboxState
from storage.port import Order
from storage.rows import unpacked

K = TypeVar("K")

POSTING = "post"
"""The ``call`` of an item that becomes a message of its own."""


class RecordIndexes:
    """By index and value, the ids of a kind's records in order."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], list[str]] = {}

    def changed(self, doc_id: str, old: Document | None, new: Document | None) -> None:
        before = set(old["indexes"].items()) if old else set()
        after = set(new["indexes"].items()) if new else set()
        for place in before - after:
            self._remove(place, doc_id)
        for place in after - before:
            insort(self._ids.setdefault(place, []), doc_id)

    def begin(self, documents: Mapping[str, Document]) -> None:
        """Index all documents of a table at once, which is several times faster than one by one."""
        for doc_id, document in documents.items():
            for place in document["indexes"].items():
                self._ids.setdefault(place, []).append(doc_id)
        for ids in self._ids.values():
            ids.sort()

    def _remove(self, place: tuple[str, str], doc_id: str) -> None:
        ids = self._ids[place]
        del ids[bisect_left(ids, doc_id)]
        if not ids:
            del self._ids[place]

    def count(self, index: str, value: str) -> int:
        return len(self._ids.get((index, value), ()))

    def find(
        self, index: str, value: str, limit: int, after: str | None, order: Order
    ) -> list[str]:
        """Up to ``limit`` ids beyond ``after``."""
        ids = self._ids.get((index, value), [])
        if order is Order.OLDEST_FIRST:
            start = 0 if after is None else bisect_right(ids, after)
            return ids[start : start + limit]
        end = len(ids) if after is None else bisect_left(ids, after)
        return ids[max(end - limit, 0) : end][::-1]


Turn: TypeAlias = tuple[str, int, str]
"""When something can be taken, its number and its key. Out of date when its line knows another
time for the key."""


class WaitingLine:
    """What waits, in groups of which only the first can be taken."""

    def __init__(self) -> None:
        self._groups: dict[str, list[tuple[int, str]]] = {}
        self._available: dict[str, str] = {}
        self._turns: list[Turn] = []

    def __len__(self) -> int:
        return len(self._available)

    def __iter__(self) -> Iterator[str]:
        return iter(self._available)

    def put(self, group: str, number: int, key: str, available_at: str) -> None:
        """Let a key wait, or move it."""
        line = self._groups.setdefault(group, [])
        if key not in self._available:
            insort(line, (number, key))
        self._available[key] = available_at
        if line[0] == (number, key):
            self._call(line)

    def remove(self, group: str, number: int, key: str) -> None:
        """Let a key wait no longer; the next of its group gets its turn."""
        line = self._groups[group]
        was_first = line[0] == (number, key)
        del self._available[key]
        del line[bisect_left(line, (number, key))]
        if not line:
            del self._groups[group]
        elif was_first:
            self._call(line)

    def _call(self, line: list[tuple[int, str]]) -> None:
        number, key = line[0]
        heapq.heappush(self._turns, (self._available[key], number, key))
        if len(self._turns) > 2 * len(self._groups) + 100:
            self._forget_old_turns()

    def _forget_old_turns(self) -> None:
        firsts = (line[0] for line in self._groups.values())
        self._turns = [(self._available[key], number, key) for number, key in firsts]
        heapq.heapify(self._turns)

    def _is_current(self, turn: Turn, groups: Mapping[str, str]) -> bool:
        available_at, number, key = turn
        line = self._groups.get(groups.get(key, ""))
        if not line:
            return False
        return line[0] == (number, key) and self._available[key] == available_at

    def take(self, now: str, limit: int, groups: Mapping[str, str]) -> list[str]:
        """Up to ``limit`` keys that can be taken now. The caller must move or remove each.

        ``groups`` tells the group of a key.
        """
        taken: dict[str, None] = {}
        while self._turns and self._turns[0][0] <= now and len(taken) < limit:
            turn = heapq.heappop(self._turns)
            if self._is_current(turn, groups):
                taken[turn[2]] = None
        return list(taken)

    def earliest(self, groups: Mapping[str, str]) -> str | None:
        """When the next key can be taken."""
        while self._turns:
            if self._is_current(self._turns[0], groups):
                return self._turns[0][0]
            heapq.heappop(self._turns)
        return None


class Ages:
    """Keys by a time, to forget the oldest."""

    def __init__(self) -> None:
        self._heap: list[tuple[str, str]] = []
        self._at: dict[str, str] = {}

    def put(self, key: str, at: str) -> None:
        self._at[key] = at
        heapq.heappush(self._heap, (at, key))

    def remove(self, key: str) -> None:
        self._at.pop(key, None)

    def __len__(self) -> int:
        return len(self._at)

    def before(self, at: str, limit: int) -> list[str]:
        """Up to ``limit`` keys from before a time. The caller removes them."""
        found: dict[str, None] = {}
        while self._heap and self._heap[0][0] < at and len(found) < limit:
            since, key = heapq.heappop(self._heap)
            if self._at.get(key) == since:
                found[key] = None
        for key in found:
            heapq.heappush(self._heap, (self._at[key], key))
        return list(found)


class KeyAges:
    """Dedupe keys by age."""

    def __init__(self) -> None:
        self.ages = Ages()

    def changed(self, doc_id: str, old: Document | None, new: Document | None) -> None:
        if new is None:
            self.ages.remove(doc_id)
        else:
            self.ages.put(doc_id, new["at"])


class DueLine:
    """Due commands by time: each is a group of its own."""

    def __init__(self) -> None:
        self._line = WaitingLine()
        self._groups: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._line)

    def changed(self, doc_id: str, old: Document | None, new: Document | None) -> None:
        if new is not None:
            self._groups[doc_id] = doc_id
            self._line.put(doc_id, 0, doc_id, new["available_at"])
        elif old is not None:
            self._line.remove(doc_id, 0, doc_id)
            del self._groups[doc_id]

    def take(self, now: str, limit: int) -> list[str]:
        return self._line.take(now, limit, self._groups)

    def earliest(self) -> str | None:
        return self._line.earliest(self._groups)


class OutboxIndexes:
    """The outbox: two lanes of what waits, and ways to what was sent."""

    def __init__(self) -> None:
        self._lanes = {lane.value: WaitingLine() for lane in Lane}
        self._groups: dict[str, str] = {}
        self._about: dict[str, list[tuple[int, str]]] = {}
        self._messages: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
        self.settled = Ages()
        self.dead = 0

    def changed(self, doc_id: str, old: Document | None, new: Document | None) -> None:
        if old is not None and (new is None or new["state"] != old["state"]):
            self._leave_state(old)
        if new is not None:
            self._enter_state(new, old is None or new["state"] != old["state"])
        if old is None and new is not None and new["about"]:
            insort(self._about.setdefault(new["about"], []), (new["number"], doc_id))
        if new is None and old is not None and old["about"]:
            _drop(self._about, old["about"], (old["number"], doc_id))

    def _leave_state(self, old: Document) -> None:
        key = old["key"]
        if old["state"] == OutboxState.WAITING:
            self._lanes[old["lane"]].remove(old["order_group"], old["number"], key)
            del self._groups[key]
            return
        self.settled.remove(key)
        self.dead -= old["state"] == OutboxState.DEAD
        if _became_message(old):
            _drop(self._messages, _place(old), (old["number"], key))

    def _enter_state(self, new: Document, is_other: bool) -> None:
        key = new["key"]
        if new["state"] == OutboxState.WAITING:
            self._groups[key] = new["order_group"]
            line = self._lanes[new["lane"]]
            line.put(new["order_group"], new["number"], key, new["available_at"])
        elif is_other:
            self.settled.put(key, new["settled_at"])
            self.dead += new["state"] == OutboxState.DEAD
            if _became_message(new):
                insort(self._messages.setdefault(_place(new), []), (new["number"], key))

    def take(self, lane: Lane, now: str, limit: int) -> list[str]:
        return self._lanes[lane.value].take(now, limit, self._groups)

    def earliest(self) -> str | None:
        known = [line.earliest(self._groups) for line in self._lanes.values()]
        return min((at for at in known if at is not None), default=None)

    @property
    def anything_waits(self) -> bool:
        """Whether an item is not settled yet."""
        return any(self._lanes.values())

    def waiting(self) -> dict[str, list[str]]:
        """By lane, the keys that wait."""
        return {lane: list(line) for lane, line in self._lanes.items()}

    def about(self, about: str, limit: int) -> list[str]:
        return [key for _, key in islice(self._about.get(about, ()), limit)]

    def at(self, team: str, channel: str, ts: str) -> str | None:
        found = self._messages.get((team, channel, ts))
        return found[0][1] if found else None


def _place(row: Document) -> tuple[str, str, str]:
    return (row["team"], row["posted_channel"], row["posted_ts"])


def _became_message(row: Document) -> bool:
    return bool(row["posted_ts"]) and unpacked(row)["call"]["call"] == POSTING


def _drop(lists: dict[K, list[tuple[int, str]]], name: K, entry: tuple[int, str]) -> None:
    entries = lists[name]
    entries.remove(entry)
    if not entries:
        del lists[name]
