""" "I need help" beneath an announcement: the helpdesk's form, with the wave filled in."""

import json
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.announcing_desk import AnnouncingDesk
from handlers.asked_for_help import asked_put
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.intake import Intake
from handlers.payloads import Pressed, Submitted, read_submission
from handlers.ticket_actions import Input
from handlers.ticket_effects import Extra, opening
from handlers.ticket_forms import OTHER_PLATFORM, View, ask_form
from handlers.ticket_opening import next_number
from handlers.ticket_refusals import form_error
from handlers.ticket_words import received
from helpdesk.rules import opened
from helpdesk.ticket import Ticket, Visibility, ticket_id
from knowledge.article import Language
from knowledge.extraction import extract
from knowledge.matching import Outcome
from knowledge.question import Place, Question, State
from rollout.announcement import Announcement

HELP_FORM = "announcement.help-asked"


def register_wave_help(app: AsyncApp, intake: Intake, desk: HelpdeskDesk) -> None:
    """Connect the form. Call it before the catch-alls, since the first match wins."""

    async def on_form(body: dict[str, Any], ack: AsyncAck) -> None:
        submitted = read_submission(body)
        decision = await intake.take(
            submitted.key, body, lambda now: decide_help_asked(submitted, desk, now)
        )
        await ack(**(decision.reply or {}))

    app.view(HELP_FORM)(on_form)


async def decide_help(
    pressed: Pressed,
    announcement: Announcement,
    language: Language,
    desk: AnnouncingDesk,
    now: datetime,
) -> Decision:
    """The form opens, and the person counts as one who asked for help in this wave."""
    say = desk.say_in(language)
    wave = announcement.planned or announcement.id
    view: View = {
        **ask_form(_nothing_asked(pressed, language, now), say),
        "callback_id": HELP_FORM,
        "private_metadata": json.dumps({"wave": wave, "language": language}),
    }
    puts = await asked_put(pressed.user, announcement, desk, now)
    return Decision(puts=puts, modal=OpenModal(pressed.trigger_id, view))


async def decide_help_asked(submitted: Submitted, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The ticket: its card in tier 1, and the asker's status message."""
    metadata = json.loads(submitted.metadata)
    language = Language(metadata["language"])
    words = received(submitted.values.get(Input.WORDS, ""))
    if not words:
        return form_error(Input.WORDS, desk.asking.say_in(language)("help-words-needed"))
    desk = await desk.at(submitted.team, now)
    number, counter = await next_number(submitted.team, desk)
    ticket = _ticket(submitted, words, language, metadata["wave"], number, now)
    return opening(opened(ticket, submitted.user, now), desk, now, Extra(puts=(counter,)))


def _ticket(
    submitted: Submitted, words: str, language: Language, wave: str, number: int, now: datetime
) -> Ticket:
    tried = received(submitted.values.get(Input.TRIED, ""))
    found = extract(f"{words}\n{tried}")
    platform = submitted.values.get(Input.PLATFORM, "")
    return Ticket(
        id=ticket_id(submitted.team, number),
        team=submitted.team,
        number=number,
        asker=submitted.user,
        language=language,
        channel="",
        thread_ts="",
        visibility=Visibility.PRIVATE,
        words=words,
        opened_at=now,
        changed_at=now,
        waiting_since=now,
        platform="" if platform == OTHER_PLATFORM else platform,
        version=found.os_version or "",
        error_codes=found.error_codes,
        tried=tried,
        wave=wave,
        opened_by=submitted.user,
    )


def _nothing_asked(pressed: Pressed, language: Language, now: datetime) -> Question:
    """The form is made for a question; here there is none yet."""
    return Question(
        id="",
        team=pressed.team,
        asker=pressed.user,
        place=Place.HOME,
        channel="",
        ts="",
        thread_ts=None,
        text="",
        language=language,
        asked_at=now,
        state=State.UNMATCHED,
        outcome=Outcome.NONE,
    )
