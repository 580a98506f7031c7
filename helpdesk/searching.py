"""Finding solved tickets by words: in the question, the root cause and the solution.

Words are weighed as in BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009)
with its usual constants. A word that stands nowhere is read as the most alike one that does, so a
slip of the keyboard still finds.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from helpdesk.ticket import Ticket
from knowledge.article import Language
from knowledge.text import normalised, tokens_of, words

_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
_ALIKE: Final = 84
_SHORTEST_CORRECTED: Final = 4
_QUESTION_COUNTS: Final = 2
"""The question's words count double: who searches describes a problem, and solutions share much
of their wording."""


class SolvedTickets:
    """The words of solved tickets, in memory. A ticket added again replaces itself."""

    def __init__(self) -> None:
        self._ids: list[str | None] = []
        self._numbers: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._lengths = array("I")
        self._postings: dict[str, tuple[array[int], array[int]]] = {}
        self._words = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def has(self, ticket_id: str, version: int) -> bool:
        """Whether that version is known."""
        return self._versions.get(ticket_id) == version

    def add(self, ticket: Ticket, version: int) -> None:
        """Know a ticket by its words."""
        self.drop(ticket.id)
        counts = _counted(ticket)
        number = len(self._ids)
        length = sum(counts.values())
        self._ids.append(ticket.id)
        self._lengths.append(length)
        self._words += length
        self._numbers[ticket.id] = number
        self._versions[ticket.id] = version
        for token, count in counts.items():
            numbers, times = self._postings.setdefault(token, (array("I"), array("I")))
            numbers.append(number)
            times.append(count)

    def drop(self, ticket_id: str) -> None:
        """Find it no longer."""
        number = self._numbers.pop(ticket_id, None)
        self._versions.pop(ticket_id, None)
        if number is not None:
            self._ids[number] = None
            self._words -= self._lengths[number]

    def search(self, text: str, limit: int) -> list[str]:
        """The ids of the tickets that fit the words, best first, at most ``limit``."""
        scores = np.zeros(len(self._ids))
        for word in dict.fromkeys(words(normalised(text))):
            best = np.zeros(len(self._ids))
            for token in self._known(word):
                numbers, weights = self._weighed(token)
                best[numbers] = np.maximum(best[numbers], weights)
            scores += best
        # Of equally good ones the newest first: it was read last.
        ranked = np.lexsort((-np.arange(len(scores)), -scores))
        found = (self._ids[number] for number in ranked if scores[number] > 0)
        return list(islice((one for one in found if one), limit))

    def _known(self, word: str) -> set[str]:
        """The tokens under which the word may stand, else those of the most alike word."""
        tokens = {token for language in Language for token in tokens_of(word, language)}
        known = {token for token in (*tokens, word) if token in self._postings}
        if known or len(word) < _SHORTEST_CORRECTED:
            return known
        alike = process.extractOne(
            word, self._postings.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        return {alike[0]} if alike else set()

    def _weighed(self, token: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        numbers, counts = (np.array(one, dtype=np.uint32) for one in self._postings[token])
        total = max(len(self._numbers), 1)
        usual = max(self._words / total, 1.0)
        rarity = math.log(1 + max(total - len(numbers), 0) / (len(numbers) + 0.5)) + 0.01
        lengths = np.array(self._lengths, dtype=np.uint32)[numbers]
        damped = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / usual)
        return numbers, rarity * counts * (_SATURATION + 1) / (counts + damped)


def _counted(ticket: Ticket) -> Counter[str]:
    """How often each token stands in the ticket."""
    answer = f"{ticket.root_cause}\n{ticket.solution}"
    counts = Counter(_of_text(answer, ticket.language))
    for token, count in Counter(_of_text(ticket.words, ticket.language)).items():
        counts[token] += count * _QUESTION_COUNTS
    counts.update(code.casefold() for code in ticket.error_codes)
    return counts


def _of_text(text: str, language: Language) -> Iterator[str]:
    for word in words(normalised(text)):
        yield from _variants(word, language)


@lru_cache(maxsize=32_768)
def _variants(word: str, language: Language) -> tuple[str, ...]:
    """Stems, and beside them the word itself: agents may not write the asker's language."""
    return tuple(dict.fromkeys((*tokens_of(word, language), word)))
