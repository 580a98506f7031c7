"""The contract on the TinyDB engine."""

from pathlib import Path

import pytest

from tests.storage.contract import Contract


class TestTinyDB(Contract):
    """``STORE_URL=tinydb:FOLDER``."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'state'}"
