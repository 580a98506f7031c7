"""The plan: what is told, to whom, and when.

A plan has groups and waves. A wave is one message of one phase, with a date for each group that it
addresses. ``rollout.schedule`` turns waves into announcements with a moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from knowledge.article import Language

LAST_WEEK = -1
"""The week number that stands for the last one of a month."""


class Phase(StrEnum):
    """The phases in the order in which a group goes through them."""

    KICKOFF = "kickoff"
    PRE_ENROLLMENT = "pre-enrollment"
    ENROLLMENT = "enrollment"
    POST_ENROLLMENT = "post-enrollment"

    @property
    def rank(self) -> int:
        return tuple(Phase).index(self)


class Weekday(StrEnum):
    """Working days on which messages planned by week go out; named as in the plan file."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"

    @property
    def number(self) -> int:
        """As ``date.weekday`` counts: Monday is 0."""
        return tuple(Weekday).index(self)


@dataclass(frozen=True)
class OnDay:
    """A date given as a day; ``at`` only where it differs from the plan's hour."""

    day: date
    at: time | None = None


@dataclass(frozen=True)
class InWeek:
    """A date given as a week: the ``week``-th occurrence of the plan's weekday in the month
    (``LAST_WEEK``: the last one). ``year`` only where it differs from the plan's."""

    week: int
    month: int
    year: int | None = None


When = OnDay | InWeek


@dataclass(frozen=True)
class Sponsor:
    """In whose name messages go out. ``user`` is a Slack user id, ``picture`` an https address;
    an empty ``name`` is a blank that ``check`` reports."""

    name: str = ""
    title: str = ""
    user: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Settings:
    """How dates become moments, and how announcements are handled.

    ``hour`` is local time in ``timezone`` (an IANA name). ``holidays`` is an ISO 3166 country code,
    with a subdivision behind a hyphen where holidays differ within the country (``DE-BY``). A
    message that is late by more than ``grace`` is not sent by itself. ``briefing`` is how long
    before a message the helpdesk learns of it, ``go_no_go`` how long before an enrollment the
    admins are asked whether to go on; zero for never.
    """

    year: int
    timezone: str = "UTC"
    weekday: Weekday = Weekday.TUESDAY
    hour: time = time(9, 0)
    holidays: str = ""
    days_off: tuple[date, ...] = ()
    grace: timedelta = timedelta(hours=4)
    briefing: timedelta = timedelta(days=1)
    go_no_go: timedelta = timedelta(days=2)
    approval: bool = True


@dataclass(frozen=True)
class Group:
    """Part of the organisation.

    ``target`` is the share to be enrolled (0 to 1). ``batch_size`` people enroll a week, of
    ``people`` in all; 0 means that all of them enroll at once. ``starts`` only where it differs
    from the date of the group's enrollment message.
    """

    id: str
    names: Mapping[Language, str]
    language: Language = Language.EN
    channels: tuple[str, ...] = ()
    user_group: str = ""
    member_channel: str = ""
    people: int = 0
    target: float = 0.0
    batch_size: int = 0
    starts: When | None = None

    def name(self, language: Language) -> str:
        """The group's name in the language, else in the first language that has one."""
        return self.names.get(language) or next(iter(self.names.values()), self.id)

    @property
    def places(self) -> tuple[str, ...]:
        """Where Slack knows who is in the group: its user group, else its member channel, else the
        channels in which it is told."""
        one = self.user_group or self.member_channel
        return (one,) if one else self.channels

    @property
    def batches(self) -> int:
        """In how many weekly batches the group enrolls."""
        if not self.batch_size or not self.people:
            return 1
        return -(-self.people // self.batch_size)


@dataclass(frozen=True)
class Wave:
    """One message of one phase. ``message`` counts the messages of a phase (there are two
    pre-enrollment messages); ``dates`` maps group id to when; ``repeats`` is how many weeks in a
    row a shorter form follows."""

    number: int
    phase: Phase
    message: int
    dates: Mapping[str, tuple[When, ...]]
    repeats: int = 0

    @property
    def template(self) -> str:
        """The name of the wave's message template."""
        if self.phase is Phase.PRE_ENROLLMENT:
            return f"{self.phase}-{self.message}"
        return str(self.phase)


@dataclass(frozen=True)
class Source:
    """The file a plan was read from, and the line of each of its fields."""

    file: str = "plan"
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, name: str) -> int:
        """The line of the field, or of the nearest field around it."""
        while name and name not in self.lines:
            name = name.rpartition(".")[0]
        return self.lines.get(name, 0)


@dataclass(frozen=True)
class Plan:
    """A rollout plan. ``groups`` keep the order of the file."""

    title: str
    settings: Settings
    sponsor: Sponsor
    groups: tuple[Group, ...]
    waves: tuple[Wave, ...]
    source: Source = field(default_factory=Source, compare=False)

    def group(self, group_id: str) -> Group | None:
        return next((group for group in self.groups if group.id == group_id), None)


def no_plan(year: int, timezone: str) -> Plan:
    """The plan of an organisation that has none: no groups, no waves."""
    return Plan("", Settings(year, timezone=timezone), Sponsor(), (), ())
