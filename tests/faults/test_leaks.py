"""No task, file or connection is left behind: not by what breaks while the bot runs, and not by its
end."""

import asyncio
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from commandline.sandbox import sandbox_environment
from handlers import connection
from knowledge.watching import Knowledge
from sandbox.delivery import DeliveryTimes
from sandbox.server import Sandbox
from tests.faults.test_database_away import cut_all
from tests.payload_types import SENT
from tests.workplace import Workplace, eventually, open_workplace

OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
LIVES = 4
ROUNDS = 8
MARGIN = 6
"""The pool of connections sizes itself between two and eight; what each round left behind would be
more than this."""
THREADS_MORE = 3
"""The loop's own threads are made when all others are busy, and stay; what each life left behind
would be more than this."""


@dataclass(frozen=True)
class Open:
    """What is open in this process, and at the database."""

    tasks: int
    files: int
    threads: int
    connections: int

    def within(self, other: "Open", margin: int = 0) -> bool:
        """Whether there is hardly more of anything than in the other."""
        return all(getattr(self, name) <= getattr(other, name) + margin for name in vars(self))


def what_is_open(store_url: str) -> Open:
    files = sum(1 for _ in Path(f"/proc/{os.getpid()}/fd").iterdir())
    return Open(
        len(asyncio.all_tasks()), files, threading.active_count(), connections_to(store_url)
    )


def connections_to(store_url: str) -> int:
    """Those of the bot; it is asked over one that calls itself otherwise."""
    if not store_url.startswith("postgresql"):
        return 0
    with psycopg.connect(store_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'signpost'"
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(autouse=True)
def soon_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits between two tries to connect as long as between two pings."""
    monkeypatch.setattr(connection, "PING_EVERY", 0.2)


async def asks(workplace: Workplace) -> None:
    question = await workplace.person("alice").direct_messages("how do I enroll my iPhone?")
    await workplace.sandbox.until(lambda: workplace.replies_to(question), timeout=60)


async def suffers(workplace: Workplace, store_url: str) -> None:
    """Loses every connection there is, and answers again."""
    sandbox = workplace.sandbox
    sandbox.core.sockets.cut_all()
    if store_url.startswith("postgresql"):
        await asyncio.to_thread(cut_all, store_url)
    await asks(workplace)
    await sandbox.settled()


async def test_what_breaks_leaves_nothing_behind_while_the_bot_runs(
    store_url: str, knowledge: Knowledge, fault_rounds: int
) -> None:
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        for _ in range(2):
            await suffers(workplace, store_url)
        before = what_is_open(store_url)
        for _ in range(max(ROUNDS, fault_rounds)):
            await suffers(workplace, store_url)

        await eventually(lambda: what_is_open(store_url).within(before, MARGIN), timeout=30)


async def test_a_stop_leaves_nothing_behind(store_url: str, knowledge: Knowledge) -> None:
    async with Sandbox(times=OFTEN, pace=False) as sandbox:
        SENT.listen(sandbox.core.traffic)
        environment = sandbox_environment(sandbox, store_url)
        environment |= {"SLACK_PACE": "OFF", "CLOCK_URL": ""}
        workplace = Workplace(sandbox, environment, knowledge)
        await lives(workplace, store_url)
        before = what_is_open(store_url)
        for _ in range(LIVES):
            await lives(workplace, store_url)

        await eventually(lambda: what_is_open(store_url).within(before, THREADS_MORE), timeout=30)
        assert 0 == connections_to(store_url)


async def lives(workplace: Workplace, store_url: str) -> None:
    """From a start to a stop, with trouble in between."""
    await workplace.start_bot()
    await suffers(workplace, store_url)
    await workplace.stop_bot()
    sockets = workplace.sandbox.core.sockets
    await workplace.sandbox.until(lambda: not sockets.connections)
