"""The one SQLite file of the embedded catalog: its tables, its transactions, and what can be wrong with it.

The rule: a transaction is whole or it never was, and whatever the database complains of leaves here as one sentence.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from json import JSONDecodeError
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from portside.errors import CatalogHeld, CatalogUnreachable

BUSY_SECONDS = 5.0
"""How long a write waits for another process to end its own."""

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

resources = Table(
    "resources",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON text: many are read at once, and parsed at once
    Column("withheld", JSON, nullable=False),  # what is never given back: [[route, value], …]
    Column("webhook_key", Text, unique=True),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
)

targets = Table(
    "targets",
    metadata,
    Column("blueprint", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Index("targets_by_target", "target"),
)
"""Which blueprint points at which, by relation or aggregation."""

entities = Table(
    "entities",
    metadata,
    Column("blueprint", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("title", Text),
    Column("icon", Text),
    Column("team", JSON, nullable=False),
    Column("properties", JSON, nullable=False),
    Column("relations", JSON, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("blueprint", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_blueprint", Text, nullable=False),
    ForeignKeyConstraint(
        ["blueprint", "identifier"], ["entities.blueprint", "entities.identifier"], ondelete="CASCADE"
    ),
    Index("links_by_target", "target_blueprint", "target"),
    Index("links_by_relation", "blueprint", "relation"),
)
"""The relations of entities once more, so that holders are found from what they hold."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("webhook_key", Text, nullable=False),
    Column("request_identifier", Text),
    Column("received_at", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("query", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome", JSON, nullable=False),
    Index("deliveries_once", "webhook_key", "request_identifier", unique=True),
    sqlite_autoincrement=True,
)

MIGRATIONS: Sequence[Callable[[Connection], None]] = (metadata.create_all,)
"""What brings a file from each version to the next; an empty file is of version 0. Never changed, only added to."""

SCHEMA_VERSION = len(MIGRATIONS)
"""What this portside writes."""


class Store:
    """One database file. Nothing is opened before it is needed, and nothing is made before something is written."""

    def __init__(self, path: Path, name: str, patience: float = BUSY_SECONDS) -> None:
        self._path = path
        self._name = name
        self._patience = patience
        self._engine: Engine | None = None
        self._ready = False

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """One consistent look; None where there is no catalog yet."""
        with self._sentences():
            if not self._exists() or not (self._ready or self._examined()):
                yield None
                return
            with self._connected().connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: everything in it is stored when the block ends, nothing when it raises."""
        with self._sentences():
            if not self._exists() or not self._ready:
                self._make_ready()
            with self._transaction() as connection:
                yield connection

    def close(self) -> None:
        """Let go of the file."""
        if self._engine:
            self._engine.dispose()
            self._engine = None

    def _exists(self) -> bool:
        try:
            if self._path.exists() and not self._path.is_file():
                found = "a folder" if self._path.is_dir() else "a pipe or a device"
                raise CatalogUnreachable(f"{self._shown} is {found}; a catalog is one file")
            return self._path.exists()
        except OSError as error:
            raise CatalogUnreachable(f"{self._shown} cannot be opened: {error.strerror or error}") from error

    def _examined(self) -> bool:
        """Whether there is a catalog in the file, an older one being brought up to date; False: it is empty."""
        with self._connected().connect() as connection, connection.begin():
            version = self._version(connection)
        if 0 < version < SCHEMA_VERSION:
            self._make_ready()
        self._ready = version > 0
        return self._ready

    def _make_ready(self) -> None:
        """Make what is missing, up to the version of today; of several processes that try, one does it."""
        self._make_folder()
        with self._transaction() as connection:
            version = self._version(connection)
            for migration in MIGRATIONS[version:]:
                migration(connection)
            if version < SCHEMA_VERSION:
                connection.execute(delete(meta))
                connection.execute(insert(meta).values(name="schema", value=str(SCHEMA_VERSION)))
        self._ready = True

    def _make_folder(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogUnreachable(f"{self._shown} cannot be made: {error.strerror or error}") from error

    def _version(self, connection: Connection) -> int:
        """The version of the file. Raises for a newer one, and for the database of something else."""
        tables = inspect(connection).get_table_names()
        if not tables:
            return 0
        if not {"meta", "resources"} <= set(tables):
            raise CatalogUnreachable(f"{self._shown} is a database, but not a catalog of portside's; name another path")
        text = str(connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar())
        found = int(text) if text.isdecimal() else 0
        if not found:
            raise CatalogUnreachable(f"{self._shown} {_DAMAGED}")
        if found > SCHEMA_VERSION:
            raise CatalogUnreachable(
                f"{self._shown} was written by a newer portside (schema {found}; this one knows {SCHEMA_VERSION});"
                " install the newer one"
            )
        return found

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connected().connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _connected(self) -> Engine:
        if self._engine is None:
            self._engine = _engine(self._path, self._patience)
            weakref.finalize(self, self._engine.dispose)  # the last to let go folds the log back into the file
        return self._engine

    @property
    def _shown(self) -> str:
        return f"catalog '{self._name}' ({self._path})"

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._unreachable(error.orig) from error
        except sqlite3.Error as error:
            raise self._unreachable(error) from error
        except JSONDecodeError as error:  # a document that was written whole and is no longer
            raise CatalogUnreachable(f"{self._shown} {_DAMAGED}") from error

    def _unreachable(self, error: BaseException | None) -> CatalogUnreachable:
        name = str(getattr(error, "sqlite_errorname", ""))
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return CatalogHeld(f"{self._shown} is being written by another process; wait for it to end")
        for prefix, sentence in _COMPLAINTS.items():
            if name.startswith(prefix):
                return CatalogUnreachable(f"{self._shown} {sentence}")
        return CatalogUnreachable(f"{self._shown} cannot be used: {error}")


_DAMAGED = "is damaged; put a copy back, or move the file away and apply again"
_COMPLAINTS = {
    "SQLITE_NOTADB": "is not a database; move the file away, or name another path",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_READONLY": "is read-only; nothing was written",
    "SQLITE_PERM": "is read-only; nothing was written",
    "SQLITE_FULL": "is on a disk that is full; nothing was written",
    "SQLITE_CANTOPEN": "cannot be opened; see whether its folder can be read and written",
    "SQLITE_IOERR": "is on a disk that reports an error; nothing was written",
    "SQLITE_TOOBIG": "cannot hold a value of more than a gigabyte; nothing was written",
}


def _engine(path: Path, patience: float) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: _connection(path, patience), poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def _connection(path: Path, patience: float) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=rwc"
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    with suppress(sqlite3.OperationalError):  # another process may be switching it this instant; both modes are safe
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: two that read first and write then would meet halfway."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
