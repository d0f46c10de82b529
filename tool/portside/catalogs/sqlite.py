"""One SQLite file as the database of a catalog: how it is opened, held, and what it complains of.

The rule: what SQLite says leaves here as half a sentence about the file.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from portside.catalogs import lock, text
from portside.catalogs.store import STATEMENTS
from portside.errors import CatalogUnreachable

BUSY_SECONDS = 5.0
"""How long a write waits for another process to end its own."""

_LOG_PAGES = 8_000
"""The log is folded back into the file when it has so many pages, 32 MB: pages that change often are folded once."""

_CACHE_KIB = 16_000

_DAMAGED = "is damaged; put a copy back, or move the file away and apply again"


class SQLiteFile:
    """The file; nothing is made before something is written."""

    def __init__(self, path: Path, patience: float = BUSY_SECONDS) -> None:
        self._path = path
        self._patience = patience
        self._turn = threading.Lock()

    @property
    def shown(self) -> str:
        """How the catalog is told from others."""
        return str(self._path)

    @property
    def key_file(self) -> Path | None:
        """Where the key of stored secrets is kept; None: nowhere but in the environment."""
        return self._path.with_name(f"{self._path.name}.key")

    @property
    def damaged(self) -> str:
        """What to do about a file that is not whole."""
        return _DAMAGED

    def exists(self) -> bool:
        """Whether there is something at all. Raises CatalogUnreachable, in half a sentence, for what is no file."""
        try:
            if self._path.exists() and not self._path.is_file():
                found = "a folder" if self._path.is_dir() else "a pipe or a device"
                raise CatalogUnreachable(f"is {found}; a catalog is one file")
            return self._path.exists()
        except OSError as error:
            raise CatalogUnreachable(f"cannot be opened: {error.strerror or error}") from error

    def make(self) -> None:
        """Make the folder; the file comes by itself."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogUnreachable(f"cannot be made: {error.strerror or error}") from error

    def engine(self) -> Engine:
        made = create_engine(
            "sqlite://",
            creator=lambda: _connection(self._path, self._patience),
            poolclass=QueuePool,
            query_cache_size=STATEMENTS,
            hide_parameters=True,  # what is written stands in no error, and so in no log
            json_serializer=text.of,
            json_deserializer=text.value,
        )
        event.listen(made, "begin", _begin)
        return made

    def turn(self) -> AbstractContextManager[object]:
        """The right to write, among the threads of this process: SQLite itself would make them poll for it."""
        return self._turn

    def migrating(self, connection: Connection) -> None:
        """Keep other processes from migrating meanwhile: a transaction that writes does that already."""

    def hold(self, catalog: str, who: str, since: str) -> AbstractContextManager[None]:
        """As Catalog.hold."""
        return lock.held(self._path.with_name(f"{self._path.name}.lock"), catalog=catalog, who=who, since=since)

    def busy(self, error: BaseException | None) -> bool:
        """Whether another process is writing, and would not stop."""
        return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))

    def complaint(self, error: BaseException | None) -> str:
        """What is wrong, as the rest of a sentence that begins with the catalog."""
        for prefix, sentence in _COMPLAINTS.items():
            if _name(error).startswith(prefix):
                return sentence
        return f"cannot be used: {error}"


def _name(error: BaseException | None) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


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


def _connection(path: Path, patience: float) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=rwc"
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    with suppress(sqlite3.OperationalError):  # another process may be switching it this instant; both modes are safe
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: two that read first and write then would meet halfway."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
