"""The whole store in files, to keep and to carry from one engine to the other.

A backup is one file: a line of JSON for each row, and a last line with the manifest. An export is
a folder: a file of JSON lines for each table, and ``manifest.json``. The manifest has the counts by
table, the SHA-256 of each file (of a backup: of the lines before it), and ``content``: the sum of
the SHA-256 of all rows, whatever their order, by which an import is proved on what the store says
it holds afterwards.
"""

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from storage import frames
from storage.errors import StoreRefused
from storage.exports import COLUMNS, checked
from storage.opening import open_copy, open_store
from storage.port import Row, Store

FORMAT = 1
"""The format this version writes, and the newest it reads."""

MANIFEST = "manifest.json"

_FLOAT_OF_A_WHOLE = re.compile(rb"\d(\.0\b|[eE])")


@dataclass
class Manifest:
    """What an archive says about itself."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    sha256: dict[str, str] = field(default_factory=dict)
    content: str = "0" * 64
    format: int = FORMAT

    def add(self, row: Row) -> None:
        """Count a row in."""
        self.counts[row.table] = self.counts.get(row.table, 0) + 1
        digest = int(sha256(_canonical([row.table, row.columns])).hexdigest(), 16)
        self.content = f"{(int(self.content, 16) + digest) % 2**256:064x}"

    def dump(self) -> bytes:
        return json.dumps({"manifest": asdict(self)}, sort_keys=True).encode() + b"\n"


async def backup(url: str, file: Path) -> Mapping[str, int]:
    """Copy the store at ``url`` into one file, also beside a running bot; counts by table.

    Raises ``StoreRefused`` if the file exists or cannot be written.
    """
    _check_absent(file)
    with _Lines(file) as lines:
        manifest = Manifest()
        await _write(url, manifest, lambda row: lines.write([row.table, row.columns]))
        manifest.sha256["lines"] = lines.digest()
        lines.finish(manifest.dump())
    return manifest.counts


async def restore(url: str, file: Path) -> Mapping[str, int]:
    """Fill the empty store at ``url`` from a backup; counts by table.

    The file is proved before the store is opened, and the store afterwards. Raises
    ``StoreRefused``.
    """
    manifest = _backup_manifest(file)
    return await _fill(url, manifest, _backup_rows(file), file)


async def export_to(url: str, folder: Path) -> Mapping[str, int]:
    """Write the store at ``url`` as JSON lines into a new folder; counts by table.

    Raises ``StoreRefused`` if the folder exists and is not empty, or cannot be written.
    """
    _make_empty(folder)
    manifest = Manifest()
    files = {table: _Lines(folder / f"{table}.jsonl") for table in COLUMNS}
    await _write(url, manifest, lambda row: files[row.table].write(row.columns))
    for lines in files.values():
        manifest.sha256[lines.name] = lines.digest()
        lines.finish(b"")
    with _Lines(folder / MANIFEST) as last:
        last.finish(manifest.dump())
    return manifest.counts


async def import_from(url: str, folder: Path) -> Mapping[str, int]:
    """Fill the empty store at ``url`` from an export; counts by table. Proved as a restore is."""
    manifest = _export_manifest(folder)
    return await _fill(url, manifest, _export_rows(folder), folder)


async def _write(url: str, manifest: Manifest, write: Callable[[Row], None]) -> None:
    store = await open_copy(url)
    try:
        async for row in store.export_rows():
            manifest.add(row)
            write(row)
    finally:
        await store.close()


async def _fill(
    url: str, manifest: Manifest, rows: Iterator[Row], source: Path
) -> Mapping[str, int]:
    store = await open_store(url)
    try:
        await store.import_rows(_stream(rows))
        found = await _found(store)
    finally:
        await store.close()
    if (found.counts, found.content) != (manifest.counts, manifest.content):
        raise StoreRefused(
            f"the store does not hold what {source} says after filling it (counts"
            f" {found.counts}, expected {manifest.counts}): do not use it; fill another one"
        )
    return found.counts


async def _found(store: Store) -> Manifest:
    manifest = Manifest()
    async for row in store.export_rows():
        manifest.add(row)
    return manifest


async def _stream(rows: Iterator[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row


class _Lines:
    """A file of JSON lines that gets its name once it is whole and on the disk."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        self._unfinished = path.with_name(path.name + ".unfinished")
        self._hash = sha256()
        self._file: BinaryIO = _created(self._unfinished)

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *problem: object) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def write(self, value: object) -> None:
        line = frames.dump(value) + b"\n"
        self._hash.update(line)
        self._file.write(line)

    def digest(self) -> str:
        return self._hash.hexdigest()

    def finish(self, last: bytes) -> None:
        self._file.write(last)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._path)


def _created(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as problem:
        raise StoreRefused(f"{path} cannot be written: {problem}. Name another place") from None


def _check_absent(file: Path) -> None:
    if file.exists():
        raise StoreRefused(f"{file} exists and was left as it is: name a file that does not")


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as problem:
        raise StoreRefused(f"{folder} cannot be written: {problem}. Name another place") from None
    if not is_empty:
        raise StoreRefused(f"{folder} is not empty and was left as it is: name another folder")


def _canonical(value: object) -> bytes:
    """JSON that is the same for the same value, whichever engine kept it."""
    text = frames.dump(value)
    if _FLOAT_OF_A_WHOLE.search(text):
        value = _with_whole_numbers(frames.load(text))
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=True).encode()


def _with_whole_numbers(value: Any) -> Any:
    """PostgreSQL writes 1e16 as an integer, and knows only one kind of number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_whole_numbers(each) for each in value]
    if isinstance(value, dict):
        return {key: _with_whole_numbers(each) for key, each in value.items()}
    return value


def _read(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise StoreRefused(f"{path} cannot be read: {problem}. Nothing was changed") from None


def _spoiled(path: Path, why: str) -> StoreRefused:
    return StoreRefused(f"{path} is not a whole archive of this bot ({why}). Nothing was changed")


def _manifest(path: Path, line: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(line)["manifest"])
    except (ValueError, KeyError, TypeError):
        raise _spoiled(path, "its manifest is missing") from None
    if manifest.format > FORMAT:
        raise StoreRefused(f"{path} is of a newer version of the bot. Nothing was changed")
    return manifest


def _backup_manifest(file: Path) -> Manifest:
    """The manifest of a backup, once it was proved."""
    digest, last = sha256(), b""
    with _read(file) as lines:
        for line in lines:
            digest.update(last)
            last = line
    manifest = _manifest(file, last)
    if manifest.sha256.get("lines") != digest.hexdigest():
        raise _spoiled(file, "its checksum is wrong")
    return _proved(manifest, _backup_rows(file), file)


def _backup_rows(file: Path) -> Iterator[Row]:
    with _read(file) as lines:
        for line in lines:
            entry = frames.load(line)
            if isinstance(entry, list):
                yield Row(entry[0], entry[1])


def _export_manifest(folder: Path) -> Manifest:
    """The manifest of an export, once it was proved."""
    with _read(folder / MANIFEST) as file:
        manifest = _manifest(folder / MANIFEST, file.read())
    for table in COLUMNS:
        path = folder / f"{table}.jsonl"
        with _read(path) as lines:
            found = sha256(lines.read()).hexdigest()
        if manifest.sha256.get(path.name) != found:
            raise _spoiled(path, "its checksum is wrong")
    return _proved(manifest, _export_rows(folder), folder)


def _export_rows(folder: Path) -> Iterator[Row]:
    for table in COLUMNS:
        with _read(folder / f"{table}.jsonl") as lines:
            for line in lines:
                yield Row(table, frames.load(line))


def _proved(manifest: Manifest, rows: Iterator[Row], source: Path) -> Manifest:
    found = Manifest()
    for row in rows:
        found.add(checked(row))
    if (found.counts, found.content) != (manifest.counts, manifest.content):
        raise _spoiled(source, "its counts are wrong")
    return manifest
