"""From what a person typed to words, stems and letter groups.

Han text has no spaces: there a run of characters becomes its overlapping pairs, because most words
have two characters; single-token sentences or triples would miss them.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Final, Protocol

from opencc import OpenCC
from snowballstemmer.dutch_stemmer import DutchStemmer
from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.swedish_stemmer import SwedishStemmer

from knowledge.article import Language

# A question is a few sentences. Beyond this a paste (a log, a mail) would only cost time.
LONGEST_QUESTION: Final = 1_000

_FIRST_HAN: Final = "\u3005"
_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)?")
_HAN_CHARACTER: Final = re.compile(rf"[{_HAN}]")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's own name


# Taken by class and not by name: by name the package would prefer a C extension where one happens
# to be installed, and the calibration would meet other stems than those it was fitted on.
_STEMMERS: Final[dict[Language, _Stemmer]] = {
    Language.EN: EnglishStemmer(),
    Language.NL: DutchStemmer(),
    Language.SV: SwedishStemmer(),
    Language.ZH_HANT: EnglishStemmer(),
}
_STEMMING: Final = threading.Lock()


@lru_cache(maxsize=32)
def normalised(text: str) -> str:
    """NFKC, lower case, no invisible characters, one kind of apostrophe, at most the limit."""
    clipped = unicodedata.normalize("NFKC", text[:LONGEST_QUESTION])[:LONGEST_QUESTION]
    plain = clipped.lower().translate(_APOSTROPHES)
    if plain.isprintable():
        return plain
    return "".join(map(_visible, plain))


def _visible(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def in_traditional(text: str) -> str:
    """Text with its Han part in Traditional characters and in Taiwan's words.

    Colleagues from elsewhere write Simplified characters, or other words for the same things.
    """
    return _taiwanese().convert(text) if has_han(text) else text


@lru_cache(maxsize=1)
def _taiwanese() -> OpenCC:
    return OpenCC("s2twp")


def words_of(text: str) -> list[str]:
    """The words of a text as typed, in order, in one way of writing."""
    return words(normalised(in_traditional(text[:LONGEST_QUESTION])))


def has_han(text: str) -> bool:
    return _HAN_CHARACTER.search(text) is not None


def is_han(word: str) -> bool:
    """Whether a word, as `words` gives it, is a run of Han characters."""
    return word[:1] >= _FIRST_HAN and _HAN_CHARACTER.match(word) is not None


def words(normal: str) -> list[str]:
    """The words of a normalised text, in order; each run of Han characters is one word."""
    return _WORD.findall(normal)


@lru_cache(maxsize=65_536)
def stem(word: str, language: Language) -> str:
    """The Snowball stem of a lower-case word. Chinese text carries English words."""
    with _STEMMING:
        return _STEMMERS[language].stemWord(word)


def tokens_of(word: str, language: Language) -> tuple[str, ...]:
    """A word's tokens: its stem, or the character pairs of a run of Han characters."""
    if not is_han(word):
        return (stem(word, language),)
    if len(word) == 1:
        return (word,)
    return tuple(word[start : start + 2] for start in range(len(word) - 1))


def letter_groups(of_words: list[str]) -> list[str]:
    """Overlapping groups of three characters across words, so that slips and compounds still meet.

    A run of Han characters gives groups of one and two instead.
    """
    groups: list[str] = []
    latin = " "
    for word in of_words:
        if is_han(word):
            groups += word
            groups += (f"{word[start : start + 3]}" for start in range(len(word) - 2))
        else:
            latin += word + " "
    groups += (latin[start : start + 3] for start in range(len(latin) - 2))
    return groups
