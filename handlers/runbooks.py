"""Runbooks for the tier that a ticket has come to: suggested in its thread, never to the asker."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.answers import best_article, render_full
from handlers.catalogue import Say
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.intake import Intake
from handlers.payloads import Pressed, read_press
from handlers.text import escaped, shortened
from handlers.ticket_refusals import whispered
from handlers.ticket_words import actions, button, live_lines
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Actor, Refusal, refused
from helpdesk.ticket import Ticket
from knowledge.article import Article, Audience, Language
from knowledge.matching import Query
from storage.outbox import Content

MOST_SUGGESTED = 2
TITLE = 24
"""docs.slack.dev/reference/views/modal-views: title, submit and close."""


class RunbookPress(StrEnum):
    SHOW = "runbook.show"


def register_runbooks(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the listener; before the catch-alls."""

    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_show(pressed, desk, now))
        await ack()

    app.action(re.compile(rf"^{re.escape(RunbookPress.SHOW)}(\.\d+)?$"))(on_press)


async def decide_show(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Open the runbook, to members of a tier that may read it."""
    try:
        actor = await desk.actor(pressed.user)
        article = best_article(pressed.value, Language.EN, desk.library)
        if article is None:
            raise refused(Refusal.UNKNOWN)
        if not _may_read(actor, article):
            raise refused(Refusal.ONLY_ASK if actor.may_only_ask else Refusal.NOT_YOUR_TIER)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    return Decision(modal=OpenModal(pressed.trigger_id, _modal(article, desk.say)))


def suggested(ticket: Ticket, tier: int, desk: HelpdeskDesk) -> Content | None:
    """The runbooks that fit the ticket, for the thread of that tier; ``None`` where none does."""
    articles = fitting_runbooks(ticket, tier, desk)
    if not articles:
        return None
    lead = desk.say("runbooks-lead")
    titles = "\n".join(f"- {escaped(article.title)}" for article in articles)
    return Content(f"{lead}\n{titles}", (live_lines(lead), actions(*_buttons(articles))))


def fitting_runbooks(ticket: Ticket, tier: int, desk: HelpdeskDesk) -> list[Article]:
    """The runbooks of the tier and those below that meet the asker's words, the findings, or the
    article that everybody reads about it, best first. Runbooks may be in one language only; that
    article leads to them from any. They are weighed against those of all tiers: what fits a higher
    one's better is no matter for this tier's."""
    matcher = desk.asking.knowledge.current.matcher
    found: dict[str, float] = {}
    for text, language in _texts(ticket, desk):
        query = Query(text, (language,), audience=Audience.TIER3, least=Audience.TIER1)
        for candidate in matcher.match(query).candidates:
            known = found.get(candidate.article_id, 0.0)
            found[candidate.article_id] = max(known, candidate.confidence)
    sure = [name for name, one in found.items() if one >= matcher.calibration.suggest_at]
    best = sorted(sure, key=lambda name: (-found[name], name))
    articles = (best_article(name, ticket.language, desk.library) for name in best)
    reader = Audience(f"tier{tier}")
    return [one for one in articles if one and reader.may_read(one.audience)][:MOST_SUGGESTED]


def _texts(ticket: Ticket, desk: HelpdeskDesk) -> Iterator[tuple[str, Language]]:
    yield ticket.words, ticket.language
    for one in ticket.findings[-1:]:
        yield one.findings.learned, desk.asking.default_language
    if ticket.topic and (topic := best_article(ticket.topic, Language.EN, desk.library)):
        yield topic.title, topic.language


def _may_read(actor: Actor, article: Article) -> bool:
    return any(Audience(f"tier{tier}").may_read(article.audience) for tier in actor.tiers)


def _buttons(articles: list[Article]) -> Iterator[dict[str, Any]]:
    for number, article in enumerate(articles):
        yield dict(button(f"{RunbookPress.SHOW}.{number}", article.title, article.id))


def _modal(article: Article, say: Say) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(say("runbooks-title"), TITLE)},
        "close": {"type": "plain_text", "text": shortened(say("topics-close"), TITLE)},
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": article.title}},
            *(dict(block) for block in render_full(article, say).blocks),
        ],
    }
