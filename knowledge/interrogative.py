"""Whether a text asks something, for where people also talk to each other.

Many leave out the question mark, and many report what fails instead of asking. Taking a remark for
a question costs a word too many; taking a question for a remark would lose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from knowledge.extraction import extract
from knowledge.text import has_han, is_han, normalised, words

_WORDS_FILE: Final = Path(__file__).with_name("interrogatives.yaml")
_CHINESE: Final = "zh-Hant"
_JOINING: Final = r"(?<!\w)(?:and|but|so|or|also|en|maar|dus|of|och|men|så|eller)\s+"
# A clause begins with the text, after punctuation, or after a word that joins two.
_BEGINNING: Final = rf"(?:^|[.,;:!…–—()-]|{_JOINING})\s*(?:{_JOINING})?"
# With such a particle a Chinese sentence ends that asks.
_ENDINGS: Final = ("嗎", "吗", "呢")
_FEWEST_WORDS: Final = 2
_FEWEST_HAN: Final = 3


def reads_as_question(text: str) -> bool:
    """Whether a text of any length asks something or reports that something fails: by a question
    mark, an error code, or the words of interrogatives.yaml."""
    if "?" in text or "？" in text:
        return True
    normal = normalised(text).strip()
    if not normal:
        return False
    asking = _asking()
    rest = asking.nothing.sub(" ", normal)
    if asking.clause.search(rest) or asking.trouble.search(rest):
        return True
    if has_han(rest) and (
        asking.chinese.search(rest) or rest.rstrip("。.!！~ ").endswith(_ENDINGS)
    ):
        return True
    return bool(extract(text).error_codes)


def asks_about_something(text: str) -> bool:
    """Whether a text reads as a question without its mark, and says more than that it asks: "does
    anyone know?" beside another question is no second one."""
    bare = text.strip().rstrip("?？ ")
    if not reads_as_question(bare):
        return False
    asking = _asking()
    rest = asking.chinese_openers.sub(" ", asking.openers.sub(" ", normalised(bare)))
    found = words(rest)
    han = sum(len(word) for word in found if is_han(word))
    return han >= _FEWEST_HAN or len(found) >= _FEWEST_WORDS


class _Asking(NamedTuple):
    openers: re.Pattern[str]
    chinese_openers: re.Pattern[str]
    clause: re.Pattern[str]
    trouble: re.Pattern[str]
    chinese: re.Pattern[str]
    nothing: re.Pattern[str]


@lru_cache(maxsize=1)
def _asking() -> _Asking:
    listed = yaml.safe_load(_WORDS_FILE.read_text("utf-8"))
    openers, trouble, nothing = listed["openers"], listed["trouble"], listed["not"]
    return _Asking(
        re.compile(_any_word(_spaced(openers))),
        re.compile(_any(openers[_CHINESE])),
        re.compile(rf"{_BEGINNING}{_any_word(_spaced(openers))}"),
        re.compile(_any_word(_spaced(trouble))),
        re.compile(_any(openers[_CHINESE] + trouble[_CHINESE])),
        re.compile(f"{_any_word(_spaced(nothing))}|{_any(nothing[_CHINESE])}"),
    )


def _spaced(by_language: dict[str, list[str]]) -> list[str]:
    """The words of the languages that put spaces between them."""
    return [one for name, listed in by_language.items() if name != _CHINESE for one in listed]


def _any_word(texts: Iterable[str]) -> str:
    return rf"(?<!\w){_any(texts)}(?!\w)"


def _any(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(re.escape(one) for one in sorted(texts, key=len, reverse=True))})"
