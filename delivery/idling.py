"""Waiting for work without missing the call to stop."""

import asyncio

from storage.port import Store

LONGEST_IDLE = 1.0
"""Seconds between looks when nothing wakes a loop: what falls due in the meantime is that late."""


async def idle(store: Store, stopping: asyncio.Event) -> None:
    """Return when there may be work, when it is time to stop, or after ``LONGEST_IDLE``."""
    waits = {
        asyncio.ensure_future(store.wait_for_work(LONGEST_IDLE)),
        asyncio.ensure_future(stopping.wait()),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
