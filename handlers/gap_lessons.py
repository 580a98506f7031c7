"""A question that had no answer becomes one more phrasing of the article it came nearest to, or
the beginning of a new article."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.answer_presses import told
from handlers.decision import Decision, OpenModal
from handlers.draft_forms import Source, new_article_form
from handlers.gaps import GapAction
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.intake import Intake
from handlers.lessons import render_lesson
from handlers.payloads import Pressed, read_press
from handlers.roles import is_agent
from handlers.text import shortened
from knowledge.draft import Written
from knowledge.lesson import LONGEST_PHRASING, Lesson
from storage.kinds import LESSON, QUESTION
from storage.outbox import InChannel, OutboxItem, Post
from storage.port import Put

Decider: TypeAlias = Callable[[Pressed, HelpdeskDesk, datetime], Awaitable[Decision]]


def register_gap_lessons(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the buttons in the list of gaps; before the catch-alls."""

    def listen(action: GapAction, decide: Decider) -> None:
        async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
            pressed = read_press(body)
            await intake.take(pressed.key, body, lambda now: decide(pressed, desk, now))
            await ack()

        app.action(re.compile(rf"^{re.escape(action)}$"))(on_press)

    listen(GapAction.TEACH, decide_teach)
    listen(GapAction.WRITE, decide_write)


async def decide_write(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Open the form of a new article, with the words in which people asked for it."""
    say = await desk.asking.say_to(pressed.user, pressed.channel)
    if not await is_agent(pressed.user, desk.asking):
        return Decision(outbox=(told(pressed, say("refusal-agents-only"), now),))
    found = [await desk.store.get(QUESTION, one) for one in pressed.value.split()]
    asked = [one.record for one in found if one and one.record.text]
    if not asked or asked[0].team != pressed.team:
        return Decision(outbox=(told(pressed, say("refusal-outdated"), now),))
    phrasings = tuple(dict.fromkeys(one.text.replace("\n", " ") for one in asked))
    written = Written("", phrasings, "", asked[0].language)
    view = new_article_form(Source.QUESTION, asked[0].id, written, say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def decide_teach(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Propose the lesson; a member of the knowledge channel publishes it."""
    say = await desk.asking.say_to(pressed.user, pressed.channel)
    if not await is_agent(pressed.user, desk.asking):
        return Decision(outbox=(told(pressed, say("refusal-agents-only"), now),))
    question_key, _, article_id = pressed.value.partition(" ")
    stored = await desk.store.get(QUESTION, question_key)
    known = desk.library.best_language(article_id) is not None
    if stored is None or stored.record.team != pressed.team or not stored.record.text or not known:
        return Decision(outbox=(told(pressed, say("refusal-outdated"), now),))
    question = stored.record
    phrasing = shortened(question.text.replace("\n", " "), LONGEST_PHRASING)
    lesson = Lesson(
        id=f"{question.team}/{now:%Y%m%dT%H%M%S%f}/gap",
        team=question.team,
        article=article_id,
        language=question.language,
        phrasing=phrasing,
        proposed_by=pressed.user,
        proposed_at=now,
        ticket=desk.say("gaps-source"),
    )
    card = OutboxItem(
        key=f"lesson:{lesson.id}",
        team=lesson.team,
        order_group=f"lesson/{lesson.id}",
        call=Post(InChannel(desk.knowledge_channel), render_lesson(lesson, desk)),
        due_at=now,
        about=f"lesson:{lesson.id}",
    )
    note = told(pressed, say("gaps-proposed"), now)
    return Decision(
        keys=(f"gap-lesson:{question.id}:{article_id}",),
        puts=(Put(LESSON, lesson),),
        outbox=(card, note),
    )
