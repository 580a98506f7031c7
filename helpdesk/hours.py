"""Business hours: when a tier works, and moments reckoned in its working time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONGEST_SEARCH = timedelta(days=400)
"""How far ahead working time is looked for; settings without any are refused when read."""


@dataclass(frozen=True)
class Hours:
    """Working days (Monday is 0) from ``opens`` to ``closes`` local time in ``zone``, except public
    holidays of ``country`` (ISO 3166 code, ``subdivision`` as the ``holidays`` package has it) and
    the ``closed`` days."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    country: str = ""
    subdivision: str = ""
    closed: tuple[date, ...] = ()

    def works_on(self, day: date) -> bool:
        if day.weekday() not in self.days or day in self.closed:
            return False
        return not self.country or day not in _holidays(self.country, self.subdivision, day.year)

    def is_open(self, moment: datetime) -> bool:
        """Whether the tier works at that aware moment."""
        return any(start <= moment < end for start, end in self._spans(moment, days=1))

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when open, else the next opening; in UTC."""
        for start, end in self._spans(moment, days=LONGEST_SEARCH.days):
            if moment < end:
                return max(start, moment)
        return moment

    def after(self, moment: datetime, working: timedelta) -> datetime:
        """The moment at which ``working`` time has passed since ``moment``; in UTC. Hours over a
        change of the clocks count as they are lived."""
        left = working
        for start, end in self._spans(moment, days=LONGEST_SEARCH.days):
            begins = max(start, moment)
            if begins >= end:
                continue
            if begins + left <= end:
                return begins + left
            left -= end - begins
        return moment + working

    def _spans(self, moment: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        """The working spans from the day before ``moment`` on, in UTC."""
        zone = ZoneInfo(self.zone)
        first = moment.astimezone(zone).date() - timedelta(days=1)
        for offset in range(days + 2):
            day = first + timedelta(days=offset)
            if self.works_on(day):
                yield _utc(day, self.opens, zone), _utc(day, self.closes, zone)


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return frozenset(found)


def knows_country(country: str, subdivision: str = "") -> bool:
    """Whether there are public holidays for that country and subdivision."""
    supported = holidays.list_supported_countries()
    if country not in supported:
        return False
    return not subdivision or subdivision in supported[country]
