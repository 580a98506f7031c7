"""What the helpdesk's handlers know and reach, and one ticket with the person who acts on it."""

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.catalogue import Say
from handlers.desk import Desk
from handlers.ports import Roles
from handlers.ticket_cards import Showing
from helpdesk.bridge import Bridge
from helpdesk.errors import RolesUnknown
from helpdesk.people import Person
from helpdesk.rules import Actor, Refusal, refused
from helpdesk.ticket import FIRST_TIER, LAST_TIER, State, Ticket, ticket_id
from helpdesk.timing import HelpdeskSettings
from knowledge.article import Language, Library
from storage.kinds import BRIDGE, TICKET
from storage.port import Store
from storage.records import Stored

TIERS = tuple(range(FIRST_TIER, LAST_TIER + 1))


@dataclass(frozen=True)
class HelpdeskDesk:
    """``asking`` is the desk that answers questions. ``bridge`` is the bridge that stands at the
    moment a decision is made for, as :meth:`at` found it."""

    asking: Desk
    settings: HelpdeskSettings
    bridge_channel: str | None = None
    lesson_channel: str | None = None
    bridge: Bridge | None = None

    async def at(self, team: str, now: datetime) -> "HelpdeskDesk":
        """The desk as it is at that moment."""
        if not self.bridge_channel:
            return self
        stored = await self.store.get(BRIDGE, team)
        stands = stored is not None and stored.record.stands(now)
        return replace(self, bridge=stored.record if stored and stands else None)

    @property
    def roles(self) -> Roles:
        return self.asking.roles

    @property
    def tier_channels(self) -> tuple[str, ...]:
        """Tiers 1 to 3."""
        return self.asking.tier_channels

    @property
    def admin_channel(self) -> str:
        return self.asking.admin_channel

    @property
    def store(self) -> Store:
        return self.asking.store

    @property
    def library(self) -> Library:
        return self.asking.knowledge.current.library

    @property
    def say(self) -> Say:
        """The helpdesk's own language."""
        return self.asking.say_in(self.asking.default_language)

    @property
    def knowledge_channel(self) -> str:
        """Where lessons are read before they are learned."""
        return self.lesson_channel or self.admin_channel

    def showing(self, language: Language | None = None) -> Showing:
        say = self.asking.say_in(language or self.asking.default_language)
        link = self.bridge.link if self.bridge else ""
        return Showing(say, self.library, self.settings, link)

    def channel(self, tier: int) -> str:
        """Where new tickets of the tier go."""
        if self.bridge and self.bridge_channel:
            return self.bridge_channel
        return self.tier_channels[tier - 1]

    @property
    def card_channels(self) -> frozenset[str]:
        """Wherever cards may stand."""
        bridge = [self.bridge_channel] if self.bridge_channel else []
        return frozenset((*self.tier_channels, self.admin_channel, *bridge))

    async def person(self, user: str) -> Person:
        return await self.asking.people.person(user)

    async def actor(self, user: str, ticket: Ticket | None = None) -> Actor:
        """The person with the tiers whose channel they are in now, asked anew at every press. The
        channel in which a tier's card stands counts as that tier's: a card may have had to go
        elsewhere. Refused when Slack does not tell the roles of anybody."""
        person = await self.person(user)
        if person.may_only_ask or person.bot or person.deactivated:
            return Actor(user, may_only_ask=True)
        tiers, unknown = set[int](), False
        for tier in TIERS:
            for channel in self._channels_of(tier, ticket):
                try:
                    if await self.roles.is_member(channel, user):
                        tiers.add(tier)
                except RolesUnknown:
                    unknown = True
        if unknown and not tiers:
            raise refused(Refusal.ROLES_UNKNOWN, ticket)
        return Actor(user, frozenset(tiers))

    def _channels_of(self, tier: int, ticket: Ticket | None) -> set[str]:
        card = ticket.card(tier) if ticket else None
        home = self.tier_channels[tier - 1]
        return {home, self.channel(tier), *([card.channel] if card else [])}

    async def ticket(self, ticket_id: str, team: str) -> Stored[Ticket]:
        """The ticket of that id, if it is of that team; else refused."""
        stored = await self.store.get(TICKET, ticket_id)
        if stored is None or stored.record.team != team:
            raise refused(Refusal.UNKNOWN)
        return stored

    async def linked(self, ticket: Ticket) -> tuple[Stored[Ticket], ...]:
        """The tickets that are solved together with this one."""
        ids = (ticket_id(ticket.team, number) for number in ticket.linked)
        found = [await self.store.get(TICKET, one) for one in ids]
        return tuple(
            one
            for one in found
            if one and one.record.main == ticket.id and one.record.state is State.LINKED
        )


@dataclass(frozen=True)
class Case:
    """One ticket, who acts on it, and when. ``linked`` are the tickets solved together with it."""

    stored: Stored[Ticket]
    actor: Actor
    person: Person
    desk: HelpdeskDesk
    now: datetime
    linked: tuple[Stored[Ticket], ...] = ()

    @property
    def ticket(self) -> Ticket:
        return self.stored.record


async def open_case(
    desk: HelpdeskDesk, ticket_id: str, user: str, team: str, now: datetime
) -> Case:
    """The ticket and the person, both as they are now. Raises ``HelpdeskRefused``."""
    stored = await desk.ticket(ticket_id, team)
    actor = await desk.actor(user, stored.record)
    linked = await desk.linked(stored.record)
    return Case(stored, actor, await desk.person(user), desk, now, linked)
