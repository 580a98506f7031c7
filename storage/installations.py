"""Which workspaces installed the app, with the tokens Slack gave for each; on PostgreSQL, beside
the schemas of the workspaces. Tokens are in no export and no backup of the bot's."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString, TypeAlias

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from storage.errors import StoreUnavailable
from storage.postgresql_schema import (
    CONNECT_WITHIN,
    connect,
    in_schema,
    migrate,
    place_of,
    with_schema,
    without_schema,
)

SCHEMA = "signpost_installations"
MIGRATIONS = Path(__file__).parent / "installations_migrations"
CONNECTIONS = 2
FREE_WITHIN = 5.0
"""Seconds to wait for a connection."""

_COLUMNS: LiteralString = (
    "team, team_name, enterprise, app, bot, bot_user, scopes, installer, token, refresh_token,"
    " expires_at, installed_at"
)
_SAVE: LiteralString = f"""
    INSERT INTO signpost.installation ({_COLUMNS}) VALUES (%(team)s, %(team_name)s, %(enterprise)s,
        %(app)s, %(bot)s, %(bot_user)s, %(scopes)s, %(installer)s, %(token)s, %(refresh_token)s,
        %(expires_at)s, %(installed_at)s)
    ON CONFLICT (team) DO UPDATE SET team_name = excluded.team_name, app = excluded.app,
        enterprise = excluded.enterprise, bot = excluded.bot, bot_user = excluded.bot_user,
        scopes = excluded.scopes, installer = excluded.installer, token = excluded.token,
        refresh_token = excluded.refresh_token, expires_at = excluded.expires_at,
        installed_at = excluded.installed_at"""  # noqa: S608 - our own names
_ALL: LiteralString = f"SELECT {_COLUMNS} FROM signpost.installation ORDER BY team"  # noqa: S608
_FOR_RENEWAL: LiteralString = f"""
    SELECT {_COLUMNS} FROM signpost.installation WHERE team = %s FOR UPDATE SKIP LOCKED"""  # noqa: S608
_RENEW: LiteralString = """
    UPDATE signpost.installation SET token = %(token)s, refresh_token = %(refresh_token)s,
        expires_at = %(expires_at)s WHERE team = %(team)s"""
_REMOVE: LiteralString = """
    DELETE FROM signpost.installation
        WHERE team = %s AND date_trunc('second', installed_at) <= %s"""
_ISSUE: LiteralString = """
    WITH old AS (DELETE FROM signpost.oauth_state WHERE until < now())
    INSERT INTO signpost.oauth_state (state, until)
        VALUES (%s, now() + make_interval(secs => %s))"""
_CONSUME: LiteralString = """
    WITH spent AS (DELETE FROM signpost.oauth_state WHERE state = %s OR until < now()
        RETURNING state, until)
    SELECT count(*) FROM spent WHERE state = %s AND until >= now()"""


@dataclass(frozen=True)
class Installation:
    """The app in one workspace. ``expires_at`` and ``refresh_token`` are there where the app has
    token rotation."""

    team: str
    team_name: str
    app: str
    bot: str
    bot_user: str
    scopes: str
    installer: str
    token: str = field(repr=False)
    installed_at: datetime
    enterprise: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


Renew: TypeAlias = Callable[[Installation], Awaitable[Installation | None]]
"""Gives the installation with its new token, or ``None`` where the old one still does."""


class Installations:
    """All methods raise ``StoreUnavailable`` while the database is away."""

    def __init__(self, url: str) -> None:
        self._url = with_schema(url, SCHEMA)
        self._pool = AsyncConnectionPool(
            without_schema(url),
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_WITHIN,
                "application_name": "signpost",
            },
            timeout=FREE_WITHIN,
        )

    async def start(self) -> None:
        """Connect, with the tables up to date. Raises ``StoreRefused``."""
        await migrate(self._url, MIGRATIONS)
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def save(self, installation: Installation) -> None:
        """The newest installation of a workspace takes the place of an older one."""
        async with self._connected() as connection:
            await connection.execute(_own(_SAVE), asdict(installation))

    async def all(self) -> list[Installation]:
        """By team."""
        async with self._connected() as connection:
            cursor = connection.cursor(row_factory=class_row(Installation))
            return await (await cursor.execute(_own(_ALL))).fetchall()

    async def remove(self, team: str, at: datetime) -> bool:
        """Forget the workspace and its tokens, unless it was installed anew since then. Slack
        tells the time in whole seconds."""
        async with self._connected() as connection:
            cursor = await connection.execute(_own(_REMOVE), [team, at])
            return bool(cursor.rowcount)

    async def renew(self, team: str, renew: Renew) -> Installation | None:
        """Renew the token while no other process does: a refresh token is good for once. ``None``
        where there was nothing to do."""
        async with self._connected() as connection, connection.transaction():
            cursor = connection.cursor(row_factory=class_row(Installation))
            found = await (await cursor.execute(_own(_FOR_RENEWAL), [team])).fetchone()
            renewed = await renew(found) if found else None
            if renewed:
                await connection.execute(_own(_RENEW), asdict(renewed))
            return renewed

    async def issue_state(self, state: str, seconds: float) -> None:
        """Keep a state that comes back with the person who goes to Slack to install."""
        async with self._connected() as connection:
            await connection.execute(_own(_ISSUE), [state, seconds])

    async def consume_state(self, state: str) -> bool:
        """Whether it was issued in time; it is good for once."""
        async with self._connected() as connection:
            row = await (await connection.execute(_own(_CONSUME), [state, state])).fetchone()
            return bool(row and row[0])

    async def present(self) -> datetime:
        """The database's present moment, by which those who share it go. Raises
        ``StoreUnavailable``."""
        async with self._connected() as connection:
            row = await (await connection.execute(b"SELECT clock_timestamp()")).fetchone()
            assert row is not None
            found: datetime = row[0]
            return found

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection[Any]]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as problem:
            # What the driver says of a statement may quote its values.
            kind = type(problem).__name__
            raise StoreUnavailable(f"PostgreSQL at {place_of(self._url)} is away: {kind}") from None


async def installations_at(url: str) -> list[Installation]:
    """What is kept at ``url`` now, by team; nothing where no start has made the tables yet. Raises
    ``StoreRefused``."""
    async with await connect(url) as connection:
        cursor = connection.cursor(row_factory=class_row(Installation))
        found = await connection.execute(_own("SELECT to_regclass('signpost.installation')"))
        row = await found.fetchone()
        if not row or row[0] is None:
            return []
        return await (await cursor.execute(_own(_ALL))).fetchall()


def _own(statement: LiteralString) -> bytes:
    return in_schema(statement, SCHEMA)
