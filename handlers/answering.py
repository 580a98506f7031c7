"""From what a person wrote to what is answered, wherever it was written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.answers import render_answer, render_offer, render_thanks, with_secret_note
from handlers.catalogue import Say
from handlers.desk import Desk, Speaking
from handlers.payloads import Said
from handlers.text import has_words, question_text
from knowledge.article import Language
from knowledge.following import match_parts
from knowledge.interrogative import reads_as_question
from knowledge.known_problem import KnownProblem, noticed
from knowledge.masking import Masked, masked
from knowledge.matching import Match, Outcome
from knowledge.question import Place, Question, State, question_id, with_match
from knowledge.smalltalk import SmallTalk
from storage.kinds import ANNOUNCEMENT as RECORDED_ANNOUNCEMENT
from storage.kinds import QUESTION, asker_thread_key, person_key
from storage.known_problems import standing_problems
from storage.outbox import Content
from storage.port import Order, Put

WANTS_PEOPLE = (SmallTalk.HUMAN, SmallTalk.ANGER)

STILL_TALKING = timedelta(minutes=30)
"""How long a direct message goes on from the question before it, outside a thread."""
REMEMBERED_TURNS = 10
ANNOUNCEMENT = "announcement:"
"""How outbox items refer to an announcement that stands in a channel."""

WORTH_A_GUESS = 0.4
"""Confidence from which suggestions are made to what does not read as a question: people in a
question channel also talk to each other, and half-hearted guesses would join in."""


@dataclass(frozen=True)
class Talk:
    """What was asked before in the same conversation, newest first, by the same person.
    ``in_thread``: the conversation is one thread, so nothing is offered in it twice.
    ``addressed``: the message is meant for us although it names us not. ``announcement`` is the id
    of the announcement beneath which it stands."""

    before: tuple[Question, ...] = ()
    in_thread: bool = False
    addressed: bool = False
    announcement: str = ""

    @property
    def last(self) -> Question | None:
        return self.before[0] if self.before else None

    @property
    def offered(self) -> frozenset[str]:
        if not self.in_thread:
            return frozenset()
        return frozenset(one for question in self.before for one in question.offered)


@dataclass(frozen=True)
class Reply:
    """What is said, and the question it is about; ``None`` where there was no question."""

    content: Content
    question: Question | None = None


async def talk_of(said: Said, desk: Desk, now: datetime) -> Talk:
    """The conversation that the message belongs to."""
    if said.thread_ts is not None:
        return await _thread_of(said, said.thread_ts, desk)
    if not said.direct:
        return Talk()
    recent = await desk.store.find(
        QUESTION,
        "asker",
        person_key(said.team, said.user),
        limit=1,
        order=Order.NEWEST_FIRST,
    )
    before = tuple(
        one.record
        for one in recent
        if one.record.place.private
        and one.record.ts < said.ts
        and now - one.record.asked_at < STILL_TALKING
    )
    return Talk(before)


async def replies(
    said: Said, place: Place, desk: Desk, now: datetime, talk: Talk = Talk()
) -> list[Reply]:
    """What to answer; nothing where it is better to be quiet."""
    person = await desk.people.person(said.user)
    if person.bot:
        return []
    speaking = await desk.speaking(person, said.channel)
    text = masked(question_text(said.text, desk.bot_user))
    if not has_words(text.text):
        if text.found:
            return [Reply(with_secret_note(Content(""), desk.say_in(speaking.language())))]
        return _to_no_words(said, place, desk.say_in(speaking.language()), desk, talk)
    problems = tuple(await standing_problems(desk.store, said.team, now.date()))
    hearing = _Hearing(said, place, text, speaking, desk, now, talk, problems)
    answers = await _of_wave(hearing.replies(), talk.announcement, desk, now)
    return await _with_live(answers, desk)


async def _of_wave(
    answers: list[Reply], announcement: str, desk: Desk, now: datetime
) -> list[Reply]:
    """The answers with the wave in which their questions were asked: that of the announcement
    beneath which they stand, else the asker's own."""
    asker = next((one.question.asker for one in answers if one.question), None)
    if asker is None:
        return answers
    stored = await desk.store.get(RECORDED_ANNOUNCEMENT, announcement) if announcement else None
    own = stored.record.planned or announcement if stored else ""
    wave = own or await desk.wave_of(asker, now)
    return [
        replace(one, question=replace(one.question, wave=wave)) if one.question else one
        for one in answers
    ]


async def _with_live(answers: list[Reply], desk: Desk) -> list[Reply]:
    """What is true of the moment comes before the article that speaks of it."""
    extended: list[Reply] = []
    for one in answers:
        question = one.question
        live = desk.live_answers.get(question.shown or "") if question else None
        if live and question:
            content = await live(question.asker, question.text, question.language)
            extended += [Reply(content)] if content else []
        extended.append(one)
    return extended


@dataclass(frozen=True)
class _Hearing:
    said: Said
    place: Place
    text: Masked
    speaking: Speaking
    desk: Desk
    now: datetime
    talk: Talk
    problems: tuple[KnownProblem, ...]

    def replies(self) -> list[Reply]:
        """What is said; somebody who wrote a secret is told in any case."""
        last = self.talk.last
        matched = match_parts(
            self.desk.knowledge.current.matcher,
            self.text.text,
            self._languages(),
            last.text if last else "",
        )
        first = self._question(*matched[0], 1)
        smalltalk = matched[0][1].smalltalk
        if smalltalk is not None:
            return self._with_word(self._to_small_talk(smalltalk, first), first)
        answered: list[Reply] = []
        offered = self.talk.offered
        for number, (text, match) in enumerate(matched, start=1):
            question = with_match(self._question(text, match, number), match, offered)
            if self._better_quiet(question, match):
                continue
            concerned = noticed(question, match, self.problems, self.now.date())
            answered.append(self._answer(concerned))
            offered |= question.offered
        return self._with_word(answered, first)

    def _with_word(self, answered: list[Reply], question: Question) -> list[Reply]:
        """The replies; where none of them says so, the last says that a secret was seen."""
        if not self.text.found or any(one.question for one in answered):
            return answered
        content = answered[-1].content if answered else Content("")
        noted = with_secret_note(content, self.desk.say_in(question.language))
        return [*answered[:-1], Reply(noted)]

    def _answer(self, question: Question) -> Reply:
        say = self.desk.say_in(question.language)
        return Reply(render_answer(question, self.desk.knowledge.current.library, say), question)

    def _question(self, text: str, match: Match, number: int) -> Question:
        said, last = self.said, self.talk.last
        heard = match.language if match.other_language is None else None
        return Question(
            id=question_id(said.team, said.channel, said.ts, number),
            team=said.team,
            asker=said.user,
            place=self.place,
            channel=said.channel,
            ts=said.ts,
            thread_ts=thread_of_answer(said, self.place),
            text=text,
            language=self.speaking.language(heard, last.language if last else None),
            asked_at=self.now,
            state=State.UNMATCHED,
            outcome=Outcome.NONE,
            secrets=self.text.found,
            files=said.attached,
        )

    def _languages(self) -> tuple[Language, ...]:
        last = self.talk.last
        before = (last.language,) if last else ()
        return tuple(dict.fromkeys((*self.speaking.preferred[:1], *before)))

    def _better_quiet(self, question: Question, match: Match) -> bool:
        """In a channel people also talk to each other: what does not read as a question is left
        alone unless it surely meets an article, or at top level any."""
        if self.place is not Place.QUESTION_CHANNEL or self.talk.addressed:
            return False
        if reads_as_question(self.text.text):
            return False
        if self.talk.in_thread:
            return match.outcome is not Outcome.ANSWER or question.repeated
        if match.outcome is Outcome.SUGGESTIONS:
            return question.confidence < WORTH_A_GUESS
        return match.outcome is Outcome.NONE and not question.secrets

    def _to_small_talk(self, kind: SmallTalk, question: Question) -> list[Reply]:
        say = self.desk.say_in(question.language)
        if kind in WANTS_PEOPLE:
            return [Reply(render_offer(question, say(f"smalltalk-{kind}"), say), question)]
        last = self.talk.last
        if kind is SmallTalk.THANKS and last and last.state is State.ANSWERED:
            return [Reply(render_thanks(last, say))]
        if self.place is Place.QUESTION_CHANNEL:
            return []
        return [Reply(Content(say(f"smalltalk-{kind}")))]


async def counted(user: str, talk: Talk, desk: Desk, now: datetime) -> tuple[Put, ...]:
    """A question beneath an announcement counts for its wave."""
    if not talk.announcement or desk.rollout is None:
        return ()
    return await desk.rollout.asked_beneath(user, talk.announcement, now)


def thread_of_answer(said: Said, place: Place) -> str | None:
    """The thread that the answer to a message goes into."""
    return said.thread_ts if place.private else said.thread_ts or said.ts


def about(question: Question) -> str:
    """How outbox items refer to a question."""
    return f"question:{question.id}"


def answer_key(question: Question) -> str:
    """The key of the outbox item that became the answer."""
    return f"answer:{question.id}"


def privately_key(question: Question) -> str:
    """What the keys of the private copies of the answer begin with."""
    return f"privately:{question.id}:"


def group_of(question: Question) -> str:
    """The order group of what is sent about a question."""
    return f"{question.channel}/{question.thread_ts or question.ts}"


def _to_no_words(said: Said, place: Place, say: Say, desk: Desk, talk: Talk) -> list[Reply]:
    if place is Place.QUESTION_CHANNEL and not said.files:
        return []
    if said.files:
        return [Reply(Content(say("help-words-for-picture")))]
    wordless = said.text.strip() and said.text.strip() != f"<@{desk.bot_user}>"
    return [Reply(Content(say("help-words-needed" if wordless else "help-ask")))]


async def _thread_of(said: Said, thread_ts: str, desk: Desk) -> Talk:
    found = await desk.store.find(
        QUESTION,
        "asker_thread",
        asker_thread_key(said.team, said.channel, thread_ts, said.user),
        limit=REMEMBERED_TURNS,
        order=Order.NEWEST_FIRST,
    )
    mine = tuple(one.record for one in found)
    root = await desk.store.entry_at(said.team, said.channel, thread_ts)
    about_root = root.item.about if root else ""
    if about_root.startswith(ANNOUNCEMENT):
        announcement = about_root.removeprefix(ANNOUNCEMENT)
        return Talk(_earlier(mine, said.ts), in_thread=bool(mine), announcement=announcement)
    if not mine:
        mine = await _answered_there(said, about_root, desk)
    if mine:
        return Talk(_earlier(mine, said.ts), in_thread=True)
    asked_for_words = await desk.store.outbox_entry(remark_key(said, thread_ts))
    return Talk(in_thread=True, addressed=asked_for_words is not None)


async def _answered_there(said: Said, about_root: str, desk: Desk) -> tuple[Question, ...]:
    """The question whose answer the thread hangs on, as in a direct message."""
    if not about_root.startswith("question:"):
        return ()
    stored = await desk.store.get(QUESTION, about_root.removeprefix("question:"))
    return (stored.record,) if stored and stored.record.asker == said.user else ()


def _earlier(questions: Sequence[Question], ts: str) -> tuple[Question, ...]:
    return tuple(one for one in questions if one.ts < ts and one.state is not State.WITHDRAWN)


def remark_key(said: Said, ts: str | None = None) -> str:
    """The key of what was replied to a message, or to the one at ``ts``, that was no question."""
    at = said if ts is None else replace(said, ts=ts, revision="")
    return f"remark:{message_key(at)}"


def message_key(said: Said) -> str:
    """One key for a message however often and in whatever events it arrives: a mention comes
    twice, as ``app_mention`` and as ``message``."""
    revision = f":{said.revision}" if said.revision else ""
    return f"message:{said.team}:{said.channel}:{said.ts}{revision}"
