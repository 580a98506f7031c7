"""Messages that hold the words of somebody who is forgotten: what the outbox keeps of them is
reworded, and what people still see is edited."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from knowledge.article import Language
from knowledge.quoting import Wording
from storage.outbox import (
    CALLS,
    Call,
    Content,
    Edit,
    ItemMessage,
    OutboxEntry,
    OutboxItem,
    OutboxState,
    Post,
    PublishHome,
    Target,
    Withdraw,
)
from storage.port import Row
from storage.retention import Note
from storage.rows import outbox_entry

_SHOWN_TEXT = frozenset({"text", "alt_text", "title", "initial_value"})
"""Where Block Kit keeps what people read (docs.slack.dev/reference/block-kit)."""
_OTHERS_SPEAK_TOO = ("question:", "home:")
"""Of these messages, only what repeats the person's words whole is theirs: an article may have some
words in a row in common with the question it answers."""


@dataclass(frozen=True)
class Concerned:
    """Which messages hold a person's words: ``abouts`` maps what they speak of to the language of
    a note there, ``copies`` are the keys of what was relayed."""

    abouts: Mapping[str, Language]
    copies: frozenset[str]
    default: Language

    def language(self, columns: Mapping[str, Any]) -> Language | None:
        """The language of a note in an outbox item, ``None`` for one that does not concern the
        person. What is shown to somebody in passing, and the App Home of agents (lists of gaps, of
        tickets), may hold the words of anybody."""
        about, key = columns["about"], columns["key"]
        if about in self.abouts:
            return self.abouts[about]
        in_passing = columns["call"]["call"] in ("respond", "whisper", "home")
        if in_passing or any(is_copy(key, copy) for copy in self.copies):
            return self.default
        return None


@dataclass
class _Message:
    """A message as the outbox has it: how often it was written, and what it says last; ``None``
    once it was withdrawn. ``stale``: the last word has changed since."""

    target: Target
    order_group: str
    about: str
    writes: int = 0
    shown: Content | None = None
    stale: bool = False


class ErasedMessages:
    """Goes through the outbox in the order of commits. ``reworded`` is what items are to say from
    now on, by key."""

    def __init__(self, team: str, concerned: Concerned, wording: Wording, note: Note) -> None:
        self._team = team
        self._concerned = concerned
        self._wording = wording
        self._note = note
        self._messages: dict[str, _Message] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._homes: dict[str, OutboxItem | None] = {}
        self.reworded: dict[str, Call] = {}

    def look_at(self, row: Row) -> None:
        """Take the next item into account."""
        language = self._concerned.language(row.columns)
        if language is None:
            return
        entry = outbox_entry(row.columns)
        call = self._without(entry.item, self._note(language))
        if call != entry.item.call:
            self.reworded[entry.item.key] = call
        if entry.state is not OutboxState.DEAD:
            self._follow(entry, call)

    def edits(self, now: datetime) -> Iterator[OutboxItem]:
        """The edits of what people see, each under the same key until the message changes."""
        for key, message in self._messages.items():
            if message.stale and message.shown is not None:
                yield OutboxItem(
                    key=f"{key}:erased:{message.writes}",
                    team=self._team,
                    order_group=message.order_group,
                    call=Edit(message.target, message.shown),
                    due_at=now,
                    about=message.about,
                )
        for home in self._homes.values():
            if home is not None:
                yield replace(home, key=f"{home.key}:erased", due_at=now)

    def _without(self, item: OutboxItem, note: str) -> Call:
        whole = item.about not in self._concerned.abouts or item.about.startswith(_OTHERS_SPEAK_TOO)
        erase = self._wording.without_whole if whole else self._wording.without
        before = CALLS.dump_python(item.call, mode="json")
        after = reworded(before, lambda text: erase(text, note))
        return item.call if after == before else CALLS.validate_python(after)

    def _follow(self, entry: OutboxEntry, call: Call) -> None:
        item = entry.item
        match call:
            case Post(content=content):
                if entry.posted:
                    self._keys[entry.posted.channel, entry.posted.ts] = item.key
                self._write(ItemMessage(item.key), item, content)
            case Edit(target, content):
                self._write(self._item_at(target), item, content)
            case Withdraw(target):
                self._write(self._item_at(target), item, None)
            case PublishHome(user):
                stale = item.key in self.reworded
                self._homes[user] = replace(item, call=call) if stale else None

    def _write(self, target: Target, item: OutboxItem, content: Content | None) -> None:
        at = target.key if isinstance(target, ItemMessage) else f"{target.channel}/{target.ts}"
        message = self._messages.setdefault(at, _Message(target, item.order_group, item.about))
        message.writes += 1
        message.shown = content
        message.stale = item.key in self.reworded

    def _item_at(self, target: Target) -> Target:
        """The target by the item that became it, where that is known."""
        if isinstance(target, ItemMessage):
            return target
        key = self._keys.get((target.channel, target.ts))
        return ItemMessage(key) if key else target


def is_copy(key: str, copy: str) -> bool:
    """Whether an item is a relayed message, or a later edit of it."""
    return key == copy or key.startswith(f"{copy}:")


def quotes_in(value: Any) -> Iterator[str]:
    """The texts quoted in a message's blocks (JSON values)."""
    if isinstance(value, Mapping):
        if value.get("type") == "rich_text_quote":
            yield "".join(str(one.get("text", "")) for one in value.get("elements", ()))
            return
        for one in value.values():
            yield from quotes_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from quotes_in(one)


def reworded(value: Any, erase: Callable[[str], str]) -> Any:
    """A JSON value with words erased from every text that is shown."""
    if isinstance(value, Mapping):
        return {
            key: erase(one) if key in _SHOWN_TEXT and isinstance(one, str) else reworded(one, erase)
            for key, one in value.items()
        }
    return [reworded(one, erase) for one in value] if isinstance(value, list) else value
