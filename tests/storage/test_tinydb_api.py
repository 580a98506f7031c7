"""TinyDB's own way of working, on the journal."""

from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, where
from tinydb.operations import decrement, delete, increment
from tinydb.operations import set as set_field
from tinydb.table import Document

from storage.errors import StoreRefused, StoreUnavailable
from storage.journal import JOURNAL
from storage.journal_storage import JournalDatabase, JournalStorage
from storage.port import Commit
from storage.tinydb_store import open_tinydb
from tests.storage.cast import NOON, Note, message, put
from tests.storage.disks import FaultyDisk, fails


@pytest.fixture
def database(tmp_path: Path) -> Iterator[JournalDatabase]:
    """Three documents in the default table."""
    database = JournalDatabase(tmp_path)
    database.insert_multiple({"int": 1, "char": char} for char in "abc")
    yield database
    database.close()


def chars(database: JournalDatabase) -> list[str]:
    return [document["char"] for document in database.all()]


def again(database: JournalDatabase, folder: Path) -> JournalDatabase:
    database.close()
    return JournalDatabase(folder)


def test_documents_are_numbered_from_one(database: JournalDatabase) -> None:
    assert [1, 2, 3] == [document.doc_id for document in database.all()]
    assert 4 == database.insert({"int": 2})
    assert [5, 6] == database.insert_multiple([{"int": 2}, {"int": 3}])


def test_a_document_may_bring_its_number(database: JournalDatabase) -> None:
    assert 9 == database.insert(Document({"int": 9}, doc_id=9))
    assert 10 == database.insert({"int": 10})


def test_a_taken_number_is_refused(database: JournalDatabase) -> None:
    with pytest.raises(ValueError, match="already exists"):
        database.insert(Document({"int": 9}, doc_id=3))

    assert 3 == len(database)


def test_what_is_no_document_is_refused(database: JournalDatabase) -> None:
    with pytest.raises(ValueError, match="not a Mapping"):
        database.insert([1, 2])

    with pytest.raises(TypeError):
        database.insert({"thing": object()})

    assert 3 == len(database)


def test_several_documents_are_inserted_all_or_none(database: JournalDatabase) -> None:
    def documents() -> Iterator[Mapping[str, Any]]:
        yield {"int": 2}
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        database.insert_multiple(documents())

    assert 3 == len(database)


def test_queries_find_documents(database: JournalDatabase) -> None:
    assert 3 == database.count(where("int") == 1)
    assert ["a"] == [each["char"] for each in database.search(Query().char == "a")]
    assert [] == database.search((Query().int == 1) & (Query().char == "d"))
    assert 2 == database.get(where("char") == "b").doc_id
    assert "c" == database.get(doc_id=3)["char"]
    assert database.get(doc_id=4) is None
    assert ["a", "c"] == [each["char"] for each in database.get(doc_ids=[1, 3])]
    assert database.contains(doc_id=1)
    assert not database.contains(where("char") == "d")


def test_a_query_sees_the_change_after_it_was_cached(database: JournalDatabase) -> None:
    query = where("char") == "d"
    assert 0 == database.count(query)

    database.insert({"char": "d"})

    assert 1 == database.count(query)


def test_fields_are_updated(database: JournalDatabase, tmp_path: Path) -> None:
    assert [2] == database.update({"int": 2}, where("char") == "b")
    assert [1, 2, 3] == database.update({"seen": True})
    assert [3] == database.update({"int": 3}, doc_ids=[3, 99])

    found = again(database, tmp_path)

    assert [(1, True), (2, True), (3, True)] == [(each["int"], each["seen"]) for each in found]
    found.close()


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (increment("int"), {"int": 2, "char": "a"}),
        (decrement("int"), {"int": 0, "char": "a"}),
        (delete("int"), {"char": "a"}),
        (set_field("char", "z"), {"int": 1, "char": "z"}),
    ],
)
def test_operations_change_documents(
    database: JournalDatabase, tmp_path: Path, operation: Any, after: Mapping[str, Any]
) -> None:
    database.update(operation, where("char") == "a")

    found = again(database, tmp_path)

    assert after == found.get(doc_id=1)
    found.close()


def test_an_update_that_fails_midway_changes_nothing(
    database: JournalDatabase, tmp_path: Path
) -> None:
    def change(document: MutableMapping[str, Any]) -> None:
        document["int"] = 7
        if document["char"] == "b":
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        database.update(change)

    assert [1, 1, 1] == [document["int"] for document in database.all()]


def test_several_updates_at_once(database: JournalDatabase) -> None:
    database.update_multiple(
        [({"int": 2}, where("char") == "a"), ({"int": 4}, where("char") == "b")]
    )

    assert [2, 4, 1] == [document["int"] for document in database.all()]


def test_upsert_updates_or_inserts(database: JournalDatabase) -> None:
    assert [2] == database.upsert({"int": 5, "char": "b"}, where("char") == "b")
    assert [4] == database.upsert({"int": 6, "char": "d"}, where("char") == "d")
    assert [9] == database.upsert(Document({"char": "e"}, doc_id=9))
    assert ["a", "b", "c", "d", "e"] == chars(database)


def test_documents_are_removed(database: JournalDatabase, tmp_path: Path) -> None:
    assert [2] == database.remove(where("char") == "b")
    assert [1] == database.remove(doc_ids=[1, 99])
    with pytest.raises(RuntimeError):
        database.remove()

    found = again(database, tmp_path)

    assert ["c"] == chars(found)
    found.close()


def test_a_table_is_emptied(database: JournalDatabase, tmp_path: Path) -> None:
    database.truncate()

    found = again(database, tmp_path)

    assert 0 == len(found)
    assert 1 == found.insert({"int": 1})
    found.close()


def test_tables_are_made_and_dropped(database: JournalDatabase, tmp_path: Path) -> None:
    database.table("one").insert({"a": 1})
    database.table("two", persist_empty=True)
    database.table("never written")
    assert {"_default", "one", "two"} == database.tables()
    database.drop_table("one")
    assert {"_default", "two"} == database.tables()

    found = again(database, tmp_path)

    assert {"_default", "two"} == found.tables()
    found.drop_tables()
    assert set() == found.tables()
    assert 0 == len(found)
    found.close()


def test_every_write_is_one_frame_of_what_changed(
    database: JournalDatabase, tmp_path: Path
) -> None:
    size = len((tmp_path / JOURNAL).read_bytes().rstrip(b"\0"))

    database.update({"int": 2}, doc_ids=[2])

    added = (tmp_path / JOURNAL).read_bytes()[size:]
    assert 1 == added.count(b"\n")
    assert b'"char":"b"' in added
    assert b'"char":"a"' not in added


def test_a_write_that_fails_leaves_no_phantom(tmp_path: Path) -> None:
    disk = FaultyDisk()
    database = JournalDatabase(tmp_path, disk)
    database.insert({"char": "a"})
    disk.faults.before_write = fails()

    with pytest.raises(StoreUnavailable):
        database.insert({"char": "b"})

    disk.faults.before_write = lambda: None
    assert ["a"] == chars(database)
    assert 2 == database.insert({"char": "c"})
    database.close()


def test_a_second_database_on_the_folder_is_refused(
    database: JournalDatabase, tmp_path: Path
) -> None:
    with pytest.raises(StoreRefused, match="in use by another process"):
        JournalStorage(tmp_path)


async def test_the_stores_own_tables_answer_queries(tmp_path: Path) -> None:
    store = await open_tinydb(tmp_path)
    await store.commit(put(Note("1", text="wifi")))
    await store.commit(Commit(NOON, outbox=(message("m", about="note:1"),)))

    notes = store.database.named_table("record:note")
    outbox = store.database.named_table("outbox")

    assert ["1"] == [str(each.doc_id) for each in notes.search(Query().body.text == "wifi")]
    assert 1 == outbox.count(where("about") == "note:1")
    await store.close()
