"""Asking: messages in direct messages, mentions and question channels, and the buttons beneath an
answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.answers import best_article, render_answer, render_full, render_offer
from handlers.catalogue import Catalogue, Say
from handlers.decision import NOTHING, Decision
from handlers.handover import handover
from handlers.payloads import Pressed, Said
from handlers.ports import People
from handlers.text import has_words, question_text
from helpdesk.people import Person
from knowledge.article import Language
from knowledge.matching import Match, Outcome, Query
from knowledge.question import (
    AskingRefused,
    Place,
    Question,
    Refusal,
    State,
    ask_helpdesk,
    choose,
    question_id,
    reject,
    solve,
    with_match,
)
from knowledge.smalltalk import SmallTalk
from knowledge.watching import Knowledge
from storage.kinds import QUESTION
from storage.outbox import (
    Content,
    Edit,
    InChannel,
    MessageAt,
    OutboxItem,
    Post,
    ToPerson,
    Whisper,
)
from storage.port import Put, Store
from storage.records import NEW, Stored

_WANTS_PEOPLE = (SmallTalk.HUMAN, SmallTalk.ANGER)


@dataclass(frozen=True)
class Desk:
    """What asking needs to know and reach."""

    store: Store
    knowledge: Knowledge
    people: People
    catalogue: Catalogue
    bot_user: str
    question_channels: frozenset[str]
    tier1_channel: str
    default_language: Language

    def say_in(self, language: Language) -> Say:
        return self.catalogue.sayer(language)


def place_of(said: Said, desk: Desk) -> Place | None:
    """Where the message asks us something, or ``None`` when it is not for us."""
    if said.direct:
        return Place.DIRECT
    if f"<@{desk.bot_user}" in said.text:
        return Place.MENTION
    if said.channel in desk.question_channels and said.thread_ts is None:
        return Place.QUESTION_CHANNEL
    return None


def message_key(said: Said) -> str:
    """One key for a message however often and in whatever events it arrives: a mention comes
    twice, as ``app_mention`` and as ``message``."""
    return f"message:{said.team}:{said.channel}:{said.ts}"


async def decide_message(said: Said, desk: Desk, now: datetime) -> Decision:
    """What to do about a message of a person."""
    place = place_of(said, desk)
    if place is None:
        return NOTHING
    text = question_text(said.text, desk.bot_user)
    person = await desk.people.person(said.user)
    if person.bot:
        return NOTHING
    if not has_words(text):
        return _answer_to_nothing(said, place, person, desk, now)
    match = desk.knowledge.current.matcher.match(Query(text, _languages(person)))
    language = _language(match, person, desk)
    question = with_match(_asked(said, place, text, language, now), match)
    if match.smalltalk is not None:
        return _small_talk(match.smalltalk, question, said, desk, now)
    if place is Place.QUESTION_CHANNEL and _is_no_question(question, match):
        return NOTHING
    content = render_answer(question, desk.knowledge.current.library, desk.say_in(language))
    return _answered(question, content, said, now)


async def decide_press(pressed: Pressed, step: "Step", desk: Desk, now: datetime) -> Decision:
    """What to do about a press on an answer; authorised anew against the question as stored."""
    question_key, _, choice = pressed.value.partition(" ")
    stored = await desk.store.get(QUESTION, question_key)
    if stored is None or stored.record.team != pressed.team:
        return await _refused(pressed, "refusal-outdated", desk, now)
    try:
        return step(_Press(pressed, stored, choice, desk, now))
    except AskingRefused as refused:
        return await _refused(pressed, f"refusal-{refused.refusal}", desk, now)


@dataclass(frozen=True)
class _Press:
    pressed: Pressed
    stored: Stored[Question]
    choice: str
    desk: Desk
    now: datetime

    @property
    def question(self) -> Question:
        return self.stored.record

    def shows(self, question: Question, *others: OutboxItem) -> Decision:
        """The question changed, the message shown anew, and what else is to be sent."""
        desk = self.desk
        content = render_answer(
            question, desk.knowledge.current.library, desk.say_in(question.language)
        )
        edit = OutboxItem(
            key=f"answer:{question.id}:v{self.stored.version + 1}",
            team=question.team,
            order_group=_group(question),
            call=Edit(MessageAt(self.pressed.channel, self.pressed.message_ts), content),
            due_at=self.now,
            about=about(question),
        )
        put = Put(QUESTION, question, self.stored.version)
        return Decision(puts=(put,), outbox=(edit, *others))


Step = Callable[[_Press], Decision]


def press_solved(press: _Press) -> Decision:
    return press.shows(solve(press.question, press.pressed.user, press.now))


def press_reject(press: _Press) -> Decision:
    return press.shows(reject(press.question, press.pressed.user))


def press_choose(press: _Press) -> Decision:
    return press.shows(choose(press.question, press.pressed.user, press.choice))


def press_helpdesk(press: _Press) -> Decision:
    question = ask_helpdesk(press.question, press.pressed.user, press.now)
    desk = press.desk
    return press.shows(
        question,
        handover(
            question,
            desk.knowledge.current.library,
            desk.say_in(desk.default_language),
            desk.tier1_channel,
            press.now,
        ),
    )


def press_privately(press: _Press) -> Decision:
    """The whole article in a direct message; a second press changes nothing."""
    question, desk = press.question, press.desk
    if press.pressed.user != question.asker:
        raise AskingRefused(Refusal.NOT_YOURS)
    article = best_article(question.shown, question.language, desk.knowledge.current.library)
    if article is None:
        raise AskingRefused(Refusal.NOT_OFFERED)
    say = desk.say_in(question.language)
    item = OutboxItem(
        key=f"privately:{question.id}:{article.id}",
        team=question.team,
        order_group=f"direct/{question.asker}",
        call=Post(ToPerson(question.asker), render_full(article, say)),
        due_at=press.now,
        about=about(question),
    )
    note = Whisper(
        press.pressed.channel,
        question.asker,
        Content(say("answer-more-privately")),
        press.pressed.thread_ts,
    )
    return Decision(outbox=(item, _note(press.pressed, note, press.now)))


def about(question: Question) -> str:
    """How outbox items refer to a question."""
    return f"question:{question.id}"


def _asked(said: Said, place: Place, text: str, language: Language, now: datetime) -> Question:
    return Question(
        id=question_id(said.team, said.channel, said.ts),
        team=said.team,
        asker=said.user,
        place=place,
        channel=said.channel,
        ts=said.ts,
        thread_ts=_thread_of_answer(said, place),
        text=text,
        language=language,
        asked_at=now,
        state=State.UNMATCHED,
        outcome=Outcome.NONE,
    )


def _thread_of_answer(said: Said, place: Place) -> str | None:
    return said.thread_ts if place is Place.DIRECT else said.thread_ts or said.ts


def _answered(question: Question, content: Content, said: Said, now: datetime) -> Decision:
    return Decision(
        keys=(message_key(said),),
        puts=(Put(QUESTION, question, NEW),),
        outbox=(_reply(question, content, now),),
    )


def _reply(question: Question, content: Content, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"answer:{question.id}",
        team=question.team,
        order_group=_group(question),
        call=Post(
            InChannel(question.channel, question.thread_ts), content, fallback_user=question.asker
        ),
        due_at=now,
        about=about(question),
    )


def _group(question: Question) -> str:
    return f"{question.channel}/{question.thread_ts or question.ts}"


def _answer_to_nothing(
    said: Said, place: Place, person: Person, desk: Desk, now: datetime
) -> Decision:
    if place is Place.QUESTION_CHANNEL:
        return NOTHING
    say = desk.say_in(_language_of_person(person, desk))
    key = "help-words-needed" if said.files or said.text.strip() else "help-ask"
    addressed = said.text.strip() == f"<@{desk.bot_user}>"
    return _remark(said, place, Content(say("help-ask" if addressed else key)), now)


def _small_talk(
    kind: SmallTalk, question: Question, said: Said, desk: Desk, now: datetime
) -> Decision:
    if question.place is Place.QUESTION_CHANNEL and kind not in _WANTS_PEOPLE:
        return NOTHING
    say = desk.say_in(question.language)
    if kind in _WANTS_PEOPLE:
        unmatched = replace(question, state=State.UNMATCHED)
        return _answered(
            unmatched, render_offer(unmatched, say(f"smalltalk-{kind}"), say), said, now
        )
    return _remark(said, question.place, Content(say(f"smalltalk-{kind}")), now)


def _remark(said: Said, place: Place, content: Content, now: datetime) -> Decision:
    """A reply to what was no question; nothing but the message itself is kept."""
    thread = _thread_of_answer(said, place)
    item = OutboxItem(
        key=f"remark:{message_key(said)}",
        team=said.team,
        order_group=f"{said.channel}/{thread or said.ts}",
        call=Post(InChannel(said.channel, thread), content, fallback_user=said.user),
        due_at=now,
        about=f"message:{said.channel}/{said.ts}",
    )
    return Decision(keys=(message_key(said),), outbox=(item,))


async def _refused(pressed: Pressed, text_key: str, desk: Desk, now: datetime) -> Decision:
    person = await desk.people.person(pressed.user)
    text = desk.say_in(_language_of_person(person, desk))(text_key)
    note = Whisper(pressed.channel, pressed.user, Content(text), pressed.thread_ts)
    return Decision(outbox=(_note(pressed, note, now),))


def _note(pressed: Pressed, note: Whisper, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"note:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=note,
        due_at=now,
    )


def _is_no_question(question: Question, match: Match) -> bool:
    """In a question channel people also talk to each other: what nothing matches and does not
    read as a question is left alone."""
    return match.outcome is Outcome.NONE and not reads_as_question(question.text)


def reads_as_question(text: str) -> bool:
    """Whether the text asks something, by its punctuation."""
    return "?" in text or "？" in text or text.rstrip("。.! ").endswith(("嗎", "呢"))


def _languages(person: Person) -> tuple[Language, ...]:
    language = Language.from_tag(person.locale) if person.locale else None
    return (language,) if language else ()


def _language(match: Match, person: Person, desk: Desk) -> Language:
    """The language of the question, else of the person's Slack, else the default."""
    if match.other_language is None and match.language is not None:
        return match.language
    return _language_of_person(person, desk)


def _language_of_person(person: Person, desk: Desk) -> Language:
    known = Language.from_tag(person.locale) if person.locale else None
    return known or desk.default_language
