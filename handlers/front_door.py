"""Slack's one request URL for several workspaces: the signature is verified once, then the request
goes to the app of the workspace it belongs to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from handlers.catalogue import Say
from handlers.connection import REQUEST_PATH, is_dated
from storage.errors import StoreUnavailable

log = structlog.get_logger()


class Standing(Enum):
    """Of a workspace without an app at work."""

    STRANGE = "strange"
    """Not installed, or its channels are not known: nothing of it is ours."""
    OPENING = "opening"
    """On its way: Slack is to send it again."""


class Offices(Protocol):
    """Who answers for which workspace."""

    async def of_team(self, team: str) -> AsyncApp | Standing:
        """Raises ``StoreUnavailable``."""

    async def close_for_good(self, team: str, at: datetime) -> None:
        """The workspace took the app away at that time. Raises ``StoreUnavailable``."""


class FrontDoor:
    """Answers ``POST /slack/events``; ``say`` words what strangers are told."""

    def __init__(self, signing_secret: str, offices: Offices, say: Say) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._offices = offices
        self._say = say

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(REQUEST_PATH, self._take)

    async def _take(self, request: web.Request) -> web.Response:
        if not is_dated(request) or not self._is_signed(await request.read(), request):
            return web.Response(status=401)
        try:
            bolt_request = await to_bolt_request(request)
        except ValueError:
            return web.Response(status=400)
        try:
            return await self._answer(bolt_request)
        except StoreUnavailable:
            log.warning("the store is away, Slack is to send it again")
            return web.Response(status=503)

    def _is_signed(self, body: bytes, request: web.Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, request.headers)
        except UnicodeDecodeError:
            return False

    async def _answer(self, request: AsyncBoltRequest) -> web.Response:
        body = request.body
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body.get("challenge")})
        team = str(request.context.team_id or "")
        gone_at = _gone_at(body)
        if gone_at is not None:
            await self._offices.close_for_good(team, gone_at)
            return web.Response()
        found = await self._offices.of_team(team)
        if found is Standing.OPENING:
            return web.Response(status=503)
        if isinstance(found, Standing):
            return self._told_strangers(body, team)
        return await to_aiohttp_response(await found.async_dispatch(request))

    def _told_strangers(self, body: Mapping[str, Any], team: str) -> web.Response:
        """Acknowledged, so that Slack does not take us for broken; who typed a command is told
        why nothing comes."""
        log.info("nobody answers for this workspace", team=team)
        if "command" not in body:
            return web.Response()
        text = self._say("workspace-not-set-up")
        return web.json_response({"response_type": "ephemeral", "text": text})


def _gone_at(body: Mapping[str, Any]) -> datetime | None:
    """When the workspace took the app, or its bot's token, away, if this event says so
    (docs.slack.dev/reference/events/app_uninstalled, .../tokens_revoked)."""
    event = body.get("event") or {}
    kind = event.get("type") if isinstance(event, dict) else None
    taken = kind == "app_uninstalled" or (
        kind == "tokens_revoked" and bool((event.get("tokens") or {}).get("bot"))
    )
    return datetime.fromtimestamp(int(body.get("event_time") or 0), UTC) if taken else None
