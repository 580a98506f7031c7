"""The message shortcut "Ask Signpost": an answer about somebody's message, beneath it."""

from dataclasses import replace
from datetime import datetime

from handlers.answering import Reply, answer_key, replies
from handlers.answers import render_answer
from handlers.asking import answer_item
from handlers.catalogue import Say
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Said, ShortcutUsed
from helpdesk.errors import RolesUnknown
from knowledge.following import MOST_PARTS
from knowledge.question import Place, Question, State, question_id
from storage.kinds import QUESTION
from storage.outbox import Content, OutboxItem, OutboxState, Respond
from storage.port import Put
from storage.records import NEW

ASK_ABOUT = "ask.message"
"""The shortcut's callback id."""


async def decide_shortcut(used: ShortcutUsed, desk: Desk, now: datetime) -> Decision:
    """Answer the message in its thread and tell its author; where we are not in the channel, answer
    the person who asked, privately."""
    say = await desk.say_to(used.user, used.channel)
    if used.by_bot or not used.author or used.author == desk.bot_user:
        return _told(used, Content(say("shortcut-not-a-person")), now)
    before = await _asked_before(used, desk)
    if any([await _stands(one, desk) for one in before]):
        return _told(used, Content(say("shortcut-answered-before")), now)
    if before or not await _reaches(used.channel, desk):
        return await _answered_privately(used, desk, say, now)
    reply = await _reply(_said(used, used.author, used.attached), Place.SHORTCUT, desk, now)
    if reply is None or reply.question is None:
        return _told(used, Content(say("shortcut-no-answer")), now)
    question = replace(reply.question, asked_by=used.user)
    library = desk.knowledge.current.library
    content = render_answer(question, library, desk.say_in(question.language))
    told = _response(used, Content(say("shortcut-done")), now)
    return Decision(
        puts=(Put(QUESTION, question, NEW),), outbox=(answer_item(question, content, now), told)
    )


async def _asked_before(used: ShortcutUsed, desk: Desk) -> list[Question]:
    """The questions that were asked by the message itself, whoever brought it to us."""
    ids = [
        question_id(used.team, used.channel, used.message_ts, number)
        for number in range(1, MOST_PARTS + 1)
    ]
    found = [await desk.store.get(QUESTION, one) for one in ids]
    return [one.record for one in found if one]


async def _stands(question: Question, desk: Desk) -> bool:
    """Whether the answer is to be read where the message stands: it was neither taken back nor
    given to one person alone, nor did Slack refuse it."""
    if question.state is State.WITHDRAWN or question.place is Place.COMMAND:
        return False
    sent = await desk.store.outbox_entry(answer_key(question))
    return sent is None or sent.state is not OutboxState.DEAD


async def _reaches(channel: str, desk: Desk) -> bool:
    """Whether Slack tells us about the channel: of a private one, or a conversation among others,
    it does not unless we are in it."""
    try:
        await desk.roles.members(channel)
    except RolesUnknown:
        return False
    return True


async def _answered_privately(used: ShortcutUsed, desk: Desk, say: Say, now: datetime) -> Decision:
    """The answer for who asked alone; each person's question about the message is their own, and
    one asked again is shown as it stands."""
    reply = await _reply(_said(used, used.user), Place.COMMAND, desk, now)
    if reply is None or reply.question is None:
        return _told(used, Content(say("shortcut-no-answer")), now)
    question = replace(reply.question, id=f"{reply.question.id}/{used.user}")
    stored = await desk.store.get(QUESTION, question.id)
    puts = () if stored else (Put(QUESTION, question, NEW),)
    question = stored.record if stored else question
    library = desk.knowledge.current.library
    content = render_answer(question, library, desk.say_in(question.spoken))
    return Decision(puts=puts, outbox=(_response(used, content, now),))


async def _reply(said: Said, place: Place, desk: Desk, now: datetime) -> Reply | None:
    """The first reply that has something to offer."""
    offering = (State.ANSWERED, State.SUGGESTED)
    for one in await replies(said, place, desk, now):
        if one.question and one.question.state in offering:
            return one
    return None


def _said(used: ShortcutUsed, asker: str, attached: tuple[str, ...] = ()) -> Said:
    return Said(
        event_id=used.key,
        team=used.team,
        channel=used.channel,
        direct=False,
        user=asker,
        text=used.text,
        ts=used.message_ts,
        thread_ts=used.thread_ts if used.thread_ts != used.message_ts else None,
        attached=attached,
    )


def _told(used: ShortcutUsed, content: Content, now: datetime) -> Decision:
    return Decision(outbox=(_response(used, content, now),))


def _response(used: ShortcutUsed, content: Content, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"response:{used.key}",
        team=used.team,
        order_group=f"response/{used.user}",
        call=Respond(used.response_url, content),
        due_at=now,
    )
