"""How fast we may post: one budget, whichever process posts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from delivery.pace import PATIENCE, Pace, Pacing, Rate, SharedPace, SlotFarOff
from storage.opening import open_store
from storage.postgresql_store import PostgresStore
from storage.slots import Track

NEVER = 3600.0
CHANNEL = Rate(interval=NEVER, burst=3)
WORKSPACE = Rate(interval=NEVER, burst=5)
NO_LIMIT = Rate(interval=0.0)


async def opened(url: str) -> PostgresStore:
    store = await open_store(url)
    assert isinstance(store, PostgresStore)
    return store


@pytest.fixture
async def replicas(postgresql_url: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    one, two = await opened(postgresql_url), await opened(postgresql_url)
    yield one, two
    await one.close()
    await two.close()


async def slots(pace: Pacing, channel: str, most: int) -> int:
    """How many slots there are at once, up to ``most``."""
    for taken in range(most):
        try:
            await pace.slot(channel)
        except SlotFarOff:
            return taken
    return most


async def test_two_processes_share_the_budget_of_a_channel(
    replicas: tuple[PostgresStore, PostgresStore],
) -> None:
    one, two = (SharedPace(store, CHANNEL, NO_LIMIT) for store in replicas)

    taken = [await slots(one, "C1", 2), await slots(two, "C1", 2), await slots(one, "C1", 1)]

    assert [2, 1, 0] == taken


async def test_two_processes_share_the_budget_of_the_workspace(
    replicas: tuple[PostgresStore, PostgresStore],
) -> None:
    one, two = (SharedPace(store, NO_LIMIT, WORKSPACE) for store in replicas)

    taken = [await slots(one, "C1", 3), await slots(two, "C2", 3), await slots(one, "C3", 1)]

    assert [3, 2, 0] == taken


async def test_a_slot_that_the_workspace_refuses_is_not_taken_from_the_channel(
    replicas: tuple[PostgresStore, PostgresStore],
) -> None:
    full = SharedPace(replicas[0], CHANNEL, Rate(interval=NEVER, burst=1))
    await full.slot("C1")

    assert 0 == await slots(full, "C2", 1)
    assert 0.0 == await replicas[1].take_slot([Track("C2", NEVER, 0.0)], PATIENCE)


async def test_what_slack_tells_one_process_holds_the_other(
    replicas: tuple[PostgresStore, PostgresStore],
) -> None:
    one, two = (SharedPace(store, Rate(0.1, 3), NO_LIMIT) for store in replicas)

    await one.hold("C1", NEVER)

    with pytest.raises(SlotFarOff) as far_off:
        await two.slot("C1")
    assert NEVER - 60 < far_off.value.seconds <= NEVER
    assert 1 == await slots(two, "C2", 1)


async def test_processes_that_ask_at_the_same_moment_get_different_slots(
    replicas: tuple[PostgresStore, PostgresStore],
) -> None:
    paces = [SharedPace(store, Rate(NEVER, 40), Rate(NEVER, 30)) for store in replicas]

    taken = await asyncio.gather(*(slots(paces[n % 2], f"C{n % 3}", 10) for n in range(8)))

    assert 30 == sum(taken)


async def test_slots_outlive_the_processes_that_took_them(postgresql_url: str) -> None:
    before = await opened(postgresql_url)
    assert 3 == await slots(SharedPace(before, CHANNEL, NO_LIMIT), "C1", 4)
    await before.close()

    after = await opened(postgresql_url)
    try:
        assert 0 == await slots(SharedPace(after, CHANNEL, NO_LIMIT), "C1", 1)
    finally:
        await after.close()


async def test_the_pace_of_one_process_counts_the_same() -> None:
    pace = Pace(CHANNEL, WORKSPACE)

    taken = [await slots(pace, "C1", 4), await slots(pace, "C2", 4), await slots(pace, "C3", 1)]

    assert [3, 2, 0] == taken
