"""Who asks for help beneath an announcement counts for its wave, once."""

from dataclasses import replace
from datetime import datetime

from handlers.announcing_desk import AnnouncingDesk
from rollout.announcement import Announcement
from rollout.enrolled import AskedForHelp, asked_id, enrolled_id
from storage.kinds import ASKED_FOR_HELP, ENROLLED
from storage.port import Put
from storage.records import NEW, Stored


async def asked_put(
    user: str, announcement: Announcement, desk: AnnouncingDesk, now: datetime
) -> tuple[Put, ...]:
    """The record that the person asked for help in the wave of an announcement to a group; nothing
    where it stands already, or the announcement is to no group."""
    if not announcement.group:
        return ()
    record_id = asked_id(desk.team, announcement.group, user)
    if await desk.store.get(ASKED_FOR_HELP, record_id):
        return ()
    enrolled = await desk.store.get(ENROLLED, enrolled_id(desk.team, user))
    asked = AskedForHelp(
        id=record_id,
        team=desk.team,
        user=user,
        group=announcement.group,
        announcement=announcement.id,
        at=now,
        enrolled=enrolled is not None and enrolled.record.group == announcement.group,
    )
    return (Put(ASKED_FOR_HELP, asked, NEW),)


async def enrolled_put(user: str, group: str, desk: AnnouncingDesk) -> tuple[Put, ...]:
    """What tells of somebody who asked for help that they have enrolled."""
    stored = await desk.store.get(ASKED_FOR_HELP, asked_id(desk.team, group, user))
    return with_enrolled(stored) if stored else ()


def with_enrolled(stored: Stored[AskedForHelp]) -> tuple[Put, ...]:
    """The record, marked; nothing where it is marked already."""
    if stored.record.enrolled:
        return ()
    return (Put(ASKED_FOR_HELP, replace(stored.record, enrolled=True), stored.version),)
