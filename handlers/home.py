"""App Home: ask, my questions and what became of them, topics, language, how to get help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers.catalogue import Say, long_date
from handlers.checklists import checklists_of, overview, tick_of
from handlers.decision import Decision
from handlers.desk import Desk, Speaking
from handlers.home_parts import (
    HomeAction,
    HomeReader,
    Page,
    Section,
    header,
    within_limits,
    words,
)
from handlers.languages import AS_WRITTEN, LanguageAction, chosen, language_of, language_options
from handlers.payloads import HomeOpened, PressedInView
from handlers.rich_text import live, rich_text
from handlers.text import shortened
from handlers.ticket_words import context
from handlers.topics import menu
from helpdesk.home import HomeTab, home_tab_id
from knowledge.article import Article, Language, Library
from knowledge.checklist import Checklist
from knowledge.question import Question, State
from storage.kinds import HOME_TAB, QUESTION, person_key
from storage.outbox import Block, OutboxItem, PublishHome
from storage.port import Order, Put
from storage.records import NEW

__all__ = [
    "HomeAction",
    "decide_home",
    "decide_home_language",
    "decide_page",
    "decide_refreshed",
    "decide_tick",
    "home_item",
]

QUESTIONS_SHOWN = 5
QUESTION_SHOWN = 300
"""Characters; enough to know it again."""


async def decide_home(opened: HomeOpened, desk: Desk, now: datetime) -> Decision:
    """Show the tab as things stand, from the first pages on."""
    puts = await _tab_put(opened.team, opened.user, {}, desk, now)
    item = await home_item(opened.team, opened.user, opened.event_id, desk, now, pages={})
    return Decision(puts=puts, outbox=(item,))


async def decide_page(pressed: PressedInView, desk: Desk, now: datetime) -> Decision:
    """Another page of one of the lists; the other lists stay where they are."""
    section, _, number = pressed.value.partition(" ")
    if section not in list(Section) or not number.isdigit():
        return await decide_refreshed(pressed, desk, now)
    stored = await desk.store.get(HOME_TAB, home_tab_id(pressed.team, pressed.user))
    pages = {**(stored.record.pages if stored else {}), section: int(number)}
    puts = await _tab_put(pressed.team, pressed.user, pages, desk, now)
    item = await home_item(pressed.team, pressed.user, pressed.key, desk, now, pages=pages)
    return Decision(puts=puts, outbox=(item,))


async def decide_refreshed(pressed: PressedInView, desk: Desk, now: datetime) -> Decision:
    """The tab as things stand now."""
    return Decision(outbox=(await home_item(pressed.team, pressed.user, pressed.key, desk, now),))


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
    pages: Mapping[str, int] | None = None,
) -> OutboxItem:
    """The tab to be published. ``just_asked``, ``just_chosen`` and ``just_ticked`` are what the
    same decision writes and the store does not have yet; ``pages`` as kept where not given."""
    speaking = await desk.speaking(await desk.people.person(user))
    if just_chosen:
        speaking = replace(speaking, chosen=just_chosen[0])
    if pages is None:
        stored = await desk.store.get(HOME_TAB, home_tab_id(team, user))
        pages = stored.record.pages if stored else {}
    language = speaking.language(await _written(team, user, just_asked, desk))
    reader = HomeReader(team, user, language, now, pages)
    view = await _view(reader, speaking, just_asked, just_ticked, desk)
    return OutboxItem(
        key=f"home:{user}:{key}",
        team=team,
        order_group=f"home/{user}",
        call=PublishHome(user, view),
        due_at=now,
        about=f"home:{user}",
    )


async def _written(
    team: str, user: str, just_asked: tuple[Question, ...], desk: Desk
) -> Language | None:
    """The language the person asked in last: who asks in Dutch reads Dutch, whatever language
    their Slack is in."""
    if just_asked:
        return just_asked[0].spoken
    found = await desk.store.find(
        QUESTION, "asker_text", person_key(team, user), limit=1, order=Order.NEWEST_FIRST
    )
    return found[0].record.spoken if found else None


async def _tab_put(
    team: str, user: str, pages: Mapping[str, int], desk: Desk, now: datetime
) -> tuple[Put, ...]:
    """What is written where the day or the pages differ from what is kept."""
    tab = HomeTab(home_tab_id(team, user), team, user, now.date(), pages)
    stored = await desk.store.get(HOME_TAB, tab.id)
    if stored and stored.record == tab:
        return ()
    return (Put(HOME_TAB, tab, stored.version if stored else NEW),)


async def _view(
    reader: HomeReader,
    speaking: Speaking,
    just_asked: tuple[Question, ...],
    just_ticked: tuple[Checklist, ...],
    desk: Desk,
) -> dict[str, Any]:
    say, library = desk.say_in(reader.language), desk.knowledge.current.library
    checklists = await checklists_of(reader.team, reader.user, desk)
    checklists |= {one.article_id: one for one in just_ticked}
    blocks = [
        *_asking(say),
        *[block for section in desk.home_sections for block in await section(reader)],
        *await _dates(reader, desk, say),
        *await _my_questions(reader, just_asked, desk, say),
        header(say("home-checklists")),
        *overview(checklists, reader.language, library, say),
        header(say("home-topics")),
        menu(library, reader.language, say),
        *_language(speaking, say),
        *_getting_help(desk, say),
    ]
    return {"type": "home", "blocks": within_limits(blocks)}


def _asking(say: Say) -> Iterator[Block]:
    yield header(say("home-title"))
    yield words(say("help-ask"))
    ask = {
        "type": "button",
        "action_id": str(HomeAction.ASK),
        "text": {"type": "plain_text", "text": say("button-ask-question")},
        "style": "primary",
    }
    again = {
        "type": "button",
        "action_id": str(HomeAction.REFRESH),
        "text": {"type": "plain_text", "text": say("button-refresh")},
    }
    yield {"type": "actions", "elements": [ask, again]}


async def _dates(reader: HomeReader, desk: Desk, say: Say) -> Sequence[Block]:
    """The person's own dates in the rollout, where the plan has them."""
    if desk.rollout is None:
        return ()
    dates = await desk.rollout.dates_for(reader.user, reader.language, reader.now)
    return (header(say("home-dates")), *dates) if dates else ()


async def _my_questions(
    reader: HomeReader, just_asked: tuple[Question, ...], desk: Desk, say: Say
) -> list[Block]:
    page = reader.page(Section.QUESTIONS, QUESTIONS_SHOWN)
    # Only what still has its words is listed, so that a page is never an empty one.
    stored = await desk.store.find(
        QUESTION,
        "asker_text",
        person_key(reader.team, reader.user),
        limit=page.limit,
        order=Order.NEWEST_FIRST,
    )
    questions = [one for one in (*just_asked, *(one.record for one in stored)) if one.text]
    if not questions:
        return [header(say("home-my-questions")), words(say("home-no-questions"))]
    library = desk.knowledge.current.library
    return [header(say("home-my-questions")), *_listed(questions, page, reader, library, say)]


def _listed(
    questions: Sequence[Question], page: Page, reader: HomeReader, library: Library, say: Say
) -> Iterator[Block]:
    start = page.start(len(questions))
    for question in questions[start : start + page.size]:
        yield words(shortened(question.text, QUESTION_SHOWN))
        day = long_date(question.asked_at.date(), reader.language)
        yield context(say("home-outcome", outcome=_outcome(question, library, say), date=day))
    yield from page.turning(len(questions), say)


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
    yield header(say("home-language"))
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
    yield header(say("home-help"))
    text = say("home-help-how", channels=channels)
    yield rich_text(live(text))
