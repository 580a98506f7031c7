"""The announcement: one message for an audience at a time, from draft to sent.

Pure rules: an announcement and a command give the announcement as it stands afterwards, or a
refusal that says why not.

    DRAFT ──approve──> SCHEDULED ──start──> SENDING ──finish──> SENT ──recall──> RECALLED
                         │    ▲                ▲                  │
                        hold resume            └──resend failed───┘
                         ▼    │
                         HELD (also by itself, when its time passed while nobody could send)
    SCHEDULED, HELD ──edit──> DRAFT (what was approved is what goes out)
    DRAFT, SCHEDULED, HELD ──move──> the same, at another time
    DRAFT, SCHEDULED, HELD ──cancel──> CANCELLED
    DRAFT ──delete──> DELETED ──draft again──> DRAFT (the log goes on)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from knowledge.article import Language
from rollout.calendar import moment
from rollout.errors import AnnouncementRefused, Refusal
from rollout.messages import Message, with_quote, without_quote
from rollout.plan import Phase, Settings


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    RECALLED = "recalled"
    DELETED = "deleted"


class Change(StrEnum):
    """What can be done to an announcement; the words of its log."""

    DRAFTED = "drafted"
    EDITED = "edited"
    APPROVED = "approved"
    HELD = "held"
    LATE = "late"
    RESUMED = "resumed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    STARTED = "started"
    FINISHED = "finished"
    RESENT = "resent"
    CORRECTED = "corrected"
    RECALLED = "recalled"
    EVERYONE = "everyone"
    GO = "go"
    READDRESSED = "readdressed"
    DELETED = "deleted"
    QUOTED = "quoted"


_OF_ITS_CONTENT = (
    Change.DRAFTED,
    Change.EDITED,
    Change.QUOTED,
    Change.CORRECTED,
    Change.EVERYONE,
    Change.READDRESSED,
)
NOT_OUT_YET = (State.DRAFT, State.SCHEDULED, State.HELD)
NO_DATE = (State.HELD, State.CANCELLED)
"""Its moment holds no longer, and nobody is told it as a fact."""


@dataclass(frozen=True)
class Audience:
    """A channel, and the language in which it is told."""

    channel: str
    language: Language


@dataclass(frozen=True)
class Logged:
    """One line of the log: who did what, when. ``by`` is empty for what happened by itself;
    ``detail`` is a language, a moment or a count."""

    at: datetime
    by: str
    change: Change
    detail: str = ""


@dataclass(frozen=True)
class Announcement:
    """One message for an audience at a time.

    ``planned`` is its id in the plan (empty: a free message) and ``group`` that of its group.
    ``quote`` is the id of the answer to the survey of which it quotes the words.
    ``cards`` counts the cards shown to the admins, of which the last is current; ``resends`` and
    ``corrections`` how often its deliveries were repeated or changed.
    """

    id: str
    team: str
    state: State
    planned: str
    group: str
    phase: Phase | None
    messages: Mapping[Language, Message]
    audience: tuple[Audience, ...]
    sends_at: datetime
    author: str
    log: tuple[Logged, ...] = ()
    approved_by: str = ""
    everyone_confirmed: bool = False
    cards: int = 1
    resends: int = 0
    corrections: int = 0
    quote: str = ""
    started_at: datetime | None = None

    @property
    def languages(self) -> frozenset[Language]:
        """The languages in which channels are told."""
        return frozenset(one.language for one in self.audience)

    @property
    def editor(self) -> str:
        """Who wrote it last."""
        wrote = (Change.DRAFTED, Change.EDITED, Change.QUOTED, Change.READDRESSED)
        return next((line.by for line in reversed(self.log) if line.change in wrote), self.author)

    @property
    def revision(self) -> int:
        """How often its words or its channels were changed: who decides on what they read says
        which one that was."""
        return sum(line.change in _OF_ITS_CONTENT for line in self.log)


def announcement_id(team: str, year: int, planned: str) -> str:
    """The id of the announcement that carries out a planned one; there is one at most."""
    return f"{team}/{year}-{planned}"


def free_id(team: str, author: str, now: datetime) -> str:
    """The id of a message that stands in no plan."""
    return f"{team}/{now:%Y%m%dT%H%M%S%f}-{author}"


def drafted(announcement: Announcement, now: datetime) -> Announcement:
    """The new draft, with the first line of its log."""
    return _logged(announcement, announcement.author, Change.DRAFTED, now)


def edit(
    announcement: Announcement, language: Language, message: Message, user: str, now: datetime
) -> Announcement:
    """Other words. What was approved or confirmed already must be so again."""
    _only_in(announcement, NOT_OUT_YET)
    messages = {**announcement.messages, language: message}
    draft = replace(
        announcement,
        messages=messages,
        state=State.DRAFT,
        approved_by="",
        everyone_confirmed=False,
    )
    return _logged(draft, user, Change.EDITED, now, language)


def quote_words(
    announcement: Announcement, response: str, user: str, now: datetime
) -> Announcement:
    """The words of an answer to the survey stand in the message, in every language where no place
    was made for them behind what it says; none for an empty ``response``. It must be approved
    again."""
    _only_in(announcement, NOT_OUT_YET)
    if response == announcement.quote:
        return announcement
    messages = {
        language: with_quote(message) if response else without_quote(message)
        for language, message in announcement.messages.items()
    }
    draft = replace(
        announcement, messages=messages, quote=response, state=State.DRAFT, approved_by=""
    )
    return _logged(draft, user, Change.QUOTED, now)


def readdress(
    announcement: Announcement, audience: tuple[Audience, ...], user: str, now: datetime
) -> Announcement:
    """Other channels, which must be approved again."""
    _only_in(announcement, NOT_OUT_YET)
    if not audience:
        raise AnnouncementRefused(Refusal.NO_AUDIENCE)
    if audience == announcement.audience:
        return announcement
    draft = replace(announcement, audience=audience, state=State.DRAFT, approved_by="")
    detail = f"{len(announcement.audience)} {len(audience)}"
    return _logged(draft, user, Change.READDRESSED, now, detail)


def delete(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """The draft is put away; its log is kept."""
    _only_in(announcement, (State.DRAFT,))
    return _logged(replace(announcement, state=State.DELETED), user, Change.DELETED, now)


def draft_again(deleted: Announcement, draft: Announcement) -> Announcement:
    """The fresh draft of what was deleted, with the log going on and a card of its own."""
    return replace(draft, log=(*deleted.log, *draft.log), cards=deleted.cards + 1)


def confirm_everyone(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """Mentioning everyone in the channels is meant."""
    _only_in(announcement, (State.DRAFT,))
    confirmed = replace(announcement, everyone_confirmed=True)
    return _logged(confirmed, user, Change.EVERYONE, now)


@dataclass(frozen=True)
class Approval:
    """Who approves what, and under which rules. ``needed``: by somebody else than who wrote it;
    ``revision`` is that which was read."""

    user: str
    needed: bool
    flawless: bool
    revision: int


def approve(announcement: Announcement, approval: Approval, now: datetime) -> Announcement:
    """The draft is good as it was read, and is sent at its time."""
    _only_in(announcement, (State.DRAFT,))
    if approval.revision != announcement.revision:
        raise AnnouncementRefused(Refusal.CHANGED)
    if not announcement.audience:
        raise AnnouncementRefused(Refusal.NO_AUDIENCE)
    if not approval.flawless:
        raise AnnouncementRefused(Refusal.UNCHECKED)
    if approval.needed and approval.user in (announcement.author, announcement.editor):
        raise AnnouncementRefused(Refusal.OWN_DRAFT)
    _only_to_come(announcement.sends_at, now)
    approved = replace(announcement, state=State.SCHEDULED, approved_by=approval.user)
    return _logged(approved, approval.user, Change.APPROVED, now)


def go_on(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """An admin looked at how things are, and it goes out as planned."""
    _only_in(announcement, (State.SCHEDULED,))
    return _logged(announcement, user, Change.GO, now)


def hold(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """It is not sent until somebody resumes it."""
    _only_in(announcement, (State.SCHEDULED,))
    return _logged(replace(announcement, state=State.HELD), user, Change.HELD, now)


def resume(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """It is sent at its time after all."""
    _only_in(announcement, (State.HELD,))
    _only_to_come(announcement.sends_at, now)
    return _logged(replace(announcement, state=State.SCHEDULED), user, Change.RESUMED, now)


def send_now(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """It was held beyond its time, and is sent at once."""
    _only_in(announcement, (State.HELD,))
    scheduled = replace(announcement, state=State.SCHEDULED, sends_at=now)
    return _logged(scheduled, user, Change.RESUMED, now)


def move(announcement: Announcement, to: datetime, user: str, now: datetime) -> Announcement:
    """It is sent at another time; approval and hold stay as they are."""
    _only_in(announcement, NOT_OUT_YET)
    _only_to_come(to, now)
    detail = f"{announcement.sends_at.isoformat()} {to.isoformat()}"
    return _logged(replace(announcement, sends_at=to), user, Change.MOVED, now, detail)


def cancel(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """It is not sent at all."""
    _only_in(announcement, NOT_OUT_YET)
    return _logged(replace(announcement, state=State.CANCELLED), user, Change.CANCELLED, now)


def come_due(announcement: Announcement, now: datetime, grace: timedelta) -> Announcement | None:
    """What its time brings: it is being sent, or held when it is later than ``grace``. ``None``
    when there is nothing to do: it was held, moved, cancelled or is sent already."""
    if announcement.state is not State.SCHEDULED or now < announcement.sends_at:
        return None
    if now - announcement.sends_at > grace:
        return _logged(replace(announcement, state=State.HELD), "", Change.LATE, now)
    sending = replace(announcement, state=State.SENDING, started_at=now)
    return _logged(sending, "", Change.STARTED, now)


def finish(announcement: Announcement, sent: int, failed: int, now: datetime) -> Announcement:
    """Every delivery was sent or has failed for good."""
    _only_in(announcement, (State.SENDING,))
    done = replace(announcement, state=State.SENT)
    return _logged(done, "", Change.FINISHED, now, f"{sent}/{sent + failed}")


def resend(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """What failed is tried once more; what was sent is left alone."""
    _only_in(announcement, (State.SENT,))
    again = replace(announcement, state=State.SENDING, resends=announcement.resends + 1)
    return _logged(replace(again, started_at=now), user, Change.RESENT, now)


def correct(
    announcement: Announcement, language: Language, message: Message, user: str, now: datetime
) -> Announcement:
    """Other words in every channel that has it already."""
    _only_in(announcement, (State.SENT,))
    corrected = replace(
        announcement,
        messages={**announcement.messages, language: message},
        corrections=announcement.corrections + 1,
    )
    return _logged(corrected, user, Change.CORRECTED, now, language)


def recall(announcement: Announcement, user: str, now: datetime) -> Announcement:
    """It is taken back from every channel."""
    _only_in(announcement, (State.SENT,))
    return _logged(replace(announcement, state=State.RECALLED), user, Change.RECALLED, now)


class Scope(StrEnum):
    """How much moves: one announcement, its group from it on, or everything from it on."""

    ONE = "one"
    GROUP = "group"
    FOLLOWING = "following"


@dataclass(frozen=True)
class Standing:
    """An announcement in the timeline, whether it is drafted already or only planned."""

    id: str
    group: str
    sends_at: datetime
    movable: bool


def moved_along(
    timeline: tuple[Standing, ...], first: Standing, to: datetime, scope: Scope, settings: Settings
) -> Mapping[str, datetime]:
    """Announcement id to its new moment, when ``first`` moves to ``to``: what follows it keeps its
    distance in days and hours of the plan's clocks, which may change in between. What is being sent
    or was sent stays where it is."""
    by = _on_the_clocks(to, settings) - _on_the_clocks(first.sends_at, settings)
    return {
        one.id: to if one.id == first.id else _later(one.sends_at, by, settings)
        for one in timeline
        if one.movable and (one.id == first.id or _follows(one, first, scope))
    }


def _on_the_clocks(at: datetime, settings: Settings) -> datetime:
    """What the clocks and calendars of the plan show then, without a zone."""
    return at.astimezone(ZoneInfo(settings.timezone)).replace(tzinfo=None, fold=0)


def _later(at: datetime, by: timedelta, settings: Settings) -> datetime:
    if not by:
        return at
    shown = _on_the_clocks(at, settings) + by
    return moment(shown.date(), shown.time(), settings).at


def _follows(one: Standing, first: Standing, scope: Scope) -> bool:
    if scope is Scope.ONE or one.sends_at < first.sends_at:
        return False
    return scope is Scope.FOLLOWING or one.group == first.group


def _only_in(announcement: Announcement, states: tuple[State, ...]) -> None:
    if announcement.state in states:
        return
    gone = announcement.state in (State.SENDING, State.SENT, State.RECALLED)
    raise AnnouncementRefused(Refusal.TOO_LATE if gone else Refusal.NOT_NOW)


def _only_to_come(moment: datetime, now: datetime) -> None:
    if moment <= now:
        raise AnnouncementRefused(Refusal.PAST_DATE)


def _logged(
    announcement: Announcement, by: str, change: Change, now: datetime, detail: str = ""
) -> Announcement:
    return replace(announcement, log=(*announcement.log, Logged(now, by, change, detail)))
