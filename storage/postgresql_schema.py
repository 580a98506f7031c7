"""Bringing a PostgreSQL database up to date: numbered SQL files, applied once each, in order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from storage.errors import StoreNotReached, StoreRefused

MIGRATIONS = Path(__file__).parent / "migrations"

OLDEST_VERSION = 150000
"""PostgreSQL 15, as ``server_version`` counts."""

CONNECT_WITHIN = 5
"""Seconds for a connection to stand."""

MIGRATION_LOCK = 0x5347_4E50_4F53_54
"""Advisory lock: replicas that start together bring the schema up to date one after the other."""


@dataclass(frozen=True)
class Migration:
    """One numbered SQL file."""

    number: int
    name: str
    statements: str


def known_migrations() -> list[Migration]:
    """The files of ``storage/migrations``, in order."""
    return [
        Migration(int(path.stem[:4]), path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    ]


def place_of(url: str) -> str:
    """Where a URL leads, without its password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as problem:
        raise StoreRefused(
            f"STORE_URL cannot be read ({problem}): write postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


async def connect(url: str) -> AsyncConnection:
    """A connection to the server, in autocommit. Raises ``StoreRefused`` if there is none, or the
    server is too old; ``StoreNotReached`` if nobody answers there now."""
    place = place_of(url)
    try:
        connection = await AsyncConnection.connect(
            url, autocommit=True, connect_timeout=CONNECT_WITHIN
        )
    except (psycopg.OperationalError, OSError) as problem:
        error = StoreRefused if await _answers(url) else StoreNotReached
        raise error(
            f"PostgreSQL at {place} does not let us in: {str(problem).strip()}. Nothing was"
            " changed: check host, port, database, user and password in STORE_URL, and that the"
            " server runs"
        ) from None
    if connection.info.server_version < OLDEST_VERSION:
        await connection.close()
        raise StoreRefused(
            f"PostgreSQL at {place} is version {connection.info.server_version // 10000}; the bot"
            " needs 15 or newer. Nothing was changed"
        )
    return connection


async def _answers(url: str) -> bool:
    """Whether a server takes connections there, whoever asks for one (libpq's ``PQping``)."""
    bounded = make_conninfo(url, connect_timeout=CONNECT_WITHIN).encode()
    answer = await asyncio.to_thread(PGconn.ping, bounded)
    return answer not in (Ping.REJECT, Ping.NO_RESPONSE)


async def migrate(url: str) -> Sequence[str]:
    """Bring the schema up to date; the names of what was applied, in order.

    Raises ``StoreRefused`` for a schema that is newer, or another program's, and where the rights
    are missing; then nothing was changed.
    """
    place = place_of(url)
    async with await connect(url) as connection:
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
                return await _apply_missing(connection, place)
        except psycopg.errors.InsufficientPrivilege as problem:
            raise StoreRefused(_about_rights(place, problem)) from None
        except psycopg.errors.ReadOnlySqlTransaction:
            raise StoreRefused(
                f"{place} only answers reads. Nothing was changed: name the primary server in"
                " STORE_URL"
            ) from None


async def check_schema(connection: AsyncConnection, place: str) -> None:
    """Raises ``StoreRefused`` unless the schema is just what this version knows."""
    applied = await _applied(connection, place)
    if applied != known_migrations()[-1].number:
        raise StoreRefused(
            f"the tables at {place} are older than this version of the bot: run python bot.py"
            " migrate"
        )


def _about_rights(place: str, problem: psycopg.Error) -> str:
    return (
        f"the rights at {place} do not suffice ({problem.diag.message_primary}). Nothing was"
        " changed: let the owner of the database run GRANT CREATE ON DATABASE ... TO the bot's"
        " user, or run python bot.py migrate as the owner of the schema signpost"
    )


async def _apply_missing(connection: AsyncConnection, place: str) -> list[str]:
    applied = await _applied(connection, place)
    if applied == 0:
        await connection.execute("CREATE SCHEMA IF NOT EXISTS signpost")
        await connection.execute(
            "CREATE TABLE signpost.migration (number integer PRIMARY KEY, name text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
    missing = [each for each in known_migrations() if each.number > applied]
    for migration in missing:
        await connection.execute(migration.statements.encode())
        await connection.execute(
            "INSERT INTO signpost.migration (number, name) VALUES (%s, %s)",
            [migration.number, migration.name],
        )
    return [migration.name for migration in missing]


async def _applied(connection: AsyncConnection, place: str) -> int:
    """The number of the last migration applied; 0 where there is none yet."""
    if await _has_no_migrations(connection):
        await _check_unused(connection, place)
        return 0
    cursor = await connection.execute("SELECT max(number) FROM signpost.migration")
    row = await cursor.fetchone()
    applied = int(row[0]) if row and row[0] is not None else 0
    newest = known_migrations()[-1].number
    if applied > newest:
        raise StoreRefused(
            f"the tables at {place} are of a newer version of the bot (schema {applied}, this one"
            f" knows {newest}). Nothing was changed: start that version"
        )
    return applied


async def _has_no_migrations(connection: AsyncConnection) -> bool:
    cursor = await connection.execute("SELECT to_regclass('signpost.migration') IS NULL")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _check_unused(connection: AsyncConnection, place: str) -> None:
    cursor = await connection.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('signpost')"
    )
    row = await cursor.fetchone()
    if row and row[0]:
        raise StoreRefused(
            f"the schema signpost at {place} holds tables of another program. Nothing was changed:"
            " name another database in STORE_URL"
        )
