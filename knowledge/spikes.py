"""Spikes: an article or an error code that many more people ask about than usual.

The days before say what is usual. A day's count above mean + 3 * sqrt(mean) is beyond the upper
control limit of a c chart, the chart for counts of rare events (NIST/SEMATECH e-Handbook of
Statistical Methods, 6.3.3.1 "Counts Control Charts"), where chance alone seldom brings it. Whole
days are compared, since a morning is always busier than a night.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from knowledge.extraction import extract, normalised_code
from knowledge.question import Question
from knowledge.question import State as QuestionState

MOST_ASKERS: Final = 200
"""Kept of one day and subject: enough to be beyond any limit."""


class Kind(StrEnum):
    ARTICLE = "article"
    CODE = "code"


@dataclass(frozen=True)
class SpikeRule:
    """``least``: fewer people than this are never a spike; five are more than one team that sits
    together. ``sigmas``: how far above the mean, in square roots of the mean. ``days``: how many
    days before count; a week has every day of the week once. ``history``: so many days must be
    known before an article can spike, as on the first days of a rollout everything is new. An error
    code needs none: each is a fault."""

    least: int = 5
    sigmas: float = 3.0
    days: int = 7
    history: int = 3


@dataclass(frozen=True)
class Subject:
    """What people ask about: an article by its id, or an error code."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Spike:
    """A subject with how many people asked about it on a day, and how many usually do."""

    subject: Subject
    people: int
    usual: float


@dataclass(frozen=True)
class Watch:
    """What a team's questions were about. Its id is the team. ``day`` is the day being counted and
    ``after`` the id of the last question read of it; ``today`` has marks of those who asked, by
    subject, which tell one from another until the day is over; ``before`` the counts of each day
    that had questions, oldest first; ``told`` the subjects of spikes that last and were told."""

    id: str
    team: str
    day: date
    after: str = ""
    today: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: tuple[Mapping[str, int], ...] = ()
    told: tuple[str, ...] = ()


def subjects_of(question: Question) -> tuple[Subject, ...]:
    """What a question is about: the article it was answered with or helped by, and its codes."""
    found = [Subject(Kind.CODE, normalised_code(one)) for one in _codes(question)]
    if question.shown and question.state is not QuestionState.WITHDRAWN:
        found.append(Subject(Kind.ARTICLE, question.shown))
    return tuple(dict.fromkeys(found))


def seen(watch: Watch, questions: Iterable[Question]) -> Watch:
    """The watch after some more questions of its day, in the order of their ids. One person counts
    once a day."""
    today = dict(watch.today)
    after = watch.after
    for question in questions:
        after = question.id
        mark = _mark(watch, question.asker)
        for subject in subjects_of(question):
            marks = today.get(str(subject), ())
            if mark not in marks and len(marks) < MOST_ASKERS:
                today[str(subject)] = (*marks, mark)
    return replace(watch, after=after, today=today)


def next_day(watch: Watch, day: date, rule: SpikeRule) -> Watch:
    """The watch as a later day begins. A spike that did not last the day is over, and would be told
    anew. A day without any question, such as a holiday, says nothing of what is usual."""
    lasting = {str(one.subject) for one in spikes_in(watch, rule)}
    counts = {subject: len(marks) for subject, marks in watch.today.items()}
    before = (*watch.before, counts)[-rule.days :] if counts else watch.before
    told = tuple(one for one in watch.told if one in lasting)
    return replace(watch, day=day, after="", today={}, before=before, told=told)


def spikes_in(watch: Watch, rule: SpikeRule) -> tuple[Spike, ...]:
    """What spikes on the watch's day, the most asked first."""
    found = []
    for name, marks in watch.today.items():
        subject, usual = _subject(name), _usual(watch, name)
        limit = usual + rule.sigmas * math.sqrt(usual)
        known = subject.kind is Kind.CODE or len(watch.before) >= rule.history
        if known and len(marks) >= rule.least and len(marks) > limit:
            found.append(Spike(subject, len(marks), usual))
    return tuple(sorted(found, key=lambda one: (-one.people, str(one.subject))))


def untold(watch: Watch, rule: SpikeRule) -> tuple[Watch, tuple[Spike, ...]]:
    """The spikes that nobody was told of yet, and the watch after they were told."""
    fresh = tuple(one for one in spikes_in(watch, rule) if str(one.subject) not in watch.told)
    return replace(watch, told=(*watch.told, *(str(one.subject) for one in fresh))), fresh


def _usual(watch: Watch, name: str) -> float:
    if not watch.before:
        return 0.0
    return sum(day.get(name, 0) for day in watch.before) / len(watch.before)


def _subject(name: str) -> Subject:
    kind, _, rest = name.partition(" ")
    return Subject(Kind(kind), rest)


def _codes(question: Question) -> tuple[str, ...]:
    return extract(question.text).error_codes if question.text else ()


def _mark(watch: Watch, asker: str) -> str:
    return hashlib.sha256(f"{watch.team}/{watch.day}/{asker}".encode()).hexdigest()[:12]
