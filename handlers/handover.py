"""A question handed to the helpdesk: what the tier-1 channel reads."""

from datetime import datetime

from handlers.answers import best_article
from handlers.catalogue import Say
from handlers.rich_text import rich_text
from handlers.text import escaped, shortened
from knowledge.article import Library
from knowledge.question import Place, Question
from storage.outbox import Block, Content, InChannel, OutboxItem, Post

QUESTION_ON_CARD = 2_000
"""Characters; leaves room for the rest within the 4,000 that a message text should keep to
(docs.slack.dev/reference/methods/chat.postMessage)."""


def handover(
    question: Question, library: Library, say: Say, tier1_channel: str, now: datetime
) -> OutboxItem:
    """The message that puts the question before tier 1, in the asker's own words."""
    return OutboxItem(
        key=f"handover:{question.id}",
        team=question.team,
        order_group=f"handover/{question.id}",
        call=Post(InChannel(tier1_channel), _card(question, library, say)),
        due_at=now,
        about=f"question:{question.id}",
    )


def _card(question: Question, library: Library, say: Say) -> Content:
    asker = f"<@{question.asker}>"
    place = (
        say("helpdesk-card-direct-message")
        if question.place is Place.DIRECT
        else f"<#{question.channel}>"
    )
    words = shortened(question.text, QUESTION_ON_CARD)
    where = say("helpdesk-card-where", place=place, language=_language_name(question, say))
    offered = _offered(question, library, say)
    return Content(
        text=say("helpdesk-card", asker=asker, question=escaped(words)),
        blocks=(
            _mrkdwn(say("helpdesk-card", asker=asker, question="")),
            _quoted(words),
            _mrkdwn(f"{where}\n{escaped(offered)}"),
        ),
    )


def _quoted(words: str) -> Block:
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]}
    return rich_text(quote)


def _mrkdwn(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _offered(question: Question, library: Library, say: Say) -> str:
    ids = dict.fromkeys([*question.rejected, *([question.shown] if question.shown else [])])
    articles = [best_article(one, question.language, library) for one in ids]
    titles = [article.title for article in articles if article]
    if not titles:
        return say("helpdesk-card-nothing-offered")
    return say("helpdesk-card-offered", titles=" · ".join(titles))


def _language_name(question: Question, say: Say) -> str:
    return say(f"in-{question.language}".lower())
