"""The upload flow: files.getUploadURLExternal, the bytes, files.completeUploadExternal."""

import mimetypes

from sandbox.conversation import Json
from sandbox.core import Core
from sandbox.errors import SlackRefusal
from sandbox.webapi.call import Call, method
from sandbox.workspace import short_id


def new_file(core: Core, user: str, name: str, size: int) -> Json:
    """A file object (docs.slack.dev/reference/objects/file-object) whose bytes are yet to come."""
    file_id = short_id("F")
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    shape: Json = {
        "id": file_id,
        "created": int(core.real()),
        "name": name,
        "title": name,
        "mimetype": mimetype,
        "filetype": name.rpartition(".")[2] or "binary",
        "user": user,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "url_private": f"{core.base_url}/files/{file_id}/{name}",
        "url_private_download": f"{core.base_url}/files/{file_id}/{name}",
        "permalink": f"{core.base_url}/files/{file_id}/{name}",
    }
    core.workspace.files[file_id] = shape
    return shape


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(call: Call) -> Json:
    name = call.required("filename")
    length = call.required("length")
    if not length.isdigit() or int(length) < 1:
        raise SlackRefusal("invalid_arguments")
    shape = new_file(call.core, call.bot.id, name, int(length))
    url = f"{call.core.base_url}/upload/{shape['id']}"
    return {"upload_url": url, "file_id": shape["id"]}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(call: Call) -> Json:
    """Gives titles and, with `channel_id`, posts one message with the files."""
    shapes = [_uploaded(call, entry) for entry in call.json("files") or []]
    if not shapes:
        raise SlackRefusal("invalid_arguments")
    name = "channel_id" if call.text("channel_id") else "channels"
    if call.text(name):
        channel = call.channel(name)
        if call.bot.id not in channel.members:
            raise SlackRefusal("not_in_channel")
        message = call.core.workspace.draft(
            channel,
            call.bot.id,
            call.text("initial_comment"),
            bot_id=call.bot.bot_id,
            thread_ts=call.ts("thread_ts"),
            files=shapes,
            subtype="file_share",
        )
        call.core.workspace.post(message)
    return {"files": shapes}


def _uploaded(call: Call, entry: Json) -> Json:
    shape = call.core.workspace.files.get(str(entry.get("id")))
    if shape is None or shape["id"] not in call.core.workspace.file_bytes:
        raise SlackRefusal("file_not_found")
    if entry.get("title"):
        shape["title"] = entry["title"]
    return shape


@method("files.info", "files:read", tier=4)
def info(call: Call) -> Json:
    shape = call.core.workspace.files.get(call.required("file", "file_not_found"))
    if shape is None:
        raise SlackRefusal("file_not_found")
    return {"file": shape, "comments": []}


@method("files.delete", "files:write")
def delete(call: Call) -> Json:
    file_id = call.required("file", "file_not_found")
    if call.core.workspace.files.pop(file_id, None) is None:
        raise SlackRefusal("file_not_found")
    call.core.workspace.file_bytes.pop(file_id, None)
    return {}
