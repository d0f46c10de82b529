"""PostgreSQL as the database of a catalog: how it is reached, who writes, who holds it, and what it complains of.

The rule: one transaction writes at a time, as on SQLite, so what a writer has read stays true until it has written; and
no sentence shows a password.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event

from portside.catalogs import complaints, text
from portside.catalogs.store import STATEMENTS
from portside.errors import CatalogHeld, CatalogUnreachable

if TYPE_CHECKING:
    import psycopg

_STATEMENT_SECONDS = 300
"""So long may one statement take, but for those of a migration."""

_IDLE_SECONDS = 60
"""So long may a writer be silent in its transaction: what is stopped or cut off does not keep the others out."""

_PARTING = 500
"""Milliseconds before a lock is said to be held: so long the server may take to notice that a holder was killed."""

_CONNECTIONS = 10
"""At most so many of one process; PostgreSQL has a hundred for everybody."""

_SPACE = 0x706F7274
_WRITING, _HELD = 1, 2
"""Advisory locks: (space, which). Each is one database's own."""

_MARK = "-- for "
_HIDDEN = "postgresql://…"

_NETWORK = {
    "application_name": "portside",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
"""A server that says nothing any more is found out within half a minute."""


class PostgreSQL:
    """The database at a `postgresql://` address, which must be there; its tables are made by the first write."""

    def __init__(self, address: str, patience: float) -> None:
        self._address = address
        self._patience = patience
        self._turn = threading.Lock()

    @property
    def shown(self) -> str:
        """The address without a password."""
        return _shown(self._address)

    @property
    def key_file(self) -> Path | None:
        """None: several machines may share the database, and then they must share the key."""
        return None

    @property
    def damaged(self) -> str:
        """What to do about a catalog that is not whole."""
        return complaints.DAMAGED

    def exists(self) -> bool:
        """Always: whether there is a database is found out by connecting to it."""
        return True

    def make(self) -> None:
        """Nothing: a database is made by who runs the server."""

    def engine(self) -> Engine:
        self._mind_driver()
        made = create_engine(
            "postgresql+psycopg://",
            creator=self._connected,
            pool_pre_ping=True,
            pool_size=_CONNECTIONS // 2,
            max_overflow=_CONNECTIONS - _CONNECTIONS // 2,
            pool_timeout=self._patience,
            query_cache_size=STATEMENTS,
            hide_parameters=True,  # what is written stands in no error, and so in no log
            json_serializer=text.of,
            json_deserializer=text.value,
        )
        event.listen(made, "begin", _begin)
        return made

    def turn(self) -> AbstractContextManager[object]:
        """The right to write, among the threads of this process: those that wait need no connection."""
        return self._turn

    def migrating(self, connection: Connection) -> None:
        """Keep other processes from migrating meanwhile: a transaction that writes does that already."""
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # as long as it takes

    @contextmanager
    def hold(self, catalog: str, who: str, since: str) -> Iterator[None]:
        """As Catalog.hold."""
        from psycopg import Error

        try:
            connection = self._connected(autocommit=True)
        except Error as error:
            raise self._unholdable(catalog, error) from error
        with connection:
            try:
                holder = _take(connection, who, since)
            except Error as error:
                raise self._unholdable(catalog, error) from error
            if holder is not None:
                raise CatalogHeld(f"catalog '{catalog}' is held by {holder}; wait for it to end")
            yield

    def busy(self, error: BaseException | None) -> bool:
        """Whether another process is writing, and would not stop."""
        return complaints.busy(error)

    def complaint(self, error: BaseException | None) -> str:
        """What is wrong, as the rest of a sentence that begins with the catalog."""
        return complaints.complaint(error)

    def _unholdable(self, catalog: str, error: BaseException) -> CatalogUnreachable:
        return CatalogUnreachable(f"catalog '{catalog}' ({self.shown}) {self.complaint(error)}")

    def _connected(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        import psycopg

        given: dict[str, Any] = {**_NETWORK, **psycopg.conninfo.conninfo_to_dict(self._address)}
        milliseconds = max(1, round(self._patience * 1000))  # 0 would be for ever
        settings = f"-c lock_timeout={milliseconds} -c statement_timeout={_STATEMENT_SECONDS * 1000}"
        given["options"] = f"{given.get('options') or ''} {settings}".strip()
        return psycopg.connect(psycopg.conninfo.make_conninfo(**given), autocommit=autocommit)

    def _mind_driver(self) -> None:
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise CatalogUnreachable("needs an extra: pip install 'portside[postgresql]'") from error
        try:
            psycopg.conninfo.conninfo_to_dict(self._address)
        except psycopg.ProgrammingError:  # its message repeats the address, and with it the password
            raise CatalogUnreachable(
                "is no address of PostgreSQL; write postgresql://USER@HOST:PORT/DATABASE"
            ) from None


def _begin(connection: Connection) -> None:
    """A reader sees one moment and writes nothing; a writer waits for its turn, and sees what came before it.

    READ COMMITTED, since a snapshot would be as old as the waiting: each statement after the lock sees everything that
    the writer before has committed, and nobody else writes meanwhile.
    """
    from psycopg import IsolationLevel

    writes = bool(connection.get_execution_options().get("writes"))
    driver: Any = connection.connection.driver_connection
    driver.set_isolation_level(IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ)
    driver.set_read_only(None if writes else True)  # None: as the server has it, which may be a copy that takes nothing
    if writes:
        connection.exec_driver_sql(
            f"SELECT set_config('idle_in_transaction_session_timeout', '{_IDLE_SECONDS}s', true),"
            f" pg_advisory_xact_lock({_SPACE}, {_WRITING})"
        )


def _take(connection: psycopg.Connection[Any], who: str, since: str) -> str | None:
    """Take the lock for as long as the connection lives; who has it, when somebody has.

    The server ends it with the connection, however that ends. Who it is stands in the text of the statement that took
    it, where the server shows it to the same user, and is only for people.
    """
    from psycopg.errors import LockNotAvailable

    words = " ".join(f"{who} since {since}".replace("\0", " ").split())
    connection.execute(f"SET lock_timeout = {_PARTING}")
    try:
        connection.execute(f"SELECT pg_advisory_lock({_SPACE}, {_HELD}) {_MARK}{words}".encode())
    except LockNotAvailable:
        return _holder(connection)
    return None


def _holder(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(
        "SELECT activity.query FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)"
        f" WHERE locktype = 'advisory' AND granted AND classid = {_SPACE} AND objid = {_HELD}"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ).fetchone()
    return str(row[0] if row else "").partition(_MARK)[2] or "another process"


def _shown(address: str) -> str:
    """What of an address says where, and nothing that could be part of a password."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _HIDDEN
    odd = "@" in parts.path + parts.query + parts.fragment  # a password with a / or ? in it
    if odd or parts.scheme not in ("postgresql", "postgres"):
        return _HIDDEN
    host = f"[{host}]" if ":" in host else host
    user = f"{parts.username}@" if parts.username else ""
    folder = "".join(f"?host={value}" for value in parse_qs(parts.query).get("host", ())[:1])
    return f"postgresql://{user}{host}{f':{port}' if port else ''}{parts.path}{folder}"
