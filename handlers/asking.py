"""Asking: messages in direct messages, mentions, question channels and the threads of answers."""

from datetime import datetime

from handlers.answering import (
    Reply,
    Talk,
    about,
    answer_key,
    counted,
    group_of,
    message_key,
    remark_key,
    replies,
    talk_of,
    thread_of_answer,
)
from handlers.decision import NOTHING, Decision
from handlers.desk import Desk
from handlers.payloads import Said
from knowledge.question import Place, Question, State
from storage.kinds import QUESTION
from storage.outbox import Content, InChannel, OutboxItem, Post
from storage.port import Put
from storage.records import NEW

__all__ = ["Desk", "decide_message", "message_key", "place_of"]


def place_of(said: Said, desk: Desk) -> Place | None:
    """Where the message asks us something by itself, or ``None`` when it does not."""
    if said.direct:
        return Place.DIRECT
    if f"<@{desk.bot_user}" in said.text:
        return Place.MENTION
    if said.channel in desk.question_channels and said.thread_ts is None:
        return Place.QUESTION_CHANNEL
    return None


async def decide_message(said: Said, desk: Desk, now: datetime) -> Decision:
    """What to do about a message of a person."""
    place = place_of(said, desk)
    if place is None and said.thread_ts is None:
        return NOTHING
    talk = await talk_of(said, desk, now)
    place = place or _goes_on(talk)
    if place is None:
        return NOTHING
    answers = await replies(said, place, desk, now, talk)
    if not answers or await _known(answers, desk):
        return NOTHING
    return Decision(
        keys=(message_key(said),),
        puts=(
            *(Put(QUESTION, one.question, NEW) for one in answers if one.question),
            *await counted(said.user, talk, desk, now),
        ),
        outbox=tuple(_sent(one, said, place, now) for one in answers),
    )


async def _known(answers: list[Reply], desk: Desk) -> bool:
    """Whether an edit of the message overtook it, and was answered."""
    asked = [one.question for one in answers if one.question]
    return bool(asked) and await desk.store.get(QUESTION, asked[0].id) is not None


def _goes_on(talk: Talk) -> Place | None:
    """A reply in a thread of our answers is for us if the person asked there and no ticket has
    taken the thread over; colleagues who talk beneath an answer are left alone. Beneath an
    announcement it is as in a question channel: questions are answered, talk is left alone."""
    if talk.announcement and talk.last is None:
        return Place.QUESTION_CHANNEL
    if talk.addressed:
        return Place.QUESTION_CHANNEL
    if talk.last is None or talk.last.state is State.HELPDESK:
        return None
    return Place.QUESTION_CHANNEL


def _sent(reply: Reply, said: Said, place: Place, now: datetime) -> OutboxItem:
    if reply.question:
        return answer_item(reply.question, reply.content, now)
    return remark_item(said, place, reply.content, now)


def answer_item(question: Question, content: Content, now: datetime) -> OutboxItem:
    """The answer where the question was asked."""
    return OutboxItem(
        key=answer_key(question),
        team=question.team,
        order_group=group_of(question),
        call=Post(
            InChannel(question.channel, question.thread_ts), content, fallback_user=question.asker
        ),
        due_at=now,
        about=about(question),
    )


def remark_item(said: Said, place: Place, content: Content, now: datetime) -> OutboxItem:
    """A reply to what was no question; nothing but the message itself is kept."""
    thread = thread_of_answer(said, place)
    return OutboxItem(
        key=remark_key(said),
        team=said.team,
        order_group=f"{said.channel}/{thread or said.ts}",
        call=Post(InChannel(said.channel, thread), content, fallback_user=said.user),
        due_at=now,
        about=f"message:{said.channel}/{said.ts}",
    )
