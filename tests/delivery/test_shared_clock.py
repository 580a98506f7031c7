"""The time of the database, followed by a machine whose own clock says anything."""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.shared_clock import QUICK, SharedClock
from storage.errors import StoreUnavailable

NOON = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


class Database:
    """Tells the time after ``takes`` seconds."""

    def __init__(self) -> None:
        self.time = NOON
        self.seconds = 100.0
        self.takes = 0.0
        self.away = False

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)

    async def present(self) -> datetime:
        if self.away:
            raise StoreUnavailable("away")
        told = self.time
        self.passes(self.takes)
        return told


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def clock(database: Database) -> SharedClock:
    return SharedClock(database, lambda: database.seconds)


async def test_it_shows_the_databases_time_and_goes_on_from_it(
    clock: SharedClock, database: Database
) -> None:
    await clock.set()
    database.passes(12.5)

    assert NOON + timedelta(seconds=12.5) == clock.now()


async def test_where_the_answer_takes_a_while_it_is_rather_ahead_than_behind(
    clock: SharedClock, database: Database
) -> None:
    database.takes = 0.75
    await clock.set()

    assert database.time == clock.now()


@pytest.mark.parametrize(("takes", "taken"), [(QUICK - 0.25, True), (QUICK, False)])
async def test_an_answer_that_took_too_long_is_not_taken(
    clock: SharedClock, database: Database, takes: float, taken: bool
) -> None:
    await clock.set()
    database.time += timedelta(hours=1)
    database.takes = takes
    await clock.set()

    assert taken == (clock.now() == database.time)


async def test_while_the_database_is_away_time_goes_on(
    clock: SharedClock, database: Database
) -> None:
    await clock.set()
    database.away = True
    database.passes(90)
    with pytest.raises(StoreUnavailable):
        await clock.set()

    assert NOON + timedelta(seconds=90) == clock.now()
