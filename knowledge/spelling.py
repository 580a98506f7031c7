"""Known words for a word that is not known: a slip of the keyboard, or another ending."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

SHORTEST_WORD: Final = 4
_LEAST_SIMILAR: Final = 0.7
_AT_MOST: Final = 3


class Speller:
    """Finds known words one or two edits away.

    Words are filed under themselves and under every form with one letter left out. An unknown word
    is looked up in the same way, which meets every word at a distance of one (and those at two that
    share a form); OSA similarity then decides. So the cost does not grow with the vocabulary.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._filed: dict[str, list[str]] = {}
        for word in sorted(set(known)):
            self.add(word)

    def add(self, word: str) -> None:
        if len(word) < SHORTEST_WORD - 1 or word in self._known:
            return
        self._known.add(word)
        for form in _forms(word):
            self._filed.setdefault(form, []).append(word)

    def near(self, word: str) -> list[tuple[str, float]]:
        """Up to three known words with their similarity (0.7 to 1), nearest first."""
        if len(word) < SHORTEST_WORD:
            return []
        candidates = {known for form in _forms(word) for known in self._filed.get(form, ())}
        scored = [
            (known, OSA.normalized_similarity(word, known, score_cutoff=_LEAST_SIMILAR))
            for known in candidates
        ]
        near = [(known, similarity) for known, similarity in scored if similarity > 0]
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:_AT_MOST]


def _forms(word: str) -> set[str]:
    """The word and each form with one letter left out; long words are filed by their head."""
    head = word[:16]
    return {head, *(head[:place] + head[place + 1 :] for place in range(len(head)))}
