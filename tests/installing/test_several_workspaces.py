"""One bot in two workspaces: installed by clicking through, and each answered by itself alone."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from knowledge.watching import Knowledge
from sandbox.server import Sandbox
from storage.installations import installations_at
from storage.opening import of_workspace, open_copy
from tests.installing.browser import NORTH, SOUTH, Street, open_street, replies
from tests.postgresql import free_port
from tests.workplace import eventually

ASKS = "how do I enroll my iPhone?"
WITHIN = 60.0
"""Seconds; a new workspace is looked for every two, and its tables are made."""
TOO_LATE = 3_600
"""Seconds that a token is good for: less than the two hours ahead of which it is renewed."""


@pytest.fixture
async def street(
    postgresql_url: str, tmp_path: Path, knowledge: Knowledge
) -> AsyncIterator[Street]:
    async with open_street(postgresql_url, tmp_path, knowledge) as opened:
        yield opened


async def stored_of(street: Street, team: str) -> str:
    """All that the bot remembers of one workspace, as one text."""
    store = await open_copy(of_workspace(street.environment["STORE_URL"], team))
    try:
        return "\n".join([repr(row) async for row in store.export_rows()])
    finally:
        await store.close()


def schemas(street: Street) -> Sequence[str]:
    with psycopg.connect(street.environment["STORE_URL"]) as connection:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname ~ '^signpost' ORDER BY nspname"
        ).fetchall()
    return [str(row[0]) for row in rows]


async def opened(street: Street, *teams: str) -> None:
    for team in teams:
        await street.installs(team)
    await until_open(street, *teams)


async def until_open(street: Street, *teams: str) -> None:
    await eventually(lambda: all(map(street.is_open, teams)), WITHIN)


async def until_closed(street: Street, team: str) -> None:
    await eventually(lambda: not street.is_open(team), WITHIN)


async def test_each_workspace_is_answered_in_itself_and_remembered_apart(street: Street) -> None:
    pages = [await street.installs(team) for team in (NORTH, SOUTH)]
    await until_open(street, NORTH, SOUTH)

    in_north = await street.north.person("alice").says("#ask-it", ASKS)
    answer = await street.answer_to(street.north, in_north)
    await street.south.settled()

    assert [200, 200] == [page.status for page in pages]
    assert f"Signpost is in {SOUTH}" in pages[1].text
    assert "iPhone" in answer.text or "iPad" in answer.text
    assert not [one for one in street.south.messages_in("#ask-it") if one.bot_id]
    assert in_north.ts in await stored_of(street, NORTH)
    assert in_north.ts not in await stored_of(street, SOUTH)

    in_south = await street.south.person("bram").says("#ask-it", "hoe registreer ik mijn iPhone?")
    await street.answer_to(street.south, in_south)

    assert in_south.ts in await stored_of(street, SOUTH)
    assert in_south.ts not in await stored_of(street, NORTH)
    assert ["signpost_installations", "signpost_t0northwind", "signpost_t0southwind"] == (
        schemas(street)
    )


async def test_presses_reach_the_office_of_their_workspace(street: Street) -> None:
    await opened(street, NORTH, SOUTH)
    bram = street.south.person("bram")
    asked = await bram.says("#ask-it", ASKS)
    answer = await street.answer_to(street.south, asked)

    await bram.presses(answer, "Solved")

    await street.south.until(lambda: "Solved." in str(replies(street.south, asked)[0].blocks))


async def test_each_office_loads_articles_of_its_own(street: Street) -> None:
    await opened(street, NORTH, SOUTH)

    url = street.environment["STORE_URL"]
    assert [of_workspace(url, NORTH), of_workspace(url, SOUTH)] == sorted(
        one.store_url for one in street.loaded
    )


def uninstalls(sandbox: Sandbox) -> None:
    sandbox.uninstall()


def revokes_tokens(sandbox: Sandbox) -> None:
    sandbox.revoke_tokens()


@pytest.mark.parametrize("takes_it_away", [uninstalls, revokes_tokens])
async def test_a_workspace_that_took_the_bot_away_is_forgotten_and_the_other_one_served(
    street: Street, takes_it_away: Callable[[Sandbox], None]
) -> None:
    await opened(street, NORTH, SOUTH)

    takes_it_away(street.south)
    await until_closed(street, SOUTH)
    asked = await street.north.person("alice").says("#ask-it", ASKS)
    await street.answer_to(street.north, asked)

    kept = await installations_at(street.environment["STORE_URL"])
    assert [NORTH] == [one.team for one in kept]


async def test_a_workspace_that_installs_the_bot_again_is_served_again(street: Street) -> None:
    await opened(street, NORTH)
    street.north.uninstall()
    await until_closed(street, NORTH)

    street.north.core.revoked.clear()
    await opened(street, NORTH)
    asked = await street.north.person("alice").says("#ask-it", ASKS)

    assert await street.answer_to(street.north, asked)


async def test_a_workspace_without_channels_is_told_what_to_name_and_then_taken_up(
    postgresql_url: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    async with open_street(postgresql_url, tmp_path, knowledge, named=()) as street:
        page = await street.installs(NORTH, street.browser("nl-NL,nl;q=0.9,en;q=0.8"))
        alice = street.north.person("alice")
        unanswered = await alice.says("#ask-it", ASKS)
        await alice.commands("/signpost", "help", "#ask-it")
        told = await street.north.until(alice.ephemerals)

        assert "Signpost staat in T0NORTHWIND" in page.text
        assert "<pre>T0NORTHWIND:\n  question_channels: [C…, C…]\n  tier1_channel: C…" in page.text
        assert "not set up for this workspace" in told[-1].text
        assert not replies(street.north, unanswered)

        street.names(NORTH)
        await until_open(street, NORTH)
        asked = await alice.says("#ask-it", ASKS)
        assert await street.answer_to(street.north, asked)


async def test_a_token_is_renewed_ahead_and_used_without_a_restart(
    postgresql_url: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    async with open_street(postgresql_url, tmp_path, knowledge, lives_for=TOO_LATE) as street:
        await street.installs(NORTH)
        first = street.slack.token_of(NORTH)
        street.slack.lives_for = 43_200
        await until_open(street, NORTH)
        renewed = street.slack.token_of(NORTH)
        street.slack.end_token(first)
        asked = await street.north.person("alice").says("#ask-it", ASKS)

        assert await street.answer_to(street.north, asked)
        assert first != renewed
        assert 1 == street.slack.refreshes
        assert renewed in street.hidden


async def test_an_open_office_gets_a_token_that_another_process_renewed(street: Street) -> None:
    await opened(street, NORTH)
    first = street.slack.token_of(NORTH)
    second = f"{first}-2"
    street.slack._tokens[second] = street.north
    street.north.core.tokens[second] = "bot"
    with psycopg.connect(street.environment["STORE_URL"]) as connection:
        connection.execute("UPDATE signpost_installations.installation SET token = %s", [second])

    await eventually(lambda: second in street.hidden, WITHIN)
    street.slack.end_token(first)
    asked = await street.north.person("alice").says("#ask-it", ASKS)

    assert await street.answer_to(street.north, asked)


@pytest.mark.parametrize("after", ["stop", "nothing"])
async def test_what_was_installed_is_served_after_a_restart(street: Street, after: str) -> None:
    await opened(street, NORTH)
    if after == "stop":
        await street.stop_bot()
        await street.start_bot()

    assert street.is_open(NORTH)
    asked = await street.north.person("alice").says("#ask-it", ASKS)
    assert await street.answer_to(street.north, asked)


async def test_a_token_that_slack_refuses_closes_one_office_and_no_other(street: Street) -> None:
    await opened(street, NORTH, SOUTH)

    street.slack.end_token(street.slack.token_of(SOUTH))
    await street.south.person("alice").says("#ask-it", ASKS)
    await until_closed(street, SOUTH)
    asked = await street.north.person("alice").says("#ask-it", ASKS)

    assert await street.answer_to(street.north, asked)
    assert street.bot is not None
    assert not street.bot.stopped.is_set()


async def test_whoever_comes_back_in_another_browser_or_a_second_time_installs_nothing(
    street: Street,
) -> None:
    mine, theirs = street.browser(), street.browser()
    start = await mine.opens(f"{street.url}/slack/install")
    asked = await mine.opens(start.link(""))
    back = asked.link("Cancel")

    elsewhere = await theirs.opens(back.replace("error=access_denied", f"team={NORTH}"))
    cancelled = await mine.opens(back)

    assert 400 == elsewhere.status
    assert "opened in another browser" in elsewhere.text
    assert "did not agree" in cancelled.text
    assert [] == await installations_at(street.environment["STORE_URL"])


async def test_a_state_is_good_for_once(street: Street) -> None:
    browser = street.browser()
    start = await browser.opens(f"{street.url}/slack/install")
    asked = await browser.opens(start.link(""))
    again = dict(browser._cookies)
    first = await browser.opens(asked.link("Allow"))
    browser._cookies = again
    second = await browser.opens(asked.link("Allow"))

    assert 200 == first.status
    assert 401 == second.status
    assert "Begin again" in second.text


async def test_an_installation_for_a_whole_organisation_is_refused(street: Street) -> None:
    street.slack.whole_organisation = True

    page = await street.installs(NORTH)

    assert 400 == page.status
    assert "for a whole organisation" in page.text
    assert [] == await installations_at(street.environment["STORE_URL"])


async def test_an_installation_while_slack_is_away_can_be_begun_again(street: Street) -> None:
    browser = street.browser()
    start = await browser.opens(f"{street.url}/slack/install")
    asked = await browser.opens(start.link(""))
    state = parse_qs(urlsplit(asked.link("Allow")).query)["state"][0]
    await street.slack.__aexit__(None, None, None)

    page = await browser.opens(f"{street.url}/slack/oauth_redirect?code=c1&state={state}")

    assert 502 == page.status
    assert "Begin again" in page.text
    assert f"{street.url}/slack/install" == page.link("Try again")


async def test_no_page_and_no_description_shows_a_token(street: Street) -> None:
    page = await street.installs(NORTH)
    token = street.slack.token_of(NORTH)
    (kept,) = await installations_at(street.environment["STORE_URL"])
    await until_open(street, NORTH)

    assert token == kept.token
    assert token not in page.text
    assert token not in repr(kept)
    assert token in street.hidden
    assert token not in await stored_of(street, NORTH)


async def test_a_workspace_with_an_open_role_channel_is_not_served_and_health_says_so(
    street: Street,
) -> None:
    street.south.channel("rollout-admins").is_ext_shared = True
    await street.stop_bot()
    street.environment["HEALTH_PORT"] = str(free_port())
    await street.start_bot()
    assert street.bot is not None
    await street.installs(SOUTH)
    await opened(street, NORTH)
    offices = street.bot.offices
    assert offices is not None
    await eventually(lambda: SOUTH in offices.unserved, WITHIN)

    assert not street.is_open(SOUTH)
    assert [SOUTH] == [*offices.unserved]
    health = f"http://127.0.0.1:{street.environment['HEALTH_PORT']}/healthz"
    async with street.session.get(health) as answer:
        (problem,) = (await answer.json())["problems"]
    assert f"{SOUTH}: not served: ADMIN_CHANNEL" in problem
    assert "is shared with another organisation" in problem

    street.south.channel("rollout-admins").is_ext_shared = False
    street.names(NORTH, SOUTH)

    await until_open(street, SOUTH)
    assert {} == offices.unserved
