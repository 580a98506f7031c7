"""The contract on the TinyDB engine."""

from pathlib import Path

import pytest

from storage.port import Commit, Store
from tests.storage.cast import NOON, after, lease, message
from tests.storage.conftest import Reopen
from tests.storage.contract import Contract


class TestTinyDB(Contract):
    """``STORE_URL=tinydb:FOLDER``."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'state'}"

    async def test_a_post_in_a_conversation_is_looked_for_once_after_a_start(
        self, store: Store, reopen: Reopen
    ) -> None:
        """Its lease may not have reached the disk before it was posted."""
        await store.commit(Commit(NOON, outbox=(message("answer"),)))

        again = await reopen()

        (first,) = await lease(again, after(60))
        assert first.doubtful
        await again.retry_outbox(first, after(70), "not there", doubtful=False)
        (second,) = await lease(again, after(70))
        assert not second.doubtful
