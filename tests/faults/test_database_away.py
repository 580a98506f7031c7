"""PostgreSQL stopped and started, cut in the middle of transactions, refusing for the sake of
others: every question is answered, and answered once."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from knowledge.watching import Knowledge
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from storage.opening import open_store
from tests.endstate import all_sent, faults_in, keys_of
from tests.postgresql import OwnServer, own_server, require_own_server
from tests.workplace import Workplace, eventually, open_workplace

OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
ASKERS = ("alice", "bram", "sven", "mei", "adam", "femke", "linnea", "wei")
QUESTIONS = (
    "how do I enroll my iPhone?",
    "hoe registreer ik mijn iPhone?",
    "zebra quux, what now?",
)
MOST_ROUNDS = 100


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    require_own_server()
    with own_server() as own:
        yield own


@pytest.fixture
async def workplace(server: OwnServer, knowledge: Knowledge) -> AsyncIterator[Workplace]:
    url = server.create_database()
    async with open_workplace(url, knowledge, times=OFTEN) as opened:
        yield opened


def url_of(workplace: Workplace) -> str:
    return workplace.environment["STORE_URL"]


async def asks(workplace: Workplace, dice: random.Random, count: int) -> list[Message]:
    asked = []
    for _ in range(count):
        asker = workplace.person(dice.choice(ASKERS))
        text = dice.choice(QUESTIONS)
        in_channel = dice.random() < 0.5
        said = asker.says("ask-it", text) if in_channel else asker.direct_messages(text)
        asked.append(await said)
        await asyncio.sleep(dice.random() * 0.05)
    return asked


async def faults_after(workplace: Workplace, asked: list[Message]) -> list[str]:
    """What is wrong once all is quiet."""
    sandbox = workplace.sandbox
    await sandbox.settled(timeout=90)

    def answered() -> bool:
        answers = {key for key in keys_of(sandbox) if key.startswith("answer:")}
        return len(answers) >= len(asked)

    await eventually(answered, timeout=150)
    await all_sent(url_of(workplace))
    await workplace.stop_bot()
    store = await open_store(url_of(workplace))
    try:
        return await faults_in(sandbox, store, asked)
    finally:
        await store.close()


async def test_the_server_is_stopped_and_started_while_people_ask(
    workplace: Workplace, server: OwnServer, fault_rounds: int
) -> None:
    asked: list[Message] = []
    for seed in range(max(1, fault_rounds // 5)):
        dice = random.Random(seed)
        asked += await asks(workplace, dice, 3)
        server.stop()
        asked += await asks(workplace, dice, 3)
        server.start()
        asked += await asks(workplace, dice, 2)

    assert [] == await faults_after(workplace, asked)


async def test_connections_are_cut_in_the_middle_of_transactions(
    workplace: Workplace, server: OwnServer, fault_rounds: int
) -> None:
    asked: list[Message] = []
    for seed in range(fault_rounds):
        dice = random.Random(seed)
        asking = asyncio.create_task(asks(workplace, dice, 4))
        for _ in range(3):
            await asyncio.sleep(dice.random() * 0.1)
            await asyncio.to_thread(cut_all, url_of(workplace))
        asked += await asking

    assert [] == await faults_after(workplace, asked)


def cut_all(url: str) -> None:
    """The server ends every connection of the bot, whatever it is in the middle of."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'signpost'"
        )


async def test_transactions_that_are_refused_for_the_sake_of_others_are_tried_again(
    server: OwnServer, knowledge: Knowledge, fault_rounds: int
) -> None:
    """Every transaction is serializable, so that those at the same moment refuse each other."""
    url = server.create_database()
    name = url.rpartition("/")[2]
    server.run_statement(
        f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'"
    )
    async with open_workplace(url, knowledge, times=OFTEN) as workplace:
        batches = (
            asks(workplace, random.Random(seed), 5)
            for seed in range(min(fault_rounds, MOST_ROUNDS))
        )
        asked = [one for batch in await asyncio.gather(*batches) for one in batch]

        assert [] == await faults_after(workplace, asked)
