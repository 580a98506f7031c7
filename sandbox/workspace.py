"""The workspace: people, channels, messages, reactions, files, groups, views. No HTTP.

Every change is told to the listeners as a frozen record, once, after it was made; the delivery of
events, the page's stream and waiting tests all hang on that.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from sandbox.conversation import Channel, ChannelKind, Json, Message
from sandbox.errors import SlackRefusal

MAX_TEXT = 40_000  # docs.slack.dev/reference/methods/chat.postMessage: beyond, text is truncated


class PersonKind(StrEnum):
    USER = "user"
    AGENT = "agent"
    ADMIN = "admin"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"


@dataclass(slots=True)
class Person:
    """Somebody of the workspace, or of another organisation (`team_id` differs)."""

    id: str
    name: str
    real_name: str
    kind: PersonKind
    team_id: str
    language: str = "en"
    locale: str = "en-US"
    tz: str = "Europe/Amsterdam"
    title: str = ""
    tier: int | None = None
    deleted: bool = False
    bot_id: str | None = None
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        return self.kind is PersonKind.BOT

    @property
    def is_outsider(self) -> bool:
        """Guests and other organisations: they see only channels they were invited to."""
        return self.kind in (PersonKind.GUEST, PersonKind.EXTERNAL)

    @property
    def email(self) -> str:
        return f"{self.name}@{self.team_id.lower()}.example"


@dataclass(slots=True)
class View:
    """A modal or an App Home as Slack keeps it; `body` is what the app gave."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body.get("type", ""))

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id") or "")


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessagePosted:
    channel: Channel
    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    channel: Channel
    message: Message
    previous: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    channel: Channel
    previous: Message


@dataclass(frozen=True, slots=True)
class EphemeralChanged:
    """Posted, replaced, or (with `gone`) taken away."""

    channel: Channel
    message: Message
    gone: bool = False


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    channel: Channel
    user: str
    joined: bool
    inviter: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """`what` is created, archive, unarchive or rename; `by` the person who did it."""

    channel: Channel
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    channel: Channel
    message: Message
    user: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class ViewsChanged:
    user: str


@dataclass(frozen=True, slots=True)
class HomeChanged:
    user: str


@dataclass(frozen=True, slots=True)
class PersonChanged:
    person: Person


@dataclass(frozen=True, slots=True)
class ReadChanged:
    channel: Channel
    user: str


Change = (
    MessagePosted
    | MessageChanged
    | MessageDeleted
    | EphemeralChanged
    | MembershipChanged
    | ChannelChanged
    | ReactionChanged
    | ViewsChanged
    | HomeChanged
    | PersonChanged
    | ReadChanged
)
Listener = Callable[[Change], None]


def short_id(prefix: str) -> str:
    """A fresh Slack-like id, such as `V0A1B2C3D4E`."""
    return prefix + uuid.uuid4().hex[:10].upper()


class Workspace:
    """All state of the sandbox; `real` gives Unix seconds for `ts` and dates."""

    def __init__(self, team_id: str, name: str, domain: str, real: Callable[[], float]) -> None:
        self.team_id = team_id
        self.name = name
        self.domain = domain
        self.real = real
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.files: dict[str, Json] = {}
        self.file_bytes: dict[str, bytes] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.views: dict[str, View] = {}
        self.bot: Person
        self._listeners: list[Listener] = []
        self._by_name: dict[str, Person] = {}
        self._channel_names: dict[str, Channel] = {}
        self._ims: dict[frozenset[str], Channel] = {}
        self._external_ids: dict[str, View] = {}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener; the returned function takes it away."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    # people ------------------------------------------------------------------------------------

    def add_person(self, person: Person) -> Person:
        self.people[person.id] = person
        self._by_name[person.name] = person
        if person.is_bot:
            self.bot = person
        return person

    def person(self, name_or_id: str) -> Person:
        """The person by id (`U0ALICE`) or name (`alice`); KeyError with the name otherwise."""
        found = self.people.get(name_or_id) or self._by_name.get(name_or_id)
        if found is None:
            raise KeyError(f"nobody in the workspace is called {name_or_id!r}")
        return found

    def find_person(self, name_or_id: str) -> Person | None:
        return self.people.get(name_or_id) or self._by_name.get(name_or_id)

    def change_person(self, person: Person, **changes: Any) -> None:
        """Sets fields such as `locale`, `tz`, `real_name`, `deleted`."""
        for name, value in changes.items():
            setattr(person, name, value)
        person.updated = int(self.real())
        self._tell(PersonChanged(person))

    # channels ----------------------------------------------------------------------------------

    def add_channel(
        self, channel_id: str, name: str, kind: ChannelKind, members: Iterable[str], creator: str
    ) -> Channel:
        channel = Channel(channel_id, name, kind, int(self.real()))
        channel.creator = creator
        channel.members = dict.fromkeys(members)
        self.channels[channel_id] = channel
        if kind is not ChannelKind.IM:
            self._channel_names[name] = channel
        self._tell(ChannelChanged(channel, "created", creator))
        return channel

    def find_channel(self, name_or_id: str) -> Channel | None:
        return self.channels.get(name_or_id) or self._channel_names.get(name_or_id.lstrip("#"))

    def channel(self, name_or_id: str) -> Channel:
        """The channel by id or name, with or without `#`; KeyError with the name otherwise."""
        found = self.find_channel(name_or_id)
        if found is None:
            raise KeyError(f"there is no channel {name_or_id!r}")
        return found

    def direct_message(self, one: str, other: str) -> Channel:
        """The direct message of two people, opened when it does not exist yet."""
        pair = frozenset((one, other))
        if pair not in self._ims:
            names = sorted(self.people[user].name for user in pair)
            without_bot = [name for name in names if name != self.bot.name]
            channel_id = "D0" + "".join(without_bot or names).upper()
            self._ims[pair] = self.add_channel(channel_id, "", ChannelKind.IM, (one, other), one)
        return self._ims[pair]

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        if user in channel.members:
            return
        channel.members[user] = None
        channel.last_read[user] = channel.newest_ts
        self._tell(MembershipChanged(channel, user, joined=True, inviter=inviter))
        self.post(
            Message(
                channel.id,
                self._ts(channel),
                user,
                f"<@{user}> has joined the channel",
                subtype="group_join" if channel.is_private else "channel_join",
                inviter=inviter,
            )
        )

    def leave(self, channel: Channel, user: str) -> None:
        if user not in channel.members:
            return
        del channel.members[user]
        self._tell(MembershipChanged(channel, user, joined=False))

    def archive(self, channel: Channel, by: str) -> None:
        channel.is_archived = True
        self._tell(ChannelChanged(channel, "archive", by))

    def unarchive(self, channel: Channel, by: str) -> None:
        channel.is_archived = False
        self._tell(ChannelChanged(channel, "unarchive", by))

    def rename(self, channel: Channel, name: str, by: str) -> None:
        self._channel_names.pop(channel.name, None)
        channel.name = name
        self._channel_names[name] = channel
        self._tell(ChannelChanged(channel, "rename", by))

    # messages ----------------------------------------------------------------------------------

    def _ts(self, channel: Channel) -> str:
        return channel.mint_ts(self.real())

    def draft(self, channel: Channel, user: str, text: str, **fields: Any) -> Message:
        """A message with a fresh `ts`, not yet posted; text beyond 40,000 is cut."""
        return Message(channel.id, self._ts(channel), user, text[:MAX_TEXT], **fields)

    def post(self, message: Message) -> Message:
        """Posts; a reply whose root is gone lands at the top level without `thread_ts`.

        Observed (github.com/slackapi/python-slack-events-api issue 87, slack-go issue 1571).
        """
        channel = self.channels[message.channel]
        if message.is_reply:
            root = channel.find(message.thread_ts or "")
            message.thread_ts = (root.thread_ts or root.ts) if root else None
            message.broadcast = message.broadcast and root is not None
        channel.add(message)
        self._tell(MessagePosted(channel, message))
        return message

    def change(self, message: Message, previous: Message) -> None:
        """Tells that `message` was edited in place; `previous` is a copy from before."""
        channel = self.channels[message.channel]
        channel.keep(message)
        self._tell(MessageChanged(channel, message, previous))

    def delete(self, message: Message) -> None:
        """Deletes; a root with replies becomes a tombstone, which goes with its last reply.

        Observed (github.com/slack-edge/slack-edge pull 10, openclaw pull 22035).
        """
        channel = self.channels[message.channel]
        before = copy_of(message)
        tombstone = channel.is_last_reply_of_tombstone(message)
        channel.remove(message)
        if message.is_tombstone:
            self._tell(MessageChanged(channel, message, before))
            return
        self._tell(MessageDeleted(channel, before))
        if tombstone is not None:
            gone = copy_of(tombstone)
            channel.remove(tombstone)
            self._tell(MessageDeleted(channel, gone))

    def whisper(self, message: Message) -> Message:
        """Posts an ephemeral message to `message.ephemeral_to`."""
        channel = self.channels[message.channel]
        channel.whisper(message)
        self._tell(EphemeralChanged(channel, message))
        return message

    def change_whisper(self, message: Message) -> None:
        self._tell(EphemeralChanged(self.channels[message.channel], message))

    def withdraw_whisper(self, message: Message) -> None:
        channel = self.channels[message.channel]
        held = channel.ephemerals.get(message.ephemeral_to or "", [])
        if message in held:
            held.remove(message)
            self._tell(EphemeralChanged(channel, message, gone=True))

    def react(self, message: Message, user: str, name: str) -> None:
        """Adds a reaction; refused `already_reacted`."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise SlackRefusal("already_reacted")
        users.append(user)
        self._reacted(message, user, name, added=True)

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Takes a reaction back; refused `no_reaction`."""
        users = message.reactions.get(name, [])
        if user not in users:
            raise SlackRefusal("no_reaction")
        users.remove(user)
        if not users:
            del message.reactions[name]
        self._reacted(message, user, name, added=False)

    def _reacted(self, message: Message, user: str, name: str, *, added: bool) -> None:
        channel = self.channels[message.channel]
        channel.keep(message)
        self._tell(ReactionChanged(channel, message, user, name, added))

    def mark_read(self, channel: Channel, user: str, ts: str) -> None:
        channel.last_read[user] = max(ts, channel.last_read.get(user, "0"))
        self._tell(ReadChanged(channel, user))

    # views -------------------------------------------------------------------------------------

    def new_view(self, user: str, body: Json, previous: View | None = None) -> View:
        """A view with id and hash; its external id must be new (`duplicate_external_id`)."""
        external_id = str(body.get("external_id") or "")
        if external_id and external_id in self._external_ids:
            raise SlackRefusal("duplicate_external_id")
        view_id = short_id("V")
        root_id = previous.root_id if previous else view_id
        previous_id = previous.id if previous else None
        view = View(view_id, user, body, self._view_hash(body), root_id, previous_id)
        self.views[view_id] = view
        if external_id:
            self._external_ids[external_id] = view
        return view

    def view_with_external_id(self, external_id: str) -> View | None:
        return self._external_ids.get(external_id)

    def replace_view(self, view: View, body: Json) -> None:
        """Gives a view new content; what was typed stays where block and action ids match."""
        self._external_ids.pop(view.external_id, None)
        view.body = body
        view.hash = self._view_hash(body)
        view.errors = {}
        if view.external_id:
            self._external_ids[view.external_id] = view

    def open_modal(self, user: str, view: View) -> None:
        self.drop_stack(user)
        self.stacks[user] = [view]
        self._tell(ViewsChanged(user))

    def push_modal(self, user: str, view: View) -> None:
        self.stacks.setdefault(user, []).append(view)
        self._tell(ViewsChanged(user))

    def close_modal(self, user: str) -> None:
        """Closes the uppermost modal of a person."""
        stack = self.stacks.get(user, [])
        if stack:
            self._forget(stack.pop())
        self._tell(ViewsChanged(user))

    def close_all_modals(self, user: str) -> None:
        self.drop_stack(user)
        self._tell(ViewsChanged(user))

    def drop_stack(self, user: str) -> None:
        for view in self.stacks.pop(user, []):
            self._forget(view)

    def _forget(self, view: View) -> None:
        self.views.pop(view.id, None)
        self._external_ids.pop(view.external_id, None)

    def views_changed(self, user: str) -> None:
        self._tell(ViewsChanged(user))

    def publish_home(self, user: str, body: Json) -> View:
        """Sets a person's App Home; the view keeps its id from the first publication on."""
        home = self.homes.get(user)
        if home is None:
            home = self.homes[user] = self.new_view(user, body)
        else:
            self.replace_view(home, body)
        self._tell(HomeChanged(user))
        return home

    def _view_hash(self, body: Json) -> str:
        digest = hashlib.sha256(repr((body, self.real())).encode()).hexdigest()[:8]
        return f"{int(self.real())}.{digest}"


def copy_of(message: Message) -> Message:
    """A copy that later edits of the message do not reach."""
    values = {one.name: getattr(message, one.name) for one in fields(message)}
    values["reactions"] = {name: list(users) for name, users in message.reactions.items()}
    values["replies"] = list(message.replies)
    return Message(**values)
