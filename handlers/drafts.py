"""New articles from Slack: written from a ticket or a gap, read in the knowledge channel, published
by a second person, and answering from the next question on."""

import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.answer_presses import told
from handlers.catalogue import Say
from handlers.decision import NOTHING, Decision, OpenModal
from handlers.draft_forms import (
    DRAFT_FORM,
    DraftPress,
    Field,
    Source,
    new_article_form,
    render_draft,
)
from handlers.helpdesk_desk import Case, HelpdeskDesk
from handlers.intake import Intake
from handlers.lessons import Teaching, is_reader
from handlers.payloads import Pressed, Submitted, read_press, read_submission
from handlers.roles import is_agent
from handlers.ticket_refusals import form_error
from handlers.ticket_words import received
from helpdesk.rules import Refusal, refused
from knowledge.article import Audience, Language, Platform
from knowledge.draft import (
    Draft,
    DraftRefusal,
    DraftRefused,
    Written,
    article_id,
    checked,
    discarded,
    edited,
    published,
)
from storage.kinds import DRAFT, QUESTION, TICKET
from storage.outbox import Edit, InChannel, ItemMessage, OutboxItem, Post, ToPerson
from storage.port import Put
from storage.records import Stored

_PLACE_OF_REFUSAL = {
    DraftRefusal.PLACEHOLDER: Field.BODY,
    DraftRefusal.HEADING: Field.BODY,
}
"""Beside which input a refusal is shown; else beside the first."""


def register_drafts(app: AsyncApp, intake: Intake, desk: HelpdeskDesk, teaching: Teaching) -> None:
    """Connect the listeners; before the catch-alls."""

    async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
        pressed = read_press(body)
        await intake.take(pressed.key, body, lambda now: decide_draft_press(pressed, desk, now))
        await ack()
        await teaching.catch_up()

    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            submitted.key, body, lambda now: decide_draft(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    app.action(re.compile(r"^draft\.(publish|discard|edit)$"))(on_press)
    app.view(DRAFT_FORM)(on_form)


def ask_draft(case: Case, pressed: Pressed) -> Decision:
    """Open the form for an article from a ticket: the asker's words ask for it, the solution is
    its body. Raises ``HelpdeskRefused`` for anybody but agents."""
    if not case.actor.tiers:
        raise refused(Refusal.NOT_YOUR_TIER, case.ticket)
    ticket = case.ticket
    phrasing = ticket.words.replace("\n", " ")
    written = Written("", (phrasing,), ticket.solution, ticket.language)
    view = new_article_form(Source.TICKET, ticket.id, written, case.desk.say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def decide_draft(submitted: Submitted, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The form sent in: a new draft, or one written anew by its author."""
    say = await desk.asking.say_to(submitted.user)
    if not await is_agent(submitted.user, desk.asking):
        return form_error(Field.TITLE, say("refusal-agents-only"))
    source, _, source_id = submitted.metadata.partition(" ")
    try:
        written = _written(submitted)
        if source == Source.DRAFT:
            return await _written_anew(submitted, source_id, written, desk, now)
        return await _drafted(submitted, source, source_id, checked(written), desk, now)
    except DraftRefused as no:
        place = _PLACE_OF_REFUSAL.get(no.refusal, Field.TITLE)
        return form_error(place, say(f"draft-refused-{no.refusal}"))


async def decide_draft_press(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Publish, discard, or open the form again; the person and the draft are looked up anew."""
    draft_id, _, revision = pressed.value.partition(" ")
    say = await desk.asking.say_to(pressed.user, pressed.channel)
    try:
        stored = await _stored(draft_id, pressed.team, desk)
        draft = stored.record
        if pressed.action == DraftPress.EDIT:
            return _ask_anew(pressed, draft, say)
        if pressed.action == DraftPress.DISCARD and pressed.user == draft.author:
            return _decided(stored, discarded(draft, pressed.user, now), desk, now)
        if not await is_reader(pressed.user, desk):
            raise DraftRefused(DraftRefusal.NOT_A_READER)
        if pressed.action == DraftPress.DISCARD:
            return _decided(stored, discarded(draft, pressed.user, now), desk, now)
        return _published(pressed, stored, int(revision or 0), desk, now)
    except DraftRefused as no:
        return Decision(outbox=(told(pressed, say(f"draft-refused-{no.refusal}"), now),))


def _ask_anew(pressed: Pressed, draft: Draft, say: Say) -> Decision:
    edited(draft, pressed.user, draft.written)
    view = new_article_form(Source.DRAFT, draft.id, draft.written, say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


def _published(
    pressed: Pressed, stored: Stored[Draft], revision: int, desk: HelpdeskDesk, now: datetime
) -> Decision:
    two_people = desk.settings.learning.second_person
    draft = published(stored.record, pressed.user, revision, now, two_people=two_people)
    if desk.library.article(draft.article, draft.written.language):
        raise DraftRefused(DraftRefusal.TAKEN)
    return _decided(stored, draft, desk, now)


async def _stored(draft_id: str, team: str, desk: HelpdeskDesk) -> Stored[Draft]:
    stored = await desk.store.get(DRAFT, draft_id)
    if stored is None or stored.record.team != team:
        raise DraftRefused(DraftRefusal.UNKNOWN)
    return stored


def _written(submitted: Submitted) -> Written:
    values = submitted.values
    platforms = values.get(Field.PLATFORMS, "")
    try:
        return Written(
            title=received(values.get(Field.TITLE, "")),
            phrasings=tuple(received(values.get(Field.PHRASINGS, "")).splitlines()),
            body=received(values.get(Field.BODY, "")),
            language=Language(values.get(Field.LANGUAGE, "")),
            audience=Audience(values.get(Field.AUDIENCE, "")),
            platforms=tuple(sorted(Platform(one) for one in platforms.split(",") if one)),
        )
    except ValueError:
        raise DraftRefused(DraftRefusal.EMPTY) from None


async def _drafted(
    submitted: Submitted,
    source: str,
    source_id: str,
    written: Written,
    desk: HelpdeskDesk,
    now: datetime,
) -> Decision:
    named, suffix = await _source(source, source_id, submitted.team, desk, now)
    draft = Draft(
        id=f"{submitted.team}/{now:%Y%m%dT%H%M%S%f}/{suffix}",
        team=submitted.team,
        article=article_id(written.title, suffix),
        written=written,
        author=submitted.user,
        drafted_at=now,
        source=named,
    )
    card = Post(InChannel(desk.knowledge_channel), render_draft(draft, desk.say))
    copy = Post(ToPerson(draft.author), render_draft(draft, desk.say, to_author=True))
    items = (_item(draft, _card_key(draft), card, now), _item(draft, _copy_key(draft), copy, now))
    return Decision(puts=(Put(DRAFT, draft),), outbox=items)


async def _source(
    source: str, source_id: str, team: str, desk: HelpdeskDesk, now: datetime
) -> tuple[str, str]:
    """What it was written from, for people, and what tells its id from others."""
    if source == Source.TICKET:
        ticket = await desk.store.get(TICKET, source_id)
        if ticket is None or ticket.record.team != team:
            raise DraftRefused(DraftRefusal.UNKNOWN)
        return ticket.record.name, f"t{ticket.record.number}"
    question = await desk.store.get(QUESTION, source_id)
    if question is None or question.record.team != team:
        raise DraftRefused(DraftRefusal.UNKNOWN)
    return desk.say("gaps-source"), f"{now:%m%d%H%M%S}"


async def _written_anew(
    submitted: Submitted, draft_id: str, written: Written, desk: HelpdeskDesk, now: datetime
) -> Decision:
    stored = await _stored(draft_id, submitted.team, desk)
    draft = edited(stored.record, submitted.user, written)
    return _decided(stored, draft, desk, now) if draft != stored.record else NOTHING


def _decided(stored: Stored[Draft], draft: Draft, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The draft as it is now, with its card and its author's copy shown anew."""
    version = stored.version + 1
    shown = {
        _card_key(draft): render_draft(draft, desk.say),
        _copy_key(draft): render_draft(draft, desk.say, to_author=True),
    }
    edits = tuple(
        _item(draft, f"{key}:v{version}", Edit(ItemMessage(key), content), now)
        for key, content in shown.items()
    )
    return Decision(puts=(Put(DRAFT, draft, stored.version),), outbox=edits)


def _card_key(draft: Draft) -> str:
    return f"draft:{draft.id}"


def _copy_key(draft: Draft) -> str:
    return f"draft:{draft.id}:author"


def _item(draft: Draft, key: str, call: Post | Edit, now: datetime) -> OutboxItem:
    about = _card_key(draft)
    return OutboxItem(key, draft.team, f"draft/{draft.id}", call, now, about)
