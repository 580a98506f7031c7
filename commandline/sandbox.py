"""``sandbox``: a local Slack workspace in the browser, and the bot in it."""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Mapping
from types import MappingProxyType

import yaml

from commandline.places import BOT, MANIFEST, ROOT
from logs import configure_logs
from running.exit_codes import OK
from sandbox.errors import SandboxRefused
from sandbox.seed import channel_id
from sandbox.server import Sandbox, refuse_real_tokens

CONNECTS_WITHIN = 60.0
"""Seconds; the bot needs about ten of them on a machine with something else to do."""


def sandbox(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Serve the workspace until Ctrl+C. Raises ``SandboxRefused`` beside real tokens."""
    refuse_real_tokens(environment)
    configure_logs(environment.get("LOG_LEVEL", "WARNING"))
    return asyncio.run(_run_sandbox(options.port, environment, with_bot=not options.no_bot))


async def _run_sandbox(port: int, environment: Mapping[str, str], *, with_bot: bool) -> int:
    """Serve the workspace, and the unchanged bot beside it as a process of its own."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="signpost-sandbox-") as folder:
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        async with Sandbox(port, manifest=manifest, pace=True) as sandbox:
            print("\n  Opening the workspace, which takes some seconds ...", flush=True)
            bot = await start_bot(sandbox, folder, environment) if with_bot else None
            print(f"\n  The workspace is open: {sandbox.url}\n  Ctrl+C closes it.\n", flush=True)
            await stopped.wait()
            if bot and bot.returncode is None:
                bot.terminate()
                await bot.wait()
    return OK


async def start_bot(
    sandbox: Sandbox,
    folder: str,
    environment: Mapping[str, str],
    instead: Mapping[str, str] = MappingProxyType({}),
) -> asyncio.subprocess.Process:
    """The unchanged bot as a process of its own, connected to the sandbox. Its settings are the
    sandbox's, some with ``instead``; the rest of its environment is ``environment``. Raises
    ``SandboxRefused`` where it ends or does not connect in time."""
    own = sandbox_environment(sandbox, f"tinydb:{folder}/store") | dict(instead)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(BOT), "run", env=dict(environment) | own
    )
    await _connected(sandbox, process)
    return process


async def _connected(sandbox: Sandbox, process: asyncio.subprocess.Process) -> None:
    connected = asyncio.create_task(sandbox.connected(timeout=CONNECTS_WITHIN))
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        connected.cancel()
        raise SandboxRefused(f"The bot ended with code {ended.result()}. It says above why.")
    ended.cancel()
    if connected.exception() is not None:
        process.kill()
        await process.wait()
        raise SandboxRefused(
            f"The bot did not connect within {CONNECTS_WITHIN:.0f} seconds. Is the machine very"
            " busy? Try again, or see what it says with LOG_LEVEL=INFO."
        )


def sandbox_environment(sandbox: Sandbox, store_url: str) -> dict[str, str]:
    """The settings with which the bot joins a sandbox."""
    channels = {
        "QUESTION_CHANNELS": "ask-it",
        "TIER1_CHANNEL": "tier-1",
        "TIER2_CHANNEL": "tier-2",
        "TIER3_CHANNEL": "tier-3",
        "ADMIN_CHANNEL": "rollout-admins",
    }
    return {name: channel_id(channel) for name, channel in channels.items()} | {
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": sandbox.api_url,
        "STORE_URL": store_url,
        "KNOWLEDGE_DIR": str(ROOT / "knowledge" / "faq"),
        "COMPANY_FILE": str(ROOT / "sandbox" / "company.yaml"),
        "ROLLOUT_PLAN": str(ROOT / "rollout" / "plan.example.yaml"),
        "TIMEZONE": "Europe/Amsterdam",
        "HEALTH_PORT": "0",
        "CLOCK_URL": f"{sandbox.url}/sandbox/clock",
    }
