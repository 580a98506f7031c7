"""The question: what a person asked, what was offered, and how it went on.

Pure rules: a question and a command give the question as it stands afterwards, or a refusal that
says why not.

    ANSWERED ──solve──> SOLVED
    SUGGESTED ─choose─> ANSWERED
    ANSWERED, SUGGESTED ──reject──> SUGGESTED (the next best) or UNMATCHED (nothing left to offer)
    ANSWERED, SUGGESTED, UNMATCHED ──ask the helpdesk──> HELPDESK
    ANSWERED, SUGGESTED, UNMATCHED ──the message was edited──> matched anew
    any ──the message was deleted──> WITHDRAWN, its text gone
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from knowledge.article import Language, Platform
from knowledge.errors import KnowledgeError
from knowledge.masking import Secret
from knowledge.matching import Match, Outcome

REJECTIONS_BEFORE_HELPDESK = 2
"""After so many "Not my question" the bot stops guessing and offers people instead."""

MOST_SUGGESTIONS = 3


class Place(StrEnum):
    """Where a question was asked, which decides how much is said and who reads it."""

    DIRECT = "direct"
    MENTION = "mention"
    QUESTION_CHANNEL = "question_channel"
    SHORTCUT = "shortcut"
    """Somebody else's message, in its channel."""
    COMMAND = "command"
    HOME = "home"

    @property
    def private(self) -> bool:
        """Whether only the asker reads the answer."""
        return self in (Place.DIRECT, Place.COMMAND, Place.HOME)


class State(StrEnum):
    ANSWERED = "answered"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    SOLVED = "solved"
    HELPDESK = "helpdesk"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Question:
    """One question of one person.

    ``id`` sorts by time within a team. ``thread_ts`` is the thread the answer goes into (``None``:
    top level of a direct message). ``ranked`` holds article ids as the matcher ranked them,
    ``shown`` the one on display, ``suggested`` those offered to choose from, ``rejected`` those the
    asker refused. ``repeated``: the best article stands in the thread already. ``platform`` is the
    asker's, as written or chosen; ``shown_in`` the language chosen by a press. ``secrets`` says
    what was masked in ``text``. ``asked_by`` is who brought somebody else's message to us.
    ``notice`` is the text of the ``known_problem`` that concerns it. ``wave`` is the rollout wave
    that the asker was in. ``files`` are the ids of what was attached to the message.
    """

    id: str
    team: str
    asker: str
    place: Place
    channel: str
    ts: str
    thread_ts: str | None
    text: str
    language: Language
    asked_at: datetime
    state: State
    outcome: Outcome
    confidence: float = 0.0
    other_language: str | None = None
    ranked: tuple[str, ...] = ()
    shown: str | None = None
    suggested: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    rejections: int = 0
    closed_at: datetime | None = None
    repeated: bool = False
    platform: Platform | None = None
    shown_in: Language | None = None
    secrets: tuple[Secret, ...] = ()
    asked_by: str | None = None
    known_problem: str | None = None
    notice: str | None = None
    wave: str = ""
    files: tuple[str, ...] = ()

    @property
    def spoken(self) -> Language:
        """The language the answer is shown in."""
        return self.shown_in or self.language

    @property
    def offered(self) -> frozenset[str]:
        """The articles shown or refused so far."""
        return frozenset((*self.rejected, *([self.shown] if self.shown else [])))

    @property
    def open(self) -> bool:
        return self.state in (State.ANSWERED, State.SUGGESTED, State.UNMATCHED)


class Refusal(StrEnum):
    """Why a command on a question was refused; each has a sentence in the catalogues."""

    NOT_YOURS = "not-yours"
    ALREADY_SOLVED = "already-solved"
    ALREADY_WITH_HELPDESK = "already-with-helpdesk"
    NOT_OFFERED = "not-offered"


class AskingRefused(KnowledgeError):
    """A command that the question's state or the person forbids."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def question_id(team: str, channel: str, ts: str, number: int = 1) -> str:
    """The id of the question asked by the message ``ts`` in ``channel``, of the ``number``-th one
    where it asks several; sorts by time."""
    first = f"{team}/{ts}/{channel}"
    return first if number == 1 else f"{first}/{number}"


def with_match(question: Question, match: Match, offered: frozenset[str] = frozenset()) -> Question:
    """The question after the matcher spoke: answered, with suggestions, or unmatched. What was
    ``offered`` in the thread before is not offered again."""
    fresh = [one for one in match.candidates if one.article_id not in offered]
    ranked = tuple(candidate.article_id for candidate in fresh)
    platforms = match.extracted.platforms
    matched = replace(
        question,
        outcome=match.outcome,
        ranked=ranked,
        confidence=round(match.candidates[0].confidence, 4) if match.candidates else 0.0,
        other_language=match.other_language,
        platform=platforms[0] if len(platforms) == 1 else None,
        repeated=False,
        shown=None,
        suggested=(),
    )
    if match.outcome is Outcome.NONE:
        return replace(matched, state=State.UNMATCHED)
    if match.candidates[0].article_id in offered:
        return replace(matched, state=State.UNMATCHED, repeated=True)
    if match.outcome is Outcome.ANSWER:
        return replace(matched, state=State.ANSWERED, shown=ranked[0])
    return replace(matched, state=State.SUGGESTED, suggested=ranked[:MOST_SUGGESTIONS])


def solve(question: Question, person: str, now: datetime) -> Question:
    """The asker says that the answer helped."""
    _only_open_and_own(question, person)
    if question.shown is None:
        raise AskingRefused(Refusal.NOT_OFFERED)
    return replace(question, state=State.SOLVED, closed_at=now)


def reject(question: Question, person: str) -> Question:
    """The asker says "Not my question": the next best is suggested, while there is one."""
    _only_open_and_own(question, person)
    refused = (question.shown,) if question.shown else question.suggested
    rejected = question.rejected + tuple(one for one in refused if one not in question.rejected)
    left = tuple(one for one in question.ranked if one not in rejected)[:MOST_SUGGESTIONS]
    turns = question.rejections + 1
    stripped = replace(question, rejected=rejected, rejections=turns, shown=None)
    if not left or turns >= REJECTIONS_BEFORE_HELPDESK:
        return replace(stripped, state=State.UNMATCHED, suggested=())
    return replace(stripped, state=State.SUGGESTED, suggested=left)


def choose(question: Question, person: str, article_id: str) -> Question:
    """The asker picks one of the suggested articles."""
    _only_open_and_own(question, person)
    if article_id not in question.suggested:
        raise AskingRefused(Refusal.NOT_OFFERED)
    return replace(question, state=State.ANSWERED, shown=article_id, suggested=())


def ask_helpdesk(question: Question, person: str, now: datetime) -> Question:
    """The asker wants a person to look at it."""
    _only_open_and_own(question, person)
    return replace(question, state=State.HELPDESK, closed_at=now)


def show_in(question: Question, person: str, language: Language) -> Question:
    """The asker reads the answer in another language."""
    _only_own(question, person)
    return replace(question, shown_in=language)


def choose_platform(question: Question, person: str, platform: Platform) -> Question:
    """The asker says which device it is about."""
    _only_own(question, person)
    return replace(question, platform=platform)


def withdraw(question: Question, now: datetime) -> Question:
    """The message was deleted: nothing of its text stays, the outcome is kept for the counts. What
    the helpdesk has stays with the helpdesk."""
    closed = question.closed_at or now
    state = State.HELPDESK if question.state is State.HELPDESK else State.WITHDRAWN
    return replace(question, text="", state=state, closed_at=closed)


def _only_own(question: Question, person: str) -> None:
    if person != question.asker:
        raise AskingRefused(Refusal.NOT_YOURS)


def _only_open_and_own(question: Question, person: str) -> None:
    _only_own(question, person)
    if question.state is State.SOLVED:
        raise AskingRefused(Refusal.ALREADY_SOLVED)
    if question.state is State.HELPDESK:
        raise AskingRefused(Refusal.ALREADY_WITH_HELPDESK)
    if question.state is State.WITHDRAWN:
        raise AskingRefused(Refusal.NOT_OFFERED)
