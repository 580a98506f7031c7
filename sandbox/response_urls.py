"""response_url: five uses within thirty minutes, ephemeral unless told otherwise.

docs.slack.dev/interactivity/handling-user-interaction
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.conversation import Channel, Json, Message
from sandbox.errors import SlackRefusal
from sandbox.limits import explain_message
from sandbox.shapes import with_ids
from sandbox.workspace import Workspace, copy_of, short_id

USES = 5
LIVES_FOR = 30 * 60.0
MOST_ISSUED = 5_000


@dataclass(slots=True)
class ResponseUrl:
    """Bound to the person who acted, the channel, and the message acted on, if any."""

    user: str
    channel: Channel
    origin: Message | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """Issues response urls and carries out what is posted to them."""

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: Channel, origin: Message | None = None) -> str:
        """The key of a new response url."""
        key = short_id("R").lower()
        self._issued[key] = ResponseUrl(user, channel, origin, self._real())
        self._forget_expired()
        return key

    def _forget_expired(self) -> None:
        for key in list(self._issued):
            age = self._real() - self._issued[key].issued
            if age <= 2 * LIVES_FOR and len(self._issued) <= MOST_ISSUED:
                return
            del self._issued[key]

    def use(self, workspace: Workspace, key: str, payload: Json) -> None:
        """Carries out a posted payload; refused `used_url`, `expired_url`, `no_text`, …"""
        url = self._issued.get(key)
        if url is None or self._real() - url.issued > LIVES_FOR:
            raise SlackRefusal("expired_url")
        if url.uses >= USES:
            raise SlackRefusal("used_url")
        if not payload.get("delete_original"):
            complaint = explain_message(payload)
            if complaint is not None:
                raise SlackRefusal(complaint.code, messages=list(complaint.messages))
        url.uses += 1
        respond(workspace, url, payload)


def respond(workspace: Workspace, url: ResponseUrl, payload: Json) -> None:
    """Deletes, replaces or posts as a response payload says.

    Without `replace_original` and `response_type` the message acted on is replaced (observed, and
    the reason why Slack's page asks for `replace_original: false` in threads).
    """
    replaces = payload.get("replace_original", "response_type" not in payload)
    if payload.get("delete_original") and url.origin is not None:
        _delete(workspace, url.origin)
    elif replaces and url.origin is not None:
        _replace(workspace, url.origin, payload)
    else:
        _post(workspace, url, payload)


def _delete(workspace: Workspace, message: Message) -> None:
    if message.ephemeral_to is not None:
        workspace.withdraw_whisper(message)
    elif workspace.channels[message.channel].find(message.ts) is message:
        workspace.delete(message)


def _replace(workspace: Workspace, message: Message, payload: Json) -> None:
    before = copy_of(message)
    message.text = str(payload.get("text") or "")
    message.blocks = with_ids(payload["blocks"]) if payload.get("blocks") else None
    if message.ephemeral_to is not None:
        workspace.change_whisper(message)
    else:
        workspace.change(message, before)


def _post(workspace: Workspace, url: ResponseUrl, payload: Json) -> None:
    bot = workspace.bot
    fields: dict[str, Any] = {
        "bot_id": bot.bot_id,
        "blocks": with_ids(payload["blocks"]) if payload.get("blocks") else None,
        "thread_ts": payload.get("thread_ts"),
    }
    text = str(payload.get("text") or "")
    message = workspace.draft(url.channel, bot.id, text, **fields)
    if payload.get("response_type") == "in_channel":
        workspace.post(message)
        return
    message.ephemeral_to = url.user
    workspace.whisper(message)
