"""Pieces of which messages about tickets are made."""

from datetime import UTC, datetime

from handlers.catalogue import Say
from handlers.rich_text import live, rich_text, words
from handlers.text import escaped, plain, shortened
from knowledge.masking import masked
from storage.outbox import Block, Content

QUOTED = 2_000
"""Characters of a person's words on a card; leaves room for the rest within the 4,000 that an
edited message may have (docs.slack.dev/reference/methods/chat.update)."""
WHOLE = 3_000
"""Characters of a relayed text: what one form input holds."""
BUTTON_TEXT = 75
SECTION_TEXT = 3_000


def received(text: str) -> str:
    """People's words as they are kept and shown: mentions inert, secrets masked."""
    return masked(plain(text)).text


def mention(user: str) -> str:
    """The person, as a live mention."""
    return f"<@{user}>"


def moment(at: datetime) -> str:
    """The moment in each reader's own zone
    (docs.slack.dev/messaging/formatting-message-text#date-formatting)."""
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def live_lines(text: str) -> Block:
    """``text`` is ours, with live mentions and dates; people's words are escaped in it, and nothing
    in them becomes formatting."""
    return rich_text(live(shortened(text, SECTION_TEXT)))


def section(text: str) -> Block:
    """The same where a button stands beside it. It must hold nobody's words: what is formatting in
    them would be drawn."""
    cut = shortened(text, SECTION_TEXT)
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut, "verbatim": True}}


def plain_section(text: str) -> Block:
    """People's words where a button stands beside them; nothing is parsed."""
    cut = shortened(text, SECTION_TEXT)
    return {"type": "section", "text": {"type": "plain_text", "text": cut}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text}]}


def quoted(text: str, most: int = QUOTED) -> Block:
    """People's words as a quote, in which nothing is parsed."""
    run = {"type": "text", "text": shortened(text, most)}
    return rich_text({"type": "rich_text_quote", "elements": [run]})


def paragraph(text: str, most: int = WHOLE) -> Block:
    """People's words, in which nothing is parsed."""
    return rich_text(words(shortened(text, most)))


def button(action: str, label: str, value: str, style: str | None = None) -> Block:
    shown = {"type": "plain_text", "text": shortened(label, BUTTON_TEXT)}
    made = {"type": "button", "action_id": str(action), "text": shown, "value": value}
    return {**made, "style": style} if style else made


def option(label: str, value: str) -> Block:
    return {"text": {"type": "plain_text", "text": shortened(label, 75)}, "value": value}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def said_with(lead: str, text: str = "", most: int = WHOLE) -> Content:
    """``lead`` (ours, may hold mentions), and beneath it people's words."""
    if not text:
        return Content(lead, (live_lines(lead),))
    cut = shortened(text, most)
    return Content(f"{lead}\n{escaped(cut)}", (live_lines(lead), quoted(cut, most)))


def tier_name(tier: int, say: Say) -> str:
    return say("ticket-tier", tier=str(tier))
