"""The app's way into several workspaces, as Slack has it."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from sandbox.installing import CLIENT_ID, CLIENT_SECRET, Installing
from sandbox.seed import TEAM_ID
from sandbox.server import Sandbox

REDIRECT = "http://127.0.0.1:1/back"
APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
async def slack() -> AsyncIterator[Installing]:
    async with (
        Sandbox() as sandbox,
        Installing(sandbox, redirect_url=REDIRECT, lives_for=43_200) as opened,
    ):
        yield opened


async def agreed(slack: Installing, **answer: str) -> dict[str, str]:
    """What comes back with the person who agreed, or did not."""
    query = {"state": "s1"} | (answer or {"team": TEAM_ID})
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/oauth/v2/agree", params=query, allow_redirects=False) as response,
    ):
        place = response.headers["Location"]
    assert place.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


async def access(slack: Installing, basic: str | None = None, **given: str) -> dict[str, Any]:
    """The answer of ``oauth.v2.access``."""
    headers = {"Authorization": basic} if basic else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}oauth.v2.access", data=given, headers=headers) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer


async def test_the_state_comes_back_with_the_person(slack: Installing) -> None:
    assert {"state": "s1", "error": "access_denied"} == await agreed(slack, error="access_denied")
    assert "s1" == (await agreed(slack))["state"]


async def test_a_code_is_good_once(slack: Installing) -> None:
    code = (await agreed(slack))["code"]

    first = await access(slack, code=code, **APP)
    second = await access(slack, code=code, **APP)

    assert (True, TEAM_ID) == (first["ok"], first["team"]["id"])
    assert {"ok": False, "error": "invalid_code"} == second


async def test_the_app_shows_its_credentials(slack: Installing) -> None:
    code = (await agreed(slack))["code"]
    basic = aiohttp.encode_basic_auth(CLIENT_ID, CLIENT_SECRET)

    assert "bad_client_secret" == (await access(slack, code=code, client_id=CLIENT_ID))["error"]
    assert (await access(slack, basic=basic, code=code))["ok"]


async def test_a_refresh_token_is_good_once_and_gives_the_next(slack: Installing) -> None:
    first = await access(slack, code=(await agreed(slack))["code"], **APP)
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = await access(slack, **refresh, **APP)
    again = await access(slack, **refresh, **APP)

    assert 43_200 == second["expires_in"]
    assert first["access_token"] != second["access_token"]
    assert first["refresh_token"] != second["refresh_token"]
    assert "invalid_refresh_token" == again["error"]
