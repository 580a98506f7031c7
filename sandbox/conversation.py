"""A channel and its messages, indexed so that nothing is searched.

Messages are found by `ts`; the top level of a channel and the replies of a thread are sorted lists
of `ts`, so history is paged by bisection and a post costs the same in a long channel as in a new
one.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.shelf import Shelf

Json = dict[str, Any]

MOST_EPHEMERALS = 200
"""Kept for one person in one channel; in Slack they are gone once the client reloads."""
TOMBSTONE_TEXT = "This message was deleted."


class ChannelKind(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"


@dataclass(slots=True, weakref_slot=True)
class Message:
    """One message; `ts` is its id within the channel, a reply carries its root's `thread_ts`.

    `username` and `icons` are what an app shows instead of its own name and picture.
    """

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    files: list[Json] | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    edited: Json | None = None
    ephemeral_to: str | None = None
    inviter: str | None = None
    broadcast: bool = False
    username: str | None = None
    icons: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_tombstone(self) -> bool:
        return self.subtype == "tombstone"


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a sorted list of `ts` is asked for; bounds are exclusive unless `inclusive`."""

    oldest: str = "0"
    latest: str | None = None
    inclusive: bool = False


class Channel:
    """A public or private channel or a direct message of two."""

    def __init__(self, channel_id: str, name: str, kind: ChannelKind, created: int) -> None:
        self.id = channel_id
        self.name = name
        self.kind = kind
        self.created = created
        self.creator = ""
        self.topic = ""
        self.locale = "en-US"
        self.is_archived = False
        self.is_ext_shared = False
        self.members: dict[str, None] = {}
        self.last_read: dict[str, str] = {}
        self.ephemerals: dict[str, list[Message]] = {}
        self._messages = Shelf()
        self._top: list[str] = []
        self._last_microsecond = 0

    @property
    def is_private(self) -> bool:
        return self.kind is ChannelKind.PRIVATE

    @property
    def is_im(self) -> bool:
        return self.kind is ChannelKind.IM

    @property
    def channel_type(self) -> str:
        """`channel_type` of events (docs.slack.dev/reference/events/message)."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]

    def mint_ts(self, seconds: float) -> str:
        """A `ts` for a moment in Unix seconds, unique and rising within the channel."""
        self._last_microsecond = max(int(seconds * 1_000_000), self._last_microsecond + 1)
        whole, rest = divmod(self._last_microsecond, 1_000_000)
        return f"{whole}.{rest:06d}"

    def find(self, ts: str) -> Message | None:
        return self._messages.find(ts)

    def keep(self, message: Message) -> None:
        """Takes over what was changed in a message, unless it is gone by now."""
        if message.ts in self._messages:
            self._messages.put(message)

    def add(self, message: Message) -> None:
        """Keeps a message whose `ts` was minted here, in its thread or at the top level."""
        self._messages.put(message)
        root = self.find(message.thread_ts or "") if message.is_reply else None
        if root is not None:
            root.thread_ts = root.ts
            insort(root.replies, message.ts)
            self.keep(root)
        if root is None or message.broadcast:
            insort(self._top, message.ts)

    def remove(self, message: Message) -> None:
        """Takes a message out; a root that still has replies becomes a tombstone instead."""
        if message.replies:
            self._entomb(message)
            self.keep(message)
            return
        self._messages.remove(message.ts)
        self._drop_from_top(message.ts)
        if message.is_reply:
            self._drop_reply(message)

    def _entomb(self, message: Message) -> None:
        message.subtype = "tombstone"
        message.user = "USLACKBOT"
        message.text = TOMBSTONE_TEXT
        message.blocks = message.files = message.metadata = message.attachments = None
        message.bot_id = message.client_msg_id = message.edited = None
        message.username = message.icons = None
        message.reactions = {}

    def _drop_from_top(self, ts: str) -> None:
        position = bisect_left(self._top, ts)
        if position < len(self._top) and self._top[position] == ts:
            del self._top[position]

    def _drop_reply(self, message: Message) -> None:
        root = self.find(message.thread_ts or "")
        if root is None:
            return
        root.replies.remove(message.ts)
        if not root.replies:
            root.thread_ts = None
        self.keep(root)

    def is_last_reply_of_tombstone(self, message: Message) -> Message | None:
        """The tombstone that vanishes together with `message`, if it is its only reply."""
        root = self.find(message.thread_ts or "") if message.is_reply else None
        if root is None or not root.is_tombstone or root.replies != [message.ts]:
            return None
        return root

    def history(self, window: Window, limit: int) -> tuple[list[Message], bool]:
        """Top-level messages, newest first, and whether older ones remain in the window."""
        low, high = _bounds(self._top, window)
        start = max(low, high - limit)
        return self._found(self._top[start:high][::-1]), start > low

    def thread(self, root: Message, window: Window, limit: int) -> tuple[list[Message], bool]:
        """The root and its replies, oldest first, and whether newer ones remain."""
        low, high = _bounds(root.replies, window)
        stop = min(high, low + limit)
        return [root, *self._found(root.replies[low:stop])], stop < high

    def messages(self) -> list[Message]:
        """Every message of the channel, replies too, oldest first."""
        return self._found(sorted(self._messages))

    def _found(self, wanted: Iterable[str]) -> list[Message]:
        messages = (self.find(ts) for ts in wanted)
        return [message for message in messages if message is not None]

    def whisper(self, message: Message) -> None:
        """Keeps what only one person sees."""
        held = self.ephemerals.setdefault(message.ephemeral_to or "", [])
        held.append(message)
        del held[:-MOST_EPHEMERALS]

    def newer_than(self, ts: str) -> list[str]:
        """The `ts` of top-level messages after `ts`, oldest first."""
        return self._top[bisect_right(self._top, ts) :]

    def count_newer_than(self, ts: str) -> int:
        return len(self._top) - bisect_right(self._top, ts)

    @property
    def newest_ts(self) -> str:
        return self._top[-1] if self._top else "0"


def _bounds(sorted_ts: list[str], window: Window) -> tuple[int, int]:
    after, before = (bisect_left, bisect_right) if window.inclusive else (bisect_right, bisect_left)
    high = len(sorted_ts) if window.latest is None else before(sorted_ts, window.latest)
    return min(after(sorted_ts, window.oldest), high), high
