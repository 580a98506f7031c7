"""New articles shown: the form in which one is written, and the card on which it is read."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from handlers.catalogue import Say
from handlers.rich_text import from_markdown, rich_text, words
from handlers.text import escaped, shortened
from handlers.ticket_words import actions, button, context, live_lines, mention, option, quoted
from knowledge.article import Audience, Language, Platform
from knowledge.draft import LONGEST_TITLE, MOST_PHRASINGS, Draft, DraftState, Written
from knowledge.language import detect_language
from knowledge.lesson import LONGEST_PHRASING
from knowledge.loading import LONGEST_BODY
from storage.outbox import Block, Content

DRAFT_FORM = "draft.form"
TITLE = 24
"""docs.slack.dev/reference/views/modal-views: title, submit and close."""
CARD_TEXT = 3_900
"""An edited message holds 4,000 (docs.slack.dev/reference/methods/chat.update)."""


class DraftPress(StrEnum):
    """Buttons. Their value is the draft's id, and for ``PUBLISH`` the revision that was read."""

    PUBLISH = "draft.publish"
    DISCARD = "draft.discard"
    EDIT = "draft.edit"


class Source(StrEnum):
    """What the form was opened from; its metadata is this and an id."""

    TICKET = "ticket"
    QUESTION = "question"
    DRAFT = "draft"


class Field(StrEnum):
    """Inputs, by their block id."""

    TITLE = "title"
    PHRASINGS = "phrasings"
    BODY = "body"
    LANGUAGE = "language"
    AUDIENCE = "audience"
    PLATFORMS = "platforms"


def new_article_form(source: Source, source_id: str, written: Written, say: Say) -> dict[str, Any]:
    """The form for a new article, filled in with what is known. ``source`` and ``source_id`` say
    what it is written from: a ticket's id, a question's id (of a gap), or for one that is edited
    the draft's id. What is sent in goes to ``handlers.drafts``, whoever opened the form."""
    return {
        "type": "modal",
        "callback_id": DRAFT_FORM,
        "private_metadata": f"{source} {source_id}",
        "title": _plain(shortened(say("draft-form-title"), TITLE)),
        "submit": _plain(shortened(say("draft-form-submit"), TITLE)),
        "close": _plain(shortened(say("form-close"), TITLE)),
        "blocks": list(_inputs(written, say)),
    }


def _inputs(written: Written, say: Say) -> Iterator[Block]:
    phrasings = "\n".join(shortened(one, LONGEST_PHRASING) for one in written.phrasings)
    most = (LONGEST_PHRASING + 1) * MOST_PHRASINGS
    hint = say("draft-form-phrasings-hint")
    audiences = [(one.value, say(f"draft-audience-{one}")) for one in Audience]
    platforms = [(one.value, say(f"platform-{one}")) for one in Platform]
    languages = [(one.value, say(f"in-{one}".lower())) for one in Language]
    chosen = [one.value for one in written.platforms]
    yield _text(Field.TITLE, say("draft-form-article"), written.title, LONGEST_TITLE)
    yield _text(Field.PHRASINGS, say("form-phrasing"), phrasings, min(most, 3_000), hint=hint)
    yield _text(
        Field.BODY,
        say("draft-form-body"),
        shortened(written.body, LONGEST_BODY),
        LONGEST_BODY,
        hint=say("draft-form-body-hint"),
    )
    yield _select(Field.LANGUAGE, say("draft-form-language"), languages, [written.language.value])
    yield _select(Field.AUDIENCE, say("draft-form-audience"), audiences, [written.audience.value])
    yield _select(Field.PLATFORMS, say("draft-form-platforms"), platforms, chosen, several=True)


def render_draft(draft: Draft, say: Say, *, to_author: bool = False) -> Content:
    """The draft as it is read in the knowledge channel, or ``to_author`` in their own message."""
    written = draft.written
    lead = say(
        f"draft-{draft.state}",
        who=mention(draft.decided_by or draft.author),
        author=mention(draft.author),
        source=draft.source,
    )
    facts = _facts(written, say)
    text = "\n".join([lead, escaped(written.title), escaped(facts), escaped(written.body)])
    return Content(
        shortened(text, CARD_TEXT),
        (
            live_lines(lead),
            rich_text(words(written.title, bold=True)),
            quoted("\n".join(written.phrasings)),
            rich_text(*from_markdown(written.body)),
            context(facts),
            *_warning(written, say),
            *_buttons(draft, say, to_author=to_author),
        ),
    )


def _facts(written: Written, say: Say) -> str:
    platforms = [say(f"platform-{one}") for one in written.platforms]
    named = (
        say(f"in-{written.language}".lower()),
        say(f"draft-audience-{written.audience}"),
        *platforms,
    )
    return " · ".join(named)


def _warning(written: Written, say: Say) -> Iterator[Block]:
    found = detect_language(written.body).language
    if found is not None and found is not written.language:
        yield context(say("draft-mismatch", language=say(f"in-{written.language}".lower())))


def _buttons(draft: Draft, say: Say, *, to_author: bool) -> Iterator[Block]:
    if draft.state is not DraftState.PROPOSED:
        return
    if to_author:
        yield actions(
            button(DraftPress.EDIT, say("button-edit"), draft.id),
            button(DraftPress.DISCARD, say("button-take-back"), draft.id),
        )
        return
    revision = f"{draft.id} {draft.revision}"
    yield actions(
        button(DraftPress.PUBLISH, say("button-publish"), revision, "primary"),
        button(DraftPress.DISCARD, say("button-discard"), draft.id),
    )


def _text(name: Field, label: str, initial: str, most: int, hint: str = "") -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "entered",
        "multiline": name is not Field.TITLE,
        "max_length": most,
    }
    if initial:
        element["initial_value"] = shortened(initial, most)
    block = _input(name, label, element)
    return {**block, "hint": _plain(hint)} if hint else block


def _select(
    name: Field,
    label: str,
    values: Sequence[tuple[str, str]],
    chosen: Sequence[str],
    *,
    several: bool = False,
) -> Block:
    options = [option(shown, value) for value, shown in values]
    initial = [one for one in options if one["value"] in chosen]
    element: dict[str, Any] = {
        "type": "multi_static_select" if several else "static_select",
        "action_id": "entered",
        "options": options,
    }
    if initial:
        element["initial_options" if several else "initial_option"] = (
            initial if several else initial[0]
        )
    return {**_input(name, label, element), "optional": several}


def _input(name: Field, label: str, element: Block) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": str(name),
        "label": _plain(label),
        "element": element,
        "optional": False,
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
