"""``/signpost new @person …``: an agent opens a ticket for somebody who called, came by, or is
locked out of Slack."""

import re
from dataclasses import replace
from datetime import datetime

from handlers.commands import CommandRouter, Role, privately
from handlers.decision import Decision, OpenModal
from handlers.helpdesk_desk import Case, HelpdeskDesk
from handlers.payloads import Commanded, Pressed, Submitted
from handlers.text import shortened
from handlers.ticket_actions import Input
from handlers.ticket_effects import Extra, carried, in_thread, opening
from handlers.ticket_forms import PLATFORMS, phoned_form
from handlers.ticket_opening import next_number
from handlers.ticket_refusals import refused_command
from handlers.ticket_words import mention, received, said_with
from helpdesk import rules
from helpdesk.errors import HelpdeskRefused
from helpdesk.rules import LONGEST_TEXT, Actor, Change, Refusal, refused
from helpdesk.ticket import FIRST_TIER, Ticket, Visibility, about, ticket_id
from helpdesk.timing import acting_tier
from knowledge.article import Language
from knowledge.extraction import extract

_PERSON = re.compile(r"^<@([A-Z0-9]+)(?:\|[^>]*)?>\s*(.+)$", re.DOTALL)
ARGUMENTS = r"<@[A-Z0-9]+(\|[^>]*)?>.*"
"""``should_escape`` in the manifest makes Slack write people so."""


def add_new_command(router: CommandRouter, desk: HelpdeskDesk) -> None:
    """The word after ``/signpost``."""

    async def new(commanded: Commanded, now: datetime) -> Decision:
        return await decide_new(commanded, desk, now)

    router.add("new", new, "help-new", ARGUMENTS, Role.AGENTS)


async def decide_new(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    """The ticket is the agent's at once; the person gets the status message."""
    desk = await desk.at(commanded.team, now)
    try:
        return await _opened(commanded, desk, now)
    except HelpdeskRefused as no:
        return await refused_command(commanded, no, desk, now)


async def _opened(commanded: Commanded, desk: HelpdeskDesk, now: datetime) -> Decision:
    named = _PERSON.match(commanded.text)
    if named is None:
        raise refused(Refusal.NOBODY)
    actor = await desk.actor(commanded.user)
    if not actor.tiers:
        raise refused(Refusal.ONLY_ASK if actor.may_only_ask else Refusal.NOT_YOUR_TIER)
    person = await desk.person(named.group(1))
    if person.bot:
        raise refused(Refusal.NOBODY)
    language = (await desk.asking.speaking(person)).language()
    words = shortened(received(named.group(2)), LONGEST_TEXT)
    number, counter = await next_number(commanded.team, desk)
    wave = await desk.asking.wave_of(person.id, now)
    ticket = replace(_ticket(commanded, person.id, language, words, number, now), wave=wave)
    change = with_claim(rules.opened(ticket, actor.user, now), actor, now)
    text = desk.say("ticket-new-opened", number=str(number), asker=mention(person.id))
    told = privately(commanded, said_with(text), now)
    return opening(change, desk, now, Extra(puts=(counter,), outbox=(told,)))


def with_claim(change: Change, actor: Actor, now: datetime) -> Change:
    """Whoever writes it down works on it, if they are of tier 1."""
    if FIRST_TIER not in actor.tiers:
        return change
    claimed = rules.claim(change.ticket, actor, now)
    return Change(claimed.ticket, (*change.events, *claimed.events))


def ask_phoned(case: Case, pressed: Pressed) -> Decision:
    """The form for what was answered on the phone."""
    rules.reply(case.ticket, case.actor, "-", case.now)
    view = phoned_form(case.ticket, case.desk.say)
    return Decision(modal=OpenModal(pressed.trigger_id, view))


async def phoned(case: Case, submitted: Submitted) -> Decision:
    """What was answered on the phone is recorded in the tier's thread and counts as a reply;
    nothing is sent."""
    text = received(submitted.values.get(Input.TEXT, ""))
    change = rules.reply(case.ticket, case.actor, text, case.now)
    return recorded(case, change, text)


def recorded(case: Case, change: Change, text: str) -> Decision:
    """A change that was told on the phone: the words stand in the tier's thread, and nothing is
    sent to the person."""
    ticket = replace(change.ticket, relayed=change.ticket.relayed + 1)
    tier = acting_tier(ticket) if ticket.card(acting_tier(ticket)) else ticket.tier
    lead = case.desk.say("ticket-phoned", who=mention(case.actor.user))
    key = f"{about(ticket)}:phoned:{ticket.relayed}"
    noted = tuple(in_thread(ticket, tier, key, said_with(lead, text), case.now))
    return carried(
        case.ticket,
        case.stored.version,
        replace(change, ticket=ticket),
        case.desk,
        case.now,
        Extra(outbox=noted),
    )


def _ticket(
    commanded: Commanded, asker: str, language: Language, words: str, number: int, now: datetime
) -> Ticket:
    found = extract(words)
    return Ticket(
        id=ticket_id(commanded.team, number),
        team=commanded.team,
        number=number,
        asker=asker,
        language=language,
        channel="",
        thread_ts="",
        visibility=Visibility.PRIVATE,
        words=words,
        opened_at=now,
        changed_at=now,
        waiting_since=now,
        platform=PLATFORMS[found.platforms[0]] if found.platforms else "",
        version=found.os_version or "",
        error_codes=found.error_codes,
        opened_by=commanded.user,
        by_phone=True,
    )
