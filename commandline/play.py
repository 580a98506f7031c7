"""``play``: a rollout plan, months long, played in a sandbox of its own in seconds."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from commandline.places import MANIFEST
from commandline.playing import add_channels, play, start_of
from commandline.sandbox import start_bot
from logs import configure_logs
from rollout.plan import Plan
from rollout.reading import load_plan
from rollout.schedule import schedule
from running.exit_codes import NOT_WELL
from sandbox.server import Sandbox, refuse_real_tokens


def play_plan(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Play the plan that the options name. Raises ``PlanInvalid``, and ``SandboxRefused`` beside
    real tokens."""
    refuse_real_tokens(environment)
    configure_logs(environment.get("LOG_LEVEL", "ERROR"))
    plan = load_plan(options.plan)
    if not schedule(plan).announcements:
        print(f"{options.plan} has no announcements to play.")
        return NOT_WELL
    return asyncio.run(_run_plan(plan, options.plan, environment))


async def _run_plan(plan: Plan, path: Path, environment: Mapping[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="signpost-play-") as folder:
        manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
        async with Sandbox(manifest=manifest, pace=False, clock_start=start_of(plan)) as sandbox:
            add_channels(sandbox, plan)
            own = {"ROLLOUT_PLAN": str(path), "SLACK_PACE": "OFF", "LOG_LEVEL": "ERROR"}
            bot = await start_bot(sandbox, folder, environment, own)
            try:
                return await play(plan, sandbox, sys.stdout)
            finally:
                bot.terminate()
                await bot.wait()
