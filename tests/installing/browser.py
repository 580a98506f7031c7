"""A browser on its way through an installation, and the true bot of two workspaces."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import yaml

from commandline.places import MANIFEST, scopes_of
from commandline.sandbox import sandbox_environment
from knowledge.watching import Knowledge
from running.exchange import Exchange
from sandbox.conversation import Message
from sandbox.installing import CLIENT_ID, CLIENT_SECRET, Installing
from sandbox.seed import TEAM_ID, channel_id
from sandbox.server import Sandbox
from settings import Settings, read_settings
from tests.payload_types import SENT
from tests.postgresql import free_port

NORTH, SOUTH = TEAM_ID, "T0SOUTHWIND"
CHANNELS = {
    "question_channels": [channel_id("ask-it")],
    "tier1_channel": channel_id("tier-1"),
    "tier2_channel": channel_id("tier-2"),
    "tier3_channel": channel_id("tier-3"),
    "admin_channel": channel_id("rollout-admins"),
}


@dataclass
class Page:
    """What a browser shows."""

    status: int
    text: str
    url: str

    def link(self, label: str) -> str:
        """Where the link of that label leads."""
        for target, shown in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>([^<]+)</a>', self.text):
            if label in unescape(shown):
                return urljoin(self.url, unescape(target))
        raise AssertionError(f"no link {label!r} in {self.text}")


class Browser:
    """Somebody's browser, which keeps its cookies. The true one is on HTTPS, where the cookie of
    an installation is sent; this one sends it anyway."""

    def __init__(self, session: aiohttp.ClientSession, language: str = "en") -> None:
        self._session = session
        self._language = language
        self._cookies: dict[str, str] = {}

    async def opens(self, url: str) -> Page:
        """The page in the end, after what it is sent on to."""
        headers = {"Accept-Language": self._language}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={one}" for name, one in self._cookies.items())
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            self._cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
            if answer.status == 302:
                return await self.opens(answer.headers["Location"])
            return Page(answer.status, await answer.text(), url)


@dataclass
class Street:
    """Two workspaces, Slack between them and the bot, and the bot."""

    north: Sandbox
    south: Sandbox
    slack: Installing
    session: aiohttp.ClientSession
    file: Path
    url: str
    environment: dict[str, str]
    knowledge: Knowledge
    hidden: list[str] = field(default_factory=list)
    loaded: list[Settings] = field(default_factory=list)
    bot: Exchange | None = None

    async def start_bot(self) -> None:
        settings = read_settings(self.environment)
        assert settings.installing is not None
        self.bot = Exchange(
            settings,
            settings.installing,
            scopes_of(MANIFEST),
            self.hidden.append,
            clock=self.north.core.clock,
            load=self._load,
        )
        await self.bot.start()

    def _load(self, settings: Settings) -> Knowledge:
        """The articles as shipped, which take seconds to load; who asked for them is kept."""
        self.loaded.append(settings)
        return self.knowledge

    async def stop_bot(self) -> None:
        if self.bot:
            await self.bot.stop()
        self.bot = None

    def names(self, *teams: str) -> None:
        """The file of the workspaces names these."""
        self.file.write_text(yaml.safe_dump(dict.fromkeys(teams, CHANNELS)), "utf-8")

    def browser(self, language: str = "en") -> Browser:
        return Browser(self.session, language)

    async def installs(self, team: str, browser: Browser | None = None) -> Page:
        """Somebody clicks through the installation into a workspace; the last page."""
        sandbox = self.north if team == NORTH else self.south
        sandbox.workspace.name = team
        browser = browser or self.browser()
        start = await browser.opens(f"{self.url}/slack/install")
        asked = await browser.opens(start.link(""))
        return await browser.opens(asked.link(f"Allow in {team}"))

    def is_open(self, team: str) -> bool:
        offices = self.bot.offices if self.bot else None
        return offices is not None and team in offices.open

    async def answer_to(self, sandbox: Sandbox, message: Message) -> Message:
        found = await sandbox.until(lambda: replies(sandbox, message), timeout=20)
        return found[0]


def replies(sandbox: Sandbox, message: Message) -> list[Message]:
    return [one for one in sandbox.replies(message) if one.bot_id]


@asynccontextmanager
async def open_street(
    store_url: str,
    folder: Path,
    knowledge: Knowledge,
    named: tuple[str, ...] = (NORTH, SOUTH),
    lives_for: int | None = None,
) -> AsyncIterator[Street]:
    """The bot waits at its door; nobody has installed it yet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    redirect_url = f"{url}/slack/oauth_redirect"
    async with (
        Sandbox(pace=False) as north,
        Sandbox(pace=False, team_id=SOUTH) as south,
        Installing(north, south, redirect_url=redirect_url, lives_for=lives_for) as slack,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        for sandbox in (north, south):
            SENT.listen(sandbox.core.traffic)
            await sandbox.deliver_by_http(f"{url}/slack/events")
        file = folder / "workspaces.yaml"
        environment = {
            name: value
            for name, value in sandbox_environment(north, store_url).items()
            if not name.endswith("_CHANNEL") and name != "QUESTION_CHANNELS"
        } | {
            "SLACK_BOT_TOKEN": "",
            "SLACK_APP_TOKEN": "",
            "SLACK_SIGNING_SECRET": north.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "WORKSPACES": str(file),
            "PORT": str(port),
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
        }
        street = Street(north, south, slack, session, file, url, environment, knowledge)
        street.names(*named)
        await street.start_bot()
        try:
            yield street
        finally:
            await street.stop_bot()
