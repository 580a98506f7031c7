"""What is decided a moment after a ticket changed, apart from the change itself."""

from collections.abc import Iterator
from datetime import datetime

from helpdesk.ticket import Card, Ticket, about
from storage.outbox import DueCommand

ARRIVED = "ticket-arrived"
GROUP = "ticket-group"


def arrived(ticket: Ticket, card: Card, now: datetime) -> DueCommand:
    """A tier sees the ticket for the first time: what helps it is looked up."""
    return DueCommand(
        key=f"{about(ticket)}:arrived:{card.tier}",
        team=ticket.team,
        name=ARRIVED,
        due_at=now,
        about=about(ticket),
        arguments={"ticket": ticket.id, "tier": str(card.tier)},
    )


def regrouped(before: Ticket, ticket: Ticket, now: datetime) -> Iterator[DueCommand]:
    """A ticket left its group, or the ticket of a group ended: who is linked is told anew."""
    if before.main and before.main != ticket.main:
        yield _group(ticket.team, before.main, now)
    if ticket.linked and before.open and not ticket.open:
        yield _group(ticket.team, ticket.id, now)


def _group(team: str, main: str, now: datetime) -> DueCommand:
    key = f"ticket:{main}:group"
    return DueCommand(key, team, GROUP, now, f"ticket:{main}", {"ticket": main})
