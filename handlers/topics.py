"""What one can ask about: the articles, browsed by device, and read in a modal."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.answers import render_full
from handlers.catalogue import Say
from handlers.commands import privately
from handlers.decision import NOTHING, Decision, OpenModal
from handlers.desk import Desk
from handlers.payloads import Commanded
from handlers.rich_text import rich_text, words
from handlers.text import escaped, shortened
from knowledge.article import Article, Audience, Language, Library, Platform
from storage.outbox import Block, Content

OPTION_TEXT = 75
"""docs.slack.dev/reference/block-kit/composition-objects/option-object"""
MOST_OPTIONS = 100
"""In a select, or in a group of it (docs.slack.dev/reference/block-kit/block-elements/
select-menu-element)."""
MODAL_TITLE = 24
"""docs.slack.dev/reference/views/modal-views"""


class TopicAction(StrEnum):
    READ = "topic.read"


async def decide_topics(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """The topics, with a menu to read one."""
    person = await desk.people.person(commanded.user)
    language = (await desk.speaking(person, commanded.channel)).language()
    content = topics(desk.knowledge.current.library, language, desk.say_in(language))
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_read(user: str, value: str, trigger_id: str, desk: Desk) -> Decision:
    """Open the article of a chosen topic, in the person's language."""
    article_id = value.partition(" ")[2]
    library = desk.knowledge.current.library
    person = await desk.people.person(user)
    language = (await desk.speaking(person)).language()
    best = library.best_language(article_id, language, Language.EN)
    article = library.article(article_id, best) if best else None
    if article is None or article.audience is not Audience.EVERYONE:
        return NOTHING
    return Decision(modal=OpenModal(trigger_id, _modal(article, desk.say_in(language))))


def topics(library: Library, language: Language, say: Say) -> Content:
    """Every topic by device, as words and as a menu."""
    lead = say("topics-lead")
    named = [
        f"{escaped(_group_name(platform, say))}: {escaped(' · '.join(one.title for one in group))}"
        for platform, group in _grouped(library, language).items()
    ]
    text = "\n".join([lead, *named])
    return Content(text, (rich_text(words(lead)), menu(library, language, say)))


def menu(library: Library, language: Language, say: Say) -> Block:
    """The menu of topics, grouped by device."""
    groups = [
        {
            "label": {"type": "plain_text", "text": _group_name(platform, say)},
            "options": [_option(platform, one) for one in group[:MOST_OPTIONS]],
        }
        for platform, group in _grouped(library, language).items()
    ]
    select: dict[str, Any] = {
        "type": "static_select",
        "action_id": str(TopicAction.READ),
        "placeholder": {"type": "plain_text", "text": say("topics-placeholder")},
        "option_groups": groups,
    }
    return {"type": "actions", "elements": [select]}


def _modal(article: Article, say: Say) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(say("topics-title"), MODAL_TITLE)},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "blocks": [dict(block) for block in render_full(article, say).blocks],
    }


def _grouped(library: Library, language: Language) -> dict[Platform | None, list[Article]]:
    """Articles for everyone by the one platform they are about; ``None`` for the others."""
    found: dict[Platform | None, list[Article]] = {None: [], **{one: [] for one in Platform}}
    for article_id in library.ids:
        best = library.best_language(article_id, language, Language.EN)
        article = library.article(article_id, best) if best else None
        if article and article.audience is Audience.EVERYONE:
            only = next(iter(article.platforms)) if len(article.platforms) == 1 else None
            found[only].append(article)
    return {
        platform: sorted(group, key=lambda one: one.title.casefold())
        for platform, group in found.items()
        if group
    }


def _group_name(platform: Platform | None, say: Say) -> str:
    return say(f"platform-{platform}") if platform else say("topics-every-device")


def _option(platform: Platform | None, article: Article) -> dict[str, Any]:
    return {
        "text": {"type": "plain_text", "text": shortened(article.title, OPTION_TEXT)},
        "value": f"{platform or 'all'} {article.id}",
    }
