"""A Web API call: its arguments, who may see what, and the table of methods."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.conversation import Channel, Json, Message
from sandbox.core import Core
from sandbox.errors import SlackRefusal
from sandbox.workspace import Person

_TS = re.compile(r"\d{9,11}\.\d{1,6}")
_SCOPE_FAMILY = {"channel": "channels", "group": "groups", "im": "im"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method with its arguments, by the bot."""

    core: Core
    method: str
    arguments: Mapping[str, Any]

    @property
    def bot(self) -> Person:
        return self.core.workspace.bot

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def required(self, name: str, code: str = "invalid_arguments") -> str:
        """The argument, or a refusal that names it."""
        value = self.text(name)
        if not value:
            message = f"[ERROR] missing required field: {name}"
            raise SlackRefusal(code, response_metadata={"messages": [message]})
        return value

    def yes(self, name: str) -> bool:
        """A boolean, as JSON or as form fields write it."""
        return self.arguments.get(name) in (True, 1, "1", "true", "True")

    def whole(self, name: str, default: int, maximum: int) -> int:
        """A positive number of at most `maximum`; refused `invalid_limit`."""
        value = self.arguments.get(name)
        if value in (None, "", 0, "0"):
            return default
        try:
            return max(1, min(int(str(value)), maximum))
        except ValueError:
            raise SlackRefusal("invalid_limit") from None

    def json(self, name: str, code: str = "invalid_arguments") -> Any:
        """A value that form bodies carry as a JSON text."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value) if value else None
        except orjson.JSONDecodeError:
            raise SlackRefusal(code) from None

    def ts(self, name: str) -> str | None:
        """A message's ts, if given; refused `invalid_ts_…` when it is not one."""
        value = self.arguments.get(name)
        if value in (None, ""):
            return None
        if not _TS.fullmatch(str(value)):
            raise SlackRefusal(f"invalid_ts_{name}" if name != "thread_ts" else "invalid_thread_ts")
        return str(value)

    def need(self, *scopes: str) -> None:
        """Refuses `missing_scope` unless the app has one of the scopes."""
        had = self.core.app.scopes
        if not had.intersection(scopes):
            raise SlackRefusal(
                "missing_scope", needed=",".join(scopes), provided=",".join(sorted(had))
            )

    def need_for(self, channel: Channel, what: str) -> None:
        """Refuses unless the scope `what` (read, history) is there for this kind of channel."""
        self.need(f"{_SCOPE_FAMILY[channel.channel_type]}:{what}")

    def channel(self, name: str = "channel") -> Channel:
        """The channel named in the arguments, if the bot can see it; else `channel_not_found`.

        Private channels and direct messages without the bot do not exist for it.
        """
        channel = self.core.workspace.find_channel(self.required(name, "channel_not_found"))
        if channel is None or (
            (channel.is_private or channel.is_im) and self.bot.id not in channel.members
        ):
            raise SlackRefusal("channel_not_found")
        return channel

    def member_channel(self, name: str = "channel") -> Channel:
        """As `channel`, and `not_in_channel` unless the bot is a member."""
        channel = self.channel(name)
        if self.bot.id not in channel.members:
            raise SlackRefusal("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        message = channel.find(self.required(name, "message_not_found"))
        if message is None:
            raise SlackRefusal("message_not_found")
        return message

    def user(self, name: str = "user") -> Person:
        person = self.core.workspace.people.get(self.required(name, "user_not_found"))
        if person is None:
            raise SlackRefusal("user_not_found")
        return person

    def page(self, items: list[Any], default: int) -> tuple[list[Any], str]:
        """The part of a list that `limit` and `cursor` ask for, and the next cursor."""
        start = decode_cursor(self.text("cursor"))
        stop = start + self.whole("limit", default, 1_000)
        return items[start:stop], encode_cursor(str(stop)) if stop < len(items) else ""


def encode_cursor(place: str) -> str:
    return base64.b64encode(f"next:{place}".encode()).decode()


def decode_cursor_text(cursor: str) -> str:
    """The place a cursor stands for, "" for none; refused `invalid_cursor`."""
    if not cursor:
        return ""
    try:
        kind, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackRefusal("invalid_cursor") from None
    if kind != "next":
        raise SlackRefusal("invalid_cursor")
    return place


def decode_cursor(cursor: str) -> int:
    place = decode_cursor_text(cursor)
    if not place:
        return 0
    if not place.isdigit():
        raise SlackRefusal("invalid_cursor")
    return int(place)


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A served method: its rate limit tier (0: special) and the scopes, any one of which will do.

    `token` is the kind of token it takes.
    """

    handler: Handler
    tier: int
    scopes: tuple[str, ...]
    token: str


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *scopes: str,
    tier: int = 3,
    token: str = "bot",  # noqa: S107 - a kind of token
) -> Callable[[Handler], Handler]:
    """Registers a handler as the Web API method `name`."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, tier, scopes, token)
        return handler

    return register
