"""When the tabs of the people a ticket concerns are to be published anew."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from helpdesk.ticket import FIRST_TIER, Ticket
from storage.outbox import DueCommand

REFRESH = "home-refresh"
EVERY = timedelta(seconds=4)
"""At most one publication a person in so long, however much happens."""


def refreshes(tickets: Iterable[Ticket], now: datetime) -> tuple[DueCommand, ...]:
    """One command for each person who asked or has one of the tickets. The key is that of the span
    of time, so that all changes within it make one command."""
    each = list(tickets)
    people = {
        user
        for ticket in each
        for user in (ticket.asker, ticket.holder, ticket.last_holder(FIRST_TIER))
        if user
    }
    team = next((one.team for one in each), "")
    end = _end_of_span(now)
    return tuple(
        DueCommand(
            key=f"{REFRESH}:{team}/{user}:{int(end.timestamp())}",
            team=team,
            name=REFRESH,
            due_at=end,
            about=f"home:{user}",
        )
        for user in sorted(people)
    )


def _end_of_span(now: datetime) -> datetime:
    seconds = EVERY.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
