"""Lessons in Slack: proposed from a ticket, read in the knowledge channel, published by a second
person, and known to the matcher from the next question on. New articles are known likewise."""

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
from handlers.ticket_words import actions, button, live_lines, mention, quoted
from helpdesk.errors import RolesUnknown
from knowledge.draft import DraftState, article_of
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
from storage.kinds import DRAFT, LESSON
from storage.outbox import Content, Edit, InChannel, ItemMessage, OutboxItem, Post, Whisper
from storage.port import Put, Store

MOST_LESSONS = 20_000
MOST_ARTICLES = 2_000


class LessonPress(StrEnum):
    PUBLISH = "lesson.publish"
    DISCARD = "lesson.discard"


class Teaching:
    """Keeps a matcher at the published lessons and articles, whichever process published them."""

    def __init__(self, store: Store, knowledge: Knowledge, team: str) -> None:
        self._store = store
        self._knowledge = knowledge
        self._lessons = f"{team}/{LessonState.PUBLISHED}"
        self._articles = f"{team}/{DraftState.PUBLISHED}"
        self._matcher: Matcher | None = None
        self._taught: set[str] = set()
        self._added: set[str] = set()

    async def catch_up(self) -> None:
        """Teach what is not taught yet; a newly loaded matcher learns everything. Articles come
        first, as a lesson may be about one of them. What the files say already is left alone. Where
        something was unlearned, the files are loaded anew."""
        matcher = self._knowledge.current.matcher
        if matcher is not self._matcher:
            self._matcher, self._taught, self._added = matcher, set(), set()
        await self._add_articles()
        await self._teach_lessons()

    async def _add_articles(self) -> None:
        if await self._store.count(DRAFT, "state", self._articles) == len(self._added):
            return
        found = await self._store.find(DRAFT, "state", self._articles, limit=MOST_ARTICLES)
        for stored in found:
            if stored.record.id not in self._added:
                self._knowledge.add(article_of(stored.record))
                self._added.add(stored.record.id)

    async def _teach_lessons(self) -> None:
        published = await self._store.count(LESSON, "state", self._lessons)
        if published < len(self._taught):
            self._knowledge.load_again()
        if published <= len(self._taught):
            return
        matcher = self._knowledge.current.matcher
        found = await self._store.find(LESSON, "state", self._lessons, limit=MOST_LESSONS)
        for stored in found:
            lesson = stored.record
            if lesson.id in self._taught:
                continue
            article = matcher.library.article(lesson.article, lesson.language)
            if article and lesson.phrasing not in article.phrasings:
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
        if not await is_reader(pressed.user, desk):
            raise LessonRefused(LessonRefusal.NOT_A_READER)
        if pressed.action == LessonPress.PUBLISH:
            two_people = desk.settings.learning.second_person
            lesson = publish(stored.record, pressed.user, now, two_people=two_people)
        else:
            lesson = discard(stored.record, pressed.user, now)
    except LessonRefused as no:
        return await _refused(pressed, no, desk, now)
    edit = Edit(ItemMessage(_card_key(lesson)), render_lesson(lesson, desk))
    item = _item(lesson, f"{_card_key(lesson)}:v{stored.version + 1}", edit, now)
    return Decision(puts=(Put(LESSON, lesson, stored.version),), outbox=(item,))


async def is_reader(user: str, desk: HelpdeskDesk) -> bool:
    """Whether the person is in the knowledge channel now, active and more than a guest; not while
    Slack does not tell."""
    person = await desk.person(user)
    try:
        member = await desk.roles.is_member(desk.knowledge_channel, user)
    except RolesUnknown:
        return False
    return member and not (person.may_only_ask or person.bot or person.deactivated)


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
        (live_lines(lead), quoted(lesson.phrasing), *(buttons if open_ else [])),
    )


def _card_key(lesson: Lesson) -> str:
    return f"lesson:{lesson.id}"


def _item(lesson: Lesson, key: str, call: Post | Edit, now: datetime) -> OutboxItem:
    return OutboxItem(key, lesson.team, f"lesson/{lesson.id}", call, now, _card_key(lesson))
