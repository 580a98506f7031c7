"""Export and import as CSV: a round trip loses nothing, and what is wrong changes nothing."""

import csv
import io
from pathlib import Path

import pytest

from knowledge.article import Language
from knowledge.errors import ImportRefused
from knowledge.loading import load_library
from knowledge.spreadsheet import COLUMNS, export_articles, import_articles
from tests.knowledge.samples import write_article, write_workshop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "faq"
    write_workshop(folder)
    write_article(
        folder,
        "zh-Hant/flat-tyre.md",
        title="'=爆胎'",
        phrasings="['-1 輪胎', \"it's flat\", '''quoted''', 'a, \"b\"', '@home']",
        body='第一段 {{phone}}\n\n1. "一"\n2. 二',
        error_codes="['0x80180014']",
    )
    return folder


def exported(folder: Path) -> str:
    out = io.StringIO(newline="")
    export_articles(load_library(folder), out)
    return out.getvalue()


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.md")}


def edited(text: str, article: str, **cells: str) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        if f"{row['language']}/{row['id']}" == article:
            row.update(cells)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_round_trip_changes_no_byte(folder: Path) -> None:
    before = contents(folder)

    imported = import_articles(folder, None, lines(exported(folder)))

    assert ((), 9) == (imported.written, imported.unchanged)
    assert before == contents(folder)


def test_a_rewritten_article_reads_as_it_was_exported(folder: Path) -> None:
    before = load_library(folder)
    text = exported(folder)
    for path in folder.rglob("*.md"):
        path.unlink()
    write_article(folder, "en/other.md")

    import_articles(folder, None, lines(text))

    after = load_library(folder)
    for article in before.articles:
        assert article == after.article(article.id, article.language)


def test_no_cell_begins_like_a_formula(folder: Path) -> None:
    rows = list(csv.reader(io.StringIO(exported(folder))))

    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]


def test_an_edit_is_written_and_the_rest_left_alone(folder: Path) -> None:
    before = contents(folder)
    text = edited(exported(folder), "nl/lost-key", title="Sleutel: weg", phrasings="een\ntwee")

    imported = import_articles(folder, None, lines(text))

    assert ("nl/lost-key",) == imported.written
    article = load_library(folder).article("lost-key", Language.NL)
    assert article is not None
    assert ("Sleutel: weg", ("een", "twee")) == (article.title, article.phrasings)
    changed = {name for name, content in contents(folder).items() if content != before[name]}
    assert {"nl/lost-key.md"} == changed


def test_a_new_row_makes_a_new_file_and_a_spreadsheets_byte_order_mark_is_ignored(
    folder: Path,
) -> None:
    text = exported(folder) + "bell,sv,Klocka,ring\r\nklocka,,everyone,,,,,Laga den.\r\n"
    text = (
        edited(exported(folder), "none") + 'bell,sv,Klocka,"ringer ej\nklocka",,everyone,,,,,Ja\n'
    )

    imported = import_articles(folder, None, lines("\ufeff" + text))

    assert ("sv/bell",) == imported.written
    assert (folder / "sv" / "bell.md").is_file()


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"platforms": "amiga"}, "unknown platform"),
        ({"phrasings": ""}, "phrasings"),
        ({"id": "../../evil"}, "is no article"),
        ({"language": "tlh"}, "is no article"),
        ({"language": "en"}, "stands twice"),
        ({"body": "x" * 2_501}, "2,501"),
    ],
)
def test_a_wrong_row_refuses_the_whole_import(
    folder: Path, cells: dict[str, str], problem: str
) -> None:
    before = contents(folder)
    text = edited(exported(folder), "en/flat-tyre", title="Changed")

    with pytest.raises(ImportRefused, match=problem):
        import_articles(folder, None, lines(edited(text, "nl/flat-tyre", **cells)))

    assert before == contents(folder)


def test_missing_columns_are_named(folder: Path) -> None:
    with pytest.raises(ImportRefused, match="phrasings, platforms"):
        import_articles(folder, None, ["id,language,title\n"])
