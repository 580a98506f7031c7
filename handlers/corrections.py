"""What a person corrects: an edited question is answered anew, a deleted one loses its answer."""

from dataclasses import replace
from datetime import datetime

from handlers.answering import (
    Reply,
    about,
    answer_key,
    group_of,
    message_key,
    remark_key,
    replies,
    talk_of,
)
from handlers.asking import answer_item, decide_message, place_of, remark_item
from handlers.decision import NOTHING, Decision
from handlers.desk import Desk
from handlers.payloads import Changed, Said
from knowledge.following import MOST_PARTS
from knowledge.question import Question, State, question_id, withdraw
from storage.kinds import QUESTION
from storage.outbox import Content, Edit, ItemMessage, OutboxItem, Withdraw
from storage.port import Put
from storage.records import NEW, Stored

EDITED_WITHIN = 60.0
"""Seconds after which an edited message is left alone: by then people have read the answer."""


async def decide_change(changed: Changed, desk: Desk, now: datetime) -> Decision:
    """What to do about an edited or deleted message of a person."""
    if not changed.user or changed.user == desk.bot_user:
        return NOTHING
    asked = await _asked_in(changed, desk)
    if changed.text is None:
        return await _deleted(changed, asked, desk, now)
    if not changed.edited_ts or changed.text == changed.before or _too_late(changed):
        return NOTHING
    return await _edited(changed, asked, desk, now)


def _too_late(changed: Changed) -> bool:
    return float(changed.edited_ts) - float(changed.ts) > EDITED_WITHIN


async def _asked_in(changed: Changed, desk: Desk) -> list[Stored[Question]]:
    ids = [
        question_id(changed.team, changed.channel, changed.ts, number)
        for number in range(1, MOST_PARTS + 1)
    ]
    found = [await desk.store.get(QUESTION, one) for one in ids]
    return [one for one in found if one and one.record.asker == changed.user]


async def _deleted(
    changed: Changed, asked: list[Stored[Question]], desk: Desk, now: datetime
) -> Decision:
    """The answer is taken back. One that the helpdesk has is the helpdesk's to care for."""
    remark = await desk.store.outbox_entry(remark_key(_said(changed), changed.ts))
    withdrawn = [_withdrawn(one.record, now) for one in asked if one.record.state in _OURS]
    if remark:
        item = remark.item
        call = Withdraw(ItemMessage(item.key))
        withdrawn.append(replace(item, key=f"{item.key}:withdrawn", call=call, due_at=now))
    puts = tuple(Put(QUESTION, withdraw(one.record, now), one.version) for one in asked)
    return Decision(puts=puts, outbox=tuple(withdrawn))


_OURS = (State.ANSWERED, State.SUGGESTED, State.UNMATCHED, State.SOLVED)


async def _edited(
    changed: Changed, asked: list[Stored[Question]], desk: Desk, now: datetime
) -> Decision:
    said = _said(changed)
    if not asked:
        return await decide_message(said, desk, now)
    if not all(one.record.open for one in asked):
        return NOTHING
    place = place_of(said, desk) or asked[0].record.place
    talk = await talk_of(said, desk, now)
    answers = await replies(said, place, desk, now, talk)
    return _reconciled(asked, answers, said, now)


def _reconciled(
    asked: list[Stored[Question]], answers: list[Reply], said: Said, now: datetime
) -> Decision:
    """Answers that stay are edited, new ones posted, and those without a question taken back."""
    before = {one.record.id: one for one in asked}
    puts: list[Put] = []
    items: list[OutboxItem] = []
    for answer in answers:
        question = answer.question
        if question is None:
            items.append(remark_item(said, asked[0].record.place, answer.content, now))
            continue
        stored = before.pop(question.id, None)
        puts.append(Put(QUESTION, question, stored.version if stored else NEW))
        posted = answer_item(question, answer.content, now)
        items.append(_as_edit(posted, answer.content, said.revision) if stored else posted)
    for stored in before.values():
        puts.append(Put(QUESTION, withdraw(stored.record, now), stored.version))
        items.append(_withdrawn(stored.record, now))
    return Decision(keys=(message_key(said),), puts=tuple(puts), outbox=tuple(items))


def _as_edit(posted: OutboxItem, content: Content, revision: str) -> OutboxItem:
    call = Edit(ItemMessage(posted.key), content)
    return replace(posted, key=f"{posted.key}:edited:{revision}", call=call)


def _withdrawn(question: Question, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"{answer_key(question)}:withdrawn",
        team=question.team,
        order_group=group_of(question),
        call=Withdraw(ItemMessage(answer_key(question))),
        due_at=now,
        about=about(question),
    )


def _said(changed: Changed) -> Said:
    return Said(
        event_id=changed.event_id,
        team=changed.team,
        channel=changed.channel,
        direct=changed.direct,
        user=changed.user,
        text=changed.text or "",
        ts=changed.ts,
        thread_ts=changed.thread_ts,
        files=changed.files,
        revision=changed.edited_ts,
    )
