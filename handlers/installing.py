"""Installing the app into a workspace by clicking through: Bolt's OAuth flow, with our pages."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from handlers.catalogue import Catalogue
from handlers.installing_pages import failed_page, install_page, installed_page, language_of
from knowledge.article import Language
from storage.errors import StoreError

log = structlog.get_logger()

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
WHOLE_ORGANISATION = "whole_organisation"
LONGEST_REASON = 60
"""Characters; whoever opens the page may have written it."""


@dataclass(frozen=True)
class AppCredentials:
    """What the app is at Slack. ``authorization_url`` is the page on which people agree."""

    client_id: str
    client_secret: str = field(repr=False)
    authorization_url: str
    scopes: Sequence[str]


class InstallingFlow:
    """The two pages. ``is_configured`` tells whether a team's channels are known;
    ``on_installed`` is called after each installation."""

    def __init__(
        self,
        app: AppCredentials,
        client: AsyncWebClient,
        installations: AsyncInstallationStore,
        states: AsyncOAuthStateStore,
        is_configured: Callable[[str], bool],
        on_installed: Callable[[], None],
    ) -> None:
        self._catalogue = Catalogue()
        self._is_configured = is_configured
        self._on_installed = on_installed
        settings = AsyncOAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=app.scopes,
            authorization_url=app.authorization_url,
            installation_store=installations,
            state_store=states,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=AsyncCallbackOptions(self._succeeded, self._failed),
        )
        self._flow = _Flow(self._catalogue, client=client, logger=_silent(), settings=settings)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(INSTALL_PATH, self._install)
        router.add_get(REDIRECT_PATH, self._redirected)

    async def _install(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_installation)

    async def _redirected(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_callback)

    async def _answer(
        self,
        request: web.Request,
        handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
    ) -> web.Response:
        bolt_request = await to_bolt_request(request)
        try:
            return await to_aiohttp_response(await handle(bolt_request))
        except _WholeOrganisation:
            response = self._page_of_failure(bolt_request, WHOLE_ORGANISATION, 400)
        except (SlackClientError, aiohttp.ClientError, StoreError, OSError, TimeoutError) as error:
            # Not what it says: that may hold Slack's answer with its tokens.
            response = self._page_of_failure(bolt_request, type(error).__name__, 502)
        return await to_aiohttp_response(response)

    async def _succeeded(self, done: AsyncSuccessArgs) -> BoltResponse:
        installation, language = done.installation, _language(done.request)
        team = installation.team_id or ""
        log.info("installed", team=team, by=installation.user_id)
        self._on_installed()
        page = installed_page(
            self._catalogue.sayer(language),
            language,
            team,
            installation.team_name or team,
            is_configured=self._is_configured(team),
        )
        return self._page(page, 200)

    async def _failed(self, failed: AsyncFailureArgs) -> BoltResponse:
        return self._page_of_failure(failed.request, failed.reason, failed.suggested_status_code)

    def _page_of_failure(self, request: AsyncBoltRequest, reason: str, status: int) -> BoltResponse:
        log.warning("not installed", reason=reason[:LONGEST_REASON])
        language = _language(request)
        page = failed_page(self._catalogue.sayer(language), language, reason[:LONGEST_REASON])
        return self._page(page, status)

    def _page(self, page: str, status: int) -> BoltResponse:
        """The page at the end of a way, after which its state is good for nothing."""
        spent = self._flow.settings.state_utils.build_set_cookie_for_deletion()
        return BoltResponse(status=status, body=page, headers={**HEADERS, "Set-Cookie": spent})


class _WholeOrganisation(Exception):
    """Installed for an organisation, which has no workspace to answer in."""


class _Flow(AsyncOAuthFlow):
    """Bolt's flow with our first page, for single workspaces."""

    def __init__(self, catalogue: Catalogue, **parts: Any) -> None:
        super().__init__(**parts)
        self._catalogue = catalogue

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        language = _language(request)
        return install_page(self._catalogue.sayer(language), language, url)

    async def append_set_cookie_headers(
        self, headers: dict[str, Any], set_cookie_value: str | None
    ) -> Any:
        return await super().append_set_cookie_headers({**headers, **HEADERS}, set_cookie_value)

    async def run_installation(self, code: str) -> Installation | None:
        installation = await super().run_installation(code)
        if installation is not None and (
            installation.is_enterprise_install or not installation.team_id
        ):
            raise _WholeOrganisation
        return installation


def _language(request: AsyncBoltRequest) -> Language:
    return language_of((request.headers.get("accept-language") or [""])[0])


def _silent() -> logging.Logger:
    """Bolt's flow would log codes and answers; what is worth telling we log ourselves."""
    logger = logging.getLogger("signpost.silent")
    logger.disabled = True
    return logger
