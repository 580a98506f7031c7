"""What answering needs to know and reach."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from handlers.catalogue import Catalogue, Say
from handlers.home_parts import HomeReader
from handlers.ports import People, Roles
from helpdesk.people import Person
from knowledge.article import Language
from knowledge.preference import preference_id
from knowledge.watching import Knowledge
from storage.kinds import PREFERENCE
from storage.outbox import Block, Content
from storage.port import Put, Store

LiveAnswer: TypeAlias = Callable[[str, str, Language], Awaitable[Content | None]]
"""What holds at the moment for a person who asks, by user, question and language; ``None`` where
there is nothing to say."""


HomeSection: TypeAlias = Callable[[HomeReader], Awaitable[Sequence[Block]]]
"""Blocks of App Home for who reads it; none where there is nothing to show."""


class RolloutView(Protocol):
    """What the rollout plan tells about a person who asks."""

    async def wave_of(self, user: str, now: datetime) -> str:
        """The wave the person's group is in: the id of the announcement in the plan; empty where
        none has begun, or the group is not known."""

    async def dates_for(
        self, user: str, language: Language, now: datetime
    ) -> tuple[Block, ...] | None:
        """The person's own dates, for App Home; ``None`` where the plan has none."""

    async def asked_beneath(self, user: str, announcement: str, now: datetime) -> tuple[Put, ...]:
        """What counts a question beneath an announcement (by its id) for its wave."""


@dataclass(frozen=True)
class Speaking:
    """What is known of the language to speak with somebody, the surest first: the one they chose,
    then the one they write in, then their Slack's, then the channel's, then the default."""

    chosen: Language | None
    slack: Language | None
    channel: Language | None
    default: Language

    @property
    def preferred(self) -> tuple[Language, ...]:
        """The languages a person is known to read, for weighing what a question may mean."""
        known = (self.chosen, self.slack)
        return tuple(dict.fromkeys(one for one in known if one))

    def language(self, *heard: Language | None) -> Language:
        """The language to answer in; ``heard`` is what was written in, and before that."""
        candidates = (self.chosen, *heard, self.slack, self.channel)
        return next((one for one in candidates if one), self.default)


@dataclass(frozen=True)
class Desk:
    """What asking needs to know and reach. ``channel_languages`` says what is spoken in a channel,
    where that is known; ``roles`` and the role channels tell agents and admins. ``live_answers``
    says by article what is told before it. ``rollout`` is absent where there is no plan."""

    store: Store
    knowledge: Knowledge
    people: People
    catalogue: Catalogue
    bot_user: str
    question_channels: frozenset[str]
    tier1_channel: str
    default_language: Language
    roles: Roles
    tier_channels: tuple[str, ...] = ()
    admin_channel: str = ""
    channel_languages: Mapping[str, Language] = field(default_factory=dict)
    live_answers: Mapping[str, LiveAnswer] = field(default_factory=dict)
    rollout: RolloutView | None = None
    home_sections: tuple[HomeSection, ...] = ()

    def say_in(self, language: Language) -> Say:
        return self.catalogue.sayer(language)

    async def wave_of(self, user: str, now: datetime) -> str:
        """The rollout wave that the person is in; empty where no plan tells."""
        return await self.rollout.wave_of(user, now) if self.rollout else ""

    async def speaking(self, person: Person, channel: str = "") -> Speaking:
        """What is known of the language to speak with the person, in that channel."""
        stored = await self.store.get(PREFERENCE, preference_id(person.team, person.id))
        return Speaking(
            chosen=stored.record.language if stored else None,
            slack=Language.from_tag(person.locale) if person.locale else None,
            channel=self.channel_languages.get(channel),
            default=self.default_language,
        )

    async def say_to(self, user: str, channel: str = "") -> Say:
        """Speaks to a person who has not just written anything."""
        person = await self.people.person(user)
        return self.say_in((await self.speaking(person, channel)).language())
