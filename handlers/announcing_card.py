"""The admins' card of an announcement, rendered from state alone, so that showing it again is
harmless."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.announcing_blocks import button, option, sections
from handlers.announcing_words import language_name, moment_token, moment_words
from handlers.catalogue import Say
from handlers.text import escaped
from knowledge.article import Language
from rollout.announcement import Announcement, Audience, Change, State
from rollout.checking import DraftFlaw, Flaw
from storage.outbox import Block, Content

NAMED_CHANNELS = 15
NAMED_FAILURES = 10
LOG_LINES = 200
"""So many fit a modal."""
BAR = 20


class Admin(StrEnum):
    """What admins press on a card."""

    PREVIEW = "announcing.preview"
    EDIT = "announcing.edit"
    AUDIENCE = "announcing.audience"
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
    QUOTE = "announcing.quote"


_LABELS: Mapping[Admin, str] = {
    Admin.PREVIEW: "button-preview",
    Admin.EDIT: "button-edit",
    Admin.AUDIENCE: "button-audience",
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
    Admin.QUOTE: "button-quote",
}
_STATES: Mapping[State, str] = {
    State.DRAFT: "announcing-state-draft",
    State.SCHEDULED: "announcing-state-scheduled",
    State.HELD: "announcing-state-held",
    State.SENDING: "announcing-state-sending",
    State.SENT: "announcing-state-sent",
    State.CANCELLED: "announcing-state-cancelled",
    State.RECALLED: "announcing-state-recalled",
    State.DELETED: "announcing-state-cancelled",
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
    Change.READDRESSED: "log-readdressed",
    Change.DELETED: "log-deleted",
    Change.QUOTED: "log-quoted",
}
IN_TIMELINE: Mapping[State | None, str] = {
    None: "timeline-planned",
    State.DRAFT: "timeline-draft",
    State.SCHEDULED: "timeline-scheduled",
    State.HELD: "timeline-held",
    State.SENDING: "timeline-sending",
    State.SENT: "timeline-sent",
    State.CANCELLED: "timeline-cancelled",
    State.RECALLED: "timeline-recalled",
}


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
    """All that a card shows. ``people`` maps channel to its members where that is known;
    ``people_in_all`` counts each person once. ``change`` is how far a correction or recall is,
    ``quoted`` the group of whom it quotes, where that may still be quoted."""

    announcement: Announcement
    title: str
    flaws: tuple[DraftFlaw, ...]
    progress: Progress
    people: Mapping[str, int]
    people_in_all: int | None
    change: Progress | None
    quoted: str
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
        *_people_lines(card, say),
        *_quote_lines(card, say),
        *_flaw_lines(card, say),
        *_progress_lines(card, say),
        *_change_lines(card, say),
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
    channel, language = f"<#{one.channel}>", language_name(one.language, say)
    people = card.people.get(one.channel)
    if people is None:
        return say("announcing-channel", channel=channel, language=language)
    return say("announcing-channel-people", channel=channel, language=language, count=people)


def _people_lines(card: Card, say: Say) -> list[str]:
    if card.people_in_all is None:
        return []
    return [say("announcing-people", count=card.people_in_all)]


def _quote_lines(card: Card, say: Say) -> list[str]:
    if not card.announcement.quote:
        return []
    if not card.quoted:
        return [say("announcing-quote-gone")]
    return [say("announcing-quotes", group=escaped(card.quoted))]


def _flaw_lines(card: Card, say: Say) -> list[str]:
    if card.announcement.state is not State.DRAFT:
        return []
    if not card.flaws:
        return [say("announcing-checked")]
    return [say("announcing-flaws"), *(f"• {flaw_text(flaw, say)}" for flaw in card.flaws)]


def flaw_text(flaw: DraftFlaw, say: Say) -> str:
    language = language_name(flaw.language, say) if flaw.language else ""
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


def _change_lines(card: Card, say: Say) -> list[str]:
    """How far a correction or a recall has come in the channels that had the message."""
    change = card.change
    if change is None:
        return []
    recalled = card.announcement.state is State.RECALLED
    failed = change.failed or {}
    counts = say(
        "announcing-recalling" if recalled else "announcing-correcting",
        done=change.sent,
        failed=len(failed),
        left=change.left,
    )
    lines = [f"{progress_bar(change)} {counts}"]
    for channel, code in list(failed.items())[:NAMED_FAILURES]:
        lines.append(say("announcing-unchanged", channel=f"<#{channel}>", code=code))
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
        return language_name(Language(detail), say)
    return detail


def _admin_buttons(card: Card, say: Say) -> Iterator[dict[str, Any]]:
    announcement = card.announcement
    for action in _actions(card):
        style = {Admin.APPROVE: "primary", Admin.CANCEL: "danger", Admin.RECALL: "danger"}
        label = say(_LABELS[action])
        yield button(action, label, _value_of(action, announcement), style.get(action))
    if announcement.state in (State.DRAFT, State.SCHEDULED, State.HELD, State.SENT):
        options = [
            option(
                say("announcing-edit-in", language=language_name(one, say)),
                f"{one} {announcement.id}",
            )
            for one in Language
        ]
        yield {"type": "overflow", "action_id": Admin.EDIT, "options": options}


def _value_of(action: Admin, announcement: Announcement) -> str:
    """Who approves says what they have read."""
    return approval_value(announcement) if action is Admin.APPROVE else announcement.id


def approval_value(announcement: Announcement) -> str:
    """The value of a button that approves: the revision that is read, and the id."""
    return f"{announcement.revision} {announcement.id}"


def _actions(card: Card) -> Iterator[Admin]:
    announcement = card.announcement
    match announcement.state:
        case State.DRAFT:
            yield from (Admin.PREVIEW, Admin.APPROVE)
            if card.sponsor_user:
                yield Admin.ASK_SPONSOR
            if any(one.flaw is Flaw.EVERYONE for one in card.flaws):
                yield Admin.EVERYONE
            yield from (Admin.AUDIENCE, Admin.QUOTE, Admin.MOVE, Admin.DUPLICATE, Admin.DELETE)
        case State.SCHEDULED:
            yield from (Admin.PREVIEW, Admin.HOLD, Admin.AUDIENCE, Admin.MOVE)
            yield from (Admin.CANCEL, Admin.DUPLICATE)
        case State.HELD:
            late = announcement.sends_at <= card.now
            yield Admin.SEND_NOW if late else Admin.RESUME
            yield from (Admin.PREVIEW, Admin.AUDIENCE, Admin.MOVE, Admin.CANCEL)
        case State.SENT:
            if card.progress.failed:
                yield Admin.RESEND
            yield from (Admin.DUPLICATE, Admin.RECALL)
        case _:
            yield Admin.DUPLICATE
    yield Admin.LOG


def _rows(elements: Iterator[dict[str, Any]]) -> Iterator[Block]:
    yield {"type": "actions", "elements": list(elements)}
