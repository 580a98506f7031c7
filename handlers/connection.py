"""The two ways in from Slack: Socket Mode, kept alive by a watchdog, and HTTP."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TypeAlias

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

PING_EVERY = 5.0
"""Seconds; also how long the client waits between attempts to connect again."""
WATCH_EVERY = 5.0
SILENT_FOR = 60.0
"""Seconds without a live session after which a new one is forced. The client holds a session for
stale after four missed pings (slack_sdk, socket_mode/aiohttp)."""
CLOSE_WITHIN = 1.0
"""Seconds for Slack to answer our farewell; aiohttp would wait for ten."""
CONNECT_WITHIN = 15.0
"""Seconds; then a new address is asked for. The client tries the one it has for ever, and that
opens one connection only, for a short while."""
SIGNED_AT = "X-Slack-Request-Timestamp"
"""Bolt takes what is here for a number before it looks at the signature."""
REQUEST_PATH = "/slack/events"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

log = structlog.get_logger()

App: TypeAlias = AsyncApp
"""What takes Slack's payloads; for those who hand it on without knowing Bolt."""


class _Handler(AsyncSocketModeHandler):
    """Acknowledges what we posted ourselves, every second event of a busy bot, without a way
    through Bolt. Our edits and deletions have a subtype and pass."""

    own_user = ""

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        event = req.payload.get("event") or {}
        ours = bool(self.own_user) and event.get("user") == self.own_user
        if ours and event.get("type") == "message" and "subtype" not in event:
            await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
        else:
            await super().handle(self.client, req)


class SocketMode:
    """A Socket Mode connection that comes back by itself."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        on_refused: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
        own_user: str = "",
    ) -> None:
        self._handler = _Handler(app, app_token, web_client=client, ping_interval=PING_EVERY)
        self._handler.own_user = own_user
        self._on_refused = on_refused
        self._now = now
        self._last_alive = now()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, trying until Slack answers, and keep watch."""
        pause = FIRST_PAUSE
        while not await self._connected_now():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Take nothing more from Slack; what is in hand can still be acknowledged until
        :meth:`close`."""
        if self._watching:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        self._handler.client.auto_reconnect_enabled = False

    async def close(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._handler.client.disconnect()  # type: ignore[no-untyped-call]
        await self._handler.client.close()  # type: ignore[no-untyped-call]

    async def problem(self) -> str | None:
        """What is wrong with the connection, if anything."""
        silent = self._now() - self._last_alive
        if silent > SILENT_FOR / 2 and not await self._handler.client.is_connected():
            return f"socket mode: no live session for {silent:.0f} s"
        return None

    async def _connected_now(self) -> bool:
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._handler.client.connect_to_new_endpoint(force=True)
        except SlackApiError as error:
            self._on_refused(str(error.response.get("error")))
            log.error("Slack refuses the connection", code=str(error.response.get("error")))
            return False
        except (aiohttp.ClientError, OSError, TimeoutError, AttributeError, KeyError) as error:
            # The last two: the client met an answer that is not Slack's, such as a proxy's page.
            log.warning("Slack cannot be reached, trying again", error=type(error).__name__)
            return False
        self._last_alive = self._now()
        log.info("connected over Socket Mode")
        return True

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY)
            if await self._handler.client.is_connected():
                self._last_alive = self._now()
            elif self._now() - self._last_alive > SILENT_FOR:
                log.warning("no live session, connecting anew")
                await self._connected_now()


def http_application(app: AsyncApp) -> web.Application:
    """Slack's request URL, ``POST /slack/events``, for events, presses, forms and commands."""

    async def on_request(request: web.Request) -> web.Response:
        if not is_dated(request):
            return web.Response(status=401)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post(REQUEST_PATH, on_request)
    return application


def is_dated(request: web.Request) -> bool:
    """Whether it says when it was signed, in the form that Bolt takes for granted."""
    return request.headers.get(SIGNED_AT, "").isdecimal()
