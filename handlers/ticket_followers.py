"""Who follows a ticket is told when it is solved."""

from collections.abc import Iterable
from datetime import datetime

from handlers.helpdesk_desk import HelpdeskDesk
from handlers.ticket_words import said_with
from helpdesk.following import is_solved_by
from helpdesk.ticket import Event, Ticket, about
from storage.outbox import OutboxItem, Post, ToPerson


def followers_told(
    ticket: Ticket, events: Iterable[Event], version: int, desk: HelpdeskDesk, now: datetime
) -> tuple[OutboxItem, ...]:
    """The solution to each follower, in a direct message. Only tickets whose answers go into a
    thread that all can read have followers, so it tells them nothing that was private."""
    if not is_solved_by(events):
        return ()
    solution = ticket.delivered or ticket.solution
    return tuple(
        OutboxItem(
            key=f"{about(ticket)}:follower:{one.user}:v{version}",
            team=ticket.team,
            order_group=f"direct/{one.user}",
            call=Post(
                ToPerson(one.user),
                said_with(
                    desk.asking.say_in(one.language)(
                        "ticket-follow-solved", number=str(ticket.number)
                    ),
                    solution,
                ),
            ),
            due_at=now,
            about=about(ticket),
        )
        for one in ticket.others
        if one.follows
    )
