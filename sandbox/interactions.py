"""Payloads of what people do to the app: presses, forms, commands, shortcuts.

docs.slack.dev/reference/interaction-payloads and docs.slack.dev/interactivity/
implementing-slash-commands.
"""

from typing import Any

from sandbox.conversation import Channel, Json, Message
from sandbox.core import Core
from sandbox.shapes import message_shape, view_shape
from sandbox.workspace import Person, View


def _common(core: Core, kind: str, person: Person) -> Json:
    workspace = core.workspace
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "api_app_id": core.app.id,
        "token": "sandbox-verification",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel_name(channel)}


def channel_name(channel: Channel) -> str:
    """The name as payloads carry it; private channels and direct messages have none."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _response_url(core: Core, person: Person, channel: Channel, origin: Message | None) -> str:
    key = core.response_urls.issue(person.id, channel, origin)
    return f"{core.base_url}/response/{key}"


def message_press(core: Core, person: Person, message: Message, action: Json, state: Json) -> Json:
    """`block_actions` of a message; an ephemeral message itself is not in the payload."""
    channel = core.workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _common(core, "block_actions", person) | {
        "container": container,
        "trigger_id": core.triggers.issue(person.id),
        "channel": _channel(channel),
        "state": {"values": state},
        "response_url": _response_url(core, person, channel, message),
        "actions": [action],
    }
    if message.ephemeral_to is None:
        payload["message"] = message_shape(core.workspace, message)
    return payload


def view_press(core: Core, person: Person, view: View, action: Json) -> Json:
    """`block_actions` of a modal or of App Home."""
    return _common(core, "block_actions", person) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.triggers.issue(person.id, view.id),
        "view": view_shape(core.workspace, view),
        "actions": [action],
    }


def submission(core: Core, person: Person, view: View) -> Json:
    """`view_submission`."""
    return _common(core, "view_submission", person) | {
        "trigger_id": core.triggers.issue(person.id, view.id),
        "view": view_shape(core.workspace, view),
        "response_urls": _response_urls(core, person, view),
    }


def _response_urls(core: Core, person: Person, view: View) -> list[Json]:
    urls: list[Json] = []
    for block in view.body.get("blocks") or ():
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        chosen = view.values.get(block["block_id"], {}).get(element["action_id"], {})
        channel_id = chosen.get("selected_conversation") or chosen.get("selected_channel")
        channel = core.workspace.channels.get(str(channel_id))
        if channel is not None:
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel.id,
                    "response_url": _response_url(core, person, channel, None),
                }
            )
    return urls


def closing(core: Core, person: Person, view: View, *, cleared: bool) -> Json:
    """`view_closed`; `cleared` when the whole stack went."""
    return _common(core, "view_closed", person) | {
        "view": view_shape(core.workspace, view),
        "is_cleared": cleared,
    }


def suggestion(
    core: Core, person: Person, placed: Json, query: str, message: Message | None, view: View | None
) -> Json:
    """`block_suggestion`: the options of an external select are asked for."""
    payload = _common(core, "block_suggestion", person) | {
        "action_id": placed["action_id"],
        "block_id": placed["block_id"],
        "value": query,
    }
    if view is not None:
        shape = view_shape(core.workspace, view)
        return payload | {"container": {"type": "view", "view_id": view.id}, "view": shape}
    assert message is not None
    container = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    channel = core.workspace.channels[message.channel]
    shape = message_shape(core.workspace, message)
    return payload | {"container": container, "channel": _channel(channel), "message": shape}


def command(core: Core, person: Person, channel: Channel, name: str, text: str) -> Json:
    """A slash command; all fields are texts, as in the form body."""
    workspace = core.workspace
    return {
        "token": "sandbox-verification",
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": core.app.id,
        "is_enterprise_install": "false",
        "response_url": _response_url(core, person, channel, None),
        "trigger_id": core.triggers.issue(person.id),
    }


def global_shortcut(core: Core, person: Person, callback_id: str) -> Json:
    """`shortcut`: no channel and no response_url."""
    return _common(core, "shortcut", person) | {
        "callback_id": callback_id,
        "trigger_id": core.triggers.issue(person.id),
        "action_ts": f"{core.real():.6f}",
    }


def message_shortcut(core: Core, person: Person, message: Message, callback_id: str) -> Json:
    """`message_action`: the message and its channel."""
    channel = core.workspace.channels[message.channel]
    payload: dict[str, Any] = _common(core, "message_action", person) | {
        "callback_id": callback_id,
        "trigger_id": core.triggers.issue(person.id),
        "action_ts": f"{core.real():.6f}",
        "response_url": _response_url(core, person, channel, None),
        "message_ts": message.ts,
        "channel": _channel(channel),
        "message": message_shape(core.workspace, message),
    }
    return payload
