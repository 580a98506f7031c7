"""What announcing needs to know and reach, and what its records look like together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from handlers.announcing_message import announcement_content
from handlers.announcing_plans import PlanInForce
from handlers.announcing_quotes import Quotes, quoted_words, quotes_of
from handlers.catalogue import Catalogue, Say
from handlers.ports import People, Roles
from helpdesk.errors import HelpdeskError
from knowledge.article import Language
from knowledge.watching import Knowledge
from rollout.announcement import (
    NO_DATE,
    NOT_OUT_YET,
    Announcement,
    Standing,
    State,
    announcement_id,
    drafted,
)
from rollout.checking import Circumstances, DraftFlaw, check_draft
from rollout.errors import Refusal
from rollout.messages import QUOTE, Message, filled, template
from rollout.plan import Plan
from rollout.replacing import audience_of
from rollout.schedule import Planned, Schedule
from rollout.values import Company, values_for
from storage.kinds import ANNOUNCEMENT
from storage.outbox import (
    Content,
)
from storage.port import Store
from storage.records import NEW, Stored

PAGE = 500


@dataclass(frozen=True)
class AnnouncingDesk:
    """What announcing needs. ``tier_channels`` are briefed."""

    store: Store
    roles: Roles
    people: People
    catalogue: Catalogue
    knowledge: Knowledge
    plans: PlanInForce
    company: Company
    team: str
    admin_channel: str
    default_language: Language
    tier_channels: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self.plans.plan

    @property
    def planned(self) -> Schedule:
        """The plan's announcements at the moments of the plan."""
        return self.plans.planned

    @property
    def zone(self) -> str:
        return self.plan.settings.timezone

    @property
    def say(self) -> Say:
        """What admins read, in the default language."""
        return self.catalogue.sayer(self.default_language)

    def say_in(self, language: Language) -> Say:
        return self.catalogue.sayer(language)

    async def is_admin(self, user: str) -> bool:
        """Whether the person is in the admin channel; nobody is while Slack does not tell."""
        try:
            return await self.roles.is_member(self.admin_channel, user)
        except HelpdeskError:
            return False


REFUSALS: Mapping[Refusal, str] = {
    Refusal.NOT_ADMIN: "announcing-refused-not-admin",
    Refusal.OWN_DRAFT: "announcing-refused-own-draft",
    Refusal.TOO_LATE: "announcing-refused-too-late",
    Refusal.PAST_DATE: "announcing-refused-past-date",
    Refusal.NOT_NOW: "announcing-refused-not-now",
    Refusal.NO_AUDIENCE: "announcing-refused-no-audience",
    Refusal.UNCHECKED: "announcing-refused-unchecked",
    Refusal.CHANGED: "announcing-refused-changed",
}


@dataclass(frozen=True)
class Situation:
    """All announcements as they stand, and the schedule with the moments they have now."""

    desk: AnnouncingDesk
    records: tuple[Stored[Announcement], ...]
    quotes: Quotes = field(default_factory=dict)

    @cached_property
    def schedule(self) -> Schedule:
        prepared = [one.record for one in self.records if one.record.planned]
        moments = {one.planned: one.sends_at for one in prepared}
        off = [one.planned for one in prepared if one.state in NO_DATE]
        return self.desk.planned.with_moments(moments).without(off)

    def of_planned(self, planned: str) -> Stored[Announcement] | None:
        return next((one for one in self.records if one.record.planned == planned), None)

    def standings(self) -> tuple[Standing, ...]:
        """The timeline: what is drafted, and what is only planned yet."""
        drafted_already = {one.record.planned for one in self.records}
        records = [_standing(one.record) for one in self.records]
        planned = [
            Standing(one.id, one.group.id, one.at, movable=True)
            for one in self.desk.planned.announcements
            if one.id not in drafted_already
        ]
        return tuple(sorted([*records, *planned], key=lambda one: one.sends_at))

    def standing_of(self, announcement: Announcement) -> Standing:
        return _standing(announcement)

    def with_moved(self, announcement: Announcement) -> "Situation":
        """The situation once the announcement is as given."""
        others = tuple(one for one in self.records if one.record.id != announcement.id)
        return replace(self, records=(*others, Stored(announcement, NEW)))

    def filled(self, announcement: Announcement) -> Mapping[Language, Message]:
        """The announcement's messages with their fields filled in."""
        return {
            language: self.filled_in(announcement, message, language)
            for language, message in announcement.messages.items()
        }

    def filled_in(
        self, announcement: Announcement, message: Message, language: Language
    ) -> Message:
        group = self.desk.plan.group(announcement.group)
        values = values_for(
            group,
            announcement.sends_at,
            language,
            self.desk.plan,
            self.schedule,
            self.desk.company,
        )
        return filled(message, {**values, QUOTE: self.quoted(announcement, language)})

    def quoted(self, announcement: Announcement, language: Language) -> str:
        """The words that it quotes, in Markdown; empty when these may be quoted no longer."""
        say = self.desk.say_in(language)
        return quoted_words(self.quotes.get(announcement.quote), self.desk.plan, language, say)

    def flaws(self, announcement: Announcement) -> tuple[DraftFlaw, ...]:
        """What the check says about a draft."""
        needed = announcement.languages
        messages = self.filled(announcement)
        return check_draft(
            {language: one for language, one in messages.items() if language in needed},
            Circumstances(
                sponsor=self.desk.plan.sponsor.name,
                first_of_group=self._is_first(announcement),
                channels=len(announcement.audience),
                needed=needed,
                everyone_confirmed=announcement.everyone_confirmed,
            ),
        )

    def content(self, announcement: Announcement, language: Language) -> Content:
        """The announcement as it is seen in one language (the next best where it lacks it)."""
        available = language if language in announcement.messages else next(iter(Language))
        message = announcement.messages.get(available) or next(iter(announcement.messages.values()))
        shown = self.filled_in(announcement, message, available)
        say = self.desk.say_in(available)
        return announcement_content(announcement, shown, available, say, self.desk.zone)

    def title(self, announcement: Announcement) -> str:
        """Its title in the admins' language, dates in words."""
        text = self.content(announcement, self.desk.default_language).blocks[0]
        runs = text["elements"][0]["elements"]
        return "".join(str(run.get("text") or run.get("fallback") or "") for run in runs)

    def told(self, group: str) -> bool:
        """Whether the group has had a message already."""
        out = (State.SENT, State.SENDING)
        return any(one.record.group == group and one.record.state in out for one in self.records)

    def _is_first(self, announcement: Announcement) -> bool:
        if not announcement.group:
            return False
        own = self.schedule.of_group(announcement.group)
        return bool(own) and own[0].id == announcement.planned


def _standing(announcement: Announcement) -> Standing:
    return Standing(
        announcement.planned or announcement.id,
        announcement.group,
        announcement.sends_at,
        announcement.state in NOT_OUT_YET,
    )


async def situation(desk: AnnouncingDesk) -> Situation:
    """Everything as it stands now; what was deleted does not stand any more."""
    await desk.plans.refresh(desk.store, desk.team)
    found: list[Stored[Announcement]] = []
    while page := await _page(desk, found[-1].record.id if found else None):
        found += page
    records = tuple(one for one in found if one.record.state is not State.DELETED)
    ids = {one.record.quote for one in records if one.record.quote}
    return Situation(desk, records, await quotes_of(ids, desk.store))


async def _page(desk: AnnouncingDesk, after: str | None) -> list[Stored[Announcement]]:
    return await desk.store.find(ANNOUNCEMENT, "team", desk.team, limit=PAGE, after=after)


def draft_of(planned: Planned, desk: AnnouncingDesk, author: str, now: datetime) -> Announcement:
    """The draft of a planned announcement, from its template, in every language."""
    group = planned.group
    return drafted(
        Announcement(
            id=announcement_id(desk.team, desk.plan.settings.year, planned.id),
            team=desk.team,
            state=State.DRAFT,
            planned=planned.id,
            group=group.id,
            phase=planned.phase,
            messages={one: template(planned.template, one) for one in Language},
            audience=audience_of(group),
            sends_at=planned.at,
            author=author,
        ),
        now,
    )
