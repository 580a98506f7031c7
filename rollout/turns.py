"""When somebody's turn comes: the groups a question names, and their dates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rollout.plan import Group, Phase, Plan
from rollout.schedule import Schedule, enrolls, starts_at


@dataclass(frozen=True)
class OwnGroup:
    """The group that somebody says they are in."""

    id: str
    team: str
    user: str
    group: str
    at: datetime


def own_group_id(team: str, user: str) -> str:
    return f"{team}/{user}"


@dataclass(frozen=True)
class Turn:
    """A group's turn: its first day, and its last where it enrolls in batches; ``None`` while the
    date is open."""

    group: Group
    starts: datetime | None
    ends: datetime | None


def turn_of(group: Group, plan: Plan, result: Schedule) -> Turn | None:
    """The group's turn; ``None`` for a group that does not enroll."""
    if not enrolls(group, result):
        return None
    starts = starts_at(group, plan, result)
    if starts is None:
        return Turn(group, None, None)
    own = [one.at for one in result.enrollments(group.id) if one.id not in result.off]
    return Turn(group, starts, max([starts, *own]))


def groups_that_enroll(plan: Plan, result: Schedule) -> tuple[Group, ...]:
    """The groups that have a turn, in the order of the plan."""
    return tuple(group for group in plan.groups if turn_of(group, plan, result))


def current_wave(groups: Iterable[Group], result: Schedule, now: datetime) -> str:
    """The wave that people of these groups are in: the id of the last planned announcement to one
    of them, or to everybody before that, whose time has come; empty before the first."""
    own = {group.id for group in groups}
    begun = [one for one in result.standing if one.at <= now]
    mine = [one.id for one in begun if one.group.id in own]
    broad = [one.id for one in begun if one.phase is Phase.KICKOFF]
    return next(iter([*mine[-1:], *broad[-1:]]), "")


def groups_named(text: str, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups whose name stands in the text, in any language and case. A name of Latin letters
    counts as whole words only: "it" in "when is it my turn" is not the IT group unless in
    capitals."""
    return tuple(
        group for group in groups if any(_stands(name, text) for name in group.names.values())
    )


def _stands(name: str, text: str) -> bool:
    if not name.isascii() and not re.search(r"[a-zà-ÿ]", name.casefold()):
        return name in text
    if len(name) <= 3:
        return re.search(rf"\b{re.escape(name)}\b", text) is not None
    return re.search(rf"\b{re.escape(name.casefold())}\b", text.casefold()) is not None
