"""An announcement as a channel sees it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from handlers.announcing_blocks import button, context, option
from handlers.announcing_words import date_token, language_name
from handlers.catalogue import Say, long_date
from handlers.rich_text import as_plain_text, from_markdown, rich_text
from handlers.text import escaped
from knowledge.article import Language
from rollout.announcement import Announcement
from rollout.messages import Message, split_at_dates, with_dates
from rollout.plan import Phase
from storage.outbox import Block, Content

_ENROLLS = (Phase.PRE_ENROLLMENT, Phase.ENROLLMENT)


SURVEY = "survey.open"
"""The button that opens the survey."""


class Reader(StrEnum):
    """What readers of an announcement press."""

    ASK = "announcement.ask"
    HOW = "announcement.how"
    ENROLLED = "announcement.enrolled"
    HELP = "announcement.help"
    LANGUAGE = "announcement.language"


def announcement_content(
    announcement: Announcement, message: Message, language: Language, say: Say, zone: str
) -> Content:
    """The message as a channel sees it, in one language; ``message`` is filled in."""
    corrected = (say("announcement-corrected"),) if announcement.corrections else ()
    title = _dated(rich_text(_section(message.title, bold=True)), language, zone, announcement)
    body = _dated(rich_text(*from_markdown(message.body)), language, zone, announcement)
    action = _dated(
        rich_text(_section(f"→ {message.action}", bold=True)), language, zone, announcement
    )
    notes = [message.help, *corrected]
    return Content(
        text=announcement_text(message, language, zone, corrected),
        blocks=(
            title,
            body,
            action,
            *(context(_written(note, language, zone)) for note in notes if note),
            _reader_buttons(announcement, language, say),
        ),
    )


def announcement_text(
    message: Message, language: Language, zone: str, notes: Sequence[str] = ()
) -> str:
    """The whole message in words, dates in the reader's own time zone."""
    plain = (message.title, as_plain_text(message.body), f"→ {message.action}", message.help)
    words = "\n".join(escaped(part) for part in (*plain, *notes) if part)

    def token(at: datetime) -> str:
        return date_token(at, language, zone)

    return with_dates(words, token)


def _section(text: str, **style: bool) -> dict[str, Any]:
    run: dict[str, Any] = {"type": "text", "text": text}
    if style:
        run["style"] = style
    return {"type": "rich_text_section", "elements": [run]}


def _dated(
    block: Mapping[str, Any], language: Language, zone: str, announcement: Announcement
) -> Block:
    """The block with marked moments as date elements, and a confirmed mention of everyone live."""
    return {
        **block,
        "elements": [
            piece
            for element in block["elements"]
            for piece in _pieces(element, language, zone, announcement)
        ],
    }


def _pieces(
    element: Mapping[str, Any], language: Language, zone: str, announcement: Announcement
) -> Iterator[Mapping[str, Any]]:
    if "elements" in element:
        yield _dated(element, language, zone, announcement)
    elif element.get("type") == "text":
        style = {"style": element["style"]} if "style" in element else {}
        for piece in split_at_dates(str(element["text"])):
            if isinstance(piece, datetime):
                yield _date_element(piece, language, zone) | style
            else:
                yield from _runs(piece, style, announcement)
    else:
        yield element


def _runs(
    text: str, style: Mapping[str, Any], announcement: Announcement
) -> Iterator[Mapping[str, Any]]:
    """The text; ``@channel`` and ``@here`` become live mentions where that was confirmed."""
    ranges = ("channel", "here", "everyone") if announcement.everyone_confirmed else ()
    found = next((one for one in ranges if f"@{one}" in text), None)
    if found is None:
        yield {"type": "text", "text": text, **style}
        return
    before, _, after = text.partition(f"@{found}")
    if before:
        yield {"type": "text", "text": before, **style}
    yield {"type": "broadcast", "range": found}
    if after:
        yield from _runs(after, style, announcement)


def _date_element(at: datetime, language: Language, zone: str) -> dict[str, Any]:
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_long}",
        "fallback": long_date(at.astimezone(ZoneInfo(zone)).date(), language),
    }


def _written(text: str, language: Language, zone: str) -> str:
    return with_dates(text, lambda at: long_date(at.astimezone(ZoneInfo(zone)).date(), language))


def _reader_buttons(announcement: Announcement, language: Language, say: Say) -> Block:
    enrolls = announcement.phase in _ENROLLS
    buttons = [button(Reader.ASK, say("button-ask-question"), announcement.id)]
    if enrolls:
        first = "primary" if announcement.phase is Phase.ENROLLMENT else None
        buttons.insert(0, button(Reader.HOW, say("button-how-to-enroll"), announcement.id, first))
    if announcement.phase is Phase.ENROLLMENT:
        label = say("button-i-have-enrolled")
        buttons.append(button(Reader.ENROLLED, label, announcement.id))
    if announcement.phase is Phase.POST_ENROLLMENT:
        buttons.insert(0, button(SURVEY, say("button-survey"), announcement.id, "primary"))
    buttons.append(button(Reader.HELP, say("button-i-need-help"), announcement.id))
    others = [one for one in Language if one != language and one in announcement.messages]
    if others:
        options = [
            option(
                say("announcement-show-in", language=language_name(one, say)),
                f"{one} {announcement.id}",
            )
            for one in others
        ]
        buttons.append({"type": "overflow", "action_id": Reader.LANGUAGE, "options": options})
    return {"type": "actions", "elements": buttons}
