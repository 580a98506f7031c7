"""Connecting over Socket Mode when the first try fails."""

import asyncio

import pytest

from commandline.sandbox import sandbox_environment
from handlers import connection
from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from tests.payload_types import SENT
from tests.workplace import Workplace


async def test_an_address_that_went_stale_is_asked_for_anew(
    store_url: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_WITHIN", 2.0, raising=False)
    async with Sandbox(pace=False) as sandbox:
        SENT.listen(sandbox.core.traffic)
        refused = sandbox.core.faults.add("connect", "error", times=1)
        workplace = Workplace(sandbox, sandbox_environment(sandbox, store_url), knowledge)
        starting = asyncio.create_task(workplace.start_bot())
        await sandbox.until(lambda: refused.spent, timeout=20)
        sandbox.core.sockets._tickets.clear()
        try:
            async with asyncio.timeout(20):
                await starting

            assert sandbox.core.sockets.connected
        finally:
            await workplace.stop_bot()
