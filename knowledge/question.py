"""The question: what a person asked, what was offered, and how it went on.

Pure rules: a question and a command give the question as it stands afterwards, or a refusal that
says why not.

    ANSWERED ──solve──> SOLVED
    SUGGESTED ─choose─> ANSWERED
    ANSWERED, SUGGESTED ──reject──> SUGGESTED (the next best) or UNMATCHED (nothing left to offer)
    ANSWERED, SUGGESTED, UNMATCHED ──ask the helpdesk──> HELPDESK
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from knowledge.article import Language
from knowledge.errors import KnowledgeError
from knowledge.matching import Match, Outcome

REJECTIONS_BEFORE_HELPDESK = 2
"""After so many "Not my question" the bot stops guessing and offers people instead."""

MOST_SUGGESTIONS = 3


class Place(StrEnum):
    """Where a question was asked, which decides how much is said and who reads it."""

    DIRECT = "direct"
    MENTION = "mention"
    QUESTION_CHANNEL = "question_channel"


class State(StrEnum):
    ANSWERED = "answered"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    SOLVED = "solved"
    HELPDESK = "helpdesk"


@dataclass(frozen=True)
class Question:
    """One question of one person.

    ``id`` sorts by time within a team. ``thread_ts`` is the thread the answer goes into (``None``:
    top level of a direct message). ``ranked`` holds article ids as the matcher ranked them,
    ``shown`` the one on display, ``suggested`` those offered to choose from, ``rejected`` those the
    asker refused.
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


def question_id(team: str, channel: str, ts: str) -> str:
    """The id of the question asked by the message ``ts`` in ``channel``; sorts by time."""
    return f"{team}/{ts}/{channel}"


def with_match(question: Question, match: Match) -> Question:
    """The question after the matcher spoke: answered, with suggestions, or unmatched."""
    ranked = tuple(candidate.article_id for candidate in match.candidates)
    confidence = match.candidates[0].confidence if match.candidates else 0.0
    ranked_question = replace(
        question,
        outcome=match.outcome,
        ranked=ranked,
        confidence=round(confidence, 4),
        other_language=match.other_language,
    )
    if match.outcome is Outcome.ANSWER:
        return replace(ranked_question, state=State.ANSWERED, shown=ranked[0])
    if match.outcome is Outcome.SUGGESTIONS:
        return replace(ranked_question, state=State.SUGGESTED, suggested=ranked[:MOST_SUGGESTIONS])
    return replace(ranked_question, state=State.UNMATCHED)


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


def _only_open_and_own(question: Question, person: str) -> None:
    if person != question.asker:
        raise AskingRefused(Refusal.NOT_YOURS)
    if question.state is State.SOLVED:
        raise AskingRefused(Refusal.ALREADY_SOLVED)
    if question.state is State.HELPDESK:
        raise AskingRefused(Refusal.ALREADY_WITH_HELPDESK)
