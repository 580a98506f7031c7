"""Bolt's own request path: payloads in the shapes that Slack's documentation shows, given to the
true app as they come over HTTP (signed) and over Socket Mode.

The shapes stand in ``shapes/``, whole, with the fields we do not use; a ``$name`` in one is what
only the moment of the test knows, such as a live trigger.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from commandline.sandbox import sandbox_environment
from handlers.app import build_app
from knowledge.watching import Knowledge
from sandbox.conversation import Message
from sandbox.server import Sandbox
from tests.payload_types import SENT
from tests.workplace import Workplace

SHAPES = Path(__file__).parent / "shapes"
NAMES = tuple(sorted(path.stem for path in SHAPES.glob("*.json")))
MODES = ("http", "socket_mode")
FORM = "application/x-www-form-urlencoded"

Json = dict[str, Any]


def shape(name: str, **values: str) -> Json:
    """A shape with its ``$names`` filled in; those that are not given stay."""
    text = (SHAPES / f"{name}.json").read_text("utf-8")
    read: Json = json.loads(Template(text).safe_substitute(values))
    return read


def without_one_field(payload: Json) -> Iterator[tuple[str, Json]]:
    """The payload without one of its fields, for each field at any depth outside of lists, and the
    field's path."""
    for path in _paths(payload):
        shorter = deepcopy(payload)
        holder = shorter
        for name in path[:-1]:
            holder = holder[name]
        del holder[path[-1]]
        yield ".".join(path), shorter


def _paths(payload: Json, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in payload.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from _paths(value, (*before, name))


@dataclass
class Front:
    """The bot's app, to be given payloads directly, and the workspace in which it answers."""

    workplace: Workplace
    app: AsyncApp
    mode: str

    async def takes(self, payload: Json) -> BoltResponse:
        """What the app answers to a payload that comes the way ``mode`` says."""
        if self.mode == "socket_mode":
            request = AsyncBoltRequest(body=payload, mode="socket_mode")
        else:
            request = self.signed(payload)
        return await self.app.async_dispatch(request)

    def signed(self, payload: Json, age: int = 0, secret: str | None = None) -> AsyncBoltRequest:
        """The payload as Slack posts it, signed ``age`` seconds ago."""
        body, content_type = json.dumps(payload), "application/json"
        if "command" in payload:
            body, content_type = urlencode(payload), FORM
        elif payload.get("type") not in ("event_callback", "url_verification", "app_rate_limited"):
            body, content_type = urlencode({"payload": body}), FORM
        verifier = SignatureVerifier(secret or self.workplace.sandbox.signing_secret)
        timestamp = str(int(time.time()) - age)
        signature = verifier.generate_signature(timestamp=timestamp, body=body)
        headers: dict[str, str | Sequence[str]] = {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature or "",
        }
        return AsyncBoltRequest(body=body, headers=headers, mode="http")

    def place(self, payload: Json) -> Message:
        """Puts the message of an event where Slack has it, telling nobody."""
        event = payload["event"]
        said = event.get("message") or event
        channel = self.workplace.sandbox.channel(event["channel"])
        message = Message(
            channel.id, said["ts"], said["user"], said["text"], thread_ts=said.get("thread_ts")
        )
        channel.add(message)
        return message

    async def answer_to(self, payload: Json) -> Message:
        """The bot's answer once the message's event was taken."""
        message = self.place(payload)
        assert 200 == (await self.takes(payload)).status
        return await self.workplace.reply_to(message)

    def moment(self, user: str = "U0ALICE", place: str = "C0ASKIT") -> dict[str, str]:
        """A live trigger and response url, as every interaction brings them."""
        core = self.workplace.sandbox.core
        key = core.response_urls.issue(user, self.workplace.sandbox.channel(place))
        return {
            "trigger_id": core.triggers.issue(user),
            "response_url": f"{core.base_url}/response/{key}",
        }

    async def is_well(self) -> bool:
        """Whether nothing failed: the admins were told of nothing and nothing is kept as failed."""
        await self.workplace.sandbox.settled()
        told = [one for one in self.workplace.sandbox.messages_in("rollout-admins") if one.bot_id]
        return not told and "FailedPayload" not in await self.workplace.everything_stored()


@asynccontextmanager
async def open_front(
    store_url: str, knowledge: Knowledge, mode: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Front]:
    """The bot in a workspace that sends it nothing by itself but its own messages."""
    built: list[AsyncApp] = []

    def keep(*arguments: Any) -> AsyncApp:
        built.append(build_app(*arguments))
        return built[-1]

    monkeypatch.setattr("running.listening.build_app", keep)
    async with Sandbox(pace=False) as sandbox:
        SENT.listen(sandbox.core.traffic)
        environment = sandbox_environment(sandbox, store_url) | {
            "SLACK_SIGNING_SECRET": sandbox.signing_secret,
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
        }
        workplace = Workplace(sandbox, environment, knowledge)
        await workplace.start_bot()
        try:
            yield Front(workplace, built[0], mode)
        finally:
            await workplace.stop_bot()
