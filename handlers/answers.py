"""The answer message: a question as it stands, shown. Rendered from state alone, so that showing it
again is harmless."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say, long_date
from handlers.rich_text import as_plain_text, from_markdown, rich_text, words
from handlers.text import escaped, shortened
from knowledge.article import Article, Language, Library
from knowledge.question import Place, Question, State
from storage.outbox import Block, Content

BUTTON_TEXT = 75
"""docs.slack.dev/reference/block-kit/block-elements/button-element"""


class Action(StrEnum):
    """The buttons of an answer message."""

    SOLVED = "answer.solved"
    REJECT = "answer.reject"
    CHOOSE = "answer.choose"
    HELPDESK = "answer.helpdesk"
    PRIVATELY = "answer.privately"


def render_answer(question: Question, library: Library, say: Say) -> Content:
    """The message for a question in its present state, in the question's language."""
    article = _article(question.shown, question.language, library)
    if article:
        return _with_article(question, article, say)
    if question.state is State.SUGGESTED:
        return _with_suggestions(question, library, say)
    if question.state is State.HELPDESK:
        return _plain(say("state-helpdesk"))
    return _offering_helpdesk(question, _why_nothing(question, say), say)


def render_offer(question: Question, lead: str, say: Say) -> Content:
    """``lead`` with the way to the helpdesk beneath it."""
    return _offering_helpdesk(question, lead, say)


def render_full(article: Article, say: Say) -> Content:
    """The whole article, for a direct message."""
    return Content(
        text=_joined(escaped(article.title), escaped(as_plain_text(article.body))),
        blocks=(_article_block(article, article.body), _source_line(article, say)),
    )


def best_article(article_id: str | None, language: Language, library: Library) -> Article | None:
    """The article in that language, else in the first language that has it."""
    return _article(article_id, language, library)


def _with_article(question: Question, article: Article, say: Say) -> Content:
    private = question.place is Place.DIRECT
    body = article.body if private else article.summary
    brief = not private and article.body.strip() != article.summary.strip()
    notes = [say("answer-in-brief")] if brief and question.state is State.ANSWERED else []
    notes += [closing] if (closing := _closing(question, say)) else []
    return Content(
        text=_joined(escaped(article.title), escaped(as_plain_text(body)), *notes),
        blocks=(
            _article_block(article, body),
            _source_line(article, say),
            *(_context(note) for note in notes),
            *_answer_buttons(question, say, brief),
        ),
    )


def _closing(question: Question, say: Say) -> str | None:
    if question.state is State.SOLVED:
        return say("state-solved")
    return say("state-helpdesk") if question.state is State.HELPDESK else None


def _answer_buttons(question: Question, say: Say, brief: bool) -> Iterator[Block]:
    if question.state is not State.ANSWERED:
        return
    buttons = [
        _button(Action.SOLVED, say("button-solved"), question.id, style="primary"),
        _button(Action.REJECT, say("button-not-my-question"), question.id),
        _button(Action.HELPDESK, say("button-ask-helpdesk"), question.id),
    ]
    if brief:
        buttons.append(_button(Action.PRIVATELY, say("button-continue-privately"), question.id))
    yield {"type": "actions", "elements": buttons}


def _with_suggestions(question: Question, library: Library, say: Say) -> Content:
    lead = say("suggestions-next" if question.rejections else "suggestions-lead")
    articles = [
        article
        for article_id in question.suggested
        if (article := _article(article_id, question.language, library))
    ]
    choices = [
        _button(f"{Action.CHOOSE}.{number}", article.title, f"{question.id} {article.id}")
        for number, article in enumerate(articles)
    ]
    ways_out = [
        _button(Action.REJECT, say("button-none-of-these"), question.id),
        _button(Action.HELPDESK, say("button-ask-helpdesk"), question.id),
    ]
    titles = [f"- {escaped(article.title)}" for article in articles]
    return Content(
        text=_joined(lead, *titles),
        blocks=(
            rich_text(words(lead)),
            *({"type": "actions", "elements": [choice]} for choice in choices),
            {"type": "actions", "elements": ways_out},
        ),
    )


def _why_nothing(question: Question, say: Say) -> str:
    if question.rejections:
        return say("no-match-after-rejection")
    return say("other-language" if question.other_language else "no-match")


def _offering_helpdesk(question: Question, lead: str, say: Say) -> Content:
    button = _button(Action.HELPDESK, say("button-ask-helpdesk"), question.id, style="primary")
    return Content(
        text=lead,
        blocks=(rich_text(words(lead)), {"type": "actions", "elements": [button]}),
    )


def _plain(text: str) -> Content:
    return Content(text=text, blocks=(rich_text(words(text)),))


def _article(article_id: str | None, language: Language, library: Library) -> Article | None:
    if article_id is None:
        return None
    best = library.best_language(article_id, language, Language.EN)
    return library.article(article_id, best) if best else None


def _article_block(article: Article, body: str) -> Block:
    title = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": f"{article.title}\n\n", "style": {"bold": True}}],
    }
    return rich_text(title, *from_markdown(body))


def _source_line(article: Article, say: Say) -> Block:
    if article.reviewed is None:
        return _context(say("answer-source-undated"))
    return _context(say("answer-source", date=long_date(article.reviewed, article.language)))


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text}]}


def _button(action: str, label: str, value: str, style: str | None = None) -> dict[str, Any]:
    button: dict[str, Any] = {
        "type": "button",
        "action_id": str(action),
        "text": {"type": "plain_text", "text": shortened(label, BUTTON_TEXT)},
        "value": value,
    }
    return {**button, "style": style} if style else button


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
