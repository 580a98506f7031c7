"""What a draft must be before it goes out: short, with one thing to do, and a place for help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.article import Language
from rollout.messages import Message

LONGEST = 1_200
"""Characters in all parts of the filled-in message."""

_BLANK = re.compile(r"\{\{.*?\}\}|\bBLANK\b|\bTBD\b|_{3,}|\?{3,}")
_EVERYONE = re.compile(r"<!(?:channel|here|everyone)|@(?:channel|here|everyone)\b")
_CALL = re.compile(r"^\s*(?:→|➡|👉)", re.MULTILINE)


class Flaw(StrEnum):
    """What is wrong with a draft; each has a sentence in the catalogues."""

    NO_SPONSOR = "no-sponsor"
    TOO_LONG = "too-long"
    NO_ACTION = "no-action"
    SEVERAL_ACTIONS = "several-actions"
    NO_HELP = "no-help"
    NO_TITLE = "no-title"
    BLANK = "blank"
    EVERYONE = "everyone"
    LANGUAGE_MISSING = "language-missing"
    NO_AUDIENCE = "no-audience"


@dataclass(frozen=True)
class DraftFlaw:
    """One flaw, in the language concerned where it is in the words; ``detail`` is the number of
    characters, or the blank itself."""

    flaw: Flaw
    language: Language | None = None
    detail: str = ""


@dataclass(frozen=True)
class Circumstances:
    """What the check must know beside the words. ``sponsor`` is empty where none is named;
    ``needed`` are the languages of the channels."""

    sponsor: str
    first_of_group: bool
    channels: int
    needed: frozenset[Language]
    everyone_confirmed: bool = False


def check_draft(
    messages: Mapping[Language, Message], circumstances: Circumstances
) -> tuple[DraftFlaw, ...]:
    """Everything wrong with a draft; ``messages`` are filled in."""
    flaws: list[DraftFlaw] = []
    if circumstances.first_of_group and not circumstances.sponsor:
        flaws.append(DraftFlaw(Flaw.NO_SPONSOR))
    if not circumstances.channels:
        flaws.append(DraftFlaw(Flaw.NO_AUDIENCE))
    for language in sorted(circumstances.needed - set(messages)):
        flaws.append(DraftFlaw(Flaw.LANGUAGE_MISSING, language))
    for language, message in messages.items():
        flaws += _flaws(message, language, circumstances)
    return tuple(flaws)


def _flaws(message: Message, language: Language, circumstances: Circumstances) -> list[DraftFlaw]:
    words = "\n".join(message.parts)
    found: list[tuple[Flaw, str]] = []
    if not message.title.strip():
        found.append((Flaw.NO_TITLE, ""))
    if message.length > LONGEST:
        found.append((Flaw.TOO_LONG, str(message.length)))
    if not message.action.strip():
        found.append((Flaw.NO_ACTION, ""))
    elif "\n" in message.action.strip() or _CALL.search(message.body):
        found.append((Flaw.SEVERAL_ACTIONS, ""))
    if not message.help.strip():
        found.append((Flaw.NO_HELP, ""))
    if blank := _BLANK.search(words):
        found.append((Flaw.BLANK, blank[0]))
    if _EVERYONE.search(words) and not circumstances.everyone_confirmed:
        found.append((Flaw.EVERYONE, ""))
    return [DraftFlaw(flaw, language, detail) for flaw, detail in found]
