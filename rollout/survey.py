"""The survey after enrolling: three questions, words if one likes, and consent to quote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from knowledge.article import Language
from rollout.enrolled import FEWEST_SHOWN

OPEN_FOR = timedelta(days=14)
"""How long after its announcement a group's survey can be answered, and answers be changed."""
SCORES = (1, 2, 3, 4, 5)
"""From bad to good."""
LONGEST_WORDS = 2_000


class SurveyQuestion(StrEnum):
    """The three questions; each has a sentence in the catalogues."""

    EASE = "ease"
    MESSAGES = "messages"
    HELP = "help"


@dataclass(frozen=True)
class SurveyResponse:
    """One person's answers about their group's enrollment; ``scores`` of ``SCORES``, which may be
    left out. ``quotable`` is the consent to quote the words, without a name."""

    id: str
    team: str
    user: str
    group: str
    announcement: str
    scores: Mapping[SurveyQuestion, int]
    language: Language
    at: datetime
    words: str = ""
    quotable: bool = False
    changes: int = 0


def response_id(team: str, group: str, user: str) -> str:
    """One for each person of a group: answering again changes it."""
    return f"{team}/{group}/{user}"


def is_open(sent_at: datetime, now: datetime) -> bool:
    """Whether the survey of an announcement can be answered."""
    return sent_at <= now < sent_at + OPEN_FOR


@dataclass(frozen=True)
class SurveyResult:
    """A group's answers in counts: question to score to how many gave it."""

    group: str
    name: str
    responses: int
    counts: Mapping[SurveyQuestion, Mapping[int, int]]
    comments: int = 0

    @property
    def shown(self) -> bool:
        """Fewer answers than ``FEWEST_SHOWN`` would name people."""
        return self.responses >= FEWEST_SHOWN

    def average(self, question: SurveyQuestion) -> float | None:
        """The mean score, ``None`` where nobody, or too few to be shown, answered it."""
        counts = self.counts.get(question, {})
        answered = sum(counts.values())
        if answered < FEWEST_SHOWN:
            return None
        return sum(score * count for score, count in counts.items()) / answered
