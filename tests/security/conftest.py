"""Security is tried on PostgreSQL, whose tables can be looked at from beside the bot, and with few
articles, which load in a moment."""

import shutil
from pathlib import Path

import pytest

from knowledge.watching import Knowledge

ROOT = Path(__file__).parents[2]
TOPICS = ("enroll-ios", "enroll-macos", "enroll-windows", "when-is-my-turn")


@pytest.fixture
def store_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("faq")
    for language in ("en", "nl", "sv", "zh-Hant"):
        (folder / language).mkdir()
        for topic in TOPICS:
            shutil.copy(ROOT / "knowledge" / "faq" / language / f"{topic}.md", folder / language)
    return Knowledge(folder, ROOT / "sandbox" / "company.yaml")
