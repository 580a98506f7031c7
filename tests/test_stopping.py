"""Stopping in time, whatever Slack does."""

import asyncio

from tests.workplace import Workplace

ASKS = "how do I enroll my iPhone?"
WITHIN = 10


async def test_a_stop_ends_in_time_while_slack_has_fallen_silent(workplace: Workplace) -> None:
    sandbox = workplace.sandbox
    sandbox.core.faults.add("chat.postMessage", "delay", seconds=30)
    await workplace.person("alice").says("ask-it", ASKS)
    await asyncio.sleep(1)
    for connection in sandbox.core.sockets.connections:
        assert connection._transport is not None
        connection._transport.pause_reading()

    async with asyncio.timeout(WITHIN):
        await workplace.stop_bot()
