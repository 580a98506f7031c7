"""The Web API over HTTP: tokens, faults, rate limits, scopes, then the method itself."""

import asyncio
from typing import Any

import orjson
from aiohttp import web

from sandbox.conversation import Json
from sandbox.core import Core
from sandbox.errors import SlackRefusal
from sandbox.faults import Fault, Rule
from sandbox.webapi import METHODS, Call, Method


class WebApi:
    """Answers `POST /api/{method}` (GET too), JSON and form bodies."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, counted as in progress until it is answered."""
        self._core.calls_in_progress += 1
        try:
            return await self._answer(request)
        finally:
            self._core.calls_in_progress -= 1
            self._core.pulse.beat()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            arguments = await read_arguments(request)
        except SlackRefusal as refusal:
            return _refusal(refusal, self._core)
        shown = {key: value for key, value in arguments.items() if key != "token"}
        entry = self._core.traffic.begin("from_bot", "method", name, shown)
        rule = self._core.faults.strike("*", name, channel=str(arguments.get("channel") or ""))
        response = await self._through_fault(request, name, arguments, rule)
        outcome = response.headers.get("X-Sandbox-Outcome", "cut off")
        self._core.traffic.finish(entry, f"{outcome} ({rule.fault})" if rule else outcome)
        return response

    async def _through_fault(
        self, request: web.Request, name: str, arguments: Json, rule: Rule | None
    ) -> web.StreamResponse:
        match rule.fault if rule else None:
            case Fault.DROP | Fault.RESET:
                return _cut(request)
            case Fault.RATELIMIT if rule:
                return _too_fast(max(1, round(rule.seconds)))
            case Fault.ERROR if rule:
                return _broken(rule)
            case Fault.DELAY if rule:
                await asyncio.sleep(rule.seconds)
            case Fault.DUPLICATE:
                self._perform(request, name, arguments)
        response = self._perform(request, name, arguments)
        if rule is not None and rule.fault is Fault.LOST_ANSWER:
            return _cut(request)
        if rule is not None and rule.fault is Fault.ERROR_AFTER:
            return _broken(rule)
        return response

    def _perform(self, request: web.Request, name: str, arguments: Json) -> web.Response:
        method = METHODS.get(name)
        if method is None:
            return _refusal(SlackRefusal("unknown_method", req_method=name), self._core)
        try:
            self._authorise(request, method, arguments)
        except SlackRefusal as refusal:
            return _refusal(refusal, self._core)
        channel = str(arguments.get("channel") or "")
        wait = self._core.pace.wait_for(name, method.tier, channel)
        if wait is not None:
            return _too_fast(wait)
        try:
            answer = method.handler(Call(self._core, name, arguments))
        except SlackRefusal as refusal:
            return _refusal(refusal, self._core)
        return _json({"ok": True} | answer, self._core)

    def _authorise(self, request: web.Request, method: Method, arguments: Json) -> None:
        """Refuses `not_authed`, `invalid_auth`, `token_revoked`, wrong kinds, `missing_scope`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if scheme == "Bearer" else str(arguments.get("token") or "")
        if not token:
            raise SlackRefusal("not_authed")
        if token in self._core.revoked:
            raise SlackRefusal("token_revoked")
        kind = self._core.tokens.get(token)
        if kind is None:
            raise SlackRefusal("invalid_auth")
        if kind != method.token:
            raise SlackRefusal("not_allowed_token_type")
        scopes = self._core.app.scopes
        if method.scopes and not scopes.intersection(method.scopes):
            needed, provided = ",".join(method.scopes), ",".join(sorted(scopes))
            raise SlackRefusal("missing_scope", needed=needed, provided=provided)


async def read_arguments(request: web.Request) -> Json:
    """The arguments of query, form and JSON body together."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            read = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            raise SlackRefusal("invalid_json") from None
        if not isinstance(read, dict):
            raise SlackRefusal("json_not_object")
        arguments |= read
    elif request.method == "POST":
        arguments |= dict(await request.post())
    return arguments


def _json(body: Json, core: Core, status: int = 200) -> web.Response:
    outcome = "ok" if body["ok"] else str(body["error"])
    headers = {
        "X-OAuth-Scopes": ",".join(sorted(core.app.scopes)),
        "X-Slack-Req-Id": "sandbox",
        "X-Sandbox-Outcome": outcome,
    }
    return web.Response(
        body=orjson.dumps(body), content_type="application/json", headers=headers, status=status
    )


def _refusal(refusal: SlackRefusal, core: Core) -> web.Response:
    return _json({"ok": False, "error": refusal.code} | refusal.fields, core)


def _too_fast(seconds: int) -> web.Response:
    return web.Response(
        status=429,
        body=orjson.dumps({"ok": False, "error": "ratelimited"}),
        content_type="application/json",
        headers={"Retry-After": str(seconds), "X-Sandbox-Outcome": "ratelimited"},
    )


def _broken(rule: Rule) -> web.Response:
    code = rule.code or "internal_error"
    return web.Response(
        status=200 if rule.code else rule.status,
        body=orjson.dumps({"ok": False, "error": code}),
        content_type="application/json",
        headers={"X-Sandbox-Outcome": code},
    )


def _cut(request: web.Request) -> web.Response:
    """Breaks the connection; the response returned is never written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
