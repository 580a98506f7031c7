"""``/signpost known``: agents report known problems and lift them; people who wait are told."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from handlers.answers import best_article
from handlers.catalogue import Say, long_date
from handlers.commands import privately
from handlers.decision import NOTHING, Decision, OpenModal
from handlers.desk import Desk
from handlers.payloads import Commanded, Pressed, Submitted
from handlers.rich_text import live, rich_text, words
from handlers.roles import is_agent
from handlers.text import escaped, plain, shortened
from handlers.topics import MOST_OPTIONS, OPTION_TEXT
from knowledge.article import Article, Audience, Language, Library
from knowledge.known_problem import (
    DatePassed,
    KnownProblem,
    NothingConcerned,
    lift,
    reported,
    tell,
)
from knowledge.masking import masked
from knowledge.question import Question
from storage.kinds import KNOWN_PROBLEM, QUESTION
from storage.known_problems import standing_problems
from storage.outbox import (
    Block,
    Content,
    Edit,
    InChannel,
    MessageAt,
    OutboxItem,
    Post,
    Respond,
    ToPerson,
    Whisper,
)
from storage.port import Put
from storage.records import NEW

KNOWN_FORM = "known.form"
MOST_SHOWN = 10
MOST_TEXT = 1_000
PREFILLED = timedelta(days=7)


class KnownAction(StrEnum):
    NEW = "known.new"
    LIFT = "known.lift"


class Field(StrEnum):
    ARTICLES = "articles"
    CODES = "codes"
    UNTIL = "until"


async def decide_known(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """The known problems that stand, with the buttons to add one and to lift one."""
    say = await desk.say_to(commanded.user, commanded.channel)
    if not await is_agent(commanded.user, desk):
        content = Content(say("refusal-agents-only"))
    else:
        standing = await standing_problems(desk.store, commanded.team, now.date(), limit=MOST_SHOWN)
        person = await desk.people.person(commanded.user)
        language = (await desk.speaking(person, commanded.channel)).language()
        content = _overview(standing, desk.knowledge.current.library, language, say)
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_new(pressed: Pressed, desk: Desk, now: datetime) -> Decision:
    """Open the form; what the press was about, such as a spike, is filled in."""
    say = await desk.say_to(pressed.user, pressed.channel)
    if not await is_agent(pressed.user, desk):
        return Decision(outbox=(_note(pressed, say("refusal-agents-only"), now),))
    form = _form(
        desk.knowledge.current.library, desk.default_language, now.date(), say, pressed.value
    )
    return Decision(modal=OpenModal(pressed.trigger_id, form))


async def decide_reported(submitted: Submitted, desk: Desk, now: datetime) -> Decision:
    """Keep the problem and put its card in the tier-1 channel; errors go beside their input."""
    say = await desk.say_to(submitted.user)
    if not await is_agent(submitted.user, desk):
        return _error(desk.default_language, say("refusal-agents-only"))
    texts = {
        language: masked(plain(text)).text
        for language in Language
        if (text := submitted.values.get(language, "").strip())
    }
    try:
        problem = reported(_problem(submitted, texts, now), now.date())
    except NothingConcerned:
        return _error(Field.CODES, say("known-nothing-concerned"))
    except (DatePassed, ValueError):
        return _error(Field.UNTIL, say("known-date-passed"))
    card = OutboxItem(
        key=f"known:{problem.id}",
        team=problem.team,
        order_group=f"known/{problem.id}",
        call=Post(InChannel(desk.tier1_channel), _card(problem, desk)),
        due_at=now,
        about=f"known:{problem.id}",
    )
    return Decision(puts=(Put(KNOWN_PROBLEM, problem, NEW),), outbox=(card,))


async def decide_lift(pressed: Pressed, desk: Desk, now: datetime) -> Decision:
    """Lift the problem, and tell everybody who asked to be told."""
    say = await desk.say_to(pressed.user, pressed.channel)
    if not await is_agent(pressed.user, desk):
        return Decision(outbox=(_note(pressed, say("refusal-agents-only"), now),))
    stored = await desk.store.get(KNOWN_PROBLEM, pressed.value)
    if stored is None or stored.record.team != pressed.team or stored.record.lifted_at is not None:
        return Decision(outbox=(_note(pressed, say("known-lifted-already"), now),))
    problem = lift(stored.record, now)
    told = tuple(
        OutboxItem(
            key=f"known:{problem.id}:told:{one.user}",
            team=problem.team,
            order_group=f"direct/{one.user}",
            call=Post(ToPerson(one.user), _fixed(problem, desk.say_in(one.language), one.language)),
            due_at=now,
            about=f"known:{problem.id}",
        )
        for one in problem.waiting
    )
    shown = _shown(pressed, Content(say("known-lifted", count=len(told))), now)
    put = Put(KNOWN_PROBLEM, problem, stored.version)
    return Decision(puts=(put,), outbox=(shown, *told))


async def decide_tell_me(pressed: Pressed, desk: Desk, now: datetime) -> Decision:
    """Whoever reads the notice may ask to be told."""
    stored_question = await desk.store.get(QUESTION, pressed.value.partition(" ")[0])
    question = stored_question.record if stored_question else None
    if question is None or question.known_problem is None:
        return NOTHING
    stored = await desk.store.get(KNOWN_PROBLEM, question.known_problem)
    say = await _say_to_reader(pressed, question, desk)
    if stored is None or not stored.record.stands(now.date()):
        return Decision(outbox=(_note(pressed, say[0]("known-over"), now),))
    problem = tell(stored.record, pressed.user, say[1])
    note = _note(pressed, say[0]("known-will-tell"), now)
    return Decision(puts=(Put(KNOWN_PROBLEM, problem, stored.version),), outbox=(note,))


async def _say_to_reader(pressed: Pressed, question: Question, desk: Desk) -> tuple[Say, Language]:
    """The asker is spoken to as in the answer, others as their settings say."""
    person = await desk.people.person(pressed.user)
    heard = question.spoken if pressed.user == question.asker else None
    language = (await desk.speaking(person, pressed.channel)).language(heard)
    return desk.say_in(language), language


def _problem(submitted: Submitted, texts: Mapping[Language, str], now: datetime) -> KnownProblem:
    articles = submitted.values.get(Field.ARTICLES, "")
    codes = submitted.values.get(Field.CODES, "")
    return KnownProblem(
        id=f"{submitted.team}/{now:%Y%m%dT%H%M%S%f}",
        team=submitted.team,
        texts=texts,
        articles=tuple(one for one in articles.split(",") if one),
        codes=tuple(one.strip() for one in codes.replace(";", ",").split(",") if one.strip()),
        until=date.fromisoformat(submitted.values.get(Field.UNTIL, "")),
        reported_by=submitted.user,
        reported_at=now,
    )


def _overview(
    problems: list[KnownProblem], library: Library, language: Language, say: Say
) -> Content:
    lead = say("known-lead") if problems else say("known-none")
    blocks: list[Block] = [rich_text(words(lead))]
    lines = [lead]
    for problem in problems:
        line = _line(problem, library, language, say)
        lines.append(f"- {escaped(line)}")
        blocks += _with_lift(problem, line, say)
    adding = _button(KnownAction.NEW, say("button-known"), "new")
    blocks.append({"type": "actions", "elements": [adding]})
    return Content("\n".join(lines), tuple(blocks))


def _line(problem: KnownProblem, library: Library, language: Language, say: Say) -> str:
    titles = (_title(one, library, language) for one in problem.articles)
    bound = ", ".join((*titles, *problem.codes))
    until = long_date(problem.until, language)
    return say(
        "known-line",
        text=problem.text_in(language),
        bound=bound,
        date=until,
        count=len(problem.waiting),
    )


def _title(article_id: str, library: Library, language: Language) -> str:
    """The article's title; of one that is gone, its id."""
    article = best_article(article_id, language, library)
    return article.title if article else article_id


def _with_lift(problem: KnownProblem, line: str, say: Say) -> Iterator[Block]:
    yield rich_text(words(line))
    lifting = _button(KnownAction.LIFT, say("button-lift"), problem.id)
    yield {"type": "actions", "elements": [lifting]}


def _card(problem: KnownProblem, desk: Desk) -> Content:
    say = desk.say_in(desk.default_language)
    line = _line(problem, desk.knowledge.current.library, desk.default_language, say)
    who = say("known-card", who=f"<@{problem.reported_by}>")
    return Content(
        f"{who}\n{escaped(line)}",
        (rich_text(live(who)), *_with_lift(problem, line, say)),
    )


def _fixed(problem: KnownProblem, say: Say, language: Language) -> Content:
    text = say("known-fixed", text=problem.text_in(language))
    return Content(escaped(text), (rich_text(words(text)),))


def _form(
    library: Library, language: Language, today: date, say: Say, concerned: str = ""
) -> dict[str, Any]:
    """``concerned`` is ``article ID`` or ``code CODE`` where something is filled in."""
    kind, _, name = concerned.partition(" ")
    texts = [_text_input(one, say, optional=one is not language) for one in Language]
    articles: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": str(Field.ARTICLES),
        "options": [_option(one) for one in _articles(library, language)][:MOST_OPTIONS],
    }
    if kind == "article":
        chosen = [one for one in articles["options"] if one["value"] == name]
        articles |= {"initial_options": chosen} if chosen else {}
    codes: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": str(Field.CODES),
        "max_length": 300,
    }
    if kind == "code":
        codes |= {"initial_value": name}
    until = {
        "type": "datepicker",
        "action_id": str(Field.UNTIL),
        "initial_date": (today + PREFILLED).isoformat(),
    }
    return {
        "type": "modal",
        "callback_id": KNOWN_FORM,
        "title": {"type": "plain_text", "text": say("known-title")},
        "submit": {"type": "plain_text", "text": say("known-submit")},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "blocks": [
            *texts,
            _input(Field.ARTICLES, articles, say("known-articles"), optional=True),
            _input(Field.CODES, codes, say("known-codes"), optional=True),
            _input(Field.UNTIL, until, say("known-until"), optional=False),
        ],
    }


def _text_input(language: Language, say: Say, *, optional: bool) -> dict[str, Any]:
    element = {
        "type": "plain_text_input",
        "action_id": str(language),
        "multiline": True,
        "max_length": MOST_TEXT,
    }
    label = say("known-text", language=say(f"in-{language}".lower()))
    return _input(language, element, label, optional=optional)


def _input(block: str, element: dict[str, Any], label: str, *, optional: bool) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": str(block),
        "label": {"type": "plain_text", "text": label},
        "element": element,
        "optional": optional,
    }


def _articles(library: Library, language: Language) -> list[Article]:
    best = [(one, library.best_language(one, language, Language.EN)) for one in library.ids]
    found = [library.article(one, spoken) for one, spoken in best if spoken]
    everyone = [one for one in found if one and one.audience is Audience.EVERYONE]
    return sorted(everyone, key=lambda one: one.title.casefold())


def _option(article: Article) -> dict[str, Any]:
    title = shortened(article.title, OPTION_TEXT)
    return {"text": {"type": "plain_text", "text": title}, "value": article.id}


def _button(action: str, label: str, value: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": str(action),
        "text": {"type": "plain_text", "text": label},
        "value": value,
    }


def _error(block: str, text: str) -> Decision:
    return Decision(reply={"response_action": "errors", "errors": {str(block): text}})


def _shown(pressed: Pressed, content: Content, now: datetime) -> OutboxItem:
    """The message that was pressed on gives way to ``content``."""
    edit = Edit(MessageAt(pressed.channel, pressed.message_ts), content)
    respond = Respond(pressed.response_url, content, replace_original=True)
    item = _note(pressed, content.text, now)
    return replace(item, key=f"known:{pressed.key}", call=respond if pressed.ephemeral else edit)


def _note(pressed: Pressed, text: str, now: datetime) -> OutboxItem:
    whisper = Whisper(pressed.channel, pressed.user, Content(text), pressed.thread_ts)
    respond = Respond(pressed.response_url, Content(text))
    return OutboxItem(
        key=f"note:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=respond if pressed.ephemeral else whisper,
        due_at=now,
    )
