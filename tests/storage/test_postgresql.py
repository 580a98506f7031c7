"""The contract on PostgreSQL."""

import pytest

from tests.storage.contract import Contract


class TestPostgreSQL(Contract):
    """``STORE_URL=postgresql://...``."""

    @pytest.fixture
    def url(self, postgresql_url: str) -> str:
        return postgresql_url
