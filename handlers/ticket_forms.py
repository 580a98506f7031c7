"""The forms about tickets. At most five inputs each; what is known is filled in."""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.catalogue import Say
from handlers.text import shortened
from handlers.ticket_actions import Form, Input
from handlers.ticket_cards import visibility_note
from handlers.ticket_words import context, option, quoted
from helpdesk.rules import LONGEST_TEXT
from helpdesk.ticket import Ticket, Visibility
from knowledge.article import Article, Language, Platform
from knowledge.extraction import extract
from knowledge.lesson import LONGEST_PHRASING
from knowledge.question import Place, Question
from storage.outbox import Block

TITLE = 24
"""docs.slack.dev/reference/views/modal-views: title, submit and close."""
LABEL = 2_000
MOST_OPTIONS = 100

PLATFORMS = {
    Platform.WINDOWS: "Windows",
    Platform.MACOS: "macOS",
    Platform.IOS: "iOS / iPadOS",
    Platform.ANDROID: "Android",
}
OTHER_PLATFORM = "other"
IN_CHANNELS = (Place.MENTION, Place.QUESTION_CHANNEL, Place.SHORTCUT)
"""Where a question has a thread that others read."""

View = dict[str, Any]


def ask_form(question: Question, say: Say) -> View:
    """What the helpdesk should know, pre-filled from the question."""
    inputs = [
        _text(Input.WORDS, say("form-words"), say, initial=question.text),
        _platform(question.text, say),
        _text(Input.TRIED, say("form-tried"), say, optional=True),
    ]
    if question.place in IN_CHANNELS:
        inputs.append(_visibility(say))
    return _form(Form.ASK, question.id, say, inputs, submit=say("form-submit-ask"))


def reply_form(ticket: Ticket, say: Say) -> View:
    inputs = [_text(Input.TEXT, say("form-reply"), say), visibility_note(ticket, say)]
    return _form(Form.REPLY, ticket.id, say, inputs, submit=say("form-submit-send"))


def article_form(ticket: Ticket, articles: Sequence[Article], say: Say) -> View:
    language = say("form-language", language=say(f"in-{ticket.language}".lower()))
    inputs = [
        _select(Input.ARTICLE, say("form-article"), _article_options(articles)),
        context(language),
        visibility_note(ticket, say),
    ]
    return _form(Form.ARTICLE, ticket.id, say, inputs, submit=say("form-submit-send"))


def escalate_form(ticket: Ticket, say: Say) -> View:
    """Findings are required; the rest is what the next tier asks for first."""
    inputs = [
        _text(Input.LEARNED, say("form-learned"), say, hint=say("form-learned-hint")),
        _line(Input.DEVICE, say("form-device"), ticket.platform),
        _line(Input.BUILD, say("form-build"), ticket.version),
        _text(Input.CHECKED, say("form-checked"), say, optional=True),
        _line(Input.HAPPENED_AT, say("form-happened-at"), ""),
    ]
    return _form(Form.ESCALATE, ticket.id, say, inputs, submit=say("button-escalate"))


def return_form(ticket: Ticket, say: Say) -> View:
    inputs = [_text(Input.TEXT, say("form-question-down"), say)]
    return _form(Form.RETURN, ticket.id, say, inputs, submit=say("form-submit-return"))


def resolve_form(ticket: Ticket, say: Say, solution: str = "") -> View:
    """Root cause and solution; ``solution`` is what a message already says."""
    cut = len(solution) > LONGEST_TEXT
    inputs = [
        _text(Input.ROOT_CAUSE, say("form-root-cause"), say, initial=ticket.root_cause),
        _text(Input.SOLUTION, say("form-solution"), say, initial=solution or ticket.solution),
        *([context(say("form-cut", most=str(LONGEST_TEXT)))] if cut else []),
    ]
    return _form(Form.RESOLVE, ticket.id, say, inputs, submit=say("button-resolve"))


def deliver_form(
    ticket: Ticket, articles: Sequence[Article], other_language: bool, say: Say
) -> View:
    """The solution as the asker will read it, to be edited. ``other_language`` warns that it is
    not written in the asker's language."""
    language = say(f"in-{ticket.language}".lower())
    warning = say("form-deliver-mismatch" if other_language else "form-language", language=language)
    inputs = [
        quoted(ticket.words, 600),
        context(warning),
        _text(Input.TEXT, say("form-deliver"), say, initial=ticket.solution),
        visibility_note(ticket, say),
    ]
    if ticket.by_phone:
        told = _text(Input.TEXT, say("form-phoned"), say, initial=ticket.solution)
        inputs = [quoted(ticket.words, 600), context(say("form-deliver-phoned")), told]
    elif articles:
        select = _select(
            Input.ARTICLE, say("form-deliver-article"), _article_options(articles), optional=True
        )
        inputs.append(select)
    return _form(Form.DELIVER, ticket.id, say, inputs, submit=say("button-deliver"))


def deliver_all_form(
    ticket: Ticket, linked: Sequence[Ticket], articles: Sequence[Article], say: Say
) -> View:
    """The solution for everybody who asked the same: one text for each language, to be edited."""
    group = [ticket, *linked]
    languages = list(dict.fromkeys(one.language for one in group))
    inputs = [context(say("form-deliver-all", count=str(len(group))))]
    if called := ", ".join(one.name for one in group if one.by_phone):
        inputs.append(context(say("form-deliver-all-phoned", numbers=called)))
    for language in languages:
        names = ", ".join(one.name for one in group if one.language is language)
        spoken = say(f"in-{language}".lower())
        label = say("form-deliver-in", language=spoken, numbers=names)
        inputs.append(
            _text(text_input(language, ticket.language), label, say, initial=ticket.solution)
        )
    if articles:
        select = _select(
            Input.ARTICLE, say("form-deliver-article"), _article_options(articles), optional=True
        )
        inputs.append(select)
    return _form(Form.DELIVER, ticket.id, say, inputs, submit=say("button-deliver"))


def text_input(language: Language, own: Language) -> str:
    """The input for the solution in a language, where the ticket itself is in ``own``."""
    return Input.TEXT if language is own else f"{Input.TEXT}-{language}"


def assign_form(ticket: Ticket, say: Say) -> View:
    element = {"type": "users_select", "action_id": "entered"}
    inputs = [_input(Input.COLLEAGUE, say("form-colleague"), element)]
    return _form(Form.ASSIGN, ticket.id, say, inputs, submit=say("form-submit-assign"))


def vendor_form(ticket: Ticket, say: Say) -> View:
    inputs = [_line(Input.CASE, say("form-case"), ticket.vendor_case, optional=False)]
    return _form(Form.VENDOR, ticket.id, say, inputs, submit=say("form-submit-vendor"))


def link_form(ticket: Ticket, say: Say) -> View:
    """The number of the ticket that this one is solved together with."""
    number = _line(Input.NUMBER, say("form-link-number"), "", optional=False)
    inputs = [quoted(ticket.words, 600), number, context(say("form-link-hint"))]
    return _form(Form.LINK, ticket.id, say, inputs, submit=say("form-submit-link"))


def teach_form(ticket: Ticket, articles: Sequence[Article], say: Say) -> View:
    """Which article these words ask for."""
    inputs = [
        _text(Input.WORDS, say("form-phrasing"), say, initial=ticket.words[:LONGEST_PHRASING]),
        _select(Input.ARTICLE, say("form-article"), _article_options(articles)),
    ]
    return _form(Form.TEACH, ticket.id, say, inputs, submit=say("form-submit-teach"))


def message_form(about: str, text: str, say: Say, *, private: bool) -> View:
    """A ticket for the author of a message. From a private channel it says that they are asked
    first, and answers go to them alone."""
    inputs = [
        _text(Input.WORDS, say("form-message-words"), say, initial=text),
        _platform(text, say),
        _text(Input.TRIED, say("form-message-tried"), say, optional=True),
        context(say("form-message-private")) if private else _visibility(say),
    ]
    return _form(Form.MESSAGE, about, say, inputs, submit=say("button-escalate"))


def phoned_form(ticket: Ticket, say: Say) -> View:
    """What was said on the phone."""
    inputs = [_text(Input.TEXT, say("form-phoned"), say)]
    return _form(Form.PHONED, ticket.id, say, inputs, submit=say("form-submit-record"))


def word_form(ticket: Ticket, say: Say) -> View:
    """A word of the asker on the help they got."""
    inputs = [_text(Input.TEXT, say("form-word"), say, initial=ticket.rating_word, optional=True)]
    return _form(Form.WORD, ticket.id, say, inputs, submit=say("form-submit-send"))


def _form(form: Form, about: str, say: Say, blocks: Iterable[Block], submit: str) -> View:
    title = say(f"form-title-{form.removeprefix('ticket-form.')}")
    return {
        "type": "modal",
        "callback_id": str(form),
        "private_metadata": about,
        "title": _plain(shortened(title, TITLE)),
        "submit": _plain(shortened(submit, TITLE)),
        "close": _plain(shortened(say("form-close"), TITLE)),
        "blocks": list(blocks),
    }


def _text(
    name: str, label: str, say: Say, *, initial: str = "", hint: str = "", optional: bool = False
) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "entered",
        "multiline": True,
        "max_length": LONGEST_TEXT,
    }
    if initial:
        element["initial_value"] = shortened(initial, LONGEST_TEXT)
    return _input(name, label, element, hint=hint, optional=optional)


def _line(name: Input, label: str, initial: str, *, optional: bool = True) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "entered",
        "max_length": 200,
    }
    if initial:
        element["initial_value"] = shortened(initial, 200)
    return _input(name, label, element, optional=optional)


def _platform(text: str, say: Say) -> Block:
    options = [option(label, label) for label in PLATFORMS.values()]
    options.append(option(say("form-platform-other"), OTHER_PLATFORM))
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": "entered",
        "options": options,
    }
    platforms = extract(text).platforms
    if platforms:
        label = PLATFORMS[platforms[0]]
        element["initial_option"] = option(label, label)
    return _input(Input.PLATFORM, say("form-platform"), element, optional=True)


def _visibility(say: Say) -> Block:
    options = [option(say(f"form-visibility-{one}"), str(one)) for one in Visibility]
    element = {
        "type": "radio_buttons",
        "action_id": "entered",
        "options": options,
        "initial_option": options[0],
    }
    return _input(Input.VISIBILITY, say("form-visibility"), element)


def _select(name: Input, label: str, options: list[Block], *, optional: bool = False) -> Block:
    element = {"type": "static_select", "action_id": "entered", "options": options}
    return _input(name, label, element, optional=optional)


def _article_options(articles: Sequence[Article]) -> list[Block]:
    return [option(article.title, article.id) for article in articles[:MOST_OPTIONS]]


def _input(
    name: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": str(name),
        "label": _plain(shortened(label, LABEL)),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": _plain(hint)} if hint else block


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
