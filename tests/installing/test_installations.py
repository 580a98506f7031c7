"""Which workspaces installed the app: kept in tables of their own, each token renewed by one
process at a time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from delivery.installing import RENEW_AHEAD, Renewal
from storage.installations import Installation, Installations, installations_at

NOW = datetime(2026, 3, 2, 9, 0, 0, 500_000, tzinfo=UTC)
NORTH = Installation(
    team="T0NORTH",
    team_name="North",
    app="A1",
    bot="B1",
    bot_user="U1",
    scopes="chat:write",
    installer="UADA",
    token="xoxb-first",
    installed_at=NOW,
)
WITH_AN_END = replace(NORTH, refresh_token="xoxe-first", expires_at=NOW + timedelta(hours=12))


@pytest.fixture
async def installations(postgresql_url: str) -> AsyncIterator[Installations]:
    opened = Installations(postgresql_url)
    await opened.start()
    try:
        yield opened
    finally:
        await opened.close()


async def test_nothing_is_installed_where_no_start_has_made_the_tables(postgresql_url: str) -> None:
    assert [] == await installations_at(postgresql_url)


async def test_an_installation_is_kept_as_it_was_saved(
    installations: Installations, postgresql_url: str
) -> None:
    await installations.save(WITH_AN_END)

    assert [WITH_AN_END] == await installations.all()
    assert [WITH_AN_END] == await installations_at(postgresql_url)


async def test_a_newer_installation_takes_the_place_of_the_older(
    installations: Installations,
) -> None:
    newer = replace(NORTH, token="xoxb-second", installed_at=NOW + timedelta(days=1))
    await installations.save(NORTH)
    await installations.save(newer)

    assert [newer] == await installations.all()


@pytest.mark.parametrize(
    ("heard_of", "is_forgotten"),
    [
        (NOW.replace(microsecond=0) - timedelta(seconds=1), False),
        (NOW.replace(microsecond=0), True),
        (NOW + timedelta(days=1), True),
    ],
    ids=["before it was installed", "in the same second", "later"],
)
async def test_an_uninstallation_that_comes_late_forgets_no_newer_installation(
    installations: Installations, heard_of: datetime, is_forgotten: bool
) -> None:
    await installations.save(NORTH)

    assert is_forgotten == await installations.remove("T0NORTH", heard_of)
    assert is_forgotten == ([] == await installations.all())


async def test_two_processes_renew_a_token_once(installations: Installations) -> None:
    await installations.save(WITH_AN_END)
    asked: list[str | None] = []
    meanwhile: list[Installation | None] = []

    async def renew(kept: Installation) -> Installation:
        asked.append(kept.refresh_token)
        meanwhile.append(await installations.renew("T0NORTH", renew))
        return replace(kept, token="xoxb-second", refresh_token="xoxe-second")

    renewed = await installations.renew("T0NORTH", renew)

    assert ["xoxe-first"] == asked
    assert [None] == meanwhile
    assert [renewed] == await installations.all()


async def test_a_renewal_that_fails_leaves_the_token(installations: Installations) -> None:
    await installations.save(WITH_AN_END)

    async def renew(kept: Installation) -> Installation:
        raise RuntimeError("Slack is away")

    with pytest.raises(RuntimeError):
        await installations.renew("T0NORTH", renew)

    assert [WITH_AN_END] == await installations.all()


async def test_a_state_is_good_once_and_in_time(installations: Installations) -> None:
    await installations.issue_state("in time", 600)
    await installations.issue_state("too late", -1)

    assert not await installations.consume_state("never issued")
    assert not await installations.consume_state("too late")
    assert await installations.consume_state("in time")
    assert not await installations.consume_state("in time")


@pytest.mark.parametrize(
    ("left", "is_due"), [(RENEW_AHEAD + timedelta(seconds=1), False), (RENEW_AHEAD, True)]
)
def test_a_token_is_renewed_two_hours_ahead(left: timedelta, is_due: bool) -> None:
    assert is_due == Renewal.is_due(replace(WITH_AN_END, expires_at=NOW + left), NOW)


def test_a_token_without_an_end_is_never_renewed() -> None:
    assert not Renewal.is_due(NORTH, NOW + timedelta(days=10_000))


def test_no_description_shows_a_token() -> None:
    assert "xox" not in repr(WITH_AN_END)
