"""Announcements shown: the message in a channel, the admins' card, the forms. Rendered from state
alone, so that showing one again is harmless."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from handlers.catalogue import Say, long_date
from handlers.rich_text import as_plain_text, from_markdown, rich_text
from handlers.text import escaped, shortened
from knowledge.article import Language, Platform
from rollout.announcement import Announcement, Audience, Change, State
from rollout.checking import DraftFlaw, Flaw
from rollout.messages import Message, split_at_dates, with_dates
from rollout.plan import Phase
from rollout.schedule import Planned
from storage.outbox import Block, Content

BUTTON_TEXT, OPTION_TEXT, OPTIONS, MODAL_TITLE = 75, 75, 100, 24
"""docs.slack.dev/reference/block-kit: button, option, static select, view."""
SECTION_TEXT = 3_000
MOST_SECTIONS = 40
NAMED_CHANNELS = 15
NAMED_FAILURES = 10
LOG_LINES = 20
BAR = 20


class Reader(StrEnum):
    """What readers of an announcement press."""

    ASK = "announcement.ask"
    HOW = "announcement.how"
    ENROLLED = "announcement.enrolled"
    HELP = "announcement.help"
    LANGUAGE = "announcement.language"


class Admin(StrEnum):
    """What admins press on a card."""

    PREVIEW = "announcing.preview"
    EDIT = "announcing.edit"
    APPROVE = "announcing.approve"
    ASK_SPONSOR = "announcing.ask-sponsor"
    EVERYONE = "announcing.everyone"
    HOLD = "announcing.hold"
    RESUME = "announcing.resume"
    SEND_NOW = "announcing.send-now"
    MOVE = "announcing.move"
    CANCEL = "announcing.cancel"
    RESEND = "announcing.resend"
    RECALL = "announcing.recall"
    DUPLICATE = "announcing.duplicate"
    DELETE = "announcing.delete"
    LOG = "announcing.log"
    GO = "announcing.go"


class Form(StrEnum):
    """The forms, by their callback ids."""

    CHOOSE = "announcing.choose"
    FREE = "announcing.free"
    EDIT = "announcing.edited"
    MOVE = "announcing.moved"
    CONFIRM = "announcing.confirmed"
    PLATFORM = "announcement.platform"
    CLOSED = "announcement.closed"


_LABELS: Mapping[Admin, str] = {
    Admin.PREVIEW: "button-preview",
    Admin.EDIT: "button-edit",
    Admin.APPROVE: "button-approve",
    Admin.ASK_SPONSOR: "button-ask-sponsor",
    Admin.EVERYONE: "button-everyone",
    Admin.HOLD: "button-hold",
    Admin.RESUME: "button-resume",
    Admin.SEND_NOW: "button-send-now",
    Admin.MOVE: "button-move",
    Admin.CANCEL: "button-cancel",
    Admin.RESEND: "button-resend",
    Admin.RECALL: "button-recall",
    Admin.DUPLICATE: "button-duplicate",
    Admin.DELETE: "button-delete",
    Admin.LOG: "button-log",
    Admin.GO: "button-go",
}
_STATES: Mapping[State, str] = {
    State.DRAFT: "announcing-state-draft",
    State.SCHEDULED: "announcing-state-scheduled",
    State.HELD: "announcing-state-held",
    State.SENDING: "announcing-state-sending",
    State.SENT: "announcing-state-sent",
    State.CANCELLED: "announcing-state-cancelled",
    State.RECALLED: "announcing-state-recalled",
}
_FLAWS: Mapping[Flaw, str] = {
    Flaw.NO_SPONSOR: "flaw-no-sponsor",
    Flaw.TOO_LONG: "flaw-too-long",
    Flaw.NO_ACTION: "flaw-no-action",
    Flaw.SEVERAL_ACTIONS: "flaw-several-actions",
    Flaw.NO_HELP: "flaw-no-help",
    Flaw.NO_TITLE: "flaw-no-title",
    Flaw.BLANK: "flaw-blank",
    Flaw.EVERYONE: "flaw-everyone",
    Flaw.LANGUAGE_MISSING: "flaw-language-missing",
    Flaw.NO_AUDIENCE: "flaw-no-audience",
}
_CHANGES: Mapping[Change, str] = {
    Change.DRAFTED: "log-drafted",
    Change.EDITED: "log-edited",
    Change.APPROVED: "log-approved",
    Change.HELD: "log-held",
    Change.LATE: "log-late",
    Change.RESUMED: "log-resumed",
    Change.MOVED: "log-moved",
    Change.CANCELLED: "log-cancelled",
    Change.STARTED: "log-started",
    Change.FINISHED: "log-finished",
    Change.RESENT: "log-resent",
    Change.CORRECTED: "log-corrected",
    Change.RECALLED: "log-recalled",
    Change.EVERYONE: "log-everyone",
    Change.GO: "log-go",
}
_PHASES: Mapping[str, str] = {
    "kickoff": "message-kickoff",
    "kickoff-again": "message-kickoff-again",
    "pre-enrollment-1": "message-pre-enrollment-1",
    "pre-enrollment-2": "message-pre-enrollment-2",
    "enrollment": "message-enrollment",
    "post-enrollment": "message-post-enrollment",
}
_ENROLLS = (Phase.PRE_ENROLLMENT, Phase.ENROLLMENT)


# The message in a channel ------------------------------------------------------------------------


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
            *(_context(_written(note, language, zone)) for note in notes if note),
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


def date_token(at: datetime, language: Language, zone: str) -> str:
    """docs.slack.dev/messaging/formatting-message-text, "Date formatting"."""
    fallback = long_date(at.astimezone(ZoneInfo(zone)).date(), language)
    return f"<!date^{int(at.timestamp())}^{{date_long}}|{fallback}>"


def moment_token(at: datetime, language: Language, zone: str) -> str:
    """Day and hour; the fallback names its zone."""
    words = moment_words(at, language, zone)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{words}>"


def moment_words(at: datetime, language: Language, zone: str) -> str:
    """Day, hour and time zone in plain words, for where a date token does not work."""
    local = at.astimezone(ZoneInfo(zone))
    locale = {Language.EN: "en_GB", Language.ZH_HANT: "zh_Hant"}.get(language, language.value)
    written: str = format_datetime(local, "medium", locale=locale)
    return f"{written} ({zone})"


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
    buttons.append(button(Reader.HELP, say("button-i-need-help"), announcement.id))
    others = [one for one in Language if one != language and one in announcement.messages]
    if others:
        options = [
            option(
                say("announcement-show-in", language=_name(one, say)), f"{one} {announcement.id}"
            )
            for one in others
        ]
        buttons.append({"type": "overflow", "action_id": Reader.LANGUAGE, "options": options})
    return {"type": "actions", "elements": buttons}


# The admins' card --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far the sending is. ``failed`` maps channel to Slack's code."""

    sent: int = 0
    left: int = 0
    failed: Mapping[str, str] | None = None

    @property
    def total(self) -> int:
        return self.sent + self.left + len(self.failed or {})


@dataclass(frozen=True)
class Card:
    """All that a card shows."""

    announcement: Announcement
    title: str
    flaws: tuple[DraftFlaw, ...]
    progress: Progress
    people: Mapping[str, int]
    sponsor_user: str
    now: datetime
    language: Language
    zone: str


def card_content(card: Card, say: Say) -> Content:
    """The card of an announcement in the admin channel."""
    announcement = card.announcement
    lines = [
        say("announcing-card", title=escaped(card.title)),
        say(_STATES[announcement.state], when=_when(card)),
        _to(card, say),
        *_flaw_lines(card, say),
        *_progress_lines(card, say),
        _last(card, say),
    ]
    text = "\n".join(line for line in lines if line)
    return Content(
        text=text,
        blocks=(*sections(text), *_rows(_admin_buttons(card, say))),
    )


def log_text(announcement: Announcement, language: Language, zone: str, say: Say) -> str:
    """The latest lines of the log, newest first."""
    lines = [
        say(
            _CHANGES[line.change],
            who=f"<@{line.by}>" if line.by else say("log-by-itself"),
            when=moment_token(line.at, language, zone),
            detail=_detail(line.change, line.detail, language, zone, say),
        )
        for line in reversed(announcement.log[-LOG_LINES:])
    ]
    return "\n".join(lines)


def progress_bar(progress: Progress) -> str:
    """The share that is done, as a bar of ``BAR`` signs."""
    done = progress.total - progress.left
    full = BAR * done // progress.total if progress.total else BAR
    return "█" * full + "░" * (BAR - full)


def _when(card: Card) -> str:
    return moment_token(card.announcement.sends_at, card.language, card.zone)


def _to(card: Card, say: Say) -> str:
    audience = card.announcement.audience
    if not audience:
        return ""
    named = ", ".join(_channel(one, card, say) for one in audience[:NAMED_CHANNELS])
    more = len(audience) - NAMED_CHANNELS
    if more > 0:
        named = say("announcing-to-more", named=named, count=more)
    return say("announcing-to", count=len(audience), named=named)


def _channel(one: Audience, card: Card, say: Say) -> str:
    channel, language = f"<#{one.channel}>", _name(one.language, say)
    people = card.people.get(one.channel)
    if people is None:
        return say("announcing-channel", channel=channel, language=language)
    return say("announcing-channel-people", channel=channel, language=language, count=people)


def _flaw_lines(card: Card, say: Say) -> list[str]:
    if card.announcement.state is not State.DRAFT:
        return []
    if not card.flaws:
        return [say("announcing-checked")]
    return [say("announcing-flaws"), *(f"• {flaw_text(flaw, say)}" for flaw in card.flaws)]


def flaw_text(flaw: DraftFlaw, say: Say) -> str:
    language = _name(flaw.language, say) if flaw.language else ""
    return say(_FLAWS[flaw.flaw], language=language, detail=escaped(flaw.detail))


def _progress_lines(card: Card, say: Say) -> list[str]:
    announcement, progress = card.announcement, card.progress
    if announcement.state not in (State.SENDING, State.SENT, State.RECALLED):
        return []
    failed = progress.failed or {}
    counts = say("announcing-progress", sent=progress.sent, failed=len(failed), left=progress.left)
    lines = [f"{progress_bar(progress)} {counts}"]
    if announcement.state is State.SENDING and (left := _minutes_left(card)) is not None:
        lines.append(say("announcing-time-to-go", minutes=left))
    for channel, code in list(failed.items())[:NAMED_FAILURES]:
        lines.append(say("announcing-failed", channel=f"<#{channel}>", code=code))
    if len(failed) > NAMED_FAILURES:
        lines.append(say("announcing-failed-more", count=len(failed) - NAMED_FAILURES))
    return lines


def _minutes_left(card: Card) -> int | None:
    started, progress = card.announcement.started_at, card.progress
    done = progress.total - progress.left
    if started is None or not done or not progress.left:
        return None
    seconds = (card.now - started).total_seconds() / done * progress.left
    return max(1, round(seconds / 60))


def _last(card: Card, say: Say) -> str:
    if not card.announcement.log:
        return ""
    line = card.announcement.log[-1]
    return say(
        _CHANGES[line.change],
        who=f"<@{line.by}>" if line.by else say("log-by-itself"),
        when=moment_token(line.at, card.language, card.zone),
        detail=_detail(line.change, line.detail, card.language, card.zone, say),
    )


def _detail(change: Change, detail: str, language: Language, zone: str, say: Say) -> str:
    if change is Change.MOVED:
        before, _, after = detail.partition(" ")
        moments = (datetime.fromisoformat(one) for one in (before, after))
        return " → ".join(moment_words(one, language, zone) for one in moments)
    if change in (Change.EDITED, Change.CORRECTED):
        return _name(Language(detail), say)
    return detail


def _admin_buttons(card: Card, say: Say) -> Iterator[dict[str, Any]]:
    announcement = card.announcement
    for action in _actions(card):
        style = {Admin.APPROVE: "primary", Admin.CANCEL: "danger", Admin.RECALL: "danger"}
        label = say(_LABELS[action])
        yield button(action, label, announcement.id, style.get(action))
    if announcement.state in (State.DRAFT, State.SCHEDULED, State.HELD, State.SENT):
        options = [
            option(say("announcing-edit-in", language=_name(one, say)), f"{one} {announcement.id}")
            for one in Language
        ]
        yield {"type": "overflow", "action_id": Admin.EDIT, "options": options}


def _actions(card: Card) -> Iterator[Admin]:
    announcement = card.announcement
    match announcement.state:
        case State.DRAFT:
            yield from (Admin.PREVIEW, Admin.APPROVE)
            if card.sponsor_user:
                yield Admin.ASK_SPONSOR
            if any(one.flaw is Flaw.EVERYONE for one in card.flaws):
                yield Admin.EVERYONE
            yield from (Admin.MOVE, Admin.DUPLICATE, Admin.DELETE)
        case State.SCHEDULED:
            yield from (Admin.PREVIEW, Admin.HOLD, Admin.MOVE, Admin.CANCEL, Admin.DUPLICATE)
        case State.HELD:
            late = announcement.sends_at <= card.now
            yield Admin.SEND_NOW if late else Admin.RESUME
            yield from (Admin.PREVIEW, Admin.MOVE, Admin.CANCEL)
        case State.SENT:
            if card.progress.failed:
                yield Admin.RESEND
            yield from (Admin.DUPLICATE, Admin.RECALL)
        case _:
            yield Admin.DUPLICATE
    yield Admin.LOG


def _rows(elements: Iterator[dict[str, Any]]) -> Iterator[Block]:
    yield {"type": "actions", "elements": list(elements)}


# Forms -------------------------------------------------------------------------------------------


def choose_form(planned: Sequence[Planned], language: Language, zone: str, say: Say) -> Block:
    """Which message to prepare: one of the plan, or a free one."""
    options = [option(say("announcing-free"), "free")]
    options += [option(planned_label(one, language, zone, say), one.id) for one in planned]
    select = {
        "type": "static_select",
        "action_id": "planned",
        "options": options[:OPTIONS],
        "placeholder": plain(say("announcing-choose-placeholder")),
    }
    return _modal(
        Form.CHOOSE,
        say("announcing-choose-title"),
        say("announcing-choose-submit"),
        say,
        [_input("planned", say("announcing-choose-label"), select)],
    )


def planned_label(one: Planned, language: Language, zone: str, say: Say) -> str:
    """A planned message in one line of words."""
    day = long_date(one.at.astimezone(ZoneInfo(zone)).date(), language)
    name = say(_PHASES[one.template])
    batch = f" {one.batch}" if one.batch > 1 else ""
    return f"{day} · {one.group.name(language)} · {name}{batch}"


def message_inputs(message: Message | None, say: Say) -> list[Block]:
    """The parts of a message, to be written."""
    title, body, action, help_ = message.parts if message else ("", "", "", "")
    return [
        _input("title", say("announcing-part-title"), _text("title", title, 150)),
        _input("body", say("announcing-part-body"), _text("body", body, 3_000, True)),
        _input("action", say("announcing-part-action"), _text("action", action, 300)),
        _input("help", say("announcing-part-help"), _text("help", help_, 300)),
    ]


def free_form(groups: Sequence[tuple[str, str]], at: datetime, zone: str, say: Say) -> Block:
    """A message that stands in no plan; ``groups`` are ids and names."""
    blocks = message_inputs(None, say)
    if groups:
        select = {
            "type": "multi_static_select",
            "action_id": "groups",
            "options": [option(name, group_id) for group_id, name in groups[:OPTIONS]],
        }
        blocks.append(_optional(_input("groups", say("announcing-groups"), select)))
    channel = {"type": "conversations_select", "action_id": "channel"}
    channel["filter"] = {"include": ["public", "private"], "exclude_external_shared_channels": True}  # type: ignore[assignment]
    blocks.append(_optional(_input("channel", say("announcing-channel-also"), channel)))
    blocks += _moment_inputs(at, zone, say)
    return _modal(
        Form.FREE, say("announcing-free-title"), say("announcing-free-submit"), say, blocks
    )


def edit_form(
    announcement: Announcement, language: Language, message: Message | None, say: Say
) -> Block:
    """The words of one language."""
    return _modal(
        Form.EDIT,
        say("announcing-edit-title"),
        say("announcing-edit-submit"),
        say,
        [
            mrkdwn(say("announcing-edit-in", language=_name(language, say))),
            *message_inputs(message, say),
        ],
        {"id": announcement.id, "language": language},
    )


def move_form(announcement: Announcement, in_plan: bool, zone: str, say: Say) -> Block:
    """When instead, and what moves along."""
    blocks = _moment_inputs(announcement.sends_at, zone, say)
    scopes = [option(say("announcing-scope-one"), "one")]
    if in_plan:
        scopes.append(option(say("announcing-scope-group"), "group"))
        scopes.append(option(say("announcing-scope-following"), "following"))
    radio = {
        "type": "radio_buttons",
        "action_id": "scope",
        "options": scopes,
        "initial_option": scopes[0],
    }
    blocks.append(_input("scope", say("announcing-scope"), radio))
    return _modal(
        Form.MOVE,
        say("announcing-move-title"),
        say("announcing-move-submit"),
        say,
        blocks,
        {"id": announcement.id},
    )


def confirm_form(lines: Sequence[str], metadata: Mapping[str, str], say: Say) -> Block:
    """What is before and what is after; sending it in confirms."""
    return _modal(
        Form.CONFIRM,
        say("announcing-confirm-title"),
        say("announcing-confirm-submit"),
        say,
        sections("\n".join(lines)),
        metadata,
    )


def platform_form(announcement_id: str, say: Say) -> Block:
    """Which device."""
    options = [
        option(say("platform-windows"), Platform.WINDOWS),
        option(say("platform-macos"), Platform.MACOS),
        option(say("platform-ios"), Platform.IOS),
        option(say("platform-android"), Platform.ANDROID),
    ]
    radio = {"type": "radio_buttons", "action_id": "platform", "options": options}
    return _modal(
        Form.PLATFORM,
        say("announcement-how-title"),
        say("announcement-how-submit"),
        say,
        [_input("platform", say("announcement-how-label"), radio)],
        {"id": announcement_id},
    )


def closing_view(title: str, blocks: Sequence[Block], say: Say) -> Block:
    """Something to read, with nothing to send in."""
    return {
        "type": "modal",
        "callback_id": Form.CLOSED,
        "title": plain(shortened(title, MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "blocks": list(blocks),
    }


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


def mrkdwn(text: str) -> Block:
    """A section; ``text`` must be escaped."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def sections(text: str) -> tuple[Block, ...]:
    """Sections that hold the lines of ``text``, as many as a message takes: a line is never cut, as
    that might cut a mention or a date in two."""
    chunks = [""]
    for line in text.split("\n"):
        if len(chunks[-1]) + len(line) + 1 > SECTION_TEXT:
            chunks.append("")
        chunks[-1] += f"{line}\n"
    return tuple(mrkdwn(chunk.rstrip("\n")) for chunk in chunks[:MOST_SECTIONS] if chunk.strip())


def _context(text: str) -> Block:
    return {"type": "context", "elements": [plain(text)]}


def _name(language: Language, say: Say) -> str:
    return say(f"in-{language}".lower())


def _modal(
    form: Form,
    title: str,
    submit: str,
    say: Say,
    blocks: Sequence[Block],
    metadata: Mapping[str, str] | None = None,
) -> Block:
    return {
        "type": "modal",
        "callback_id": form,
        "title": plain(shortened(title, MODAL_TITLE)),
        "submit": plain(shortened(submit, MODAL_TITLE)),
        "close": plain(say("announcing-close")),
        "private_metadata": json.dumps(dict(metadata or {})),
        "blocks": list(blocks),
    }


def _input(block_id: str, label: str, element: Mapping[str, Any]) -> Block:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def _optional(block: Block) -> Block:
    return {**block, "optional": True}


def _text(action_id: str, value: str, most: int, several_lines: bool = False) -> dict[str, Any]:
    text: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": most,
        "multiline": several_lines,
    }
    return {**text, "initial_value": value[:most]} if value else text


def _moment_inputs(at: datetime, zone: str, say: Say) -> list[Block]:
    local = at.astimezone(ZoneInfo(zone))
    day = {"type": "datepicker", "action_id": "day", "initial_date": f"{local:%Y-%m-%d}"}
    hour = {"type": "timepicker", "action_id": "hour", "initial_time": f"{local:%H:%M}"}
    return [
        _input("day", say("announcing-day"), day),
        _input("hour", say("announcing-hour", zone=zone), hour),
    ]
