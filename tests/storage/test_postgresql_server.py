"""What is PostgreSQL's alone: migrations, several replicas, a server that goes away."""

import asyncio

import psycopg
import pytest

from storage.bell import Work
from storage.errors import Duplicate, StoreError, StoreUnavailable
from storage.opening import migrate, open_store
from storage.port import Commit, Put, Store
from storage.postgresql_schema import known_migrations
from storage.postgresql_text import dump, load, original, plain
from tests.postgresql import Server, go_without
from tests.storage.cast import NOON, NOTE, Note, keys_of, lease, message, put
from tests.storage.test_bad_input import run


async def until_it_works(store: Store, number: int) -> None:
    """Try until the server is back; a commit that got through without an answer is fine."""
    async with asyncio.timeout(60):
        while True:
            try:
                await store.commit(Commit(NOON, keys=(f"event:{number}",)))
            except StoreUnavailable:
                await asyncio.sleep(0.1)
            except Duplicate:
                return
            else:
                return


class TestMigrations:
    def test_they_are_numbered_without_gaps(self) -> None:
        numbers = [migration.number for migration in known_migrations()]

        assert list(range(1, len(numbers) + 1)) == numbers

    async def test_they_are_applied_once(self, postgresql_url: str) -> None:
        first = await migrate(postgresql_url)
        second = await migrate(postgresql_url)

        assert [migration.name for migration in known_migrations()] == list(first)
        assert [] == list(second)

    async def test_replicas_that_start_together_all_start(self, postgresql_url: str) -> None:
        stores = await asyncio.gather(*(open_store(postgresql_url) for _ in range(4)))

        for number, store in enumerate(stores):
            await store.commit(put(Note(str(number))))
        assert 4 == await stores[0].count(NOTE, "status", "open")
        for store in stores:
            await store.close()

    async def test_a_migration_that_fails_leaves_nothing(
        self, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from storage import postgresql_schema

        broken = postgresql_schema.Migration(2, "0002_broken", "CREATE TABLE signpost.x (); NO;")
        known = [*known_migrations(), broken]
        monkeypatch.setattr(postgresql_schema, "known_migrations", lambda folder: known)
        with pytest.raises(psycopg.errors.SyntaxError):
            await migrate(postgresql_url)
        monkeypatch.undo()

        store = await open_store(postgresql_url)
        await store.close()


class TestReplicas:
    async def test_an_item_goes_to_one_of_them(self, postgresql_url: str) -> None:
        one, two = await open_store(postgresql_url), await open_store(postgresql_url)
        items = tuple(message(str(number), f"group {number % 10}") for number in range(40))
        await one.commit(Commit(NOON, outbox=items))

        async def send(store: Store, owner: str) -> list[str]:
            sent: list[str] = []
            while held := await lease(store, owner=owner, limit=2):
                sent += keys_of(held)
                for each in held:
                    assert await store.finish_outbox(each, None)
            return sent

        sent: list[str] = []
        while len(sent) < 40:
            for found in await asyncio.gather(send(one, "one"), send(two, "two")):
                sent += found

        assert sorted(map(str, range(40))) == sorted(sent)
        await one.close()
        await two.close()

    async def test_a_commit_wakes_the_other(self, postgresql_url: str) -> None:
        one, two = await open_store(postgresql_url), await open_store(postgresql_url)
        await asyncio.sleep(0.2)
        waiting = asyncio.create_task(two.listen(Work.CONVERSATION).wait(3600))
        await asyncio.sleep(0)

        await one.commit(Commit(NOON, outbox=(message("m"),)))

        await asyncio.wait_for(waiting, 10)
        assert ["m"] == keys_of(await lease(two))
        await one.close()
        await two.close()

    async def test_opposite_writes_do_not_fail_on_a_deadlock(self, postgresql_url: str) -> None:
        one, two = await open_store(postgresql_url), await open_store(postgresql_url)
        for name in "ab":
            await one.commit(put(Note(name)))

        for version in range(1, 6):
            forth = tuple(Put(NOTE, Note(name), version) for name in "ab")
            back = tuple(reversed(forth))
            results = await asyncio.gather(
                one.commit(Commit(NOON, puts=forth)),
                two.commit(Commit(NOON, puts=back)),
                return_exceptions=True,
            )
            assert [True, True] == [isinstance(each, StoreError | None) for each in results]
            assert 1 == results.count(None)

        await one.close()
        await two.close()


class TestAway:
    async def test_work_goes_on_after_the_server_was_away(
        self, postgresql_server: Server, postgresql_url: str
    ) -> None:
        if not postgresql_server.can_stop:
            go_without("TEST_PG_DSN names a server that is not ours to stop")
        store = await open_store(postgresql_url)
        await store.commit(put(Note("1")))

        postgresql_server.stop()
        try:
            with pytest.raises(StoreUnavailable):
                await store.commit(put(Note("2")))
            with pytest.raises(StoreUnavailable):
                await store.get(NOTE, "1")
            with pytest.raises(StoreUnavailable):
                await store.health()
            await store.listen(Work.DUE).wait(0.01)
        finally:
            postgresql_server.start()

        await until_it_works(store, 1)
        await store.health()
        assert await store.get(NOTE, "1") is not None
        assert await store.get(NOTE, "2") is None
        await store.close()

    async def test_a_lost_connection_is_met_once_at_most(self, postgresql_url: str) -> None:
        store = await open_store(postgresql_url)
        await store.commit(put(Note("1")))
        run(
            postgresql_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

        await until_it_works(store, 1)

        await store.health()
        await store.close()

    async def test_reading_only_is_told_by_health(self, postgresql_url: str) -> None:
        store = await open_store(postgresql_url)
        name = postgresql_url.rsplit("/", 1)[1]
        await store.health()
        run(postgresql_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

        await store.close()
        again = await open_store(postgresql_url)
        await again.health()
        await again.close()


@pytest.mark.parametrize(
    "text", ["plain", "\0", "\ud83d", "\uffff0000", "\\u0000", "\\ud83d", "é\0\uffff\udc00"]
)
def test_text_that_postgresql_refuses_goes_there_and_back(text: str) -> None:
    assert text == original(plain(text))
    assert {text: [text, {"a": (1, None, True)}]} != {}
    assert {text: [text, {"a": [1, None, True]}]} == load(
        dump({text: [text, {"a": (1, None, True)}]})
    )
    plain(text).encode("utf-8")
