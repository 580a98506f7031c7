"""Going into channels ahead of an announcement."""

import pytest

from delivery.errors import TooFast
from delivery.joining import Joining
from sandbox.conversation import ChannelKind
from sandbox.seed import BOT_USER_ID, channel_id
from tests.delivery.outgoing import Outgoing
from tests.delivery.test_membership import Watch


def asked(outgoing: Outgoing, method: str) -> int:
    """How often the bot called the method."""
    return sum(entry.name == method for entry in outgoing.sandbox.core.traffic.after(0))


def channels(outgoing: Outgoing, count: int, *, inside: bool) -> list[str]:
    ada = outgoing.sandbox.person("ada").id
    members = [ada, BOT_USER_ID] if inside else [ada]
    ids = [f"C0TEAM{number:03d}" for number in range(count)]
    for number, one in enumerate(ids):
        name = f"team-{number:03d}"
        outgoing.sandbox.workspace.add_channel(one, name, ChannelKind.PUBLIC, members, ada)
    return ids


async def test_channels_we_are_in_are_not_joined_again(outgoing: Outgoing) -> None:
    joining = Joining(outgoing.gateway)

    for one in channels(outgoing, 120, inside=True):
        await joining.ahead(one)

    assert 1 == asked(outgoing, "users.conversations")
    assert 0 == asked(outgoing, "conversations.join")


async def test_a_channel_we_are_not_in_is_joined_once(outgoing: Outgoing) -> None:
    joining = Joining(outgoing.gateway)
    (one,) = channels(outgoing, 1, inside=False)

    await joining.ahead(one)
    await joining.ahead(one)

    assert BOT_USER_ID in outgoing.sandbox.channel(one).members
    assert 1 == asked(outgoing, "conversations.join")


async def test_when_slack_says_too_fast_it_is_left_alone_for_as_long_as_it_said(
    outgoing: Outgoing,
) -> None:
    watch = Watch()
    joining = Joining(outgoing.gateway, watch)
    first, second = channels(outgoing, 2, inside=False)
    outgoing.sandbox.core.faults.add("conversations.join", "ratelimit", times=1, seconds=20.0)

    for one in (first, second, first):
        with pytest.raises(TooFast):
            await joining.ahead(one)
    assert 1 == asked(outgoing, "conversations.join")
    watch.seconds = 20.0
    await joining.ahead(second)

    assert BOT_USER_ID in outgoing.sandbox.channel(channel_id("team-001")).members
