"""Conversations are held on both engines."""

from pathlib import Path

import pytest


@pytest.fixture(params=["tinydb", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"tinydb:{tmp_path / 'store'}"
