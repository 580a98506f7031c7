"""A call that Slack never answers ends by itself."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from delivery import gateway as calls
from delivery.errors import OutcomeUnknown
from delivery.gateway import Gateway, reading_client, web_client
from storage.outbox import Content


@pytest.fixture
async def silence() -> AsyncIterator[str]:
    """The address of something that accepts connections and never says a word."""
    taken: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield f"http://{host}:{port}/api/"
    for writer in taken:
        writer.transport.abort()
    server.close()
    await server.wait_closed()


async def test_a_post_and_a_read_without_an_answer_end_unknown(
    silence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "ANSWER_WITHIN", 0.3)
    async with aiohttp.ClientSession() as session, asyncio.timeout(5):
        gateway = Gateway(
            web_client("xoxb-any", silence, session), reading_client("xoxb-any", silence, session)
        )

        with pytest.raises(OutcomeUnknown):
            await gateway.post("C0ASKIT", Content("answer"), key="answer")
        with pytest.raises(OutcomeUnknown):
            await gateway.members("C0ASKIT")
