"""``/signpost search WORDS``: agents find solved tickets by question, root cause and solution."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.catalogue import Say
from handlers.helpdesk_desk import HelpdeskDesk
from handlers.text import escaped, shortened
from handlers.ticket_listing import Listing, Overview, line_with_show, listed
from handlers.ticket_words import received
from helpdesk.searching import SolvedTickets
from helpdesk.ticket import Ticket
from storage.kinds import TICKET
from storage.outbox import Content
from storage.port import Store

SHOWN = 8
MOST_FOUND = 160
MOST_WORDS = 300
READ_AT_ONCE = 10
"""A few milliseconds of work, between which others are answered."""
READ_AHEAD = 3
BETWEEN_READS = 0.05
"""Tickets and seconds, while nobody searches: reading beforehand must cost presses nothing."""
READ_WITHIN = 1.4
"""Seconds of the three that Slack gives; what was not read by then is read at the next search."""
PART_SHOWN = 220


class SolvedArchive:
    """The solved tickets of a team, read from the store once and then kept up by days."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, SolvedTickets] = {}
        self._read_to: dict[str, str | None] = {}
        self._complete: dict[str, datetime] = {}
        self._reading = asyncio.Lock()
        self._searching = 0

    async def read(self, team: str, now: datetime) -> None:
        """Read everything beforehand, for the first search to find it there."""
        async with self._reading:
            await self._catch_up(team, now)

    async def found(self, team: str, text: str, now: datetime) -> tuple[list[str], bool]:
        """The ids of what fits, best first, and whether everything was looked through."""
        complete = True
        self._searching += 1
        try:
            async with asyncio.timeout(READ_WITHIN):
                await self.read(team, now)
        except TimeoutError:
            complete = False
        finally:
            self._searching -= 1
        return self._of(team).search(text, MOST_FOUND), complete

    def _of(self, team: str) -> SolvedTickets:
        return self._known.setdefault(team, SolvedTickets())

    async def _catch_up(self, team: str, now: datetime) -> None:
        if team not in self._complete:
            await self._read_all(team)
            self._complete[team] = now
        since = self._complete[team].date() - timedelta(days=1)
        # A clock set back must not hide what was solved meanwhile, so a day on either side.
        for ahead in range(max((now.date() - since).days, 0) + 2):
            await self._read_day(team, (since + timedelta(days=ahead)).isoformat())
        self._complete[team] = now

    async def _read_all(self, team: str) -> None:
        while True:
            limit = READ_AT_ONCE if self._searching else READ_AHEAD
            page = await self._store.find(
                TICKET, "solved", team, limit=limit, after=self._read_to.get(team)
            )
            for stored in page:
                self._of(team).add(stored.record, stored.version)
                self._read_to[team] = stored.record.id
            if len(page) < limit:
                return
            await asyncio.sleep(0 if self._searching else BETWEEN_READS)

    async def _read_day(self, team: str, day: str) -> None:
        after = None
        while page := await self._store.find(
            TICKET, "solved_day", f"{team}/{day}", limit=READ_AT_ONCE, after=after
        ):
            for stored in page:
                if not self._of(team).has(stored.record.id, stored.version):
                    self._of(team).add(stored.record, stored.version)
            after = page[-1].record.id


async def searched(
    text: str, page: int, team: str, archive: SolvedArchive, desk: HelpdeskDesk, now: datetime
) -> Content:
    """One page of what was found, each with its root cause and solution."""
    say = desk.say
    asked = shortened(received(text), MOST_WORDS)
    found, complete = await archive.found(team, asked, now)
    listing = Listing(Overview.SEARCH, page, SHOWN, asked)
    start = listing.start(len(found))
    tickets = await _read(found[start : start + SHOWN], desk)
    lead = say("ticket-search-lead", count=len(found), words=escaped(asked))
    notes = [] if complete else [say("ticket-search-partial")]
    lines = [_summary(one, say) for one in tickets]
    return listed("\n".join([lead, *notes]), lines, len(found), listing, say)


async def _read(ids: Iterable[str], desk: HelpdeskDesk) -> list[Ticket]:
    """As they are now; one that is no longer solved is left out."""
    stored = [await desk.store.get(TICKET, one) for one in ids]
    return [one.record for one in stored if one and one.record.solution]


def _summary(ticket: Ticket, say: Say) -> Content:
    parts = (
        (say("ticket-search-asked"), ticket.words),
        (say("ticket-root-cause"), ticket.root_cause),
        (say("ticket-solution"), ticket.solution),
    )
    lines = [f"{lead} {escaped(_one_line(text))}" for lead, text in parts if text]
    head = f"{ticket.name} · {say(f'ticket-state-{ticket.state}')}"
    return line_with_show(head, "\n".join(lines), ticket, say)


def _one_line(text: str) -> str:
    return shortened(" ".join(text.split()), PART_SHOWN)
