"""Words that mean the same: a notebook is a laptop, also where no phrasing holds both words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge.article import Language
from knowledge.text import in_traditional, is_han, normalised, stem

_Loader: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WORDS_FILE: Final = Path(__file__).with_name("synonyms.yaml")
_LONGEST_HAN: Final = 6
# Stands for every number in digits in a group of words for numbers.
_ANY_NUMBER: Final = "0"


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The groups of one language: by stem, and by whole run for Han words; and all their words.

    `short`: what is typed in haste, with the word that is meant.
    """

    by_stem: Mapping[str, tuple[str, ...]]
    by_run: Mapping[str, tuple[str, ...]]
    language: Language
    vocabulary: frozenset[str]
    short: Mapping[str, str]

    def spelled_out(self, word: str) -> str:
        """The word meant by one typed in haste; any other word as it is."""
        return self.short.get(word, word)

    def groups_of(self, word: str) -> tuple[str, ...]:
        """The names of the groups a word belongs to, in a fixed order."""
        if is_han(word):
            return self._in_run(word)
        if word.isdecimal():
            return self.by_stem.get(_ANY_NUMBER, ())
        return self.by_stem.get(stem(word, self.language), ())

    def _in_run(self, run: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for start in range(len(run)):
            for end in range(start + 1, min(start + _LONGEST_HAN, len(run)) + 1):
                for group in self.by_run.get(run[start:end], ()):
                    found[group] = None
        return tuple(found)


@lru_cache(maxsize=len(Language))
def synonyms_of(language: Language) -> Synonyms:
    """The shipped groups of a language."""
    content = yaml.load(_WORDS_FILE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    by_stem: dict[str, tuple[str, ...]] = {}
    by_run: dict[str, tuple[str, ...]] = {}
    vocabulary: set[str] = set()
    for number, group in enumerate(content.get(language.value, ())):
        name = f"={number}"
        for word in map(normalised, map(in_traditional, group)):
            vocabulary.add(word)
            table, key = (by_run, word) if is_han(word) else (by_stem, stem(word, language))
            if name not in table.get(key, ()):
                table[key] = (*table.get(key, ()), name)
    short = content["short"].get(language.value, {})
    return Synonyms(by_stem, by_run, language, frozenset(vocabulary), short)
