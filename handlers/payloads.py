"""Slack's payloads, read in one place and handed on as our own types.

Shapes: docs.slack.dev/reference/events/message and docs.slack.dev/reference/interaction-payloads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Payload: TypeAlias = Mapping[str, Any]

_MESSAGES_OF_PEOPLE = (None, "file_share", "thread_broadcast")


class PayloadUnreadable(Exception):
    """A payload lacks what every payload of its kind has."""


@dataclass(frozen=True)
class Said:
    """A message of a person, as an event brought it. ``thread_ts`` is ``None`` at top level."""

    event_id: str
    team: str
    channel: str
    direct: bool
    user: str
    text: str
    ts: str
    thread_ts: str | None
    files: int = 0
    attached: tuple[str, ...] = ()
    revision: str = ""
    """When it was edited, for an edited message that is read as a new one."""


@dataclass(frozen=True)
class Changed:
    """A person's message that was edited (``text`` is what it says now) or deleted (``None``).
    ``before`` is what it said; ``edited_ts`` when it was edited, by Slack's time."""

    event_id: str
    team: str
    channel: str
    ts: str
    text: str | None
    user: str = ""
    direct: bool = False
    thread_ts: str | None = None
    files: int = 0
    attached: tuple[str, ...] = ()
    before: str = ""
    edited_ts: str = ""


@dataclass(frozen=True)
class OwnMessageDeleted:
    """Somebody deleted a message of ours."""

    event_id: str
    team: str
    channel: str
    ts: str


@dataclass(frozen=True)
class Pressed:
    """A press on an element of a message of ours. ``key`` names the press for ever."""

    key: str
    team: str
    user: str
    action: str
    value: str
    channel: str
    message_ts: str
    thread_ts: str | None
    trigger_id: str
    ephemeral: bool = False
    response_url: str = ""


@dataclass(frozen=True)
class PressedInView:
    """A press in App Home or in a modal. ``view`` is the view's id, ``home`` says it is the Home
    tab."""

    key: str
    team: str
    user: str
    action: str
    value: str
    trigger_id: str
    view: str
    home: bool
    metadata: str = ""
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """A modal sent in. ``values`` maps block id to what was entered or chosen there: text, the
    value of an option, or for several options their values separated by commas."""

    key: str
    team: str
    user: str
    callback: str
    view_id: str
    metadata: str
    values: Mapping[str, str]
    trigger_id: str


@dataclass(frozen=True)
class Commanded:
    """A slash command. ``response_url`` answers privately, five times within 30 minutes."""

    key: str
    team: str
    user: str
    channel: str
    text: str
    trigger_id: str
    response_url: str


@dataclass(frozen=True)
class ShortcutUsed:
    """A shortcut; the message's part is empty for a global one."""

    key: str
    team: str
    user: str
    callback: str
    trigger_id: str
    channel: str = ""
    message_ts: str = ""
    thread_ts: str | None = None
    author: str = ""
    text: str = ""
    response_url: str = ""
    by_bot: bool = False
    attached: tuple[str, ...] = ()
    channel_name: str = ""
    """``privategroup`` or ``directmessage`` where not everybody can read it."""


@dataclass(frozen=True)
class HomeOpened:
    """A person opened the Home tab."""

    event_id: str
    team: str
    user: str


@dataclass(frozen=True)
class MembershipChanged:
    """Somebody joined or left a channel."""

    channel: str
    user: str
    joined: bool


def read_submission(body: Payload) -> Submitted:
    """docs.slack.dev/reference/interaction-payloads/view-interactions-payload. Raises
    ``PayloadUnreadable``."""
    try:
        view = body["view"]
        return Submitted(
            key=f"form:{view['id']}:{body['user']['id']}",
            team=_team_of_interaction(body),
            user=body["user"]["id"],
            callback=view["callback_id"],
            view_id=view["id"],
            metadata=view.get("private_metadata") or "",
            values={
                block: _entered(element)
                for block, elements in view["state"]["values"].items()
                for element in elements.values()
            },
            trigger_id=body.get("trigger_id", ""),
        )
    except (KeyError, TypeError) as problem:
        raise PayloadUnreadable(f"form without {problem}") from problem


def read_command(body: Payload) -> Commanded:
    """docs.slack.dev/interactivity/implementing-slash-commands. Raises ``PayloadUnreadable``."""
    try:
        return Commanded(
            key=f"command:{body['trigger_id']}",
            team=body["team_id"],
            user=body["user_id"],
            channel=body["channel_id"],
            text=(body.get("text") or "").strip(),
            trigger_id=body["trigger_id"],
            response_url=body.get("response_url", ""),
        )
    except KeyError as missing:
        raise PayloadUnreadable(f"command without {missing}") from missing


def read_shortcut(body: Payload) -> ShortcutUsed:
    """docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload. Raises
    ``PayloadUnreadable``."""
    message = body.get("message") or {}
    try:
        return ShortcutUsed(
            key=f"shortcut:{body['trigger_id']}",
            team=_team_of_interaction(body),
            user=body["user"]["id"],
            callback=body["callback_id"],
            trigger_id=body["trigger_id"],
            channel=(body.get("channel") or {}).get("id", ""),
            message_ts=message.get("ts", ""),
            thread_ts=message.get("thread_ts"),
            author=message.get("user", ""),
            text=message.get("text", ""),
            response_url=body.get("response_url") or "",
            by_bot=bool(message.get("bot_id")),
            attached=_attached(message),
            channel_name=str((body.get("channel") or {}).get("name") or ""),
        )
    except (KeyError, TypeError) as problem:
        raise PayloadUnreadable(f"shortcut without {problem}") from problem


def read_home(body: Payload) -> HomeOpened | None:
    """``None`` for the Messages tab. Raises ``PayloadUnreadable``."""
    event = body.get("event", {})
    if event.get("tab") != "home":
        return None
    try:
        return HomeOpened(body["event_id"], body["team_id"], event["user"])
    except KeyError as missing:
        raise PayloadUnreadable(f"home event without {missing}") from missing


def read_membership(body: Payload) -> MembershipChanged:
    """``member_joined_channel`` and ``member_left_channel``. Raises ``PayloadUnreadable``."""
    event = body.get("event", {})
    try:
        joined = event["type"] == "member_joined_channel"
        return MembershipChanged(event["channel"], event["user"], joined)
    except KeyError as missing:
        raise PayloadUnreadable(f"membership event without {missing}") from missing


def read_message(body: Payload) -> Said | None:
    """The message of an event, or ``None`` when it is not one a person wrote just now: other
    bots' and our own messages, joins, edits, deletions. Raises ``PayloadUnreadable``."""
    event = body.get("event", {})
    written_by_person = event.get("user") and not event.get("bot_id")
    if not written_by_person or event.get("subtype") not in _MESSAGES_OF_PEOPLE:
        return None
    try:
        return Said(
            event_id=body["event_id"],
            team=body["team_id"],
            channel=event["channel"],
            direct=event.get("channel_type") == "im",
            user=event["user"],
            text=event.get("text") or "",
            ts=event["ts"],
            thread_ts=_thread_of(event),
            files=len(event.get("files") or ()),
            attached=_attached(event),
        )
    except KeyError as missing:
        raise PayloadUnreadable(f"message event without {missing}") from missing


def read_change(body: Payload) -> Changed | None:
    """The edit or deletion of a person's message, or ``None`` for any other event. A deleted
    message with replies stays as a ``tombstone`` and comes as an edit
    (docs.slack.dev/reference/events/message/message_changed). Raises ``PayloadUnreadable``."""
    event = body.get("event", {})
    if event.get("subtype") not in ("message_changed", "message_deleted"):
        return None
    message = event.get("message") or event.get("previous_message") or {}
    if (event.get("previous_message") or message).get("bot_id"):
        return None
    gone = event["subtype"] == "message_deleted" or message.get("subtype") == "tombstone"
    try:
        return Changed(
            event_id=body["event_id"],
            team=body["team_id"],
            channel=event["channel"],
            ts=message["ts"],
            text=None if gone else message.get("text") or "",
            user=(event.get("previous_message") or message).get("user") or "",
            direct=event.get("channel_type") == "im",
            thread_ts=_thread_of(message),
            files=len(message.get("files") or ()),
            attached=_attached(message),
            before=(event.get("previous_message") or {}).get("text") or "",
            edited_ts=(message.get("edited") or {}).get("ts") or "",
        )
    except KeyError as missing:
        raise PayloadUnreadable(f"changed message without {missing}") from missing


def read_own_deletion(body: Payload, bot_user: str) -> OwnMessageDeleted | None:
    """The deletion of a message of ours, or ``None`` for any other event. With replies beneath it
    the message stays as a tombstone. Raises ``PayloadUnreadable``."""
    event = body.get("event", {})
    previous = event.get("previous_message") or {}
    subtype = event.get("subtype")
    tombstone = (event.get("message") or {}).get("subtype") == "tombstone"
    gone = subtype == "message_deleted" or (subtype == "message_changed" and tombstone)
    if not gone or previous.get("user") != bot_user:
        return None
    try:
        return OwnMessageDeleted(
            body["event_id"], body["team_id"], event["channel"], previous["ts"]
        )
    except KeyError as missing:
        raise PayloadUnreadable(f"deleted message without {missing}") from missing


def read_press(body: Payload) -> Pressed:
    """The press of a ``block_actions`` payload on a message. Raises ``PayloadUnreadable``."""
    try:
        action = body["actions"][0]
        user = body["user"]
        container = body["container"]
        message_ts = container["message_ts"]
        return Pressed(
            key=f"press:{user['id']}:{message_ts}:{action['action_id']}:{action['action_ts']}",
            team=_team_of_interaction(body),
            user=user["id"],
            action=action["action_id"],
            value=_value(action),
            channel=container["channel_id"],
            message_ts=message_ts,
            thread_ts=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
            trigger_id=body.get("trigger_id", ""),
            ephemeral=bool(container.get("is_ephemeral")),
            response_url=body.get("response_url") or "",
        )
    except (KeyError, IndexError, TypeError) as problem:
        raise PayloadUnreadable(f"press without {problem}") from problem


def read_press_in_view(body: Payload) -> PressedInView:
    """The press of a ``block_actions`` payload in a view. Raises ``PayloadUnreadable``."""
    try:
        action, user, view = body["actions"][0], body["user"], body["view"]
        return PressedInView(
            key=f"press:{user['id']}:{view['id']}:{action['action_id']}:{action['action_ts']}",
            team=_team_of_interaction(body),
            user=user["id"],
            action=action["action_id"],
            value=_value(action),
            trigger_id=body.get("trigger_id", ""),
            view=view["id"],
            home=view.get("type") == "home",
            metadata=view.get("private_metadata") or "",
            chosen=tuple(str(one["value"]) for one in action.get("selected_options") or ()),
        )
    except (KeyError, IndexError, TypeError) as problem:
        raise PayloadUnreadable(f"press in a view without {problem}") from problem


def is_in_view(body: Payload) -> bool:
    """Whether a press comes from App Home or a modal rather than from a message."""
    return bool((body.get("container") or {}).get("type") == "view")


def team_of(body: Payload) -> str:
    """The team a payload belongs to, as far as it says."""
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    return str(team or "")


def event_key(body: Payload) -> str:
    """What names an event for ever. Raises ``PayloadUnreadable``."""
    try:
        return f"event:{body['event_id']}"
    except KeyError as missing:
        raise PayloadUnreadable(f"event without {missing}") from missing


def _team_of_interaction(body: Payload) -> str:
    """``team`` is null where the app is installed for a whole organisation; then it is the
    person's (docs.slack.dev/reference/interaction-payloads/view-interactions-payload)."""
    team = (body.get("team") or {}).get("id") or body["user"]["team_id"]
    return str(team)


def person_and_place(body: Payload) -> tuple[str, str, str | None] | None:
    """Whom to tell, and where, when a payload could not be handled: user, channel, thread."""
    event = body.get("event") or {}
    user = event.get("user") or (body.get("user") or {}).get("id")
    container = body.get("container") or {}
    channel = event.get("channel") or container.get("channel_id")
    if not isinstance(user, str) or not isinstance(channel, str) or event.get("bot_id"):
        return None
    said_at = event.get("thread_ts") or event.get("ts")
    thread = said_at or container.get("thread_ts") or container.get("message_ts")
    return user, channel, thread


def _attached(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of a message's files (docs.slack.dev/reference/objects/file-object)."""
    files = message.get("files") or ()
    return tuple(str(one["id"]) for one in files if isinstance(one, Mapping) and one.get("id"))


def _thread_of(message: Mapping[str, Any]) -> str | None:
    """The root's ts for a reply; a root itself names itself once it has replies."""
    root = message.get("thread_ts")
    return str(root) if root and root != message["ts"] else None


def _entered(element: Mapping[str, Any]) -> str:
    several = element.get("selected_options")
    if several is not None:
        return ",".join(str(option["value"]) for option in several)
    channels = element.get("selected_conversations")
    if channels is not None:
        return ",".join(map(str, channels))
    files = element.get("files")
    if files is not None:
        return ",".join(str(one["id"]) for one in files)
    one = element.get("selected_option") or {}
    chosen = element.get("selected_date") or element.get("selected_time")
    person_or_channel = element.get("selected_user") or element.get("selected_conversation")
    return str(element.get("value") or one.get("value") or chosen or person_or_channel or "")


def _value(action: Mapping[str, Any]) -> str:
    selected = action.get("selected_option") or {}
    return str(action.get("value") or selected.get("value") or "")
