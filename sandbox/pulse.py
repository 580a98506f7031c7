"""Waiting for something to become true, woken by changes and never by a timer."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")


class Pulse:
    """Beats whenever anything in the sandbox changes."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def beat(self) -> None:
        for waiter in self._waiting:
            waiter.set()

    async def until(
        self, condition: Callable[[], Found | Awaitable[Found]], timeout: float, explain: str
    ) -> Found:
        """What `condition` gives once that is true; TimeoutError with `explain` after `timeout` s.

        The condition is asked at once and after every change.
        """
        waiter = asyncio.Event()
        self._waiting.add(waiter)
        try:
            async with asyncio.timeout(timeout):
                while not (found := await _value(condition)):
                    await waiter.wait()
                    waiter.clear()
                return found
        except TimeoutError:
            raise TimeoutError(f"not so within {timeout} s: {explain}") from None
        finally:
            self._waiting.discard(waiter)


async def _value(condition: Callable[[], Found | Awaitable[Found]]) -> Found:
    value = condition()
    return await value if inspect.isawaitable(value) else value
