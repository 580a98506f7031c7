"""Over HTTP nothing is taken but what Slack signed, just now, byte for byte; and nothing listens
beyond the machine unless told to."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from running.bot import Bot
from sandbox.conversation import Message
from sandbox.requests_out import sign
from sandbox.seed import TEAM_ID, user_id
from sandbox.server import Sandbox
from settings import read_settings
from tests.postgresql import free_port

FIVE_MINUTES = 300
LOOPBACK, EVERYWHERE = "0100007F", "00000000"


@dataclass
class Door:
    """Slack's request URL of the running bot, and Slack's hand on it."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    port: int
    health_port: int

    async def knock(
        self, body: bytes, age: int = 0, forged: Mapping[str, str | None] | None = None
    ) -> int:
        """The status that answers a request; ``forged`` replaces or, with ``None``, drops parts of
        its signature."""
        timestamp = str(int(time.time()) - age)
        signature = sign(self.sandbox.signing_secret, timestamp, body)
        parts: dict[str, str | None] = {"timestamp": timestamp, "signature": signature}
        parts |= forged or {}
        names = {"timestamp": "X-Slack-Request-Timestamp", "signature": "X-Slack-Signature"}
        headers = {names[part]: value for part, value in parts.items() if value is not None}
        headers["Content-Type"] = "application/json"
        url = f"http://127.0.0.1:{self.port}/slack/events"
        async with self.session.post(url, data=body, headers=headers) as answer:
            return answer.status

    async def asked(self) -> Message:
        """A question that stands in a channel, of which nobody has told the bot yet."""
        channel = self.sandbox.channel("ask-it")
        message = Message(
            channel.id, f"{time.time():.6f}", user_id("alice"), "how do I enroll my iPhone?"
        )
        channel.add(message)
        return message

    def answers_to(self, message: Message) -> int:
        return len([one for one in self.sandbox.replies(message) if one.bot_id])


def event(message: Message, event_id: str = "Ev1") -> dict[str, Any]:
    said = {
        "type": "message",
        "channel": message.channel,
        "channel_type": "channel",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
    }
    return {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": "A0SIGNPOST",
        "event_id": event_id,
        "event_time": int(time.time()),
        "event": said,
    }


def as_body(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, separators=(",", ":")).encode()


@pytest.fixture
async def door(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Door]:
    async with opened(tmp_path, knowledge) as door:
        yield door


@asynccontextmanager
async def opened(folder: Path, knowledge: Knowledge, **settings: str) -> AsyncIterator[Door]:
    """The bot in HTTP mode, on a store of its own."""
    port, health_port = free_port(), free_port()
    async with Sandbox(pace=False) as sandbox, aiohttp.ClientSession() as session:
        environment = sandbox_environment(sandbox, f"tinydb:{folder / 'store'}") | {
            "SLACK_APP_TOKEN": "",
            "SLACK_SIGNING_SECRET": sandbox.signing_secret,
            "PORT": str(port),
            "HEALTH_PORT": str(health_port),
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
            **settings,
        }
        bot = Bot(read_settings(environment), clock=sandbox.core.clock, knowledge=knowledge)
        await bot.start()
        try:
            yield Door(sandbox, session, port, health_port)
        finally:
            await bot.stop()


async def test_what_slack_signed_is_taken_and_answered(door: Door) -> None:
    message = await door.asked()

    assert 200 == await door.knock(as_body(event(message)))

    assert await door.sandbox.until(lambda: door.answers_to(message))


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": "v0=" + "0" * 64},
        {"signature": "v1=" + "0" * 64},
        {"signature": ""},
        {"signature": None},
        {"timestamp": None},
        {"timestamp": "soon"},
        {"timestamp": "0"},
    ],
    ids=str,
)
async def test_a_wrong_signature_is_refused(door: Door, forged: dict[str, str | None]) -> None:
    message = await door.asked()

    assert 401 == await door.knock(as_body(event(message)), forged=forged)
    assert 0 == door.answers_to(message)


async def test_a_signature_of_another_secret_is_refused(door: Door) -> None:
    body = as_body(event(await door.asked()))
    timestamp = str(int(time.time()))

    signature = sign("another-secret", timestamp, body)

    assert 401 == await door.knock(body, forged={"timestamp": timestamp, "signature": signature})


@pytest.mark.parametrize(
    ("age", "status"),
    [(FIVE_MINUTES - 30, 200), (FIVE_MINUTES + 30, 401), (-FIVE_MINUTES - 30, 401)],
)
async def test_a_signature_counts_for_five_minutes(door: Door, age: int, status: int) -> None:
    body = as_body(event(await door.asked()))

    assert status == await door.knock(body, age=age)


async def test_a_body_that_was_written_anew_is_refused(door: Door) -> None:
    """Also one that says the same: the signature is of the bytes."""
    payload = event(await door.asked())
    timestamp = str(int(time.time()))
    signature = sign(door.sandbox.signing_secret, timestamp, as_body(payload))
    anew = json.dumps(payload, indent=1).encode()

    assert 401 == await door.knock(anew, forged={"timestamp": timestamp, "signature": signature})


async def test_a_changed_body_is_refused(door: Door) -> None:
    message = await door.asked()
    payload = event(message)
    timestamp = str(int(time.time()))
    signature = sign(door.sandbox.signing_secret, timestamp, as_body(payload))
    payload["event"]["user"] = user_id("ada")

    assert 401 == await door.knock(
        as_body(payload), forged={"timestamp": timestamp, "signature": signature}
    )
    assert 0 == door.answers_to(message)


async def test_a_replayed_request_is_acknowledged_and_answered_once(door: Door) -> None:
    message = await door.asked()
    body = as_body(event(message))
    timestamp = str(int(time.time()))
    signature = sign(door.sandbox.signing_secret, timestamp, body)

    statuses = [
        await door.knock(body, forged={"timestamp": timestamp, "signature": signature})
        for _ in range(3)
    ]
    statuses.append(await door.knock(body, age=60))
    await door.sandbox.until(lambda: door.answers_to(message))
    later = await door.asked()
    await door.knock(as_body(event(later, "Ev2")))
    await door.sandbox.until(lambda: door.answers_to(later))

    assert [200] * 4 == statuses
    assert 1 == door.answers_to(message)


async def test_nothing_but_the_request_url_is_there(door: Door) -> None:
    url = f"http://127.0.0.1:{door.port}/"
    found = {}
    for path in ("", "slack/install", "slack/oauth_redirect", "healthz", "metrics"):
        async with door.session.get(url + path) as answer:
            found[path] = answer.status

    assert {404} == set(found.values())


async def test_both_servers_listen_on_loopback_alone(door: Door) -> None:
    assert {LOOPBACK} == set(listening(door.port))
    assert {LOOPBACK} == set(listening(door.health_port))


async def test_health_stays_on_loopback_where_the_other_is_told_otherwise(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    async with opened(tmp_path, knowledge, HOST="0.0.0.0") as door:
        assert {EVERYWHERE} == set(listening(door.port))
        assert {LOOPBACK} == set(listening(door.health_port))


def listening(port: int) -> Iterator[str]:
    """The addresses (hexadecimal, as the kernel writes them) on which the port is open."""
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                yield address
