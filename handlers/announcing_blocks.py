"""The pieces that announcements, cards and forms are made of."""

from typing import Any

from handlers.rich_text import live, rich_text
from handlers.text import shortened
from storage.outbox import Block

BUTTON_TEXT, OPTION_TEXT = 75, 75
"""docs.slack.dev/reference/block-kit: button, option."""
SECTION_TEXT = 3_000
MOST_SECTIONS = 40


def button(action: str, label: str, value: str, style: str | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": "button",
        "action_id": str(action),
        "text": plain(shortened(label, BUTTON_TEXT)),
        "value": value,
    }
    return {**shown, "style": style} if style else shown


def option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(shortened(label, OPTION_TEXT)), "value": str(value)}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def live_lines(text: str) -> Block:
    """``text`` must be escaped; mentions, dates and links in it are live, and nothing is drawn as
    formatting."""
    return rich_text(live(text))


def sections(text: str) -> tuple[Block, ...]:
    """Sections that hold the lines of ``text``, as many as a message takes: a line is never cut, as
    that might cut a mention or a date in two."""
    chunks = [""]
    for line in text.split("\n"):
        if len(chunks[-1]) + len(line) + 1 > SECTION_TEXT:
            chunks.append("")
        chunks[-1] += f"{line}\n"
    return tuple(
        live_lines(chunk.rstrip("\n")) for chunk in chunks[:MOST_SECTIONS] if chunk.strip()
    )


def context(text: str) -> Block:
    return {"type": "context", "elements": [plain(text)]}
