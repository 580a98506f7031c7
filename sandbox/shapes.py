"""How people, channels, messages and views look in Slack's JSON."""

import uuid
from collections.abc import Iterable
from typing import Any

from sandbox.conversation import Channel, Json, Message
from sandbox.seed import APP_ID
from sandbox.workspace import Person, PersonKind, UserGroup, View, Workspace

_PLAIN_FIELDS = (
    "subtype",
    "client_msg_id",
    "thread_ts",
    "blocks",
    "attachments",
    "files",
    "edited",
    "inviter",
    "username",
    "icons",
)


def message_shape(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history gives it; metadata only where asked for."""
    shape: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    for name in _PLAIN_FIELDS:
        value = getattr(message, name)
        if value is not None:
            shape[name] = value
    _add_author(shape, workspace, message)
    if message.replies or message.is_tombstone:
        _add_thread(shape, workspace, message)
    if message.is_reply:
        shape["parent_user_id"] = _author_of(workspace, message.channel, message.thread_ts)
    if message.reactions:
        shape["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata:
        shape["metadata"] = message.metadata
    if message.broadcast:
        shape["subtype"] = "thread_broadcast"
    return shape


def _add_author(shape: Json, workspace: Workspace, message: Message) -> None:
    if message.is_tombstone:
        shape["hidden"] = True
        return
    person = workspace.people.get(message.user)
    shape["team"] = person.team_id if person else workspace.team_id
    if message.bot_id is not None:
        shape |= {
            "bot_id": message.bot_id,
            "app_id": APP_ID,
            "bot_profile": {
                "id": message.bot_id,
                "app_id": APP_ID,
                "user_id": message.user,
                "name": workspace.bot.real_name,
                "team_id": workspace.team_id,
                "deleted": False,
            },
        }
    elif person is not None and person.team_id != workspace.team_id:
        shape |= {"user_team": person.team_id, "source_team": person.team_id}


def _add_thread(shape: Json, workspace: Workspace, root: Message) -> None:
    channel = workspace.channels[root.channel]
    found = (channel.find(ts) for ts in root.replies)
    users = list(dict.fromkeys(reply.user for reply in found if reply is not None))
    shape |= {
        "thread_ts": root.ts,
        "reply_count": len(root.replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": root.replies[-1] if root.replies else "0000000000.000000",
        "is_locked": False,
        "subscribed": False,
    }


def _author_of(workspace: Workspace, channel: str, ts: str | None) -> str | None:
    message = workspace.channels[channel].find(ts or "")
    return message.user if message else None


def user_shape(workspace: Workspace, person: Person, *, locale: bool, email: bool) -> Json:
    """A user object (docs.slack.dev/reference/objects/user-object); locale only when asked."""
    profile: Json = {
        "real_name": person.real_name,
        "display_name": person.real_name,
        "title": person.title,
        "team": person.team_id,
        "status_text": "",
    }
    if email and not person.is_bot:
        profile["email"] = person.email
    shape: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "updated": person.updated,
        "is_app_user": False,
    }
    if person.deleted:
        return shape
    shape |= {
        "tz": person.tz,
        "is_admin": person.kind is PersonKind.ADMIN,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.kind is PersonKind.GUEST,
        "is_ultra_restricted": False,
    }
    if person.team_id != workspace.team_id:
        shape["is_stranger"] = False
    elif locale:
        shape["locale"] = person.locale
    return shape


def conversation_shape(channel: Channel, for_user: str) -> Json:
    """A conversation object (docs.slack.dev/reference/objects/conversation-object)."""
    if channel.is_im:
        other = next((user for user in channel.members if user != for_user), for_user)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": False,
            "user": other,
            "is_user_deleted": False,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "creator": channel.creator,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_member": for_user in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def group_shape(workspace: Workspace, group: UserGroup) -> Json:
    """A user group (docs.slack.dev/reference/methods/usergroups.list)."""
    return {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.users),
    }


def view_shape(workspace: Workspace, view: View) -> Json:
    """A view as views.open answers it and as interactions carry it."""
    body = view.body
    shape: Json = {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.kind,
        "blocks": body.get("blocks") or [],
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "state": {"values": view.values},
        "hash": view.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": APP_ID,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot.bot_id,
    }
    return shape


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """Copies of blocks in which every block and every element has an id, as Slack gives them."""
    return [_with_block_id(block) for block in blocks]


def _with_block_id(block: Json) -> Json:
    copy = {**block, "block_id": block.get("block_id") or _fresh()}
    if copy.get("type") in ("actions", "context_actions"):
        copy["elements"] = [_with_action_id(element) for element in block["elements"]]
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            copy[name] = _with_action_id(block[name])
    return copy


def _with_action_id(element: Json) -> Json:
    if element.get("type") == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": _fresh()}


def _fresh() -> str:
    return uuid.uuid4().hex[:5]


def body_with_ids(view: Json) -> Json:
    """A view's body with ids for its blocks and elements."""
    return {**view, "blocks": with_ids(view.get("blocks") or [])}


def short(text: Any, length: int = 60) -> str:
    """The beginning of a text, for messages to people."""
    words = str(text)
    return words if len(words) <= length else words[: length - 1] + "…"
