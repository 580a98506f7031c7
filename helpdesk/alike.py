"""Tickets that are about the same: the same error code, the same words, or the same article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from helpdesk.ticket import State, Ticket
from knowledge.extraction import normalised_code
from knowledge.text import has_han, normalised

MOST_OFFERED: Final = 3
"""On one card's thread: more is a list nobody reads."""
_SAME_WORDS: Final = 72.0
_SAME_WORDS_HAN: Final = 60.0
"""As the list of gaps tells questions apart (knowledge/gaps.py)."""
_BY_CODE, _BY_WORDS, _BY_TOPIC = 3.0, 2.0, 1.0


@dataclass(frozen=True)
class Alike:
    """A ticket that may be about the same; of a linked one the ticket it is linked to."""

    ticket: Ticket
    likeness: float


def alike(ticket: Ticket, others: Iterable[Ticket]) -> tuple[Alike, ...]:
    """The open tickets that ``ticket`` could be linked to, the likeliest first, the older of two.
    One error code in common says most, then the words in one language, then that the matcher is
    sure of the same article for both, in whatever language they were asked. Nothing for a ticket
    that is linked, or that others are linked to."""
    if ticket.state is State.LINKED or ticket.linked:
        return ()
    by_id = {other.id: other for other in others}
    found: dict[str, float] = {}
    for other in by_id.values():
        target = by_id.get(other.main) if other.main else other
        if target is None or target.id == ticket.id or not _takes_others(target):
            continue
        likeness = likeness_of(ticket, other)
        if likeness > found.get(target.id, 0.0):
            found[target.id] = likeness
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Alike(by_id[name], likeness) for name, likeness in best[:MOST_OFFERED])


def likeness_of(one: Ticket, other: Ticket) -> float:
    """How much speaks for the two being one; 0 when nothing does."""
    words = _words(one, other)
    if {*map(normalised_code, one.error_codes)} & {*map(normalised_code, other.error_codes)}:
        return _BY_CODE + words / 100
    if words:
        return _BY_WORDS + words / 100
    return _BY_TOPIC if one.topic and one.topic == other.topic else 0.0


def _takes_others(ticket: Ticket) -> bool:
    return ticket.open and ticket.state not in (State.DELIVERED, State.LINKED)


def _words(one: Ticket, other: Ticket) -> float:
    """How alike the words are, of 100; 0 when that is no more than chance."""
    if one.language is not other.language:
        return 0.0
    a, b = normalised(one.words), normalised(other.words)
    han = has_han(a) or has_han(b)
    ratio = fuzz.ratio(a, b) if han else fuzz.token_sort_ratio(a, b)
    return float(ratio) if ratio >= (_SAME_WORDS_HAN if han else _SAME_WORDS) else 0.0
