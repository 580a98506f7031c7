"""Signpost's command line and composition root: settings in, parts put together, exit code out."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvloop
from dotenv import dotenv_values

from commandline.check import check
from commandline.media import add_media_command
from commandline.places import MANIFEST, scopes_of
from commandline.play import play_plan
from commandline.rollout import add_rollout_commands
from commandline.sandbox import sandbox
from delivery.clock import SystemClock
from delivery.errors import AccessLost, SlackError
from delivery.role_channels import RoleChannelUnfit
from handlers.forgetting import note_in
from helpdesk.errors import HelpdeskError
from knowledge.commands import add_commands as add_knowledge_commands
from knowledge.errors import KnowledgeError
from logs import configure_logs
from rollout.commands import add_plan_commands
from rollout.errors import RolloutError
from running.bot import Bot
from running.exchange import Exchange
from running.exit_codes import ACCESS_LOST, OK, USAGE
from sandbox.errors import SandboxRefused
from settings import Settings, SettingsInvalid, read_settings, secrets_of
from storage.commands import add_commands as add_store_commands
from storage.errors import StoreRefused
from storage.learned import read_learned
from storage.question_commands import add_commands as add_question_commands

FOR_PEOPLE = (
    RoleChannelUnfit,
    StoreRefused,
    KnowledgeError,
    HelpdeskError,
    RolloutError,
    SandboxRefused,
    OSError,
)
"""Errors whose message says what happened, to what, and what to do."""

NEW_OBJECTS = 10_000
"""Containers made between two passes of the garbage collector; Python's 700 are made by one
question, and passes took a fifth of the time of an answer."""


async def run_bot(settings: Settings, hide: Callable[[str], None]) -> int:
    """Run until SIGTERM, SIGINT or a lost token; the exit code. ``hide`` keeps tokens that come
    later out of the logs."""
    bot = _bot_for(settings, hide)
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, bot.stopped.set)
    try:
        starting = asyncio.create_task(bot.start())
        stopped = asyncio.create_task(bot.stopped.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            _spare_garbage_collection()
            await stopped
        starting.cancel()
    except AccessLost as error:
        print(_no_access(error), file=sys.stderr)
        return ACCESS_LOST
    finally:
        await bot.stop()
    return bot.exit_code


def _spare_garbage_collection() -> None:
    """What was loaded lives as long as the bot, so it is not looked through again; new objects are
    looked through after so many that a question costs no pass of its own."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)


def _no_access(error: SlackError) -> str:
    return (
        f"Slack does not accept SLACK_BOT_TOKEN ({error.code}). "
        "Reinstall the app in Slack and put the new token in .env."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options, _environment()))
    except SettingsInvalid as invalid:
        print("The settings are not complete (see .env.example):", file=sys.stderr)
        for problem in invalid.problems:
            print(f"  {problem}", file=sys.stderr)
        return USAGE
    except FOR_PEOPLE as refused:
        print(refused, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return OK


def _environment() -> Mapping[str, str]:
    """``.env``, overridden by the environment."""
    from_file = {name: value or "" for name, value in dotenv_values(".env").items()}
    return from_file | dict(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bot.py", description="Signpost: answers enrollment questions in Slack."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the bot against Slack, as .env says")
    run.set_defaults(command=_run)

    open_sandbox = commands.add_parser(
        "sandbox", help="open a local Slack workspace in the browser"
    )
    open_sandbox.add_argument("--port", type=int, default=8765, help="the page's port (8765)")
    open_sandbox.add_argument("--no-bot", action="store_true", help="the workspace alone")
    open_sandbox.set_defaults(command=sandbox)

    playing = commands.add_parser("play", help="play a rollout plan in the sandbox, in seconds")
    playing.add_argument("plan", type=Path, help="the plan file")
    playing.set_defaults(command=play_plan)

    looking = commands.add_parser("check", help="look at settings, tokens, channels and knowledge")
    looking.set_defaults(command=check)

    add_knowledge_commands(commands, SystemClock().now().date(), read_learned)
    add_store_commands(commands)
    add_plan_commands(commands, SystemClock().now)
    add_rollout_commands(commands, SystemClock().now)
    add_media_command(commands, SystemClock().now)
    add_question_commands(commands, SystemClock().now(), note_in)

    return parser


def _run(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    settings = read_settings(environment)
    hide = configure_logs(settings.log_level, tuple(secrets_of(settings)))
    return uvloop.run(run_bot(settings, hide))


def _bot_for(settings: Settings, hide: Callable[[str], None]) -> Bot | Exchange:
    """The bot of one workspace, or of several."""
    if settings.installing is None:
        return Bot(settings)
    return Exchange(settings, settings.installing, scopes_of(MANIFEST), hide)


if __name__ == "__main__":
    sys.exit(main())
