"""Slack's one request URL for several workspaces takes what Slack signed, and nothing else."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from knowledge.watching import Knowledge
from sandbox.requests_out import sign
from tests.installing.browser import NORTH, Street, open_street

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def street(
    postgresql_url: str, tmp_path: Path, knowledge: Knowledge
) -> AsyncIterator[Street]:
    async with open_street(postgresql_url, tmp_path, knowledge, named=(NORTH,)) as opened:
        yield opened


async def knocks(
    street: Street, body: bytes, content_type: str = "application/json", **forged: str
) -> tuple[int, str]:
    """Status and text of the answer to a signed request."""
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(street.north.signing_secret, timestamp, body),
    } | forged
    url = f"{street.url}/slack/events"
    async with street.session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


def as_json(**payload: Any) -> bytes:
    return json.dumps(payload).encode()


async def test_slacks_first_request_is_answered_with_its_challenge(street: Street) -> None:
    status, answer = await knocks(street, as_json(type="url_verification", challenge="c1"))

    assert 200 == status
    assert {"challenge": "c1"} == json.loads(answer)


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "0"},
    ],
    ids=str,
)
async def test_what_slack_did_not_sign_is_refused_before_anything_is_read(
    street: Street, forged: dict[str, str]
) -> None:
    body = as_json(type="url_verification", challenge="c1")

    assert 401 == (await knocks(street, body, **forged))[0]


@pytest.mark.parametrize(
    "team", ["T0STRANGER", "", "T0'; DROP SCHEMA signpost"], ids=["strange", "none", "odd"]
)
async def test_an_event_of_a_workspace_nobody_knows_is_acknowledged(
    street: Street, team: str
) -> None:
    event = {"type": "message", "channel": "C1", "user": "U1", "text": "help", "ts": "1.1"}

    body = as_json(type="event_callback", team_id=team, event=event, event_id="Ev1")

    assert (200, "") == await knocks(street, body)


async def test_a_command_of_a_workspace_nobody_knows_is_told_why_nothing_comes(
    street: Street,
) -> None:
    body = urlencode({"command": "/signpost", "team_id": "T0STRANGER", "text": "help"}).encode()

    status, answer = await knocks(street, body, FORM)

    assert 200 == status
    assert "not set up for this workspace" in json.loads(answer)["text"]


async def test_a_request_for_an_office_on_its_way_is_to_be_sent_again(street: Street) -> None:
    await street.installs(NORTH)
    assert street.bot is not None
    assert street.bot.offices is not None
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "hi", "ts": "1.1"}
    body = as_json(type="event_callback", team_id=NORTH, event=event, event_id="Ev1")

    await street.bot.offices.close()
    street.bot.offices._not_before[NORTH] = street.bot.offices._now().replace(year=9999)

    assert 503 == (await knocks(street, body))[0]
