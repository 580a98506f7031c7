"""What a person said, found again where others quote it, to be taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from knowledge.text import is_han

RUN: Final = 4.0
"""So many words in a row are a quotation: three ("does not work") are said by everybody. A Chinese
character counts as half a word."""
_TOKEN: Final = re.compile(
    r"(?P<live><[@#!][^<>\n]*>|<(?:https?|mailto):[^<>\n]*>|&(?:lt|gt|amp);)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff])|(?P<word>[^\W\u3400-\u9fff\uf900-\ufaff]+)"
)
_ENDING: Final = re.compile(r"[\s?？!！.。…,，]*")
_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class _Token:
    """``word`` is empty for what is Slack's and not the person's: a mention, a link, an entity."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Wording:
    """What a person said, phrase by phrase."""

    phrases: tuple[str, ...]

    def without(self, text: str, note: str) -> str:
        """``text`` with every quotation of the person replaced by ``note``: whole phrases, also
        where they were cut, and ``RUN`` words in a row of one."""
        tokens = _tokens(text)
        spans = [*self._whole(tokens, text), *self._quoted(tokens)]
        return _replaced(text, _merged(spans), note)

    def without_whole(self, text: str, note: str) -> str:
        """As above, but what has only some words in a row in common stays: for texts in which
        others may say the same."""
        tokens = _tokens(text)
        return _replaced(text, _merged(self._whole(tokens, text)), note)

    @cached_property
    def _said(self) -> dict[str, list[tuple[str, ...]]]:
        """Phrases as words, by their first one."""
        said: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.phrases:
            spoken = tuple(one.word for one in _tokens(phrase) if one.word)
            if spoken:
                said.setdefault(spoken[0], []).append(spoken)
        return said

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        runs = (_runs_of(_tokens(phrase)) for phrase in self.phrases)
        return frozenset(words for several in runs for words, _ in several)

    def _quoted(self, tokens: list[_Token]) -> Iterator[tuple[int, int]]:
        if not self.phrases:
            return
        for words, span in _runs_of(tokens):
            if words in self._runs:
                yield span

    def _whole(self, tokens: list[_Token], text: str) -> Iterator[tuple[int, int]]:
        spoken = [one for one in tokens if one.word]
        for at, token in enumerate(spoken):
            for phrase in self._said.get(token.word, ()):
                length = _common(phrase, spoken, at)
                if _is_whole(phrase, spoken, at, length, text):
                    last = spoken[min(at + length, len(spoken)) - 1]
                    yield token.start, _with_cut_word(phrase, spoken, at, length, text) or last.end


def _tokens(text: str) -> list[_Token]:
    return [
        _Token("" if found["live"] else found.group().casefold(), *found.span())
        for found in _TOKEN.finditer(text)
    ]


def _runs_of(tokens: list[_Token]) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """From each word on as many as make a quotation, where there are."""
    spoken = [one for one in tokens if one.word]
    for at, first in enumerate(spoken):
        weight, end = 0.0, at
        while weight < RUN and end < len(spoken):
            weight += _weight(spoken[end].word)
            end += 1
        if weight >= RUN:
            words = tuple(one.word for one in spoken[at:end])
            yield words, (first.start, spoken[end - 1].end)


def _weight(word: str) -> float:
    return 0.5 if is_han(word) else 1.0


def _common(phrase: tuple[str, ...], spoken: list[_Token], at: int) -> int:
    """How many words of the phrase stand in the text from there on."""
    length = 0
    while (
        length < len(phrase)
        and at + length < len(spoken)
        and phrase[length] == spoken[at + length].word
    ):
        length += 1
    return length


def _is_whole(
    phrase: tuple[str, ...], spoken: list[_Token], at: int, length: int, text: str
) -> bool:
    """Whether it is the phrase, or its beginning before an ellipsis. Of a phrase too short to be
    a quotation, only when it is all there is in its line."""
    last = spoken[at + length - 1]
    if sum(map(_weight, phrase[:length])) < RUN:
        return length == len(phrase) and _alone(spoken[at].start, last.end, text)
    if length == len(phrase):
        return True
    return _with_cut_word(phrase, spoken, at, length, text) is not None or text.startswith(
        _CUT, last.end
    )


def _with_cut_word(
    phrase: tuple[str, ...], spoken: list[_Token], at: int, length: int, text: str
) -> int | None:
    """Where the phrase ends in the middle of a word that an ellipsis follows."""
    if length == len(phrase) or at + length >= len(spoken):
        return None
    token = spoken[at + length]
    cut = text.startswith(_CUT, token.end) and phrase[length].startswith(token.word)
    return token.end if cut else None


def _alone(start: int, end: int, text: str) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    rest = text[line_start:start] + text[end : line_end if line_end >= 0 else len(text)]
    return not any(character.isalnum() for character in rest.replace("&gt;", ""))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _replaced(text: str, spans: list[tuple[int, int]], note: str) -> str:
    parts, at = [], 0
    for start, end in spans:
        ending = _ENDING.match(text, end)
        kept = text[end : ending.end()] if ending else ""
        parts += [text[at:start], note, " " if kept.endswith(" ") else "\n" if "\n" in kept else ""]
        at = ending.end() if ending else end
    return "".join([*parts, text[at:]])
