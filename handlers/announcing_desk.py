"""What announcing needs to know and reach, and what its records look like together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from handlers.announcements_view import Card, Progress, announcement_content, card_content
from handlers.catalogue import Catalogue, Say
from handlers.decision import Decision
from handlers.payloads import Pressed
from handlers.ports import Roles
from helpdesk.errors import HelpdeskError
from knowledge.article import Language
from knowledge.watching import Knowledge
from rollout.announcement import (
    NOT_OUT_YET,
    Announcement,
    Audience,
    Standing,
    State,
    announcement_id,
    drafted,
)
from rollout.checking import Circumstances, DraftFlaw, check_draft
from rollout.errors import Refusal
from rollout.messages import Message, filled, template
from rollout.plan import Phase, Plan
from rollout.schedule import Planned, Schedule, schedule
from rollout.values import Company, values_for
from storage.kinds import ANNOUNCEMENT
from storage.outbox import (
    Content,
    DueCommand,
    Edit,
    InChannel,
    ItemMessage,
    Lane,
    OutboxEntry,
    OutboxItem,
    OutboxState,
    Persona,
    Post,
)
from storage.port import Put, Store
from storage.records import NEW, Stored

ANNOUNCE = "announce"
PROGRESS = "announce-progress"
BRIEF = "announce-briefing"
GO_NO_GO = "announce-go-no-go"
MOST = 2_000
MOST_DELIVERIES = 10_000
PEOPLE_COUNTED_IN = 10
"""Channels whose members are counted for a card; Slack allows about 100 such questions a minute
(docs.slack.dev/reference/methods/conversations.members)."""
COUNT_WITHIN = 1.0

HelpForm: TypeAlias = Callable[[Pressed, datetime], Awaitable[Decision]]
"""Decides what "I need help" opens."""

CountOpenTickets: TypeAlias = Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class AnnouncingDesk:
    """What announcing needs. ``tier_channels`` are briefed. Without ``help_form`` "I need help"
    begins a direct message; without ``open_tickets`` nothing is said of tickets."""

    store: Store
    roles: Roles
    catalogue: Catalogue
    knowledge: Knowledge
    plan: Plan
    company: Company
    team: str
    admin_channel: str
    default_language: Language
    tier_channels: tuple[str, ...] = ()
    help_form: HelpForm | None = None
    open_tickets: CountOpenTickets | None = None

    @cached_property
    def planned(self) -> Schedule:
        """The plan's announcements at the moments of the plan."""
        return schedule(self.plan)

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
}


@dataclass(frozen=True)
class Situation:
    """All announcements as they stand, and the schedule with the moments they have now."""

    desk: AnnouncingDesk
    records: tuple[Stored[Announcement], ...]

    @cached_property
    def schedule(self) -> Schedule:
        return self.desk.planned.with_moments(
            {one.record.planned: one.record.sends_at for one in self.records if one.record.planned}
        )

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
        return filled(message, values)

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
    """Everything as it stands now."""
    found = await desk.store.find(ANNOUNCEMENT, "team", desk.team, limit=MOST)
    return Situation(desk, tuple(found))


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
            audience=tuple(Audience(channel, group.language) for channel in group.channels),
            sends_at=planned.at,
            author=author,
        ),
        now,
    )


# The admins' card --------------------------------------------------------------------------------


async def shown_card(
    announcement: Announcement, around: Situation, now: datetime
) -> tuple[Content, Progress]:
    """The card as it stands, and how far the sending is."""
    desk = around.desk
    progress = await progress_of(announcement, desk.store)
    card = Card(
        announcement=announcement,
        title=around.title(announcement),
        flaws=around.flaws(announcement) if announcement.state is State.DRAFT else (),
        progress=progress,
        people=await _people(announcement, desk),
        sponsor_user=desk.plan.sponsor.user,
        now=now,
        language=desk.default_language,
        zone=desk.zone,
    )
    return card_content(card, desk.say), progress


def card_key(announcement: Announcement) -> str:
    return f"announcement-card:{announcement.id}:{announcement.cards}"


def new_card(
    announcement: Announcement, content: Content, desk: AnnouncingDesk, now: datetime
) -> OutboxItem:
    """The card posted in the admin channel."""
    return _card_item(
        card_key(announcement), announcement, Post(InChannel(desk.admin_channel), content), now
    )


def card_again(
    announcement: Announcement, content: Content, mark: str, now: datetime
) -> tuple[OutboxItem, ...]:
    """The card shown anew; nothing where none was posted. ``mark`` tells showings apart."""
    if not announcement.cards:
        return ()
    key = card_key(announcement)
    return (_card_item(f"{key}:{mark}", announcement, Edit(ItemMessage(key), content), now),)


def _card_item(
    key: str, announcement: Announcement, call: Post | Edit, now: datetime
) -> OutboxItem:
    return OutboxItem(
        key=key,
        team=announcement.team,
        order_group=f"announcement-card/{announcement.id}",
        call=call,
        due_at=now,
        about=f"announcement-card:{announcement.id}",
    )


async def changed(
    stored: Stored[Announcement],
    announcement: Announcement,
    around: Situation,
    now: datetime,
    outbox: Sequence[OutboxItem] = (),
) -> Decision:
    """The announcement as it stands now, its card shown anew, and its due command kept in step."""
    content, _ = await shown_card(announcement, around.with_moved(announcement), now)
    card = card_again(announcement, content, f"v{stored.version + 1}", now)
    scheduled = announcement.state is State.SCHEDULED
    return Decision(
        puts=(Put(ANNOUNCEMENT, announcement, stored.version),),
        outbox=(*outbox, *card),
        due=commands_of(announcement, around.desk.plan, now) if scheduled else (),
        cancels=() if scheduled else (announce_command(announcement).key,),
    )


def commands_of(announcement: Announcement, plan: Plan, now: datetime) -> tuple[DueCommand, ...]:
    """All that waits for an announcement: itself, and what goes ahead of it and is to come."""
    ahead = [ahead_command(name, announcement, plan) for name in (BRIEF, GO_NO_GO)]
    to_come = [one for one in ahead if one and one.due_at > now]
    return (announce_command(announcement), *to_come)


def ahead_command(name: str, announcement: Announcement, plan: Plan) -> DueCommand | None:
    """The briefing, or the question whether to go on, at its time before the announcement; ``None``
    where the plan has none."""
    lead = plan.settings.briefing if name == BRIEF else plan.settings.go_no_go
    only_enrollment = name == GO_NO_GO and announcement.phase is not Phase.ENROLLMENT
    if not lead or only_enrollment:
        return None
    return DueCommand(
        key=f"{name}:{announcement.id}",
        team=announcement.team,
        name=name,
        due_at=announcement.sends_at - lead,
        about=announcement.id,
    )


def announce_command(announcement: Announcement) -> DueCommand:
    """What sends an announcement at its time."""
    return DueCommand(
        key=f"{ANNOUNCE}:{announcement.id}",
        team=announcement.team,
        name=ANNOUNCE,
        due_at=announcement.sends_at,
        about=announcement.id,
    )


# Deliveries --------------------------------------------------------------------------------------


def delivery_key(announcement: Announcement, channel: str) -> str:
    """One for each channel; another only when what failed is sent again."""
    again = f":{announcement.resends}" if announcement.resends else ""
    return f"announcement:{announcement.id}:{channel}{again}"


def deliveries(
    announcement: Announcement, channels: Sequence[Audience], around: Situation, now: datetime
) -> tuple[OutboxItem, ...]:
    """One message for each channel, in its language."""
    contents = {one: around.content(announcement, one) for one in announcement.languages}
    persona = persona_of(around.desk)
    return tuple(
        OutboxItem(
            key=delivery_key(announcement, one.channel),
            team=announcement.team,
            order_group=f"announcements/{one.channel}",
            call=Post(InChannel(one.channel), contents[one.language], persona=persona),
            due_at=now,
            about=about(announcement),
            lane=Lane.ANNOUNCEMENT,
        )
        for one in channels
    )


def about(announcement: Announcement) -> str:
    """How its deliveries refer to an announcement."""
    return f"announcement:{announcement.id}"


def persona_of(desk: AnnouncingDesk) -> Persona | None:
    """In whose name announcements are shown."""
    sponsor = desk.plan.sponsor
    if not sponsor.name:
        return None
    return Persona(desk.say("announcement-persona", name=sponsor.name), sponsor.picture or None)


async def latest_deliveries(announcement: Announcement, store: Store) -> Mapping[str, OutboxEntry]:
    """Channel to its newest delivery."""
    if announcement.state in NOT_OUT_YET:
        return {}
    entries = await store.entries_about(about(announcement), limit=MOST_DELIVERIES)
    return {
        entry.item.call.to.channel: entry
        for entry in entries
        if isinstance(entry.item.call, Post) and isinstance(entry.item.call.to, InChannel)
    }


async def progress_of(announcement: Announcement, store: Store) -> Progress:
    """How far the sending is."""
    latest = await latest_deliveries(announcement, store)
    states = [entry.state for entry in latest.values()]
    return Progress(
        sent=states.count(OutboxState.DONE),
        left=states.count(OutboxState.WAITING),
        failed={
            channel: entry.reason or ""
            for channel, entry in latest.items()
            if entry.state is OutboxState.DEAD
        },
    )


async def _people(announcement: Announcement, desk: AnnouncingDesk) -> Mapping[str, int]:
    """How many people the first channels have, as far as Slack tells in time."""
    counted: dict[str, int] = {}
    if announcement.state not in NOT_OUT_YET:
        return counted
    try:
        async with asyncio.timeout(COUNT_WITHIN):
            for one in announcement.audience[:PEOPLE_COUNTED_IN]:
                try:
                    counted[one.channel] = len(await desk.roles.members(one.channel))
                except HelpdeskError:
                    continue
    except TimeoutError:
        return counted
    return counted
