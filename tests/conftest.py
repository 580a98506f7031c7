"""Fixtures that every part of the suite shares."""

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from knowledge.watching import Knowledge
from tests.payload_types import MISSING, SENT, TSC, complaints, is_required
from tests.postgresql import postgresql_server, postgresql_url
from tests.workplace import Workplace, open_workplace

__all__ = ["postgresql_server", "postgresql_url"]

ROOT = Path(__file__).parent.parent


LONGEST_FIRST = ("faults", "browser", "installing", "security", "conversations")
"""Folders in the order in which their files begin, before all others: a file runs in one worker,
and one that takes minutes must not be left alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


@pytest.fixture(autouse=True)
def within_slacks_limits() -> Iterator[None]:
    """Whatever a test asserts: the bot sent nothing that Slack would refuse as too long or
    malformed."""
    yield
    assert [] == SENT.beyond_limits()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where Node is required, everything that the bot sent in any test is checked against Slack's
    types. Workers hand what they kept to the process that started them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["payloads"] = json.dumps(SENT.kept)
        return
    if not is_required() or not SENT.kept:
        return
    with TemporaryDirectory() as folder:
        found = complaints(SENT.as_typescript(), Path(folder) / "types") if TSC.exists() else []
    if found or not TSC.exists():
        sys.stderr.write("\n".join(["", "Payloads and Slack's types:", *(found or [MISSING]), ""]))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker ended."""
    SENT.add(json.loads(getattr(node, "workeroutput", {}).get("payloads", "{}")))


@pytest.fixture(scope="session")
def fault_rounds() -> int:
    """How often each fault is caused: 5 in the normal run, 100 in ``make faults``."""
    return int(os.environ.get("FAULT_ROUNDS", "5"))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The articles as shipped, in the sandbox's company; loaded once."""
    return Knowledge(ROOT / "knowledge" / "faq", ROOT / "sandbox" / "company.yaml")


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


@pytest.fixture
async def workplace(store_url: str, knowledge: Knowledge) -> AsyncIterator[Workplace]:
    """The sandbox with the bot in it."""
    async with open_workplace(store_url, knowledge) as opened:
        yield opened
