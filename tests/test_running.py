"""Starting, stopping, and telling how it is."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yaml

from commandline.places import MANIFEST
from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.server import Sandbox
from settings import read_settings
from tests.payload_types import SENT
from tests.process import BotProcess
from tests.workplace import Workplace

ROOT = Path(__file__).parent.parent
ASKS = "how do I enroll my iPhone?"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    async with Sandbox(manifest=manifest, pace=False) as opened:
        SENT.listen(opened.core.traffic)
        yield opened


def bot_command(*arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and output of ``python bot.py ...``."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), *arguments],
        env=dict(os.environ) | dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    return done.returncode, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_with_the_scopes_of_the_manifest_alone_a_conversation_works(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    workplace = Workplace(sandbox, sandbox_environment(sandbox, store_url), knowledge)
    await workplace.start_bot()
    try:
        question = await workplace.person("alice").mentions_bot("general", ASKS)

        assert (await workplace.reply_to(question)).text.startswith("Enroll an iPhone")
    finally:
        await workplace.stop_bot()


@asynccontextmanager
async def bot_over_http(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> AsyncIterator[tuple[Workplace, str]]:
    """The bot listening for HTTP, and its request URL."""
    port = free_port()
    environment = sandbox_environment(sandbox, store_url) | {
        "SLACK_APP_TOKEN": "",
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
        "PORT": str(port),
    }
    bot = Bot(read_settings(environment), knowledge=knowledge)
    await bot.start()
    try:
        url = f"http://127.0.0.1:{port}/slack/events"
        yield Workplace(sandbox, environment, knowledge, bot), url
    finally:
        await bot.stop()


async def test_over_http_with_signed_requests_a_conversation_works(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    async with bot_over_http(sandbox, store_url, knowledge) as (workplace, url):
        await sandbox.deliver_by_http(url)
        alice = workplace.person("alice")
        answer = await workplace.reply_to(await alice.says("ask-it", ASKS))
        await alice.presses(answer, "Solved")

        assert await workplace.becomes(answer, lambda message: "Glad it helped" in message.text)


async def test_an_unsigned_http_request_is_refused(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    async with (
        bot_over_http(sandbox, store_url, knowledge) as (_, url),
        aiohttp.ClientSession() as session,
        session.post(url, json={"type": "x"}) as answer,
    ):
        assert 401 == answer.status


async def test_health_and_metrics_tell_that_all_is_well_and_when_slack_is_gone(
    sandbox: Sandbox, store_url: str, knowledge: Knowledge
) -> None:
    port = free_port()
    environment = sandbox_environment(sandbox, store_url) | {"HEALTH_PORT": str(port)}
    bot = Bot(read_settings(environment), knowledge=knowledge)
    await bot.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/healthz") as answer:
                assert (200, {"ok": True, "problems": []}) == (answer.status, await answer.json())
            async with session.get("/metrics") as answer:
                assert "signpost_outbox_waiting" in await answer.text()
    finally:
        await bot.stop()


async def test_sigterm_ends_the_process_in_time_and_with_success(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    bot = BotProcess(sandbox, environment, tmp_path / "bot.log")
    await bot.start()

    assert 0 == await asyncio.wait_for(bot.terminate(), 12)


async def test_no_secret_stands_in_the_log(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    log = tmp_path / "bot.log"
    bot = BotProcess(sandbox, environment | {"LOG_LEVEL": "DEBUG"}, log)
    await bot.start()
    question = await sandbox.person("alice").says("ask-it", ASKS)
    await sandbox.until(lambda: sandbox.replies(question), timeout=20)
    await bot.terminate()

    written = log.read_text("utf-8")
    assert "ready" in written
    assert sandbox.bot_token not in written
    assert sandbox.app_token not in written
    assert ASKS not in written


async def test_check_finds_a_sandbox_in_order(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")

    code, output = await asyncio.to_thread(bot_command, "check", environment=environment)

    assert "Everything is ready." in output
    assert 0 == code


async def test_check_names_what_is_wrong_with_a_channel_and_how_to_mend_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    await sandbox.person("tess").removes("tier-2", "signpost")
    wrong = environment | {"TIER1_CHANNEL": "C0GENERAL"}

    code, output = await asyncio.to_thread(bot_command, "check", environment=wrong)

    assert 1 == code
    assert "#general is public" in output
    assert "TIER2_CHANNEL" in output
    assert "/invite @signpost" in output


async def test_check_names_every_fault_of_the_helpdesks_settings_and_how_to_mend_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "helpdesk.yaml"
    file.write_text("all: {timezone: Mars/Olympus, days: [caturday]}\ntier2: {claim: soon}\n")
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    wrong = environment | {"HELPDESK_SETTINGS": str(file)}

    code, output = await asyncio.to_thread(bot_command, "check", environment=wrong)

    assert 1 == code
    assert "all.timezone: 'Mars/Olympus' is no time zone" in output
    assert "Use an IANA name such as Europe/Amsterdam" in output
    assert "all.days: 'caturday' is no day" in output
    assert "tier2.claim: 'soon' is no duration" in output


async def test_check_names_every_fault_of_the_rollout_plan_with_line_and_mend(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.yaml"
    example = (ROOT / "rollout" / "plan.example.yaml").read_text("utf-8")
    lines = example.splitlines()
    at = lines.index("  timezone: Europe/Amsterdam")
    lines[at : at + 2] = ["  timezone: Mars/Olympus", "  weekday: caturday"]
    plan.write_text("\n".join(lines), "utf-8")
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")

    code, output = await asyncio.to_thread(
        bot_command, "check", environment=environment | {"ROLLOUT_PLAN": str(plan)}
    )

    assert 1 == code
    assert f"{plan}:{at + 1}: error: settings.timezone: " in output
    assert f"{plan}:{at + 2}: error: settings.weekday: " in output
    assert 2 == output.count("Expected: ")


async def test_check_says_that_the_rollout_plan_is_in_order(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    example = str(ROOT / "rollout" / "plan.example.yaml")

    code, output = await asyncio.to_thread(
        bot_command, "check", environment=environment | {"ROLLOUT_PLAN": example}
    )

    assert 0 == code
    assert f"rollout plan: {example}, " in output


async def test_check_says_that_the_helpdesks_settings_are_in_order(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")
    example = str(ROOT / "helpdesk.example.yaml")

    code, output = await asyncio.to_thread(
        bot_command, "check", environment=environment | {"HELPDESK_SETTINGS": example}
    )

    assert 0 == code
    assert f"helpdesk: {example}" in output


async def test_check_names_missing_scopes(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.set_scopes("chat:write", "channels:read", "groups:read")
    environment = sandbox_environment(sandbox, f"tinydb:{tmp_path / 'store'}")

    code, output = await asyncio.to_thread(bot_command, "check", environment=environment)

    assert 1 == code
    assert "app_mentions:read" in output


def test_a_start_without_settings_lists_them_all_and_exits_2(tmp_path: Path) -> None:
    code, output = bot_command("run", environment={"STORE_URL": f"tinydb:{tmp_path}"})

    assert 2 == code
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "QUESTION_CHANNELS", "ADMIN_CHANNEL"):
        assert name in output


def test_the_sandbox_does_not_start_with_real_tokens() -> None:
    code, output = bot_command("sandbox", environment={"SLACK_BOT_TOKEN": "xoxb-1234-real"})

    assert 2 == code
    assert "SLACK_BOT_TOKEN" in output
    assert "1234-real" not in output


@pytest.mark.parametrize(
    "command",
    ["run", "sandbox", "ask", "check", "knowledge", "backup", "restore", "export", "import"],
)
def test_every_command_explains_itself(command: str) -> None:
    code, output = bot_command(command, "--help", environment={})

    assert 0 == code
    assert "usage: bot.py" in output
