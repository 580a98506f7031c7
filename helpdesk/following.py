"""People beside the asker: who has the same problem, who wants to be told, and the asker's word on
the help they got."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from helpdesk.rules import LONGEST_TEXT, Change, Refusal, refused
from helpdesk.ticket import MOST_EVENTS, Event, Other, State, Ticket, What
from knowledge.article import Language

MOST_OTHERS = 500
"""Kept on a ticket; a problem of more people is a known problem, and is told of in another way."""


def named(ticket: Ticket, user: str, language: Language) -> Ticket:
    """The ticket with somebody who spoke up in its thread."""
    if user == ticket.asker or _is_other(ticket, user) or len(ticket.others) >= MOST_OTHERS:
        return ticket
    return replace(ticket, others=(*ticket.others, Other(user, language)))


def follow(ticket: Ticket, user: str, language: Language, now: datetime) -> Change:
    """Somebody has the same problem and wants to be told when it is solved. Doing it again changes
    nothing; the asker is told anyhow."""
    if not ticket.open:
        raise refused(Refusal.CLOSED, ticket)
    if user == ticket.asker or user in followers(ticket):
        return Change(ticket)
    if len(ticket.others) >= MOST_OTHERS and not _is_other(ticket, user):
        return Change(ticket)
    rest = tuple(one for one in ticket.others if one.user != user)
    joined = replace(ticket, others=(*rest, Other(user, language, follows=True)))
    event = Event(What.FOLLOWED, now, user, ticket.tier)
    return Change(_logged(joined, event), (event,))


def followers(ticket: Ticket) -> tuple[str, ...]:
    """Who wants to be told when it is solved."""
    return tuple(one.user for one in ticket.others if one.follows)


def say_word(ticket: Ticket, user: str, word: str, now: datetime) -> Change:
    """The asker adds a word to how they liked the help, once it was rated."""
    if user != ticket.asker:
        raise refused(Refusal.NOT_THE_ASKER, ticket)
    if ticket.state is not State.CLOSED or not ticket.rating:
        raise refused(Refusal(ticket.state.value), ticket)
    if len(word) > LONGEST_TEXT:
        raise refused(Refusal.TOO_LONG, ticket)
    if not word.strip() or word.strip() == ticket.rating_word:
        return Change(ticket)
    event = Event(What.RATED, now, user, ticket.tier)
    return Change(_logged(replace(ticket, rating_word=word.strip()), event), (event,))


def is_solved_by(events: Iterable[Event]) -> bool:
    """Whether one of the events says that the ticket's solution stands."""
    return any(event.what in (What.CONFIRMED, What.LAPSED) for event in events)


def _is_other(ticket: Ticket, user: str) -> bool:
    return any(one.user == user for one in ticket.others)


def _logged(ticket: Ticket, event: Event) -> Ticket:
    log = (*ticket.log, event)
    kept = log if len(log) <= MOST_EVENTS else (log[0], *log[-MOST_EVENTS + 1 :])
    return replace(ticket, log=kept)
