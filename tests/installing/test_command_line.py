"""``check`` and ``run`` for several workspaces, as processes of their own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from commandline.places import BOT
from knowledge.watching import Knowledge
from sandbox.installing import CLIENT_SECRET
from tests.installing.browser import NORTH, SOUTH, Street, open_street
from tests.test_running import bot_command
from tests.workplace import eventually


@pytest.fixture
async def street(
    postgresql_url: str, tmp_path: Path, knowledge: Knowledge
) -> AsyncIterator[Street]:
    async with open_street(postgresql_url, tmp_path, knowledge) as opened:
        yield opened


async def test_check_looks_at_every_workspace_and_says_which_is_not_installed(
    street: Street,
) -> None:
    await street.installs(NORTH)
    await eventually(lambda: street.is_open(NORTH), 60)

    code, output = await asyncio.to_thread(bot_command, "check", environment=street.environment)

    assert 0 == code, output
    assert f"{NORTH}: token: belongs to" in output
    assert f"{NORTH}: store: can be read" in output
    assert f"{SOUTH}: installation: named, but not installed" in output
    assert "/slack/install" in output


async def test_check_says_which_workspace_installed_the_bot_and_is_not_named(
    street: Street,
) -> None:
    await street.installs(SOUTH)
    street.names(NORTH)

    _, output = await asyncio.to_thread(bot_command, "check", environment=street.environment)

    assert f"{SOUTH}: workspace: installed, but not named" in output
    assert f"Name its channels in WORKSPACES, beneath {SOUTH}" in output


async def test_a_start_with_anything_missing_lists_all_of_it(street: Street) -> None:
    street.names("nobody")
    incomplete = street.environment | {"SLACK_CLIENT_SECRET": "", "STORE_URL": "tinydb:x"}

    code, output = await asyncio.to_thread(bot_command, "run", environment=incomplete)

    assert 2 == code
    for name in ("SLACK_CLIENT_SECRET", "STORE_URL", "'nobody' is no id of a workspace"):
        assert name in output


async def test_the_process_serves_what_was_installed_and_logs_no_token(
    street: Street, tmp_path: Path
) -> None:
    await street.installs(NORTH)
    await eventually(lambda: street.is_open(NORTH), 60)
    await street.stop_bot()
    log = tmp_path / "run.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(BOT),
            "run",
            env=dict(os.environ) | street.environment | {"LOG_LEVEL": "DEBUG"},
            stderr=output,
        )
    await _until_served(street)
    asked = await street.north.person("alice").says("#ask-it", "how do I enroll my iPhone?")
    answer = await street.answer_to(street.north, asked)
    process.send_signal(signal.SIGTERM)

    assert answer
    assert 0 == await asyncio.wait_for(process.wait(), 20)
    for secret in (street.slack.token_of(NORTH), CLIENT_SECRET, street.north.signing_secret):
        assert secret not in log.read_text("utf-8")


async def _until_served(street: Street) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                async with street.session.get(f"{street.url}/slack/install") as answer:
                    assert 200 == answer.status
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
