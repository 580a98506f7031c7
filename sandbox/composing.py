"""What Slack's composer makes of the text a person types.

Incoming text is escaped (`&`, `<`, `>`; docs.slack.dev/messaging/formatting-message-text) and
carries control sequences for what the person picked from a list: people, channels, groups, links.
"""

import re
from collections.abc import Callable

from sandbox.conversation import Json

MAX_TYPED = 40_000

_CONTROL = re.compile(
    r"<(?:@[UW]\w+|#C\w+(?:\|[^<>|]*)?|!(?:channel|here|everyone)|!subteam\^S\w+(?:\|[^<>|]*)?"
    r"|(?:https?|mailto|tel):[^<>|\s]+(?:\|[^<>|]*)?)>"
)
_TYPED = re.compile(
    r"(?P<mention>(?<![\w@])@[\w.-]*\w)|(?P<channel>(?<![\w#])#[a-z0-9][\w-]*)"
    r"|(?P<link>https?://[^\s<>|]+)"
)
_PIECES = re.compile(r"<(@|#|!|)([^<>|]+)(?:\|([^<>]*))?>")

Resolver = Callable[[str], str | None]


def escape(text: str) -> str:
    """Escapes exactly the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def compose(text: str, resolve: Resolver) -> str:
    """Typed text as an event carries it; `resolve("@alice")` gives `<@U…>` or None.

    Control sequences already in the text stand for what the person picked from a list and are
    kept. Text over 40,000 characters is cut, as Slack does.
    """
    parts: list[str] = []
    position = 0
    for control in _CONTROL.finditer(text):
        parts.append(_compose_plain(text[position : control.start()], resolve))
        parts.append(control.group())
        position = control.end()
    parts.append(_compose_plain(text[position:], resolve))
    return "".join(parts)[:MAX_TYPED]


def _compose_plain(text: str, resolve: Resolver) -> str:
    parts: list[str] = []
    position = 0
    for found in _TYPED.finditer(text):
        parts.append(escape(text[position : found.start()]))
        parts.append(_control_for(found, resolve))
        position = found.end()
    parts.append(escape(text[position:]))
    return "".join(parts)


def _control_for(found: re.Match[str], resolve: Resolver) -> str:
    if found.lastgroup == "link":
        return f"<{escape(found.group())}>"
    return resolve(found.group()) or escape(found.group())


def rich_text(text: str) -> list[Json]:
    """The `rich_text` block that a person's message carries beside its text."""
    elements: list[Json] = []
    position = 0
    for piece in _PIECES.finditer(text):
        _add_text(elements, text[position : piece.start()])
        elements.append(_element(piece))
        position = piece.end()
    _add_text(elements, text[position:])
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def _add_text(elements: list[Json], text: str) -> None:
    if text:
        elements.append({"type": "text", "text": unescape(text)})


def _element(piece: re.Match[str]) -> Json:
    sigil, body, label = piece.groups()
    if sigil == "@":
        return {"type": "user", "user_id": body}
    if sigil == "#":
        return {"type": "channel", "channel_id": body}
    if sigil == "!" and body.startswith("subteam^"):
        return {"type": "usergroup", "usergroup_id": body.removeprefix("subteam^")}
    if sigil == "!":
        return {"type": "broadcast", "range": body}
    return {"type": "link", "url": unescape(body)} | ({"text": unescape(label)} if label else {})
