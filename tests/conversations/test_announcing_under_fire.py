"""An announcement to many channels while Slack is unwell and the bot is killed: everybody has it
once."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from commandline.sandbox import sandbox_environment
from rollout.exporting import as_yaml
from rollout.reading import load_plan
from sandbox.conversation import ChannelKind, Message
from sandbox.seed import channel_id
from sandbox.server import Sandbox
from tests.payload_types import SENT

ROOT = Path(__file__).parents[2]
BEFORE = datetime(2027, 6, 28, 8, 0, tzinfo=UTC)
SENDS_AT = datetime(2027, 7, 7, 7, 0, tzinfo=UTC)
TITLE = "IT: your devices join"


@asynccontextmanager
async def process(
    environment: Mapping[str, str], sandbox: Sandbox
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own, which can be killed."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "bot.py"), "run", env=dict(os.environ) | dict(environment)
    )
    try:
        await sandbox.connected(timeout=60)
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


def prepared(folder: Path, sandbox: Sandbox, names: list[str], store_url: str) -> dict[str, str]:
    """Channels for the IT group, a plan with them, and a knowledge base that loads at once."""
    for name in names:
        members = [sandbox.person("ada").id]
        sandbox.workspace.add_channel(
            channel_id(name), name, ChannelKind.PUBLIC, members, sandbox.person("ada").id
        )
    plan = load_plan(ROOT / "rollout" / "plan.example.yaml")
    channels = tuple(channel_id(name) for name in names)
    groups = tuple(
        replace(one, channels=channels) if one.id == "it" else one for one in plan.groups
    )
    path, faq = folder / "plan.yaml", folder / "faq"
    path.write_text(as_yaml(replace(plan, groups=groups)), "utf-8")
    faq.mkdir()
    faq.joinpath("enroll.md").write_text(
        "---\ntitle: How do I enroll?\nphrasings: [how do I enroll]\n---\nOpen Settings.\n", "utf-8"
    )
    return sandbox_environment(sandbox, store_url) | {
        "SLACK_PACE": "OFF",
        "ROLLOUT_PLAN": str(path),
        "KNOWLEDGE_DIR": str(faq),
        "COMPANY_FILE": "",
    }


async def approved(sandbox: Sandbox) -> None:
    """Ada prepares the message, Axel approves it."""
    ada, axel = sandbox.person("ada"), sandbox.person("axel")
    await ada.commands("/signpost", "announce")
    await ada.opens_modal()
    await ada.submits({"planned": "pre-enrollment-1-it"})

    def card() -> Message | None:
        found = [one for one in sandbox.messages_in("rollout-admins") if TITLE in one.text]
        return found[0] if found else None

    shown = await sandbox.until(card, timeout=20, explain="the card is posted")
    assert shown is not None
    await axel.presses(shown, "Approve")
    await sandbox.until(lambda: "Approved" in (card() or shown).text, timeout=20)


@pytest.mark.parametrize("channels", [100, pytest.param(1_000, marks=pytest.mark.faults)])
async def test_every_channel_has_it_once_in_spite_of_faults_and_kill_9(
    store_url: str, tmp_path: Path, channels: int
) -> None:
    names = [f"it-{number}" for number in range(channels)]
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    async with Sandbox(manifest=manifest, pace=False, clock_start=BEFORE) as sandbox:
        SENT.listen(sandbox.core.traffic)
        environment = prepared(tmp_path, sandbox, names, store_url)

        def posted() -> Counter[str]:
            return Counter(
                name
                for name in names
                for one in sandbox.messages_in(name)
                if one.bot_id and one.text.startswith(TITLE)
            )

        async with process(environment, sandbox) as first:
            await approved(sandbox)
            faults = sandbox.core.faults
            limited = faults.add("chat.postMessage", "ratelimit", every=10, seconds=1.0)
            lost = faults.add("chat.postMessage", "lost_answer", every=50)
            sandbox.core.clock.jump_to(SENDS_AT + timedelta(seconds=1))
            await sandbox.until(lambda: len(posted()) > len(names) // 2, timeout=120)
            first.kill()
            await first.wait()
        at_the_kill = len(posted())
        async with process(environment, sandbox):
            sandbox.core.clock.advance(timedelta(minutes=2))
            await sandbox.until(lambda: len(posted()) == len(names), timeout=180)
            await asyncio.sleep(5)

        assert at_the_kill < len(names)
        assert limited.struck >= len(names) // 10
        assert lost.struck >= len(names) // 60
        assert dict.fromkeys(names, 1) == dict(posted())
