"""How long people's words are kept.

Words go, counts stay: a question keeps its outcome, language, place and time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from knowledge.question import Question
from storage.kinds import FAILED_PAYLOAD, QUESTION
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


def nothing_left(commit: Commit) -> bool:
    """Whether a commit of :func:`expired` would change nothing."""
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
