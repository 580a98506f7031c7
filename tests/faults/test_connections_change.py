"""Slack renews its connections as it likes, and some die without a word: whoever asks meanwhile is
answered once."""

import asyncio

import pytest

from handlers import connection
from knowledge.watching import Knowledge
from sandbox.conversation import Message
from sandbox.delivery import DeliveryTimes
from storage.opening import open_store
from tests.endstate import all_sent, faults_in
from tests.workplace import Workplace, open_workplace

OFTEN = DeliveryTimes(retry_after=(0.0, *[1.0] * 60))
ASKERS = ("alice", "bram", "sven", "adam")
CLOSES_AFTER = 0.5
"""Seconds from Slack's notice to the end of a connection; Slack gives about ten."""


async def asks_and_is_answered(workplace: Workplace, name: str) -> Message:
    question = await workplace.person(name).direct_messages("how do I enroll my iPhone?")
    sandbox = workplace.sandbox
    await sandbox.until(lambda: workplace.replies_to(question), timeout=60)
    return question


async def faults_after(workplace: Workplace, asked: list[Message]) -> list[str]:
    await workplace.sandbox.settled(timeout=60)
    await all_sent(workplace.environment["STORE_URL"])
    await workplace.stop_bot()
    store = await open_store(workplace.environment["STORE_URL"])
    try:
        return await faults_in(workplace.sandbox, store, asked)
    finally:
        await store.close()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_connections_are_renewed_while_people_ask(
    store_url: str, knowledge: Knowledge, fault_rounds: int, reason: str
) -> None:
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        asked: list[Message] = []
        for _ in range(max(2, fault_rounds // 10)):
            sockets = workplace.sandbox.core.sockets
            before = list(sockets.connections)
            asking = [asyncio.create_task(asks_and_is_answered(workplace, one)) for one in ASKERS]
            sockets.disconnect(reason, CLOSES_AFTER)
            asked += await asyncio.gather(*asking)
            await workplace.sandbox.until(
                lambda: sockets.connected and not set(before) & set(sockets.connections),  # noqa: B023
                timeout=60,
            )

        assert [] == await faults_after(workplace, asked)


async def test_a_connection_that_is_open_on_one_side_only_is_given_up(
    store_url: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a firewall that has forgotten it: Slack sends, nothing arrives, and no end is
    told."""
    monkeypatch.setattr(connection, "PING_EVERY", 0.5)
    async with open_workplace(store_url, knowledge, times=OFTEN) as workplace:
        asked = [await asks_and_is_answered(workplace, "alice")]
        (silent,) = workplace.sandbox.core.sockets.connections
        silent.socket._writer = Swallowing()  # type: ignore[assignment]
        asked.append(await asks_and_is_answered(workplace, "bram"))

        assert any(one is not silent for one in workplace.sandbox.core.sockets.connections)
        assert [] == await faults_after(workplace, asked)


class Swallowing:
    """Writes nothing: no message, no ping, no pong, no farewell."""

    async def send_frame(self, *_: object, **__: object) -> None:
        return

    async def close(self, *_: object, **__: object) -> None:
        return
