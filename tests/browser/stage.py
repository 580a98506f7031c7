"""What the browser tests stand on: a manifest, a bot of a few lines, visits to the page."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox

WIDE = {"width": 1280, "height": 800}
PATIENCE_MS = 8000
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Signpost"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "slash_commands": [
            {"command": "/signpost", "description": "Ask a question", "usage_hint": "<question>"}
        ],
        "shortcuts": [
            {
                "name": "Ask Signpost",
                "type": "message",
                "callback_id": "ask_signpost",
                "description": "Answer this message",
            },
            {
                "name": "Ask a question",
                "type": "global",
                "callback_id": "ask_question",
                "description": "Ask in a form",
            },
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "channels:join",
                "chat:write",
                "chat:write.public",
                "commands",
                "files:read",
                "groups:history",
                "groups:read",
                "im:history",
                "im:write",
                "reactions:read",
                "reactions:write",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "message.channels",
                "message.groups",
                "message.im",
                "reaction_added",
            ]
        }
    },
}

Payload = dict[str, Any]
Answer = Callable[[Payload], Awaitable[Payload | None]]


class Bot:
    """Acknowledges everything it is sent, remembers it, and answers as a test told it to."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.web = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        self._socket = SocketModeClient(app_token=sandbox.app_token, web_client=self.web)
        self._socket.socket_mode_request_listeners.append(self._hear)
        self._answers: dict[str, Answer] = {}
        self._heard: asyncio.Queue[tuple[str, Payload]] = asyncio.Queue()

    async def connect(self) -> None:
        await self._socket.connect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        await self._socket.close()  # type: ignore[no-untyped-call]

    def on(self, kind: str, answer: Answer) -> None:
        """`kind` is the payload's own type (`block_actions`, `view_submission`, …)."""
        self._answers[kind] = answer

    async def next(self, kind: str) -> Payload:
        """The next payload of a kind, waited for at most five seconds."""
        async with asyncio.timeout(5):
            while True:
                heard, payload = await self._heard.get()
                if heard == kind:
                    return payload

    async def posts(self, channel: str, text: str, **more: Any) -> str:
        posted = await self.web.chat_postMessage(channel=channel, text=text, **more)
        return str(posted["ts"])

    async def _hear(self, socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        event = request.payload.get("event") or {}
        kind = str(event.get("type") or request.payload.get("type") or request.type)
        answer = self._answers.get(kind)
        payload = await answer(request.payload) if answer else None
        response = SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        await socket.send_socket_mode_response(response)
        await self._heard.put((kind, request.payload))


class Visit:
    """Opens the page as somebody, and holds what went wrong in it: errors, requests elsewhere."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    async def __call__(self, name: str, channel: str = "C0ASKIT", **options: Any) -> Page:
        """The page as `name` in a channel, without the list of things to try."""
        address = f"#as=U0{name.upper()}&channel={channel}"
        page = await self.open(address, **options)
        await page.locator("#main .scroller").wait_for()
        return page

    async def open(self, address: str, *, things: bool = False, **options: Any) -> Page:
        context = await self._browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        if not things:
            await context.add_init_script(
                "localStorage.setItem('signpost-things-dismissed', 'yes')"
            )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._noted)
        page.on("request", self._asked)
        await page.goto(f"{self._url}/{address}")
        return page

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


COMPOSER = "#main [data-focus=composer]"
THREAD_COMPOSER = "#thread [data-focus=composer]"


async def say(page: Page, text: str, composer: str = COMPOSER) -> None:
    """Types into the composer and presses Enter, as a person does."""
    await page.locator(composer).fill(text)
    await page.locator(composer).press("Enter")


_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice: rule and the places."""
    assert _AXE.is_file(), "axe-core is missing: run `npm install --no-save axe-core`."
    # Evaluated, not added as a script: the page's policy lets in nothing but its own files.
    await page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(answer => answer.violations)", _RULES
    )
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for rule in found
        for node in rule["nodes"]
    ]
