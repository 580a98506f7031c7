"""Who is in a role channel has its role: the bot starts with private channels of this organisation
alone, and one that is opened while it runs gives nobody a role."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from commandline.sandbox import sandbox_environment
from delivery.membership import Membership
from delivery.role_channels import RoleChannelUnfit
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.conversation import ChannelKind
from sandbox.seed import channel_id
from sandbox.server import Sandbox
from settings import read_settings
from tests.delivery.conftest import outgoing as outgoing
from tests.delivery.outgoing import Outgoing
from tests.test_running import bot_command
from tests.test_running import sandbox as sandbox
from tests.workplace import Workplace

ADMINS = channel_id("rollout-admins")


def is_made_public(sandbox: Sandbox) -> None:
    sandbox.channel("rollout-admins").kind = ChannelKind.PUBLIC


def is_shared(sandbox: Sandbox) -> None:
    sandbox.channel("rollout-admins").is_ext_shared = True


def is_archived(sandbox: Sandbox) -> None:
    sandbox.channel("rollout-admins").is_archived = True


def bot_in(sandbox: Sandbox, store_url: str, knowledge: Knowledge) -> Bot:
    return Bot(read_settings(sandbox_environment(sandbox, store_url)), knowledge=knowledge)


@pytest.mark.parametrize(
    ("happens", "wrong", "mend"),
    [
        (is_made_public, "is public", "use a private channel that is not shared"),
        (is_shared, "is shared with another organisation", "use a private channel"),
        (is_archived, "is archived", "Unarchive it"),
    ],
)
async def test_a_start_refuses_an_open_or_archived_role_channel_by_name_and_with_the_mend(
    sandbox: Sandbox,
    store_url: str,
    knowledge: Knowledge,
    happens: Callable[[Sandbox], None],
    wrong: str,
    mend: str,
) -> None:
    happens(sandbox)
    bot = bot_in(sandbox, store_url, knowledge)

    with pytest.raises(RoleChannelUnfit) as refused:
        await bot.start()
    await bot.stop()

    assert f"ADMIN_CHANNEL {ADMINS}: #rollout-admins {wrong}" in str(refused.value)
    assert mend in str(refused.value)


async def test_the_process_ends_with_code_2_and_names_every_such_channel(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    is_shared(sandbox)
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    wrong = environment | {"TIER1_CHANNEL": channel_id("general")}

    code, output = await asyncio.to_thread(bot_command, "run", environment=wrong)

    assert 2 == code
    assert "TIER1_CHANNEL C0GENERAL: #general is public" in output
    assert "#rollout-admins is shared with another organisation" in output


async def test_private_role_channels_let_the_bot_start_once_slack_is_back(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    sandbox.core.faults.add("conversations.info", "error", code="internal_error", times=1)
    workplace = Workplace(sandbox, sandbox_environment(sandbox, store_url), knowledge)

    await workplace.start_bot()
    try:
        asked = await workplace.person("alice").says("ask-it", "how do I enroll my iPhone?")

        assert await workplace.reply_to(asked)
    finally:
        await workplace.stop_bot()


async def test_a_role_channel_that_the_bot_is_not_in_does_not_keep_it_from_starting(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    await sandbox.person("tess").removes("tier-2", "signpost")
    bot = bot_in(sandbox, store_url, knowledge)

    await bot.start()
    await bot.stop()


@pytest.mark.parametrize("happens", [is_made_public, is_shared])
async def test_who_enters_a_role_channel_that_was_opened_gets_no_role(
    outgoing: Outgoing, happens: Callable[[Sandbox], None]
) -> None:
    sandbox = outgoing.sandbox
    ada, alice = sandbox.person("ada").id, sandbox.person("alice").id
    membership = Membership(outgoing.gateway, "U0SIGNPOST", role_channels={ADMINS})
    assert await membership.is_member(ADMINS, ada)

    happens(sandbox)
    sandbox.channel("rollout-admins").members[alice] = None
    membership.joined(ADMINS, alice)

    assert not await membership.is_member(ADMINS, alice)
    membership.joined(ADMINS, alice)
    assert frozenset() == await membership.members(ADMINS)


async def test_who_enters_a_closed_role_channel_gets_the_role_at_once(outgoing: Outgoing) -> None:
    alice = outgoing.sandbox.person("alice").id
    membership = Membership(outgoing.gateway, "U0SIGNPOST", role_channels={ADMINS})
    assert not await membership.is_member(ADMINS, alice)

    outgoing.sandbox.channel("rollout-admins").members[alice] = None
    membership.joined(ADMINS, alice)

    assert await membership.is_member(ADMINS, alice)
