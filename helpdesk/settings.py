"""Reading the helpdesk's settings file: working hours and timers of each tier."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from helpdesk.errors import HelpdeskInvalid
from helpdesk.hours import Hours, knows_country
from helpdesk.learning import Learning
from helpdesk.timing import HelpdeskSettings, TierSettings
from knowledge.spikes import SpikeRule

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = ("timezone", "days", "opens", "closes", "country", "subdivision", "closed")
_WAITS = ("claim", "response", "holder", "delivery", "asker", "quiet")
_DURATION = re.compile(r"^(?:(\d+)h)?\s*(?:(\d+)m)?$")
_TIERS = ("tier1", "tier2", "tier3")
_LEARNING = ("second_person", "spike_least", "spike_days", "spike_history")


def read_helpdesk(path: Path | None, timezone: str = "UTC") -> HelpdeskSettings:
    """The settings in the YAML file, or the defaults in ``timezone`` when there is none. Raises
    ``HelpdeskInvalid`` with every fault at once."""
    if path is None:
        return parse_helpdesk({}, timezone)
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise HelpdeskInvalid([f"{path} cannot be read: {error}. Mend or replace it."]) from error
    if not isinstance(loaded or {}, dict):
        raise HelpdeskInvalid([f"{path} holds no settings. Begin from helpdesk.example.yaml."])
    return parse_helpdesk(loaded or {}, timezone)


def parse_helpdesk(loaded: Mapping[str, Any], timezone: str = "UTC") -> HelpdeskSettings:
    """The settings as loaded from YAML: ``all`` for every tier, ``tier1`` to ``tier3`` for what
    differs, ``learning`` for the knowledge base. Raises ``HelpdeskInvalid``."""
    reading = _Reading()
    reading.only_known("the file", loaded, ("all", *_TIERS, "learning", "offer_after"))
    common = reading.tier("all", loaded.get("all") or {}, TierSettings(hours=Hours(zone=timezone)))
    first, second, third = (reading.tier(name, loaded.get(name) or {}, common) for name in _TIERS)
    learning = reading.learning(loaded.get("learning") or {})
    offer_after = reading.offer_after(loaded.get("offer_after", "1h"))
    if reading.problems:
        raise HelpdeskInvalid(reading.problems)
    return HelpdeskSettings((first, second, third), learning, offer_after)


class _Reading:
    """Reads values and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def only_known(self, where: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in given:
            if name not in known:
                self.problems.append(f"{where}: {name!r} is unknown. Use {', '.join(known)}.")

    def tier(self, name: str, given: object, inherited: TierSettings) -> TierSettings:
        if not isinstance(given, dict):
            self.problems.append(f"{name}: is no group of settings. Write them indented beneath.")
            return inherited
        self.only_known(name, given, (*_HOURS, *_WAITS))
        hours = replace(inherited.hours, **dict(self._hours(name, given)))
        if any(field in given for field in _HOURS):
            self._check(name, hours)
        waits = replace(inherited.waits, **dict(self._waits(name, given)))
        return TierSettings(hours, waits)

    def learning(self, given: object) -> Learning:
        if not isinstance(given, dict):
            problem = "learning: is no group of settings. Write them indented beneath."
            self.problems.append(problem)
            return Learning()
        self.only_known("learning", given, _LEARNING)
        second = given.get("second_person", True)
        if not isinstance(second, bool):
            self.problems.append("learning.second_person: is no yes or no. Use true or false.")
        usual = SpikeRule()
        numbers = {
            name: self._number(f"learning.spike_{name}", given.get(f"spike_{name}", default))
            for name, default in (
                ("least", usual.least),
                ("days", usual.days),
                ("history", usual.history),
            )
        }
        return Learning(second is True, replace(usual, **numbers))

    def offer_after(self, given: object) -> timedelta | None:
        never = str(given).strip().lower() == "never"
        return None if never else self._duration("offer_after", given)

    def _number(self, name: str, given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and given > 0:
            return given
        self.problems.append(f"{name}: {given!r} is no number above 0. Use one such as 5.")
        return 1

    def _hours(self, name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        if "timezone" in given:
            yield "zone", self._zone(name, str(given["timezone"]))
        if "days" in given:
            yield "days", self._days(name, given["days"])
        for field in ("opens", "closes"):
            if field in given:
                yield field, self._time(f"{name}.{field}", given[field])
        if "country" in given:
            # YAML 1.1 reads Norway's code without quotes as "no".
            country = "NO" if given["country"] is False else given["country"]
            yield "country", str(country or "").upper()
        if "subdivision" in given:
            yield "subdivision", str(given["subdivision"] or "")
        if "closed" in given:
            yield "closed", self._dates(name, given["closed"])

    def _waits(self, name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, timedelta]]:
        for field in _WAITS:
            if field in given:
                yield field, self._duration(f"{name}.{field}", given[field])

    def _check(self, name: str, hours: Hours) -> None:
        if hours.closes <= hours.opens:
            self.problems.append(f"{name}: closes at or before it opens. Set closes after opens.")
        if not hours.days:
            self.problems.append(f"{name}.days: no day at all. Name at least one.")
        if hours.country and not knows_country(hours.country, hours.subdivision):
            place = f"{hours.country} {hours.subdivision}".strip()
            self.problems.append(
                f"{name}.country: no public holidays known for {place}. "
                "Use an ISO code such as NL, SE, TW or GB with subdivision ENG, or leave it out."
            )

    def _zone(self, name: str, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.append(
                f"{name}.timezone: {value!r} is no time zone. "
                "Use an IANA name such as Europe/Amsterdam."
            )
            return "UTC"
        return value

    def _days(self, name: str, given: object) -> tuple[int, ...]:
        listed = given if isinstance(given, list) else [given]
        names = [str(one).strip().lower() for one in listed]
        for one in names:
            if one not in _DAYS:
                self.problems.append(f"{name}.days: {one!r} is no day. Use {', '.join(_DAYS)}.")
        return tuple(sorted({_DAYS.index(one) for one in names if one in _DAYS}))

    def _time(self, name: str, given: object) -> time:
        # YAML 1.1 reads 9:30 without quotes as a number in base 60.
        minutes = given if isinstance(given, int) and given >= 60 else None
        text = f"{minutes // 60:02d}:{minutes % 60:02d}" if minutes else str(given)
        try:
            return time.fromisoformat(text.zfill(5))
        except ValueError:
            self.problems.append(f'{name}: {given!r} is no time. Use the form "09:00".')
            return time(9) if name.endswith("opens") else time(17)

    def _dates(self, name: str, given: object) -> tuple[date, ...]:
        listed = given if isinstance(given, list) else [given]
        found = []
        for one in listed:
            try:
                found.append(date.fromisoformat(str(one).removesuffix(" 00:00:00")))
            except ValueError:
                self.problems.append(f"{name}.closed: {one!r} is no date. Use 2026-12-24.")
        return tuple(found)

    def _duration(self, name: str, given: object) -> timedelta:
        found = _DURATION.match(str(given).strip().lower())
        hours, minutes = (int(one or 0) for one in found.groups()) if found else (0, 0)
        if not hours and not minutes:
            self.problems.append(f'{name}: {given!r} is no duration. Use "30m", "4h" or "1h 30m".')
            return timedelta(hours=1)
        return timedelta(hours=hours, minutes=minutes)
