"""docs/escalation.md says what the code does."""

import re
from pathlib import Path

from helpdesk.ticket import ALLOWED, Command

PAGE = (Path(__file__).parents[2] / "docs" / "escalation.md").read_text("utf-8")


def test_the_table_of_states_on_the_page_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| ([a-z]+) \| ([a-z ]+) \| ([a-z]+) \|$", PAGE, re.MULTILINE)

    expected = [
        (state.value, command.value, becomes.value)
        for state, commands in ALLOWED.items()
        for command, becomes in commands.items()
    ]
    assert expected == [row for row in rows if row[0] != "state"]


def test_the_page_says_of_every_command_who_may_give_it() -> None:
    who = PAGE[PAGE.index("who may give it") : PAGE.index("Being in the tier")]
    named = {
        one.strip() for row in re.findall(r"^\| (.+?) \|", who, re.M) for one in row.split(",")
    }

    assert {command.value for command in Command} <= named
