"""Dutch and Swedish write a laptop for work as one word: a compound, taken apart where both parts
are known words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from knowledge.article import Language

SHORTEST_PART: Final = 4
# Letters that join two parts and belong to neither.
_LINKS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.NL: ("s", "en", "e", "n"),
    Language.SV: ("s", "o", "e", "a", "u"),
}


class Splitter:
    """Takes compounds of one language apart; words of a language without compounds stay whole.

    `known` is looked up and not copied: words that join it later count from then on.
    """

    def __init__(self, language: Language, known: Collection[str]) -> None:
        self._links = _LINKS.get(language)
        self._known = known

    def parts(self, word: str) -> tuple[str, ...]:
        """The two parts of a compound, or nothing for any other word.

        Of several ways to cut, the one whose shorter part is longest: `werk|laptop`.
        """
        if self._links is None or len(word) < 2 * SHORTEST_PART or not word.isalpha():
            return ()
        return max(self._cuts(word, self._links), key=_evenness, default=())

    def _cuts(self, word: str, links: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for place in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            tail = word[place:]
            if tail not in self._known:
                continue
            head = word[:place]
            heads = (head, *(head[: -len(link)] for link in links if head.endswith(link)))
            for one in heads:
                if len(one) >= SHORTEST_PART and one in self._known:
                    yield one, tail


def _evenness(parts: tuple[str, ...]) -> tuple[int, int]:
    return min(map(len, parts)), sum(map(len, parts))
