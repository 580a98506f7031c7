"""The office of one workspace among several, at work: opened, told of new tokens, and closed."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp
from pydantic import SecretStr

from delivery.clock import Clock
from delivery.role_channels import require_fit
from handlers.connection import App
from knowledge.watching import Knowledge
from running.listening import Listening
from running.looking import looks_of
from running.loops import Loops
from running.office import Office, furnish
from running.slack_line import gateway_of
from settings import Settings
from storage.installations import Installation
from storage.kinds import make_ready
from storage.opening import of_workspace, open_workspace_store
from storage.port import Store

TAKE_IN_WITHIN = 3.0
"""Seconds for what is being decided when an office closes."""
FINISH_WITHIN = 4.0
"""Seconds for what is being sent after that."""


class OfficeAtWork:
    """Answers for one workspace with a store, a token and loops of its own."""

    def __init__(
        self,
        installation: Installation,
        settings: Settings,
        office: Office,
        listening: Listening,
        parts: AsyncExitStack,
    ) -> None:
        self.installation = installation
        self.settings = settings
        self.office = office
        self._listening = listening
        self._parts = parts

    @property
    def app(self) -> App:
        return self._listening.app

    @property
    def store(self) -> Store:
        return self.office.store

    def use(self, installation: Installation) -> None:
        """The same installation with a renewed token."""
        self.installation = installation
        self.office.gateway.use_token(installation.token)
        self._listening.use_token(installation.token)

    async def close(self) -> None:
        """Finish what is in hand and let go of everything; its records stay."""
        await self._parts.aclose()


class Opening:
    """Opens offices. ``load`` gives the articles that the settings name, for one office alone:
    what one workspace teaches, no other may be answered with."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        owner: str,
        load: Callable[[Settings], Knowledge],
    ) -> None:
        self._session = session
        self._clock = clock
        self._owner = owner
        self._load = load

    async def open(
        self,
        installation: Installation,
        settings: Settings,
        on_access_lost: Callable[[str], None],
        on_broken: Callable[[], None],
    ) -> OfficeAtWork:
        """Raises what :func:`running.office.furnish` does, ``RoleChannelUnfit`` and
        ``SlackError``; then nothing stays open."""
        own = _own_settings(installation, settings)
        async with AsyncExitStack() as parts:
            store = await open_workspace_store(own.store_url)
            parts.push_async_callback(store.close)
            await make_ready(store)
            gateway = gateway_of(own, self._session)
            identity = await gateway.identity()
            await require_fit(gateway, own.role_channels)
            knowledge = await asyncio.to_thread(self._load, own)
            office = await furnish(own, store, knowledge, gateway, identity, self._clock.now)
            self._start(office, parts, on_access_lost, on_broken)
            secret = own.signing_secret.get_secret_value() if own.signing_secret else None
            listening = Listening(office, self._session, secret)
            return OfficeAtWork(installation, settings, office, listening, parts.pop_all())

    def _start(
        self,
        office: Office,
        parts: AsyncExitStack,
        on_access_lost: Callable[[str], None],
        on_broken: Callable[[], None],
    ) -> None:
        """What starts last ends first: nothing is decided any more when sending ends."""
        looks = looks_of(office)
        parts.push_async_callback(_cancelled, looks)
        loops = Loops(office, self._clock, self._owner, on_access_lost, on_broken)
        loops.start()
        parts.push_async_callback(loops.finish, FINISH_WITHIN)
        parts.push_async_callback(drained, office, TAKE_IN_WITHIN)


def _own_settings(installation: Installation, settings: Settings) -> Settings:
    """The settings of the workspace, with its token and its own place in the database."""
    return replace(
        settings,
        bot_token=SecretStr(installation.token),
        store_url=of_workspace(settings.store_url, installation.team),
    )


async def drained(office: Office, within: float) -> None:
    """Until nothing is being decided, or the seconds are over."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(office.intake.drained(), within)


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
