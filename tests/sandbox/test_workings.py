"""Rate limits, faults, the domain's clock, start and refusal to start, typed text."""

import asyncio
import tracemalloc
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import ActRefused, Sandbox, SandboxRefused, refuse_real_tokens, serve
from sandbox.clock import SandboxClock
from sandbox.composing import compose, rich_text
from sandbox.conversation import Message
from sandbox.errors import SlackRefusal
from sandbox.pace import Pace
from sandbox.response_urls import MOST_ISSUED, ResponseUrls
from sandbox.shelf import KEPT_OPEN, Shelf
from sandbox.traffic import KEPT, Traffic
from tests.sandbox.conftest import HandTime, ListeningBot, refusal_of

# rate limits -----------------------------------------------------------------------------------


def test_a_channel_takes_a_burst_then_one_message_per_second(hand_time: HandTime) -> None:
    pace = Pace(hand_time, switched_on=True)

    burst = [pace.wait_for("chat.postMessage", 0, "C1") for _ in range(5)]
    elsewhere = pace.wait_for("chat.postMessage", 0, "C2")
    hand_time.passes(1)

    assert [None, None, None, None, 1] == burst
    assert elsewhere is None
    assert pace.wait_for("chat.postMessage", 0, "C1") is None
    assert 1 == pace.wait_for("chat.postMessage", 0, "C1")


def test_the_workspace_as_a_whole_has_a_ceiling(hand_time: HandTime) -> None:
    pace = Pace(hand_time, switched_on=True)

    waits = [pace.wait_for("chat.postMessage", 0, f"C{number}") for number in range(301)]

    assert ([None] * 300, 1) == (waits[:300], waits[300])


@pytest.mark.parametrize(("tier", "calls"), [(1, 10), (2, 20), (3, 50), (4, 100), (0, 600)])
def test_each_tier_has_its_calls_per_minute(hand_time: HandTime, tier: int, calls: int) -> None:
    pace = Pace(hand_time, switched_on=True)

    waits = [pace.wait_for("some.method", tier, "") for _ in range(calls + 1)]

    assert [None] * calls == waits[:calls]
    assert waits[calls] is not None


async def test_429_carries_retry_after(hand_time: HandTime) -> None:
    async with Sandbox(real=hand_time) as sandbox:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        for number in range(4):
            await client.chat_postMessage(channel="C0ASKIT", text=f"message {number}")

        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C0ASKIT", text="too much")

        response = refused.value.response
        assert (429, "ratelimited", "1") == (
            response.status_code,
            response["error"],
            response.headers["Retry-After"],
        )
        assert 4 == len(sandbox.messages_in("ask-it"))


async def test_the_stock_retry_handler_gets_through_after_a_429(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.core.faults.add("chat.postMessage", "ratelimit", times=1, seconds=1)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler())

    answer = await client.chat_postMessage(channel="C0ASKIT", text="patience")

    assert answer["ok"]


# faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "done"), [("drop", 0), ("reset", 0), ("lost_answer", 1)])
async def test_a_cut_call_is_done_or_not_done_as_ordered(
    sandbox: Sandbox, fault: str, done: int
) -> None:
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    sandbox.core.faults.add("chat.postMessage", fault, times=1)

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0ASKIT", text="where am I?")

    assert done == len(sandbox.messages_in("ask-it"))
    assert (await client.chat_postMessage(channel="C0ASKIT", text="again"))["ok"]


async def test_a_call_may_be_done_although_it_ends_in_an_error(sandbox: Sandbox) -> None:
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    sandbox.core.faults.add("chat.postMessage", "error_after", times=1)

    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel="C0ASKIT", text="did it work?")

    assert 500 == error.value.response.status_code
    assert ["did it work?"] == [one.text for one in sandbox.messages_in("ask-it")]


async def test_the_stock_client_posts_twice_when_an_answer_is_lost(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.core.faults.add("chat.postMessage", "lost_answer", times=1)

    await client.chat_postMessage(channel="C0ASKIT", text="once?")

    assert 2 == len(sandbox.messages_in("ask-it"))


async def test_errors_come_as_status_or_as_slacks_code(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.core.faults.add("auth.test", "error", times=1, status=503)
    sandbox.core.faults.add("auth.test", "error", times=1, code="fatal_error")

    with pytest.raises(SlackApiError) as first:
        await client.auth_test()

    assert 503 == first.value.response.status_code
    assert "fatal_error" == await refusal_of(client.auth_test())
    assert (await client.auth_test())["ok"]


async def test_a_rule_strikes_every_nth_time_and_only_its_channel(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.core.faults.add("chat.postMessage", "error", every=2, channel="C0ASKIT")
    outcomes = []

    for channel in ("C0ASKIT", "C0GENERAL", "C0ASKIT", "C0ASKIT", "C0ASKIT"):
        try:
            await client.chat_postMessage(channel=channel, text="x")
            outcomes.append("ok")
        except SlackApiError:
            outcomes.append("error")

    assert ["ok", "ok", "error", "ok", "error"] == outcomes


async def test_events_are_duplicated_with_the_same_event_id(
    sandbox: Sandbox, bot: ListeningBot
) -> None:
    sandbox.core.faults.add("event", "duplicate", times=1)

    await sandbox.person("alice").says("#ask-it", "how?")
    await bot.hears("message", 2)

    assert 1 == len({one["event_id"] for one in bot.payloads("message")})


async def test_events_are_delayed(sandbox: Sandbox, bot: ListeningBot) -> None:
    sandbox.core.faults.add("message", "delay", times=1, seconds=0.1)
    alice = sandbox.person("alice")

    await alice.says("#ask-it", "first")
    await alice.says("#ask-it", "second")
    await bot.hears("message", 2)

    assert ["second", "first"] == [event["text"] for event in bot.events("message")]


async def test_slack_can_be_away_for_a_while(sandbox: Sandbox, bot: ListeningBot) -> None:
    web = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])

    async with sandbox.away():
        await sandbox.until(lambda: not sandbox.core.sockets.connections)
        with pytest.raises(aiohttp.ClientError):
            await web.auth_test()

    assert (await web.auth_test())["ok"]
    assert [] == sandbox.core.faults.rules


# the domain's clock ----------------------------------------------------------------------------


def test_the_clock_runs_pauses_speeds_and_jumps(hand_time: HandTime) -> None:
    clock = SandboxClock(hand_time, datetime(2027, 3, 1, 9, tzinfo=UTC))
    seen = []

    hand_time.passes(60)
    seen.append(clock.now())
    clock.pause()
    hand_time.passes(60)
    seen.append(clock.now())
    clock.speed(60)
    hand_time.passes(60)
    seen.append(clock.now())
    clock.jump_to(datetime(2027, 3, 2, tzinfo=UTC))
    seen.append(clock.now())

    assert ["09:01", "09:01", "10:01", "00:00"] == [f"{moment:%H:%M}" for moment in seen]


async def test_who_waits_for_a_moment_is_woken_by_a_jump(hand_time: HandTime) -> None:
    clock = SandboxClock(hand_time, datetime(2027, 3, 1, tzinfo=UTC))
    clock.pause()
    waiting = asyncio.create_task(clock.wait_until(clock.now() + timedelta(days=7)))
    await asyncio.sleep(0)

    clock.advance(timedelta(days=7))

    async with asyncio.timeout(2):
        await waiting


def test_the_clock_jumps_to_what_is_due_next(hand_time: HandTime) -> None:
    clock = SandboxClock(hand_time, datetime(2027, 3, 1, tzinfo=UTC))
    due = datetime(2027, 3, 5, tzinfo=UTC)

    with pytest.raises(ActRefused, match="Nothing is waiting"):
        clock.jump_to_next_due()
    clock.next_due = lambda: due

    assert due == clock.jump_to_next_due() == clock.now()


@pytest.mark.parametrize("factor", [0, -1, 1_000_001])
def test_the_clock_refuses_a_speed_that_is_none(hand_time: HandTime, factor: float) -> None:
    with pytest.raises(ActRefused):
        SandboxClock(hand_time).speed(factor)


# start -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-1234", True),
        ("SLACK_BOT_TOKEN", "xoxb-sandbox-0000-bot", False),
        ("SLACK_APP_TOKEN", "xapp-1234", True),
        ("SLACK_SIGNING_SECRET", "8f7e", True),
        ("SLACK_SIGNING_SECRET", "", False),
        ("HOME", "/home/alice", False),
    ],
)
def test_real_credentials_keep_the_sandbox_from_starting(
    name: str, value: str, refused: bool
) -> None:
    if not refused:
        refuse_real_tokens({name: value})
        return
    with pytest.raises(SandboxRefused, match=name) as refusal:
        refuse_real_tokens({name: value})
    assert value not in str(refusal.value)


def test_only_loopback_addresses_are_served() -> None:
    with pytest.raises(SandboxRefused, match="loopback only"):
        Sandbox(host="0.0.0.0")


async def test_a_port_in_use_is_reported(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])

    with pytest.raises(SandboxRefused, match=str(port)):
        await Sandbox(port).start()


async def test_serve_runs_until_it_is_cancelled() -> None:
    started: asyncio.Future[Sandbox] = asyncio.get_running_loop().create_future()

    async def ready(sandbox: Sandbox) -> None:
        started.set_result(sandbox)

    serving = asyncio.create_task(serve("127.0.0.1", 0, ready=ready, pace=False))
    running = await started
    async with aiohttp.ClientSession() as session, session.get(running.url) as answer:
        status = answer.status
    serving.cancel()

    assert 200 == status
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_pages_of_other_origins_cannot_act_here(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/sandbox/say"
    words = {"as": "alice", "channel": "ask-it", "text": "forged"}
    async with aiohttp.ClientSession() as session:
        foreign = await session.post(url, json=words, headers={"Origin": "https://example.org"})
        rebound = await session.post(url, json=words, headers={"Host": "example.org"})
        own = await session.post(url, json=words, headers={"Origin": sandbox.url})

    assert [403, 403, 200] == [foreign.status, rebound.status, own.status]
    assert 1 == len(sandbox.messages_in("ask-it"))


async def test_waiting_in_vain_says_what_for(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError, match="a pig flies"):
        await sandbox.until(lambda: False, timeout=0.05, explain="a pig flies")


# typed text ------------------------------------------------------------------------------------


def test_text_over_40000_characters_is_cut_when_it_is_typed() -> None:
    assert 40_000 == len(compose("x" * 40_000, lambda typed: None))
    assert 40_000 == len(compose("x" * 40_001, lambda typed: None))


def test_rich_text_mirrors_the_control_sequences() -> None:
    text = "a &lt; <@U1> <#C1|x> <!here> <!subteam^S1|@g> <https://example.org|site>"

    elements = rich_text(text)[0]["elements"][0]["elements"]

    kinds = [element["type"] for element in elements if element.get("text") != " "]
    assert ["text", "user", "channel", "broadcast", "usergroup", "link"] == kinds
    assert "a < " == elements[0]["text"]


# memory ----------------------------------------------------------------------------------------


def long_message(number: int) -> Message:
    """An answer of the size that answers have."""
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"step {step} of {number} " * 5}}
        for step in range(20)
    ]
    return Message("C0ASKIT", f"{number:010d}.000000", "U0SIGNPOST", "x" * 500, blocks=blocks)


def test_ten_thousand_messages_take_little_more_than_the_newest_two_thousand() -> None:
    shelf = Shelf()
    tracemalloc.start()
    try:
        for number in range(KEPT_OPEN):
            shelf.put(long_message(number))
        few, _ = tracemalloc.get_traced_memory()
        for number in range(KEPT_OPEN, 10_000):
            shelf.put(long_message(number))
        many, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert many < 1.5 * few
    assert 10_000 == len(list(shelf))
    assert long_message(1) == shelf.find("0000000001.000000")


def test_a_message_somebody_still_holds_is_the_same_when_it_is_found_again() -> None:
    shelf = Shelf(kept_open=1)
    held = long_message(1)
    shelf.put(held)
    shelf.put(long_message(2))

    held.text = "changed"
    shelf.put(held)
    shelf.put(long_message(3))
    found = shelf.find(held.ts)

    assert held is found
    shelf.remove(held.ts)
    assert held.ts not in shelf
    assert shelf.find(held.ts) is None


@pytest.mark.parametrize(("entries", "first"), [(KEPT, 1), (KEPT + 1, 2)])
def test_the_inspector_keeps_the_newest_exchanges(
    hand_time: HandTime, entries: int, first: int
) -> None:
    traffic = Traffic(hand_time)

    for number in range(entries):
        traffic.begin("to_bot", "event", "message", {"number": number})

    kept = traffic.after(0)
    assert (KEPT, first) == (len(kept), kept[0].number)


@pytest.mark.parametrize(("more", "works"), [(0, True), (1, False)])
def test_of_response_urls_the_newest_five_thousand_work(
    sandbox: Sandbox, hand_time: HandTime, more: int, works: bool
) -> None:
    urls = ResponseUrls(hand_time)
    channel = sandbox.channel("ask-it")
    oldest = urls.issue("U0ALICE", channel)
    for _ in range(MOST_ISSUED - 1 + more):
        urls.issue("U0ALICE", channel)

    if works:
        urls.use(sandbox.workspace, oldest, {"text": "still here"})
    else:
        with pytest.raises(SlackRefusal, match="expired_url"):
            urls.use(sandbox.workspace, oldest, {"text": "too late"})

    assert works == bool(sandbox.ephemerals("alice"))
