"""users.*"""

from sandbox.conversation import Json
from sandbox.errors import SlackRefusal
from sandbox.shapes import conversation_shape, user_shape
from sandbox.webapi.call import Call, method
from sandbox.webapi.conversations import types_of


def _sees_email(call: Call) -> bool:
    return "users:read.email" in call.core.app.scopes


@method("users.info", "users:read", tier=4)
def info(call: Call) -> Json:
    person = call.user()
    locale = call.yes("include_locale")
    shape = user_shape(call.core.workspace, person, locale=locale, email=_sees_email(call))
    return {"user": shape}


@method("users.list", "users:read", tier=2)
def list_users(call: Call) -> Json:
    workspace = call.core.workspace
    people, cursor = call.page(list(workspace.people.values()), 1_000)
    locale, email = call.yes("include_locale"), _sees_email(call)
    return {
        "members": [user_shape(workspace, one, locale=locale, email=email) for one in people],
        "cache_ts": int(call.core.real()),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(call: Call) -> Json:
    email = call.required("email")
    for person in call.core.workspace.people.values():
        if person.email == email and not person.is_bot and not person.deleted:
            shape = user_shape(call.core.workspace, person, locale=False, email=True)
            return {"user": shape}
    raise SlackRefusal("users_not_found")


@method("users.conversations")
def users_conversations(call: Call) -> Json:
    """The conversations of a person (the bot by default) that the bot may know of."""
    types = types_of(call)
    user = call.user().id if call.text("user") else call.bot.id
    hidden = call.yes("exclude_archived")
    visible = [
        channel
        for channel in call.core.workspace.channels.values()
        if channel.channel_type in types
        and user in channel.members
        and not (hidden and channel.is_archived)
        and (channel.channel_type == "channel" or call.bot.id in channel.members)
    ]
    channels, cursor = call.page(visible, 100)
    return {
        "channels": [conversation_shape(channel, call.bot.id) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }
