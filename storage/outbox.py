"""Outgoing messages and commands that wait: the two queues the store keeps beside the records.

``handlers`` write them, ``delivery`` carries them out, and the two meet only here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter

Block: TypeAlias = Mapping[str, Any]
"""One Block Kit block, ready to be sent (docs.slack.dev/reference/block-kit)."""


class Lane(StrEnum):
    """Conversation goes before announcements."""

    CONVERSATION = "conversation"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True)
class Content:
    """What a message says: ``text`` carries the whole of it in words, for notifications and
    screen readers; ``blocks`` show it."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class InChannel:
    """A channel, or the thread under ``thread_ts`` in it."""

    channel: str
    thread_ts: str | None = None
    at: Literal["channel"] = "channel"


@dataclass(frozen=True)
class ToPerson:
    """The direct message with a person."""

    user: str
    at: Literal["person"] = "person"


@dataclass(frozen=True)
class UnderItem:
    """The thread under the message that an earlier outbox item became."""

    key: str
    at: Literal["item"] = "item"


Destination: TypeAlias = InChannel | ToPerson | UnderItem


@dataclass(frozen=True)
class MessageAt:
    """A message whose place is known."""

    channel: str
    ts: str
    at: Literal["message"] = "message"


@dataclass(frozen=True)
class ItemMessage:
    """The message that an earlier outbox item became, wherever that is."""

    key: str
    at: Literal["item"] = "item"


Target: TypeAlias = MessageAt | ItemMessage


@dataclass(frozen=True)
class Persona:
    """Under whose name a message is shown (``chat:write.customize``)."""

    name: str
    picture: str | None = None


@dataclass(frozen=True)
class Post:
    """A new message. If its thread is gone, it goes to ``fallback_user`` directly, where given."""

    to: Destination
    content: Content
    fallback_user: str | None = None
    persona: Persona | None = None
    call: Literal["post"] = "post"


@dataclass(frozen=True)
class Edit:
    """A message of ours shown anew."""

    target: Target
    content: Content
    call: Literal["edit"] = "edit"


@dataclass(frozen=True)
class Withdraw:
    """A message of ours taken back."""

    target: Target
    call: Literal["withdraw"] = "withdraw"


@dataclass(frozen=True)
class Whisper:
    """An ephemeral message: only for what nobody needs to find again."""

    channel: str
    user: str
    content: Content
    thread_ts: str | None = None
    call: Literal["whisper"] = "whisper"


@dataclass(frozen=True)
class Respond:
    """An answer through a ``response_url`` (five uses within 30 minutes)."""

    url: str
    content: Content
    replace_original: bool = False
    call: Literal["respond"] = "respond"


@dataclass(frozen=True)
class PublishHome:
    """A person's App Home."""

    user: str
    view: Mapping[str, Any]
    call: Literal["home"] = "home"


@dataclass(frozen=True)
class CarryFiles:
    """Files of Slack's, by their ids, uploaded anew to where they are to be seen. ``comment`` is
    said with them; it is unique, so that the message is found again by it."""

    to: Destination
    files: tuple[str, ...]
    comment: str
    call: Literal["files"] = "files"


@dataclass(frozen=True)
class JoinChannel:
    """Being in a public channel before something is posted there: Slack lets an app join about
    fifty a minute (docs.slack.dev/reference/methods/conversations.join)."""

    channel: str
    call: Literal["join"] = "join"


Call: TypeAlias = (
    Post | Edit | Withdraw | Whisper | Respond | PublishHome | CarryFiles | JoinChannel
)

CALLS: TypeAdapter[Call] = TypeAdapter(Call)
"""Turns a call into JSON-ready values and back."""


@dataclass(frozen=True)
class OutboxItem:
    """One message to be sent, once.

    ``key`` names it for ever: it is unique in the outbox and travels in the message's metadata.
    Items with the same ``order_group`` are sent one after the other, in the order of their commits.
    ``about`` names the record it speaks of (``question:...``, ``ticket:...``).
    """

    key: str
    team: str
    order_group: str
    call: Call
    due_at: datetime
    about: str = ""
    lane: Lane = Lane.CONVERSATION


@dataclass(frozen=True)
class Posted:
    """Where a message landed, as Slack answered. Both empty for what leaves no message behind."""

    channel: str
    ts: str


class OutboxState(StrEnum):
    """Waiting items are sent; done and dead ones are kept to answer what became of them."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class OutboxEntry:
    """An outbox item and what became of it. ``reason`` is Slack's code of the last failure."""

    item: OutboxItem
    state: OutboxState
    attempts: int
    posted: Posted | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an item, without what it says: for counting many."""

    key: str
    order_group: str
    state: OutboxState
    reason: str | None = None


@dataclass(frozen=True)
class OutboxLease:
    """The right to send an item until ``until``. ``doubtful``: an earlier try may have succeeded
    without our knowing, so look before sending."""

    item: OutboxItem
    owner: str
    attempt: int
    until: datetime
    doubtful: bool


@dataclass(frozen=True)
class DueCommand:
    """A command that waits for its time and is then decided on the state of that moment.

    ``key`` is unique among those waiting: putting the same key again moves it. ``name`` says what
    is to be decided, ``about`` on which record, ``arguments`` hold ids, never state.
    """

    key: str
    team: str
    name: str
    due_at: datetime
    about: str = ""
    arguments: Mapping[str, str] | None = None


@dataclass(frozen=True)
class DueLease:
    """The right to decide a due command until ``until``."""

    command: DueCommand
    owner: str
    attempt: int
    until: datetime
