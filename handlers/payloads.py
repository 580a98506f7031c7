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
            thread_ts=event.get("thread_ts") if event.get("thread_ts") != event["ts"] else None,
            files=len(event.get("files") or ()),
        )
    except KeyError as missing:
        raise PayloadUnreadable(f"message event without {missing}") from missing


def read_press(body: Payload) -> Pressed:
    """The press of a ``block_actions`` payload on a message. Raises ``PayloadUnreadable``."""
    try:
        action = body["actions"][0]
        user = body["user"]
        container = body["container"]
        message_ts = container["message_ts"]
        return Pressed(
            key=f"press:{user['id']}:{message_ts}:{action['action_id']}:{action['action_ts']}",
            team=body["team"]["id"],
            user=user["id"],
            action=action["action_id"],
            value=_value(action),
            channel=container["channel_id"],
            message_ts=message_ts,
            thread_ts=body.get("message", {}).get("thread_ts"),
            trigger_id=body.get("trigger_id", ""),
        )
    except (KeyError, IndexError, TypeError) as problem:
        raise PayloadUnreadable(f"press without {problem}") from problem


def team_of(body: Payload) -> str:
    """The team a payload belongs to, as far as it says."""
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    return str(team or "")


def person_and_place(body: Payload) -> tuple[str, str, str | None] | None:
    """Whom to tell, and where, when a payload could not be handled: user, channel, thread."""
    event = body.get("event") or {}
    user = event.get("user") or (body.get("user") or {}).get("id")
    container = body.get("container") or {}
    channel = event.get("channel") or container.get("channel_id")
    if not isinstance(user, str) or not isinstance(channel, str) or event.get("bot_id"):
        return None
    thread = event.get("thread_ts") or event.get("ts") or container.get("message_ts")
    return user, channel, thread


def _value(action: Mapping[str, Any]) -> str:
    selected = action.get("selected_option") or {}
    return str(action.get("value") or selected.get("value") or "")
