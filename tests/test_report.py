"""`python bot.py report` as a person types it."""

import argparse
import gc
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commandline.rollout import add_rollout_commands
from running.exit_codes import NOT_WELL, USAGE
from tests.rollout.plans import EXAMPLE

SETTINGS = {
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "QUESTION_CHANNELS": "C000000001",
    "TIER1_CHANNEL": "C000000002",
    "TIER2_CHANNEL": "C000000003",
    "TIER3_CHANNEL": "C000000004",
    "ADMIN_CHANNEL": "C000000005",
}


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """The command ends with its process, and leaves garbage to that."""
    yield
    gc.enable()


def report(**settings: str) -> tuple[int, str]:
    out = io.StringIO()
    parser = argparse.ArgumentParser()
    add_rollout_commands(parser.add_subparsers(), lambda: datetime.now(UTC), out)
    options = parser.parse_args(["report"])
    return options.command(options, SETTINGS | settings), out.getvalue()


def test_before_the_first_start_there_are_no_figures_and_it_is_said_why(tmp_path: Path) -> None:
    url = f"tinydb:{tmp_path / 'none'}"

    code, printed = report(STORE_URL=url, ROLLOUT_PLAN=str(EXAMPLE))

    assert NOT_WELL == code
    assert f"There is nothing in {url} yet, so there are no figures. Start the bot," in printed


def test_without_a_plan_it_says_where_to_name_one(tmp_path: Path) -> None:
    code, printed = report(STORE_URL=f"tinydb:{tmp_path}")

    assert USAGE == code
    assert "put the path of one into ROLLOUT_PLAN" in printed
