"""Knowledge gaps: questions without an answer, and questions whose answer was turned down, grouped
by likeness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from knowledge.article import Language
from knowledge.question import Question, State
from knowledge.text import has_han, normalised

_ALIKE: Final = 72.0
_ALIKE_HAN: Final = 60.0
_ALIKE_IN_PART: Final = 90.0
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


def gaps_of(questions: Iterable[Question], most: int | None = None) -> tuple[Gap, ...]:
    """The gaps among ``questions``, the most asked first; of ``most`` of them, the newest, where so
    many are enough. Two questions are alike when they are in one language and mostly of the same
    words."""
    newest_first = sorted(filter(is_gap, questions), key=lambda one: one.id, reverse=True)
    groups: defaultdict[Language, _Groups] = defaultdict(_Groups)
    for question in newest_first[:most]:
        groups[question.language].take(question)
    found = [_gap(group) for one in groups.values() for group in one.groups]
    return tuple(sorted(found, key=lambda gap: (-gap.count, gap.examples)))


class _Groups:
    """Questions of one language, each beside the first one that it is like. Every text is
    normalised once; what is compared in another way is left out of a list as ``None``."""

    def __init__(self) -> None:
        self.groups: list[list[Question]] = []
        self._texts: list[str] = []
        self._han: list[str | None] = []
        self._worded: list[str | None] = []

    def take(self, question: Question) -> None:
        text = normalised(question.text)
        in_han = has_han(text)
        worded = " ".join(sorted(text.split()))
        home = self._home(text, None if in_han else worded)
        if home is not None:
            self.groups[home].append(question)
            return
        self.groups.append([question])
        self._texts.append(text)
        self._han.append(text if in_han else None)
        self._worded.append(None if in_han else worded)

    def _home(self, text: str, worded: str | None) -> int | None:
        """The first group whose first question is like it. Of sorted words, the plain ratio is the
        ratio of sorted tokens."""
        if worded is None:
            return _first(text, self._texts, fuzz.ratio, _ALIKE_HAN)
        found = (
            _first(worded, self._worded, fuzz.ratio, _ALIKE),
            _first(worded, self._worded, fuzz.token_set_ratio, _ALIKE_IN_PART),
            _first(text, self._han, fuzz.ratio, _ALIKE_HAN),
        )
        return min((one for one in found if one is not None), default=None)


def _first(
    text: str, among: Sequence[str | None], scorer: Callable[..., float], at_least: float
) -> int | None:
    like = process.extract_iter(text, among, scorer=scorer, score_cutoff=at_least)
    return next((place for _, _, place in like), None)


def _unanswered(question: Question) -> bool:
    return not question.offered and not question.repeated and question.state is not State.SUGGESTED


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
