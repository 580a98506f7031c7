"""A message in its conversation: several questions in one, and one that continues another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from knowledge.article import Language
from knowledge.extraction import extract, without_platforms
from knowledge.interrogative import asks_about_something
from knowledge.matching import Match, Matcher, Outcome, Query
from knowledge.text import is_han, normalised, words

MOST_PARTS: Final = 3
_QUESTION: Final = re.compile(r"[^?？]*[?？]+")
_FEWEST_WORDS: Final = 2
_FEWEST_HAN: Final = 3
_SHORT: Final = 6
_CONTINUES: Final = re.compile(
    r"^(?:and|also|what about|how about|en|ook|hoe zit het met|en hoe|och|även|hur är det med"
    r"|men|but|maar|那|那麼|還有|但)(?![^\W\d_a-zåäö])\b|^(?:那|那麼|還有|但)",
    re.IGNORECASE,
)
_ORDER: Final = (Outcome.NONE, Outcome.SUGGESTIONS, Outcome.ANSWER)


def parts_of(text: str) -> tuple[str, ...]:
    """The questions in ``text``, each with what leads up to it; ``(text,)`` when there is one."""
    asked = [part.strip() for part in _QUESTION.findall(text)]
    whole = [part for part in asked if _says_enough(part)]
    return tuple(whole) if 2 <= len(whole) <= MOST_PARTS else (text,)


def match_following(
    matcher: Matcher, text: str, languages: tuple[Language, ...], before: str = ""
) -> Match:
    """What ``text`` meets, read by itself or as going on from the question ``before``.

    A short continuation ("and on Android?") is read with what went before it, the platform of then
    left out when it names another. Anything else is so only when it says too little by itself.
    """
    alone = matcher.match(Query(text, languages))
    if not before or alone.smalltalk is not None or alone.extracted.error_codes:
        return alone
    continues = _continues(text)
    if alone.outcome is Outcome.ANSWER and not continues:
        return alone
    joined = matcher.match(Query(_joined(before, text), languages))
    return max((joined, alone) if continues else (alone, joined), key=_worth)


def match_parts(
    matcher: Matcher, text: str, languages: tuple[Language, ...], before: str = ""
) -> tuple[tuple[str, Match], ...]:
    """Each question in ``text`` with what it meets. Taken apart when a part is answered on its own
    and another asks something else, answered or not; else the text is one question."""
    parts = parts_of(text)
    if len(parts) > 1:
        matched, so_far = [], before
        for part in parts:
            matched.append((part, match_following(matcher, part, languages, so_far)))
            so_far = part
        apart = tuple(_apart(matcher, matched, languages))
        if len(apart) > 1:
            return apart
    return ((text, match_following(matcher, text, languages, before)),)


def _apart(
    matcher: Matcher, matched: Iterable[tuple[str, Match]], languages: tuple[Language, ...]
) -> Iterator[tuple[str, Match]]:
    """The parts that get a reply of their own; none where no part is answered. Parts that meet the
    same article are one question; a part without an answer counts when it asks about something."""
    taken = list(matched)
    if not any(match.outcome is Outcome.ANSWER for _, match in taken):
        return
    answered: set[str | None] = set()
    for part, match in taken:
        if _best(match) in answered and not _continues(part):
            match = matcher.match(Query(part, languages))
        if match.outcome is Outcome.ANSWER:
            if _best(match) not in answered:
                yield part, match
            answered.add(_best(match))
        elif match.smalltalk is None and asks_about_something(part):
            yield part, match


def _best(match: Match) -> str | None:
    return match.candidates[0].article_id if match.candidates else None


def _says_enough(part: str) -> bool:
    found = words(normalised(part))
    han = sum(len(word) for word in found if is_han(word))
    return han >= _FEWEST_HAN or len(found) >= _FEWEST_WORDS


def _continues(text: str) -> bool:
    normal = normalised(text)
    found = words(normal)
    short = len(found) <= _SHORT
    return short and bool(_CONTINUES.match(normal.strip()) or _only_platform(text, found))


def _only_platform(text: str, found: Iterable[str]) -> bool:
    """Nothing but a platform and a small word or two: "on a Mac?"."""
    return bool(extract(text).platforms) and len(list(found)) <= _SHORT // 2


def _joined(before: str, text: str) -> str:
    kept = without_platforms(before) if extract(text).platforms else before
    return f"{kept} {text}"


def _worth(match: Match) -> tuple[int, float]:
    confidence = match.candidates[0].confidence if match.candidates else 0.0
    return _ORDER.index(match.outcome), confidence if match.outcome is not Outcome.ANSWER else 0.0
