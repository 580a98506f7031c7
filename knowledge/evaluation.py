"""Asking many questions at once, and counting how well they were answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from knowledge.article import Language
from knowledge.errors import KnowledgeError
from knowledge.matching import Candidate, Match, Matcher, Outcome, Query

_MOST_CONFUSIONS: Final = 25


class QuestionsInvalid(KnowledgeError):
    """A file of questions cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question with the ids of the articles that answer it; none of them means out of scope."""

    text: str
    language: Language | None = None
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answered:
    question: Sample
    match: Match

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(candidate.article_id for candidate in self.match.candidates)

    @property
    def is_first(self) -> bool:
        return bool(self.ids) and self.ids[0] in self.question.expected

    @property
    def is_among_three(self) -> bool:
        return any(one in self.question.expected for one in self.ids[:3])

    @property
    def was_shown(self) -> bool:
        return self.match.outcome is Outcome.ANSWER


@dataclass(frozen=True, slots=True)
class Tally:
    """Shares between 0 and 1 over one set of questions; a share of nothing is 0."""

    name: str
    questions: int
    out_of_scope: int
    first: float
    among_three: float
    answered: float
    wrong_of_shown: float
    out_of_scope_answered: float


def answer_lines(matcher: Matcher, lines: Iterable[str], out: TextIO) -> int:
    """Answer each JSON line {"text": ..., "lang": ...} with one line, in order.

    A line that cannot be read is answered too, with an "error" and no articles. Gives the exit
    code: 0, or 1 when there was such a line. Empty lines are skipped.
    """
    broken = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
        except (ValueError, TypeError) as error:
            broken += 1
            out.write(json.dumps(_unread(f"line {number}: {error}")) + "\n")
            continue
        match = matcher.match(_query(question))
        out.write(json.dumps(_as_fields(question, match), ensure_ascii=False) + "\n")
    return 1 if broken else 0


def _unread(reason: str) -> dict[str, Any]:
    return {"text": None, "outcome": Outcome.NONE.value, "articles": [], "error": reason}


def explain_text(matcher: Matcher, text: str, language: Language | None = None) -> str:
    """Why a question gets what it gets, as lines for a terminal."""
    match = matcher.explain(_query(Sample(text, language)))
    return "\n".join(match.explanation) + "\n"


def evaluate_files(matcher: Matcher, paths: Sequence[Path]) -> str:
    """The report on question files (lines with "text", "lang", "expect"), per language and in all.

    Lines that hold an article's phrasings and not a question are passed over. Raises
    QuestionsInvalid.
    """
    questions = [question for path in paths for question in read_questions(path)]
    answered = [Answered(one, matcher.match(_query(one))) for one in questions]
    names = sorted({_name(one) for one in answered})
    tallies = [_tally(name, [one for one in answered if _name(one) == name]) for name in names]
    if len(tallies) > 1:
        tallies.append(_tally("all", answered))
    return "\n".join((*_table(tallies), "", *_confusions(answered))) + "\n"


def read_questions(path: Path) -> Iterator[Sample]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsInvalid(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            if "article" not in fields:
                yield _question(fields)
        except (ValueError, TypeError) as error:
            raise QuestionsInvalid(f"{path}:{number}: {error}. Mend the line.") from error


def _question(fields: Any) -> Sample:
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise TypeError('expected an object with a "text"')
    language = fields.get("lang")
    expected = fields.get("expect") or ()
    if language is not None and not isinstance(language, str):
        raise TypeError('"lang" is no text')
    if not isinstance(expected, list | tuple):
        raise TypeError('"expect" is no list')
    return Sample(
        fields["text"],
        Language.from_tag(language) if language else None,
        frozenset(str(one) for one in expected),
    )


def _query(question: Sample) -> Query:
    return Query(question.text, () if question.language is None else (question.language,))


def _as_fields(question: Sample, match: Match) -> dict[str, Any]:
    return {
        "text": question.text,
        "outcome": match.outcome.value,
        "articles": [_candidate_fields(candidate) for candidate in match.candidates],
    }


def _candidate_fields(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.article_id,
        "lang": candidate.language.value,
        "confidence": round(candidate.confidence, 4),
        "phrasing": candidate.phrasing,
    }


def _name(answered: Answered) -> str:
    language = answered.question.language
    return "-" if language is None else language.value


def _tally(name: str, answered: Sequence[Answered]) -> Tally:
    inside = [one for one in answered if one.question.expected]
    outside = [one for one in answered if not one.question.expected]
    shown = [one for one in answered if one.was_shown]
    return Tally(
        name=name,
        questions=len(inside),
        out_of_scope=len(outside),
        first=_share(one.is_first for one in inside),
        among_three=_share(one.is_among_three for one in inside),
        answered=_share(one.was_shown for one in inside),
        wrong_of_shown=_share(not one.is_first for one in shown),
        out_of_scope_answered=_share(one.was_shown for one in outside),
    )


def _share(held: Iterable[bool]) -> float:
    counted = list(held)
    return sum(counted) / len(counted) if counted else 0.0


def _table(tallies: Sequence[Tally]) -> Iterator[str]:
    yield (
        f"{'language':<10}{'questions':>10}{'P@1':>8}{'P@3':>8}{'answered':>10}"
        f"{'wrong of shown':>16}{'out of scope':>14}{'answered':>10}"
    )
    for one in tallies:
        yield (
            f"{one.name:<10}{one.questions:>10}{one.first:>8.3f}{one.among_three:>8.3f}"
            f"{one.answered:>10.3f}{one.wrong_of_shown:>16.3f}{one.out_of_scope:>14}"
            f"{one.out_of_scope_answered:>10.3f}"
        )


def _confusions(answered: Sequence[Answered]) -> Iterator[str]:
    """What was taken for what, the frequent ones first."""
    taken: Counter[tuple[str, str]] = Counter()
    for one in answered:
        expected = "/".join(sorted(one.question.expected)) or "(out of scope)"
        if one.question.expected and not one.is_first:
            taken[expected, one.ids[0] if one.ids else "(nothing)"] += 1
        elif not one.question.expected and one.was_shown:
            taken[expected, one.ids[0]] += 1
    yield "confusions (expected -> found):" if taken else "no confusions"
    ordered = sorted(taken.items(), key=lambda item: (-item[1], item[0]))
    for (expected, found), times in ordered[:_MOST_CONFUSIONS]:
        yield f"{times:>5}  {expected} -> {found}"
    if len(ordered) > _MOST_CONFUSIONS:
        yield f"       and {len(ordered) - _MOST_CONFUSIONS} more"
