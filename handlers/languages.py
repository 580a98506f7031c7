"""Choosing a language for good, by command or in App Home."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.catalogue import Catalogue, Say
from handlers.commands import privately
from handlers.decision import Decision
from handlers.desk import Desk
from handlers.payloads import Commanded, Pressed
from handlers.rich_text import rich_text, words
from knowledge.article import Language
from knowledge.preference import Preference, preference_id
from storage.kinds import PREFERENCE
from storage.outbox import Content, OutboxItem, Respond
from storage.port import Put
from storage.records import NEW

AS_WRITTEN = "auto"
"""The choice of no language: each answer in the language of its question."""


class LanguageAction(StrEnum):
    CHOOSE = "language.choose"


def language_words(catalogue: Catalogue) -> str:
    """What may follow "/signpost language", as a pattern: codes, and names in any language."""
    return "|".join(["", AS_WRITTEN, *sorted(_by_word(catalogue))])


async def decide_language(commanded: Commanded, desk: Desk, now: datetime) -> Decision:
    """Keep the language named, or offer the choice."""
    word = commanded.text.casefold()
    if not word:
        say = await desk.say_to(commanded.user, commanded.channel)
        return Decision(outbox=(privately(commanded, _choice(say), now),))
    put, content = await chosen(commanded.user, _by_word(desk.catalogue).get(word), desk)
    return Decision(puts=(put,), outbox=(privately(commanded, content, now),))


async def decide_language_press(pressed: Pressed, desk: Desk, now: datetime) -> Decision:
    """Keep the language pressed; the choice gives way to a word of confirmation."""
    put, content = await chosen(pressed.user, language_of(pressed.value), desk)
    note = OutboxItem(
        key=f"language:{pressed.key}",
        team=pressed.team,
        order_group=f"note/{pressed.user}",
        call=Respond(pressed.response_url, content, replace_original=True),
        due_at=now,
    )
    return Decision(puts=(put,), outbox=(note,))


async def chosen(user: str, language: Language | None, desk: Desk) -> tuple[Put, Content]:
    """The choice as it is kept, and the words that confirm it in the language chosen."""
    person = await desk.people.person(user)
    record_id = preference_id(person.team, user)
    stored = await desk.store.get(PREFERENCE, record_id)
    preference = stored.record if stored else Preference(record_id, person.team, user)
    put = Put(PREFERENCE, replace(preference, language=language), stored.version if stored else NEW)
    speaking = replace(await desk.speaking(person), chosen=language)
    say = desk.say_in(speaking.language())
    text = say("language-chosen") if language else say("language-as-written")
    return put, Content(text, (rich_text(words(text)),))


def language_of(value: str) -> Language | None:
    """The language of a button's or option's value; ``None`` for ``AS_WRITTEN``."""
    return next((one for one in Language if one == value), None)


def language_options(say: Say) -> list[dict[str, Any]]:
    """The options of a select."""
    return [
        {"text": {"type": "plain_text", "text": label}, "value": value}
        for value, label in _labels(say)
    ]


def _choice(say: Say) -> Content:
    lead = say("language-choose")
    buttons = [
        {
            "type": "button",
            "action_id": f"{LanguageAction.CHOOSE}.{number}",
            "text": {"type": "plain_text", "text": label},
            "value": value,
        }
        for number, (value, label) in enumerate(_labels(say))
    ]
    return Content(lead, (rich_text(words(lead)), {"type": "actions", "elements": buttons}))


def _labels(say: Say) -> list[tuple[str, str]]:
    named = [(one.value, say(f"in-{one}".lower())) for one in Language]
    return [*named, (AS_WRITTEN, say("language-auto"))]


def _by_word(catalogue: Catalogue) -> dict[str, Language]:
    """Codes and names, in lower case; a name means the same in whichever language it is said."""
    found: dict[str, Language] = {one.value.casefold(): one for one in Language}
    for spoken in Language:
        for meant in Language:
            found[catalogue.text(f"in-{meant}".lower(), spoken).casefold()] = meant
    return found
