"""Guides as checklists: the numbered steps of an article, ticked off one by one.

Small pieces with visible progress are what the rollout guidance asks of training material.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from knowledge.article import Article, Language, Platform

GUIDES: Final = {
    Platform.WINDOWS: "enroll-windows",
    Platform.MACOS: "enroll-macos",
    Platform.IOS: "enroll-ios",
    Platform.ANDROID: "enroll-android",
}
"""The enrollment guide of each platform."""

_STEP: Final = re.compile(r"^\d+[.)]\s+(.+(?:\n[ \t]+\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Checklist:
    """How far one person is with one guide. ``done`` holds the numbers of steps, from 1, of the
    guide in ``language``: its steps differ from language to language."""

    id: str
    team: str
    user: str
    article_id: str
    language: Language
    done: tuple[int, ...]
    changed_at: datetime


def checklist_id(team: str, user: str, article_id: str) -> str:
    """The id of a person's one checklist of a guide."""
    return f"{team}/{user}/{article_id}"


def steps_of(article: Article) -> tuple[str, ...]:
    """The numbered steps of an article, as Markdown; of a guide these are all in one list."""
    return tuple(" ".join(step.split()) for step in _STEP.findall(article.body))


def ticked(checklist: Checklist, step: int, now: datetime) -> Checklist:
    """The step is done."""
    return replace(checklist, done=tuple(sorted({*checklist.done, step})), changed_at=now)


def unticked(checklist: Checklist, step: int, now: datetime) -> Checklist:
    """The step is to be done after all."""
    return replace(
        checklist, done=tuple(one for one in checklist.done if one != step), changed_at=now
    )


def language_of(checklist: Checklist | None, spoken: Language) -> Language:
    """The language to show the guide in: the one it was begun in, until nothing is ticked."""
    return checklist.language if checklist and checklist.done else spoken


def progress(checklist: Checklist | None, steps: int) -> int:
    """How many of the guide's present steps are done."""
    return sum(1 <= one <= steps for one in checklist.done) if checklist else 0
