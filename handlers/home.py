"""App Home: ask, my questions and what became of them, topics, language, how to get help."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say, long_date
from handlers.checklists import checklists_of, overview, tick_of
from handlers.decision import Decision
from handlers.desk import Desk, Speaking
from handlers.languages import AS_WRITTEN, LanguageAction, chosen, language_of, language_options
from handlers.payloads import HomeOpened, PressedInView
from handlers.text import shortened
from handlers.topics import menu
from knowledge.article import Article, Language, Library
from knowledge.checklist import Checklist
from knowledge.question import Question, State
from storage.kinds import QUESTION, person_key
from storage.outbox import Block, OutboxItem, PublishHome
from storage.port import Order

MY_QUESTIONS = 10
QUESTION_SHOWN = 300
"""Characters; enough to know it again."""


class HomeAction(StrEnum):
    ASK = "home.ask"


async def decide_home(opened: HomeOpened, desk: Desk, now: datetime) -> Decision:
    """Show the tab as things stand."""
    return Decision(outbox=(await home_item(opened.team, opened.user, opened.event_id, desk, now),))


async def decide_home_language(pressed: PressedInView, desk: Desk, now: datetime) -> Decision:
    """Keep the language, and show the tab in it."""
    language = language_of(pressed.value)
    put, _ = await chosen(pressed.user, language, desk)
    item = await home_item(pressed.team, pressed.user, pressed.key, desk, now, (), (language,))
    return Decision(puts=(put,), outbox=(item,))


async def decide_tick(pressed: PressedInView, desk: Desk, now: datetime) -> Decision:
    """Keep the tick, and show the progress in the tab."""
    put, checklist = await tick_of(pressed, desk, now)
    item = await home_item(
        pressed.team, pressed.user, pressed.key, desk, now, just_ticked=(checklist,)
    )
    return Decision(puts=(put,), outbox=(item,))


async def home_item(
    team: str,
    user: str,
    key: str,
    desk: Desk,
    now: datetime,
    just_asked: tuple[Question, ...] = (),
    just_chosen: tuple[Language | None, ...] = (),
    just_ticked: tuple[Checklist, ...] = (),
) -> OutboxItem:
    """The tab to be published. ``just_asked``, ``just_chosen`` and ``just_ticked`` are what the
    same decision writes and the store does not have yet."""
    speaking = await desk.speaking(await desk.people.person(user))
    if just_chosen:
        speaking = Speaking(just_chosen[0], speaking.slack, speaking.channel, speaking.default)
    stored = await desk.store.find(
        QUESTION, "asker", person_key(team, user), limit=MY_QUESTIONS, order=Order.NEWEST_FIRST
    )
    checklists = await checklists_of(team, user, desk)
    checklists |= {one.article_id: one for one in just_ticked}
    questions = [*just_asked, *(one.record for one in stored)][:MY_QUESTIONS]
    return OutboxItem(
        key=f"home:{user}:{key}",
        team=team,
        order_group=f"home/{user}",
        call=PublishHome(user, _view(questions, checklists, speaking, desk)),
        due_at=now,
        about=f"home:{user}",
    )


def _view(
    questions: Sequence[Question],
    checklists: Mapping[str, Checklist],
    speaking: Speaking,
    desk: Desk,
) -> dict[str, Any]:
    language = speaking.language()
    say, library = desk.say_in(language), desk.knowledge.current.library
    return {
        "type": "home",
        "blocks": [
            *_asking(say),
            _header(say("home-checklists")),
            *overview(checklists, language, library, say),
            *_my_questions(questions, language, library, say),
            _header(say("home-topics")),
            menu(library, language, say),
            *_language(speaking, say),
            *_getting_help(desk, say),
        ],
    }


def _asking(say: Say) -> Iterator[Block]:
    yield _header(say("home-title"))
    yield _words(say("help-ask"))
    button = {
        "type": "button",
        "action_id": str(HomeAction.ASK),
        "text": {"type": "plain_text", "text": say("button-ask-question")},
        "style": "primary",
    }
    yield {"type": "actions", "elements": [button]}


def _my_questions(
    questions: Sequence[Question], language: Language, library: Library, say: Say
) -> Iterator[Block]:
    yield _header(say("home-my-questions"))
    shown = [one for one in questions if one.text]
    if not shown:
        yield _words(say("home-no-questions"))
    for question in shown:
        yield _words(shortened(question.text, QUESTION_SHOWN))
        day = long_date(question.asked_at.date(), language)
        yield _context(say("home-outcome", outcome=_outcome(question, library, say), date=day))


def _outcome(question: Question, library: Library, say: Say) -> str:
    """What became of the question, with the article that answered it."""
    outcome = say(f"outcome-{question.state}")
    article = _article(question, library)
    answered = article and question.state in (State.ANSWERED, State.SOLVED)
    return f"{outcome}: {article.title}" if article and answered else outcome


def _article(question: Question, library: Library) -> Article | None:
    if question.shown is None:
        return None
    best = library.best_language(question.shown, question.spoken, Language.EN)
    return library.article(question.shown, best) if best else None


def _language(speaking: Speaking, say: Say) -> Iterator[Block]:
    yield _header(say("home-language"))
    options = language_options(say)
    value = speaking.chosen.value if speaking.chosen else AS_WRITTEN
    select = {
        "type": "static_select",
        "action_id": str(LanguageAction.CHOOSE),
        "options": options,
        "initial_option": next(one for one in options if one["value"] == value),
    }
    text = {"type": "plain_text", "text": say("language-choose")}
    yield {"type": "section", "text": text, "accessory": select}


def _getting_help(desk: Desk, say: Say) -> Iterator[Block]:
    channels = ", ".join(f"<#{one}>" for one in sorted(desk.question_channels))
    yield _header(say("home-help"))
    text = say("home-help-how", channels=channels)
    yield {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _words(text: str) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text}]}
