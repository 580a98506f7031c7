"""A known problem: a notice that stands before the answer until it is lifted or its date passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from knowledge.article import Language
from knowledge.errors import KnowledgeError
from knowledge.extraction import normalised_code
from knowledge.matching import Match
from knowledge.question import Question

MOST_WAITING = 5_000


@dataclass(frozen=True)
class Waiting:
    """Somebody who wants to be told, and the language to tell them in."""

    user: str
    language: Language


@dataclass(frozen=True)
class KnownProblem:
    """``texts`` has at least one language. It concerns the ``articles`` and ``codes`` named (codes
    in the matcher's spelling), up to and including the day ``until``."""

    id: str
    team: str
    texts: Mapping[Language, str]
    articles: tuple[str, ...]
    codes: tuple[str, ...]
    until: date
    reported_by: str
    reported_at: datetime
    waiting: tuple[Waiting, ...] = ()
    lifted_at: datetime | None = None

    def text_in(self, language: Language) -> str:
        """The text in that language, else in English, else in the first there is."""
        return self.texts.get(language) or self.texts.get(Language.EN) or _first(self.texts)

    def stands(self, today: date) -> bool:
        return self.lifted_at is None and today <= self.until

    def concerns(self, question: Question, codes: Iterable[str]) -> bool:
        """Whether it is about the article that answers the question, or a code named in it."""
        shown = question.shown or (question.suggested[0] if question.suggested else None)
        return shown in self.articles or any(code in self.codes for code in codes)


class NothingConcerned(KnowledgeError):
    """A known problem that names neither an article nor a code would never be shown."""


class DatePassed(KnowledgeError):
    """A known problem whose date has passed would never be shown."""


def reported(problem: KnownProblem, today: date) -> KnownProblem:
    """The problem as it is kept. Raises ``NothingConcerned`` or ``DatePassed``."""
    if not problem.articles and not problem.codes:
        raise NothingConcerned
    if problem.until < today:
        raise DatePassed
    return replace(problem, codes=tuple(normalised_code(code) for code in problem.codes))


def tell(problem: KnownProblem, user: str, language: Language) -> KnownProblem:
    """The person is told when it is lifted; once, however often they ask."""
    others = tuple(one for one in problem.waiting if one.user != user)[-MOST_WAITING + 1 :]
    return replace(problem, waiting=(*others, Waiting(user, language)))


def lift(problem: KnownProblem, now: datetime) -> KnownProblem:
    """The problem is over."""
    return replace(problem, lifted_at=problem.lifted_at or now)


def noticed(
    question: Question, match: Match, problems: Iterable[KnownProblem], today: date
) -> Question:
    """The question with the newest known problem that concerns it."""
    codes = tuple(normalised_code(code) for code in match.extracted.error_codes)
    newest_first = sorted(problems, key=lambda one: one.reported_at, reverse=True)
    for problem in newest_first:
        if problem.stands(today) and problem.concerns(question, codes):
            text = problem.text_in(question.language)
            return replace(question, known_problem=problem.id, notice=text)
    return question


def _first(texts: Mapping[Language, str]) -> str:
    return next(iter(texts.values()), "")
