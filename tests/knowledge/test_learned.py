"""What people taught the bot goes into files as the articles have them."""

import asyncio
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot
from knowledge.article import Language, Library
from knowledge.draft import Draft, Written, published
from knowledge.learned import Learned, including, write_files
from knowledge.lesson import Lesson, LessonState
from knowledge.loading import load_library
from knowledge.spreadsheet import export_articles, import_articles
from storage.kinds import DRAFT, LESSON
from storage.opening import open_store
from storage.port import Commit, Put

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COMPANY = ROOT / "sandbox" / "company.yaml"
WRITTEN = Written(
    title='A "quoted": title',
    phrasings=("= my walrus wobbles", "why?"),
    body="Hold it.\n\n## Windows {windows}\n\n- one\n- two",
    language=Language.SV,
)
DRAFT_PUBLISHED = published(
    Draft("T1/1", "T1", "walrus-t1", WRITTEN, "tia", NOW, "#1"), "ada", 1, NOW
)
LESSON_PUBLISHED = Lesson(
    id="T1/2",
    team="T1",
    article="enroll-ios",
    language=Language.EN,
    phrasing="my fruit phone wants in",
    proposed_by="tia",
    proposed_at=NOW,
    state=LessonState.PUBLISHED,
    decided_by="ada",
    decided_at=NOW,
)
LEARNED = Learned((LESSON_PUBLISHED,), (DRAFT_PUBLISHED,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with two articles."""
    for name in ("enroll-ios", "enroll-android"):
        (tmp_path / "faq" / "en").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "knowledge" / "faq" / "en" / f"{name}.md", tmp_path / "faq" / "en")
    return tmp_path / "faq"


def same(one: Library, other: Library) -> bool:
    """Whether two libraries say the same, wherever their files are."""
    return [replace(a, path="") for a in one.articles] == [
        replace(a, path="") for a in other.articles
    ]


def test_what_was_written_is_what_is_loaded_again(folder: Path, tmp_path: Path) -> None:
    library = load_library(folder, COMPANY)

    changed = write_files(library, LEARNED, folder, tmp_path / "out")

    again = load_library(tmp_path / "out", COMPANY)
    assert ("en/enroll-ios", "sv/walrus-t1") == changed
    assert same(including(library, LEARNED), again)
    ios = again.article("enroll-ios", Language.EN)
    assert ios is not None
    assert "my fruit phone wants in" == ios.phrasings[-1]


def test_an_article_without_lessons_is_copied_to_the_letter(folder: Path, tmp_path: Path) -> None:
    library = load_library(folder, COMPANY)

    write_files(library, LEARNED, folder, tmp_path / "out")

    before = (folder / "en" / "enroll-android.md").read_bytes()
    assert before == (tmp_path / "out" / "en" / "enroll-android.md").read_bytes()


def test_the_folder_itself_takes_up_what_was_learned_once(folder: Path) -> None:
    first = write_files(load_library(folder, COMPANY), LEARNED, folder, folder)

    second = write_files(load_library(folder, COMPANY), LEARNED, folder, folder)

    assert (2, ()) == (len(first), second)
    assert 3 == len(load_library(folder, COMPANY))


def test_a_lesson_about_a_new_article_goes_with_it(folder: Path) -> None:
    lesson = replace(
        LESSON_PUBLISHED, article="walrus-t1", language=Language.SV, phrasing="valrossen gungar"
    )

    whole = including(load_library(folder, COMPANY), Learned((lesson,), (DRAFT_PUBLISHED,)))

    article = whole.article("walrus-t1", Language.SV)
    assert article is not None
    assert "valrossen gungar" in article.phrasings


def test_a_lesson_about_an_article_that_is_gone_is_left_out(folder: Path) -> None:
    library = load_library(folder, COMPANY)
    lost = Learned((replace(LESSON_PUBLISHED, article="no-such-article"),))

    assert same(library, including(library, lost))


def test_a_spreadsheet_takes_new_articles_to_another_folder(folder: Path, tmp_path: Path) -> None:
    whole = including(load_library(folder, COMPANY), LEARNED)
    sheet = io.StringIO(newline="")
    export_articles(whole, sheet)

    import_articles(folder, COMPANY, sheet.getvalue().splitlines(keepends=True))

    assert same(whole, load_library(folder, COMPANY))


@pytest.mark.parametrize("name", ["out", "out.csv"])
def test_the_command_writes_what_the_store_holds(
    folder: Path,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"tinydb:{tmp_path / 'store'}"
    proposed = replace(LESSON_PUBLISHED, id="T1/3", state=LessonState.PROPOSED, phrasing="not yet")

    async def keep() -> None:
        store = await open_store(url)
        puts = (Put(LESSON, LESSON_PUBLISHED), Put(LESSON, proposed), Put(DRAFT, DRAFT_PUBLISHED))
        await store.commit(Commit(at=NOW, puts=puts))
        await store.close()

    asyncio.run(keep())
    monkeypatch.setenv("STORE_URL", url)
    monkeypatch.setenv("COMPANY_FILE", str(COMPANY))

    code = bot.main(["knowledge", "export", "--knowledge", str(folder), str(tmp_path / name)])

    written = "".join(path.read_text("utf-8") for path in tmp_path.glob(f"{name}*/**/*.md")) or (
        tmp_path / name
    ).read_text("utf-8")
    assert 0 == code
    assert "3 articles" in capsys.readouterr().out
    assert "my fruit phone wants in" in written
    assert "my walrus wobbles" in written
    assert "not yet" not in written


def test_without_a_store_the_articles_alone_are_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_URL", f"tinydb:{tmp_path / 'no-store'}")
    monkeypatch.setenv("COMPANY_FILE", str(COMPANY))

    code = bot.main(["knowledge", "export", "--knowledge", str(folder), str(tmp_path / "out")])

    assert 0 == code
    assert 2 == len(load_library(tmp_path / "out", COMPANY))
    assert not (tmp_path / "no-store").exists()
