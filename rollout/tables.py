"""Tables as people keep them: Markdown or CSV, in the encodings that spreadsheets write."""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass

from rollout.errors import Finding, TableRefused

_RULE = re.compile(r"\s*:?-{2,}:?\s*$")
_DELIMITERS = (",", ";", "\t", "|")
_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MADE_INERT = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, counted from 1, and its cells without surrounding space."""

    line: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


def read_table(content: bytes, file: str) -> tuple[Row, ...]:
    """The rows of a Markdown table (its ruler left out) or of a CSV file, empty rows left out.
    Raises ``TableRefused`` for text in an unknown encoding and for what is not a table."""
    text = _decoded(content, file)
    lines = text.splitlines()
    markdown = any(line.lstrip().startswith("|") for line in lines)
    rows = tuple(_markdown_rows(lines) if markdown else _csv_rows(text))
    if len(rows) < 2 or len(rows[0].cells) < 2:
        expected = "a Markdown table, or CSV with one row a line"
        raise TableRefused((Finding(file, 1, "", "there is no table in this file", expected),))
    return rows


def inert(cell: str) -> str:
    """The cell so that a spreadsheet takes it for words: one that begins like a formula gets an
    apostrophe before it (owasp.org, "CSV Injection"). ``read_table`` takes it away again."""
    return f"'{cell}" if _LIKE_A_FORMULA.match(cell) else cell


def _as_meant(cell: str) -> str:
    return cell[1:] if _MADE_INERT.match(cell) else cell


def _decoded(content: bytes, file: str) -> str:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(BOM_UTF8):
        encoding = "utf-8-sig"
    elif b"\0" in content[:400]:
        # Without a mark, the zero bytes of Latin letters show which half comes first.
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        expected = 'UTF-8 or UTF-16 (in a spreadsheet: save as "CSV UTF-8")'
        problem = "the encoding of this file is not known"
        raise TableRefused((Finding(file, 0, "", problem, expected),)) from error


def _markdown_rows(lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped.startswith("|"):
            continue
        cells = tuple(_clean(cell) for cell in _split(stripped))
        if any(cells) and not all(_RULE.match(cell) for cell in cells if cell):
            yield Row(number, cells)


def _split(line: str) -> list[str]:
    """The cells of a Markdown row; empty ones at the end count, so only the outer bars go."""
    body = line[1:]
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", body)]


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    start = 1
    for cells in reader:
        cleaned = tuple(_clean(_as_meant(cell)) for cell in cells)
        if any(cleaned):
            yield Row(start, cleaned)
        start = reader.line_num + 1


def _delimiter(text: str) -> str:
    """The one that cuts the first row into most cells; a name with a comma in it stands further
    down, and in a file with semicolons it is not quoted."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one))))


def _clean(cell: str) -> str:
    words = re.sub(r"\s+", " ", cell.replace("**", ""))
    return "".join(letter for letter in words if letter.isprintable()).strip()
