"""The store of a start, waited for where its database is away."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

import structlog

from delivery.health import waiting_page
from running.serving import LOOPBACK, serve
from settings import Settings
from storage.errors import StoreNotReached
from storage.opening import open_store, when_reached
from storage.port import Store

log = structlog.get_logger()

Opened = TypeVar("Opened")


async def opened_store(settings: Settings) -> Store:
    """The store the settings name. Raises ``StoreRefused``."""
    return await reached(settings, lambda: open_store(settings.store_url))


async def reached(settings: Settings, opening: Callable[[], Awaitable[Opened]]) -> Opened:
    """What is opened. While no database answers, ``/healthz`` says so. Raises ``StoreRefused``."""
    told: list[str] = []
    async with AsyncExitStack() as meanwhile:

        async def on_wait(away: StoreNotReached, seconds: float) -> None:
            log.warning("the store is away, trying again", reason=str(away), seconds=seconds)
            told.append(str(away))
            if len(told) == 1:
                page = waiting_page(lambda: f"store: {told[-1]}")
                await serve(page, LOOPBACK, settings.health_port, meanwhile)

        return await when_reached(opening, settings.store_wait, on_wait)
