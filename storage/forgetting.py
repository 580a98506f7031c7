"""Forgetting a person: what they wrote goes everywhere, and counts stay.

Their words stand in records (questions, tickets, what was learned from these), in messages that
were sent or wait to be, and in payloads that failed. Where others quote them, a note takes the
place of the words; a message that people still see is edited so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from knowledge.article import Language
from knowledge.draft import Draft
from knowledge.lesson import Lesson
from knowledge.quoting import Wording
from storage.erased_messages import Concerned, ErasedMessages, is_copy, quotes_in, reworded
from storage.exports import OUTBOX, RECORD
from storage.kinds import (
    ANNOUNCEMENT,
    DRAFT,
    FAILED_PAYLOAD,
    LESSON,
    QUESTION,
    SURVEY_RESPONSE,
    TICKET,
    TICKET_LINK,
    person_key,
)
from storage.outbox import CALLS
from storage.personal import (
    PERSONAL,
    Personal,
    about_person,
    draft_without,
    lesson_without,
    names,
)
from storage.port import Commit, Delete, Put, Row, Store
from storage.records import Record, RecordKind, Stored
from storage.retention import Note

R = TypeVar("R", bound=Record)
T = TypeVar("T")

AT_ONCE = 500
"""Writes in one commit, and rows looked at before others get their turn on the event loop."""
MOST_MESSAGES = 100_000
"""Of one ticket."""


@dataclass(frozen=True)
class Forgetting:
    """Whom to forget. ``default`` is the language of a note where no other is known."""

    team: str
    user: str
    note: Note
    default: Language


@dataclass(frozen=True)
class _Kept(Generic[R]):
    """A record with the person's words. ``after`` is what stays of it, ``None`` for nothing."""

    kind: RecordKind[R]
    before: Stored[R]
    after: R | None

    @property
    def changes(self) -> bool:
        return self.after != self.before.record


@dataclass
class _Found:
    """What was found of the person in records. ``tickets`` are the names of theirs, ``responses``
    the ids of their answers to surveys."""

    phrases: list[str] = field(default_factory=list)
    abouts: dict[str, Language] = field(default_factory=dict)
    copies: set[str] = field(default_factory=set)
    tickets: set[str] = field(default_factory=set)
    responses: set[str] = field(default_factory=set)
    records: list[tuple[Personal[Any], Stored[Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Erased:
    """How many records and messages changed; ``learned`` of these are ways of asking and articles,
    which a matcher in use still knows."""

    changed: int
    learned: int


async def forget(store: Store, whom: Forgetting, now: datetime) -> Erased:
    """Erase what the person wrote. What failed halfway is finished by doing it again, and a second
    time changes nothing. Raises ``Conflict`` when something changed meanwhile: do it again."""
    found = await _found(store, whom)
    wording = _wording(found, whom)
    concerned = Concerned(found.abouts, frozenset(found.copies), whom.default)
    messages = ErasedMessages(whom.team, concerned, wording, whom.note)
    kept = [
        _Kept(personal.kind, stored, personal.without(stored.record, wording, whom.note))
        for personal, stored in found.records
    ]
    async for row in _rows_of(whom.team, store):
        if row.table == OUTBOX:
            messages.look_at(row)
        elif row.table == RECORD:
            kept += _with_their_words(row, whom, found, wording)
    changed = [one for one in kept if one.changes]
    await _erase(store, messages, changed, now)
    learned = sum(one.kind in (LESSON, DRAFT) for one in changed)
    return Erased(len(changed) + len(messages.reworded), learned)


async def _erase(
    store: Store, messages: ErasedMessages, changed: list[_Kept[Any]], now: datetime
) -> None:
    """The edits first: once the words are gone nobody would know what to edit. The records last,
    since the words in them tell what to look for."""
    for edits in _batches(messages.edits(now)):
        await store.commit(Commit(at=now, outbox=edits))
    for calls in _batches(messages.reworded.items()):
        await store.reword(dict(calls))
    for records in _batches(changed):
        await store.commit(_written(records, now))
    if changed or messages.reworded:
        await store.drop_history()


async def _rows_of(team: str, store: Store) -> AsyncIterator[Row]:
    """Records come before the outbox."""
    number = 0
    async for row in store.export_rows():
        number += 1
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        if row.columns.get("team") == team:
            yield row


def _batches(values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    rest = iter(values)
    while batch := tuple(islice(rest, AT_ONCE)):
        yield batch


def _written(batch: Iterable[_Kept[Any]], now: datetime) -> Commit:
    puts, deletes = [], []
    for one in batch:
        if one.after is None:
            deletes.append(Delete(one.kind, one.before.record.id, one.before.version))
        else:
            puts.append(Put(one.kind, one.after, one.before.version))
    return Commit(at=now, puts=tuple(puts), deletes=tuple(deletes))


async def _found(store: Store, whom: Forgetting) -> _Found:
    found = _Found()
    for about in (f"home:{whom.user}", about_person(whom.user)):
        found.abouts[about] = whom.default
    person = person_key(whom.team, whom.user)
    for personal in PERSONAL:
        async for stored in _all(store, personal.kind, personal.index, person):
            _add(found, personal, stored)
    copies, phrases = await _relayed(store, person)
    found.copies |= copies
    found.phrases += phrases
    return found


async def said_elsewhere(store: Store, team: str, user: str) -> tuple[str, ...]:
    """What the person wrote and is kept beside questions and tickets: passed on to the helpdesk,
    asked for another date, said in surveys."""
    person = person_key(team, user)
    said: list[str] = []
    for personal in PERSONAL:
        if personal.kind not in (QUESTION, TICKET):
            async for stored in _all(store, personal.kind, personal.index, person):
                said += personal.said(stored.record)
    _, relayed = await _relayed(store, person)
    return tuple(dict.fromkeys(one for one in (*said, *relayed) if one))


async def _relayed(store: Store, person: str) -> tuple[set[str], list[str]]:
    """The keys of the copies of what the person wrote beneath tickets, and the words, which are
    kept in these alone."""
    by_ticket: dict[str, set[str]] = {}
    async for link in _all(store, TICKET_LINK, "author", person):
        by_ticket.setdefault(link.record.ticket, set()).add(link.record.copy)
    phrases: list[str] = []
    for ticket, copies in by_ticket.items():
        for entry in await store.entries_about(f"ticket:{ticket}", limit=MOST_MESSAGES):
            if any(is_copy(entry.item.key, copy) for copy in copies):
                phrases += quotes_in(CALLS.dump_python(entry.item.call, mode="json"))
    return {copy for copies in by_ticket.values() for copy in copies}, phrases


async def _all(
    store: Store, kind: RecordKind[R], index: str, value: str
) -> AsyncIterator[Stored[R]]:
    after = None
    while page := await store.find(kind, index, value, limit=AT_ONCE, after=after):
        for one in page:
            yield one
        after = page[-1].record.id


def _add(found: _Found, personal: Personal[Any], stored: Stored[Any]) -> None:
    found.records.append((personal, stored))
    found.phrases += [one for one in personal.said(stored.record) if one]
    if spoken := personal.about(stored.record):
        about, language = spoken
        found.abouts[about] = language
    if personal.kind is TICKET:
        found.tickets.add(stored.record.name)
    elif personal.kind is SURVEY_RESPONSE:
        found.responses.add(stored.record.id)


def _wording(found: _Found, whom: Forgetting) -> Wording:
    """The person's words, without what was put in their place before."""
    notes = [whom.note(language) for language in Language]
    return Wording(tuple(one for one in found.phrases if not any(note in one for note in notes)))


def _with_their_words(
    row: Row, whom: Forgetting, found: _Found, wording: Wording
) -> Iterator[_Kept[Any]]:
    """Records that are not the person's and hold their words: what was learned from their questions
    and tickets, announcements that quote them, and payloads that name or quote them."""
    kind, columns = row.columns["kind"], row.columns
    if kind == LESSON.name:
        lesson = _stored(LESSON, row)
        if _is_lesson_of(lesson.record, found, wording):
            found.abouts[f"lesson:{lesson.record.id}"] = lesson.record.language
            yield _Kept(LESSON, lesson, lesson_without(lesson.record))
    elif kind == DRAFT.name:
        draft = _stored(DRAFT, row)
        after = _draft_after(draft.record, whom, found, wording)
        if after != draft.record:
            found.abouts[f"draft:{draft.record.id}"] = draft.record.written.language
            yield _Kept(DRAFT, draft, after)
    elif kind == ANNOUNCEMENT.name:
        quoting = _stored(ANNOUNCEMENT, row)
        if quoting.record.quote in found.responses:
            found.abouts[f"announcement:{quoting.record.id}"] = whom.default
            yield _Kept(ANNOUNCEMENT, quoting, replace(quoting.record, quote=""))
    elif kind == FAILED_PAYLOAD.name:
        failed = _stored(FAILED_PAYLOAD, row)
        body = columns["body"]["body"]
        quotes = reworded(body, lambda text: wording.without_whole(text, "")) != body
        if quotes or names(failed.record, whom.user):
            yield _Kept(FAILED_PAYLOAD, failed, None)


def _stored(kind: RecordKind[R], row: Row) -> Stored[R]:
    return Stored(kind.from_json(row.columns["body"]), int(row.columns["version"]))


def _is_lesson_of(lesson: Lesson, found: _Found, wording: Wording) -> bool:
    """Whether it was learned from a ticket of the person, or from a question put in their words;
    one from somebody else's ticket is not, were it in the same words."""
    if not lesson.phrasing:
        return False
    if lesson.ticket.startswith("#"):
        return lesson.ticket in found.tickets
    return wording.without_whole(lesson.phrasing, "") != lesson.phrasing


def _draft_after(draft: Draft, whom: Forgetting, found: _Found, wording: Wording) -> Draft:
    note = whom.note(draft.written.language)
    if draft.source in found.tickets:
        return draft_without(draft, lambda text: wording.without(text, note))
    if draft.source.startswith("#"):
        return draft
    return draft_without(draft, lambda text: wording.without_whole(text, note))
