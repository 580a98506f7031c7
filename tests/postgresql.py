"""A real PostgreSQL for tests: ``$TEST_PG_DSN``, else a server of the system's own binaries.

``TEST_PG_DSN`` names a server where the user may create databases. Without either, the tests that
need one are skipped, or fail where ``REQUIRE_PG=1`` is set. Import the fixtures where they are
needed: ``from tests.postgresql import postgresql_server, postgresql_url``.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

START_WITHIN = 60


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: on the path, of ``pg_config``, or Debian's."""
    candidates = [Path(found).parent for found in [shutil.which("initdb")] if found]
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        candidates.append(Path(told.stdout.strip()))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A PostgreSQL server. ``can_stop`` tells whether it is ours to stop and start."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.can_stop = False
        self._spare: list[str] = []

    def create_database(self) -> str:
        """An empty database; its URL."""
        if self._spare:
            return self._spare.pop()
        name = f"signpost_{uuid4().hex}"
        self.run_statement(f'CREATE DATABASE "{name}"')
        return make_conninfo_url(self.url, name)

    def empty_database(self, url: str) -> None:
        """Empty it for the next one who asks: that takes a tenth of making a new one."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f'ALTER DATABASE "{name}" RESET ALL'.encode())
            schemas = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname ~ '^signpost(_|$)'"
            ).fetchall()
            for (schema,) in schemas:
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
        self._spare.append(url)

    def drop_databases(self) -> None:
        """Drop those that nobody uses."""
        for url in self._spare:
            name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
            self.run_statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run_statement(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        raise NotImplementedError


def make_conninfo_url(url: str, database: str) -> str:
    """The same server, another database, as a URL."""
    parts = psycopg.conninfo.conninfo_to_dict(make_conninfo(url, dbname=database))
    secret = f":{parts['password']}" if "password" in parts else ""
    place = f"{parts.get('host', '127.0.0.1')}:{parts.get('port', 5432)}"
    return f"postgresql://{parts.get('user', 'postgres')}{secret}@{place}/{database}"


class OwnServer(Server):
    """A server of this test session, in a folder of its own, gone afterwards. It does not wait for
    the disk unless asked to (``durable``), for no test cuts its power."""

    def __init__(self, folder: Path, programs: Path, *, durable: bool = False) -> None:
        port = free_port()
        super().__init__(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        self.can_stop = True
        self._folder = folder
        self._programs = programs
        self._data = folder / "data"
        self._become_ordinary = _ordinary_user(folder)
        sync = "on" if durable else "off"
        self._options = (
            f"-p {port} -k {folder} -h 127.0.0.1 -c fsync={sync} -c full_page_writes={sync}"
            " -c max_connections=60 -c shared_buffers=32MB"
        ).split()
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--no-sync", "--locale=C.UTF-8")  # fmt: skip
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        with (self._folder / "commands.log").open("a") as log:
            subprocess.run(
                [str(self._programs / program), *arguments],
                check=True, timeout=START_WITHIN, stdout=log, stderr=log,
                cwd=self._folder, **self._become_ordinary,
            )  # fmt: skip

    def start(self) -> None:
        """It ends with the thread that starts it, should that be killed."""
        with (self._folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._data), *self._options],
                stdout=log, stderr=log, cwd=self._folder,
                preexec_fn=_end_with_parent, **self._become_ordinary,
            )  # fmt: skip
        for _ in range(START_WITHIN * 20):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url).close()
                return
            assert self._process.poll() is None, (self._folder / "server.log").read_text()
            time.sleep(0.05)
        raise TimeoutError("PostgreSQL did not start")

    def require_password(self, role: str) -> None:
        """From now on this role must say its password."""
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {role} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        self.run_statement("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """As a crash: nothing is finished."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_WITHIN)


def _end_with_parent() -> None:
    """prctl(PR_SET_PDEATHSIG, SIGQUIT), where there is such a thing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _ordinary_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def own_server(*, durable: bool = False) -> Iterator[OwnServer]:
    """A running server; raises ``LookupError`` where its programs are missing."""
    programs = binaries()
    if programs is None:
        raise LookupError("no PostgreSQL programs (initdb) on the path or in /usr/lib/postgresql")
    folder = Path(tempfile.mkdtemp(prefix="signpost-pg-"))
    folder.chmod(0o755)
    server = OwnServer(folder, programs, durable=durable)
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def go_without(reason: str) -> NoReturn:
    """Skip the test that lacks what it needs of PostgreSQL; fail it where ``REQUIRE_PG=1``."""
    if os.environ.get("REQUIRE_PG") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def require_own_server() -> None:
    """For tests that stop and start a server, or cut its connections: one on which others work
    does not do."""
    if binaries() is None:
        go_without("PostgreSQL's programs are missing: install them (apt install postgresql)")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """One server for the whole session."""
    if "TEST_PG_DSN" in os.environ:
        server = Server(os.environ["TEST_PG_DSN"])
        yield server
        server.drop_databases()
        return
    if binaries() is None:
        go_without("PostgreSQL is missing: set TEST_PG_DSN or install it (apt install postgresql)")
    with own_server() as own:
        yield own


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """An empty database for one test."""
    url = postgresql_server.create_database()
    yield url
    postgresql_server.empty_database(url)
