"""From the plan to announcements, each with its moment, and what is wrong with their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge.article import Language
from rollout.calendar import Day, NoSuchWeek, day_off, moment, resolved_day, working_day_after
from rollout.errors import Finding, Severity
from rollout.plan import Group, InWeek, OnDay, Phase, Plan, Wave, When

WEEK = timedelta(days=7)
SHORTER = "again"
"""What ends the template name of a message in its shorter, repeated form."""


@dataclass(frozen=True)
class Planned:
    """One announcement of the plan: a message for a group at a moment.

    ``id`` is unique in the plan and stays the same when its date changes. ``batch`` counts the
    weekly batches of the group's enrollment, from 1; ``repeat`` the weeks since the first form.
    """

    id: str
    wave: Wave
    group: Group
    when: When
    at: datetime
    field: str
    notes: tuple[str, ...] = ()
    batch: int = 1
    repeat: int = 0

    @property
    def phase(self) -> Phase:
        return self.wave.phase

    @property
    def template(self) -> str:
        return f"{self.wave.template}-{SHORTER}" if self.repeat else self.wave.template


@dataclass(frozen=True)
class Schedule:
    """The announcements in the order of their moments, and what is to be said about them. ``off``
    are the ids of those that are cancelled or held: their moments hold no longer."""

    announcements: tuple[Planned, ...]
    findings: tuple[Finding, ...] = ()
    off: frozenset[str] = frozenset()

    @property
    def standing(self) -> tuple[Planned, ...]:
        """The announcements whose moments hold."""
        return tuple(one for one in self.announcements if one.id not in self.off)

    def of_group(self, group_id: str) -> tuple[Planned, ...]:
        return tuple(one for one in self.announcements if one.group.id == group_id)

    def enrollments(self, group_id: str) -> tuple[Planned, ...]:
        """The enrollment messages of the group, also those that are off."""
        own = self.of_group(group_id)
        return tuple(one for one in own if one.phase is Phase.ENROLLMENT)

    def without(self, off: Iterable[str]) -> Schedule:
        """The schedule in which the moments of these hold no longer."""
        return replace(self, off=frozenset(off))

    def with_moments(self, moments: Mapping[str, datetime]) -> Schedule:
        """The schedule with some announcements at other moments, by their ids."""
        moved = [replace(one, at=moments.get(one.id, one.at)) for one in self.announcements]
        moved.sort(key=lambda one: one.at)
        return replace(self, announcements=tuple(moved))

    def named(self, announcement_id: str) -> Planned | None:
        return next((one for one in self.announcements if one.id == announcement_id), None)


def schedule(plan: Plan) -> Schedule:
    """Every announcement of the plan. A date that does not exist becomes a finding, and its
    announcement is left out. The kickoff comes before the first pre-enrollment message: one that
    falls into the same week moves to the working day after the kickoff."""
    findings: list[Finding] = []
    planned = [one for wave in plan.waves for one in _of_wave(wave, plan, findings)]
    planned = _after_kickoff(planned, plan, findings)
    planned.sort(key=lambda one: (one.at, one.wave.number, _place(one.group, plan)))
    return Schedule(tuple(planned), (*findings, *_order_problems(planned, plan)))


def check(plan: Plan, now: datetime) -> tuple[Finding, ...]:
    """All that is to be said about a plan before it is carried out: blanks, dates, order."""
    result = schedule(plan)
    findings = [*_blanks(plan), *result.findings, *_past(result, plan, now)]
    findings += [*_shared_channels(result, plan), *_notes(result, plan)]
    return tuple(sorted(findings, key=lambda one: (one.line, one.severity)))


def starts_at(group: Group, plan: Plan, result: Schedule) -> datetime | None:
    """When the group's turn comes: its ``starts``, else its first enrollment message. ``None`` for
    a group that does not enroll, and while its date is open since that message is off."""
    own = result.enrollments(group.id)
    standing = [one.at for one in own if one.id not in result.off]
    if group.starts is not None and (not own or own[0].id not in result.off):
        day = resolved_day(group.starts, plan.settings)
        return moment(day.day, _hour(group.starts, plan), plan.settings).at
    return next(iter(standing), None)


def enrolls(group: Group, result: Schedule) -> bool:
    """Whether the group has a turn, be its date open or not."""
    return group.starts is not None or bool(result.enrollments(group.id))


def _of_wave(wave: Wave, plan: Plan, findings: list[Finding]) -> Iterator[Planned]:
    for group_id, dates in wave.dates.items():
        group = plan.group(group_id)
        if group is None:
            continue
        for count, when in enumerate(dates, 1):
            field = f"waves.{wave.number}.dates.{group_id}"
            try:
                day = resolved_day(when, plan.settings)
            except NoSuchWeek as error:
                findings.append(_finding(plan, field, str(error), "a week that the month has"))
                continue
            base = f"{wave.template}-{group_id}" + (f"-{count}" if count > 1 else "")
            yield from _series(base, wave, group, when, day, field, plan)


def _series(
    base: str, wave: Wave, group: Group, when: When, day: Day, field: str, plan: Plan
) -> Iterator[Planned]:
    """The message itself, then its batches (enrollment) or its shorter repetitions."""
    first = _planned(base, wave, group, when, day, field, plan)
    yield first
    if wave.phase is Phase.ENROLLMENT:
        for batch in range(2, group.batches + 1):
            later = _weeks_later(day.day, batch - 1, plan)
            again = _planned(f"{base}-batch-{batch}", wave, group, when, later, field, plan)
            yield replace(again, batch=batch)
    for repeat in range(1, wave.repeats + 1):
        later = _weeks_later(day.day, repeat, plan)
        again = _planned(f"{base}-{SHORTER}-{repeat}", wave, group, when, later, field, plan)
        yield replace(again, repeat=repeat)


def _planned(
    announcement_id: str, wave: Wave, group: Group, when: When, day: Day, field: str, plan: Plan
) -> Planned:
    at = moment(day.day, _hour(when, plan), plan.settings)
    return Planned(announcement_id, wave, group, when, at.at, field, notes=(*day.notes, *at.notes))


def _weeks_later(day: date, weeks: int, plan: Plan) -> Day:
    later = day + weeks * WEEK
    why = day_off(later, plan.settings)
    if not why:
        return Day(later)
    return Day(working_day_after(later, plan.settings), (f"not on {later.isoformat()}, {why}",))


def _after_kickoff(planned: list[Planned], plan: Plan, findings: list[Finding]) -> list[Planned]:
    kickoff = min((one.at for one in planned if one.phase is Phase.KICKOFF), default=None)
    if kickoff is None:
        return planned
    return [
        _moved(one, kickoff, plan, findings)
        if one.phase is not Phase.KICKOFF and one.at <= kickoff
        else one
        for one in planned
    ]


def _moved(one: Planned, kickoff: datetime, plan: Plan, findings: list[Finding]) -> Planned:
    by_week_of_kickoff = isinstance(one.when, InWeek) and kickoff - one.at < WEEK
    if not by_week_of_kickoff:
        problem = f"{one.id} would go out before the kickoff ({_local(kickoff, plan)})"
        findings.append(_finding(plan, one.field, problem, "a date after the kickoff"))
        return one
    kickoff_day = kickoff.astimezone(ZoneInfo(plan.settings.timezone)).date()
    day = working_day_after(kickoff_day, plan.settings)
    at = moment(day, _hour(one.when, plan), plan.settings)
    note = "moved to the working day after the kickoff"
    return replace(one, at=at.at, notes=(*one.notes, note, *at.notes))


@dataclass(frozen=True)
class Disorder:
    """Two messages of a group in the wrong order, or both at one moment."""

    before: Planned
    after: Planned

    @property
    def at_once(self) -> bool:
        return self.before.at == self.after.at and _rank(self.before) <= _rank(self.after)


def disorders(planned: Iterable[Planned]) -> Iterator[Disorder]:
    """Within a group the phases follow each other."""
    latest: dict[str, Planned] = {}
    for one in planned:
        before = latest.get(one.group.id)
        wrong = before and _rank(before) > _rank(one) and not one.repeat
        if before and (wrong or before.at == one.at):
            yield Disorder(before, one)
        if not before or _rank(one) >= _rank(before):
            latest[one.group.id] = one


def _order_problems(planned: Iterable[Planned], plan: Plan) -> Iterator[Finding]:
    for found in disorders(planned):
        one, before, at = found.after, found.before, _local(found.after.at, plan)
        if found.at_once:
            problem = f"{one.id} overlaps {before.id}, both at {at}"
            yield _finding(plan, one.field, problem, "one message at a time for a group")
        else:
            problem = f"{one.id} ({at}) comes after {before.id}"
            yield _finding(plan, one.field, problem, "the phases of a group in their order")


def _rank(one: Planned) -> tuple[int, int]:
    return one.phase.rank, one.wave.message


def _blanks(plan: Plan) -> Iterator[Finding]:
    if not plan.sponsor.name:
        yield _finding(plan, "sponsor.name", "the sponsor is blank", "who stands for the rollout")
    addressed = {group_id for wave in plan.waves for group_id in wave.dates}
    for group in plan.groups:
        field = f"groups.{group.id}"
        if not group.channels:
            problem = f"the channels of {group.id} are blank"
            yield _finding(plan, f"{field}.channels", problem, "at least one channel id")
        missing = [language.value for language in Language if not group.names.get(language)]
        if missing:
            problem = f"{group.id} has no name in {', '.join(missing)}"
            yield _finding(plan, f"{field}.name", problem, "a name per language", Severity.WARNING)
        if group.id not in addressed:
            yield _finding(plan, field, f"no wave addresses {group.id}", "a date", Severity.WARNING)
    if not any(wave.phase is Phase.KICKOFF for wave in plan.waves):
        yield _finding(plan, "waves", "there is no kickoff", "a kickoff", Severity.WARNING)


def _past(result: Schedule, plan: Plan, now: datetime) -> Iterator[Finding]:
    for one in result.announcements:
        if one.at <= now:
            problem = f"{one.id} lies in the past ({_local(one.at, plan)})"
            yield _finding(plan, one.field, problem, "a date to come", Severity.WARNING)


def _shared_channels(result: Schedule, plan: Plan) -> Iterator[Finding]:
    """Two groups that meet in a channel at one moment flood it."""
    there: dict[tuple[str, datetime], list[Planned]] = defaultdict(list)
    for one in result.announcements:
        for channel in one.group.channels:
            there[channel, one.at].append(one)
    for (channel, at), several in there.items():
        groups = {one.group.id for one in several}
        if len(groups) > 1:
            problem = f"{channel} gets {len(several)} messages at {_local(at, plan)}"
            problem += f": {', '.join(one.id for one in several)}"
            expected = "waves of groups that share a channel at different times"
            yield _finding(plan, several[-1].field, problem, expected, Severity.WARNING)


def _notes(result: Schedule, plan: Plan) -> Iterator[Finding]:
    for one in result.announcements:
        for note in one.notes:
            yield _finding(plan, one.field, f"{one.id}: {note}", severity=Severity.NOTE)


def _finding(
    plan: Plan,
    field: str,
    problem: str,
    expected: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    source = plan.source
    return Finding(source.file, source.line(field), field, problem, expected, severity)


def _hour(when: When, plan: Plan) -> time:
    return when.at if isinstance(when, OnDay) and when.at else plan.settings.hour


def _local(at: datetime, plan: Plan) -> str:
    return f"{at.astimezone(ZoneInfo(plan.settings.timezone)):%Y-%m-%d %H:%M}"


def _place(group: Group, plan: Plan) -> int:
    return plan.groups.index(group)
