"""conversations.* about channels and their members."""

from sandbox.conversation import Channel, Json
from sandbox.errors import SlackRefusal
from sandbox.shapes import conversation_shape
from sandbox.webapi.call import Call, method

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


@method("conversations.list", tier=2)
def list_conversations(call: Call) -> Json:
    """Public channels, and of the private ones and direct messages those with the bot."""
    types = types_of(call)
    hidden = call.yes("exclude_archived")
    visible = [
        channel
        for channel in call.core.workspace.channels.values()
        if channel.channel_type in types
        and not (hidden and channel.is_archived)
        and (channel.channel_type == "channel" or call.bot.id in channel.members)
    ]
    channels, cursor = call.page(visible, 100)
    return {
        "channels": [conversation_shape(channel, call.bot.id) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def types_of(call: Call) -> set[str]:
    """The kinds of channel asked for; refused `invalid_types`, `missing_scope`."""
    types = set()
    for name in call.text("types", "public_channel").split(","):
        kind = _KINDS.get(name.strip())
        if kind is None:
            raise SlackRefusal("invalid_types")
        call.need(_READ[kind])
        types.add(kind)
    return types


@method("conversations.info")
def info(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    shape = conversation_shape(channel, call.bot.id)
    if call.yes("include_locale"):
        shape["locale"] = channel.locale
    if not call.yes("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


@method("conversations.members", tier=4)
def members(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    ids, cursor = call.page(list(channel.members), 100)
    return {"members": ids, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(call: Call) -> Json:
    channel = call.channel()
    if channel.channel_type != "channel":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    if call.bot.id in channel.members:
        shape = conversation_shape(channel, call.bot.id)
        return {"channel": shape, "warning": "already_in_channel"}
    call.core.workspace.join(channel, call.bot.id)
    return {"channel": conversation_shape(channel, call.bot.id)}


@method(
    "conversations.invite",
    "channels:manage",
    "channels:write.invites",
    "groups:write",
    "groups:write.invites",
)
def invite(call: Call) -> Json:
    channel = call.member_channel()
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    users = [name.strip() for name in call.required("users", "no_user").split(",")]
    for user in users:
        _check_invitable(call, channel, user)
    for user in users:
        call.core.workspace.join(channel, user, inviter=call.bot.id)
    return {"channel": conversation_shape(channel, call.bot.id)}


def _check_invitable(call: Call, channel: Channel, user: str) -> None:
    if user == call.bot.id:
        raise SlackRefusal("cant_invite_self")
    person = call.core.workspace.people.get(user)
    if person is None or person.deleted:
        raise SlackRefusal("user_not_found")
    if user in channel.members:
        raise SlackRefusal("already_in_channel")


@method("conversations.open", "im:write")
def open_conversation(call: Call) -> Json:
    """Opens the direct message with one person; several at once are not served."""
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    users = call.required("users", "users_list_not_supplied").split(",")
    if len(users) > 1:
        raise SlackRefusal("too_many_users")
    person = call.core.workspace.people.get(users[0].strip())
    if person is None:
        raise SlackRefusal("user_not_found")
    if person.is_bot:
        raise SlackRefusal("cannot_dm_bot")
    if person.deleted:
        raise SlackRefusal("user_disabled")
    channel = call.core.workspace.direct_message(person.id, call.bot.id)
    if call.yes("return_im"):
        return {"channel": conversation_shape(channel, call.bot.id)}
    return {"channel": {"id": channel.id}}
