"""Acknowledgement, redelivery, connections; over Socket Mode and over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import ActRefused, Sandbox
from sandbox.delivery import DeliveryTimes
from tests.sandbox.conftest import ListeningBot, button, posted_card

QUICK = DeliveryTimes(ack_within=0.3, retry_after=(0.01, 0.02, 0.03))


@pytest.fixture
async def hasty() -> AsyncIterator[Sandbox]:
    """A sandbox with short times for acknowledgement and redelivery."""
    async with Sandbox(pace=False, times=QUICK) as running:
        yield running


@pytest.fixture
async def hasty_bot(hasty: Sandbox) -> AsyncIterator[ListeningBot]:
    listening = ListeningBot(hasty)
    await listening.connects()
    await hasty.connected()
    yield listening
    await listening.leaves()


def test_slacks_own_times_are_the_default() -> None:
    times = DeliveryTimes()

    assert (3.0, (1.0, 60.0, 300.0)) == (times.ack_within, times.retry_after)
    assert (3.0, (0.1, 6.0, 30.0)) == (times.scaled(0.1).ack_within, times.scaled(0.1).retry_after)


async def test_an_acknowledged_event_comes_once(sandbox: Sandbox, bot: ListeningBot) -> None:
    await sandbox.person("alice").says("#ask-it", "how?")

    await sandbox.settled()

    assert [(0, "")] == [(one.retry_attempt, one.retry_reason) for one in bot.received]


async def test_an_event_without_acknowledgement_comes_four_times_with_attempt_and_reason(
    hasty: Sandbox, hasty_bot: ListeningBot
) -> None:
    hasty_bot.acknowledges = lambda request: False

    await hasty.person("alice").says("#ask-it", "how?")
    await hasty.settled()

    tries = [(one.retry_attempt, one.retry_reason) for one in hasty_bot.received]
    assert [(0, ""), (1, "http_timeout"), (2, "http_timeout"), (3, "http_timeout")] == tries
    assert 1 == len({one.payload["event_id"] for one in hasty_bot.received})
    assert 4 == len({one.envelope_id for one in hasty_bot.received})
    assert 1 == len(hasty.core.deliveries.given_up)


async def test_redelivery_ends_with_the_acknowledgement(
    hasty: Sandbox, hasty_bot: ListeningBot
) -> None:
    hasty_bot.acknowledges = lambda request: request.retry_attempt == 1

    await hasty.person("alice").says("#ask-it", "how?")
    await hasty.settled()

    assert 2 == len(hasty_bot.received)
    assert [] == hasty.core.deliveries.given_up


async def test_a_connection_that_breaks_before_the_acknowledgement_causes_redelivery(
    hasty: Sandbox, hasty_bot: ListeningBot
) -> None:
    hasty_bot.acknowledges = lambda request: False
    second = ListeningBot(hasty)
    await hasty.person("alice").says("#ask-it", "how?")
    await hasty_bot.hears("message")
    await second.connects()
    await hasty.connected(2)

    hasty.core.sockets.cut()
    await second.hears("message")
    await hasty.settled()

    assert "connection_failed" in {one.retry_reason for one in second.received}
    assert [] == hasty.core.deliveries.given_up
    await second.leaves()


async def test_a_reset_fault_breaks_the_connection_that_the_event_went_over(
    hasty: Sandbox, hasty_bot: ListeningBot
) -> None:
    hasty.core.faults.add("event", "reset", times=1)
    before = hasty.core.sockets.connections[0]

    await hasty.person("alice").says("#ask-it", "how?")

    await hasty.until(lambda: before not in hasty.core.sockets.connections)


async def test_deliveries_go_to_any_one_connection(sandbox: Sandbox, bot: ListeningBot) -> None:
    second = ListeningBot(sandbox)
    await second.connects()
    await sandbox.connected(2)

    for number in range(30):
        await sandbox.person("alice").says("#ask-it", f"question {number}")
    await sandbox.settled()

    assert 30 == len(bot.received) + len(second.received)
    assert bot.received
    assert second.received
    await second.leaves()


async def test_ten_connections_are_open_at_most(sandbox: Sandbox, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            opened = await client.apps_connections_open(app_token=sandbox.app_token)
            sockets.append(await session.ws_connect(opened["url"]))
        greetings = [await socket.receive_json() for socket in sockets]

        assert ["hello"] * 10 + ["disconnect"] == [one["type"] for one in greetings]
        assert 10 == greetings[9]["num_connections"]
        assert "too_many_websockets" == greetings[10]["reason"]


async def test_a_ticket_opens_one_connection_only(sandbox: Sandbox, client: AsyncWebClient) -> None:
    opened = await client.apps_connections_open(app_token=sandbox.app_token)
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(opened["url"])

        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_connection_is_renewed_on_request(
    sandbox: Sandbox, bot: ListeningBot, reason: str
) -> None:
    before = sandbox.core.sockets.connections[0]

    sandbox.core.sockets.disconnect(reason)
    await sandbox.until(
        lambda: sandbox.core.deliveries.connected and before not in sandbox.core.sockets.connections
    )
    await sandbox.person("alice").says("#ask-it", "still there?")

    assert "still there?" == (await bot.hears("message"))["event"]["text"]


async def test_a_press_without_acknowledgement_is_an_error_and_is_not_repeated(
    hasty: Sandbox, hasty_bot: ListeningBot
) -> None:
    hasty_bot.acknowledges = lambda request: request.type == "events_api"
    card = await posted_card(hasty, hasty_bot.client.web_client)

    with pytest.raises(ActRefused, match="not acknowledged"):
        await hasty.person("alice").presses(card, "Solved")

    await hasty.settled()
    assert 1 == len(hasty_bot.payloads("block_actions"))


async def test_a_press_while_no_bot_is_there_is_an_error(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    card = await posted_card(sandbox, client)

    with pytest.raises(ActRefused, match="not connected"):
        await sandbox.person("alice").presses(card, "Solved")


@dataclass
class WebBot:
    """An app with a request URL; it answers with the statuses it was given, then with 200."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


@pytest.fixture
async def web_bot(hasty: Sandbox) -> AsyncIterator[WebBot]:
    taking = WebBot()
    application = web.Application()
    application.router.add_post("/slack/events", taking.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await hasty.deliver_by_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield taking
    await runner.cleanup()


async def test_requests_are_truly_signed(hasty: Sandbox, web_bot: WebBot) -> None:
    await hasty.person("alice").says("#ask-it", "how?")
    await hasty.settled()

    headers, body = web_bot.requests[0]
    assert SignatureVerifier(hasty.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert "X-Slack-Retry-Num" not in headers


async def test_interactions_and_commands_are_forms(hasty: Sandbox, web_bot: WebBot) -> None:
    client = AsyncWebClient(token=hasty.bot_token, base_url=hasty.api_url)
    card = await posted_card(hasty, client, "C0ASKIT", button())
    await hasty.settled()
    web_bot.requests.clear()

    await hasty.person("alice").presses(card, "Solved")
    await hasty.person("alice").commands("/signpost", "help")

    bodies = [body for _, body in web_bot.requests]
    assert bodies[0].startswith(b"payload=%7B")
    assert b"command=%2Fsignpost" in bodies[1]


async def test_an_http_error_is_retried_with_number_and_reason(
    hasty: Sandbox, web_bot: WebBot
) -> None:
    web_bot.statuses = [500, 404]

    await hasty.person("alice").says("#ask-it", "how?")
    await hasty.settled()

    retries = [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"))
        for headers, _ in web_bot.requests
    ]
    assert [(None, None), ("1", "http_error"), ("2", "http_error")] == retries


async def test_no_retry_is_respected(hasty: Sandbox, web_bot: WebBot) -> None:
    web_bot.statuses, web_bot.headers = [500], {"x-slack-no-retry": "1"}

    await hasty.person("alice").says("#ask-it", "how?")
    await hasty.settled()

    assert 1 == len(web_bot.requests)
