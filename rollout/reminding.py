"""Reminders: to those of a group who have not enrolled, at most two, in their working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.hours import Hours
from rollout.announcement import Announcement, State
from rollout.plan import Phase, Plan, Settings

REMINDER_AFTER = (timedelta(days=3), timedelta(days=7))
"""After the group's last enrollment message: a first reminder, and a last one."""
MOST_REMINDERS = len(REMINDER_AFTER)
LEAST_APART = timedelta(days=2)
"""Between two reminders to one person, also when the bot was away for a while."""
STALE_AFTER = timedelta(days=30)
INVITED_AFTER = timedelta(hours=1)
"""After the post-enrollment message those who enrolled are asked how it went."""
APART = timedelta(seconds=1)
"""Between two people of a group: Slack allows about 100 questions after a person a minute
(docs.slack.dev/reference/methods/users.info, tier 4), and direct messages wait behind talk."""
OPENS, CLOSES = time(9), time(17)


@dataclass(frozen=True)
class Reminded:
    """How often somebody was reminded for a group, and when last."""

    id: str
    team: str
    user: str
    group: str
    count: int
    at: datetime


@dataclass(frozen=True)
class NoReminders:
    """Somebody wants no reminders."""

    id: str
    team: str
    user: str
    at: datetime


def reminded_id(team: str, group: str, user: str) -> str:
    return f"{team}/{group}/{user}"


def person_id(team: str, user: str) -> str:
    return f"{team}/{user}"


def reminds(announcement: Announcement, plan: Plan, batch: int) -> bool:
    """Whether reminders follow an announcement: the enrollment message of a group, and where it
    enrolls in batches the last of them, since nobody knows who is in which."""
    group = plan.group(announcement.group)
    return (
        group is not None
        and announcement.phase is Phase.ENROLLMENT
        and bool(announcement.planned)
        and batch == group.batches
    )


def went_out(announcement: Announcement) -> bool:
    """Whether it stands in its channels, so that it makes sense to speak of it."""
    return announcement.state in (State.SENDING, State.SENT)


def may_remind(before: Reminded | None, number: int) -> bool:
    """Whether the ``number``-th reminder is due for somebody who was reminded as ``before``: none
    twice, and never more than ``MOST_REMINDERS``."""
    count = before.count if before else 0
    return count < number <= MOST_REMINDERS


def next_moment(before: Reminded | None, due_at: datetime, now: datetime) -> datetime:
    """When the next reminder may go out: at its time, but not close on the heels of another."""
    apart = before.at + LEAST_APART if before else now
    return max(due_at, apart, now)


def too_late(turn: datetime, now: datetime) -> bool:
    """Whether the turn is so long ago that a reminder would puzzle people."""
    return now > turn + STALE_AFTER


def working_moment(at: datetime, timezone: str, settings: Settings) -> datetime:
    """The moment itself where it lies in the person's working hours, else when they next begin.
    ``timezone`` is the person's own (IANA); the plan's where it is unknown."""
    country, _, subdivision = settings.holidays.partition("-")
    hours = Hours(
        zone=_known(timezone) or settings.timezone,
        opens=OPENS,
        closes=CLOSES,
        country=country,
        subdivision=subdivision,
        closed=settings.days_off,
    )
    return hours.next_opening(at)


def _known(timezone: str) -> str:
    try:
        return ZoneInfo(timezone).key if timezone else ""
    except (KeyError, ValueError, OSError):
        return ""
