"""Which days are worked on, and what moment an hour of a day is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from rollout.plan import LAST_WEEK, InWeek, OnDay, Settings, When

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class NoSuchWeek(ValueError):
    """The month has no such week."""


@dataclass(frozen=True)
class Day:
    """A resolved day, and why it is not the one that the plan's words alone would give."""

    day: date
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A moment in UTC, and what the clocks made of the hour."""

    at: datetime
    notes: tuple[str, ...] = ()


def country_known(code: str) -> bool:
    """Whether the holidays of the country (``NL``) or subdivision (``DE-BY``) are known."""
    country, _, subdivision = code.partition("-")
    supported = holidays.list_supported_countries()
    return country in supported and (not subdivision or subdivision in supported[country])


def resolved_day(when: When, settings: Settings) -> Day:
    """The day. A week is the weekday's occurrence of that number in the month; a holiday or day off
    gives way to the next working day. A day given as such stands. Raises ``NoSuchWeek``."""
    if isinstance(when, OnDay):
        why = day_off(when.day, settings)
        return Day(when.day, (f"falls on {why}",) if why else ())
    return _next_working(_in_week(when, settings), settings)


def working_day_after(day: date, settings: Settings) -> date:
    """The first working day after ``day``."""
    return _next_working(day + _ONE_DAY, settings).day


def day_off(day: date, settings: Settings) -> str:
    """Why nobody works that day; empty if they do."""
    if day in settings.days_off:
        return "a day off"
    if day.weekday() >= _SATURDAY:
        return "a weekend"
    name = _holidays(settings.holidays, day.year).get(day) if settings.holidays else None
    return f"a holiday ({name})" if name else ""


def moment(day: date, at: time, settings: Settings) -> Moment:
    """The moment of a local hour. An hour that the clocks skip counts from before the change (02:30
    becomes 03:30), and of an hour that comes twice the first is taken."""
    zone = ZoneInfo(settings.timezone)
    local = datetime.combine(day, at, zone)
    utc = local.astimezone(UTC)
    shown = utc.astimezone(zone)
    if shown.replace(tzinfo=None) != local.replace(tzinfo=None):
        return Moment(utc, (f"the clocks skip {at:%H:%M} that day, {shown:%H:%M} is taken",))
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        return Moment(utc, (f"{at:%H:%M} comes twice that day, the first is taken",))
    return Moment(utc)


def _in_week(when: InWeek, settings: Settings) -> date:
    first = date(when.year or settings.year, when.month, 1)
    ahead = (settings.weekday.number - first.weekday()) % 7
    days = [first + timedelta(days=ahead + 7 * weeks) for weeks in range(5)]
    days = [day for day in days if day.month == when.month]
    if when.week == LAST_WEEK:
        return days[-1]
    if when.week > len(days):
        raise NoSuchWeek(f"{first:%B %Y} has only {len(days)} of {settings.weekday}")
    return days[when.week - 1]


def _next_working(day: date, settings: Settings) -> Day:
    notes: list[str] = []
    while why := day_off(day, settings):
        notes.append(f"not on {day.isoformat()}, {why}")
        day += _ONE_DAY
    return Day(day, tuple(notes))


@cache
def _holidays(code: str, year: int) -> dict[date, str]:
    country, _, subdivision = code.partition("-")
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return dict(found.items())
