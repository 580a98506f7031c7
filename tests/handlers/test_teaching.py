"""What one process publishes, every other one learns by itself."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.lessons import Teaching
from knowledge.article import Language
from knowledge.draft import Draft, Written, published
from knowledge.learned import Learned, write_files
from knowledge.lesson import Lesson, LessonState
from knowledge.loading import load_library
from knowledge.matching import Query
from knowledge.watching import Knowledge
from storage.kinds import DRAFT, LESSON
from storage.opening import open_store
from storage.port import Commit, Put, Store

ROOT = Path(__file__).parents[2]
COMPANY = ROOT / "sandbox" / "company.yaml"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITTEN = Written("Calm a walrus", ("my walrus wobbles",), "Hold it.", Language.EN)
PROPOSED = Draft("T1/1", "T1", "calm-a-walrus-t1", WRITTEN, "tia", NOW, "#1")
PUBLISHED = published(PROPOSED, "ada", 1, NOW)
LESSON_ABOUT_IT = Lesson(
    id="T1/0",
    team="T1",
    article="calm-a-walrus-t1",
    language=Language.EN,
    phrasing="tusks everywhere",
    proposed_by="tia",
    proposed_at=NOW,
    state=LessonState.PUBLISHED,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"tinydb:{tmp_path / 'store'}")
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faq" / "en").mkdir(parents=True)
    for name in ("enroll-ios", "enroll-android"):
        shutil.copy(ROOT / "knowledge" / "faq" / "en" / f"{name}.md", tmp_path / "faq" / "en")
    return tmp_path / "faq"


def best_of(knowledge: Knowledge, words: str) -> str | None:
    best = knowledge.current.matcher.match(Query(words)).best
    return best.article_id if best else None


async def test_another_process_answers_with_it_after_its_next_look(
    store: Store, folder: Path
) -> None:
    replicas = [Knowledge(folder, COMPANY), Knowledge(folder, COMPANY)]
    teachings = [Teaching(store, one, "T1") for one in replicas]
    await store.commit(Commit(at=NOW, puts=(Put(DRAFT, PROPOSED),)))
    for teaching in teachings:
        await teaching.catch_up()
    before = [best_of(one, "my walrus wobbles") for one in replicas]

    await store.commit(Commit(at=NOW, puts=(Put(DRAFT, PUBLISHED, 1),)))
    for teaching in teachings:
        await teaching.catch_up()

    assert "calm-a-walrus-t1" not in before
    assert ["calm-a-walrus-t1"] * 2 == [best_of(one, "my walrus wobbles") for one in replicas]
    assert all(one.current.library.article("calm-a-walrus-t1", Language.EN) for one in replicas)


async def test_a_lesson_about_a_new_article_is_learned_after_it(store: Store, folder: Path) -> None:
    knowledge = Knowledge(folder, COMPANY)
    puts = (Put(LESSON, LESSON_ABOUT_IT), Put(DRAFT, PUBLISHED))
    await store.commit(Commit(at=NOW, puts=puts))

    await Teaching(store, knowledge, "T1").catch_up()

    assert "calm-a-walrus-t1" == best_of(knowledge, "tusks everywhere")


async def test_another_team_learns_nothing_of_it(store: Store, folder: Path) -> None:
    knowledge = Knowledge(folder, COMPANY)
    await store.commit(Commit(at=NOW, puts=(Put(DRAFT, replace(PUBLISHED, team="T2")),)))

    await Teaching(store, knowledge, "T1").catch_up()

    assert 2 == len(knowledge.current.library)


async def test_changed_files_do_not_forget_it(store: Store, folder: Path) -> None:
    knowledge = Knowledge(folder, COMPANY)
    teaching = Teaching(store, knowledge, "T1")
    await store.commit(Commit(at=NOW, puts=(Put(DRAFT, PUBLISHED),)))
    await teaching.catch_up()
    (folder / "en" / "enroll-android.md").unlink()

    reload = knowledge.reload_if_changed()
    await teaching.catch_up()

    assert reload.changed
    assert "calm-a-walrus-t1" == best_of(knowledge, "my walrus wobbles")


async def test_exported_into_the_files_it_is_known_once(store: Store, folder: Path) -> None:
    knowledge = Knowledge(folder, COMPANY)
    teaching = Teaching(store, knowledge, "T1")
    puts = (Put(LESSON, LESSON_ABOUT_IT), Put(DRAFT, PUBLISHED))
    await store.commit(Commit(at=NOW, puts=puts))
    learned = Learned((LESSON_ABOUT_IT,), (PUBLISHED,))
    write_files(load_library(folder, COMPANY), learned, folder, folder)

    knowledge.reload_if_changed()
    await teaching.catch_up()

    assert 3 == len(knowledge.current.library)
    assert "calm-a-walrus-t1" == best_of(knowledge, "tusks everywhere")
