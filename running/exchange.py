"""The bot of several workspaces: one process and one HTTP server, an office for each of them."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from urllib.parse import urljoin

import aiohttp
import structlog
from aiohttp import web

from delivery.clock import Clock, SystemClock
from delivery.followed_clock import FollowedClock
from delivery.gateway import web_client
from delivery.health import Health, JointHealth
from delivery.installing import InstallationKeeper, Renewal, StateKeeper
from delivery.shared_clock import SharedClock
from handlers.catalogue import Catalogue
from handlers.front_door import FrontDoor
from handlers.installing import AppCredentials, InstallingFlow
from knowledge.watching import Knowledge
from running.exit_codes import LOOP_BROKEN, OK
from running.looking import load_knowledge
from running.office_at_work import Opening
from running.offices import OfficesAtWork
from running.opened_store import reached
from running.owner import new_owner
from running.serving import serve, serve_health
from running.slack_line import new_session
from running.workspace_list import WorkspaceList
from settings import Installing, Settings
from storage.installations import Installations

log = structlog.get_logger()

STOP_WITHIN = 9.0
"""Seconds for all offices together."""


class Exchange:
    """A running bot of several workspaces; to its process the same as ``running.bot.Bot``.
    ``scopes`` are asked for at an installation; ``load`` gives the articles of one office."""

    def __init__(
        self,
        settings: Settings,
        installing: Installing,
        scopes: Sequence[str],
        hide: Callable[[str], None],
        clock: Clock | None = None,
        load: Callable[[Settings], Knowledge] = load_knowledge,
    ) -> None:
        self._settings = settings
        self._installing = installing
        self._scopes = scopes
        self._hide = hide
        self._clock = clock or SystemClock()
        self._load = load
        self._parts = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self.stopped = asyncio.Event()
        self.exit_code = OK
        self.offices: OfficesAtWork | None = None

    async def start(self) -> None:
        """Open every office that can be opened, then the door. Raises ``StoreRefused`` or
        ``SettingsInvalid``."""
        workspaces = WorkspaceList(self._settings)
        installations = Installations(self._settings.store_url)
        self._parts.push_async_callback(installations.close)
        await reached(self._settings, installations.start)
        session = new_session()
        self._parts.push_async_callback(session.close)
        await self._keep_time(session, installations)
        offices = self._offices(installations, workspaces, session)
        self.offices = offices
        self._parts.push_async_callback(offices.close)
        await offices.look_unless_away()
        await serve_health(
            JointHealth(lambda: self._healths(offices), lambda: offices.unserved),
            self._settings.health_port,
            self._parts,
        )
        await self._open_door(offices, installations, session)
        self._tasks.append(asyncio.create_task(offices.run()))
        log.info("ready", workspaces=len(workspaces.current), open=len(offices.open))

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, let go of everything; within 10 seconds."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await self._parts.aclose()

    async def _keep_time(
        self, session: aiohttp.ClientSession, installations: Installations
    ) -> None:
        """As a bot of one workspace does: docs/decisions/0010."""
        clock: FollowedClock | SharedClock
        if self._settings.clock_url:
            clock = FollowedClock(self._settings.clock_url, session)
        elif isinstance(self._clock, SystemClock):
            clock = SharedClock(installations)
            await clock.set()
        else:
            return
        self._clock = clock
        self._tasks.append(asyncio.create_task(clock.follow()))

    def _offices(
        self,
        installations: Installations,
        workspaces: WorkspaceList,
        session: aiohttp.ClientSession,
    ) -> OfficesAtWork:
        installing, api = self._installing, web_client("", self._settings.api_url, session)
        secret = installing.client_secret.get_secret_value()
        return OfficesAtWork(
            installations,
            workspaces,
            Opening(session, self._clock, new_owner(), self._load),
            Renewal(api, installing.client_id, secret),
            SystemClock().now,
            self._hide,
            self._loop_broken,
        )

    async def _open_door(
        self,
        offices: OfficesAtWork,
        installations: Installations,
        session: aiohttp.ClientSession,
    ) -> None:
        settings = self._settings
        secret = settings.signing_secret.get_secret_value() if settings.signing_secret else ""
        say = Catalogue().sayer(settings.default_language)
        door = web.Application()
        FrontDoor(secret, offices, say).add_routes(door.router)
        flow = InstallingFlow(
            self._credentials(),
            web_client("", settings.api_url, session),
            InstallationKeeper(installations),
            StateKeeper(installations),
            offices.is_configured,
            offices.look_soon,
        )
        flow.add_routes(door.router)
        await serve(door, settings.host, settings.port, self._parts)

    def _credentials(self) -> AppCredentials:
        installing = self._installing
        return AppCredentials(
            installing.client_id,
            installing.client_secret.get_secret_value(),
            authorization_url(self._settings.api_url),
            self._scopes,
        )

    def _healths(self, offices: OfficesAtWork) -> dict[str, Health]:
        return {team: Health(one.store, self._clock, ()) for team, one in offices.open.items()}

    def _loop_broken(self) -> None:
        self.exit_code = LOOP_BROKEN
        self.stopped.set()


def authorization_url(api_url: str) -> str:
    """Slack's page on which people agree to an installation; it stands beside the Web API."""
    return urljoin(api_url, "../oauth/v2/authorize")
