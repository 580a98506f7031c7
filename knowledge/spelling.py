"""Known words for a word that is not known: a slip of the keyboard, or another ending."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA

SHORTEST_WORD: Final = 4
_LEAST_SIMILAR: Final = 0.7
_AT_MOST: Final = 3


class Speller:
    """Finds known words one or two edits away.

    Words are filed under themselves and under every form with one letter left out. An unknown word
    is looked up in the same way, which meets every word at a distance of one (and those at two that
    share a form); OSA similarity then decides. So the cost hardly grows with the vocabulary. Forms
    are kept as their hashes, which take a tenth of the texts; two that fall together only bring one
    more word to compare.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted({word for word in known if len(word) >= SHORTEST_WORD - 1})
        forms = [_forms(word) for word in self._known]
        keys = np.fromiter(map(hash, chain.from_iterable(forms)), np.int64)
        owners = np.repeat(np.arange(len(forms), dtype=np.int32), list(map(len, forms)))
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], owners[order]
        self._added: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        if len(word) < SHORTEST_WORD - 1 or word in self._filed(word):
            return
        for form in _forms(word):
            self._added.setdefault(form, []).append(word)

    def near(self, word: str) -> list[tuple[str, float]]:
        """Up to three known words with their similarity (0.7 to 1), nearest first."""
        if len(word) < SHORTEST_WORD:
            return []
        scored = [
            (known, OSA.normalized_similarity(word, known, score_cutoff=_LEAST_SIMILAR))
            for known in self._filed(word)
        ]
        near = [(known, similarity) for known, similarity in scored if similarity > 0]
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:_AT_MOST]

    def _filed(self, word: str) -> set[str]:
        """The words that share a form with this one."""
        forms = _forms(word)
        keys = np.fromiter(map(hash, forms), np.int64, len(forms))
        first, last = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, "right")
        found = {
            self._known[owner]
            for start, end in zip(first.tolist(), last.tolist(), strict=True)
            for owner in self._owners[start:end].tolist()
        }
        return found.union(*(self._added.get(form, ()) for form in forms))


def _forms(word: str) -> set[str]:
    """The word and each form with one letter left out; long words are filed by their head."""
    head = word[:16]
    return {head, *(head[:place] + head[place + 1 :] for place in range(len(head)))}
