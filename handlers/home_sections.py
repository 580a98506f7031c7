"""What App Home shows of tickets: to askers their own, to agents theirs and what waits for their
tiers, to admins the counts, the known problems and what goes out next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.announcing_desk import AnnouncingDesk
from handlers.announcing_words import moment_token
from handlers.catalogue import Say
from handlers.helpdesk_desk import TIERS, HelpdeskDesk
from handlers.home_parts import HomeAction, HomeReader, Section, header
from handlers.roles import StaffRoles
from handlers.text import escaped, shortened
from handlers.ticket_words import button, live_lines, mention, plain_section, section, tier_name
from helpdesk.errors import HelpdeskError, HelpdeskRefused, RolesUnknown
from helpdesk.rules import RATINGS
from helpdesk.ticket import State, Ticket
from helpdesk.timing import next_step_at
from knowledge.article import Language
from rollout.announcement import NOT_OUT_YET, announcement_id
from rollout.announcement import State as AnnouncementState
from storage.kinds import ANNOUNCEMENT, TICKET, person_key
from storage.known_problems import standing_problems
from storage.outbox import Block
from storage.port import Order

TICKETS_SHOWN = 5
DUE_SHOWN = 5
KNOWN_SHOWN = 5
WAVES_SHOWN = 3
WORDS_SHOWN = 150
MINE_WEIGHED = 50
WAITING_WEIGHED = 20
"""Tickets looked at to tell what is due soon: those that wait longest come first anyhow."""
DUE_SOON = timedelta(hours=1)
PLANNED_WEIGHED = 8
COUNTED = tuple(one for one in State if one is not State.CLOSED)


def with_home(desk: HelpdeskDesk, announcing: AnnouncingDesk) -> HelpdeskDesk:
    """The desk whose App Home has these sections."""

    async def of_agent(reader: HomeReader) -> Sequence[Block]:
        return await agent_section(reader, desk)

    async def of_admin(reader: HomeReader) -> Sequence[Block]:
        return await admin_section(reader, desk, announcing)

    async def of_asker(reader: HomeReader) -> Sequence[Block]:
        return await asker_section(reader, desk)

    sections = (*desk.asking.home_sections, of_agent, of_admin, of_asker)
    return replace(desk, asking=replace(desk.asking, home_sections=sections))


async def asker_section(reader: HomeReader, desk: HelpdeskDesk) -> list[Block]:
    """Open and past tickets, the newest first; a closed one can be opened again."""
    say = desk.asking.say_in(reader.language)
    page = reader.page(Section.TICKETS, TICKETS_SHOWN)
    found = await desk.store.find(
        TICKET,
        "asker",
        person_key(reader.team, reader.user),
        limit=page.limit,
        order=Order.NEWEST_FIRST,
    )
    if not found:
        return []
    start = page.start(len(found))
    lines = [_asked(one.record, say) for one in found[start : start + page.size]]
    return [header(say("home-my-tickets")), *lines, *page.turning(len(found), say)]


def _asked(ticket: Ticket, say: Say) -> Block:
    with_whom = mention(ticket.holder) if ticket.holder else tier_name(ticket.tier, say)
    state = say(f"ticket-state-{ticket.state}")
    head = f"{ticket.name} · {state}"
    if ticket.open:
        return live_lines(f"{head} · {with_whom}\n{escaped(_words(ticket))}")
    again = button(HomeAction.REOPEN, say("button-reopen"), ticket.id)
    return {**plain_section(f"{head}\n{_words(ticket)}"), "accessory": again}


async def agent_section(reader: HomeReader, desk: HelpdeskDesk) -> list[Block]:
    """What the agent has, what is due soon, and what waits in each of their tiers. Nothing for who
    is in no tier, or while Slack does not tell."""
    try:
        tiers = (await desk.actor(reader.user)).tiers
    except HelpdeskRefused:
        return []
    if not tiers:
        return []
    mine = await _mine(reader, desk)
    waiting = {tier: await _waiting(tier, reader, desk) for tier in sorted(tiers)}
    view = _Agent(reader, desk, desk.asking.say_in(reader.language))
    soon = _due_soon([*mine, *(one for tier in waiting.values() for one in tier)], reader, desk)
    blocks = [*view.due_soon(soon), *view.mine(mine)]
    for tier, tickets in waiting.items():
        count = await desk.store.count(TICKET, "tier", f"{reader.team}/{tier}/{State.WAITING}")
        blocks += view.waiting(tier, tickets, count)
    return blocks


async def _mine(reader: HomeReader, desk: HelpdeskDesk) -> list[Ticket]:
    limit = max(MINE_WEIGHED, reader.page(Section.MINE, TICKETS_SHOWN).limit)
    person = person_key(reader.team, reader.user)
    return [one.record for one in await desk.store.find(TICKET, "holder", person, limit=limit)]


async def _waiting(tier: int, reader: HomeReader, desk: HelpdeskDesk) -> list[Ticket]:
    limit = max(WAITING_WEIGHED, reader.page(Section.waiting(tier), TICKETS_SHOWN).limit)
    value = f"{reader.team}/{tier}/{State.WAITING}"
    return [one.record for one in await desk.store.find(TICKET, "tier", value, limit=limit)]


def _due_soon(
    tickets: Sequence[Ticket], reader: HomeReader, desk: HelpdeskDesk
) -> list[tuple[datetime, Ticket]]:
    """Those whose next reminder comes within ``DUE_SOON``, the soonest first."""
    each = {one.id: one for one in tickets}
    due = [(next_step_at(one, desk.settings), one) for one in each.values()]
    soon = [(at, one) for at, one in due if at and at <= reader.now + DUE_SOON]
    return sorted(soon, key=lambda pair: (pair[0], pair[1].id))[:DUE_SHOWN]


@dataclass(frozen=True)
class _Agent:
    """Renders what an agent sees."""

    reader: HomeReader
    desk: HelpdeskDesk
    say: Say

    def due_soon(self, soon: Sequence[tuple[datetime, Ticket]]) -> Iterator[Block]:
        if not soon:
            return
        yield header(self.say("home-due-soon"))
        for at, ticket in soon:
            overdue = at <= self.reader.now
            moment = _clock(at, self.desk, self.reader.language)
            note = self.say("home-overdue" if overdue else "home-due-at", at=moment)
            yield {**section(f"{ticket.name} · {note}"), "accessory": self._show(ticket)}
            yield live_lines(escaped(_words(ticket)))

    def mine(self, tickets: Sequence[Ticket]) -> Iterator[Block]:
        yield header(self.say("home-mine"))
        if not tickets:
            yield live_lines(self.say("ticket-list-none"))
        page = self.reader.page(Section.MINE, TICKETS_SHOWN)
        start = page.start(len(tickets))
        for ticket in tickets[start : start + page.size]:
            yield self._line(ticket, self.say(f"ticket-state-{ticket.state}"))
        yield from page.turning(len(tickets), self.say)

    def waiting(self, tier: int, tickets: Sequence[Ticket], count: int) -> Iterator[Block]:
        name = tier_name(tier, self.say)
        yield header(self.say("home-waiting", tier=name, count=count))
        page = self.reader.page(Section.waiting(tier), TICKETS_SHOWN)
        start = page.start(len(tickets))
        for ticket in tickets[start : start + page.size]:
            waited = age(self.reader.now - ticket.waiting_since, self.say)
            yield self._line(ticket, self.say("home-waits-for", age=waited))
        yield from page.turning(len(tickets), self.say)

    def _line(self, ticket: Ticket, note: str) -> Block:
        block = plain_section(f"{ticket.name} · {note}\n{_words(ticket)}")
        return {**block, "accessory": self._show(ticket)}

    def _show(self, ticket: Ticket) -> Block:
        return button(HomeAction.SHOW, self.say("button-show"), ticket.id)


def age(passed: timedelta, say: Say) -> str:
    """How long in the largest unit that fits: minutes, hours or days."""
    minutes = max(int(passed.total_seconds() // 60), 0)
    if minutes < 60:
        return say("ticket-age-minutes", count=minutes)
    if minutes < 48 * 60:
        return say("ticket-age-hours", count=minutes // 60)
    return say("ticket-age-days", count=minutes // (24 * 60))


async def admin_section(
    reader: HomeReader, desk: HelpdeskDesk, announcing: AnnouncingDesk
) -> list[Block]:
    """Tickets by tier and state, how askers liked it, known problems, what goes out next."""
    roles = StaffRoles(desk.roles, desk.asking.people)
    try:
        if not await roles.is_member(desk.admin_channel, reader.user):
            return []
    except (RolesUnknown, HelpdeskError):
        return []
    say = desk.asking.say_in(reader.language)
    counts = "\n".join([await _counts(tier, reader, desk, say) for tier in TIERS])
    liked = await satisfaction(reader.team, desk, say)
    known = await _known(reader, desk, say)
    waves = await _next_waves(reader, announcing, say)
    return [
        header(say("home-counts")),
        live_lines(f"{counts}\n{liked}"),
        *([header(say("home-known")), live_lines("\n".join(known))] if known else []),
        *([header(say("home-waves")), live_lines("\n".join(waves))] if waves else []),
    ]


async def _counts(tier: int, reader: HomeReader, desk: HelpdeskDesk, say: Say) -> str:
    shown = []
    for state in COUNTED:
        count = await desk.store.count(TICKET, "tier", f"{reader.team}/{tier}/{state}")
        if count:
            shown.append(f"{say(f'ticket-state-{state}')}: {count}")
    listed = " · ".join(shown) or say("home-no-tickets")
    return f"{tier_name(tier, say)} · {listed}"


async def satisfaction(team: str, desk: HelpdeskDesk, say: Say) -> str:
    """How many askers pressed what after closing; counts only."""
    counts = [
        f"{say(f'button-rate-{rating}')}: "
        f"{await desk.store.count(TICKET, 'rating', f'{team}/{rating}')}"
        for rating in RATINGS
    ]
    return " ".join([say("home-liked"), " · ".join(counts)])


async def _known(reader: HomeReader, desk: HelpdeskDesk, say: Say) -> list[str]:
    standing = await standing_problems(
        desk.store, reader.team, reader.now.date(), limit=KNOWN_SHOWN
    )
    return [
        f"• {escaped(shortened(one.text_in(reader.language), WORDS_SHOWN))}" for one in standing
    ]


async def _next_waves(reader: HomeReader, announcing: AnnouncingDesk, say: Say) -> list[str]:
    """The next announcements, at the moments they have now: approved ones, and planned ones of
    which no draft was made or which wait as drafts."""
    named: dict[str, tuple[datetime, str]] = {}
    found = await announcing.store.find(
        ANNOUNCEMENT, "state", f"{reader.team}/{AnnouncementState.SCHEDULED}", limit=50
    )
    for stored in found:
        group = announcing.plan.group(stored.record.group)
        name = group.name(reader.language) if group else "-"
        named[stored.record.id] = (stored.record.sends_at, f"{name} · {say('timeline-scheduled')}")
    coming = [one for one in announcing.planned.announcements if one.at > reader.now]
    for planned in coming[:PLANNED_WEIGHED]:
        record_id = announcement_id(reader.team, announcing.plan.settings.year, planned.id)
        drafted = await announcing.store.get(ANNOUNCEMENT, record_id)
        state = drafted.record.state if drafted else None
        if state is not None and state not in NOT_OUT_YET:
            continue
        at = drafted.record.sends_at if drafted else planned.at
        label = say(f"timeline-{state}") if state else say("timeline-planned")
        named.setdefault(record_id, (at, f"{planned.group.name(reader.language)} · {label}"))
    ahead = sorted(one for one in named.values() if one[0] > reader.now)[:WAVES_SHOWN]
    return [
        f"• {moment_token(at, reader.language, announcing.zone)} · {escaped(name)}"
        for at, name in ahead
    ]


def _clock(at: datetime, desk: HelpdeskDesk, language: Language) -> str:
    return moment_token(at, language, desk.settings.tier(1).hours.zone)


def _words(ticket: Ticket) -> str:
    return shortened(ticket.words.replace("\n", " "), WORDS_SHOWN)
