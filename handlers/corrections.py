"""What a person corrects: an edited question is answered anew, a deleted one loses its answer."""

from dataclasses import replace
from datetime import datetime

from handlers.answering import (
    Reply,
    about,
    answer_key,
    group_of,
    message_key,
    privately_key,
    remark_key,
    replies,
    talk_of,
)
from handlers.answers import render_answer, render_privately
from handlers.asking import answer_item, decide_message, place_of, remark_item
from handlers.decision import NOTHING, Decision
from handlers.desk import Desk
from handlers.payloads import Changed, Said
from knowledge.following import MOST_PARTS
from knowledge.question import Place, Question, State, question_id, withdraw
from storage.kinds import QUESTION
from storage.outbox import Content, Edit, ItemMessage, OutboxItem, Post, Withdraw
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
    """The answer is taken back, its private copies too. One that the helpdesk has is the helpdesk's
    to care for."""
    remark = await desk.store.outbox_entry(remark_key(_said(changed), changed.ts))
    ours = [one.record for one in asked if one.record.state in _OURS]
    withdrawn = [item for one in ours for item in await _taken_back(one, desk, now)]
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
    asked_by = asked[0].record.asked_by
    return await _reconciled(asked, _about_other(answers, asked_by, desk), said, desk, now)


def _about_other(answers: list[Reply], asked_by: str | None, desk: Desk) -> list[Reply]:
    """The answers, where somebody else had asked about the message."""
    if asked_by is None:
        return answers
    told: list[Reply] = []
    for one in answers:
        if one.question is None:
            told.append(one)
            continue
        question = replace(one.question, place=Place.SHORTCUT, asked_by=asked_by)
        say = desk.say_in(question.spoken)
        content = render_answer(question, desk.knowledge.current.library, say)
        told.append(Reply(content, question))
    return told


async def _reconciled(
    asked: list[Stored[Question]], answers: list[Reply], said: Said, desk: Desk, now: datetime
) -> Decision:
    """Answers that stay are edited, and their private copies, new ones posted, and those without a
    question taken back."""
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
        items += await _copies_anew(question, said.revision, desk, now) if stored else []
    for stored in before.values():
        puts.append(Put(QUESTION, withdraw(stored.record, now), stored.version))
        items += await _taken_back(stored.record, desk, now)
    return Decision(keys=(message_key(said),), puts=tuple(puts), outbox=tuple(items))


def _as_edit(posted: OutboxItem, content: Content, revision: str) -> OutboxItem:
    call = Edit(ItemMessage(posted.key), content)
    return replace(posted, key=f"{posted.key}:edited:{revision}", call=call)


async def _taken_back(question: Question, desk: Desk, now: datetime) -> list[OutboxItem]:
    """The answer and its private copies withdrawn."""
    answer = OutboxItem(
        key=f"{answer_key(question)}:withdrawn",
        team=question.team,
        order_group=group_of(question),
        call=Withdraw(ItemMessage(answer_key(question))),
        due_at=now,
        about=about(question),
    )
    return [answer, *(_copy_withdrawn(one, now) for one in await _copies(question, desk))]


async def _copies_anew(
    question: Question, revision: str, desk: Desk, now: datetime
) -> list[OutboxItem]:
    """The private copies as the edited question is answered; withdrawn where it has no article."""
    copies = await _copies(question, desk)
    say = desk.say_in(question.spoken)
    content = render_privately(question, desk.knowledge.current.library, say)
    if content is None:
        return [_copy_withdrawn(one, now) for one in copies]
    return [
        replace(
            one,
            key=f"{one.key}:edited:{revision}",
            call=Edit(ItemMessage(one.key), content),
            due_at=now,
        )
        for one in copies
    ]


async def _copies(question: Question, desk: Desk) -> list[OutboxItem]:
    """What "Continue privately" sent."""
    entries = await desk.store.entries_about(about(question))
    prefix = privately_key(question)
    return [
        one.item
        for one in entries
        if one.item.key.startswith(prefix) and isinstance(one.item.call, Post)
    ]


def _copy_withdrawn(copy: OutboxItem, now: datetime) -> OutboxItem:
    call = Withdraw(ItemMessage(copy.key))
    return replace(copy, key=f"{copy.key}:withdrawn", call=call, due_at=now)


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
        attached=changed.attached,
        revision=changed.edited_ts,
    )
