"""Who has which e-mail address, asked of Slack at the pace it allows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeAlias, TypeVar

import structlog

from delivery.errors import NotReached, OutcomeUnknown, PersonUnreachable, TooFast
from delivery.gateway import Gateway

EACH_BY_ITSELF = 40
"""Addresses that are asked about one by one (docs.slack.dev/reference/methods/users.lookupByEmail,
about 50 a minute); for more the whole list of people is read, 200 at a time (users.list, about 20
pages a minute)."""
MOST_TRIES = 20
PAUSE = 1.0
LONGEST_PAUSE = 60.0

T = TypeVar("T")
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

log = structlog.get_logger()


class AddressBook:
    """Looks people up by their address; what was asked once is remembered. Raises ``SlackError``
    where waiting does not help, such as ``AccessLost`` without the scope ``users:read.email``."""

    def __init__(self, gateway: Gateway, sleep: Sleep = asyncio.sleep) -> None:
        self._gateway = gateway
        self._sleep = sleep
        self._known: dict[str, str | None] = {}
        self._read_all = False

    async def users(self, addresses: Iterable[str]) -> dict[str, str]:
        """Address (in lower case) to user id, for those that Slack knows."""
        wanted = dict.fromkeys(address.casefold() for address in addresses)
        asked = [one for one in wanted if one not in self._known]
        if len(asked) > EACH_BY_ITSELF and not self._read_all:
            await self._read_everybody()
            asked = []
        for address in asked:
            self._known[address] = None if self._read_all else await self._look_up(address)
        return {one: user for one in wanted if (user := self._known.get(one))}

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody in a channel or user group."""
        return await self._patiently(lambda: self._gateway.members(channel))

    async def _look_up(self, address: str) -> str | None:
        try:
            return await self._patiently(lambda: self._gateway.user_of(address))
        except PersonUnreachable:
            return None

    async def _read_everybody(self) -> None:
        cursor = ""
        while True:
            page, cursor = await self._patiently(partial(self._gateway.addresses, cursor))
            self._known.update(page)
            if not cursor:
                self._read_all = True
                return

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asked again when Slack says "too fast", or is away for a while."""
        pause = PAUSE
        for _ in range(MOST_TRIES - 1):
            try:
                return await ask()
            except TooFast as slower:
                log.info("Slack asks for patience", seconds=slower.retry_after)
                await self._sleep(min(slower.retry_after, LONGEST_PAUSE))
            except (NotReached, OutcomeUnknown) as error:
                log.info("Slack does not answer", code=error.code, seconds=pause)
                await self._sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        return await ask()
