"""The running bot: started part by part, and stopped in the opposite order."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import aiohttp
import structlog

from delivery.clock import Clock, SystemClock
from delivery.followed_clock import FollowedClock
from delivery.health import Check, Health
from delivery.role_channels import require_fit
from delivery.shared_clock import SharedClock
from handlers.connection import SocketMode, http_application
from knowledge.watching import Knowledge
from running.exit_codes import ACCESS_LOST, LOOP_BROKEN, OK
from running.listening import Listening
from running.looking import load_knowledge, looks_of
from running.loops import Loops
from running.office import Office, furnish
from running.office_at_work import TAKE_IN_WITHIN, drained
from running.opened_store import opened_store
from running.owner import new_owner
from running.serving import serve, serve_health
from running.slack_line import gateway_of, new_session, once_slack_answers
from settings import Settings
from storage.kinds import make_ready
from storage.port import Store
from storage.postgresql_store import PostgresStore

log = structlog.get_logger()

DRAIN_WITHIN = 8.0
"""Seconds for what is in hand when the process is asked to stop; the whole stop takes up to 10."""
TOKEN_LOST = ("invalid_auth", "not_authed", "token_revoked", "account_inactive")


class Bot:
    """A running bot. ``stopped`` is set when it must end by itself, ``exit_code`` says how."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        knowledge: Knowledge | None = None,
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._clock = clock or SystemClock()
        self._owner = new_owner()
        self._parts = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._stop_by = 0.0
        self.stopped = asyncio.Event()
        self.exit_code = OK

    async def start(self) -> None:
        """Start every part. Raises ``StoreRefused``, ``KnowledgeInvalid``, ``AccessLost`` or
        ``RoleChannelUnfit``."""
        knowledge = self._knowledge or load_knowledge(self._settings)
        store = await self._opened_store()
        await make_ready(store)
        session = self._opened_session()
        gateway = gateway_of(self._settings, session)
        identity = await once_slack_answers(gateway.identity)
        await once_slack_answers(partial(require_fit, gateway, self._settings.role_channels))
        await self._keep_time(session, store)
        office = await furnish(self._settings, store, knowledge, gateway, identity, self._clock.now)
        self._start_loops(office)
        self._tasks += looks_of(office)
        await self._listen(office, session)
        log.info("ready", team=identity.team, articles=len(knowledge.current.library))

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, let go of everything; within 10 seconds."""
        self._stop_by = asyncio.get_running_loop().time() + DRAIN_WITHIN
        try:
            async with asyncio.timeout(DRAIN_WITHIN + 1):
                await self._parts.aclose()
        except TimeoutError:
            log.warning("stopped before all was finished; what is left goes on at the next start")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _opened_store(self) -> Store:
        store = await opened_store(self._settings)
        self._parts.push_async_callback(store.close)
        return store

    def _opened_session(self) -> aiohttp.ClientSession:
        session = new_session()
        self._parts.push_async_callback(session.close)
        return session

    async def _keep_time(self, session: aiohttp.ClientSession, store: Store) -> None:
        """Go by the sandbox's clock, or by that of the database that replicas share."""
        if self._settings.clock_url is not None:
            self._follow_sandbox(FollowedClock(self._settings.clock_url, session), store)
        elif isinstance(store, PostgresStore) and isinstance(self._clock, SystemClock):
            self._clock = clock = SharedClock(store)
            await clock.set()
            self._tasks.append(asyncio.create_task(clock.follow()))

    def _follow_sandbox(self, clock: FollowedClock, store: Store) -> None:
        self._clock = clock
        self._tasks += [
            asyncio.create_task(clock.follow()),
            asyncio.create_task(clock.tell_what_waits(store)),
        ]

    def _start_loops(self, office: Office) -> None:
        loops = Loops(office, self._clock, self._owner, self._access_lost, self._loop_broken)
        loops.start()

        async def finish() -> None:
            await loops.finish(self._stop_by - asyncio.get_running_loop().time())

        self._parts.push_async_callback(finish)

    async def _listen(self, office: Office, session: aiohttp.ClientSession) -> None:
        settings = self._settings
        secret = settings.signing_secret.get_secret_value() if settings.signing_secret else None
        listening = Listening(office, session, secret)
        if settings.app_token is None:
            self._parts.push_async_callback(drained, office, TAKE_IN_WITHIN)
            await self._serve_health(office, ())
            door = http_application(listening.app)
            await serve(door, settings.host, settings.port, self._parts)
        else:
            connection = SocketMode(
                listening.app,
                settings.app_token.get_secret_value(),
                listening.client,
                self._refused_connection,
                own_user=office.identity.user,
            )
            await self._stay_connected(connection, office)

    async def _stay_connected(self, connection: SocketMode, office: Office) -> None:
        """On a stop it takes nothing more, then what is in hand is acknowledged, then it closes."""
        await self._serve_health(office, (connection.problem,))
        self._parts.push_async_callback(connection.close)
        self._parts.push_async_callback(drained, office, TAKE_IN_WITHIN)
        self._parts.push_async_callback(connection.stop)
        await connection.start()

    async def _serve_health(self, office: Office, checks: tuple[Check, ...]) -> None:
        health = Health(office.store, self._clock, checks)
        await serve_health(health, self._settings.health_port, self._parts)

    def _refused_connection(self, code: str) -> None:
        if code in TOKEN_LOST:
            self._access_lost(code)

    def _access_lost(self, code: str) -> None:
        log.error("Slack no longer accepts our token: put a new one in the settings", code=code)
        self._end(ACCESS_LOST)

    def _loop_broken(self) -> None:
        self._end(LOOP_BROKEN)

    def _end(self, exit_code: int) -> None:
        self.exit_code = exit_code
        self.stopped.set()
