"""Lists of tickets in private messages, with buttons to turn their pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers.catalogue import Say
from handlers.ticket_words import actions, button, live_lines, said_with, section
from helpdesk.ticket import Ticket
from storage.outbox import Block, Content

MOST_PAGES = 20


class Overview(StrEnum):
    """Buttons in overviews. The value of a list's button is the page and what was searched for."""

    TICKETS = "overview.tickets"
    SEARCH = "overview.search"
    SHOW = "overview.show"


@dataclass(frozen=True)
class Listing:
    """Which list, which of its pages (from 0) of how many entries, and the words searched for."""

    kind: Overview
    page: int
    size: int
    words: str = ""

    @property
    def limit(self) -> int:
        """How many have to be read to show the page and to know of a next."""
        return (min(self.page, MOST_PAGES - 1) + 1) * self.size + 1

    def start(self, count: int) -> int:
        """The first of ``count`` entries on the page; beyond the end it is the last page."""
        last = max(count - 1, 0) // self.size
        return max(min(self.page, last, MOST_PAGES - 1), 0) * self.size

    def turning(self, count: int, say: Say) -> Iterator[Block]:
        start = self.start(count)
        number = start // self.size
        turns = []
        if number:
            turns.append(self._turn(0, say("button-page-back"), number - 1))
        if count > start + self.size and number + 1 < MOST_PAGES:
            turns.append(self._turn(1, say("button-page-on"), number + 1))
        if turns:
            yield actions(*turns)

    def _turn(self, way: int, label: str, page: int) -> Block:
        return button(f"{self.kind}.{way}", label, f"{page} {self.words}".strip())


def listed(lead: str, lines: Sequence[Content], count: int, listing: Listing, say: Say) -> Content:
    """The page as a message; ``count`` is how many there are on all pages."""
    start = listing.start(count)
    shown = list(lines) or [said_with(say("ticket-list-none"))]
    place = (
        [say("ticket-list-page", first=start + 1, last=start + len(lines), count=count)]
        if count > listing.size
        else []
    )
    head = "\n".join([lead, *place])
    blocks = [block for one in shown for block in one.blocks]
    return Content(
        "\n".join([head, *(one.text for one in shown)])[:3_900],
        (live_lines(head), *blocks, *listing.turning(count, say)),
    )


def line_with_show(head: str, words: str, ticket: Ticket, say: Say) -> Content:
    """A ticket's lines, with the button that shows all of it. ``words`` are people's own, escaped:
    a block of their own, since beside a button they would be formatted."""
    show = button(Overview.SHOW, say("button-show"), ticket.id)
    return Content(f"{head}\n{words}", ({**section(head), "accessory": show}, live_lines(words)))
