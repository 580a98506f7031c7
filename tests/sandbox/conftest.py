"""A sandbox, the stock Slack clients that drive it, and a bot that only listens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.conversation import Json, Message


class HandTime:
    """Real time as a test sets it, in Unix seconds."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.seconds += seconds


class ListeningBot:
    """Receives everything over Socket Mode by the stock client; answers as told."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.received: list[SocketModeRequest] = []
        self.acknowledges: Callable[[SocketModeRequest], bool] = lambda request: True
        self.answer: Callable[[SocketModeRequest], Json | None] = lambda request: None
        web = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        self.client = SocketModeClient(sandbox.app_token, web_client=web, ping_interval=60)
        self.client.socket_mode_request_listeners.append(self._listen)

    async def connects(self) -> None:
        await self.client.connect()  # type: ignore[no-untyped-call]

    async def leaves(self) -> None:
        await self.client.close()  # type: ignore[no-untyped-call]
        # One turn for the client's cancelled tasks to end.
        await asyncio.sleep(0)

    async def _listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.received.append(request)
        self.sandbox.core.pulse.beat()
        if self.acknowledges(request):
            answer = self.answer(request)
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    def payloads(self, kind: str) -> list[Json]:
        """Payloads of events, interactions or commands of a kind, in the order of arrival."""
        return [request.payload for request in self.received if kind == _kind(request)]

    def events(self, kind: str) -> list[Json]:
        return [payload["event"] for payload in self.payloads(kind)]

    async def hears(self, kind: str, count: int = 1, timeout: float = 5.0) -> Json:
        """The newest payload of a kind, once `count` have come."""
        explain = f"{count} of {kind} came; there came {[_kind(one) for one in self.received]}"
        await self.sandbox.until(lambda: len(self.payloads(kind)) >= count, timeout, explain)
        return self.payloads(kind)[-1]


def _kind(request: SocketModeRequest) -> str:
    payload = request.payload
    return str(payload.get("event", payload).get("type") or payload.get("command"))


async def refusal_of(call: Any) -> str:
    """The error code with which a Web API call is refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


def button(text: str = "Solved", action_id: str = "solved", **more: Any) -> Json:
    label = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": action_id, "text": label, **more}


def card(*elements: Json) -> list[Json]:
    """A section and a row of elements."""
    return [
        {"type": "section", "block_id": "text", "text": {"type": "mrkdwn", "text": "An answer"}},
        {"type": "actions", "block_id": "row", "elements": list(elements or (button(),))},
    ]


def modal(*blocks: Json, **more: Any) -> Json:
    """A modal with one text input unless blocks are given."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks or (text_input(),)),
        **more,
    }


def text_input(block_id: str = "what", label: str = "What happened", **element: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": {"type": "plain_text_input", "action_id": "text", **element},
    }


async def posted_card(
    sandbox: Sandbox, client: AsyncWebClient, channel: str = "C0ASKIT", *elements: Json
) -> Message:
    """A message of the bot with buttons, as the sandbox keeps it."""
    answer = await client.chat_postMessage(
        channel=channel, text="An answer", blocks=card(*elements)
    )
    message = sandbox.channel(channel).find(answer["ts"])
    assert message is not None
    return message


@pytest.fixture
def hand_time() -> HandTime:
    return HandTime()


@pytest.fixture
async def sandbox(hand_time: HandTime) -> AsyncIterator[Sandbox]:
    async with Sandbox(pace=False, real=hand_time, mention_first=True) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[ListeningBot]:
    listening = ListeningBot(sandbox)
    await listening.connects()
    await sandbox.connected()
    yield listening
    await listening.leaves()
