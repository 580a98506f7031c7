"""chat.*: posting, editing, deleting, whispering (docs.slack.dev/reference/methods/chat.*)."""

from collections.abc import Mapping
from typing import Any

from sandbox.conversation import Channel, Json, Message
from sandbox.errors import SlackRefusal
from sandbox.limits import Complaint, explain_message, explain_update
from sandbox.shapes import message_shape, with_ids
from sandbox.webapi.call import Call, method
from sandbox.workspace import MAX_TEXT, copy_of

_FALLBACK = "This content can't be displayed."


def _payload(call: Call) -> Json:
    """The arguments that make up a message, with JSON texts of form bodies read."""
    codes = {
        "blocks": "invalid_blocks_format",
        "attachments": "invalid_attachments",
        "metadata": "invalid_metadata_format",
    }
    payload: Json = {name: call.json(name, code) for name, code in codes.items()}
    payload["text"] = call.text("text")
    payload["markdown_text"] = call.text("markdown_text")
    return payload


def _refuse(complaint: Complaint | None) -> None:
    if complaint is None:
        return
    fields: dict[str, Any] = {}
    if complaint.messages:
        fields["errors"] = [text.removeprefix("[ERROR] ") for text in complaint.messages]
        fields["response_metadata"] = {"messages": list(complaint.messages)}
    raise SlackRefusal(complaint.code, **fields)


def _content(payload: Mapping[str, Any]) -> dict[str, Any]:
    blocks = payload.get("blocks")
    if payload.get("markdown_text"):
        blocks = [{"type": "markdown", "text": payload["markdown_text"]}]
    return {
        "blocks": with_ids(blocks) if blocks else None,
        "attachments": payload.get("attachments") or None,
    }


def _target(call: Call) -> Channel:
    """Where to post: a channel, or the direct message of a user id."""
    name = call.required("channel", "channel_not_found")
    person = call.core.workspace.people.get(name)
    if person is None:
        return call.channel()
    if person.is_bot:
        raise SlackRefusal("cannot_dm_bot")
    if person.deleted:
        raise SlackRefusal("user_disabled")
    return call.core.workspace.direct_message(person.id, call.bot.id)


def _check_may_post(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    if channel.is_im and not call.core.app.messages_tab:
        raise SlackRefusal("messages_tab_disabled")
    if call.bot.id not in channel.members and "chat:write.public" not in call.core.app.scopes:
        raise SlackRefusal("not_in_channel")


@method("chat.postMessage", "chat:write", tier=0)
def post_message(call: Call) -> Json:
    """Posts; the answer's message lacks `thread_ts` when the root was gone."""
    channel = _target(call)
    _check_may_post(call, channel)
    payload = _payload(call)
    _refuse(explain_message(payload))
    thread_ts = call.ts("thread_ts")
    text = payload["text"] or payload["markdown_text"] or _FALLBACK
    message = call.core.workspace.draft(
        channel,
        call.bot.id,
        text,
        bot_id=call.bot.bot_id,
        thread_ts=thread_ts,
        metadata=payload["metadata"] or None,
        broadcast=bool(thread_ts) and call.yes("reply_broadcast"),
        **_customised(call),
        **_content(payload),
    )
    call.core.workspace.post(message)
    answer: Json = {"channel": channel.id, "ts": message.ts, "message": _own_shape(call, message)}
    if len(payload["text"]) > MAX_TEXT:
        answer["warning"] = "message_truncated"
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


def _customised(call: Call) -> Json:
    """Another name and picture; without the scope they are ignored.

    Observed (github.com/papercups-io/papercups pull 522, linyows/dewy pull 362).
    """
    if "chat:write.customize" not in call.core.app.scopes:
        return {}
    emoji, url = call.text("icon_emoji"), call.text("icon_url")
    icons = {"emoji": emoji} if emoji else {"image_64": url} if url else None
    return {"username": call.text("username") or None, "icons": icons}


def _own_shape(call: Call, message: Message) -> Json:
    return message_shape(call.core.workspace, message, metadata=True)


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    """Edits the app's own message; text alone drops the blocks, metadata stays unless given."""
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.bot.id or message.is_tombstone:
        raise SlackRefusal("cant_update_message")
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    payload = _payload(call)
    _refuse(explain_update(payload))
    before = copy_of(message)
    _apply(call, message, payload)
    call.core.workspace.change(message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": _own_shape(call, message),
    }


def _apply(call: Call, message: Message, payload: Json) -> None:
    content = _content(payload)
    text = payload["text"] or payload["markdown_text"]
    if text and text != message.text:
        message.text = text
        message.edited = {"user": call.bot.id, "ts": f"{call.core.real():.6f}"}
    message.blocks = content["blocks"]
    message.attachments = content["attachments"]
    if payload["metadata"] is not None:
        message.metadata = payload["metadata"] or None


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.bot.id or message.is_tombstone:
        raise SlackRefusal("cant_delete_message")
    call.core.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(call: Call) -> Json:
    """Shows a message to one member only; in a thread only where the thread already exists."""
    channel = call.channel()
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    if call.bot.id not in channel.members:
        raise SlackRefusal("not_in_channel")
    user = call.required("user", "user_not_in_channel")
    person = call.core.workspace.people.get(user)
    if person is None or person.deleted or user not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    payload = _payload(call)
    _refuse(explain_message(payload))
    message = call.core.workspace.draft(
        channel,
        call.bot.id,
        payload["text"] or payload["markdown_text"] or _FALLBACK,
        bot_id=call.bot.bot_id,
        thread_ts=call.ts("thread_ts"),
        ephemeral_to=user,
        **_content(payload),
    )
    if _is_shown(channel, message):
        call.core.workspace.whisper(message)
    return {"message_ts": message.ts}


def _is_shown(channel: Channel, message: Message) -> bool:
    if message.thread_ts is None:
        return True
    root = channel.find(message.thread_ts)
    return root is not None and bool(root.replies)


@method("chat.getPermalink", tier=0)
def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"{call.core.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
