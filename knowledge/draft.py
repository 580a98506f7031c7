"""A draft: an article that somebody wrote from a ticket or a gap, before it is in the files.

PROPOSED ──edit (its author)──> PROPOSED, one revision further
PROPOSED ──publish (another person, who read this very revision)──> PUBLISHED
PROPOSED ──discard──> DISCARDED
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from knowledge.article import Article, Audience, Language, Platform
from knowledge.errors import KnowledgeError, KnowledgeInvalid
from knowledge.lesson import LONGEST_PHRASING
from knowledge.loading import LONGEST_BODY, parse_article
from knowledge.spreadsheet import file_text

LONGEST_TITLE: Final = 75
"""What the option of a menu shows (docs.slack.dev/reference/block-kit/composition-objects/
option-object)."""
MOST_PHRASINGS: Final = 10
_LONGEST_ID: Final = 60
_GAP_IN_ID: Final = re.compile(r"[\W_]+")


class DraftState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Written:
    """What an author writes: the body is Markdown, as in the files."""

    title: str
    phrasings: tuple[str, ...]
    body: str
    language: Language
    audience: Audience = Audience.EVERYONE
    platforms: tuple[Platform, ...] = ()


@dataclass(frozen=True)
class Draft:
    """``article`` is the id that the article has once it is published, ``source`` the name of the
    ticket or gap it came from, for people. ``revision`` counts what its author sent in."""

    id: str
    team: str
    article: str
    written: Written
    author: str
    drafted_at: datetime
    source: str = ""
    revision: int = 1
    state: DraftState = DraftState.PROPOSED
    decided_by: str = ""
    decided_at: datetime | None = None


class DraftRefusal(StrEnum):
    """Why a draft was refused; each has a sentence in the catalogues."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    PLACEHOLDER = "placeholder"
    HEADING = "heading"
    DECIDED = "decided"
    OWN = "own"
    CHANGED = "changed"
    NOT_THE_AUTHOR = "not-the-author"
    NOT_A_READER = "not-a-reader"
    TAKEN = "taken"
    UNKNOWN = "unknown"


class DraftRefused(KnowledgeError):
    """What was asked of a draft is not possible."""

    def __init__(self, refusal: DraftRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def article_id(title: str, suffix: str) -> str:
    """The id of a new article: the words of its title, and what tells it from all others."""
    words = _GAP_IN_ID.sub("-", title.casefold()).strip("-")[:_LONGEST_ID].rstrip("-")
    return f"{words or 'article'}-{suffix}"


def checked(written: Written) -> Written:
    """What was written, without blanks at the edges. Raises ``DraftRefused`` when no article could
    be made of it."""
    tidy = replace(
        written,
        title=" ".join(written.title.split()),
        phrasings=tuple(dict.fromkeys(" ".join(one.split()) for one in written.phrasings if one)),
        body=written.body.strip(),
    )
    if not tidy.title or not tidy.body or not any(tidy.phrasings):
        raise DraftRefused(DraftRefusal.EMPTY)
    if _too_long(tidy):
        raise DraftRefused(DraftRefusal.TOO_LONG)
    if "{{" in tidy.body:
        raise DraftRefused(DraftRefusal.PLACEHOLDER)
    try:
        _article("draft", tidy, "")
    except KnowledgeInvalid:
        raise DraftRefused(DraftRefusal.HEADING) from None
    return tidy


def edited(draft: Draft, person: str, written: Written) -> Draft:
    """Its author wrote it anew; the same words once more change nothing."""
    _undecided(draft)
    if person != draft.author:
        raise DraftRefused(DraftRefusal.NOT_THE_AUTHOR)
    tidy = checked(written)
    if tidy == draft.written:
        return draft
    return replace(draft, written=tidy, revision=draft.revision + 1)


def published(
    draft: Draft, person: str, revision: int, now: datetime, *, two_people: bool = True
) -> Draft:
    """Somebody who read this very revision lets it answer; not its author, unless one person may
    do both."""
    _undecided(draft)
    if two_people and person == draft.author:
        raise DraftRefused(DraftRefusal.OWN)
    if revision != draft.revision:
        raise DraftRefused(DraftRefusal.CHANGED)
    return replace(draft, state=DraftState.PUBLISHED, decided_by=person, decided_at=now)


def discarded(draft: Draft, person: str, now: datetime) -> Draft:
    """It does not become an article; its author may take it back, too."""
    _undecided(draft)
    return replace(draft, state=DraftState.DISCARDED, decided_by=person, decided_at=now)


def article_of(draft: Draft) -> Article:
    """The article that a draft is, as if it were read from a file."""
    reviewed = draft.decided_at.date().isoformat() if draft.decided_at else ""
    return _article(draft.article, draft.written, reviewed)


def _article(name: str, written: Written, reviewed: str) -> Article:
    cells = {
        "id": name,
        "language": written.language.value,
        "title": written.title,
        "phrasings": "\n".join(written.phrasings),
        "platforms": "\n".join(sorted(written.platforms)),
        "audience": written.audience.value,
        "owner": "",
        "reviewed": reviewed,
        "sources": "",
        "error_codes": "",
        "body": written.body,
    }
    return parse_article(file_text(cells, name), name, written.language)


def _too_long(written: Written) -> bool:
    return (
        len(written.title) > LONGEST_TITLE
        or len(written.body) > LONGEST_BODY
        or len(written.phrasings) > MOST_PHRASINGS
        or any(len(one) > LONGEST_PHRASING for one in written.phrasings)
    )


def _undecided(draft: Draft) -> None:
    if draft.state is not DraftState.PROPOSED:
        raise DraftRefused(DraftRefusal.DECIDED)
