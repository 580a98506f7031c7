"""Enrollment guides as checklists: read and ticked off in a modal, their progress in App Home."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say
from handlers.decision import NOTHING, Decision, OpenModal
from handlers.desk import Desk
from handlers.payloads import PressedInView
from handlers.rich_text import from_markdown, rich_text
from handlers.text import shortened
from handlers.topics import MODAL_TITLE
from knowledge.article import Article, Language, Library
from knowledge.checklist import (
    GUIDES,
    Checklist,
    checklist_id,
    language_of,
    progress,
    steps_of,
    ticked,
    unticked,
)
from storage.kinds import CHECKLIST
from storage.outbox import Block
from storage.port import Put
from storage.records import NEW

MOST_STEPS = 45
"""Two blocks each, and a view holds 100 (docs.slack.dev/reference/views/modal-views)."""
DONE = "done"


class ChecklistAction(StrEnum):
    OPEN = "checklist.open"
    TICK = "checklist.tick"


async def checklists_of(team: str, user: str, desk: Desk) -> dict[str, Checklist]:
    """A person's checklists by guide."""
    found = {}
    for article_id in GUIDES.values():
        stored = await desk.store.get(CHECKLIST, checklist_id(team, user, article_id))
        if stored:
            found[article_id] = stored.record
    return found


async def decide_open(pressed: PressedInView, desk: Desk) -> Decision:
    """Open the checklist of a guide."""
    person = await desk.people.person(pressed.user)
    spoken = (await desk.speaking(person)).language()
    record_id = checklist_id(pressed.team, pressed.user, pressed.value)
    stored = await desk.store.get(CHECKLIST, record_id)
    checklist = stored.record if stored else None
    library = desk.knowledge.current.library
    article = _guide(pressed.value, language_of(checklist, spoken), library)
    if article is None:
        return NOTHING
    done = checklist.done if checklist else ()
    view = _modal(article, done, desk.say_in(spoken))
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def tick_of(pressed: PressedInView, desk: Desk, now: datetime) -> tuple[Put, Checklist]:
    """A step ticked, or its tick taken back: what is written."""
    step = int(pressed.action.rpartition(".")[2])
    article_id, _, language = pressed.metadata.partition(" ")
    record_id = checklist_id(pressed.team, pressed.user, article_id)
    stored = await desk.store.get(CHECKLIST, record_id)
    before = Checklist(
        id=record_id,
        team=pressed.team,
        user=pressed.user,
        article_id=article_id,
        language=Language(language),
        done=stored.record.done if stored else (),
        changed_at=now,
    )
    after = ticked(before, step, now) if pressed.chosen else unticked(before, step, now)
    return Put(CHECKLIST, after, stored.version if stored else NEW), after


def overview(
    checklists: Mapping[str, Checklist], language: Language, library: Library, say: Say
) -> Iterator[Block]:
    """A line and a button for each guide."""
    for number, (platform, article_id) in enumerate(GUIDES.items()):
        checklist = checklists.get(article_id)
        article = _guide(article_id, language_of(checklist, language), library)
        if article is None:
            continue
        steps = len(steps_of(article)[:MOST_STEPS])
        done = progress(checklist, steps)
        text = say("checklist-progress", device=say(f"platform-{platform}"), done=done, steps=steps)
        button = {
            "type": "button",
            "action_id": f"{ChecklistAction.OPEN}.{number}",
            "text": {"type": "plain_text", "text": say("button-checklist")},
            "value": article_id,
        }
        yield {
            "type": "section",
            "text": {"type": "plain_text", "text": text},
            "accessory": button,
        }


def _guide(article_id: str, language: Language, library: Library) -> Article | None:
    if article_id not in GUIDES.values():
        return None
    best = library.best_language(article_id, language, Language.EN)
    return library.article(article_id, best) if best else None


def _modal(article: Article, done: tuple[int, ...], say: Say) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(say("checklist-title"), MODAL_TITLE)},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "private_metadata": f"{article.id} {article.language}",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": article.title}},
            *_steps(article, done, say),
        ],
    }


def _steps(article: Article, done: tuple[int, ...], say: Say) -> Iterator[dict[str, Any]]:
    for number, step in enumerate(steps_of(article)[:MOST_STEPS], start=1):
        label = say("checklist-done", number=number)
        option = {"text": {"type": "plain_text", "text": label}, "value": DONE}
        ticks: dict[str, Any] = {
            "type": "checkboxes",
            "action_id": f"{ChecklistAction.TICK}.{number}",
            "options": [option],
        }
        if number in done:
            ticks["initial_options"] = [option]
        yield dict(rich_text(*from_markdown(f"**{number}.** {step}")))
        yield {"type": "actions", "elements": [ticks]}
