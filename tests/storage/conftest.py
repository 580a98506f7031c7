"""What all tests of the store share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest

from storage.opening import open_store
from storage.port import Store

Reopen: TypeAlias = Callable[[], Awaitable[Store]]


class Opened:
    """The stores that a test opened, to be closed after it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.stores: list[Store] = []

    async def open(self) -> Store:
        self.stores.append(await open_store(self._url))
        return self.stores[-1]

    async def close_all(self) -> None:
        while self.stores:
            await self.stores.pop().close()

    async def reopen(self) -> Store:
        """Close the store and open it again."""
        await self.close_all()
        return await self.open()


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Opened]:
    keeper = Opened(url)
    yield keeper
    await keeper.close_all()


@pytest.fixture
async def store(opened: Opened) -> Store:
    """An empty store."""
    return await opened.open()


@pytest.fixture
def reopen(opened: Opened) -> Reopen:
    """Closes the store and opens it again."""
    return opened.reopen
