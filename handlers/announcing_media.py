"""Announcements for other media than Slack: e-mail as plain text and as HTML, a snippet for a web
page, and for meetings an invitation to put into a calendar. What is written in them stays words:
HTML in it is shown, not obeyed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from markdown_it import MarkdownIt

from handlers.announcing_quotes import Quotes, quoted_words
from handlers.catalogue import Catalogue, Say, long_date
from handlers.rich_text import as_plain_text
from knowledge.article import Language
from rollout.announcement import NO_DATE, Announcement, Change, State
from rollout.messages import QUOTE, Message, filled, template, with_dates
from rollout.plan import Group, Phase, Plan
from rollout.schedule import Planned, Schedule, schedule
from rollout.values import Company, values_for

_HTML = MarkdownIt("commonmark", {"html": False})
_NOT_TO_BE_TOLD = (State.CANCELLED, State.DELETED, State.RECALLED)


@dataclass(frozen=True)
class Sources:
    """What announcements are made of: the plan, what admins made of it in Slack (nothing without a
    store), whom they may quote, and the company's values."""

    plan: Plan
    company: Company
    catalogue: Catalogue
    announcements: Sequence[Announcement] = ()
    quotes: Quotes | None = None


@dataclass(frozen=True)
class Piece:
    """An announcement as other media carry it, in one language, dates written out. ``name`` is that
    of its files; ``moves`` counts how often its time changed, so that a calendar takes the newest
    invitation."""

    id: str
    name: str
    at: datetime
    language: Language
    message: Message
    meeting: bool
    moves: int = 0


@dataclass(frozen=True)
class Meeting:
    """What a calendar must know and no plan says."""

    length: timedelta
    place: str = ""


def pieces(sources: Sources, languages: Collection[Language] = ()) -> list[Piece]:
    """Every announcement that is, or is to be, told, in the languages given, else in those of its
    channels. What was cancelled, deleted or recalled is left out."""
    moved = {one.planned: one.sends_at for one in sources.announcements if one.planned}
    off = [one.planned for one in sources.announcements if one.planned and one.state in NO_DATE]
    result = schedule(sources.plan).with_moments(moved).without(off)
    found: list[Piece] = []
    for planned in result.announcements:
        found += _of_planned(planned, result, sources, languages)
    for free in (one for one in sources.announcements if not one.planned):
        found += _of_announcement(free, free.id.rpartition("/")[2], result, sources, languages)
    return found


def _of_planned(
    planned: Planned, result: Schedule, sources: Sources, languages: Collection[Language]
) -> Iterator[Piece]:
    prepared = next((one for one in sources.announcements if one.planned == planned.id), None)
    if prepared is not None:
        yield from _of_announcement(prepared, planned.id, result, sources, languages)
        return
    for language in languages or (planned.group.language,):
        message = template(planned.template, language)
        written = _written(message, planned.group, planned.at, language, "", result, sources)
        full_id = f"{sources.plan.settings.year}-{planned.id}"
        yield Piece(full_id, planned.id, planned.at, language, written, _is_meeting(planned.phase))


def _of_announcement(
    one: Announcement,
    name: str,
    result: Schedule,
    sources: Sources,
    languages: Collection[Language],
) -> Iterator[Piece]:
    if one.state in _NOT_TO_BE_TOLD:
        return
    group = sources.plan.group(one.group)
    moves = sum(line.change is Change.MOVED for line in one.log)
    for language in languages or sorted(one.languages):
        if language in one.messages:
            message = one.messages[language]
            written = _written(message, group, one.sends_at, language, one.quote, result, sources)
            full_id = one.id.rpartition("/")[2]
            yield Piece(
                full_id, name, one.sends_at, language, written, _is_meeting(one.phase), moves
            )


def _is_meeting(phase: Phase | None) -> bool:
    return phase is Phase.KICKOFF


def _written(
    message: Message,
    group: Group | None,
    at: datetime,
    language: Language,
    quote: str,
    result: Schedule,
    sources: Sources,
) -> Message:
    zone = ZoneInfo(sources.plan.settings.timezone)
    values = values_for(group, at, language, sources.plan, result, sources.company)
    say = sources.catalogue.sayer(language)
    quoted = quoted_words((sources.quotes or {}).get(quote), sources.plan, language, say)

    def dated(part: str) -> str:
        return with_dates(part, lambda day: long_date(day.astimezone(zone).date(), language))

    return filled(message, {**values, QUOTE: quoted}).each(dated)


# Files -------------------------------------------------------------------------------------------


def files_of(piece: Piece, meeting: Meeting, now: datetime, say: Say) -> Mapping[str, bytes]:
    """File name to content. The names stay the same when a date changes, so that a later export
    replaces the files of an earlier one."""
    name = f"{piece.name}.{piece.language}"
    files = {
        f"{name}.mail.txt": _as_text(piece, say).encode(),
        f"{name}.mail.html": _as_page(piece, say).encode(),
        f"{name}.web.html": _as_snippet(piece, say).encode(),
    }
    if piece.meeting:
        files[f"{name}.ics"] = _as_invitation(piece, meeting, now, say)
    return files


def _as_text(piece: Piece, say: Say) -> str:
    message = piece.message
    subject = say("media-subject")
    head = f"{subject}: {message.title}"
    return "\n\n".join((head, *_paragraphs(message, say))) + "\n"


def _paragraphs(message: Message, say: Say) -> tuple[str, ...]:
    body = "\n\n".join(as_plain_text(part) for part in message.body.split("\n\n"))
    return body, f"→ {message.action}", message.help, say("media-in-slack")


def _as_page(piece: Piece, say: Say) -> str:
    """A whole page: what mail programs take as the HTML of a message."""
    return (
        "<!doctype html>\n"
        f'<html lang="{piece.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(piece.message.title)}</title>\n</head>\n<body>\n"
        f"{_markup(piece.message, 'h1', say)}</body>\n</html>\n"
    )


def _as_snippet(piece: Piece, say: Say) -> str:
    """A section to put into a page of the intranet, in that page's own style."""
    inner = _markup(piece.message, "h2", say)
    return f'<section lang="{piece.language}">\n{inner}</section>\n'


def _markup(message: Message, heading: str, say: Say) -> str:
    return (
        f"<{heading}>{escape(message.title)}</{heading}>\n"
        f"{_HTML.render(message.body)}"
        f"<p><strong>→ {escape(message.action)}</strong></p>\n"
        f"<p>{escape(message.help)}</p>\n"
        f"<p>{escape(say('media-in-slack'))}</p>\n"
    )


def _as_invitation(piece: Piece, meeting: Meeting, now: datetime, say: Say) -> bytes:
    """RFC 5545. The id stays, and the sequence grows with every move, so that a calendar moves the
    meeting instead of adding another."""
    event = Event()
    event.add("uid", f"{piece.id}.{piece.language}@signpost")
    event.add("sequence", piece.moves)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", piece.at.astimezone(UTC))
    event.add("dtend", (piece.at + meeting.length).astimezone(UTC))
    event.add("summary", piece.message.title)
    event.add("description", "\n\n".join(_paragraphs(piece.message, say)))
    if meeting.place:
        event.add("location", meeting.place)
    calendar = Calendar()
    calendar.add("prodid", "-//Signpost//Announcements//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    invitation: bytes = calendar.to_ical()
    return invitation
