"""The buttons and menus beneath an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from handlers.answering import about, answer_key, group_of, privately_key
from handlers.answers import Action, render_answer, render_privately
from handlers.catalogue import Say
from handlers.decision import Decision, OpenModal
from handlers.desk import Desk
from handlers.payloads import Pressed
from handlers.rich_text import rich_text, words
from handlers.ticket_forms import ask_form
from knowledge.article import Language, Platform
from knowledge.question import (
    AskingRefused,
    Question,
    Refusal,
    ask_helpdesk,
    choose,
    choose_platform,
    reject,
    show_in,
    solve,
)
from storage.kinds import QUESTION
from storage.outbox import (
    Content,
    Edit,
    ItemMessage,
    MessageAt,
    OutboxItem,
    Post,
    Respond,
    ToPerson,
    Whisper,
)
from storage.port import Put
from storage.records import Stored

Kind = TypeVar("Kind", Language, Platform)


async def decide_press(pressed: Pressed, step: "Step", desk: Desk, now: datetime) -> Decision:
    """What to do about a press on an answer; authorised anew against the question as stored."""
    question_key, _, choice = pressed.value.partition(" ")
    stored = await desk.store.get(QUESTION, question_key)
    if stored is None or stored.record.team != pressed.team:
        return await refused(pressed, "refusal-outdated", desk, now)
    try:
        return step(Press(pressed, stored, choice, desk, now))
    except AskingRefused as no:
        return await refused(pressed, f"refusal-{no.refusal}", desk, now)


@dataclass(frozen=True)
class Press:
    """A press, and the question it is about. ``choice`` is what was chosen, where there is a
    choice."""

    pressed: Pressed
    stored: Stored[Question]
    choice: str
    desk: Desk
    now: datetime

    @property
    def question(self) -> Question:
        return self.stored.record

    @property
    def say(self) -> Say:
        return self.desk.say_in(self.question.spoken)

    def shows(self, question: Question, *others: OutboxItem) -> Decision:
        """The question changed, the message shown anew, and what else is to be sent."""
        say = self.desk.say_in(question.spoken)
        content = render_answer(question, self.desk.knowledge.current.library, say)
        return self.keeps(question, self.edit(question, content), *others)

    def keeps(self, question: Question, *items: OutboxItem) -> Decision:
        return Decision(puts=(Put(QUESTION, question, self.stored.version),), outbox=items)

    def edit(self, question: Question, content: Content) -> OutboxItem:
        """The message that was pressed on, shown anew. One that only its reader sees can be
        changed through the response_url alone (docs.slack.dev/reference/methods/chat.update)."""
        pressed = self.pressed
        return OutboxItem(
            key=f"{answer_key(question)}:v{self.stored.version + 1}",
            team=question.team,
            order_group=group_of(question),
            call=Respond(pressed.response_url, content, replace_original=True)
            if pressed.ephemeral
            else Edit(MessageAt(pressed.channel, pressed.message_ts), content),
            due_at=self.now,
            about=about(question),
        )


Step = Callable[[Press], Decision]


def press_solved(press: Press) -> Decision:
    return press.shows(solve(press.question, press.pressed.user, press.now))


def press_thanked(press: Press) -> Decision:
    """Solved, pressed beneath our reply to thanks: the answer is closed, and the reply too."""
    question = solve(press.question, press.pressed.user, press.now)
    closed = render_answer(question, press.desk.knowledge.current.library, press.say)
    answer = OutboxItem(
        key=f"{answer_key(question)}:solved",
        team=question.team,
        order_group=group_of(question),
        call=Edit(ItemMessage(answer_key(question)), closed),
        due_at=press.now,
        about=about(question),
    )
    text = press.say("state-solved")
    return press.keeps(
        question, press.edit(question, Content(text, (rich_text(words(text)),))), answer
    )


def press_reject(press: Press) -> Decision:
    return press.shows(reject(press.question, press.pressed.user))


def press_choose(press: Press) -> Decision:
    return press.shows(choose(press.question, press.pressed.user, press.choice))


def press_show_in(press: Press) -> Decision:
    """The answer in another of our languages."""
    language = _one_of(press.choice, Language)
    return press.shows(show_in(press.question, press.pressed.user, language))


def press_platform(press: Press) -> Decision:
    """The part for one platform, in the message where it was chosen."""
    platform = _one_of(press.choice, Platform)
    question = choose_platform(press.question, press.pressed.user, platform)
    if press.pressed.channel == question.channel or question.place.private:
        return press.shows(question)
    content = render_privately(question, press.desk.knowledge.current.library, press.say)
    if content is None:
        raise AskingRefused(Refusal.NOT_OFFERED)
    return press.keeps(question, press.edit(question, content))


def press_helpdesk(press: Press) -> Decision:
    """Opens the helpdesk's form; the question goes there when the form is sent in."""
    ask_helpdesk(press.question, press.pressed.user, press.now)
    view = ask_form(press.question, press.say)
    return Decision(modal=OpenModal(press.pressed.trigger_id, view))


def press_privately(press: Press) -> Decision:
    """The whole article in a direct message; a second press changes nothing."""
    question, desk = press.question, press.desk
    if press.pressed.user != question.asker:
        raise AskingRefused(Refusal.NOT_YOURS)
    content = render_privately(question, desk.knowledge.current.library, press.say)
    if content is None:
        raise AskingRefused(Refusal.NOT_OFFERED)
    item = OutboxItem(
        key=f"{privately_key(question)}{question.shown}:{question.spoken}",
        team=question.team,
        order_group=f"direct/{question.asker}",
        call=Post(ToPerson(question.asker), content),
        due_at=press.now,
        about=about(question),
    )
    note = told(press.pressed, press.say("answer-more-privately"), press.now)
    return Decision(outbox=(item, note))


PRESSES: dict[Action, Step] = {
    Action.SOLVED: press_solved,
    Action.REJECT: press_reject,
    Action.CHOOSE: press_choose,
    Action.HELPDESK: press_helpdesk,
    Action.PRIVATELY: press_privately,
    Action.SHOW_IN: press_show_in,
    Action.PLATFORM: press_platform,
    Action.THANKED: press_thanked,
}


async def refused(pressed: Pressed, text_key: str, desk: Desk, now: datetime) -> Decision:
    """The person is told why a press does nothing."""
    say = await desk.say_to(pressed.user, pressed.channel)
    return Decision(outbox=(told(pressed, say(text_key), now),))


def told(pressed: Pressed, text: str, now: datetime) -> OutboxItem:
    """Words that only the person who pressed sees, and need not find again."""
    note = Whisper(pressed.channel, pressed.user, Content(text), pressed.thread_ts)
    response = Respond(pressed.response_url, Content(text))
    return OutboxItem(
        key=f"note:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=response if pressed.ephemeral else note,
        due_at=now,
    )


def _one_of(choice: str, kind: type[Kind]) -> Kind:
    try:
        return kind(choice)
    except ValueError:
        raise AskingRefused(Refusal.NOT_OFFERED) from None
