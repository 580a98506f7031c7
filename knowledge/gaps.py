"""Knowledge gaps: questions without an answer, and questions whose answer was turned down, grouped
by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from knowledge.article import Language
from knowledge.question import Question, State
from knowledge.text import has_han, normalised

_ALIKE: Final = 72.0
_ALIKE_HAN: Final = 60.0
MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that are alike. ``unanswered`` and ``turned_down`` count them; ``nearest`` is the
    article that most of them came nearest to; ``examples`` are in people's own words, and
    ``questions`` the ids, newest first."""

    language: Language
    unanswered: int
    turned_down: int
    nearest: str | None
    examples: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def count(self) -> int:
        return self.unanswered + self.turned_down


def is_gap(question: Question) -> bool:
    """Whether the knowledge base let the asker down: nothing fitted, or what was shown was refused
    or did not spare them the helpdesk. A question solved after all is none."""
    if not question.text or question.state in (State.SOLVED, State.WITHDRAWN):
        return False
    return _unanswered(question) or question.rejections > 0 or question.state is State.HELPDESK


def gaps_of(questions: Iterable[Question]) -> tuple[Gap, ...]:
    """The gaps among ``questions``, the most asked first. Two questions are alike when they are in
    one language and mostly of the same words."""
    groups: list[list[Question]] = []
    newest_first = sorted(filter(is_gap, questions), key=lambda one: one.id, reverse=True)
    for question in newest_first:
        home = next((group for group in groups if _alike(question, group[0])), None)
        if home is None:
            groups.append([question])
        else:
            home.append(question)
    return tuple(sorted(map(_gap, groups), key=lambda gap: (-gap.count, gap.examples)))


def _unanswered(question: Question) -> bool:
    return not question.offered and not question.repeated and question.state is not State.SUGGESTED


def _alike(one: Question, other: Question) -> bool:
    if one.language is not other.language:
        return False
    a, b = normalised(one.text), normalised(other.text)
    if has_han(a) or has_han(b):
        return fuzz.ratio(a, b) >= _ALIKE_HAN
    return fuzz.token_sort_ratio(a, b) >= _ALIKE or fuzz.token_set_ratio(a, b) >= 90


def _gap(group: list[Question]) -> Gap:
    unanswered = sum(_unanswered(one) for one in group)
    nearest = Counter(one.ranked[0] for one in group if one.ranked).most_common(1)
    examples = tuple(dict.fromkeys(one.text for one in group))[:MOST_EXAMPLES]
    return Gap(
        language=group[0].language,
        unanswered=unanswered,
        turned_down=len(group) - unanswered,
        nearest=nearest[0][0] if nearest else None,
        examples=examples,
        questions=tuple(one.id for one in group),
    )
