"""Pieces of App Home: headings, pages of a list, and who reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handlers.catalogue import Say
from handlers.ticket_words import actions, button
from knowledge.article import Language
from storage.outbox import Block

MOST_BLOCKS = 100
"""In a view (docs.slack.dev/reference/views/home-tab-views)."""
MOST_PAGES = 20
"""Beyond them a search finds more than turning pages does."""


class HomeAction(StrEnum):
    ASK = "home.ask"
    PAGE = "home.page"
    REFRESH = "home.refresh"
    REOPEN = "home.reopen"
    SHOW = "home.show"


class Section(StrEnum):
    """Lists that have pages."""

    QUESTIONS = "questions"
    TICKETS = "tickets"
    MINE = "mine"
    WAITING_1 = "waiting-1"
    WAITING_2 = "waiting-2"
    WAITING_3 = "waiting-3"

    @classmethod
    def waiting(cls, tier: int) -> "Section":
        """What waits in that tier."""
        return cls(f"waiting-{tier}")


@dataclass(frozen=True)
class HomeReader:
    """Whose tab it is, in which language and when, and the page each list is at."""

    team: str
    user: str
    language: Language
    now: datetime
    pages: Mapping[str, int]

    def page(self, section: str, size: int) -> "Page":
        return Page(section, min(self.pages.get(section, 0), MOST_PAGES - 1), size)


@dataclass(frozen=True)
class Page:
    """One page of a list. ``limit`` records have to be read to show it and to know of a next."""

    section: str
    number: int
    size: int

    @property
    def limit(self) -> int:
        return (self.number + 1) * self.size + 1

    def start(self, found: int) -> int:
        """The first of ``found`` records on this page; a page that ran empty shows the last."""
        last = max(found - 1, 0) // self.size
        return min(self.number, last) * self.size

    def turning(self, found: int, say: Say) -> Iterator[Block]:
        """The buttons to the pages before and after."""
        start = self.start(found)
        number = start // self.size
        turns = []
        if number:
            turns.append(_turn(0, say("button-page-back"), self.section, number - 1))
        if found > start + self.size and number + 1 < MOST_PAGES:
            turns.append(_turn(1, say("button-page-on"), self.section, number + 1))
        if turns:
            yield actions(*turns)


def _turn(way: int, label: str, section: str, number: int) -> Block:
    return button(f"{HomeAction.PAGE}.{way}", label, f"{section} {number}")


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def words(text: str) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def within_limits(blocks: Sequence[Block]) -> list[Block]:
    """A view of too many blocks is refused as a whole, so the last ones go."""
    return list(blocks[:MOST_BLOCKS])
