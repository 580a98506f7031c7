"""Where a channel's messages are kept: the newest as they are, older ones packed.

A rehearsal may run for ten thousand questions; a message in use takes some ten kilobytes, a packed
one less than one.
"""

import pickle
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from sandbox.conversation import Message

KEPT_OPEN = 2_000


class Shelf:
    """Messages by `ts`. Whoever still holds a packed message gets the same one back."""

    def __init__(self, kept_open: int = KEPT_OPEN) -> None:
        self._kept_open = kept_open
        self._open: dict[str, Message] = {}
        self._packed: dict[str, bytes] = {}
        self._in_use: WeakValueDictionary[str, Message] = WeakValueDictionary()

    def __contains__(self, ts: str) -> bool:
        return ts in self._open or ts in self._packed

    def __iter__(self) -> Iterator[str]:
        """The `ts` of all, in no order."""
        yield from self._open
        yield from self._packed

    def put(self, message: "Message") -> None:
        """Keeps a message, or takes over what was changed in it."""
        self._packed.pop(message.ts, None)
        self._open[message.ts] = message
        self._in_use[message.ts] = message
        if len(self._open) > self._kept_open:
            self._pack(next(iter(self._open)))

    def find(self, ts: str) -> "Message | None":
        found = self._open.get(ts) or self._in_use.get(ts)
        if found is not None or ts not in self._packed:
            return found
        # What this process packed itself a moment ago, never anything from outside.
        unpacked: Message = pickle.loads(zlib.decompress(self._packed[ts]))  # noqa: S301
        self._in_use[ts] = unpacked
        return unpacked

    def remove(self, ts: str) -> None:
        self._open.pop(ts, None)
        self._packed.pop(ts, None)
        self._in_use.pop(ts, None)

    def _pack(self, ts: str) -> None:
        message = self._open.pop(ts)
        self._packed[ts] = zlib.compress(pickle.dumps(message), 1)
