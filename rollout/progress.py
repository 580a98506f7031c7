"""How far the groups are, in counts that name nobody."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rollout.enrolled import FEWEST_SHOWN
from rollout.tables import inert


@dataclass(frozen=True)
class GroupProgress:
    """One group. ``people`` is 0 where its size is not known, ``target`` a number of people.

    ``enrolled`` are those on the list of devices, and those who said so since; ``unconfirmed``
    those who said so before a list that does not have them. ``asked`` are those who asked for help,
    ``asked_only`` those of them who have not enrolled.
    """

    group: str
    name: str
    people: int
    target: int
    enrolled: int
    unconfirmed: int = 0
    asked: int = 0
    asked_only: int = 0

    @property
    def silent(self) -> int:
        """Those who neither enrolled nor asked for help."""
        return max(self.people - self.enrolled - self.asked_only, 0)

    @property
    def shown(self) -> bool:
        return self.people >= FEWEST_SHOWN


@dataclass(frozen=True)
class Report:
    """The groups that may be shown, and all others as one, where that names nobody either."""

    groups: tuple[GroupProgress, ...]
    others: GroupProgress | None = None
    hidden: int = 0


def report_of(progress: Iterable[GroupProgress]) -> Report:
    """Groups of fewer than ``FEWEST_SHOWN`` people, and of unknown size, are shown as one. A single
    such group is not shown at all, nor are several that are fewer than that together."""
    every = tuple(progress)
    small = [one for one in every if not one.shown]
    shown = tuple(one for one in every if one.shown)
    if len(small) < 2 or _known_to_be_few(small):
        return Report(shown, None, len(small))
    return Report(shown, _together(small), len(small))


def _known_to_be_few(small: Sequence[GroupProgress]) -> bool:
    people = sum(one.people for one in small)
    return all(one.people for one in small) and people < FEWEST_SHOWN


def _together(small: Sequence[GroupProgress]) -> GroupProgress:
    return GroupProgress(
        group="",
        name="",
        people=sum(one.people for one in small) if all(one.people for one in small) else 0,
        target=sum(one.target for one in small),
        enrolled=sum(one.enrolled for one in small),
        unconfirmed=sum(one.unconfirmed for one in small),
        asked=sum(one.asked for one in small),
        asked_only=sum(one.asked_only for one in small),
    )


@dataclass(frozen=True)
class Column:
    """Columns of the report as a table beyond the group's progress: name to value by group id."""

    name: str
    values: dict[str, str]


COLUMNS = ("group", "name", "people", "target", "enrolled", "unconfirmed", "asked_for_help")
OTHERS = "(others)"


def as_csv(report: Report, more: Sequence[Column] = ()) -> str:
    """The report as CSV (RFC 4180), one row for each group that may be shown. What is not known is
    an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "silent", *(one.name for one in more)])
    rows = [*report.groups, *([report.others] if report.others else [])]
    for one in rows:
        writer.writerow([*_cells(one), *(column.values.get(one.group, "") for column in more)])
    return text.getvalue()


def _cells(one: GroupProgress) -> list[str]:
    known = one.people > 0
    return [
        one.group or OTHERS,
        inert(one.name),
        str(one.people) if known else "",
        str(one.target) if one.target else "",
        str(one.enrolled),
        str(one.unconfirmed),
        str(one.asked),
        str(one.silent) if known else "",
    ]
