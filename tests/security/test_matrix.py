"""The permission matrix: every action of every role, tried with forged payloads through the true
app, and nothing that the app listens to is missing from it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from slack_bolt.async_app import AsyncApp

from commandline.sandbox import sandbox_environment
from handlers.announcing_steering import _SIMPLE
from handlers.commands import CommandRouter
from handlers.ticket_steps import STEPS
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.conversation import ChannelKind
from sandbox.seed import channel_id, user_id
from sandbox.server import Sandbox
from settings import read_settings
from tests.security.roles import ROLES
from tests.security.stage import (
    Outcome,
    Stage,
    Try,
    let_intruders_in,
    plan_with_sponsor,
    seed,
)
from tests.workplace import Workplace

BRIDGE = channel_id("bridge")
MATRIX = Path(__file__).with_name("matrix.yaml")
ROWS: list[dict[str, Any]] = yaml.safe_load(MATRIX.read_text("utf-8"))
LISTENING = ("action", "view", "shortcut", "event", "command", "options")
WAYS = {"press": "action", "tab": "action", "form": "view"}


def expected(row: dict[str, Any], role: str) -> Outcome:
    for outcome in Outcome:
        if role in row.get(outcome.value, ()):
            return outcome
    return Outcome(row["others"])


def named(row: dict[str, Any]) -> str:
    return f"{row['way']} {row['what']} {row.get('given', '')}"


@pytest.fixture
async def stage(store_url: str, knowledge: Knowledge, tmp_path: Path) -> AsyncIterator[Stage]:
    await seed(store_url)
    async with Sandbox(pace=False) as sandbox:
        environment = sandbox_environment(sandbox, store_url) | {
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
            "ROLLOUT_PLAN": str(plan_with_sponsor(tmp_path)),
            "BRIDGE_CHANNEL": BRIDGE,
        }
        own, ada = user_id("signpost"), user_id("ada")
        sandbox.workspace.add_channel(BRIDGE, "bridge", ChannelKind.PRIVATE, (own, ada), ada)
        workplace = Workplace(sandbox, environment, knowledge)
        let_intruders_in(workplace)
        await workplace.start_bot()
        opened = Stage(workplace, store_url)
        try:
            await opened.until_cards_are_posted()
            opened.remember()
            yield opened
        finally:
            opened.close()
            await workplace.stop_bot()


async def test_every_role_may_do_what_the_matrix_says_and_nothing_else(stage: Stage) -> None:
    wrong: list[str] = []
    for row in ROWS:
        tried = Try(row["way"], row["what"], row.get("given", {}))
        for role in ROLES:
            found, words = await stage.outcome(role, tried)
            if found is not expected(row, role):
                said = f"{role} is {found}, not {expected(row, role)}: {words[:200]}"
                wrong.append(f"{named(row)[:90]}: {said}")

    assert [] == wrong
    assert len(ROWS) * len(ROLES) > 1_000


async def test_through_the_page_nobody_gets_further_than_the_matrix_says(stage: Stage) -> None:
    """Every button of the matrix once, shown where it belongs and pressed by everybody: only who
    sees it and may gets on."""
    wrong: list[str] = []
    got_on = 0
    presses = [row for row in reversed(ROWS) if row["way"] == "press" and "verb" not in row]
    shown = {row["what"]: row for row in presses}
    for row in shown.values():
        card = stage.shows(Try(row["way"], row["what"], row.get("given", {})))
        channel = stage.workplace.sandbox.channel(card.channel)
        for role, name in ROLES.items():
            inside = stage.workplace.person(name).id in channel.members
            sees = role != "deactivated" and (inside or channel.kind is ChannelKind.PUBLIC)
            may = sees and expected(row, role) is Outcome.ALLOWED
            found = await stage.outcome_on_the_page(role, card)
            got_on += found is Outcome.ALLOWED
            if found is Outcome.FAILED or (found is Outcome.ALLOWED and not may):
                wrong.append(f"{named(row)[:90]}: {role} is {found}")

    assert [] == wrong
    assert got_on > len(shown)


async def test_nothing_that_the_app_listens_to_is_missing_from_the_matrix(
    store_url: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners: list[tuple[str, Any]] = []
    words: list[str] = []
    _note_listeners(monkeypatch, listeners)
    _note_words(monkeypatch, words)
    async with Sandbox(pace=False) as sandbox:
        environment = sandbox_environment(sandbox, store_url) | {"CLOCK_URL": ""}
        bot = Bot(read_settings(environment), clock=sandbox.core.clock, knowledge=knowledge)
        await bot.start()
        await bot.stop()

    assert [] == [one for one in listeners if not _has_row(*one)]
    assert [] == [word for word in words if not _has_word(word)]
    assert len(listeners) > 60


def test_every_choice_in_a_menu_has_a_row() -> None:
    verbs = {row.get("verb") for row in ROWS if row["what"] == "ticket.more"}
    presses = {row["what"] for row in ROWS if row["way"] == "press"}

    missing = [one for one in STEPS if one not in verbs and not _is_pressed(one, presses)]

    assert [] == missing
    assert [] == [one for one in _SIMPLE if one not in presses]


def _is_pressed(verb: str, presses: set[str]) -> bool:
    return any(one == verb or one.startswith(f"{verb}.") for one in presses)


def _note_listeners(monkeypatch: pytest.MonkeyPatch, found: list[tuple[str, Any]]) -> None:
    for name in LISTENING:
        original = getattr(AsyncApp, name)

        def noting(app: AsyncApp, what: Any, *more: Any, _to: Any = original, _as: str = name,
                   **others: Any) -> Any:  # fmt: skip
            found.append((_as, what))
            return _to(app, what, *more, **others)

        monkeypatch.setattr(AsyncApp, name, noting)


def _note_words(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    original = CommandRouter.add

    def noting(router: CommandRouter, name: str, *more: Any, **others: Any) -> None:
        found.append(name)
        original(router, name, *more, **others)

    monkeypatch.setattr(CommandRouter, "add", noting)


def _has_row(kind: str, what: Any) -> bool:
    """Whether a row has this listener's action; the catch-alls need none, nor what tells no role
    apart: a person's profile."""
    if (isinstance(what, re.Pattern) and what.pattern == ".*") or what == "user_change":
        return True
    ids = [row["what"] for row in ROWS if WAYS.get(row["way"], row["way"]) == kind]
    if kind == "command":
        return bool(ids)
    if isinstance(what, re.Pattern):
        return any(cast(re.Pattern[str], what).match(one) for one in ids)
    return what in ids


def _has_word(word: str) -> bool:
    rows = [row for row in ROWS if row["way"] == "command"]
    return any(word == row["what"] for row in rows)
