"""Who is in a channel, while Slack is slow."""

import asyncio

import pytest

from delivery.membership import LET_BE, REMEMBERED_FOR, Membership
from helpdesk.errors import RolesUnknown
from sandbox.seed import channel_id
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
