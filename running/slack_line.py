"""The line to Slack: one HTTP session, the clients on it, and who we are there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import structlog

from delivery.errors import NotReached, OutcomeUnknown, TooFast
from delivery.gateway import Gateway, reading_client, web_client
from settings import Settings
from storage import frames

log = structlog.get_logger()

Answer = TypeVar("Answer")

MOST_CONNECTIONS = 100
LONGEST_PAUSE = 30.0


def new_session() -> aiohttp.ClientSession:
    """A session for all calls of the process."""
    connector = aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
    return aiohttp.ClientSession(connector=connector, json_serialize=_as_json)


def _as_json(body: object) -> str:
    return frames.dump(body).decode()


def gateway_of(settings: Settings, session: aiohttp.ClientSession) -> Gateway:
    """The gateway that speaks with the bot token of the settings."""
    token = settings.bot_token.get_secret_value()
    return Gateway(
        web_client(token, settings.api_url, session),
        reading_client(token, settings.api_url, session),
    )


async def once_slack_answers(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """What is asked; waits for Slack to come back where it is away. Raises other ``SlackError``."""
    pause = 1.0
    while True:
        try:
            return await ask()
        except (NotReached, OutcomeUnknown, TooFast) as error:
            log.warning("Slack cannot be reached, trying again", code=error.code, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
