"""What cannot be used is refused with what to do, and left as it is."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage import frames
from storage.errors import StoreRefused
from storage.journal import JOURNAL
from storage.opening import migrate, open_copy, open_store
from storage.port import Commit
from storage.postgresql_schema import known_migrations
from storage.tinydb_store import open_tinydb
from tests.postgresql import free_port
from tests.storage.cast import NOON, NOTE, Note, message, put
from tests.storage.test_faults import ROOT


def contents(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Not root, for whom nothing is forbidden."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def allow(path: Path, mode: int) -> None:
    path.chmod(mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="signpost-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


class TestUrls:
    @pytest.mark.parametrize("url", ["mysql://host/x", "state", "", "sqlite:x.db", "TINYDB:x"])
    async def test_an_unknown_scheme_is_refused(self, url: str) -> None:
        for use in (open_store, open_copy, migrate):
            with pytest.raises(StoreRefused, match="Write tinydb:FOLDER or postgresql://"):
                await use(url)

    async def test_no_folder_is_refused(self) -> None:
        with pytest.raises(StoreRefused, match="names no folder"):
            await open_store("tinydb:")

    async def test_a_relative_folder_is_of_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        await (await open_store("tinydb:some/state")).close()

        assert (tmp_path / "some" / "state" / JOURNAL).exists()

    async def test_there_is_nothing_to_migrate_on_tinydb(self, tmp_path: Path) -> None:
        assert [] == list(await migrate(f"tinydb:{tmp_path}"))


class TestTinyDB:
    async def test_a_file_in_place_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "db.json").write_text("{}")

        with pytest.raises(StoreRefused, match="is a file, not a folder"):
            await open_store(f"tinydb:{tmp_path / 'db.json'}")

        assert {"db.json": b"{}"} == contents(tmp_path)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{}",
            b"\n",
            b"some text\nof another program\n",
            frames.frame(0, b'{"program":"another","format":1}'),
            frames.frame(0, b'{"program":"signpost","format":"x"}'),
            frames.frame(1, b'{"program":"signpost","format":1}'),
            frames.frame(0, b"[1]"),
            frames.header()[:-1],
            b"0" + frames.header()[1:],
            b"\xff\xfe binary \0\0",
        ],
    )
    async def test_a_file_of_another_program_is_refused(
        self, tmp_path: Path, content: bytes
    ) -> None:
        (tmp_path / JOURNAL).write_bytes(content)

        for use in (open_store, open_copy):
            with pytest.raises(StoreRefused, match="not a journal of this bot"):
                await use(f"tinydb:{tmp_path}")

        assert {JOURNAL: content} == contents(tmp_path)

    async def test_a_newer_format_is_refused(self, tmp_path: Path) -> None:
        newer = frames.frame(0, frames.dump({"program": "signpost", "format": frames.FORMAT + 1}))
        (tmp_path / JOURNAL).write_bytes(newer + b"of a shape we do not know")

        with pytest.raises(StoreRefused, match="newer version of the bot"):
            await open_store(f"tinydb:{tmp_path}")

        assert {JOURNAL: newer + b"of a shape we do not know"} == contents(tmp_path)

    async def test_a_folder_without_rights_is_refused(self, open_folder: Path) -> None:
        allow(open_folder, 0o555)

        with ordinary_user(), pytest.raises(StoreRefused, match=r"cannot be written.*STORE_URL"):
            await open_store(f"tinydb:{open_folder}")
        with ordinary_user(), pytest.raises(StoreRefused, match="cannot be written"):
            await open_store(f"tinydb:{open_folder / 'inner'}")

        assert {} == contents(open_folder)

    async def test_a_journal_without_rights_is_refused(self, open_folder: Path) -> None:
        (open_folder / JOURNAL).write_bytes(frames.header())
        allow(open_folder / JOURNAL, 0o000 if os.geteuid() else 0o600)
        allow(open_folder, 0o777)

        with ordinary_user(), pytest.raises(StoreRefused, match=r"cannot be opened.*right"):
            await open_store(f"tinydb:{open_folder}")

    async def test_a_second_process_is_refused_and_told_who_holds_it(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        await store.commit(put(Note("1")))
        before = contents(tmp_path)

        other = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "tests.storage.writing", f"tinydb:{tmp_path}", "1"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

        assert f"process id {os.getpid()}" in other.stderr
        assert "postgresql://" in other.stderr
        assert before == contents(tmp_path)
        await store.close()

    async def test_the_folder_is_free_again_after_closing(self, tmp_path: Path) -> None:
        for _ in range(2):
            store = await open_tinydb(tmp_path)
            await store.close()

    async def test_a_refused_folder_is_not_kept_locked(self, tmp_path: Path) -> None:
        (tmp_path / JOURNAL).write_bytes(b"of another program")
        with pytest.raises(StoreRefused):
            await open_tinydb(tmp_path)
        (tmp_path / JOURNAL).unlink()

        await (await open_tinydb(tmp_path)).close()


class TestCopies:
    """Reading beside a running bot."""

    async def test_a_copy_shows_what_was_acknowledged(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        await store.commit(put(Note("1")))

        copy = await open_copy(f"tinydb:{tmp_path}")
        await store.commit(put(Note("2")))

        assert 1 == await copy.count(NOTE, "status", "open")
        await copy.health()
        await copy.close()
        assert 2 == await store.count(NOTE, "status", "open")
        await store.close()

    async def test_a_copy_finds_what_the_store_finds_in_the_same_order(
        self, tmp_path: Path
    ) -> None:
        store = await open_tinydb(tmp_path)
        for name in ("3", "1", "2"):
            await store.commit(put(Note(name)))
        await store.commit(put(Note("2", status="closed"), expected=1))
        items = tuple(message(key, "thread", about="wave") for key in ("b", "a"))
        await store.commit(Commit(NOON, outbox=items))

        copy = await open_copy(f"tinydb:{tmp_path}")

        for value in ("open", "closed"):
            found = await copy.find(NOTE, "status", value)
            assert await store.find(NOTE, "status", value) == found
        assert await store.backlog(NOON) == await copy.backlog(NOON)
        assert ["b", "a"] == [one.key for one in await copy.outcomes_about("wave")]
        await store.close()

    async def test_a_copy_leaves_a_frame_being_written_alone(self, tmp_path: Path) -> None:
        store = await open_tinydb(tmp_path)
        await store.commit(put(Note("1")))
        await store.close()
        with (tmp_path / JOURNAL).open("ab") as file:
            file.write(b"12345678 2 [half a fr")
        before = contents(tmp_path)

        copy = await open_copy(f"tinydb:{tmp_path}")

        assert 1 == await copy.count(NOTE, "status", "open")
        assert before == contents(tmp_path)

    async def test_nothing_can_be_written_to_a_copy(self, tmp_path: Path) -> None:
        await (await open_tinydb(tmp_path)).close()
        copy = await open_copy(f"tinydb:{tmp_path}")

        with pytest.raises(StoreRefused, match="a copy to read from"):
            await copy.commit(put(Note("1")))

    async def test_a_copy_of_nothing_is_refused_and_makes_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(StoreRefused, match="cannot be read"):
            await open_copy(f"tinydb:{tmp_path / 'none'}")

        assert not (tmp_path / "none").exists()


class TestPostgreSQL:
    async def test_an_unreachable_host_is_refused(self) -> None:
        url = f"postgresql://bot:secret@127.0.0.1:{free_port()}/signpost"

        with pytest.raises(StoreRefused, match="does not let us in") as refused:
            await open_store(url)

        assert "secret" not in str(refused.value)
        assert "127.0.0.1" in str(refused.value)

    async def test_a_url_that_cannot_be_read_is_refused(self) -> None:
        with pytest.raises(StoreRefused, match="cannot be read") as refused:
            await open_store("postgresql://bot:secret@host:port:x/?bad")

        assert "secret" not in str(refused.value)

    async def test_an_unknown_database_is_refused(self, postgresql_url: str) -> None:
        with pytest.raises(StoreRefused, match="does not exist"):
            await open_store(f"{postgresql_url}_unknown")

    async def test_a_newer_schema_is_refused(self, postgresql_url: str) -> None:
        await migrate(postgresql_url)
        newest = known_migrations()[-1].number
        run(postgresql_url, f"INSERT INTO signpost.migration VALUES ({newest + 1}, 'newer')")

        for use in (open_store, open_copy, migrate):
            with pytest.raises(StoreRefused, match="newer version of the bot"):
                await use(postgresql_url)

    async def test_an_older_schema_is_read_only_after_migrating(self, postgresql_url: str) -> None:
        with pytest.raises(StoreRefused, match=r"bot\.py migrate"):
            await open_copy(postgresql_url)

        assert [["0"]] == schemas(postgresql_url)

    async def test_a_schema_of_another_program_is_refused(self, postgresql_url: str) -> None:
        run(postgresql_url, "CREATE SCHEMA signpost", "CREATE TABLE signpost.record (x int)")

        with pytest.raises(StoreRefused, match="another program"):
            await open_store(postgresql_url)

    async def test_missing_rights_are_told_with_their_remedy(self, postgresql_url: str) -> None:
        name = postgresql_url.rsplit("/", 1)[1]
        run(postgresql_url, f"CREATE ROLE \"{name}_bot\" LOGIN PASSWORD 'x'")
        url = postgresql_url.replace("postgres@", f"{name}_bot:x@")

        try:
            with pytest.raises(StoreRefused, match=r"GRANT CREATE ON DATABASE"):
                await open_store(url)
        finally:
            run(postgresql_url, f'DROP ROLE "{name}_bot"')

        assert [["0"]] == schemas(postgresql_url)

    async def test_nothing_can_be_written_to_a_copy(self, postgresql_url: str) -> None:
        store = await open_store(postgresql_url)
        await store.commit(put(Note("1")))
        copy = await open_copy(postgresql_url)

        assert 1 == await copy.count(NOTE, "status", "open")
        with pytest.raises(StoreRefused, match="a copy to read from"):
            await copy.commit(put(Note("2")))

        await copy.close()
        await store.close()


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def schemas(url: str) -> list[list[str]]:
    """How many schemas there are of ours."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*)::text FROM pg_namespace WHERE nspname = 'signpost'"
        )
        return [list(row) for row in found.fetchall()]
