"""What asking takes from the rollout plan: when it is somebody's turn, and channels' languages."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.announcing_desk import AnnouncingDesk, situation
from handlers.asked_for_help import asked_put
from handlers.date_requests import ARTICLE as ANOTHER_DATE
from handlers.date_requests import another_date
from handlers.desk import Desk
from handlers.turns import ARTICLE, dates_for, own_groups, when_is_my_turn
from knowledge.article import Language
from rollout.schedule import Schedule
from rollout.turns import current_wave, groups_that_enroll
from storage.kinds import ANNOUNCEMENT
from storage.outbox import Block, Content
from storage.port import Put

REMEMBERED_FOR = timedelta(seconds=30)
"""How long the moments of the timeline are remembered: every question asks for its wave."""


class PlannedRollout:
    """What the plan tells about a person who asks."""

    def __init__(self, announcing: AnnouncingDesk) -> None:
        self._announcing = announcing
        self._remembered: tuple[datetime, Schedule] | None = None

    async def wave_of(self, user: str, now: datetime) -> str:
        """The id, in the plan, of the last announcement to the person's group that is out; the
        kickoff's where the group is not known."""
        result = await self._schedule(now)
        if not result.announcements or result.announcements[0].at > now:
            return ""
        groups = groups_that_enroll(self._announcing.plan, result)
        return current_wave(await own_groups(user, groups, self._announcing), result, now)

    async def dates_for(
        self, user: str, language: Language, now: datetime
    ) -> tuple[Block, ...] | None:
        return await dates_for(user, language, self._announcing, now)

    async def asked_beneath(self, user: str, announcement: str, now: datetime) -> tuple[Put, ...]:
        stored = await self._announcing.store.get(ANNOUNCEMENT, announcement)
        return await asked_put(user, stored.record, self._announcing, now) if stored else ()

    async def _schedule(self, now: datetime) -> Schedule:
        if self._remembered and self._remembered[0] <= now < self._remembered[0] + REMEMBERED_FOR:
            return self._remembered[1]
        result = (await situation(self._announcing)).schedule
        self._remembered = (now, result)
        return result


def with_plan(desk: Desk, announcing: AnnouncingDesk) -> Desk:
    """The desk with what the plan knows. A channel of several groups speaks the first one's
    language."""

    async def turn(user: str, text: str, language: Language) -> Content | None:
        return await when_is_my_turn(user, text, language, announcing)

    async def other_date(user: str, _text: str, language: Language) -> Content | None:
        return await another_date(user, language, announcing)

    spoken = {
        channel: group.language
        for group in reversed(announcing.plan.groups)
        for channel in group.channels
    }
    return replace(
        desk,
        live_answers={ARTICLE: turn, ANOTHER_DATE: other_date},
        channel_languages=spoken,
        rollout=PlannedRollout(announcing),
    )
