"""The embedded catalog: resources, entities and deliveries in one file, behaving as Port does.

The rule: nothing is made before something is written; every write is one transaction, and what comes back was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection

from portside.catalogs import clock, counting, deliveries, entities, ingest, moves, performing, resources, rows
from portside.catalogs.draft import Draft
from portside.catalogs.entities import Transaction, Written
from portside.catalogs.entity import Key, Stamp
from portside.catalogs.events import UNKNOWN, Origin
from portside.catalogs.ingest import Received, Taken
from portside.catalogs.jointly import Jointly
from portside.catalogs.mover import Mover
from portside.catalogs.reading import Reading
from portside.catalogs.sealing import Secrets
from portside.catalogs.sqlite import BUSY_SECONDS, SQLiteFile
from portside.catalogs.store import Database, Store
from portside.catalogs.system import Served
from portside.errors import CatalogUnreachable
from portside.jq.engine import whole
from portside.mappings.evaluate import evaluate
from portside.model.blueprint import Blueprint
from portside.model.entity import Remove, Upsert
from portside.model.resource import Body, Ref, Resource, State
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Step

AUTHOR = "portside"
"""`createdBy` and `updatedBy` of what a plan wrote; Port gives the client id."""


class LocalCatalog:
    """A catalog in a database; open it with `LocalCatalog.open`, and close it, or use it in a with block."""

    parallel = 1
    """Writers take turns anyway."""

    def __init__(self, store: Store, name: str, secrets: Secrets, now: Callable[[], str]) -> None:
        self.name = name
        self._store = store
        self._secrets = secrets
        self._now = now
        self._parsed = resources.Parsed()
        self.jointly = Jointly(partial(self.writing, AUTHOR))
        self.mover = Mover(partial(moves.finish, self))

    @classmethod
    def open(
        cls,
        path: Path,
        name: str = "local",
        secrets: Mapping[str, str] | None = None,
        now: Callable[[], str] = clock.now,
        patience: float = BUSY_SECONDS,
    ) -> LocalCatalog:
        """The catalog in the file; one that is not there yet is an empty catalog.

        `secrets` is where the names of secrets are looked up: the environment, say. `patience` is how many seconds a
        write waits for that of another process. Raises CatalogUnreachable for a file that is something else.
        """
        return cls._opened(SQLiteFile(path, patience), name, secrets, now)

    @classmethod
    def at(
        cls,
        address: str,
        name: str = "local",
        secrets: Mapping[str, str] | None = None,
        now: Callable[[], str] = clock.now,
        patience: float = BUSY_SECONDS,
    ) -> LocalCatalog:
        """The catalog in the PostgreSQL database at the address, otherwise as `open`. The database must be there."""
        from portside.catalogs.postgresql import PostgreSQL  # a catalog in a file needs none

        return cls._opened(PostgreSQL(address, patience), name, secrets, now)

    @classmethod
    def _opened(
        cls, database: Database, name: str, secrets: Mapping[str, str] | None, now: Callable[[], str]
    ) -> LocalCatalog:
        store = Store(database, name)
        with store.reading():
            return cls(store, name, Secrets(secrets or {}, database.key_file), now)

    @property
    def secrets(self) -> Secrets:
        """Where the names of secrets are looked up, and the keys for those that came over the API."""
        return self._secrets

    def prepare(self) -> None:
        """Make the database when there is none, so that every reading finds one."""
        self._store.prepare()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One consistent look at everything. Raises CatalogUnreachable where nothing was ever written."""
        with self._store.reading() as connection:
            if connection is None:
                raise CatalogUnreachable(f"catalog '{self.name}' is not there yet; apply to it first")
            yield self._reading(connection)

    @contextmanager
    def writing(self, author: str, *, related: bool = False, origin: Origin = UNKNOWN) -> Iterator[Transaction]:
        """One transaction, written as that author: all of it is stored when the block ends, nothing when it raises."""
        with self._store.writing() as connection:
            draft = Draft(connection, self._blueprints(connection))
            yield Transaction(draft, Stamp(self._now(), author), related, origin)
            draft.flush()

    def read(self) -> State:
        with self._store.reading() as connection:
            return resources.every(connection) if connection else State()

    def reread(self, ref: Ref) -> Resource | None:
        with self._store.reading() as connection:
            return resources.one(connection, ref) if connection else None

    def document(self, ref: Ref) -> Body | None:
        """A resource as Port's API gives it: with dates, and for a webhook its key and address."""
        with self._store.reading() as connection:
            return resources.document(connection, ref) if connection else None

    def perform(self, step: Step) -> Resource | None:
        with self._store.writing() as connection:
            return performing.perform(connection, step, Stamp(self._now(), AUTHOR))

    def count(self, danger: Danger) -> Loss | None:
        with self._store.reading() as connection:
            return counting.count(connection, danger) if connection else Loss(0, 0)

    def hold(self, who: str) -> AbstractContextManager[None]:
        return self._store.database.hold(self.name, who, self._now())

    def entity(self, blueprint: str, identifier: str) -> Body | None:
        """An entity as Port gives it; None when there is none."""
        with self._store.reading() as connection:
            found = rows.find(connection, Key(blueprint, identifier)) if connection else None
            return self._reading(connection).document(found) if connection and found else None

    def entities(self, blueprint: str) -> Iterator[Body]:
        """The entities of a blueprint as Port gives them, by identifier, in one consistent look."""
        with self._store.reading() as connection:
            if connection:
                reading = self._reading(connection)
                yield from reading.documents(rows.all_of(connection, blueprint))

    def entity_count(self, blueprint: str) -> int:
        with self._store.reading() as connection:
            return rows.count(connection, blueprint) if connection else 0

    def create(self, change: Upsert, *, related: bool = True) -> Written:
        """Create one entity that is not there yet."""
        with self.writing(AUTHOR, related=related) as within:
            return entities.create(within, change.blueprint, change.identifier, change.fields)

    def upsert(self, change: Upsert, *, related: bool = True) -> Written:
        """Create or merge one entity. `related`: create what its relations name and nobody has, instead of refusing."""
        with self.writing(AUTHOR, related=related) as within:
            return entities.upsert(within, change.blueprint, change.identifier, change.fields)

    def override(self, change: Upsert, *, related: bool = True) -> Written:
        """Create one entity, or put it in the place of the one there is."""
        with self.writing(AUTHOR, related=related) as within:
            return entities.override(within, change.blueprint, change.identifier, change.fields)

    def remove(self, change: Remove) -> Written:
        """Delete one entity, and as the change says those that require it."""
        with self.writing(AUTHOR) as within:
            return entities.remove(within, Key(change.blueprint, change.identifier), dependents=change.dependents)

    def receive(
        self,
        webhook: str,
        raw: bytes,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        unsigned: bool = False,
    ) -> Received:
        """One delivery to a webhook: checked, carried out and kept. `unsigned`: without looking at its signature.

        Raises CatalogRefused when there is no such webhook, or no value for the name of its secret.
        """
        with self._store.reading() as connection:
            to = ingest.addressee(connection, webhook)
        one = ingest.taken(
            to, raw, whole(dict(headers or {})), whole(dict(query or {})), self._secrets, unsigned=unsigned
        )
        return one if isinstance(one, Received) else self.carry_out(one)

    def carry_out(self, one: Taken) -> Received:
        """Keep a delivery that is right, and what it does at once."""
        found = evaluate(one.to.webhook, one.delivery, one.to.blueprints)
        with self.writing(AUTHOR, related=True) as within:
            return ingest.stored(within, one, found)

    def delivery(self, number: int) -> Body | None:
        """A delivery that was kept: what came, and what it did."""
        with self._store.reading() as connection:
            return deliveries.one(connection, number) if connection else None

    def deliveries(
        self,
        webhook: str | None = None,
        limit: int = 100,
        status: str | None = None,
        before: int | None = None,
    ) -> list[Body]:
        """The last deliveries, newest first, without their bodies; `before`: those with a smaller number."""
        with self._store.reading() as connection:
            return deliveries.latest(connection, limit, webhook, status, before) if connection else []

    def _reading(self, connection: Connection) -> Reading:
        return Reading(connection, self._blueprints(connection), self._now())

    def _blueprints(self, connection: Connection) -> Mapping[str, Blueprint]:
        return Served(resources.StoredBlueprints(connection, parsed=self._parsed))

    def close(self) -> None:
        """Let go of the database. What was written is written, closed or not."""
        self.mover.stop()
        self._store.close()

    def __enter__(self) -> LocalCatalog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
