"""The fixture of the tests of delivery."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from delivery.gateway import Gateway, reading_client, web_client
from sandbox.server import Sandbox
from storage.tinydb_store import open_tinydb
from tests.delivery.outgoing import Outgoing
from tests.payload_types import SENT


@pytest.fixture
async def outgoing(tmp_path: Path) -> AsyncIterator[Outgoing]:
    store = await open_tinydb(tmp_path / "store")
    async with Sandbox(pace=False) as sandbox, aiohttp.ClientSession() as session:
        SENT.listen(sandbox.core.traffic)
        gateway = Gateway(
            web_client(sandbox.bot_token, sandbox.api_url, session),
            reading_client(sandbox.bot_token, sandbox.api_url, session),
        )
        yield Outgoing(sandbox, store, gateway)
    await store.close()
