"""Which engine a store's URL names."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from storage.errors import StoreNotReached, StoreRefused
from storage.journal_copy import copy_tinydb
from storage.port import Store
from storage.postgresql_schema import SCHEMA, with_schema
from storage.postgresql_schema import migrate as migrate_postgresql
from storage.postgresql_store import open_postgresql, open_postgresql_to_read
from storage.tinydb_store import open_tinydb

Opened = TypeVar("Opened")

TINYDB = "tinydb:"
DEFAULT_URL = "tinydb:data"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between tries to reach a server."""
POSTGRESQL = ("postgresql://", "postgres://")


async def open_store(url: str) -> Store:
    """The store at ``url``: ``tinydb:FOLDER`` (relative to the working directory) or
    ``postgresql://...``; made or brought up to date if need be.

    Raises ``StoreRefused`` saying what to do when it cannot be used; then nothing was changed.
    """
    if url.startswith(TINYDB):
        return await open_tinydb(tinydb_folder(url))
    if url.startswith(POSTGRESQL):
        return await open_postgresql(url)
    raise _refused(url)


WORKSPACE_CONNECTIONS = 3
"""Of each workspace among several, for each replica; beside them one that listens."""


def of_workspace(url: str, team: str) -> str:
    """Where one of several workspaces keeps its records: in the database of ``url``, in a schema of
    its own."""
    return with_schema(url, f"{SCHEMA}_{team.lower()}")


def is_shared(url: str) -> bool:
    """Whether several processes can share the store at ``url``."""
    return url.startswith(POSTGRESQL)


async def open_workspace_store(url: str) -> Store:
    """As :func:`open_store`, for one of several workspaces: it makes do with fewer connections."""
    return await open_postgresql(url, WORKSPACE_CONNECTIONS)


async def when_reached(
    opening: Callable[[], Awaitable[Opened]],
    within: float,
    on_wait: Callable[[StoreNotReached, float], Awaitable[None]],
) -> Opened:
    """What is opened; where no server answers, it is tried again for ``within`` seconds, at most
    ``LONGEST_PAUSE`` apart. ``on_wait`` is told the reason and the pause before each new try.
    """
    deadline, pause = time.monotonic() + within, FIRST_PAUSE
    while True:
        try:
            return await opening()
        except StoreNotReached as away:
            left = deadline - time.monotonic()
            if left <= 0:
                raise
            pause = min(pause, left)
            await on_wait(away, pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def open_copy(url: str) -> Store:
    """The store at ``url`` as it is now, to read from, also beside a running bot. Whatever would
    write raises ``StoreRefused`` or ``StoreUnavailable``; a file or table that is missing is not
    made."""
    if url.startswith(TINYDB):
        return await copy_tinydb(tinydb_folder(url))
    if url.startswith(POSTGRESQL):
        return await open_postgresql_to_read(url)
    raise _refused(url)


def is_there(url: str) -> bool:
    """Whether a store was ever made at ``url``; of a database that is not known before asking it,
    so it counts as there."""
    return not url.startswith(TINYDB) or any(tinydb_folder(url).glob("*.journal"))


async def migrate(url: str) -> Sequence[str]:
    """Bring the store at ``url`` up to date without opening it; the names of what was applied."""
    if url.startswith(POSTGRESQL):
        return await migrate_postgresql(url)
    if url.startswith(TINYDB):
        return []
    raise _refused(url)


def tinydb_folder(url: str) -> Path:
    """The folder that a ``tinydb:`` URL names."""
    if fault_of(url):
        raise _refused(url)
    return Path(url.removeprefix(TINYDB)).expanduser()


def fault_of(url: str) -> tuple[str, str] | None:
    """What is wrong with a URL that no engine answers to, and the mend; ``None`` for others."""
    if url == TINYDB:
        return "names no folder", "Write tinydb:FOLDER, such as tinydb:state"
    if url.startswith((TINYDB, *POSTGRESQL)):
        return None
    scheme = url.partition(":")[0] if ":" in url else url
    mend = "Write tinydb:FOLDER or postgresql://USER:PASSWORD@HOST/DATABASE"
    return f"starts with {scheme!r}, which no engine answers to", mend


def _refused(url: str) -> StoreRefused:
    wrong, mend = fault_of(url) or ("cannot be used", "See docs/storage.md")
    return StoreRefused(f"STORE_URL {wrong}. {mend}")
