"""Words that cross between an asker and the helpdesk, as messages in threads.

Internal by default: what agents write in a card's thread stays there. What the asker writes under
the status message, or in the question's own thread, comes into the thread of the tier that has the
ticket. What an agent writes straight into the asker's thread is mirrored and counts as an answer.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.asking import message_key
from handlers.decision import NOTHING, Decision
from handlers.helpdesk_desk import Case, HelpdeskDesk
from handlers.payloads import Changed, Said
from handlers.relay_after import after_closing
from handlers.ticket_alike import news_for_main
from handlers.ticket_effects import Extra, carried, in_thread, item
from handlers.ticket_files import to_helpdesk
from handlers.ticket_sending import reply_content
from handlers.ticket_words import WHOLE, mention, received, said_with
from helpdesk import following, rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.links import Direction, Link, link_id, text_hash
from helpdesk.rules import Change
from helpdesk.ticket import State, Ticket, Visibility, about
from helpdesk.timing import acting_tier
from storage.kinds import TICKET, TICKET_LINK, place_key
from storage.outbox import Content, Edit, ItemMessage, OutboxEntry, OutboxItem, Whisper
from storage.port import Order, Put
from storage.records import Stored

TICKETS_IN_THREAD = 20
NOTED_EVERY = timedelta(minutes=5)
"""How often a holder's words in the thread are noted as work, at most."""
LOOKS = 4
BETWEEN_LOOKS = 0.1
"""Seconds. A reply may arrive while the message it replies to is still being recorded."""


@dataclass(frozen=True)
class _Found:
    stored: Stored[Ticket]
    inside: bool
    """Whether this is the helpdesk's side."""


async def decide_message(said: Said, desk: HelpdeskDesk, now: datetime) -> Decision | None:
    """What to do about a message in a ticket's thread; ``None`` when it belongs to no ticket or
    speaks to the bot, and is asked as any other."""
    if said.thread_ts is None or f"<@{desk.asking.bot_user}" in said.text:
        return None
    desk = await desk.at(said.team, now)
    found = await _ticket_of(said, desk)
    if found is None:
        return None
    if found.inside:
        return _inside(found.stored, said, desk, now)
    return await _outside(found.stored, said, desk, now)


async def _ticket_of(said: Said, desk: HelpdeskDesk) -> _Found | None:
    entry = await _root(said, desk)
    if entry and entry.item.about.startswith("ticket:"):
        stored = await desk.store.get(TICKET, entry.item.about.removeprefix("ticket:"))
        return _Found(stored, ":card:" in entry.item.key) if stored else None
    assert said.thread_ts is not None
    place = place_key(said.team, said.channel, said.thread_ts)
    tickets = await desk.store.find(
        TICKET, "thread", place, limit=TICKETS_IN_THREAD, order=Order.NEWEST_FIRST
    )
    return _Found(_concerned(tickets, said), inside=False) if tickets else None


def _concerned(tickets: Sequence[Stored[Ticket]], said: Said) -> Stored[Ticket]:
    """Of several tickets in one thread the asker's own, else one that is open, the newest first."""
    own = [one for one in tickets if one.record.asker == said.user]
    candidates = own or tickets
    return next((one for one in candidates if one.record.open), candidates[0])


async def _root(said: Said, desk: HelpdeskDesk) -> OutboxEntry | None:
    """Our message that the thread hangs on."""
    assert said.thread_ts is not None
    ours = said.direct or said.channel in desk.card_channels
    for look in range(LOOKS if ours else 1):
        if look:
            await asyncio.sleep(BETWEEN_LOOKS)
        entry = await desk.store.entry_at(said.team, said.channel, said.thread_ts)
        if entry:
            return entry
    return None


def _inside(stored: Stored[Ticket], said: Said, desk: HelpdeskDesk, now: datetime) -> Decision:
    """Internal talk: nothing leaves, but a holder who talks is not silent."""
    ticket = stored.record
    worked = rules.worked_on(ticket, said.user, now)
    if worked == ticket or (now - ticket.waiting_since < NOTED_EVERY and not ticket.reminders):
        return NOTHING
    decision = carried(ticket, stored.version, Change(worked), desk, now)
    return replace(decision, keys=(message_key(said),))


async def _outside(
    stored: Stored[Ticket], said: Said, desk: HelpdeskDesk, now: datetime
) -> Decision | None:
    ticket = stored.record
    if not ticket.open:
        return await after_closing(ticket, said, desk, now)
    if said.user == ticket.asker:
        decision = _from_asker(stored, said, desk, now)
        news = await news_for_main(ticket, desk, now)
        return replace(decision, outbox=(*decision.outbox, *news))
    return await _from_others(stored, said, desk, now)


def _from_asker(stored: Stored[Ticket], said: Said, desk: HelpdeskDesk, now: datetime) -> Decision:
    ticket, called = rules.heard(rules.spoke(stored.record, now), now)
    lead = desk.say("ticket-relay-asker", asker=mention(ticket.asker))
    holder = _holder(ticket)
    if called and holder:
        lead = f"{mention(holder)}: {lead}"
    return _mirrored(stored, ticket, said, lead, desk, now)


async def _from_others(
    stored: Stored[Ticket], said: Said, desk: HelpdeskDesk, now: datetime
) -> Decision | None:
    """Somebody else in the asker's thread: an agent who answers there, or a third person."""
    person = await desk.person(said.user)
    if person.bot:
        return None
    try:
        actor = await desk.actor(said.user, stored.record)
    except HelpdeskRefused:
        return None
    ticket, _ = rules.heard(stored.record, now)
    if actor.tiers:
        case = Case(stored, actor, person, desk, now)
        return _answered_there(case, ticket, said)
    if ticket.visibility is not Visibility.THREAD:
        return None
    return await _from_third(stored, ticket, said, desk, now)


async def _from_third(
    stored: Stored[Ticket], ticket: Ticket, said: Said, desk: HelpdeskDesk, now: datetime
) -> Decision:
    """A third person is named on the card, and invited once to be told of the solution."""
    person = await desk.person(said.user)
    language = (await desk.asking.speaking(person, said.channel)).language()
    with_name = following.named(ticket, said.user, language)
    lead = desk.say("ticket-relay-third", who=mention(said.user))
    decision = _mirrored(stored, with_name, said, lead, desk, now)
    if with_name == ticket:
        return decision
    text = desk.asking.say_in(language)("ticket-follow-invited")
    invited = OutboxItem(
        key=f"{about(ticket)}:invited:{said.user}",
        team=ticket.team,
        order_group=f"note/{said.user}",
        call=Whisper(said.channel, said.user, Content(text), said.thread_ts),
        due_at=now,
    )
    return replace(decision, outbox=(*decision.outbox, invited))


def _answered_there(case: Case, ticket: Ticket, said: Said) -> Decision:
    try:
        answered = rules.reply(ticket, case.actor, "-", case.now).ticket
    except HelpdeskRefused:
        # A tier that the ticket has not reached yet: its words are shown, and count for nothing.
        answered = ticket
    lead = case.desk.say("ticket-relay-agent", who=mention(said.user))
    return _mirrored(case.stored, answered, said, lead, case.desk, case.now)


def _mirrored(
    stored: Stored[Ticket],
    ticket: Ticket,
    said: Said,
    lead: str,
    desk: HelpdeskDesk,
    now: datetime,
) -> Decision:
    text = received(said.text)
    key = f"{about(ticket)}:heard:{ticket.relayed}"
    tier = _listening_tier(ticket)
    link = Link(
        id=link_id(ticket.id, ticket.relayed),
        team=ticket.team,
        ticket=ticket.id,
        direction=Direction.TO_HELPDESK,
        author=said.user,
        visibility=str(ticket.visibility),
        at=now,
        copy=key,
        channel=said.channel,
        ts=said.ts,
        text_hash=text_hash(text),
    )
    content = said_with(lead, text, WHOLE)
    files = to_helpdesk(ticket, tier, said.user, said.attached, desk, now)
    extra = Extra(
        puts=(Put(TICKET_LINK, link),),
        outbox=(*in_thread(ticket, tier, key, content, now), *files.outbox),
        due=files.due,
    )
    decision = carried(stored.record, stored.version, Change(ticket), desk, now, extra)
    return replace(decision, keys=(message_key(said),))


def _holder(ticket: Ticket) -> str:
    return ticket.last_holder(1) if ticket.state is State.RESOLVED else ticket.holder


def _listening_tier(ticket: Ticket) -> int:
    tier = acting_tier(ticket)
    return tier if ticket.card(tier) else ticket.tier


async def decide_change(changed: Changed, desk: HelpdeskDesk, now: datetime) -> Decision | None:
    """An edit or a deletion of a message that was relayed: its copy follows. ``None`` for a
    message without a link, such as an internal note, which concerns no ticket."""
    place = place_key(changed.team, changed.channel, changed.ts)
    links = await desk.store.find(TICKET_LINK, "source", place, limit=1)
    if not links:
        return None
    link = links[0].record
    text = received(changed.text or "")
    if changed.text is not None and text_hash(text) == link.text_hash:
        return NOTHING
    stored = await desk.store.get(TICKET, link.ticket)
    if stored is None:
        return NOTHING
    content = await _copy_anew(link, stored.record, text, changed, desk)
    version = links[0].version + 1
    edit = item(
        stored.record, f"{link.copy}:v{version}", Edit(ItemMessage(link.copy), content), now
    )
    put = Put(TICKET_LINK, replace(link, text_hash=text_hash(text)), links[0].version)
    return Decision(puts=(put,), outbox=(edit,))


async def _copy_anew(
    link: Link, ticket: Ticket, text: str, changed: Changed, desk: HelpdeskDesk
) -> Content:
    outward = link.direction is Direction.TO_ASKER
    say = desk.asking.say_in(ticket.language) if outward else desk.say
    if changed.text is None:
        return said_with(say("ticket-relay-deleted"))
    if outward:
        person = await desk.person(link.author)
        return reply_content(ticket, person.name, text, say)
    lead = say("ticket-relay-edited", who=mention(link.author))
    return said_with(lead, text, WHOLE)
