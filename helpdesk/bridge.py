"""Bridge mode: for a chosen time all tiers sit together, and new tickets go to one channel."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

_LINK = re.compile(r"https?://[^\s<>|]+")
_UNTIL = re.compile(r"\buntil\s+(\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)
ARGUMENTS = r"(off|on(\s+until\s+\d{4}-\d{2}-\d{2})?(\s+<?https?://\S+)?)"
"""What may follow ``/signpost bridge``."""


@dataclass(frozen=True)
class Bridge:
    """The bridge of a team; its id is the team. ``until`` is the end of the last day, in UTC;
    without it the bridge stands until it is switched off. ``link`` is the meeting's address."""

    id: str
    team: str
    on: bool
    by: str
    at: datetime
    until: datetime | None = None
    link: str = ""

    def stands(self, now: datetime) -> bool:
        """Whether tickets go over the bridge at that moment."""
        return self.on and (self.until is None or now < self.until)


def read_bridge(text: str, team: str, by: str, zone: str, now: datetime) -> Bridge | None:
    """The bridge that ``on [until DATE] [link]`` or ``off`` asks for; ``None`` for a day that is
    none or has passed. The day is one of ``zone``."""
    switched_on = text.strip().lower().startswith("on")
    until, link = _UNTIL.search(text), _LINK.search(text)
    address = link.group() if link and switched_on else ""
    if until is None:
        return Bridge(team, team, switched_on, by, now, link=address)
    try:
        day = date.fromisoformat(until.group(1))
    except ValueError:
        return None
    ends = datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    return Bridge(team, team, switched_on, by, now, ends, address) if ends > now else None
