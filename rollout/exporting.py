"""A plan as text: the plan file, the table people keep, and a timeline to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from knowledge.article import Language
from rollout.plan import Group, InWeek, Phase, Plan, Sponsor, Wave, When
from rollout.schedule import Planned, Schedule
from rollout.tables import inert
from rollout.words import in_words, month_name, week_name

BLANK = "# BLANK"
"""Marks what must be filled in by hand."""

_TABLE_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "title": "Communication plan",
        "wave": "Wave {number}",
        "kickoff": "Kickoff meeting",
        "pre-enrollment-1": "Pre-rollout e-mail 1",
        "pre-enrollment-2": "Pre-rollout e-mail 2",
        "enrollment": "Enrollment e-mail",
        "post-enrollment": "Post-enrollment e-mail",
    },
    Language.NL: {
        "title": "Communicatieplanning",
        "wave": "Blok {number}",
        "kickoff": "Introductiebijeenkomst",
        "pre-enrollment-1": "E-mail 1 pre-rollout",
        "pre-enrollment-2": "E-mail 2 pre-rollout",
        "enrollment": "E-mail voor registratie",
        "post-enrollment": "E-mail na registratie",
    },
    Language.SV: {
        "title": "Kommunikationsplan",
        "wave": "Våg {number}",
        "kickoff": "Kickoff-möte",
        "pre-enrollment-1": "E-post före distribution 1",
        "pre-enrollment-2": "E-post före distribution 2",
        "enrollment": "E-post om registrering",
        "post-enrollment": "E-post efter registrering",
    },
    Language.ZH_HANT: {
        "title": "通訊計畫",
        "wave": "階段 {number}",
        "kickoff": "啟動會議",
        "pre-enrollment-1": "推出前電子郵件 1",
        "pre-enrollment-2": "推出前電子郵件 2",
        "enrollment": "註冊電子郵件",
        "post-enrollment": "註冊後電子郵件",
    },
}

_HEAD = """\
# The rollout plan: who is told what, and when. `python bot.py plan check FILE` says what is amiss,
# `python bot.py plan show FILE` prints the timeline. docs/rollout.md explains every field.
"""
_SETTINGS = """\
# Dates by week ("first week of July") fall on the weekday below, at the hour below; on a holiday or
# a day off they move to the next working day. Holidays: a country such as NL, or a region: DE-BY.
"""
_SPONSOR = """\
# In whose name announcements go out. The first message of every group needs a sponsor. `user` is
# the Slack id of the sponsor, who may then approve announcements too; `picture` an https address.
"""
_GROUPS = """\
# Channels are ids: Slack shows a channel's id at the end of its details. Without a user group or a
# member channel, the members of the group's channels are the group. `batches: 50 per week` lets a
# group of so many people enroll week by week.
"""
_WAVES = """\
# One wave for each message. A date is a week ("first week of July", "last week of July 2028") or a
# day ("2027-07-06", "2027-07-06 14:00"); a list of dates sends the message again.
"""


def blank_template(plan: Plan) -> Plan:
    """The plan with all that differs from company to company left blank."""
    groups = tuple(
        replace(group, channels=(), user_group="", member_channel="") for group in plan.groups
    )
    return replace(plan, sponsor=Sponsor(), groups=groups)


def as_yaml(plan: Plan) -> str:
    """The plan as a commented plan file, which reads back as the same plan."""
    return (
        "\n".join(
            (
                f"{_HEAD}title: {_quoted(plan.title)}\n",
                f"{_SETTINGS}settings:\n{_lines(_settings_lines(plan))}",
                f"{_SPONSOR}sponsor:\n{_lines(_sponsor_lines(plan.sponsor))}",
                f"{_GROUPS}groups:\n{''.join(_group_text(group) for group in plan.groups)}",
                f"{_WAVES}waves:\n{''.join(_wave_text(wave) for wave in plan.waves)}",
            )
        ).rstrip("\n")
        + "\n"
    )


def as_markdown(plan: Plan, language: Language) -> str:
    """The plan as the table people keep, in Markdown."""
    header, *rows = _table(plan, language)
    ruler = [":---:"] * len(header)
    lines = [header, ruler, *rows]
    return "".join(f"| {' | '.join(_barred(one) for one in line)} |\n" for line in lines)


def _barred(cell: str) -> str:
    return cell.replace("|", "\\|")


def as_csv(plan: Plan, language: Language) -> str:
    """The plan as the table people keep, in CSV."""
    text = io.StringIO()
    rows = [[inert(cell) for cell in row] for row in _table(plan, language)]
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def timeline(plan: Plan, result: Schedule) -> str:
    """The announcements month by month, in the plan's time zone, and how many there are."""
    zone = ZoneInfo(plan.settings.timezone)
    lines: list[str] = [plan.title, ""]
    month = ""
    for one in result.announcements:
        at = one.at.astimezone(zone)
        heading = f"{month_name(at.month, Language.EN)} {at.year}"
        if heading != month:
            lines += [heading] if not month else ["", heading]
            month = heading
        channels = ", ".join(one.group.channels) or "no channel yet"
        group = one.group.name(Language.EN)
        lines.append(f"  {at:%a %Y-%m-%d %H:%M}  {_message(one):<27} {group} ({channels})")
        lines += [f"  {'':<22}  {note}" for note in one.notes]
    count = counted(len(result.announcements), "announcement")
    return "\n".join([*lines, "", f"{count}, times in {zone.key}", ""])


def counted(count: int, thing: str) -> str:
    """So many of a thing, in English."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _message(one: Planned) -> str:
    words = _TABLE_WORDS[Language.EN]
    name = words[one.wave.template].removesuffix(" e-mail").removesuffix(" meeting")
    name = name.replace(" e-mail", "")
    if one.repeat:
        return f"{name}, week {one.repeat + 1}"
    return f"{name}, batch {one.batch}" if one.group.batches > 1 and _enrolls(one) else name


def _enrolls(one: Planned) -> bool:
    return one.phase is Phase.ENROLLMENT


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def _settings_lines(plan: Plan) -> Iterator[str]:
    settings = plan.settings
    yield f"year: {settings.year}"
    yield f"timezone: {settings.timezone}"
    yield f"weekday: {settings.weekday}"
    yield f'hour: "{settings.hour:%H:%M}"'
    yield f"holidays: {settings.holidays}".rstrip()
    yield f"days_off: [{', '.join(day.isoformat() for day in settings.days_off)}]"
    yield f"grace: {_span(settings.grace)}   # what is later than this waits for the admins"
    yield f"briefing: {_span(settings.briefing)}   # before a message: tell the helpdesk"
    yield f"go_no_go: {_span(settings.go_no_go)}   # before an enrollment: ask the admins"
    yield f"approval: {'yes' if settings.approval else 'no'}   # by a second admin or the sponsor"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes and minutes % length == 0:
            count = minutes // length
            return f"{count} {unit if count > 1 else unit.rstrip('s')}"
    return f"{minutes} minutes"


def _sponsor_lines(sponsor: Sponsor) -> Iterator[str]:
    yield (
        f"name: {_quoted(sponsor.name)}" if sponsor.name else f"name:   {BLANK}: who stands for it"
    )
    yield f"title: {_quoted(sponsor.title)}".rstrip()
    yield f"user: {sponsor.user}".rstrip()
    yield f"picture: {sponsor.picture}".rstrip()


def _group_text(group: Group) -> str:
    return f"  {group.id}:\n" + "".join(f"    {line}\n" for line in _group_lines(group))


def _group_lines(group: Group) -> Iterator[str]:
    yield "name:"
    for language in Language:
        name = group.names.get(language)
        yield f"  {language}: {_quoted(name)}" if name else f"  {language}:   {BLANK}: its name"
    yield f"language: {group.language}"
    channels = f"channels: [{', '.join(group.channels)}]"
    yield channels if group.channels else f"{channels}   {BLANK}: where this group is told"
    for name, value in (("user_group", group.user_group), ("member_channel", group.member_channel)):
        if value:
            yield f"{name}: {value}"
    if group.people:
        yield f"people: {group.people}"
    if group.target:
        yield f"target: {round(group.target * 100)}%"
    if group.batch_size:
        yield f"batches: {group.batch_size} per week"
    if group.starts:
        yield f"starts: {in_words(group.starts)}"


def _wave_text(wave: Wave) -> str:
    lines = [f"  - phase: {wave.phase}"]
    if wave.phase is Phase.PRE_ENROLLMENT:
        lines.append(f"    message: {wave.message}")
    if wave.repeats:
        lines.append(f"    repeats: {wave.repeats}   # weeks in which a shorter form follows")
    lines.append("    dates:")
    lines += [f"      {group}: {_dates(dates)}" for group, dates in wave.dates.items()]
    return "\n".join(lines) + "\n"


def _dates(dates: tuple[When, ...]) -> str:
    written = [in_words(when) for when in dates]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def _quoted(text: str) -> str:
    """Always in double quotes, in which only the backslash and the quote are special."""
    if not text:
        return ""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, order=True)
class _Slot:
    """A column: a month, and the place among the groups that this month has in a wave."""

    year: int
    month: int
    place: int


def _table(plan: Plan, language: Language) -> list[list[str]]:
    words = _TABLE_WORDS[language]
    cells = {wave.number: _wave_cells(wave, plan, language) for wave in plan.waves}
    slots = sorted({slot for wave_cells in cells.values() for slot in wave_cells})
    several_years = len({slot.year for slot in slots}) > 1
    header = [words["title"]]
    for slot in slots:
        year = f" {slot.year}" if several_years else ""
        header.append(month_name(slot.month, language) + year)
    rows = [header]
    for wave in plan.waves:
        own = cells[wave.number]
        empty = ("", "")
        rows.append([words["wave"].format(number=wave.number)])
        rows[-1] += [own.get(slot, empty)[0] for slot in slots]
        rows.append([words[wave.template], *(own.get(slot, empty)[1] for slot in slots)])
    return rows


def _wave_cells(wave: Wave, plan: Plan, language: Language) -> dict[_Slot, tuple[str, str]]:
    """Slot to group name and date."""
    cells: dict[_Slot, tuple[str, str]] = {}
    for group_id, dates in wave.dates.items():
        group = plan.group(group_id)
        name = group.name(language) if group else group_id
        for when in dates:
            year, month = _month_of(when, plan)
            place = sum(slot.year == year and slot.month == month for slot in cells)
            cells[_Slot(year, month, place)] = (name, _cell(when, language))
    return cells


def _month_of(when: When, plan: Plan) -> tuple[int, int]:
    if isinstance(when, InWeek):
        return when.year or plan.settings.year, when.month
    return when.day.year, when.day.month


def _cell(when: When, language: Language) -> str:
    return week_name(when.week, language) if isinstance(when, InWeek) else in_words(when)
