"""Greetings, thanks, anger and the like, which no article answers.

A text is small talk when it is made of the phrases in smalltalk.yaml and of fillers alone. One word
more ("thanks, but my password expired") and it is a question, so a question is never lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge.text import in_traditional, is_han, normalised, words

_Loader: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WORDS_FILE: Final = Path(__file__).with_name("smalltalk.yaml")
_LONGEST_WORDS: Final = 14
_LONGEST_GREETING: Final = 24
# Beside a phrase a few fillers may stand; more of them than phrase is a question of its own.
_FEW_FILLERS: Final = 2
_MENTION: Final = re.compile(r"<[@!#][^>\s]*>|:[a-z0-9_+-]+:")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_SEPARATOR: Final = re.compile(r"^[\s,.!:;~\uff0c\u3002\uff01\u3001-]+")


class SmallTalk(StrEnum):
    HUMAN = "human"
    ANGER = "anger"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HOW_ARE_YOU = "how_are_you"
    IDENTITY = "identity"
    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"


# Emoji alone are an answer too: a thumb is "ok", folded hands are thanks, a face is just a face.
_EMOJI: Final[Mapping[str, SmallTalk]] = {
    "\U0001f64f": SmallTalk.THANKS,
    "\u2764": SmallTalk.THANKS,
    "\U0001f44b": SmallTalk.GREETING,
    "\U0001f621": SmallTalk.ANGER,
    "\U0001f92c": SmallTalk.ANGER,
    "\U0001f620": SmallTalk.ANGER,
}


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Phrases as joined units (see `_units`) with their kind, and the fillers' units."""

    phrases: Mapping[tuple[str, ...], SmallTalk]
    fillers: frozenset[tuple[str, ...]]
    longest: int
    greeting_beginnings: frozenset[str]


def recognise(text: str) -> SmallTalk | None:
    """The kind of small talk, or None for anything that may be a question."""
    normal = _MENTION.sub(" ", normalised(in_traditional(text)))
    found = _units(normal)
    if not found:
        return _of_emoji(normal)
    if len(found) > _LONGEST_WORDS:
        return None
    kinds = _covered(found, _lexicon())
    if not kinds:
        return None
    return min(kinds, key=list(SmallTalk).index)


def without_greeting(text: str) -> str:
    """The text without the greeting it begins with; the text itself when nothing else is left."""
    rest = _MENTION.sub(" ", text) if "<" in text or ":" in text else text
    lexicon = _lexicon()
    while True:
        shorter = _without_first_greeting(rest, lexicon)
        if shorter is None:
            break
        rest = shorter
    return rest.strip() if words(normalised(rest)) else text


def _without_first_greeting(text: str, lexicon: _Lexicon) -> str | None:
    """Text after a leading greeting, or None when it begins with no greeting."""
    trimmed = text.lstrip()
    first = _units(normalised(trimmed[:_LONGEST_GREETING]))[:1]
    if not first or first[0] not in lexicon.greeting_beginnings:
        return None
    for end in range(min(_LONGEST_GREETING, len(trimmed)), 0, -1):
        if not _is_edge(trimmed, end):
            continue
        units = tuple(_units(normalised(trimmed[:end])))
        if lexicon.phrases.get(units) is SmallTalk.GREETING:
            return _SEPARATOR.sub("", trimmed[end:])
    return None


def _is_edge(text: str, end: int) -> bool:
    """Whether a word may end before `end`: never inside a Latin word, anywhere in Han text."""
    if end == len(text):
        return True
    before, after = text[end - 1], text[end]
    if not before.isalnum():
        return False
    if is_han(before):
        return len(text[:end].strip()) >= 2
    return not after.isalnum() and after != "'"


def _units(normal: str) -> list[str]:
    """Words, with Han text character by character and stretched letters (heyyyy) shortened."""
    units: list[str] = []
    for word in words(normal):
        units += word if is_han(word) else [_STRETCHED.sub(r"\1", word)]
    return units


def _covered(units: list[str], lexicon: _Lexicon) -> set[SmallTalk]:
    """The kinds of phrases that cover the units together with fillers; empty when they do not.

    Among several covers the one with the fewest fillers counts, so "call me" is not two fillers.
    """
    best: list[tuple[int, frozenset[SmallTalk]] | None] = [(0, frozenset())]
    for end in range(1, len(units) + 1):
        reached: list[tuple[int, frozenset[SmallTalk]]] = []
        for start in range(max(0, end - lexicon.longest), end):
            before = best[start]
            piece = tuple(units[start:end])
            if before is None:
                continue
            if piece in lexicon.phrases:
                reached.append((before[0], before[1] | {lexicon.phrases[piece]}))
            elif piece in lexicon.fillers:
                reached.append((before[0] + len(piece), before[1]))
        best.append(min(reached, key=_cover_order) if reached else None)
    last = best[-1]
    if last is None or last[0] > max(_FEW_FILLERS, len(units) - last[0]):
        return set()
    return set(last[1])


def _cover_order(cover: tuple[int, frozenset[SmallTalk]]) -> tuple[int, int, tuple[str, ...]]:
    return cover[0], len(cover[1]), tuple(sorted(cover[1]))


def _of_emoji(normal: str) -> SmallTalk | None:
    visible = [character for character in normal if not character.isspace()]
    if not visible or any(character.isalnum() for character in visible):
        return None
    if all(ord(character) < 128 for character in visible) and len(visible) > 6:
        return None
    known = (_EMOJI[character] for character in visible if character in _EMOJI)
    return next(known, SmallTalk.ACKNOWLEDGEMENT)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    # The base loader leaves every word a text; the others would read "yes" and "88" as values.
    content = yaml.load(_WORDS_FILE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    phrases: dict[tuple[str, ...], SmallTalk] = {}
    for name, by_language in content["kinds"].items():
        for listed in by_language.values():
            for phrase in listed:
                phrases.setdefault(_listed(phrase), SmallTalk(name))
    fillers = {_listed(word) for listed in content["fillers"].values() for word in listed}
    phrases.pop((), None)
    longest = max(len(phrase) for phrase in phrases)
    beginnings = {one[0] for one, kind in phrases.items() if kind is SmallTalk.GREETING}
    return _Lexicon(phrases, frozenset(fillers - {()}), longest, frozenset(beginnings))


def _listed(phrase: str) -> tuple[str, ...]:
    return tuple(_units(normalised(in_traditional(phrase))))
