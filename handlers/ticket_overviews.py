"""Overviews of tickets, in private: ``/signpost tickets``, ``ticket 123`` and ``search WORDS``."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.catalogue import Say
from handlers.commands import CommandRouter, Role, privately
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import TIERS, HelpdeskDesk, open_case
from handlers.intake import Intake
from handlers.payloads import Commanded, Pressed, read_press
from handlers.text import escaped, shortened
from handlers.ticket_cards import render_card
from handlers.ticket_forms import TITLE
from handlers.ticket_listing import Listing, Overview, line_with_show, listed
from handlers.ticket_refusals import refused_command, whispered
from handlers.ticket_search import SolvedArchive, searched
from handlers.ticket_words import live_lines, mention, moment, tier_name
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import Actor, Refusal, refused
from helpdesk.ticket import Event, State, Ticket, ticket_id
from storage.kinds import TICKET, person_key
from storage.outbox import Content, OutboxItem, Respond
from storage.port import Order

LISTED = 20
WORDS_LISTED = 90
EVENTS_LISTED = 25
CARD_BLOCKS = 30

DecidePress: TypeAlias = Callable[[Pressed, datetime], Awaitable[Decision]]


def add_ticket_commands(router: CommandRouter, desk: HelpdeskDesk, archive: SolvedArchive) -> None:
    """The helpdesk's words after ``/signpost``."""

    async def tickets(commanded: Commanded, now: datetime) -> Decision:
        return await decide_tickets(commanded, desk, now)

    async def ticket(commanded: Commanded, now: datetime) -> Decision:
        return await decide_ticket(commanded, desk, now)

    async def search(commanded: Commanded, now: datetime) -> Decision:
        return await decide_search(commanded, desk, archive, now)

    router.add("tickets", tickets, "help-tickets")
    router.add("ticket", ticket, "help-tickets", r"#?\d{1,9}")
    router.add("search", search, "help-search", r".+", Role.AGENTS)


def register_overviews(
    app: AsyncApp, intake: Intake, desk: HelpdeskDesk, archive: SolvedArchive
) -> None:
    """Connect the buttons of the overviews; before the catch-alls."""

    def listen(action: str, decide: DecidePress) -> None:
        async def on_press(body: dict[str, Any], ack: AsyncAck) -> None:
            pressed = read_press(body)
            await intake.take(pressed.key, body, lambda now: decide(pressed, now))
            await ack()

        app.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(on_press)

    async def tickets(pressed: Pressed, now: datetime) -> Decision:
        return await decide_tickets_page(pressed, desk, now)

    async def search(pressed: Pressed, now: datetime) -> Decision:
        return await decide_search_page(pressed, desk, archive, now)

    async def show(pressed: Pressed, now: datetime) -> Decision:
        return await decide_show(pressed, desk, now)

    listen(Overview.TICKETS, tickets)
    listen(Overview.SEARCH, search)
    listen(Overview.SHOW, show)


async def decide_tickets(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """An agent's own tickets and those of their tiers; for everybody else, what they asked."""
    try:
        content = await _tickets(commanded.team, commanded.user, 0, desk)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_tickets_page(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Another page, in place of the one shown."""
    try:
        content = await _tickets(pressed.team, pressed.user, _page(pressed), desk)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    return Decision(outbox=(_in_place(pressed, content, now),))


async def decide_search(
    commanded: Commanded, desk: HelpdeskDesk, archive: SolvedArchive, now: datetime
) -> Decision:
    """Solved tickets that fit the words; for agents only."""
    try:
        await _agent(commanded.user, desk)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    content = await searched(commanded.text, 0, commanded.team, archive, desk, now)
    return Decision(outbox=(privately(commanded, content, now),))


async def decide_search_page(
    pressed: Pressed, desk: HelpdeskDesk, archive: SolvedArchive, now: datetime
) -> Decision:
    try:
        await _agent(pressed.user, desk)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    words = pressed.value.partition(" ")[2]
    content = await searched(words, _page(pressed), pressed.team, archive, desk, now)
    return Decision(outbox=(_in_place(pressed, content, now),))


async def decide_show(pressed: Pressed, desk: HelpdeskDesk, now: datetime) -> Decision:
    """One ticket with its history, in a modal."""
    desk = await desk.at(pressed.team, now)
    try:
        case = await open_case(desk, pressed.value, pressed.user, pressed.team, now)
        content = one_ticket(case.ticket, case.actor, desk)
    except HelpdeskRefused as no:
        return await whispered(pressed, no, desk, now)
    say = await desk.asking.say_to(pressed.user)
    return Decision(modal=OpenModal(pressed.trigger_id, ticket_view(case.ticket, content, say)))


async def decide_ticket(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """One ticket with its history, to agents; its asker reads how it stands."""
    number = int(commanded.text.lstrip("#"))
    try:
        stored = await desk.store.get(TICKET, ticket_id(commanded.team, number))
        if stored is None:
            raise refused(Refusal.NO_TICKET)
        actor = await desk.actor(commanded.user, stored.record)
        content = one_ticket(stored.record, actor, desk)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)
    return Decision(outbox=(privately(commanded, content, now),))


def one_ticket(ticket: Ticket, actor: Actor, desk: HelpdeskDesk) -> Content:
    """A ticket with its history for an agent, or how it stands for its asker. Refused to anybody
    else."""
    if actor.tiers:
        card = render_card(ticket, 0, desk.showing())
        history = "\n".join(_history(ticket, desk.say))
        blocks = (*card.blocks[:CARD_BLOCKS], live_lines(history))
        return Content(f"{card.text}\n{history}", blocks)
    if actor.user != ticket.asker:
        raise refused(Refusal.NOT_YOUR_TIER, ticket)
    say = desk.asking.say_in(ticket.language)
    lines = [_line(ticket, say)]
    return listed(say("ticket-list-yours", count="1"), lines, 1, _listing(0), say)


def ticket_view(ticket: Ticket, content: Content, say: Say) -> dict[str, Any]:
    """The ticket as a modal to read, without buttons: only its card is kept true."""
    blocks = [one for one in content.blocks if one["type"] != "actions"]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(ticket.name, TITLE)},
        "close": {"type": "plain_text", "text": say("topics-close")},
        "blocks": blocks,
    }


def _history(ticket: Ticket, say: Say) -> Iterator[str]:
    yield say("ticket-history", number=str(ticket.number))
    for event in ticket.log[-EVENTS_LISTED:]:
        yield _event(event, say)


def _event(event: Event, say: Say) -> str:
    who = mention(event.who) if event.who else "-"
    what = say(f"ticket-what-{event.what}")
    return f"{moment(event.at)} · {tier_name(event.tier, say)} · {what} · {who}"


async def _agent(user: str, desk: HelpdeskDesk) -> Actor:
    actor = await desk.actor(user)
    if not actor.tiers:
        raise refused(Refusal.ONLY_ASK if actor.may_only_ask else Refusal.NOT_YOUR_TIER)
    return actor


async def _tickets(team: str, user: str, page: int, desk: HelpdeskDesk) -> Content:
    actor = await desk.actor(user)
    listing = _listing(page)
    return await (_of_agent if actor.tiers else _of_asker)(team, actor, listing, desk)


async def _of_agent(team: str, actor: Actor, listing: Listing, desk: HelpdeskDesk) -> Content:
    places = [
        ("holder", person_key(team, actor.user)),
        *(("tier", f"{team}/{tier}/{State.WAITING}") for tier in TIERS if tier in actor.tiers),
    ]
    count, tickets = 0, list[Ticket]()
    for index, value in places:
        count += await desk.store.count(TICKET, index, value)
        if len(tickets) < listing.limit:
            found = await desk.store.find(TICKET, index, value, limit=listing.limit)
            tickets += [one.record for one in found]
    lead = desk.say("ticket-list-lead", count=str(count))
    lines = [_line_with_show(one, desk.say) for one in _on(listing, tickets)]
    return listed(lead, lines, count, listing, desk.say)


async def _of_asker(team: str, actor: Actor, listing: Listing, desk: HelpdeskDesk) -> Content:
    key = person_key(team, actor.user)
    count = await desk.store.count(TICKET, "asker", key)
    found = await desk.store.find(
        TICKET, "asker", key, limit=listing.limit, order=Order.NEWEST_FIRST
    )
    say = await desk.asking.say_to(actor.user)
    lead = say("ticket-list-yours", count=str(count))
    lines = [_line(one, say) for one in _on(listing, [one.record for one in found])]
    return listed(lead, lines, count, listing, say)


def _listing(page: int) -> Listing:
    return Listing(Overview.TICKETS, page, LISTED)


def _on(listing: Listing, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    start = listing.start(len(tickets))
    return tickets[start : start + listing.size]


def _line(ticket: Ticket, say: Say) -> Content:
    text = f"{_head(ticket, say)}\n{_words(ticket)}"
    return Content(text, (live_lines(text),))


def _line_with_show(ticket: Ticket, say: Say) -> Content:
    return line_with_show(_head(ticket, say), _words(ticket), ticket, say)


def _words(ticket: Ticket) -> str:
    return escaped(shortened(ticket.words.replace("\n", " "), WORDS_LISTED))


def _head(ticket: Ticket, say: Say) -> str:
    state = say(f"ticket-state-{ticket.state}")
    holder = f" · {mention(ticket.holder)}" if ticket.holder else ""
    since = moment(ticket.opened_at)
    return f"{ticket.name} · {tier_name(ticket.tier, say)} · {state}{holder} · {since}"


def _page(pressed: Pressed) -> int:
    number = pressed.value.partition(" ")[0]
    return int(number) if number.isdigit() else 0


def _in_place(pressed: Pressed, content: Content, now: datetime) -> OutboxItem:
    """docs.slack.dev/interactivity/handling-user-interaction, "Replacing ephemeral messages"."""
    return OutboxItem(
        key=f"response:{pressed.key}",
        team=pressed.team,
        order_group=f"response/{pressed.user}",
        call=Respond(pressed.response_url, content, replace_original=True),
        due_at=now,
    )
