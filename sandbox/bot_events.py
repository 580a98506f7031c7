"""Which events the bot is told, and their payloads (docs.slack.dev/reference/events).

The bot hears of channels it is a member of, and only of what its manifest subscribes to and its
scopes allow. A mention in a channel arrives as two events, `app_mention` and `message`, in either
order (bolt-python issue 941).
"""

import random

from sandbox.conversation import Channel, Json, Message
from sandbox.core import Core
from sandbox.shapes import message_shape, user_shape, view_shape
from sandbox.workspace import (
    Change,
    ChannelChanged,
    MembershipChanged,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    ReactionChanged,
    short_id,
)

_SUBSCRIPTIONS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class BotEvents:
    """Listens to the workspace and tells the bot."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._workspace = core.workspace
        # The order of twins is Slack's whim; a seed makes a run repeatable.
        self._random = random.Random(core.setup.seed)  # noqa: S311
        core.workspace.listen(self.on_change)

    def on_change(self, change: Change) -> None:
        """Tells the bot of a change that concerns it."""
        match change:
            case MessagePosted():
                self._message_posted(change)
            case MessageChanged():
                self._message_changed(change)
            case MessageDeleted():
                self._message_deleted(change)
            case MembershipChanged():
                self._membership_changed(change)
            case ChannelChanged():
                self._channel_changed(change)
            case ReactionChanged():
                self._reaction_changed(change)
            case PersonChanged():
                self.tell(
                    "user_change",
                    {
                        "user": user_shape(
                            self._workspace, change.person, locale=True, email=False
                        ),
                        "cache_ts": change.person.updated,
                    },
                )

    def home_opened(self, user: str, tab: str) -> None:
        """`app_home_opened`, with the view published before, if any."""
        channel = self._workspace.direct_message(user, self._workspace.bot.id)
        event: Json = {"user": user, "channel": channel.id, "tab": tab}
        home = self._workspace.homes.get(user)
        if tab == "home" and home is not None:
            event["view"] = view_shape(self._workspace, home)
        self.tell("app_home_opened", event, channel)

    def tell(
        self,
        kind: str,
        event: Json,
        channel: Channel | None = None,
        subscription: str | None = None,
    ) -> None:
        """Sends an event if the app hears it; `event_ts` is the present unless given."""
        if not self._core.app.hears(subscription or kind):
            return
        now = self._core.real()
        event = {"type": kind, "event_ts": f"{now:.6f}"} | event
        self._core.deliveries.tell(kind, self._callback(event, channel, int(now)))

    def _callback(self, event: Json, channel: Channel | None, event_time: int) -> Json:
        workspace = self._workspace
        return {
            "token": "sandbox-verification",
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": self._core.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": short_id("Ev"),
            "event_time": event_time,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
            "event_context": f"4-{short_id('')}",
        }

    def _hears(self, channel: Channel) -> bool:
        return self._workspace.bot.id in channel.members

    def _tell_message(self, channel: Channel, event: Json) -> None:
        event |= {"channel": channel.id, "channel_type": channel.channel_type}
        self.tell("message", event, channel, _SUBSCRIPTIONS[channel.channel_type])

    def _shape(self, message: Message) -> Json:
        """A message as events tell it: with the files of other organisations by their ids alone."""
        shape = message_shape(self._workspace, message)
        if "user_team" in shape and message.files:
            shape["files"] = [_file_to_look_up(file) for file in message.files]
        return shape

    def _message_posted(self, change: MessagePosted) -> None:
        channel, message = change.channel, change.message
        if not self._hears(channel):
            return
        shape = self._shape(message) | {"event_ts": message.ts}
        if not self._is_mention(channel, message):
            self._tell_message(channel, shape)
            return
        mention = {**shape, "type": "app_mention", "channel": channel.id}
        mention.pop("subtype", None)
        if self._mention_goes_first():
            self.tell("app_mention", mention, channel)
            self._tell_message(channel, shape)
        else:
            self._tell_message(channel, shape)
            self.tell("app_mention", mention, channel)

    def _is_mention(self, channel: Channel, message: Message) -> bool:
        bot = self._workspace.bot.id
        by_person = message.bot_id is None and message.subtype in (None, "file_share")
        return by_person and not channel.is_im and f"<@{bot}" in message.text

    def _mention_goes_first(self) -> bool:
        fixed = self._core.setup.mention_first
        return self._random.random() < 0.5 if fixed is None else fixed

    def _message_changed(self, change: MessageChanged) -> None:
        if not self._hears(change.channel):
            return
        event: Json = {
            "subtype": "message_changed",
            "hidden": True,
            "message": self._shape(change.message),
            "previous_message": self._shape(change.previous),
        }
        self._tell_message(change.channel, self._stamped(change.channel, event))

    def _message_deleted(self, change: MessageDeleted) -> None:
        if not self._hears(change.channel):
            return
        event: Json = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": change.previous.ts,
            "previous_message": message_shape(self._workspace, change.previous),
        }
        self._tell_message(change.channel, self._stamped(change.channel, event))

    def _stamped(self, channel: Channel, event: Json) -> Json:
        ts = channel.mint_ts(self._core.real())
        return event | {"ts": ts, "event_ts": ts}

    def _membership_changed(self, change: MembershipChanged) -> None:
        channel, bot = change.channel, self._workspace.bot.id
        if not self._hears(channel) and change.user != bot:
            return
        event: Json = {
            "user": change.user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": self._workspace.person(change.user).team_id,
        }
        if change.inviter:
            event["inviter"] = change.inviter
        kind = "member_joined_channel" if change.joined else "member_left_channel"
        self.tell(kind, event, channel)
        if change.user == bot and not change.joined:
            left = "group_left" if channel.is_private else "channel_left"
            self.tell(left, {"channel": channel.id, "actor_id": change.user}, channel)

    def _channel_changed(self, change: ChannelChanged) -> None:
        channel = change.channel
        if channel.is_im or (change.what != "created" and not self._hears(channel)):
            return
        if change.what == "created" and channel.is_private:
            return
        kind = f"{'group' if channel.is_private else 'channel'}_{change.what}"
        if change.what in ("archive", "unarchive"):
            event: Json = {"channel": channel.id, "user": change.by, "is_moved": 0}
        else:
            shape = {"id": channel.id, "name": channel.name, "created": channel.created}
            event = {"channel": shape | {"is_channel": not channel.is_private}}
        self.tell(kind, event, channel)

    def _reaction_changed(self, change: ReactionChanged) -> None:
        if not self._hears(change.channel):
            return
        kind = "reaction_added" if change.added else "reaction_removed"
        self.tell(
            kind,
            {
                "user": change.user,
                "reaction": change.name,
                "item_user": change.message.user,
                "item": {
                    "type": "message",
                    "channel": change.channel.id,
                    "ts": change.message.ts,
                },
            },
            change.channel,
        )


def _file_to_look_up(file: Json) -> Json:
    """A file of another organisation, of which an event tells nothing else (docs.slack.dev/apis/
    slack-connect); files.info does."""
    access = {"mode": "file_access", "file_access": "check_file_info"}
    return {"id": file["id"], "created": 0, "timestamp": 0, "user": "", **access}
