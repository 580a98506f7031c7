"""Who is in a channel, while Slack is slow."""

import asyncio

import pytest

from delivery.directory import IN_ROLE_FOR, Directory
from delivery.directory import REMEMBERED_FOR as PEOPLE_FOR
from delivery.membership import LET_BE, REMEMBERED_FOR, SHARED_FOR, Membership
from helpdesk.errors import RolesUnknown
from sandbox.seed import TEAM_ID, channel_id
from sandbox.workspace import PersonKind
from tests.delivery.outgoing import Outgoing

TIER_1 = channel_id("tier-1")


class Watch:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_what_is_remembered_counts_while_slack_is_slow(outgoing: Outgoing) -> None:
    watch, tia = Watch(), outgoing.sandbox.person("tia").id
    membership = Membership(outgoing.gateway, "U0SIGNPOST", watch)
    assert await membership.is_member(TIER_1, tia)
    outgoing.sandbox.core.faults.add("conversations.members", "delay", seconds=6.0)
    watch.seconds = REMEMBERED_FOR + 1

    async with asyncio.timeout(2.5):
        assert await membership.is_member(TIER_1, tia)


async def test_nobody_may_act_while_slack_is_slow_and_nothing_is_remembered(
    outgoing: Outgoing,
) -> None:
    membership = Membership(outgoing.gateway, "U0SIGNPOST")
    outgoing.sandbox.core.faults.add("conversations.members", "delay", seconds=6.0)

    async with asyncio.timeout(2.5):
        with pytest.raises(RolesUnknown):
            await membership.members(TIER_1)


async def test_who_left_while_slack_was_being_asked_is_not_counted(outgoing: Outgoing) -> None:
    watch, tia = Watch(), outgoing.sandbox.person("tia").id
    membership = Membership(outgoing.gateway, "U0SIGNPOST", watch)
    outgoing.sandbox.core.faults.add("conversations.members", "delay", seconds=0.5)
    asking = asyncio.create_task(membership.members(TIER_1))
    await asyncio.sleep(0.1)

    membership.left(TIER_1, tia)

    assert tia not in await asking
    assert not await membership.is_member(TIER_1, tia)


async def test_who_is_in_a_user_group_is_asked_of_slack_and_remembered(outgoing: Outgoing) -> None:
    membership = Membership(outgoing.gateway, "U0SIGNPOST")
    tia, alice = outgoing.sandbox.person("tia").id, outgoing.sandbox.person("alice").id

    assert await membership.is_member("S0TIER1", tia)
    outgoing.sandbox.core.faults.add("usergroups.users.list", "delay", seconds=6.0)

    assert not await membership.is_member("S0TIER1", alice)


async def test_a_user_group_that_slack_does_not_know_has_no_members_to_tell(
    outgoing: Outgoing,
) -> None:
    with pytest.raises(RolesUnknown):
        await Membership(outgoing.gateway, "U0SIGNPOST").members("S0NONE")


async def test_when_slack_does_not_tell_whose_channels_are_whose_the_next_do_not_wait_for_it(
    outgoing: Outgoing,
) -> None:
    watch = Watch()
    membership = Membership(outgoing.gateway, "U0SIGNPOST", watch)
    people = [outgoing.sandbox.person(name).id for name in ("alice", "bram", "sven")]
    slow = outgoing.sandbox.core.faults.add("users.conversations", "delay", seconds=6.0)

    for person in people:
        with pytest.raises(RolesUnknown):
            await membership.channels_of(person)
    outgoing.sandbox.core.faults.rules.remove(slow)
    watch.seconds = LET_BE

    assert channel_id("it") not in await membership.channels_of(people[0])
    asked = [one.name for one in outgoing.sandbox.core.traffic.after(0)]
    assert 2 == asked.count("users.conversations")


async def test_somebody_whom_slack_does_not_know_keeps_nobody_else_from_being_asked_about(
    outgoing: Outgoing,
) -> None:
    membership = Membership(outgoing.gateway, "U0SIGNPOST")

    with pytest.raises(RolesUnknown):
        await membership.channels_of("U0NOBODY")

    assert await membership.channels_of(outgoing.sandbox.person("tia").id)


@pytest.mark.parametrize(("after", "still_agent"), [(-1.0, True), (1.0, False)])
async def test_who_left_tier_1_loses_the_role_on_a_replica_that_was_not_told(
    outgoing: Outgoing, after: float, still_agent: bool
) -> None:
    watch, tia = Watch(), outgoing.sandbox.person("tia").id
    membership = Membership(
        outgoing.gateway, "U0SIGNPOST", watch, role_channels={TIER_1}, roles_for=SHARED_FOR
    )
    assert await membership.is_member(TIER_1, tia)

    del outgoing.sandbox.channel("tier-1").members[tia]
    watch.seconds = SHARED_FOR + after

    assert still_agent is await membership.is_member(TIER_1, tia)


async def test_other_channels_are_remembered_for_longer_than_those_of_roles(
    outgoing: Outgoing,
) -> None:
    watch, femke = Watch(), outgoing.sandbox.person("femke").id
    membership = Membership(
        outgoing.gateway, "U0SIGNPOST", watch, role_channels={TIER_1}, roles_for=SHARED_FOR
    )
    general = channel_id("general")
    before = await membership.members(general)

    del outgoing.sandbox.channel("general").members[femke]
    watch.seconds = SHARED_FOR + 1

    assert before == await membership.members(general)


@pytest.mark.parametrize(
    ("name", "after", "guest"),
    [
        ("tia", IN_ROLE_FOR - 1, False),
        ("tia", IN_ROLE_FOR + 1, True),
        ("alice", PEOPLE_FOR - 1, False),
        ("alice", PEOPLE_FOR + 1, True),
    ],
)
async def test_who_became_a_guest_is_one_soon_where_a_role_hangs_on_it(
    outgoing: Outgoing, name: str, after: float, guest: bool
) -> None:
    watch, person = Watch(), outgoing.sandbox.workspace.person(name)
    membership = Membership(outgoing.gateway, "U0SIGNPOST", watch, role_channels={TIER_1})
    await membership.members(TIER_1)
    people = Directory(
        outgoing.gateway, TEAM_ID, now=watch, has_role=membership.is_remembered_in_role
    )
    assert not (await people.person(person.id)).guest

    person.kind = PersonKind.GUEST
    watch.seconds = after

    assert guest is (await people.person(person.id)).guest
