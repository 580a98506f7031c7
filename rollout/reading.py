"""The plan file: YAML read node by node, so that every finding can name its line and field.

Values are taken as they are written, not as YAML would type them: an unquoted ``09:00`` is a time
and not the number 540, and the country ``NO`` is not "false".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from knowledge.article import Language
from rollout.calendar import country_known
from rollout.errors import Finding, PlanInvalid
from rollout.plan import (
    Group,
    Phase,
    Plan,
    Settings,
    Source,
    Sponsor,
    Wave,
    Weekday,
    When,
)
from rollout.words import DateRefused, read_day, read_time, read_when

T = TypeVar("T")
Kind = TypeVar("Kind", bound=StrEnum)

DATE_EXPECTED = "a day such as 2027-07-06 or 2027-07-06 14:00, or a week such as first week of July"

_GROUP_ID = re.compile(r"[^\W_]+(-[^\W_]+)*$")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{3,}$")
_USER = re.compile(r"[UW][A-Z0-9]{3,}$")
_USER_GROUP = re.compile(r"S[A-Z0-9]{3,}$")
_SHARE = re.compile(r"(\d{1,3})\s*%$")
_PACE = re.compile(r"(\d+)\s+(?:per|a)\s+week$")
_SPAN = re.compile(r"(\d+)\s*(minutes?|hours?|days?)$")
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")
YEARS = range(2000, 2101)
LONGEST_ID = 60
"""Characters of a group's id: with the name of a message it fits the value of an option, which
takes 150 (docs.slack.dev/reference/block-kit/composition-objects/option-object)."""


def load_plan(path: Path) -> Plan:
    """The plan in the file. Raises ``PlanInvalid`` with everything that is wrong with it."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "the file is not UTF-8 text", "a plan saved as UTF-8") from error
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        raise _unreadable(path, problem, "the path of a plan file") from error
    return read_plan(text, str(path))


def _unreadable(path: Path, problem: str, expected: str) -> PlanInvalid:
    return PlanInvalid((Finding(str(path), 0, "", problem, expected),))


def read_plan(text: str, file: str = "plan") -> Plan:
    """The plan in the text; ``file`` names it in findings. Raises ``PlanInvalid``."""
    reading = _Reading(file)
    root = _root(text, reading)
    plan = _plan(root)
    if reading.findings:
        ordered = sorted(reading.findings, key=lambda finding: finding.line)
        raise PlanInvalid(tuple(ordered))
    return plan


@dataclass
class _Reading:
    """The findings so far, and where each field stood."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


def _root(text: str, reading: _Reading) -> _Field:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = f"this is not YAML ({getattr(error, 'problem', None) or error})"
        raise PlanInvalid((Finding(reading.file, line, "", problem),)) from error
    if node is None:
        expected = "a plan; print one with: python bot.py plan template"
        raise PlanInvalid((Finding(reading.file, 1, "", "the file is empty", expected),))
    return _Field(node, "", reading)


class _Field:
    """One place in the file: a value, a list or a mapping."""

    def __init__(self, node: yaml.Node | None, name: str, reading: _Reading, line: int = 0) -> None:
        self._node = node
        self.name = name
        self._reading = reading
        self.line = node.start_mark.line + 1 if node else line
        reading.lines.setdefault(name, self.line)

    @property
    def source(self) -> Source:
        return Source(self._reading.file, self._reading.lines)

    @property
    def blank(self) -> bool:
        node = self._node
        return node is None or (
            isinstance(node, yaml.ScalarNode)
            and not node.style
            and node.value.strip() in ("", "~", "null")
        )

    def wrong(self, problem: str, expected: str = "") -> None:
        self._reading.findings.append(
            Finding(self._reading.file, self.line, self.name, problem, expected)
        )

    def fields(self, *known: str) -> _Fields:
        """The fields of a mapping; others than ``known`` are findings. Any, if none are named."""
        found: dict[str, _Field] = {}
        for key, child in self._pairs():
            if key in found:
                child.wrong("this field stands twice", "each field once")
            elif known and key not in known:
                child.wrong("there is no such field", f"one of {', '.join(known)}")
            else:
                found[key] = child
        return _Fields(found, self, self._reading)

    def items(self) -> tuple[_Field, ...]:
        """The values of a list; a single value counts as a list of one, a blank as none."""
        if self.blank:
            return ()
        if not isinstance(self._node, yaml.SequenceNode):
            return (self,)
        nodes = enumerate(self._node.value, 1)
        children = (_Field(one, f"{self.name}.{count}", self._reading) for count, one in nodes)
        return tuple(child for child in children if not child.blank)

    def text(self) -> str:
        """A single value as it is written; blank is ``""``."""
        if self.blank:
            return ""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong("this is a list or has fields", "a single value")
            return ""
        return str(self._node.value).strip()

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def _pairs(self) -> Iterator[tuple[str, _Field]]:
        if self.blank:
            return
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong("this has no fields", "fields of the form name: value")
            return
        for key, value in self._node.value:
            name = f"{self.name}.{key.value}" if self.name else str(key.value)
            child = _Field(value, name, self._reading)
            child.line = key.start_mark.line + 1
            self._reading.lines[name] = child.line
            yield str(key.value), child


class _Fields:
    """The fields of one mapping."""

    def __init__(self, found: Mapping[str, _Field], around: _Field, reading: _Reading) -> None:
        self._found = found
        self._around = around
        self._reading = reading

    def __iter__(self) -> Iterator[tuple[str, _Field]]:
        return iter(self._found.items())

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def field(self, name: str) -> _Field:
        """The field; a blank one in the place of its parent where it is missing."""
        if name in self._found:
            return self._found[name]
        full = f"{self._around.name}.{name}" if self._around.name else name
        return _Field(None, full, self._reading, self._around.line)


def _plan(root: _Field) -> Plan:
    fields = root.fields("title", "settings", "sponsor", "groups", "waves")
    settings = _settings(fields.field("settings"))
    groups = _groups(fields.field("groups"), settings.year)
    known = frozenset(group.id for group in groups)
    return Plan(
        title=fields.field("title").text(),
        settings=settings,
        sponsor=_sponsor(fields.field("sponsor")),
        groups=groups,
        waves=_waves(fields.field("waves"), known, settings.year),
        source=root.source,
    )


def _settings(field: _Field) -> Settings:
    fields = field.fields(
        "year",
        "timezone",
        "weekday",
        "hour",
        "holidays",
        "days_off",
        "grace",
        "briefing",
        "go_no_go",
        "approval",
    )
    year = _year(fields.field("year"))
    default = Settings(year)
    return Settings(
        year=year,
        timezone=_read(fields.field("timezone"), _zone, default.timezone),
        weekday=_kind(fields.field("weekday"), Weekday, default.weekday),
        hour=_hour(fields.field("hour"), default.hour),
        holidays=_read(fields.field("holidays"), _country, default.holidays),
        days_off=tuple(
            day for one in fields.field("days_off").items() if (day := _day(one, year)) is not None
        ),
        grace=_read(fields.field("grace"), _span, default.grace),
        briefing=_read(fields.field("briefing"), _span, default.briefing),
        go_no_go=_read(fields.field("go_no_go"), _span, default.go_no_go),
        approval=_read(fields.field("approval"), _yes_or_no, default.approval),
    )


def _sponsor(field: _Field) -> Sponsor:
    fields = field.fields("name", "title", "user", "picture")
    picture = fields.field("picture")
    if picture.text() and not picture.text().startswith("https://"):
        picture.wrong(f"{picture.text()!r} is not an address", "https://...")
    return Sponsor(
        name=fields.field("name").text(),
        title=fields.field("title").text(),
        user=_id(fields.field("user"), _USER, "a Slack user id such as U0123456789"),
        picture=picture.text(),
    )


def _groups(field: _Field, year: int) -> tuple[Group, ...]:
    if field.blank:
        field.wrong("the plan has no groups", "at least one group")
        return ()
    return tuple(_group(name, child, year) for name, child in field.fields())


def _group(group_id: str, field: _Field, year: int) -> Group:
    if not _GROUP_ID.match(group_id) or len(group_id) > LONGEST_ID:
        expected = f"letters, digits and single hyphens, at most {LONGEST_ID} characters"
        field.wrong(f"{group_id!r} cannot be a group's id", expected)
    fields = field.fields(
        "name",
        "language",
        "channels",
        "user_group",
        "member_channel",
        "people",
        "target",
        "batches",
        "starts",
    )
    people, batches = fields.field("people"), fields.field("batches")
    batch_size = _read(batches, _pace, 0)
    count = _read(people, _count, 0)
    if batch_size and not count:
        people.wrong("batches need the number of people", "how many people are in the group")
    channel = "a channel id such as C0123456789"
    return Group(
        id=group_id,
        names=_names(fields.field("name")),
        language=_kind(fields.field("language"), Language, Language.EN),
        channels=_channels(fields.field("channels")),
        user_group=_id(fields.field("user_group"), _USER_GROUP, "a user group id such as S0123"),
        member_channel=_id(fields.field("member_channel"), _CHANNEL, channel),
        people=count,
        target=_read(fields.field("target"), _share, 0.0),
        batch_size=batch_size,
        starts=_when(fields.field("starts"), year),
    )


def _names(field: _Field) -> Mapping[Language, str]:
    if field.blank:
        field.wrong("the group has no name", "a name, or a name per language")
        return {}
    if not field.is_mapping:
        return dict.fromkeys(Language, field.text())
    named = field.fields(*(language.value for language in Language))
    return {Language(key): child.text() for key, child in named if child.text()}


def _channels(field: _Field) -> tuple[str, ...]:
    expected = "channel ids such as C0123456789 (Slack shows the id at the end of the details)"
    channels = [_id(one, _CHANNEL, expected) for one in field.items()]
    return tuple(dict.fromkeys(channel for channel in channels if channel))


def _waves(field: _Field, groups: frozenset[str], year: int) -> tuple[Wave, ...]:
    items = field.items()
    if not items:
        field.wrong("the plan has no waves", "at least one wave")
    waves: list[Wave] = []
    for number, item in enumerate(items, 1):
        waves.append(_wave(number, item, groups, year))
    _refuse_twins(waves, items)
    return tuple(waves)


def _wave(number: int, field: _Field, groups: frozenset[str], year: int) -> Wave:
    fields = field.fields("phase", "message", "dates", "repeats")
    phase = fields.field("phase")
    if phase.blank:
        phase.wrong("the wave has no phase", _listed(Phase))
    message = fields.field("message")
    count = _read(message, _count, 1)
    if count not in (1, 2) or (count == 2 and phase.text() != Phase.PRE_ENROLLMENT):
        message.wrong(f"there is no message {count} of this phase", "1, or 2 for pre-enrollment")
    return Wave(
        number=number,
        phase=_kind(phase, Phase, Phase.KICKOFF),
        message=count,
        dates=_dates(fields.field("dates"), groups, year),
        repeats=_read(fields.field("repeats"), _count, 0),
    )


def _dates(field: _Field, groups: frozenset[str], year: int) -> Mapping[str, tuple[When, ...]]:
    if field.blank:
        field.wrong("the wave addresses nobody", "a date for at least one group")
        return {}
    dates: dict[str, tuple[When, ...]] = {}
    for group_id, child in field.fields():
        if group_id not in groups:
            expected = f"one of {', '.join(sorted(groups))}"
            child.wrong(f"there is no group {group_id!r}", expected)
            continue
        if not child.items():
            child.wrong("the date is missing", DATE_EXPECTED)
        read = [_when(one, year) for one in child.items()]
        dates[group_id] = tuple(when for when in read if when is not None)
    return dates


def _refuse_twins(waves: list[Wave], items: tuple[_Field, ...]) -> None:
    seen: dict[tuple[Phase, int], int] = {}
    for wave, item in zip(waves, items, strict=True):
        first = seen.setdefault((wave.phase, wave.message), wave.number)
        if first != wave.number:
            problem = f"wave {first} is {wave.phase} message {wave.message} already"
            item.wrong(problem, "each message of a phase in one wave, with the dates of all groups")


def _year(field: _Field) -> int:
    if field.blank:
        field.wrong("the year is missing", "the year of the plan's dates, such as 2027")
        return YEARS[0]
    year = _read(field, _count, YEARS[0])
    if year not in YEARS:
        field.wrong(f"{year} is no year of a rollout", f"{YEARS[0]} to {YEARS[-1]}")
        return YEARS[0]
    return year


def _when(field: _Field, year: int) -> When | None:
    if field.blank:
        return None
    try:
        return read_when(field.text(), year)
    except DateRefused as error:
        field.wrong(str(error), DATE_EXPECTED)
        return None


def _day(field: _Field, year: int) -> date | None:
    try:
        return read_day(field.text(), year)
    except DateRefused as error:
        field.wrong(str(error), "a day such as 2027-12-24")
        return None


def _hour(field: _Field, default: time) -> time:
    if field.blank:
        return default
    try:
        return read_time(field.text())
    except DateRefused as error:
        field.wrong(str(error), "hours and minutes such as 09:00")
        return default


def _id(field: _Field, form: re.Pattern[str], expected: str) -> str:
    value = field.text()
    if value and not form.match(value):
        field.wrong(f"{value!r} is not an id", expected)
        return ""
    return value


def _kind(field: _Field, kind: type[Kind], default: Kind) -> Kind:
    value = field.text()
    if not value:
        return default
    known = {member.value.casefold(): member for member in kind}
    if value.casefold() not in known:
        field.wrong(f"{value!r} is unknown", _listed(kind))
        return default
    return known[value.casefold()]


def _listed(kind: type[StrEnum]) -> str:
    return f"one of {', '.join(member.value for member in kind)}"


def _read(field: _Field, read: Callable[[str], T], default: T) -> T:
    """The value as ``read`` understands it; what it raises becomes a finding."""
    value = field.text()
    if not value:
        return default
    try:
        return read(value)
    except _Unread as unread:
        field.wrong(f"{value!r} {unread.problem}", unread.expected)
        return default


class _Unread(Exception):
    def __init__(self, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected


def _count(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 7:
        raise _Unread("is not a number", "a whole number")
    return int(value)


def _share(value: str) -> float:
    found = _SHARE.match(value)
    if not found or int(found[1]) > 100:
        raise _Unread("is not a share", "a percentage such as 90%")
    return int(found[1]) / 100


def _pace(value: str) -> int:
    found = _PACE.match(value)
    if not found or int(found[1]) < 1:
        raise _Unread("is not a pace", "a number of people a week such as 50 per week")
    return int(found[1])


def _span(value: str) -> timedelta:
    found = _SPAN.match(value)
    if not found:
        raise _Unread("is not a length of time", "such as 30 minutes, 4 hours or 1 day")
    unit = found[2].rstrip("s") + "s"
    return timedelta(**{unit: int(found[1])})


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _Unread("is not a time zone", "an IANA name such as Europe/Amsterdam") from error
    return value


def _country(value: str) -> str:
    if not country_known(value):
        raise _Unread("is not a country whose holidays are known", "a code such as NL or DE-BY")
    return value


def _yes_or_no(value: str) -> bool:
    if value.casefold() not in (*_YES, *_NO):
        raise _Unread("is neither yes nor no", "yes or no")
    return value.casefold() in _YES
