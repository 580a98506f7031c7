"""Overviews of tickets: ``/signpost tickets`` and ``/signpost ticket 123``, in private."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from handlers.catalogue import Say
from handlers.commands import CommandRouter, privately
from handlers.decision import Decision
from handlers.helpdesk_desk import TIERS, HelpdeskDesk
from handlers.payloads import Commanded
from handlers.text import escaped, shortened
from handlers.ticket_cards import render_card
from handlers.ticket_refusals import refused_command
from handlers.ticket_words import mention, moment, mrkdwn, tier_name
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Actor, Refusal, refused
from helpdesk.ticket import Event, State, Ticket, ticket_id
from storage.kinds import TICKET, person_key
from storage.outbox import Content
from storage.port import Order

LISTED = 20
WORDS_LISTED = 90
EVENTS_LISTED = 25
CARD_BLOCKS = 30


def add_ticket_commands(router: CommandRouter, desk: HelpdeskDesk) -> None:
    """The helpdesk's words after ``/signpost``."""

    async def tickets(commanded: Commanded, now: datetime) -> Decision:
        return await decide_tickets(commanded, desk, now)

    async def ticket(commanded: Commanded, now: datetime) -> Decision:
        return await decide_ticket(commanded, desk, now)

    router.add("tickets", tickets, "help-tickets")
    router.add("ticket", ticket, "help-tickets", r"#?\d{1,9}")


async def decide_tickets(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """An agent's own tickets and those of their tiers; for everybody else, what they asked."""
    try:
        actor = await desk.actor(commanded.user)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    content = await (_of_agent if actor.tiers else _of_asker)(commanded, actor, desk)
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_ticket(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """One ticket with its history, to agents; its asker reads how it stands."""
    number = int(commanded.text.lstrip("#"))
    try:
        stored = await desk.store.get(TICKET, ticket_id(commanded.team, number))
        if stored is None:
            raise refused(Refusal.NO_TICKET)
        actor = await desk.actor(commanded.user, stored.record)
        content = _one(stored.record, actor, desk)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    return Decision(outbox=(privately(commanded, content, now),))


def _one(ticket: Ticket, actor: Actor, desk: HelpdeskDesk) -> Content:
    if actor.tiers:
        card = render_card(ticket, 0, desk.showing())
        history = "\n".join(_history(ticket, desk.say))
        blocks = (*card.blocks[:CARD_BLOCKS], mrkdwn(history))
        return Content(f"{card.text}\n{history}", blocks)
    if actor.user != ticket.asker:
        raise refused(Refusal.NOT_YOUR_TIER, ticket)
    say = desk.asking.say_in(ticket.language)
    return _listed(say("ticket-list-yours", count="1"), [ticket], 1, say)


def _history(ticket: Ticket, say: Say) -> Iterator[str]:
    yield say("ticket-history", number=str(ticket.number))
    for event in ticket.log[-EVENTS_LISTED:]:
        yield _event(event, say)


def _event(event: Event, say: Say) -> str:
    who = mention(event.who) if event.who else "-"
    return f"{moment(event.at)} · {tier_name(event.tier, say)} · {event.what} · {who}"


async def _of_agent(commanded: Commanded, actor: Actor, desk: HelpdeskDesk) -> Content:
    key = person_key(commanded.team, commanded.user)
    mine = [one.record for one in await desk.store.find(TICKET, "holder", key, limit=LISTED)]
    waiting = [
        stored.record
        for tier in TIERS
        if tier in actor.tiers
        for stored in await desk.store.find(
            TICKET, "tier", f"{commanded.team}/{tier}/{State.WAITING}", limit=LISTED
        )
    ]
    shown = [*mine, *(one for one in waiting if one not in mine)]
    lead = desk.say("ticket-list-lead", count=str(len(shown)))
    return _listed(lead, shown, len(shown), desk.say)


async def _of_asker(commanded: Commanded, actor: Actor, desk: HelpdeskDesk) -> Content:
    key = person_key(commanded.team, commanded.user)
    count = await desk.store.count(TICKET, "asker", key)
    found = await desk.store.find(TICKET, "asker", key, limit=LISTED, order=Order.NEWEST_FIRST)
    say = await desk.asking.say_to(commanded.user)
    lead = say("ticket-list-yours", count=str(count))
    return _listed(lead, [one.record for one in found], count, say)


def _listed(lead: str, tickets: Iterable[Ticket], count: int, say: Say) -> Content:
    lines = [_line(ticket, say) for ticket in tickets][:LISTED]
    lines = lines or [say("ticket-list-none")]
    if count > LISTED:
        lines.append(say("ticket-list-more", count=str(count - LISTED)))
    return Content("\n".join([lead, *lines]), tuple(mrkdwn(line) for line in [lead, *lines]))


def _line(ticket: Ticket, say: Say) -> str:
    words = escaped(shortened(ticket.words.replace("\n", " "), WORDS_LISTED))
    state = say(f"ticket-state-{ticket.state}")
    holder = f" · {mention(ticket.holder)}" if ticket.holder else ""
    since = moment(ticket.opened_at)
    return f"{ticket.name} · {tier_name(ticket.tier, say)} · {state}{holder} · {since}\n{words}"
