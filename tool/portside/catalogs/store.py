"""The database of the embedded catalog: its transactions, its version, and what can be wrong with it.

The rule: a transaction is whole or it never was, and whatever the database complains of leaves here as one sentence.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, insert, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from portside.catalogs.migrated import MIGRATIONS
from portside.catalogs.tables import meta, metadata
from portside.errors import CatalogHeld, CatalogUnreachable

SCHEMA_VERSION = len(MIGRATIONS) + 1
"""What this portside writes."""

STATEMENTS = 200
"""So many statements are kept compiled: portside's own find room, and a search is hardly ever asked for twice alike."""


class Database(Protocol):
    """What a store stands on: an SQLite file, or PostgreSQL."""

    @property
    def shown(self) -> str:
        """How the catalog is told from others, without a password."""

    @property
    def key_file(self) -> Path | None:
        """Where the key of stored secrets is kept; None: nowhere but in the environment."""

    @property
    def damaged(self) -> str:
        """What is to be done about a catalog that is not whole, as the rest of a sentence."""

    def exists(self) -> bool:
        """Whether there is something at all; False: a reading finds nothing, a writing makes it."""

    def make(self) -> None:
        """What must be there before a connection."""

    def engine(self) -> Engine:
        """A new engine. Its connections that have the execution option `writes` are for transactions that write."""

    def turn(self) -> AbstractContextManager[object]:
        """Taken around every transaction that writes."""

    def migrating(self, connection: Connection) -> None:
        """Called first in a transaction that may migrate: of several processes one goes on, the others wait."""

    def hold(self, catalog: str, who: str, since: str) -> AbstractContextManager[None]:
        """As Catalog.hold."""

    def busy(self, error: BaseException | None) -> bool:
        """Whether an error means that another process is writing, and would not stop."""

    def complaint(self, error: BaseException | None) -> str:
        """What an error means, as the rest of a sentence that begins with the catalog."""


class Store:
    """One database. Nothing is opened before it is needed, and nothing is made before something is written."""

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self._name = name
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
            self.prepare()
            with self._transaction() as connection:
                yield connection

    def prepare(self) -> None:
        """Make what is missing, and bring what is older up to date."""
        with self._sentences():
            if not self._exists() or not self._ready:
                self._make_ready()

    def close(self) -> None:
        """Let go of the database."""
        if self._engine:
            self._engine.dispose()
            self._engine = None

    def _exists(self) -> bool:
        with self._named():
            return self.database.exists()

    def _examined(self) -> bool:
        """Whether there is a catalog in the database, an older one being brought up to date; False: it is empty."""
        with self._connected().connect() as connection, connection.begin():
            version = self._version(connection)
        if 0 < version < SCHEMA_VERSION:
            self._make_ready()
        self._ready = version > 0
        return self._ready

    def _make_ready(self) -> None:
        """Make what is missing, up to the version of today; of several processes that try, one does it."""
        with self._named():
            self.database.make()
        with self._transaction() as connection:
            self.database.migrating(connection)
            version = self._version(connection)
            for migration in _missing(version):
                migration(connection)
            if version < SCHEMA_VERSION:
                connection.execute(delete(meta).where(meta.c.name == "schema"))
                connection.execute(insert(meta).values(name="schema", value=str(SCHEMA_VERSION)))
        self._ready = True

    def _version(self, connection: Connection) -> int:
        """The version of the database. Raises for a newer one, and for the database of something else."""
        names = inspect(connection).get_table_names()
        if not names:
            return 0
        if not {"meta", "resources"} <= set(names):
            raise CatalogUnreachable(f"{self._shown} is a database, but not a catalog of portside's; name another one")
        text = str(connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar())
        found = int(text) if text.isdecimal() else 0
        if not found:
            raise CatalogUnreachable(f"{self._shown} {self.database.damaged}")
        if found > SCHEMA_VERSION:
            raise CatalogUnreachable(
                f"{self._shown} was written by a newer portside (schema {found}; this one knows {SCHEMA_VERSION});"
                " install the newer one"
            )
        return found

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with (
            self.database.turn(),
            self._connected().connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def _connected(self) -> Engine:
        if self._engine is None:
            with self._named():
                self._engine = self.database.engine()
            weakref.finalize(self, self._engine.dispose)  # the last to let go folds the log back into the file
        return self._engine

    @property
    def _shown(self) -> str:
        return f"catalog '{self._name}' ({self.database.shown})"

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except CatalogUnreachable as error:
            raise CatalogUnreachable(f"{self._shown} {error}") from error.__cause__

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except NoConnectionLeft as error:
            raise CatalogHeld(f"{self._shown} has more to do than it can; try again in a moment") from error
        except DBAPIError as error:
            raise self._unreachable(error.orig) from error
        except sqlite3.Error as error:
            raise self._unreachable(error) from error
        except JSONDecodeError as error:  # a document that was written whole and is no longer
            raise CatalogUnreachable(f"{self._shown} {self.database.damaged}") from error

    def _unreachable(self, error: BaseException | None) -> CatalogUnreachable:
        self._ready = False  # what comes back may be another database, or an empty one
        if self.database.busy(error):
            return CatalogHeld(f"{self._shown} is being written by another process; wait for it to end")
        return CatalogUnreachable(f"{self._shown} {self.database.complaint(error)}")


def _missing(version: int) -> Sequence[Callable[[Connection], object]]:
    """What brings a database of that version up to date; version 0 is an empty one."""
    return (metadata.create_all,) if version == 0 else MIGRATIONS[version - 1 :]
