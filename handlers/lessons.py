"""Lessons in Slack: proposed from a ticket, read in the knowledge channel, published by a second
person, and known to the matcher from the next question on."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.answers import best_article
from handlers.decision import Decision
from handlers.helpdesk_desk import Case, HelpdeskDesk
from handlers.intake import Intake
from handlers.payloads import Pressed, read_press
from handlers.text import escaped, shortened
from handlers.ticket_words import actions, button, mention, mrkdwn, quoted
from helpdesk.errors import RolesUnknown
from knowledge.lesson import (
    LONGEST_PHRASING,
    Lesson,
    LessonRefusal,
    LessonRefused,
    LessonState,
    discard,
    publish,
)
from knowledge.matching import Matcher
from knowledge.watching import Knowledge
from storage.kinds import LESSON
from storage.outbox import Content, Edit, InChannel, ItemMessage, OutboxItem, Post, Whisper
from storage.port import Put, Store

MOST_LESSONS = 20_000


class LessonPress(StrEnum):
    PUBLISH = "lesson.publish"
    DISCARD = "lesson.discard"


class Teaching:
    """Keeps a matcher at the published lessons, whichever process published them."""

    def __init__(self, store: Store, knowledge: Knowledge, team: str) -> None:
        self._store = store
        self._knowledge = knowledge
        self._published = f"{team}/{LessonState.PUBLISHED}"
        self._matcher: Matcher | None = None
        self._taught: set[str] = set()

    async def catch_up(self) -> None:
        """Teach what is not taught yet; a newly loaded matcher learns everything."""
        matcher = self._knowledge.current.matcher
        if matcher is not self._matcher:
            self._matcher, self._taught = matcher, set()
        if await self._store.count(LESSON, "state", self._published) == len(self._taught):
            return
        found = await self._store.find(LESSON, "state", self._published, limit=MOST_LESSONS)
        for stored in found:
            lesson = stored.record
            if lesson.id not in self._taught:
                matcher.learn(lesson.article, lesson.language, lesson.phrasing)
                self._taught.add(lesson.id)


def register_lessons(app: AsyncApp, intake: Intake, desk: HelpdeskDesk, teaching: Teaching) -> None:
    """Connect the listener; before the catch-alls."""

    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_lesson(pressed, desk, now))
        await ack()
        await teaching.catch_up()

    app.action(re.compile(r"^lesson\.(publish|discard)$"))(on_press)


def proposed(case: Case, article: str, phrasing: str) -> Decision:
    """The lesson, and its card in the knowledge channel."""
    ticket = case.ticket
    lesson = Lesson(
        id=f"{ticket.team}/{case.now:%Y%m%dT%H%M%S%f}/{ticket.number}",
        team=ticket.team,
        article=article,
        language=ticket.language,
        phrasing=shortened(phrasing.replace("\n", " "), LONGEST_PHRASING),
        proposed_by=case.actor.user,
        proposed_at=case.now,
        ticket=ticket.name,
    )
    card = _item(
        lesson,
        _card_key(lesson),
        Post(InChannel(case.desk.knowledge_channel), render_lesson(lesson, case.desk)),
        case.now,
    )
    return Decision(puts=(Put(LESSON, lesson),), outbox=(card,))


async def decide_lesson(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Publish or discard, by a member of the knowledge channel."""
    try:
        stored = await desk.store.get(LESSON, pressed.value)
        if stored is None or stored.record.team != pressed.team:
            raise LessonRefused(LessonRefusal.UNKNOWN)
        await _only_readers(pressed, desk)
        decide = publish if pressed.action == LessonPress.PUBLISH else discard
        lesson = decide(stored.record, pressed.user, now)
    except LessonRefused as no:
        return await _refused(pressed, no, desk, now)
    edit = Edit(ItemMessage(_card_key(lesson)), render_lesson(lesson, desk))
    item = _item(lesson, f"{_card_key(lesson)}:v{stored.version + 1}", edit, now)
    return Decision(puts=(Put(LESSON, lesson, stored.version),), outbox=(item,))


async def _only_readers(pressed: Pressed, desk: HelpdeskDesk) -> None:
    person = await desk.person(pressed.user)
    try:
        reader = await desk.roles.is_member(desk.knowledge_channel, pressed.user)
    except RolesUnknown:
        reader = False
    if not reader or person.may_only_ask:
        raise LessonRefused(LessonRefusal.NOT_A_READER)


async def _refused(
    pressed: Pressed, no: LessonRefused, desk: HelpdeskDesk, now: datetime
) -> Decision:
    say = await desk.asking.say_to(pressed.user, pressed.channel)
    note = Whisper(
        pressed.channel, pressed.user, Content(say(f"lesson-refused-{no.refusal}")), None
    )
    item = OutboxItem(f"note:{pressed.key}", pressed.team, f"note/{pressed.user}", note, now)
    return Decision(outbox=(item,))


def render_lesson(lesson: Lesson, desk: HelpdeskDesk) -> Content:
    """The card in the knowledge channel."""
    say = desk.say
    article = best_article(lesson.article, lesson.language, desk.library)
    lead = say(
        f"lesson-{lesson.state}",
        who=mention(lesson.decided_by or lesson.proposed_by),
        author=mention(lesson.proposed_by),
        article=escaped(article.title if article else lesson.article),
        ticket=lesson.ticket,
        language=say(f"in-{lesson.language}".lower()),
    )
    buttons = [
        actions(
            button(LessonPress.PUBLISH, say("button-publish"), lesson.id, "primary"),
            button(LessonPress.DISCARD, say("button-discard"), lesson.id),
        )
    ]
    open_ = lesson.state is LessonState.PROPOSED
    return Content(
        f"{lead}\n{escaped(lesson.phrasing)}",
        (mrkdwn(lead), quoted(lesson.phrasing), *(buttons if open_ else [])),
    )


def _card_key(lesson: Lesson) -> str:
    return f"lesson:{lesson.id}"


def _item(lesson: Lesson, key: str, call: Post | Edit, now: datetime) -> OutboxItem:
    return OutboxItem(key, lesson.team, f"lesson/{lesson.id}", call, now, _card_key(lesson))
