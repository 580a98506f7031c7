"""Fixtures that every part of the suite shares."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.watching import Knowledge
from tests.postgresql import postgresql_server, postgresql_url
from tests.workplace import Workplace, open_workplace

__all__ = ["postgresql_server", "postgresql_url"]

ROOT = Path(__file__).parent.parent


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
