"""A replica that stands still for longer than its leases, and then goes on: what another one has
said in the meantime is not said again. Both go by the database's time, as beside the true Slack."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commandline.sandbox import sandbox_environment
from delivery.sender import LEASE
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from sandbox.server import Sandbox
from storage.opening import open_store
from tests.endstate import all_sent, faults_in
from tests.faults.test_kill_asking import asks_something, few_articles
from tests.process import BotProcess

__all__ = ["few_articles"]

OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
LONGER = LEASE.total_seconds() + 5


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(times=OFTEN, pace=False) as opened:
        yield opened


@pytest.mark.faults
async def test_a_replica_that_was_paused_beyond_its_leases_says_nothing_twice(
    sandbox: Sandbox,
    few_articles: Path,
    postgresql_url: str,
    tmp_path: Path,
    fault_rounds: int,
) -> None:
    environment = sandbox_environment(sandbox, postgresql_url) | {
        "SLACK_PACE": "OFF",
        "CLOCK_URL": "",
        "KNOWLEDGE_DIR": str(few_articles),
    }
    paused = BotProcess(sandbox, environment, tmp_path / "paused.log")
    other = BotProcess(sandbox, environment, tmp_path / "other.log")
    await paused.start()
    await other.start()
    asked: list[Message] = []
    for seed in range(max(1, fault_rounds // 20)):
        dice = random.Random(seed)
        for _ in range(20):
            asked.append(await asks_something(sandbox, dice))
        await asyncio.sleep(dice.random() * 0.2)
        os.kill(paused.pid, signal.SIGSTOP)
        asked.append(await asks_something(sandbox, dice))
        await asyncio.sleep(LONGER)
        os.kill(paused.pid, signal.SIGCONT)
    await sandbox.settled(timeout=90)
    await all_sent(postgresql_url)
    assert [0, 0] == list(await asyncio.gather(other.terminate(), paused.terminate()))

    store = await open_store(postgresql_url)
    try:
        assert [] == await faults_in(sandbox, store, asked)
    finally:
        await store.close()
