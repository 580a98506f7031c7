"""The answer message: a question as it stands, shown. Rendered from state alone, so that showing it
again is harmless."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say, long_date
from handlers.rich_text import as_plain_text, from_markdown, live, rich_text, words
from handlers.text import escaped, shortened
from knowledge.article import Article, Language, Library, Platform
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
    SHOW_IN = "answer.show_in"
    PLATFORM = "answer.platform"
    THANKED = "answer.thanked"
    TELL_ME = "answer.tell_me"


def render_answer(question: Question, library: Library, say: Say) -> Content:
    """The message for a question in its present state; ``say`` speaks ``question.spoken``."""
    shown = _shown(question, library, say)
    parts = [one for one in (_lead(question, say), _notice(question, say), shown) if one]
    blocks = (block for part in parts for block in part.blocks)
    return Content("\n".join(part.text for part in parts), tuple(blocks))


def _shown(question: Question, library: Library, say: Say) -> Content:
    article = _article(question.shown, question.spoken, library)
    if article:
        return _with_article(question, article, library, say)
    if question.state is State.SUGGESTED:
        return _noted(_with_suggestions(question, library, say), question, say)
    if question.state is State.HELPDESK:
        return _plain(say("state-helpdesk"))
    if question.state is State.WITHDRAWN:
        return _plain(say("state-withdrawn"))
    return _noted(_offering_helpdesk(question, _why_nothing(question, say), say), question, say)


def _lead(question: Question, say: Say) -> Content | None:
    """What the reader needs to know first where the question does not stand above the answer: what
    was asked, or who asked."""
    if question.place is Place.HOME and question.text:
        quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": question.text}]}
        return Content(f"> {escaped(question.text)}", (rich_text(quote),))
    if question.place is Place.SHORTCUT and question.asked_by not in (None, question.asker):
        author, asked_by = f"<@{question.asker}>", f"<@{question.asked_by}>"
        text = say("shortcut-lead", author=author, asked_by=asked_by)
        return Content(text, (rich_text(live(text)),))
    return None


def _notice(question: Question, say: Say) -> Content | None:
    """The known problem, before the answer."""
    if question.notice is None or not question.open:
        return None
    text = say("known-notice", text=question.notice)
    button = _button(Action.TELL_ME, say("button-tell-me"), question.id)
    return Content(
        escaped(text), (rich_text(words(text)), {"type": "actions", "elements": [button]})
    )


def render_offer(question: Question, lead: str, say: Say) -> Content:
    """``lead`` with the way to the helpdesk beneath it."""
    return _noted(_offering_helpdesk(question, lead, say), question, say)


def render_thanks(question: Question, say: Say) -> Content:
    """An answer to thanks, with the button that closes the question."""
    lead = say("smalltalk-thanks")
    button = _button(Action.THANKED, say("button-solved"), question.id, style="primary")
    return Content(lead, (rich_text(words(lead)), {"type": "actions", "elements": [button]}))


def render_full(article: Article, say: Say) -> Content:
    """The whole article, for a direct message."""
    return Content(
        text=_joined(escaped(article.title), escaped(as_plain_text(article.body))),
        blocks=(_article_block(article, article.body), _source_line(article, say)),
    )


def render_privately(question: Question, library: Library, say: Say) -> Content | None:
    """What a channel saw in brief, in full; ``None`` when its article is gone. Of an article with
    parts for several platforms, the asker's part, or the choice of one."""
    article = _article(question.shown, question.spoken, library)
    if article is None:
        return None
    body = _body(article, question.platform)
    return Content(
        text=_joined(escaped(article.title), escaped(as_plain_text(body))),
        blocks=(
            _article_block(article, body),
            _source_line(article, say),
            *_platform_choice(question, article, say),
        ),
    )


def best_article(article_id: str | None, language: Language, library: Library) -> Article | None:
    """The article in that language, else in the first language that has it."""
    return _article(article_id, language, library)


def platforms_of(article: Article) -> tuple[Platform, ...]:
    """The platforms that have parts of their own in the article, when there are several."""
    own = {part.platform for part in article.parts if part.platform}
    return tuple(one for one in Platform if one in own) if len(own) > 1 else ()


def _body(article: Article, platform: Platform | None) -> str:
    """All of an article for every platform; of one with parts per platform, those for the asker's,
    or without a known platform the summary alone."""
    platforms = platforms_of(article)
    if not platforms:
        return article.body
    if platform not in platforms:
        return article.summary
    parts = [_part(one.heading, one.text) for one in article.parts_for(platform)]
    return "\n\n".join((article.summary, *parts))


def _part(heading: str, text: str) -> str:
    return f"## {heading}\n\n{text}" if heading else text


def _with_article(question: Question, article: Article, library: Library, say: Say) -> Content:
    private = question.place.private
    body = _body(article, question.platform) if private else article.summary
    brief = not private and article.body.strip() != article.summary.strip()
    notes = [say("answer-in-brief")] if brief and question.state is State.ANSWERED else []
    notes += [*_notes(question, say), *([closing] if (closing := _closing(question, say)) else [])]
    return Content(
        text=_joined(escaped(article.title), escaped(as_plain_text(body)), *notes),
        blocks=(
            _article_block(article, body),
            _source_line(article, say),
            *(_context(note) for note in notes),
            *(_platform_choice(question, article, say) if private else ()),
            *_answer_buttons(question, article, library, say, brief),
        ),
    )


def _notes(question: Question, say: Say) -> Iterator[str]:
    """What the person must know besides: a secret that should be changed."""
    if question.secrets:
        yield say("secret-masked")


def _noted(content: Content, question: Question, say: Say) -> Content:
    notes = tuple(_notes(question, say))
    blocks = (*content.blocks, *(_context(note) for note in notes))
    return Content(_joined(content.text, *notes), blocks)


def with_secret_note(content: Content, say: Say) -> Content:
    """What is said, and that a secret should be changed."""
    note = say("secret-masked")
    blocks = (*content.blocks, _context(note)) if content.blocks else ()
    return Content(_joined(content.text, note), blocks)


def _platform_choice(question: Question, article: Article, say: Say) -> Iterator[Block]:
    """Which device is it: a button for each platform that has a part and is not shown yet."""
    platforms = platforms_of(article)
    others = [one for one in platforms if one is not question.platform]
    if question.state is not State.ANSWERED or not platforms:
        return
    if question.platform not in platforms:
        yield _context(say("platform-choose"))
    yield {
        "type": "actions",
        "elements": [
            _button(f"{Action.PLATFORM}.{number}", say(f"platform-{one}"), f"{question.id} {one}")
            for number, one in enumerate(others)
        ],
    }


def _closing(question: Question, say: Say) -> str | None:
    if question.state is State.SOLVED:
        return say("state-solved")
    return say("state-helpdesk") if question.state is State.HELPDESK else None


def _answer_buttons(
    question: Question, article: Article, library: Library, say: Say, brief: bool
) -> Iterator[Block]:
    if question.state is not State.ANSWERED:
        return
    buttons = [
        _button(Action.SOLVED, say("button-solved"), question.id, style="primary"),
        _button(Action.REJECT, say("button-not-my-question"), question.id),
        _button(Action.HELPDESK, say("button-ask-helpdesk"), question.id),
    ]
    if brief:
        buttons.append(_button(Action.PRIVATELY, say("button-continue-privately"), question.id))
    menu = _languages_menu(question, article, library, say)
    yield {"type": "actions", "elements": [*buttons, *menu]}


def _languages_menu(
    question: Question, article: Article, library: Library, say: Say
) -> Iterator[dict[str, Any]]:
    """The other languages the article is written in."""
    others = [one for one in library.languages_of(article.id) if one is not article.language]
    if others:
        yield {
            "type": "overflow",
            "action_id": str(Action.SHOW_IN),
            "options": [
                {
                    "text": {"type": "plain_text", "text": _show_in(one, say)},
                    "value": f"{question.id} {one}",
                }
                for one in others
            ],
        }


def _show_in(language: Language, say: Say) -> str:
    return say("answer-show-in", language=say(f"in-{language}".lower()))


def _with_suggestions(question: Question, library: Library, say: Say) -> Content:
    lead = say("suggestions-next" if question.rejections else "suggestions-lead")
    articles = [
        article
        for article_id in question.suggested
        if (article := _article(article_id, question.spoken, library))
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
    if question.repeated:
        return say("no-match-repeated")
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
