"""What the page is told: people, channels, messages and views in the shapes of sandbox-api.md."""

from sandbox.acts import Acts
from sandbox.conversation import Channel, Json, Message, Window
from sandbox.core import Core
from sandbox.shapes import message_shape, view_shape
from sandbox.workspace import Person, View

_PERSON_FIELDS = (
    "id",
    "name",
    "real_name",
    "title",
    "kind",
    "tier",
    "language",
    "locale",
    "tz",
    "email",
    "team_id",
    "deleted",
)


class PageShapes:
    """Everything as one person may see it."""

    def __init__(self, core: Core, acts: Acts) -> None:
        self._core = core
        self._acts = acts

    def state(self, me: Person) -> Json:
        """The answer of `GET /sandbox/state`."""
        workspace = self._core.workspace
        channels = [one for one in workspace.channels.values() if self._acts.sees(me, one)]
        named = [self.channel(me, one) for one in channels if not one.is_im]
        dms = [self.direct_message(me, one) for one in channels if one.is_im]
        return {
            "ok": True,
            "team": {"id": workspace.team_id, "name": workspace.name},
            "me": self.person(me),
            "people": [self.person(one) for one in workspace.people.values()],
            "channels": named,
            "dms": dms,
            "unread": {one["id"]: one["unread"] for one in (*named, *dms)},
            "views": self.views(me),
            "home": self.home(me),
            "groups": [
                {"id": group.id, "handle": group.handle, "name": group.name, "users": group.users}
                for group in workspace.groups.values()
            ],
            "clock": self._core.clock.as_json(),
            "faults": self.faults(),
            "bot": self.bot(),
        }

    def person(self, person: Person) -> Json:
        return {name: getattr(person, name) for name in _PERSON_FIELDS}

    def channel(self, me: Person, channel: Channel) -> Json:
        unread, mentions = self.unread(me, channel)
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "is_member": me.id in channel.members,
            "is_archived": channel.is_archived,
            "is_ext_shared": channel.is_ext_shared,
            "topic": channel.topic,
            "members": list(channel.members),
            "bot_is_member": self._core.workspace.bot.id in channel.members,
            "unread": unread,
            "mentions": mentions,
        }

    def direct_message(self, me: Person, channel: Channel) -> Json:
        other = next((user for user in channel.members if user != me.id), me.id)
        unread, _ = self.unread(me, channel)
        is_app = other == self._core.workspace.bot.id
        return {"id": channel.id, "with": other, "is_app": is_app, "unread": unread}

    def unread(self, me: Person, channel: Channel) -> tuple[int, int]:
        """Unread top-level messages and, among the last fifty of them, mentions."""
        if me.id not in channel.members:
            return 0, 0
        last_read = channel.last_read.get(me.id, "0")
        count = channel.count_newer_than(last_read)
        newest = channel.newer_than(last_read)[-50:] if count else []
        messages = [channel.find(ts) for ts in newest]
        mentions = sum(one is not None and f"<@{me.id}>" in one.text for one in messages)
        return count, mentions

    def message(self, message: Message) -> Json:
        shape = message_shape(self._core.workspace, message, metadata=True)
        shape["channel"] = message.channel
        if message.ephemeral_to is not None:
            shape["ephemeral"] = True
        return shape

    def messages(
        self, me: Person, channel: Channel, thread_ts: str | None, before: str | None
    ) -> tuple[list[Json], bool]:
        """A thread, or up to 200 top-level messages before `before`, oldest first."""
        own = channel.ephemerals.get(me.id, [])
        if thread_ts is not None:
            root = channel.find(thread_ts)
            held = [] if root is None else [root, *_replies(channel, root)]
            more = False
            whispers = [one for one in own if one.thread_ts == thread_ts]
        else:
            held, more = _page(channel, before)
            whispers = [one for one in own if one.thread_ts is None and before is None]
        held = sorted([*held, *whispers], key=lambda message: message.ts)
        return [self.message(message) for message in held], more

    def views(self, me: Person) -> list[Json]:
        stack = self._core.workspace.stacks.get(me.id, [])
        return [self.view(view, depth) for depth, view in enumerate(stack)]

    def home(self, me: Person) -> Json | None:
        view = self._core.workspace.homes.get(me.id)
        return None if view is None else self.view(view, 0)

    def view(self, view: View, depth: int) -> Json:
        shape = view_shape(self._core.workspace, view) | {"user": view.user, "depth": depth}
        return shape | ({"errors": view.errors} if view.errors else {})

    def faults(self) -> Json:
        return {"rules": self._core.faults.as_json(), "pace": self._core.pace.switched_on}

    def bot(self) -> Json:
        core = self._core
        transport = core.deliveries.transport
        return {
            "connected": core.deliveries.connected,
            "mode": transport.mode if transport and core.deliveries.connected else None,
            "user_id": core.workspace.bot.id,
            "app_id": core.app.id,
            "name": core.app.name,
            "home_tab": core.app.home_tab,
            "messages_tab": core.app.messages_tab,
            "commands": [
                {
                    "command": one["command"],
                    "description": one.get("description", ""),
                    "usage_hint": one.get("usage_hint", ""),
                }
                for one in core.app.commands or ()
            ],
            "shortcuts": [
                {
                    "name": one.get("name", one["callback_id"]),
                    "callback_id": one["callback_id"],
                    "description": one.get("description", ""),
                    "type": one["type"],
                }
                for one in core.app.shortcuts or ()
            ],
        }


def _replies(channel: Channel, root: Message) -> list[Message]:
    found = (channel.find(ts) for ts in root.replies)
    return [reply for reply in found if reply is not None]


def _page(channel: Channel, before: str | None) -> tuple[list[Message], bool]:
    newest_first, more = channel.history(Window(latest=before), 200)
    return newest_first[::-1], more
