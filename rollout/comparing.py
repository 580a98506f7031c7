"""Two plans side by side: what a new plan changes in the announcements of the old one."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rollout.plan import Plan
from rollout.schedule import Planned, schedule


def differences(old: Plan, new: Plan) -> tuple[str, ...]:
    """One line for every announcement that is new, gone, at another time or in other channels, in
    the order of time; times are those of each plan's own zone."""
    before = {one.id: one for one in schedule(old).announcements}
    after = {one.id: one for one in schedule(new).announcements}
    every = sorted({**before, **after}.values(), key=lambda one: (one.at, one.id))
    return tuple(
        line for one in every for line in _lines(before.get(one.id), after.get(one.id), old, new)
    )


def _lines(before: Planned | None, after: Planned | None, old: Plan, new: Plan) -> Iterator[str]:
    if before is None and after is not None:
        yield f"new: {after.id}, {_at(after, new)}"
    elif after is None and before is not None:
        yield f"gone: {before.id}, was {_at(before, old)}"
    elif before is not None and after is not None:
        if before.at != after.at:
            yield f"moved: {after.id}, {_at(before, old)} -> {_at(after, new)}"
        if set(before.group.channels) != set(after.group.channels):
            channels = ", ".join(after.group.channels) or "no channel"
            yield f"elsewhere: {after.id}, now in {channels}"


def _at(one: Planned, plan: Plan) -> str:
    zone = ZoneInfo(plan.settings.timezone)
    return f"{one.at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
