"""How long people's words are kept, and forgetting a person.

Words go, counts stay: a question keeps its outcome, language, place and time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from knowledge.preference import preference_id
from knowledge.question import Place, Question
from storage.kinds import CHECKLIST, FAILED_PAYLOAD, PREFERENCE, QUESTION, person_key
from storage.outbox import ItemMessage, OutboxItem, Withdraw
from storage.port import Commit, Delete, Put, Store

AT_ONCE = 2_000
"""Records in one commit."""


@dataclass(frozen=True)
class Retention:
    """Days for which the words of a question, and a payload that failed, are kept."""

    question_days: int = 365
    failed_payload_days: int = 30


async def expired(store: Store, team: str, keep: Retention, now: datetime) -> Commit:
    """What is past its time, emptied or deleted; at most ``AT_ONCE`` of each kind. Run it again
    while it finds something."""
    puts = await _old_questions(store, team, now - timedelta(days=keep.question_days))
    deletes = await _old_payloads(store, team, now - timedelta(days=keep.failed_payload_days))
    return Commit(at=now, puts=tuple(puts), deletes=tuple(deletes))


async def forgotten(store: Store, team: str, user: str, now: datetime) -> Commit:
    """Everything a person wrote, emptied; their choices and failed payloads deleted; the posted
    copies of their words taken back. At most ``AT_ONCE`` questions: run it again while it finds
    something."""
    questions = await store.find(QUESTION, "asker_text", person_key(team, user), limit=AT_ONCE)
    puts = tuple(Put(QUESTION, without_words(one.record), one.version) for one in questions)
    deletes = await _failed(store, team, user)
    preference = await store.get(PREFERENCE, preference_id(team, user))
    if preference:
        deletes.append(Delete(PREFERENCE, preference.record.id, preference.version))
    checklists = await store.find(CHECKLIST, "person", person_key(team, user))
    deletes += [Delete(CHECKLIST, one.record.id, one.version) for one in checklists]
    quoted = [one.record for one in questions if one.record.place is Place.HOME]
    return Commit(
        at=now,
        puts=puts,
        deletes=tuple(deletes),
        outbox=tuple(_withdrawn(one, now) for one in quoted),
    )


def nothing_left(commit: Commit) -> bool:
    """Whether a commit of :func:`forgotten` or :func:`expired` would change nothing."""
    return not (commit.puts or commit.deletes or commit.outbox)


def without_words(question: Question) -> Question:
    """The question as it counts in reports."""
    return replace(question, text="")


async def _old_questions(store: Store, team: str, before: datetime) -> Iterable[Put]:
    found = await store.find(QUESTION, "text", team, limit=AT_ONCE)
    old = [one for one in found if one.record.asked_at < before]
    return [Put(QUESTION, without_words(one.record), one.version) for one in old]


async def _old_payloads(store: Store, team: str, before: datetime) -> Iterable[Delete]:
    found = await store.find(FAILED_PAYLOAD, "team", team, limit=AT_ONCE)
    old = [one for one in found if one.record.at < before]
    return [Delete(FAILED_PAYLOAD, one.record.id, one.version) for one in old]


async def _failed(store: Store, team: str, user: str) -> list[Delete]:
    """The failed payloads in which the person is named at all."""
    deletes: list[Delete] = []
    after = None
    while page := await store.find(FAILED_PAYLOAD, "team", team, limit=AT_ONCE, after=after):
        mine = [one for one in page if user in repr(one.record.body)]
        deletes += [Delete(FAILED_PAYLOAD, one.record.id, one.version) for one in mine]
        after = page[-1].record.id
    return deletes


def _withdrawn(question: Question, now: datetime) -> OutboxItem:
    key = f"answer:{question.id}"
    return OutboxItem(
        key=f"{key}:forgotten",
        team=question.team,
        order_group=f"{question.channel}/{question.thread_ts or question.ts}",
        call=Withdraw(ItemMessage(key)),
        due_at=now,
        about=f"question:{question.id}",
    )
