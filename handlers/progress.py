"""How far the groups are: the report for admins, and what stands in the question whether to go on.
Counts only; nobody's press or answer is shown."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.announcing_blocks import sections
from handlers.announcing_desk import REFUSALS, AnnouncingDesk, Situation, situation
from handlers.announcing_words import date_token
from handlers.catalogue import Say
from handlers.commands import privately
from handlers.decision import Decision
from handlers.payloads import Commanded
from handlers.text import escaped, shortened
from knowledge.article import Language
from rollout.announcement import Announcement
from rollout.enrolled import GroupSize, ImportedList, Source, size_id
from rollout.errors import Refusal
from rollout.plan import Group, Plan
from rollout.progress import GroupProgress, report_of
from rollout.schedule import schedule
from rollout.turns import groups_that_enroll
from storage.kinds import (
    ASKED_FOR_HELP,
    DATE_REQUEST,
    ENROLLED,
    GROUP_SIZE,
    IMPORTED_LIST,
    TICKET,
)
from storage.known_problems import standing_problems
from storage.outbox import Content
from storage.port import Put, Store
from storage.records import NEW

COUNTED_WITHIN = 1.0
"""Seconds in which Slack must tell the sizes of groups for a report; what comes later counts the
next time."""
MOST_PROBLEMS = 5
PROBLEM_TEXT = 200


@dataclass(frozen=True)
class Ledger:
    """Where figures are counted: one team's records. ``sizes`` says how many people a group has,
    where the plan does not."""

    store: Store
    team: str
    language: Language
    sizes: Mapping[str, int]
    imported: ImportedList | None

    async def progress(self, group: Group) -> GroupProgress:
        """The group's figures, from six counts however many people it has."""
        place = f"{self.team}/{group.id}"
        number = self.imported.number if self.imported else 0
        pressed = f"{place}/{Source.PRESS}/{number}"
        listed = await self.store.count(ENROLLED, "standing", f"{place}/{Source.LIST}")
        said = await self.store.count(ENROLLED, "standing", pressed)
        every = await self.store.count(ENROLLED, "group", place)
        people = group.people or self.sizes.get(group.id, 0)
        return GroupProgress(
            group=group.id,
            name=group.name(self.language),
            people=people,
            target=round(people * group.target),
            enrolled=listed + said,
            unconfirmed=every - listed - said,
            asked=await self.store.count(ASKED_FOR_HELP, "group", place),
            asked_only=await self.store.count(ASKED_FOR_HELP, "not-enrolled", place),
        )


async def ledger_of(store: Store, team: str, language: Language) -> Ledger:
    """With the sizes that were counted last."""
    sizes = await store.find(GROUP_SIZE, "team", team, limit=5_000)
    imported = await store.get(IMPORTED_LIST, team)
    prefix = len(team) + 1
    return Ledger(
        store,
        team,
        language,
        {one.record.id[prefix:]: one.record.people for one in sizes},
        imported.record if imported else None,
    )


async def progress_of_groups(groups: Iterable[Group], ledger: Ledger) -> list[GroupProgress]:
    return [await ledger.progress(group) for group in groups]


async def decide_report(commanded: Commanded, desk: AnnouncingDesk, now: datetime) -> Decision:
    """``/signpost report``: enrolled against target, who asked for help and who is silent, in
    counts, for admins. Groups of fewer than five people, and of unknown size, are shown as one; a
    single such group is not shown at all."""
    if not await desk.is_admin(commanded.user):
        return _answer(commanded, desk.say(REFUSALS[Refusal.NOT_ADMIN]), (), now)
    groups = groups_that_enroll(desk.plan, (await situation(desk)).schedule)
    ledger = await ledger_of(desk.store, desk.team, desk.default_language)
    counted = await counted_sizes(groups, desk)
    ledger = replace(ledger, sizes={**ledger.sizes, **counted})
    progress = await progress_of_groups(groups, ledger)
    lines = [desk.say("report-title"), *report_lines(progress, desk.say)]
    lines.append(_list_line(ledger.imported, desk))
    return _answer(commanded, "\n".join(lines), await _sizes_put(counted, desk, now), now)


def report_lines(progress: Iterable[GroupProgress], say: Say) -> list[str]:
    """A line for each group that may be shown, and one for all others."""
    report = report_of(progress)
    lines: list[str] = []
    for one in report.groups:
        lines.append(say("report-group", group=escaped(one.name), **_figures(one)))
        if one.unconfirmed:
            lines.append(say("report-unconfirmed", count=one.unconfirmed))
    if report.others:
        lines.append(say("report-others", **_figures(report.others)))
    elif report.hidden:
        lines.append(say("report-hidden"))
    return lines


def _figures(one: GroupProgress) -> dict[str, int]:
    return {
        "enrolled": one.enrolled,
        "people": one.people,
        "target": one.target,
        "asked": one.asked,
        "silent": one.silent,
    }


def _list_line(imported: ImportedList | None, desk: AnnouncingDesk) -> str:
    if imported is None:
        return desk.say("report-no-list")
    day = date_token(imported.at, desk.default_language, desk.zone)
    return desk.say("report-list", date=day, people=imported.people, unknown=imported.unknown)


def _answer(commanded: Commanded, text: str, puts: tuple[Put, ...], now: datetime) -> Decision:
    item = privately(commanded, Content(text, sections(text)), now)
    return Decision(puts=puts, outbox=(item,))


# Sizes -------------------------------------------------------------------------------------------


async def counted_sizes(groups: Iterable[Group], desk: AnnouncingDesk) -> dict[str, int]:
    """How many people are in the channels of groups whose size the plan does not say, as far as
    Slack tells in time."""
    unknown = [group for group in groups if not group.people]
    tasks = {group.id: asyncio.create_task(people_in(group, desk)) for group in unknown}
    if not tasks:
        return {}
    await asyncio.wait(tasks.values(), timeout=COUNTED_WITHIN)
    counted: dict[str, int] = {}
    for group_id, task in tasks.items():
        if not task.done():
            task.cancel()
        elif not task.cancelled() and task.exception() is None and task.result():
            counted[group_id] = len(task.result())
    return counted


async def people_in(group: Group, desk: AnnouncingDesk) -> frozenset[str]:
    """Everybody in the group's user group or channels. Raises ``RolesUnknown`` when Slack does not
    tell of one of them."""
    people: frozenset[str] = frozenset()
    for place in group.places:
        people |= await desk.roles.members(place)
    return people


async def _sizes_put(
    counted: Mapping[str, int], desk: AnnouncingDesk, now: datetime
) -> tuple[Put, ...]:
    """What was counted, kept for reports that do not ask Slack."""
    puts: list[Put] = []
    for group_id, people in counted.items():
        record_id = size_id(desk.team, group_id)
        stored = await desk.store.get(GROUP_SIZE, record_id)
        if stored is None or stored.record.people != people:
            size = GroupSize(record_id, desk.team, people, now)
            puts.append(Put(GROUP_SIZE, size, stored.version if stored else NEW))
    return tuple(puts)


# Whether to go on --------------------------------------------------------------------------------


async def readiness_lines(
    announcement: Announcement, around: Situation, now: datetime
) -> list[str]:
    """Before an enrollment goes out: enrolled against target of the groups whose turn came earlier,
    open tickets, known problems, and requests for another date that wait."""
    desk, say = around.desk, around.desk.say
    ledger = await ledger_of(desk.store, desk.team, desk.default_language)
    earlier = _earlier_groups(announcement, around)
    counted = await counted_sizes(earlier, desk)
    ledger = replace(ledger, sizes={**ledger.sizes, **counted})
    report = report_of(await progress_of_groups(earlier, ledger))
    lines = [say("go-group", group=escaped(one.name), **_figures(one)) for one in report.groups]
    if report.others:
        lines.append(say("report-others", **_figures(report.others)))
    tickets = await desk.store.count(TICKET, "open", desk.team)
    lines.append(say("go-tickets", count=tickets))
    requests = await desk.store.count(DATE_REQUEST, "open", desk.team)
    if requests:
        lines.append(say("go-requests", count=requests))
    return [*lines, *await _known_problems(desk, now)]


def _earlier_groups(announcement: Announcement, around: Situation) -> list[Group]:
    first = {
        one.group.id: one.group
        for one in around.schedule.announcements
        if one.template == "enrollment" and one.at < announcement.sends_at and one.batch == 1
    }
    return list(first.values())


async def _known_problems(desk: AnnouncingDesk, now: datetime) -> list[str]:
    standing = await standing_problems(desk.store, desk.team, now.date())
    if not standing:
        return [desk.say("go-no-problems")]
    lines = [desk.say("go-problems", count=len(standing))]
    for problem in standing[:MOST_PROBLEMS]:
        text = shortened(problem.text_in(desk.default_language), PROBLEM_TEXT)
        lines.append(f"• {escaped(text)}")
    return lines


# For the command line ----------------------------------------------------------------------------


async def plan_progress(
    store: Store, team: str, plan: Plan, language: Language
) -> tuple[list[GroupProgress], ImportedList | None]:
    """The figures of every group of the plan, without asking Slack anything."""
    ledger = await ledger_of(store, team, language)
    groups = groups_that_enroll(plan, schedule(plan))
    return await progress_of_groups(groups, ledger), ledger.imported
