"""What the gateway makes of answers that are not Slack's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from delivery.directory import Directory
from delivery.errors import OutcomeUnknown, TooFast
from delivery.gateway import Gateway, web_client
from storage.outbox import Content

Answer = Callable[[], web.Response]


@asynccontextmanager
async def gateway_to(answer: Answer) -> AsyncIterator[Gateway]:
    """A gateway to something that answers every call like this."""

    async def on_request(request: web.Request) -> web.Response:
        return answer()

    application = web.Application()
    application.router.add_post("/api/{method}", on_request)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    try:
        async with aiohttp.ClientSession() as session:
            client = web_client("xoxb-any", f"http://{host}:{port}/api/", session)
            yield Gateway(client, client)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=503, text="upstream connect error"),
        lambda: web.Response(status=200, text="<html>a proxy</html>", content_type="text/html"),
        lambda: web.Response(status=403, text="<html>a proxy</html>", content_type="text/html"),
        lambda: web.Response(status=200, text='{"ok": tr', content_type="application/json"),
        lambda: web.Response(status=200, text="[]", content_type="application/json"),
        lambda: web.Response(status=502, text="Bad Gateway"),
        lambda: web.Response(status=200, text="blocked by policy"),
    ],
)
async def test_an_answer_that_is_not_slacks_leaves_the_outcome_unknown(answer: Answer) -> None:
    async with gateway_to(answer) as gateway:
        with pytest.raises(OutcomeUnknown):
            await gateway.post("C0ASKIT", Content("answer"), key="answer")


async def test_a_person_is_known_by_id_alone_while_a_proxy_answers_for_slack() -> None:
    async with gateway_to(lambda: web.Response(status=200, text="blocked by policy")) as gateway:
        person = await Directory(gateway, "T1").person("U1")

    assert "U1" == person.id


@pytest.mark.parametrize(
    ("user", "outside"),
    [
        ({"team_id": "T1"}, False),
        ({}, False),
        ({"team_id": "T2", "is_stranger": False}, True),
        ({"team_id": "T1", "is_stranger": True}, True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, True),
    ],
)
async def test_who_is_of_another_organisation_is_told_by_the_team(
    user: dict[str, object], outside: bool
) -> None:
    answer = {"ok": True, "user": {"id": "U1", "name": "pat", **user}}
    async with gateway_to(lambda: web.json_response(answer)) as gateway:
        person = await Directory(gateway, "T1", "E1").person("U1")

    assert outside is person.outsider


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_show_us_is_not_one_of_us(code: str) -> None:
    async with gateway_to(lambda: web.json_response({"ok": False, "error": code})) as gateway:
        person = await Directory(gateway, "T1").person("U1")

    assert person.may_only_ask


@pytest.mark.parametrize(
    ("told", "expected"), [("7", 7.0), ("0.5", 0.5), ("soon", 30.0), ("-3", 30.0), ("nan", 30.0)]
)
async def test_retry_after_is_read_where_it_can_be(told: str, expected: float) -> None:
    def answer() -> web.Response:
        headers = {"Retry-After": told}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    async with gateway_to(answer) as gateway:
        with pytest.raises(TooFast) as raised:
            await gateway.post("C0ASKIT", Content("answer"), key="answer")

    assert expected == raised.value.retry_after


async def test_slacks_time_to_wait_counts_for_a_response_url_too() -> None:
    async with gateway_to(
        lambda: web.Response(status=429, headers={"Retry-After": "7"})
    ) as gateway:
        url = f"{gateway._writer.base_url}response"
        with pytest.raises(TooFast) as raised:
            await gateway.respond(url, Content("answer"), replace_original=False)

    assert 7.0 == raised.value.retry_after
