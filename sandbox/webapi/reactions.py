"""reactions.*"""

from sandbox.conversation import Json, Message
from sandbox.errors import SlackRefusal
from sandbox.shapes import message_shape
from sandbox.webapi.call import Call, method


def _target(call: Call) -> Message:
    channel = call.member_channel()
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    return call.message(channel, "timestamp")


@method("reactions.add", "reactions:write")
def add(call: Call) -> Json:
    message = _target(call)
    name = call.required("name", "invalid_name").strip(":")
    call.core.workspace.react(message, call.bot.id, name)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def remove(call: Call) -> Json:
    message = _target(call)
    name = call.required("name", "invalid_name").strip(":")
    call.core.workspace.unreact(message, call.bot.id, name)
    return {}


@method("reactions.get", "reactions:read")
def get(call: Call) -> Json:
    message = _target(call)
    shape = message_shape(call.core.workspace, message)
    return {"type": "message", "channel": message.channel, "message": shape}
