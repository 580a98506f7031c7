"""Backups, exports, and moving from one engine to the other."""

import json
from pathlib import Path

import pytest

from storage.archive import backup, export_to, import_from, restore
from storage.errors import StoreRefused
from storage.opening import open_store
from storage.port import Row, Store
from tests.storage.cast import NOTE, Note, put, rows_of
from tests.storage.contract import ExportContract
from tests.storage.test_bad_input import contents

COUNTS = {"record": 7, "outbox": 4, "due": 2, "key": 2}


async def filled(url: str) -> list[Row]:
    """The rows of a store with something of everything in it."""
    store = await open_store(url)
    await ExportContract.fill(store)
    rows = await rows_of(store)
    await store.close()
    return rows


async def rows_at(url: str) -> list[Row]:
    store = await open_store(url)
    rows = await rows_of(store)
    await store.close()
    return rows


class ArchiveContract:
    """One engine's archive, and another's store."""

    async def test_a_restored_backup_is_the_same_store(
        self, url: str, other: str, tmp_path: Path
    ) -> None:
        rows = await filled(url)

        assert COUNTS == await backup(url, tmp_path / "backup")
        assert COUNTS == await restore(other, tmp_path / "backup")

        assert rows == await rows_at(other)

    async def test_an_imported_export_is_the_same_store(
        self, url: str, other: str, tmp_path: Path
    ) -> None:
        rows = await filled(url)

        assert COUNTS == await export_to(url, tmp_path / "export")
        assert COUNTS == await import_from(other, tmp_path / "export")

        assert rows == await rows_at(other)

    async def test_a_backup_is_made_beside_a_running_bot(
        self, url: str, other: str, tmp_path: Path
    ) -> None:
        store = await open_store(url)
        await store.commit(put(Note("1")))

        counts = await backup(url, tmp_path / "backup")
        await store.commit(put(Note("2")))
        await store.close()

        assert 1 == counts["record"]
        assert counts == await restore(other, tmp_path / "backup")

    async def test_a_store_that_is_not_empty_is_not_restored_over(
        self, url: str, other: str, tmp_path: Path
    ) -> None:
        await filled(url)
        await backup(url, tmp_path / "backup")
        store: Store = await open_store(other)
        await store.commit(put(Note("mine")))
        await store.close()
        before = await rows_at(other)

        with pytest.raises(StoreRefused, match="not empty"):
            await restore(other, tmp_path / "backup")

        assert before == await rows_at(other)


class TestWithinTinyDB(ArchiveContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'state'}"

    @pytest.fixture
    def other(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'other'}"


class TestFromTinyDBToPostgreSQL(ArchiveContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'state'}"

    @pytest.fixture
    def other(self, postgresql_url: str) -> str:
        return postgresql_url


class TestFromPostgreSQLToTinyDB(ArchiveContract):
    @pytest.fixture
    def url(self, postgresql_url: str) -> str:
        return postgresql_url

    @pytest.fixture
    def other(self, tmp_path: Path) -> str:
        return f"tinydb:{tmp_path / 'other'}"


async def test_moving_there_and_back_loses_nothing(tmp_path: Path, postgresql_url: str) -> None:
    here, back = f"tinydb:{tmp_path / 'here'}", f"tinydb:{tmp_path / 'back'}"
    rows = await filled(here)

    await export_to(here, tmp_path / "there")
    await import_from(postgresql_url, tmp_path / "there")
    await export_to(postgresql_url, tmp_path / "again")
    await import_from(back, tmp_path / "again")

    assert rows == await rows_at(back)
    assert manifest(tmp_path / "there")["content"] == manifest(tmp_path / "again")["content"]


def manifest(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "manifest.json").read_text())["manifest"]
    return found


class TestRefusals:
    @pytest.fixture
    async def url(self, tmp_path: Path) -> str:
        url = f"tinydb:{tmp_path / 'state'}"
        await filled(url)
        return url

    async def test_a_file_that_exists_is_left_alone(self, url: str, tmp_path: Path) -> None:
        (tmp_path / "backup").write_text("precious")

        with pytest.raises(StoreRefused, match="exists"):
            await backup(url, tmp_path / "backup")

        assert "precious" == (tmp_path / "backup").read_text()

    async def test_a_folder_that_is_not_empty_is_left_alone(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreRefused, match="not empty"):
            await export_to(url, tmp_path)

    async def test_a_place_that_is_missing_is_refused(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreRefused, match="cannot be written"):
            await backup(url, tmp_path / "none" / "backup")
        with pytest.raises(StoreRefused, match="cannot be read"):
            await restore(f"tinydb:{tmp_path / 'new'}", tmp_path / "none")
        with pytest.raises(StoreRefused, match="cannot be read"):
            await import_from(f"tinydb:{tmp_path / 'new'}", tmp_path / "none")

        assert not (tmp_path / "new").exists()

    async def test_a_spoiled_backup_is_refused_before_anything_is_made(
        self, url: str, tmp_path: Path
    ) -> None:
        await backup(url, tmp_path / "backup")
        whole = (tmp_path / "backup").read_bytes()
        lines = whole.splitlines(keepends=True)

        spoiled = [
            b"",
            whole[:-200],
            whole.replace(b"wifi", b"wlan").replace(b'"version":1', b'"version":2', 1),
            b"".join(lines[1:]),
            b"".join(lines[:-1]),
            b"".join([*lines[1:-1], lines[0], lines[-1]]),
        ]
        for content in spoiled:
            (tmp_path / "spoiled").write_bytes(content)
            with pytest.raises(StoreRefused, match="not a whole archive"):
                await restore(f"tinydb:{tmp_path / 'new'}", tmp_path / "spoiled")

        assert not (tmp_path / "new").exists()

    @pytest.mark.parametrize("name", ["record.jsonl", "outbox.jsonl", "key.jsonl"])
    async def test_a_spoiled_export_is_refused_before_anything_is_made(
        self, url: str, tmp_path: Path, name: str
    ) -> None:
        await export_to(url, tmp_path / "export")
        with (tmp_path / "export" / name).open("ab") as file:
            file.write(b"\n")

        with pytest.raises(StoreRefused, match="checksum"):
            await import_from(f"tinydb:{tmp_path / 'new'}", tmp_path / "export")

        assert not (tmp_path / "new").exists()

    async def test_a_newer_archive_is_refused(self, url: str, tmp_path: Path) -> None:
        await export_to(url, tmp_path / "export")
        newer = {"manifest": {**manifest(tmp_path / "export"), "format": 2}}
        (tmp_path / "export" / "manifest.json").write_text(json.dumps(newer))

        with pytest.raises(StoreRefused, match="newer version"):
            await import_from(f"tinydb:{tmp_path / 'new'}", tmp_path / "export")

    async def test_an_archive_leaves_the_store_as_it_was(self, url: str, tmp_path: Path) -> None:
        before = contents(tmp_path / "state")

        await backup(url, tmp_path / "backup")
        await export_to(url, tmp_path / "export")

        assert before == contents(tmp_path / "state")


async def test_records_are_readable_in_an_export(tmp_path: Path) -> None:
    url = f"tinydb:{tmp_path / 'state'}"
    store = await open_store(url)
    await store.commit(put(Note("1", text="wifi")))
    await store.close()

    await export_to(url, tmp_path / "export")

    row = json.loads((tmp_path / "export" / "record.jsonl").read_text())
    assert ("note", "1", 1, "wifi") == (row["kind"], row["id"], row["version"], row["body"]["text"])
    assert Note("1", text="wifi") == NOTE.from_json(row["body"])
