"""The sandbox's server: one loopback port for Web API, Socket Mode, page and control.

async with Sandbox() as sandbox:
    alice = sandbox.person("alice")
    question = await alice.says("#ask-it", "how do I enroll my iPhone")
    await sandbox.until(lambda: sandbox.thread(question)[1:])
"""

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson
from aiohttp import web

from sandbox.acts import Acts
from sandbox.bot_events import BotEvents
from sandbox.control import Control
from sandbox.conversation import Channel, Message
from sandbox.core import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Core, Setup
from sandbox.delivery import DeliveryTimes
from sandbox.errors import SandboxRefused, SlackRefusal
from sandbox.page_shapes import PageShapes
from sandbox.people import Actor, Place
from sandbox.requests_out import HttpTransport, RequestUrls
from sandbox.seed import TEAM_ID
from sandbox.stream import Stream
from sandbox.webapi_http import WebApi
from sandbox.workspace import Workspace, copy_of

PAGE = Path(__file__).parent / "page"
MAX_UPLOAD = 50 * 1024 * 1024
# The page asks nothing of any other host and runs no inline script.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

Found = TypeVar("Found")


class Sandbox:
    """A running local workspace.

    `port` 0 takes a free one; `host` must be a loopback address. `retry_factor` scales the waits
    between redeliveries; `pace` keeps rate limits on; `team_id` is the workspace's; `manifest` is
    the app manifest as a mapping, from which scopes, events, commands and shortcuts are taken.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        manifest: Mapping[str, Any] | None = None,
        pace: bool = True,
        times: DeliveryTimes | None = None,
        retry_factor: float = 1.0,
        clock_start: datetime | None = None,
        mention_first: bool | None = None,
        seed: int = 1,
        team_id: str = TEAM_ID,
        real: Callable[[], float] = time.time,
    ) -> None:
        _require_loopback(host)
        setup = Setup(
            real=real,
            manifest=manifest,
            times=(times or DeliveryTimes()).scaled(retry_factor),
            pace=pace,
            clock_start=clock_start,
            mention_first=mention_first,
            seed=seed,
            team_id=team_id,
        )
        self._host = host
        self._port = port
        self.core = Core(setup)
        self._events = BotEvents(self.core)
        self.acts = Acts(self.core, self._events)
        shapes = PageShapes(self.core, self.acts)
        self._stream = Stream(self.core, self.acts, shapes)
        self._control = Control(self.core, self.acts, shapes, self._stream)
        self._web_api = WebApi(self.core)
        self.core.clock.on_turn = self._clock_turned
        self._runner: web.AppRunner | None = None
        self._http: HttpTransport | None = None
        self._was_connected = False
        self.bot_token = BOT_TOKEN
        self.app_token = APP_TOKEN
        self.signing_secret = SIGNING_SECRET

    # life ----------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Binds the port and serves; SandboxRefused when the port is taken."""
        application = web.Application(client_max_size=MAX_UPLOAD, middlewares=[_only_loopback])
        self._add_routes(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise SandboxRefused(
                f"Port {self._port} on {self._host} cannot be used ({error.strerror}); "
                "choose another or stop what uses it."
            ) from None
        bound = self._runner.addresses[0]
        self._port = bound[1]
        literal = f"[{self._host}]" if ":" in self._host else self._host
        self.core.base_url = f"http://{literal}:{self._port}"
        self.core.on_connection = self._watch_connection

    async def close(self) -> None:
        """Ends all connections and frees the port."""
        self.core.deliveries.abandon()
        self._stream.close()
        await self.core.sockets.close()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/api/{method}", self._web_api.handle)
        router.add_get("/link/", self.core.sockets.handle)
        router.add_post("/response/{key}", self._respond)
        router.add_post("/upload/{file}", self._take_bytes)
        router.add_get("/files/{file}/{name}", self._give_bytes)
        router.add_get("/archives/{channel}/{ts}", _permalink)
        router.add_get("/", _index)
        router.add_get("/page/{file}", _page_file)
        self._control.add_routes(router)

    def _clock_turned(self) -> None:
        self._stream.clock_changed()
        self.core.pulse.beat()

    def _watch_connection(self) -> None:
        connected = self.core.deliveries.connected
        if connected != self._was_connected:
            self._was_connected = connected
            self._stream.bot_changed()

    async def _respond(self, request: web.Request) -> web.Response:
        payload = orjson.loads(await request.read() or b"{}")
        entry = self.core.traffic.begin("from_bot", "response_url", "response_url", payload)
        try:
            self.core.response_urls.use(self.workspace, request.match_info["key"], payload)
        except SlackRefusal as refusal:
            self.core.traffic.finish(entry, refusal.code)
            status = 404 if refusal.code in ("expired_url", "used_url") else 400
            body = {"ok": False, "error": refusal.code} | refusal.fields
            return web.Response(
                status=status, body=orjson.dumps(body), content_type="application/json"
            )
        self.core.traffic.finish(entry, "ok")
        return web.Response(text="ok")

    async def _take_bytes(self, request: web.Request) -> web.Response:
        shape = self.workspace.files.get(request.match_info["file"])
        content = await request.read()
        if shape is None or len(content) != shape["size"]:
            return web.Response(status=400, text="the file is not the one announced")
        self.workspace.file_bytes[shape["id"]] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _give_bytes(self, request: web.Request) -> web.Response:
        file_id = request.match_info["file"]
        content = self.workspace.file_bytes.get(file_id)
        if content is None:
            raise web.HTTPNotFound
        # Never shown as a page of this origin, whatever was uploaded.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        mimetype = str(self.workspace.files[file_id]["mimetype"])
        return web.Response(body=content, content_type=mimetype, headers=headers)

    # addresses -----------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """The `base_url` of a Web API client."""
        return f"{self.core.base_url}/api/"

    @property
    def workspace(self) -> Workspace:
        return self.core.workspace

    async def deliver_by_http(self, url: str) -> None:
        """Switches to HTTP delivery: everything goes, signed, to the app's one request URL."""
        self._http = HttpTransport(
            RequestUrls.all_at(url), self.signing_secret, self.core.deliveries, self.core.real
        )
        self.core.deliveries.transport = self._http
        self._watch_connection()

    # people and what is there to see -------------------------------------------------------------

    def person(self, name: str) -> Actor:
        """Somebody of the cast who acts: `sandbox.person("alice")`; KeyError for strangers."""
        return Actor(self.core, self.acts, self.workspace.person(name))

    def channel(self, place: Place) -> Channel:
        return place if isinstance(place, Channel) else self.workspace.channel(place)

    def messages_in(self, place: Place) -> list[Message]:
        """All messages of a channel, replies too, oldest first."""
        return self.channel(place).messages()

    def thread(self, message: Message) -> list[Message]:
        """The thread of a message: its root, then the replies; empty when the root is gone."""
        channel = self.channel(message.channel)
        root = channel.find(message.thread_ts or message.ts)
        if root is None:
            return []
        return [root, *(one for ts in root.replies if (one := channel.find(ts)) is not None)]

    def replies(self, message: Message) -> list[Message]:
        return self.thread(message)[1:]

    def ephemerals(self, somebody: str) -> list[Message]:
        return self.person(somebody).ephemerals()

    def snapshot(self, message: Message) -> Message:
        """A copy as somebody's screen may still show it; it can be pressed."""
        return copy_of(message)

    # waiting -------------------------------------------------------------------------------------

    async def until(
        self,
        condition: Callable[[], Found | Awaitable[Found]],
        timeout: float = 5.0,
        explain: str = "the condition holds",
    ) -> Found:
        """What the condition gives once it is true; TimeoutError after `timeout` seconds."""
        return await self.core.pulse.until(condition, timeout, explain)

    async def settled(self, timeout: float = 10.0) -> None:
        """No unacknowledged delivery and no Web API call in progress."""
        await self.until(lambda: self.core.is_settled, timeout, "the sandbox is settled")

    async def connected(self, connections: int = 1, timeout: float = 10.0) -> None:
        """Waits for the bot's Socket Mode connections."""
        explain = f"{connections} connection(s) are open"
        await self.until(
            lambda: len(self.core.sockets.connections) >= connections, timeout, explain
        )

    # what Slack and its admins do ----------------------------------------------------------------

    def revoke_tokens(self) -> None:
        """The bot's token is revoked from now on; the app hears `tokens_revoked`."""
        self.core.revoked.add(self.bot_token)
        tokens = {"oauth": [], "bot": [self.workspace.bot.id]}
        self._events.tell("tokens_revoked", {"tokens": tokens})

    def renew_token(self, token: str) -> None:
        """The app is installed again and gets this bot token; the one before stays void."""
        self.core.revoked.add(self.bot_token)
        self.core.tokens[token] = "bot"
        self.bot_token = token

    def uninstall(self) -> None:
        """The app is taken out of the workspace: `app_uninstalled`, then its tokens are void."""
        self._events.tell("app_uninstalled", {})
        self.core.revoked.update((self.bot_token, self.app_token))

    def set_scopes(self, *scopes: str) -> None:
        """Changes the app's scopes at run time."""
        self.core.app = replace(self.core.app, scopes=frozenset(scopes))

    def change_person(self, name: str, **changes: Any) -> None:
        """Sets fields of a person (`locale`, `tz`, `deleted`, …); the app hears `user_change`."""
        self.workspace.change_person(self.workspace.person(name), **changes)

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Slack is away within the block: calls and sockets are cut, new sockets refused."""
        rules = [self.core.faults.add(target, "reset") for target in ("*", "connect")]
        self.core.sockets.cut_all()
        try:
            yield
        finally:
            for rule in rules:
                if rule in self.core.faults.rules:
                    self.core.faults.rules.remove(rule)


def refuse_real_tokens(environ: Mapping[str, str]) -> None:
    """Raises SandboxRefused when an environment holds tokens that are not the sandbox's own."""
    prefixes = {"SLACK_BOT_TOKEN": "xoxb-sandbox-", "SLACK_APP_TOKEN": "xapp-sandbox-"}
    own_secret = environ.get("SLACK_SIGNING_SECRET", "") in ("", SIGNING_SECRET)
    real = [
        name
        for name, prefix in prefixes.items()
        if environ.get(name) and not environ[name].startswith(prefix)
    ]
    real += [] if own_secret else ["SLACK_SIGNING_SECRET"]
    if real:
        raise SandboxRefused(
            f"The sandbox does not start while real credentials are set: {', '.join(real)}. "
            "Unset them, or start it from a directory without .env."
        )


async def serve(
    host: str, port: int, *, ready: Callable[[Sandbox], Awaitable[None]] | None = None, **setup: Any
) -> None:
    """Runs a sandbox until cancelled; `ready` is called with it once it listens.

    `setup` are the keyword arguments of `Sandbox`.
    """
    async with Sandbox(port, host=host, **setup) as sandbox:
        if ready is not None:
            await ready(sandbox)
        await asyncio.Event().wait()


def _require_loopback(host: str) -> None:
    if host == "localhost":
        return
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    raise SandboxRefused(f"The sandbox listens on loopback only, not on {host}.")


@web.middleware
async def _only_loopback(
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Refuses pages of other origins, which could otherwise act here through a browser."""
    host = (request.url.host or "").strip("[]")
    if host not in ("localhost", "127.0.0.1", "::1"):
        return web.Response(status=403, text="the sandbox answers on loopback only")
    origin = request.headers.get("Origin")
    if origin and origin != f"{request.scheme}://{request.host}":
        return web.Response(status=403, text="the sandbox answers its own page only")
    return await handler(request)


async def _index(request: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        return web.Response(text="The sandbox runs; its page is not installed.")
    return web.FileResponse(index, headers=PAGE_HEADERS)


async def _page_file(request: web.Request) -> web.StreamResponse:
    # The page's files stand in one folder; a name with a way out of it is never matched.
    found = {path.name: path for path in PAGE.glob("*") if path.is_file()}
    path = found.get(request.match_info["file"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=PAGE_HEADERS)


async def _permalink(request: web.Request) -> web.Response:
    channel, ts = request.match_info["channel"], request.match_info["ts"].removeprefix("p")
    raise web.HTTPFound(f"/#{channel}/{ts[:-6]}.{ts[-6:]}")
