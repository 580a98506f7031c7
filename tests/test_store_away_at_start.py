"""A database that is away when the bot starts is waited for; one that refuses us is not."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.server import Sandbox
from settings import read_settings
from storage.errors import StoreNotReached, StoreRefused
from storage.opening import open_store, when_reached
from tests.postgresql import OwnServer, free_port, own_server, require_own_server


@pytest.fixture
def server() -> Iterator[OwnServer]:
    require_own_server()
    with own_server() as own:
        yield own


async def no_waiting(away: StoreNotReached, seconds: float) -> None:
    raise AssertionError(f"waited for {away}")


async def test_a_server_that_does_not_answer_is_not_reached() -> None:
    with pytest.raises(StoreNotReached, match="does not let us in"):
        await open_store(f"postgresql://postgres@127.0.0.1:{free_port()}/signpost")


async def test_after_the_time_to_wait_it_is_refused_as_before() -> None:
    pauses: list[float] = []

    async def on_wait(away: StoreNotReached, seconds: float) -> None:
        pauses.append(seconds)

    url = f"postgresql://postgres@127.0.0.1:{free_port()}/signpost"
    with pytest.raises(StoreRefused):
        await when_reached(lambda: open_store(url), 0.3, on_wait)

    assert 1 == len(pauses)
    assert 0 < pauses[0] <= 0.3


async def test_nobody_waits_where_the_time_to_wait_is_nought() -> None:
    url = f"postgresql://postgres@127.0.0.1:{free_port()}/signpost"

    with pytest.raises(StoreNotReached):
        await when_reached(lambda: open_store(url), 0.0, no_waiting)


WRONG = ("postgresql://postgres@127.0.0.1:{port}/nowhere", "postgresql://[", "mysql://x")


@pytest.mark.parametrize("url", WRONG)
async def test_a_wrong_url_is_refused_at_once(server: OwnServer, url: str) -> None:
    port = server.url.rpartition(":")[2].partition("/")[0]

    with pytest.raises(StoreRefused) as refused:
        await when_reached(lambda: open_store(url.replace("{port}", port)), 60.0, no_waiting)

    assert StoreRefused is refused.type


async def test_a_wrong_password_is_refused_at_once(server: OwnServer) -> None:
    server.run_statement("CREATE ROLE locked LOGIN PASSWORD 'right'")
    server.require_password("locked")
    url = server.url.replace("postgres@", "locked:wrong@", 1)

    with pytest.raises(StoreRefused) as refused:
        await when_reached(lambda: open_store(url), 60.0, no_waiting)

    assert StoreRefused is refused.type
    assert "wrong" not in str(refused.value)


async def test_the_bot_waits_for_its_database_and_says_so_in_health(
    server: OwnServer, knowledge: Knowledge, tmp_path: Path
) -> None:
    url, port = server.create_database(), free_port()
    server.stop()
    async with Sandbox(pace=False) as sandbox, aiohttp.ClientSession() as session:
        environment = sandbox_environment(sandbox, url) | {
            "HEALTH_PORT": str(port),
            "CLOCK_URL": "",
        }
        bot = Bot(read_settings(environment), clock=sandbox.core.clock, knowledge=knowledge)
        starting = asyncio.create_task(bot.start())
        waiting = await _health(session, port)
        server.start()
        async with asyncio.timeout(30):
            await starting
        ready = await _health(session, port)
        await bot.stop()

    assert 503 == waiting[0]
    assert "does not let us in" in waiting[1]
    assert 200 == ready[0]


async def _health(session: aiohttp.ClientSession, port: int) -> tuple[int, str]:
    async with asyncio.timeout(20):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    return answer.status, await answer.text()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
