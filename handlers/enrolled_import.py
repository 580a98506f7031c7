"""The list of enrolled devices taken over: who is on it has enrolled, whatever they pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.asked_for_help import with_enrolled
from rollout.device_list import Device, DeviceList
from rollout.enrolled import Enrolled, ImportedList, Source, asked_id, enrolled_id
from rollout.turns import own_group_id
from storage.errors import Conflict
from storage.kinds import ASKED_FOR_HELP, ENROLLED, IMPORTED_LIST, OWN_GROUP
from storage.port import Commit, Put, Store
from storage.records import NEW

AT_ONCE = 500
"""People in one commit."""
MOST_CONFLICTS = 10


@dataclass(frozen=True)
class Matches:
    """``users`` maps address to user id; ``groups`` user id to the group of the plan that the
    person is in by its channels."""

    users: Mapping[str, str]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Taken:
    """What became of a list: people on it, those of them who are new here, those who had said so
    themselves, those in no group, and those whom Slack does not know."""

    people: int
    new: int
    said_so: int
    without_group: int
    unknown: tuple[Device, ...]


async def take_list(
    listed: DeviceList, matches: Matches, store: Store, team: str, now: datetime
) -> Taken:
    """Keep everybody on the list as enrolled. It can be repeated without harm: what a broken-off
    import took over stays, and the list counts only once all of it is there."""
    known = [
        (matches.users[one], device)
        for one, device in listed.people.items()
        if one in matches.users
    ]
    unknown = tuple(device for one, device in listed.people.items() if one not in matches.users)
    counts = [
        await _page(known[start : start + AT_ONCE], matches, store, team, now)
        for start in range(0, len(known), AT_ONCE)
    ]
    taken = Taken(
        people=len({user for user, _ in known}),
        new=sum(one.new for one in counts),
        said_so=sum(one.said_so for one in counts),
        without_group=sum(one.without_group for one in counts),
        unknown=unknown,
    )
    await _count_list(taken, store, team, now)
    return taken


@dataclass(frozen=True)
class _Counts:
    new: int = 0
    said_so: int = 0
    without_group: int = 0


async def _page(
    page: Sequence[tuple[str, Device]], matches: Matches, store: Store, team: str, now: datetime
) -> _Counts:
    """One commit; decided again where people press meanwhile."""
    for _ in range(MOST_CONFLICTS):
        puts, counts = await _puts(page, matches, store, team, now)
        try:
            if puts:
                await store.commit(Commit(at=now, puts=puts))
        except Conflict:
            continue
        return counts
    raise Conflict("enrolled", "the list", 0, MOST_CONFLICTS)


async def _puts(
    page: Sequence[tuple[str, Device]], matches: Matches, store: Store, team: str, now: datetime
) -> tuple[tuple[Put, ...], _Counts]:
    puts: dict[str, Put] = {}
    helped: list[Put] = []
    new = said_so = without_group = 0
    for user, device in page:
        record_id = enrolled_id(team, user)
        if record_id in puts:
            continue
        stored = await store.get(ENROLLED, record_id)
        before = stored.record if stored else None
        group = await _group(user, before, matches, store, team)
        new += before is None
        said_so += before is not None and before.source is Source.PRESS
        without_group += not group
        record = _record(record_id, team, user, group, device, before, now)
        if record != before:
            puts[record_id] = Put(ENROLLED, record, stored.version if stored else NEW)
        asked = await store.get(ASKED_FOR_HELP, asked_id(team, group, user))
        helped += with_enrolled(asked) if asked else ()
    return (*puts.values(), *helped), _Counts(new, said_so, without_group)


def _record(
    record_id: str,
    team: str,
    user: str,
    group: str,
    device: Device,
    before: Enrolled | None,
    now: datetime,
) -> Enrolled:
    if before and before.source is Source.LIST:
        return replace(before, group=group, platform=device.platform or before.platform)
    return Enrolled(
        id=record_id,
        team=team,
        user=user,
        group=group,
        announcement=before.announcement if before else "",
        at=device.enrolled_at or (before.at if before else now),
        source=Source.LIST,
        platform=device.platform,
    )


async def _group(
    user: str, before: Enrolled | None, matches: Matches, store: Store, team: str
) -> str:
    """The group the person says they are in, else that of the announcement they pressed under, else
    the one whose channels they are in."""
    own = await store.get(OWN_GROUP, own_group_id(team, user))
    if own:
        return own.record.group
    if before and before.group:
        return before.group
    return matches.groups.get(user, "")


async def _count_list(taken: Taken, store: Store, team: str, now: datetime) -> None:
    """From now on presses before this list count only if it bears them out."""
    for _ in range(MOST_CONFLICTS):
        stored = await store.get(IMPORTED_LIST, team)
        number = stored.record.number + 1 if stored else 1
        imported = ImportedList(team, team, number, now, taken.people, len(taken.unknown))
        try:
            version = stored.version if stored else NEW
            await store.commit(Commit(at=now, puts=(Put(IMPORTED_LIST, imported, version),)))
        except Conflict:
            continue
        return
    raise Conflict("imported-list", team, 0, MOST_CONFLICTS)
