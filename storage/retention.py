"""How long people's words are kept.

Words go, counts stay: a question keeps its outcome, language, place and time, and a ticket its way
through the tiers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from helpdesk.ticket import Event, Findings, Ticket, What
from knowledge.article import Language
from knowledge.question import Question
from storage.kinds import FAILED_PAYLOAD, QUESTION, TICKET, month_key
from storage.port import Commit, Delete, Put, Store

AT_ONCE = 2_000
"""Records in one commit."""
MONTHS_LOOKED_AT = 120
"""Ten years back; each is one look-up."""

Note: TypeAlias = Callable[[Language], str]
"""What stands in the place of words that are gone, in a language."""


@dataclass(frozen=True)
class Retention:
    """Days for which the words of a question, the texts of a ticket that is closed, and a payload
    that failed, are kept."""

    question_days: int = 365
    ticket_days: int = 730
    failed_payload_days: int = 30


async def expired(store: Store, team: str, keep: Retention, now: datetime, note: Note) -> Commit:
    """What is past its time, emptied or deleted; at most ``AT_ONCE`` of each kind. ``note`` stands
    in the place of words that are shown. Run it again while it finds something."""
    puts: list[Put] = [
        *await _old_questions(store, team, now - timedelta(days=keep.question_days)),
        *await _old_tickets(store, team, now - timedelta(days=keep.ticket_days), note),
    ]
    deletes = await _old_payloads(store, team, now - timedelta(days=keep.failed_payload_days))
    return Commit(at=now, puts=tuple(puts), deletes=tuple(deletes))


def nothing_left(commit: Commit) -> bool:
    """Whether a commit of :func:`expired` would change nothing."""
    return not (commit.puts or commit.deletes or commit.outbox)


def without_words(question: Question) -> Question:
    """The question as it counts in reports."""
    return replace(question, text="", files=())


async def _old_questions(store: Store, team: str, before: datetime) -> Iterable[Put]:
    found = await store.find(QUESTION, "text", team, limit=AT_ONCE)
    old = [one for one in found if one.record.asked_at < before]
    return [Put(QUESTION, without_words(one.record), one.version) for one in old]


def ticket_as_counted(ticket: Ticket, note: str) -> Ticket:
    """A closed ticket as it counts: who had it, when, in which tier and how it ended stay; every
    text that somebody wrote is gone."""
    return replace(
        ticket,
        words=note,
        tried="",
        findings=tuple(replace(one, findings=Findings(note)) for one in ticket.findings),
        failed=(),
        root_cause="",
        solution="",
        delivered=note if ticket.delivered else "",
        vendor_case="",
        rating_word="",
        log=tuple(replace(one, to=_number_or_person(one), text="") for one in ticket.log),
        emptied=True,
    )


def _number_or_person(event: Event) -> str:
    """Where it went; of a solution it is the root cause, which is a text."""
    return "" if event.what is What.RESOLVED else event.to


async def _old_tickets(store: Store, team: str, before: datetime, note: Note) -> list[Put]:
    """Month by month, the newest that can hold some first: a month before the limit is whole."""
    puts: list[Put] = []
    month = before.date().replace(day=1)
    for _ in range(MONTHS_LOOKED_AT):
        left = AT_ONCE - len(puts)
        found = await store.find(TICKET, "closed_month", month_key(team, month), limit=left)
        for stored in found:
            closed_at = stored.record.closed_at
            if closed_at and closed_at < before:
                empty = ticket_as_counted(stored.record, note(stored.record.language))
                puts.append(Put(TICKET, empty, stored.version))
        if len(puts) >= AT_ONCE:
            break
        month = (month - timedelta(days=1)).replace(day=1)
    return puts


async def _old_payloads(store: Store, team: str, before: datetime) -> Iterable[Delete]:
    found = await store.find(FAILED_PAYLOAD, "team", team, limit=AT_ONCE)
    old = [one for one in found if one.record.at < before]
    return [Delete(FAILED_PAYLOAD, one.record.id, one.version) for one in old]
