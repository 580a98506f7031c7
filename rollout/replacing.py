"""A new plan in the place of an old one: what differs, and what becomes of the drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rollout.announcement import (
    NOT_OUT_YET,
    Announcement,
    Audience,
    State,
    cancel,
    delete,
    move,
    readdress,
)
from rollout.plan import Group, Plan
from rollout.schedule import Planned, schedule


@dataclass(frozen=True)
class PlanTakenUp:
    """The plan that is in force, as the text of its file. ``id`` is the team's; ``by`` is empty
    when the bot took it up by itself. ``refused`` is the text of a newer file that the admins have
    been asked about."""

    id: str
    team: str
    text: str
    at: datetime
    by: str = ""
    refused: str = ""


class Differs(StrEnum):
    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Difference:
    """One announcement that two plans have differently; ``before`` is missing from a new one,
    ``after`` from one that is gone."""

    kind: Differs
    before: Planned | None
    after: Planned | None

    @property
    def planned(self) -> Planned:
        """The announcement as it is planned last."""
        planned = self.after or self.before
        assert planned is not None
        return planned


def compared(old: Plan, new: Plan) -> tuple[Difference, ...]:
    """What a new plan changes, in the order of time."""
    before = {one.id: one for one in schedule(old).announcements}
    after = {one.id: one for one in schedule(new).announcements}
    found: list[Difference] = []
    for planned_id in {**before, **after}:
        found += _differences(before.get(planned_id), after.get(planned_id))
    return tuple(sorted(found, key=lambda one: (one.planned.at, one.planned.id)))


def _differences(before: Planned | None, after: Planned | None) -> list[Difference]:
    if before is None:
        return [Difference(Differs.NEW, None, after)]
    if after is None:
        return [Difference(Differs.GONE, before, None)]
    found: list[Difference] = []
    if before.at != after.at:
        found.append(Difference(Differs.MOVED, before, after))
    if audience_of(before.group) != audience_of(after.group):
        found.append(Difference(Differs.ELSEWHERE, before, after))
    return found


def audience_of(group: Group) -> tuple[Audience, ...]:
    """The channels of a group, in its language."""
    return tuple(Audience(channel, group.language) for channel in group.channels)


def carried_over(
    announcement: Announcement,
    before: Planned | None,
    after: Planned | None,
    user: str,
    now: datetime,
) -> Announcement:
    """What becomes of an announcement that is not out yet: it follows the new plan, except in what
    admins changed by hand. One that the new plan lacks is cancelled; other channels must be
    approved again; a time that has passed is left to the admins."""
    if announcement.state not in NOT_OUT_YET or before is None:
        return announcement
    if after is None:
        draft = announcement.state is State.DRAFT
        return (delete if draft else cancel)(announcement, user, now)
    result = announcement
    if announcement.audience == audience_of(before.group) and after.group.channels:
        result = readdress(result, audience_of(after.group), user, now)
    if announcement.sends_at == before.at != after.at and after.at > now:
        result = move(result, after.at, user, now)
    return result
