"""`knowledge export` and `import`: the articles as CSV, so that colleagues can edit a spreadsheet.

One row per article and language; lists stand one entry per line inside a cell. A round trip loses
nothing: what is unchanged is not written again, so its file stays as it is to the letter.
"""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import yaml

from knowledge.article import Article, Language, Library
from knowledge.errors import Finding, ImportRefused, KnowledgeInvalid
from knowledge.loading import load_library

COLUMNS: Final = (
    "id",
    "language",
    "title",
    "phrasings",
    "platforms",
    "audience",
    "owner",
    "reviewed",
    "sources",
    "error_codes",
    "body",
)
_LISTS: Final = ("phrasings", "platforms", "sources", "error_codes")
# A spreadsheet would run a cell that begins like this as a formula (OWASP: CSV injection).
_FORMULA: Final = re.compile(r"^[=+\-@\t\r']")
_ID: Final = re.compile(r"^[\w][\w.-]*$")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: ids as `language/id`."""

    written: tuple[str, ...]
    unchanged: int


def export_articles(library: Library, out: TextIO) -> None:
    """Every article as CSV. Open the stream as UTF-8 with a byte order mark and newline=""."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for article in library.articles:
        writer.writerow(_escaped(cell) for cell in cells_of(article).values())


def import_articles(folder: Path, company: Path | None, rows: Iterable[str]) -> Imported:
    """Take over a CSV as lines of text: all of it, or nothing. Articles it does not name stay.

    Raises ImportRefused with a finding per problem, by row; the folder is then as before.
    """
    library = load_library(folder, company)
    edits = _edits(folder, library, list(_read(rows)))
    changed = {path: text for path, (_, text) in edits.items() if text is not None}
    if changed:
        _try_out(folder, company, changed)
        _put_in_place(changed)
    written = tuple(sorted(name for name, text in edits.values() if text is not None))
    return Imported(written, len(edits) - len(written))


def cells_of(article: Article) -> dict[str, str]:
    """An article as cells by the names of ``COLUMNS``."""
    return {
        "id": article.id,
        "language": article.language.value,
        "title": article.title,
        "phrasings": "\n".join(article.phrasings),
        "platforms": "\n".join(sorted(article.platforms)),
        "audience": article.audience.value,
        "owner": article.owner or "",
        "reviewed": article.reviewed.isoformat() if article.reviewed else "",
        "sources": "\n".join(article.sources),
        "error_codes": "\n".join(article.error_codes),
        "body": article.source,
    }


def _escaped(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _read(rows: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row."""
    reader = csv.DictReader(rows)
    header = [(name or "").lstrip("\ufeff") for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise _refused(1, f"The columns {', '.join(missing)} are missing.", "Export anew.")
    reader.fieldnames = header
    for cells in reader:
        yield reader.line_num, {name: _cleaned(cells.get(name)) for name in COLUMNS}


def _cleaned(cell: str | None) -> str:
    text = (cell or "").replace("\r\n", "\n").strip()
    return text[1:] if text.startswith("'") else text


def _refused(line: int, problem: str, mend: str) -> ImportRefused:
    return ImportRefused((Finding(Path("CSV"), line, problem, mend),))


def _edits(
    folder: Path, library: Library, rows: list[tuple[int, dict[str, str]]]
) -> dict[Path, tuple[str, str | None]]:
    """Per file its name and its new text, or None where the row says what the file says."""
    edits: dict[Path, tuple[str, str | None]] = {}
    for line, cells in rows:
        language = Language.from_tag(cells["language"]) if cells["language"] else None
        if language is None or not _ID.match(cells["id"]):
            mend = f"Languages are {', '.join(Language)}; an id has letters, digits and hyphens."
            raise _refused(line, f"'{cells['language']}/{cells['id']}' is no article.", mend)
        present = library.article(cells["id"], language)
        path = Path(present.path) if present else root_of(folder) / language / f"{cells['id']}.md"
        if path in edits:
            raise _refused(line, f"'{language}/{cells['id']}' stands twice.", "Keep one row.")
        name = f"{language}/{cells['id']}"
        same = present is not None and _comparable(cells_of(present)) == _comparable(cells)
        edits[path] = (name, None if same else file_text(cells, path.stem))
    return edits


def _comparable(cells: Mapping[str, str]) -> dict[str, str]:
    """Cells without what carries no meaning: the order of platforms, blanks around entries."""
    cleaned = {name: "\n".join(_entries(cells[name])) for name in _LISTS}
    cleaned["platforms"] = "\n".join(sorted(_entries(cells["platforms"])))
    return {name: cleaned.get(name, cells[name].strip()) for name in COLUMNS}


def _entries(cell: str) -> list[str]:
    return [line.strip() for line in cell.split("\n") if line.strip()]


def root_of(folder: Path) -> Path:
    """The folder below which the folders of the languages stand."""
    return folder / "faq" if (folder / "faq").is_dir() else folder


def file_text(cells: Mapping[str, str], stem: str) -> str:
    """The file of an article, named ``stem``; ``cells`` by the names of ``COLUMNS``."""
    fields: dict[str, Any] = {}
    if stem != cells["id"]:
        fields["id"] = cells["id"]
    for name in COLUMNS[2:-1]:
        fields[name] = _entries(cells[name]) if name in _LISTS else cells[name] or None
    head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1_000)
    # A date without quotes stays a date, as people write it.
    head = re.sub(r"^reviewed: '(.*)'$", r"reviewed: \1", head, flags=re.MULTILINE)
    return f"---\n{head}---\n{cells['body']}\n"


def _try_out(folder: Path, company: Path | None, changed: Mapping[Path, str]) -> None:
    """Load a copy of the folder with the changes; a folder that would be broken is refused."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        for path, text in changed.items():
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        try:
            load_library(copy, company)
        except KnowledgeInvalid as invalid:
            raise ImportRefused(invalid.findings) from invalid


def _put_in_place(changed: Mapping[Path, str]) -> None:
    for path, text in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".md.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
