"""PostgreSQL for tests: a cluster of their own, and a fresh database for each test that asks for one.

Debian's binaries are used where they lie. Without them the tests are skipped, but fail where `CI` is set.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portside.catalogs import tables
from portside.catalogs.local import LocalCatalog

GUARDED = "guarded"
"""The one user of a cluster who needs a password; a test makes it."""

_HASTY = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=4GB")
"""A cluster that ends with its tests need not survive the machine."""

_GUARD = 'trap "" INT TERM; "$@" & read -r _; kill -"$SIGNAL" $!; wait $!'
"""Ends the server when its standard input ends: a test run that is killed leaves none behind."""


def binaries() -> Path | None:
    """The folder of initdb and postgres: the newest of Debian's, or what is on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


class Cluster:
    """One server on a socket in its own folder. It can be stopped, killed and started again."""

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False, settings: tuple[str, ...] = ()) -> None:
        self._binaries = binaries
        self.folder = folder
        self._settings = (*(() if durable else _HASTY), *settings)
        self._server: subprocess.Popen[str] | None = None
        self._made = 0
        self._used: list[str] = []
        give_away(folder)
        self._run("initdb", "-D", "data", "-U", "portside", "-A", "trust", "-E", "UTF8", "--no-sync", *_LOCALE)
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")

    def start(self) -> None:
        options = [f"-c{setting}" for setting in self._settings]
        command = [self._binaries / "postgres", "-D", "data", "-k", self.folder, "-h", "", *options]
        self._server = subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", *map(str, command)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **_elsewhere(self.folder, SIGNAL="INT"),
        )
        assert self._server.stderr
        said = []
        for line in self._server.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            pytest.fail("PostgreSQL does not start: " + "".join(said))
        self._listener = threading.Thread(target=deque, args=(self._server.stderr, 0), daemon=True)
        self._listener.start()

    def stop(self) -> None:
        """End it as an administrator does; connections are closed in the middle of what they do."""
        server, self._server = self._server, None
        if server and server.stdin and server.stderr:
            server.stdin.close()
            server.wait()
            self._listener.join()
            server.stderr.close()

    def kill(self) -> None:
        """End it without a word to anybody: SIGQUIT, after which it recovers from its log."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        self.stop()

    def address(self, name: str, user: str = "portside") -> str:
        return f"postgresql://{user}@/{name}?host={self.folder}"

    @staticmethod
    def name(address: str) -> str:
        """The name of the database at an address that `database` gave."""
        return address.partition("@/")[2].partition("?")[0]

    def database(self) -> str:
        """The address of a database with the tables of a catalog in it, and nothing in those."""
        return self._used.pop() if self._used else self.empty_database(self._template())

    def empty_database(self, template: str = "template0") -> str:
        """The address of a new database."""
        self._made += 1
        self.execute(f"CREATE DATABASE test_{self._made} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.address(f"test_{self._made}")

    def give_back(self, address: str) -> None:
        """The test is over: the next one may have the database, when nothing but its rows was changed."""
        name = self.name(address)
        try:
            self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            self.execute(_EMPTYING, name)
        except psycopg.Error:
            self.drop(address)
        else:
            self._used.append(address)

    def drop(self, address: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {self.name(address)} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What an administrator does."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _template(self) -> str:
        if not self.execute("SELECT 1 FROM pg_database WHERE datname = 'prepared'"):
            self.execute("CREATE DATABASE prepared")
            with LocalCatalog.at(self.address("prepared")) as catalog:
                catalog.prepare()
        return "prepared"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments], capture_output=True, text=True, **_elsewhere(self.folder)
        )
        if done.returncode:
            pytest.fail(f"{program} fails: {done.stderr}")


_LOCALE = ("--locale=C", "--locale-provider=icu", "--icu-locale=en")
"""A database that sorts as people do, so that a query which forgets to say how is found out."""


_EMPTYING = "; ".join(
    [
        *(f"DELETE FROM {table.name}" for table in reversed(tables.metadata.sorted_tables) if table is not tables.meta),
        "DELETE FROM meta WHERE name <> 'schema'",
        "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public'",
    ]
)


@contextmanager
def clustered(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """A running cluster, gone afterwards. Skips where there is no PostgreSQL, and fails there in CI."""
    if (found := binaries()) is None:
        missing = "PostgreSQL is not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    folder = Path(tempfile.mkdtemp(prefix="portside-postgresql-"))  # short: a socket's path has 107 bytes
    try:
        cluster = Cluster(found, folder, durable=durable, settings=settings)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The cluster that all tests of this process share."""
    with clustered() as running:
        yield running


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[str]:
    """The address of a database for this test alone, with the tables of a catalog in it."""
    address = cluster.database()
    yield address
    cluster.give_back(address)


@pytest.fixture
def empty_postgresql(cluster: Cluster) -> Iterator[str]:
    """The address of a database for this test alone, with nothing in it."""
    address = cluster.empty_database()
    yield address
    cluster.drop(address)


def _account() -> pwd.struct_passwd | None:
    """Who runs the server: whoever runs the tests, but not root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def give_away(folder: Path) -> None:
    """Let the server's account have the folder."""
    if account := _account():
        os.chown(folder, account.pw_uid, account.pw_gid)


def _elsewhere(folder: Path, **environment: str) -> dict[str, Any]:
    account = _account()
    as_whom = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()} if account else {}
    return {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", **environment}, **as_whom}
