"""Two workspaces in one database: neither store can see anything of the other's."""

from collections.abc import AsyncIterator

import pytest

from storage.errors import StoreRefused
from storage.opening import is_shared, of_workspace, open_copy, open_workspace_store
from storage.outbox import Lane
from storage.port import Commit, Put, Store
from storage.postgresql_schema import schema_of, with_schema, without_schema
from storage.records import NEW
from tests.storage.cast import (
    LEASE,
    NOON,
    NOTE,
    Note,
    as_stream,
    command,
    keys_of,
    message,
    rows_of,
)

URL = "postgresql://signpost:pass@db/signpost"
EVERYTHING = Commit(
    NOON,
    keys=("event:1",),
    puts=(Put(NOTE, Note("n1"), NEW),),
    outbox=(message("m1"),),
    due=(command("d1"),),
)


@pytest.fixture
async def north(postgresql_url: str) -> AsyncIterator[Store]:
    store = await open_workspace_store(of_workspace(postgresql_url, "T0NORTH"))
    yield store
    await store.close()


@pytest.fixture
async def south(postgresql_url: str) -> AsyncIterator[Store]:
    store = await open_workspace_store(of_workspace(postgresql_url, "T0SOUTH"))
    yield store
    await store.close()


async def test_what_one_workspace_commits_no_other_reads_leases_or_exports(
    north: Store, south: Store
) -> None:
    await north.commit(EVERYTHING)

    assert await south.get(NOTE, "n1") is None
    assert [] == await south.find(NOTE, "status", "open")
    assert not await south.has_key("event:1")
    assert [] == await south.lease_outbox(
        Lane.CONVERSATION, "south", NOON, limit=9, lease_for=LEASE
    )
    assert [] == await south.lease_due("south", NOON, limit=9, lease_for=LEASE)
    assert [] == await rows_of(south)
    assert 0 == (await south.backlog(NOON)).due


async def test_two_workspaces_may_have_the_same_keys(north: Store, south: Store) -> None:
    await north.commit(EVERYTHING)
    await south.commit(EVERYTHING)

    for store in (north, south):
        leases = await store.lease_outbox(Lane.CONVERSATION, "one", NOON, limit=9, lease_for=LEASE)
        assert ["m1"] == keys_of(leases)


async def test_an_export_of_one_workspace_can_be_imported_into_another(
    north: Store, south: Store
) -> None:
    await north.commit(EVERYTHING)
    rows = await rows_of(north)

    await south.import_rows(as_stream(rows))

    assert rows == await rows_of(south)


async def test_a_copy_to_read_is_of_its_workspace(postgresql_url: str, north: Store) -> None:
    await north.commit(EVERYTHING)

    copy = await open_copy(of_workspace(postgresql_url, "T0NORTH"))
    try:
        assert await copy.get(NOTE, "n1") is not None
    finally:
        await copy.close()
    with pytest.raises(StoreRefused, match=r"run python bot\.py migrate"):
        await open_copy(of_workspace(postgresql_url, "T0NOBODY"))


@pytest.mark.parametrize(
    "schema", ["public", "signpost_", "signpost_T1", "signpost_t1;drop", "signpost_" + "t" * 41]
)
def test_a_schema_that_is_none_of_ours_is_refused(schema: str) -> None:
    with pytest.raises(StoreRefused, match="names the schema"):
        schema_of(f"{URL}?schema={schema}")


@pytest.mark.parametrize("schema", ["signpost", "signpost_t1", "signpost_" + "t" * 40])
def test_a_url_names_its_schema_and_the_driver_hears_nothing_of_it(schema: str) -> None:
    url = with_schema(f"{URL}?connect_timeout=3", schema)

    assert schema == schema_of(url)
    assert f"{URL}?connect_timeout=3" == without_schema(url)


def test_a_url_without_a_schema_means_the_one_there_always_was() -> None:
    assert "signpost" == schema_of(URL)
    assert URL == without_schema(URL)
    assert "signpost_t0north" == schema_of(of_workspace(f"{URL}?schema=signpost", "T0NORTH"))


def test_postgresql_is_what_several_processes_share() -> None:
    assert is_shared(URL)
    assert not is_shared("tinydb:data")
