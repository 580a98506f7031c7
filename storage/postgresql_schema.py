"""Bringing a PostgreSQL database up to date: numbered SQL files, applied once each, in order.

Tables lie in the schema ``signpost``, or in the one a URL names (``...?schema=signpost_t0123``).
A workspace among several has one of its own, so that no statement can reach another's rows.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from storage.errors import StoreNotReached, StoreRefused

MIGRATIONS = Path(__file__).parent / "migrations"

SCHEMA = "signpost"
"""Where a URL names none; statements are written for it."""
_SCHEMA_NAME = re.compile(r"signpost(_[a-z0-9]{1,40})?")

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


def known_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """The files of the folder, in order."""
    return [
        Migration(int(path.stem[:4]), path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    ]


def schema_of(url: str) -> str:
    """The schema a URL names. Raises ``StoreRefused`` for a name that is none of ours."""
    schema = dict(parse_qsl(url.partition("?")[2])).get("schema", SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema):
        raise StoreRefused(
            f"STORE_URL names the schema {schema!r}: write signpost, or signpost_ and the id of a"
            " workspace in small letters"
        )
    return schema


def with_schema(url: str, schema: str) -> str:
    """The same database, another schema."""
    plain_url = without_schema(url)
    return f"{plain_url}{'&' if '?' in plain_url else '?'}schema={schema}"


def without_schema(url: str) -> str:
    """The URL as the driver takes it, else unchanged, however wrong it may be."""
    place, mark, query = url.partition("?")
    left = [part for part in query.split("&") if not part.startswith("schema=")]
    return f"{place}{mark if left else ''}{'&'.join(left)}"


def in_schema(statement: str, schema: str) -> bytes:
    """A statement written for the schema ``signpost``, for another one. Both names are ours, never
    what somebody said."""
    return statement.replace(f"{SCHEMA}.", f"{schema}.").encode()


def place_of(url: str) -> str:
    """Where a URL leads, without its password."""
    try:
        parts = conninfo_to_dict(without_schema(url))
    except psycopg.ProgrammingError as problem:
        raise StoreRefused(
            f"STORE_URL cannot be read ({problem}): write postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"
    schema = schema_of(url)
    return place if schema == SCHEMA else f"{place} (schema {schema})"


async def connect(url: str) -> AsyncConnection:
    """A connection to the server, in autocommit. Raises ``StoreRefused`` if there is none, or the
    server is too old; ``StoreNotReached`` if nobody answers there now."""
    place = place_of(url)
    try:
        connection = await AsyncConnection.connect(
            without_schema(url), autocommit=True, connect_timeout=CONNECT_WITHIN
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
    bounded = make_conninfo(without_schema(url), connect_timeout=CONNECT_WITHIN).encode()
    answer = await asyncio.to_thread(PGconn.ping, bounded)
    return answer not in (Ping.REJECT, Ping.NO_RESPONSE)


@dataclass(frozen=True)
class _Schema:
    """A schema and what may have been applied to it."""

    name: str
    migrations: Sequence[Migration]

    @property
    def newest(self) -> int:
        return self.migrations[-1].number

    def own(self, statement: str) -> bytes:
        return in_schema(statement, self.name)


async def migrate(url: str, folder: Path = MIGRATIONS) -> Sequence[str]:
    """Bring the schema that the URL names up to date by the files of the folder; the names of what
    was applied, in order.

    Raises ``StoreRefused`` for a schema that is newer, or another program's, and where the rights
    are missing; then nothing was changed.
    """
    place, schema = place_of(url), _Schema(schema_of(url), known_migrations(folder))
    async with await connect(url) as connection:
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
                return await _apply_missing(connection, schema, place)
        except psycopg.errors.InsufficientPrivilege as problem:
            raise StoreRefused(_about_rights(schema.name, place, problem)) from None
        except psycopg.errors.ReadOnlySqlTransaction:
            raise StoreRefused(
                f"{place} only answers reads. Nothing was changed: name the primary server in"
                " STORE_URL"
            ) from None


async def check_schema(connection: AsyncConnection, url: str) -> None:
    """Raises ``StoreRefused`` unless the schema is just what this version knows."""
    schema, place = _Schema(schema_of(url), known_migrations()), place_of(url)
    if await _applied(connection, schema, place) != schema.newest:
        raise StoreRefused(
            f"the tables at {place} are older than this version of the bot: run python bot.py"
            " migrate"
        )


def _about_rights(schema: str, place: str, problem: psycopg.Error) -> str:
    return (
        f"the rights at {place} do not suffice ({problem.diag.message_primary}). Nothing was"
        " changed: let the owner of the database run GRANT CREATE ON DATABASE ... TO the bot's"
        f" user, or run python bot.py migrate as the owner of the schema {schema}"
    )


async def _apply_missing(connection: AsyncConnection, schema: _Schema, place: str) -> list[str]:
    applied = await _applied(connection, schema, place)
    if applied == 0:
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.name}".encode())
        await connection.execute(
            schema.own(
                "CREATE TABLE signpost.migration (number integer PRIMARY KEY, name text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT now())"
            )
        )
    missing = [each for each in schema.migrations if each.number > applied]
    for migration in missing:
        await connection.execute(schema.own(migration.statements))
        await connection.execute(
            schema.own("INSERT INTO signpost.migration (number, name) VALUES (%s, %s)"),
            [migration.number, migration.name],
        )
    return [migration.name for migration in missing]


async def _applied(connection: AsyncConnection, schema: _Schema, place: str) -> int:
    """The number of the last migration applied; 0 where there is none yet."""
    if await _has_no_migrations(connection, schema):
        await _check_unused(connection, schema, place)
        return 0
    cursor = await connection.execute(schema.own("SELECT max(number) FROM signpost.migration"))
    row = await cursor.fetchone()
    applied = int(row[0]) if row and row[0] is not None else 0
    if applied > schema.newest:
        raise StoreRefused(
            f"the tables at {place} are of a newer version of the bot (schema {applied}, this one"
            f" knows {schema.newest}). Nothing was changed: start that version"
        )
    return applied


async def _has_no_migrations(connection: AsyncConnection, schema: _Schema) -> bool:
    cursor = await connection.execute(
        schema.own("SELECT to_regclass('signpost.migration') IS NULL")
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _check_unused(connection: AsyncConnection, schema: _Schema, place: str) -> None:
    cursor = await connection.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(%s)", [schema.name]
    )
    row = await cursor.fetchone()
    if row and row[0]:
        raise StoreRefused(
            f"the schema {schema.name} at {place} holds tables of another program. Nothing was"
            " changed: name another database in STORE_URL"
        )
