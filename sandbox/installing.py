"""Several workspaces behind one Web API address, and the app's way into each of them by OAuth.

Slack's flow: docs.slack.dev/authentication/installing-with-oauth; tokens that end and are
refreshed: docs.slack.dev/authentication/using-token-rotation.

async with Installing(first, second, redirect_url=url) as slack:
    ...  # the app speaks with slack.api_url; a person opens the page at slack.authorization_url
"""

import secrets
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from aiohttp import web

from sandbox.conversation import Json
from sandbox.server import Sandbox
from sandbox.webapi_http import WebApi, read_arguments

CLIENT_ID = "0000.sandbox-app"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - a sandbox secret opens nothing
TOKEN_LIVES_FOR = 43_200
"""Seconds, with token rotation."""


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code or a refresh token may be changed into, once."""

    sandbox: Sandbox
    installer: str


class Installing:
    """Slack as an app of several workspaces sees it. ``lives_for`` is for how many seconds a token
    is good, ``None`` without token rotation; ``whole_organisation`` makes the next installations
    ones of an organisation."""

    def __init__(
        self, *sandboxes: Sandbox, redirect_url: str, lives_for: int | None = None
    ) -> None:
        self._sandboxes = {one.workspace.team_id: one for one in sandboxes}
        self._redirect_url = redirect_url
        self.lives_for = lives_for
        self.whole_organisation = False
        self._codes: dict[str, _Grant] = {}
        self._refresh_tokens: dict[str, _Grant] = {}
        self._tokens: dict[str, Sandbox] = {}
        self.refreshes = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/oauth/v2/authorize", self._ask)
        application.router.add_get("/oauth/v2/agree", self._agree)
        application.router.add_post("/api/oauth.v2.access", self._access)
        application.router.add_route("*", "/api/{method}", self._call)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def token_of(self, team: str) -> str:
        """The newest token of the app in a workspace."""
        return [token for token, one in self._tokens.items() if one.workspace.team_id == team][-1]

    def end_token(self, token: str) -> None:
        """Its time is over."""
        self._tokens.pop(token).core.tokens.pop(token)

    async def _ask(self, request: web.Request) -> web.Response:
        """The page on which a person chooses a workspace and agrees, or does not."""
        if request.query.get("client_id") != CLIENT_ID:
            return web.Response(status=400, text="invalid_client_id")
        links = [
            self._link(f"Allow in {one.workspace.name}", request.query, team=team)
            for team, one in self._sandboxes.items()
        ]
        links.append(self._link("Cancel", request.query, error="access_denied"))
        return web.Response(text="".join(links), content_type="text/html")

    def _link(self, label: str, query: Mapping[str, str], **answer: str) -> str:
        parts = urlencode({"state": query.get("state", "")} | answer)
        return f'<p><a href="/oauth/v2/agree?{escape(parts)}">{escape(label)}</a></p>'

    async def _agree(self, request: web.Request) -> web.Response:
        state = request.query["state"]
        if "error" in request.query:
            answer = {"error": request.query["error"], "state": state}
        else:
            code = secrets.token_hex(8)
            sandbox = self._sandboxes[request.query["team"]]
            self._codes[code] = _Grant(sandbox, sandbox.person("ada").id)
            answer = {"code": code, "state": state}
        raise web.HTTPFound(f"{self._redirect_url}?{urlencode(answer)}")

    async def _access(self, request: web.Request) -> web.Response:
        """``oauth.v2.access``: a code or a refresh token for a token, once."""
        given = await read_arguments(request)
        if not _is_the_app(request, given):
            return _refused("bad_client_secret")
        if given.get("grant_type") == "refresh_token":
            grant = self._refresh_tokens.pop(str(given.get("refresh_token")), None)
            self.refreshes += 1
            return self._granted(grant, "invalid_refresh_token")
        grant = self._codes.pop(str(given.get("code")), None)
        return self._granted(grant, "invalid_code")

    def _granted(self, grant: _Grant | None, otherwise: str) -> web.Response:
        if grant is None:
            return _refused(otherwise)
        sandbox = grant.sandbox
        token = f"xoxb-sandbox-{secrets.token_hex(8)}"
        self._tokens[token] = sandbox
        sandbox.core.tokens[token] = "bot"
        sandbox.bot_token = token
        return web.json_response(self._answer(grant, token))

    def _answer(self, grant: _Grant, token: str) -> Json:
        workspace, app = grant.sandbox.workspace, grant.sandbox.core.app
        answer: Json = {
            "ok": True,
            "app_id": app.id,
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(sorted(app.scopes)),
            "bot_user_id": workspace.bot.id,
            "team": {"id": workspace.team_id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": grant.installer},
        }
        if self.whole_organisation:
            organisation = {"id": "E0NORTHWIND", "name": "Northwind"}
            answer |= {"team": None, "enterprise": organisation, "is_enterprise_install": True}
        if self.lives_for is not None:
            refresh = f"xoxe-sandbox-{secrets.token_hex(8)}"
            self._refresh_tokens[refresh] = grant
            answer |= {"refresh_token": refresh, "expires_in": self.lives_for}
        return answer

    async def _call(self, request: web.Request) -> web.StreamResponse:
        """Any other method, answered by the workspace that the token belongs to."""
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token or str((await read_arguments(request)).get("token") or "")
        sandbox = self._tokens.get(token)
        if sandbox is None:
            return _refused("invalid_auth" if token else "not_authed")
        return await WebApi(sandbox.core).handle(request)


def _is_the_app(request: web.Request, given: Json) -> bool:
    """Whether it shows the app's credentials: as arguments, or as HTTP's basic authentication
    (docs.slack.dev/reference/methods/oauth.v2.access)."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        return b64decode(encoded).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
    return (given.get("client_id"), given.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _refused(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code})
