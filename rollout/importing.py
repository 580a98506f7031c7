"""A plan from a table as people keep it.

Two layouts are read. In the grid, months (or days) are columns; a row "Wave n" names the group that
each column addresses, and the rows under it are that wave's messages with a week or a day in each
cell. In the list, every row is one message, with columns for group, message and date.

Nothing is guessed silently: what cannot be understood refuses the table, what cannot be known
becomes a blank of the plan, and what was decided on the way is said in a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from knowledge.article import Language
from rollout.errors import Finding, Severity, TableRefused
from rollout.plan import Group, InWeek, OnDay, Phase, Plan, Settings, Sponsor, Wave, When
from rollout.reading import LONGEST_ID
from rollout.tables import Row, read_table
from rollout.words import (
    DateRefused,
    month_languages,
    normalised,
    read_day,
    read_month,
    read_week,
    read_when,
    week_languages,
)

_WAVE = re.compile(r"(?:wave|blok|golf|våg|omgång|階段|波次)\s*(\d+)$|第\s*(\d+)\s*(?:階段|波)$")
_EVERYONE = {
    Language.EN: ("all", "everyone", "everybody"),
    Language.NL: ("alle", "iedereen", "allen"),
    Language.SV: ("alla",),
    Language.ZH_HANT: ("全部", "所有人", "全體", "全體人員"),
}
_CALLED = {
    Language.EN: "English",
    Language.NL: "Dutch",
    Language.SV: "Swedish",
    Language.ZH_HANT: "Traditional Chinese",
}
_EVERYONE_NAMES = {language: words[0].capitalize() for language, words in _EVERYONE.items()}
_ALL = "all"
_MARKS = ("x", "✓", "✔", "v", "●", "•", "√")

_MESSAGES: tuple[tuple[Phase, re.Pattern[str]], ...] = (
    (
        Phase.KICKOFF,
        re.compile(r"kick-? ?off|introductiebijeenkomst|aftrap|startbijeenkomst|startmöte|啟動"),
    ),
    (
        Phase.POST_ENROLLMENT,
        re.compile(
            r"post-? ?enrol|\bna (de )?(registratie|inschrijving)|efter registrering|註冊後"
        ),
    ),
    (
        Phase.PRE_ENROLLMENT,
        re.compile(r"pre-? ?(rollout|enrol)|före (distribution|registrering)|推出前|註冊前|部署前"),
    ),
    (Phase.ENROLLMENT, re.compile(r"enrol|registratie|inschrijving|registrering|註冊")),
)
"""The first that fits counts, so the more special ones come first. "E-mail voor registratie" is
the enrollment message in Dutch plans: "voor" means "for" there."""

_LIST_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "group": ("group", "audience", "groep", "doelgroep", "grupp", "målgrupp", "群組", "對象"),
    "message": ("message", "phase", "bericht", "fase", "meddelande", "fas", "訊息", "階段"),
    "date": ("date", "when", "datum", "wanneer", "när", "日期", "時間"),
}

MESSAGE_EXPECTED = (
    "the kickoff, pre-rollout message 1 or 2, the enrollment or the post-enrollment message"
)
CELL_EXPECTED = "a week such as First week, or a day such as 2027-07-06; empty for nothing"


@dataclass(frozen=True)
class Imported:
    """The plan of a table, and what was decided or left blank on the way."""

    plan: Plan
    findings: tuple[Finding, ...]


def import_table(content: bytes, file: str, year: int) -> Imported:
    """The plan in a table; ``year`` is that of its first month. Raises ``TableRefused`` with
    everything that could not be understood."""
    rows = read_table(content, file)
    reading = _Reading(file, year)
    columns = _list_columns(rows[0])
    entries = _from_list(rows, columns, reading) if columns else _from_grid(rows, reading)
    plan = _built(rows[0].cell(0), list(entries), reading, rows)
    if any(one.severity is Severity.ERROR for one in reading.findings):
        errors = [one for one in reading.findings if one.severity is Severity.ERROR]
        raise TableRefused(tuple(sorted(errors, key=lambda one: one.line)))
    return Imported(plan, tuple(reading.findings))


@dataclass
class _Reading:
    file: str
    year: int
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, row: Row, where: str, problem: str, expected: str = "") -> None:
        self.findings.append(Finding(self.file, row.line, where, problem, expected))

    def note(self, line: int, where: str, problem: str) -> None:
        self.findings.append(Finding(self.file, line, where, problem, severity=Severity.NOTE))


@dataclass(frozen=True)
class _Entry:
    """One message for one group, as a cell says it."""

    phase: Phase
    message: int
    group: str
    when: When
    line: int


@dataclass(frozen=True)
class _Column:
    """A column of the grid: a month of a year, or one day."""

    index: int
    title: str
    year: int
    month: int = 0
    day: date | None = None


def _list_columns(header: Row) -> Mapping[str, int] | None:
    """Where a list has its columns; ``None`` for a grid."""
    titles = [normalised(cell) for cell in header.cells]
    found = {
        name: titles.index(title)
        for name, known in _LIST_HEADINGS.items()
        for title in known
        if title in titles
    }
    return found if len(found) == len(_LIST_HEADINGS) else None


def _from_list(
    rows: tuple[Row, ...], columns: Mapping[str, int], reading: _Reading
) -> Iterator[_Entry]:
    for row in rows[1:]:
        kind = _message(row.cell(columns["message"]))
        group = row.cell(columns["group"])
        when = _when(row, row.cell(columns["date"]), None, reading)
        if kind is None:
            problem = f"{row.cell(columns['message'])!r} is no message of a plan"
            reading.wrong(row, rows[0].cell(columns["message"]), problem, MESSAGE_EXPECTED)
        elif not group:
            reading.wrong(row, rows[0].cell(columns["group"]), "the group is missing", "a name")
        elif when is not None:
            yield _Entry(*kind, group, when, row.line)


def _from_grid(rows: tuple[Row, ...], reading: _Reading) -> Iterator[_Entry]:
    columns = _columns(rows[0], reading)
    groups: dict[int, str] = {}
    for row in rows[1:]:
        label = row.cell(0)
        if _WAVE.match(normalised(label)):
            groups = {column.index: row.cell(column.index) for column in columns}
            continue
        kind = _message(label)
        if kind is None:
            problem = f"{label!r} is neither a wave nor a message of a plan"
            reading.wrong(row, label, problem, f"Wave 1, or {MESSAGE_EXPECTED}")
            continue
        yield from _message_row(row, kind, columns, groups, reading)


def _message_row(
    row: Row,
    kind: tuple[Phase, int],
    columns: list[_Column],
    groups: Mapping[int, str],
    reading: _Reading,
) -> Iterator[_Entry]:
    for column in columns:
        cell = row.cell(column.index)
        if not cell:
            continue
        group = groups.get(column.index, "")
        if not group:
            where = f"{row.cell(0)}, {column.title}"
            problem = f"{cell!r} addresses nobody: the wave above names no group in this column"
            reading.wrong(row, where, problem, "a group in the wave's row")
            continue
        when = _when(row, cell, column, reading)
        if when is not None:
            yield _Entry(*kind, group, when, row.line)


def _columns(header: Row, reading: _Reading) -> list[_Column]:
    columns: list[_Column] = []
    year, latest = reading.year, 0
    for index, title in enumerate(header.cells[1:], 1):
        if not title:
            continue
        column = _column(index, title, year)
        if column is None:
            reading.wrong(header, title, f"{title!r} is neither a month nor a day", "such as July")
            continue
        stated = re.search(r"\d{4}", title) is not None
        if not stated and column.month < latest:
            year += 1
            reading.note(header.line, title, f"{title} comes after the year's end: {year}")
            column = _column(index, title, year) or column
        year, latest = column.year, column.month
        columns.append(column)
    return columns


def _column(index: int, title: str, year: int) -> _Column | None:
    try:
        month, stated = read_month(title)
        return _Column(index, title, stated or year, month)
    except DateRefused:
        pass
    try:
        day = read_day(title, year)
        return _Column(index, title, day.year, day.month, day)
    except DateRefused:
        return None


def _when(row: Row, cell: str, column: _Column | None, reading: _Reading) -> When | None:
    where = f"{row.cell(0)}, {column.title}" if column else row.cell(0)
    year = column.year if column else reading.year
    try:
        if column and column.day and normalised(cell) in _MARKS:
            return OnDay(column.day)
        if column and not column.day and week_languages(cell):
            stated = column.year if column.year != reading.year else None
            return InWeek(read_week(cell), column.month, stated)
        when = read_when(cell, year)
    except DateRefused as error:
        reading.wrong(row, where, str(error), CELL_EXPECTED)
        return None
    if column and _month_of(when, year) != (column.year, column.month):
        reading.wrong(row, where, f"{cell!r} is not in {column.title}", CELL_EXPECTED)
        return None
    return when


def _month_of(when: When, year: int) -> tuple[int, int]:
    if isinstance(when, InWeek):
        return when.year or year, when.month
    return when.day.year, when.day.month


def _message(label: str) -> tuple[Phase, int] | None:
    """The phase and the number of a message from the words of its row."""
    words = normalised(label)
    phase = next((phase for phase, form in _MESSAGES if form.search(words)), None)
    if phase is None:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    if phase is not Phase.PRE_ENROLLMENT:
        return (phase, 1) if not numbers or numbers == [1] else None
    if len(numbers) > 1 or (numbers and numbers[0] not in (1, 2)):
        return None
    return phase, numbers[0] if numbers else 1


def _built(title: str, entries: list[_Entry], reading: _Reading, rows: tuple[Row, ...]) -> Plan:
    language = _language(rows, reading)
    settings = Settings(reading.year)
    decided = f"{settings.timezone}, on {_days_of(settings)} at {settings.hour:%H:%M}"
    reading.note(1, "settings", f"messages go out in {decided}; change the settings if not")
    names = list(dict.fromkeys(entry.group for entry in entries))
    ids = _ids(names)
    for name in names:
        if re.search(r"[,，、;；]|<br", name):
            line = next(entry.line for entry in entries if entry.group == name)
            reading.note(line, name, f"{name!r} is taken as one group; split it in the plan if not")
    return Plan(
        title=title,
        settings=settings,
        sponsor=Sponsor(),
        groups=tuple(_group(ids[name], name, language) for name in _once(names, ids)),
        waves=_waves(entries, ids),
    )


def _days_of(settings: Settings) -> str:
    return f"{settings.weekday.capitalize()}s"


def _once(names: list[str], ids: Mapping[str, str]) -> list[str]:
    """One name for each group, however often it is written in another case."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(ids[name], name)
    return list(first.values())


def _group(group_id: str, name: str, language: Language) -> Group:
    names = _EVERYONE_NAMES if group_id == _ALL else {language: name}
    return Group(group_id, names, language)


def _waves(entries: list[_Entry], ids: Mapping[str, str]) -> tuple[Wave, ...]:
    kinds = sorted({(entry.phase.rank, entry.message, entry.phase) for entry in entries})
    waves: list[Wave] = []
    for number, (_, message, phase) in enumerate(kinds, 1):
        dates: dict[str, tuple[When, ...]] = {}
        for entry in entries:
            if (entry.phase, entry.message) == (phase, message):
                group = ids[entry.group]
                dates[group] = (*dates.get(group, ()), entry.when)
        waves.append(Wave(number, phase, message, dates))
    return tuple(waves)


def _ids(names: list[str]) -> Mapping[str, str]:
    """An id for each name: its words, or its place where another group has that id already."""
    ids: dict[str, str] = {}
    of_words: dict[str, str] = {}
    for name in names:
        words = normalised(name)
        if words not in of_words:
            wanted = (
                _ALL
                if _is_everyone(words)
                else re.sub(r"[\W_]+", "-", words)[:LONGEST_ID].strip("-")
            )
            taken = not wanted or wanted in of_words.values()
            of_words[words] = f"group-{len(of_words) + 1}" if taken else wanted
        ids[name] = of_words[words]
    return ids


def _is_everyone(words: str) -> bool:
    return any(words in known for known in _EVERYONE.values())


def _language(rows: tuple[Row, ...], reading: _Reading) -> Language:
    """The language of the table: the one in which most of its months and weeks are written."""
    votes: Counter[Language] = Counter()
    for row in rows:
        for cell in row.cells:
            votes.update(month_languages(cell) | week_languages(cell))
            votes.update(one for one in Language if normalised(cell) in _EVERYONE[one])
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        reading.note(
            1, "language", "the language of the table is not clear, English is set for groups"
        )
        return Language.EN
    language = ranked[0][0]
    reading.note(1, "language", f"the table is in {_CALLED[language]}, which is set for its groups")
    return language
