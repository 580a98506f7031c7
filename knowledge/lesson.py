"""A lesson: one more way in which people ask for an article, learned from a ticket.

PROPOSED ──publish (another person)──> PUBLISHED
PROPOSED ──discard──> DISCARDED
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from knowledge.article import Language
from knowledge.errors import KnowledgeError

LONGEST_PHRASING = 300


class LessonState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Lesson:
    """``ticket`` is the name of the ticket it came from, for people."""

    id: str
    team: str
    article: str
    language: Language
    phrasing: str
    proposed_by: str
    proposed_at: datetime
    ticket: str = ""
    state: LessonState = LessonState.PROPOSED
    decided_by: str = ""
    decided_at: datetime | None = None


class LessonRefusal(StrEnum):
    """Why a lesson was refused; each has a sentence in the catalogues."""

    DECIDED = "decided"
    OWN = "own"
    NOT_A_READER = "not-a-reader"
    UNKNOWN = "unknown"


class LessonRefused(KnowledgeError):
    """What was asked of a lesson is not possible."""

    def __init__(self, refusal: LessonRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def publish(lesson: Lesson, person: str, now: datetime, *, two_people: bool = True) -> Lesson:
    """Somebody other than its author lets it be learned."""
    _undecided(lesson)
    if two_people and person == lesson.proposed_by:
        raise LessonRefused(LessonRefusal.OWN)
    return replace(lesson, state=LessonState.PUBLISHED, decided_by=person, decided_at=now)


def discard(lesson: Lesson, person: str, now: datetime) -> Lesson:
    """It is not learned; its author may take it back, too."""
    _undecided(lesson)
    return replace(lesson, state=LessonState.DISCARDED, decided_by=person, decided_at=now)


def _undecided(lesson: Lesson) -> None:
    if lesson.state is not LessonState.PROPOSED:
        raise LessonRefused(LessonRefusal.DECIDED)
