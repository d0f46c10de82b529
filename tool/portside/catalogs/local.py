"""The embedded catalog: resources, entities and deliveries in one file, behaving as Port does.

The rule: nothing is made before something is written; every write is one transaction, and what comes back was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection

from portside.catalogs import clock, counting, deliveries, entities, ingest, performing, resources, rows
from portside.catalogs.entities import Transaction, Written
from portside.catalogs.entity import Key, Stamp
from portside.catalogs.ingest import Received, Status
from portside.catalogs.reading import Reading
from portside.catalogs.sqlite import BUSY_SECONDS, SQLiteFile
from portside.catalogs.store import Store
from portside.errors import CatalogUnreachable, Unreadable
from portside.mappings.delivery import received
from portside.mappings.evaluate import evaluate
from portside.model.entity import Remove, Upsert
from portside.model.resource import Body, Ref, Resource, State
from portside.model.webhook import Delivery
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Step

AUTHOR = "portside"
"""`createdBy` and `updatedBy` of what a plan wrote; Port gives the client id."""


class LocalCatalog:
    """A catalog in a database; open it with `LocalCatalog.open`, and close it, or use it in a with block."""

    def __init__(self, store: Store, name: str, secrets: Mapping[str, str], now: Callable[[], str]) -> None:
        self.name = name
        self._store = store
        self._secrets = secrets
        self._now = now

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
        store = Store(SQLiteFile(path, patience), name)
        with store.reading():
            return cls(store, name, secrets or {}, now)

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
    def writing(self, author: str, *, related: bool = False) -> Iterator[Transaction]:
        """One transaction, written as that author: all of it is stored when the block ends, nothing when it raises."""
        with self._store.writing() as connection:
            yield self._transaction(connection, author, related=related)

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
                yield from (reading.document(entity) for entity in rows.all_of(connection, blueprint))

    def entity_count(self, blueprint: str) -> int:
        with self._store.reading() as connection:
            return rows.count(connection, blueprint) if connection else 0

    def create(self, change: Upsert, *, related: bool = True) -> Written:
        """Create one entity that is not there yet."""
        with self._store.writing() as connection:
            within = self._transaction(connection, AUTHOR, related=related)
            return entities.create(within, change.blueprint, str(change.identifier), change.fields)

    def upsert(self, change: Upsert, *, related: bool = True) -> Written:
        """Create or merge one entity. `related`: create what its relations name and nobody has, instead of refusing."""
        with self._store.writing() as connection:
            within = self._transaction(connection, AUTHOR, related=related)
            return entities.upsert(within, change.blueprint, change.identifier, change.fields)

    def override(self, change: Upsert, *, related: bool = True) -> Written:
        """Create one entity, or put it in the place of the one there is."""
        with self._store.writing() as connection:
            within = self._transaction(connection, AUTHOR, related=related)
            return entities.override(within, change.blueprint, change.identifier, change.fields)

    def remove(self, change: Remove) -> Written:
        """Delete one entity, and as the change says those that require it."""
        with self._store.writing() as connection:
            within = self._transaction(connection, AUTHOR)
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
        came = Delivery(None, headers or {}, {}, raw)
        if refused := ingest.checked(to.webhook, came, self._secrets, unsigned=unsigned):
            return refused
        try:
            delivery = received(raw, headers, query)
        except Unreadable as error:
            return Received(Status.REFUSED, because=str(error), reason="invalid_json")
        found = evaluate(to.webhook, delivery, to.blueprints)
        with self._store.writing() as connection:
            return ingest.stored(connection, to, delivery, found, Stamp(self._now(), f"webhook/{webhook}"))

    def delivery(self, number: int) -> Body | None:
        """A delivery that was kept: what came, and what it did."""
        with self._store.reading() as connection:
            return deliveries.one(connection, number) if connection else None

    def deliveries(self, webhook: str | None = None, limit: int = 100) -> list[Body]:
        """The last deliveries, newest first, without their bodies."""
        with self._store.reading() as connection:
            return deliveries.latest(connection, limit, webhook) if connection else []

    def _reading(self, connection: Connection) -> Reading:
        return Reading(connection, resources.StoredBlueprints(connection), self._now())

    def _transaction(self, connection: Connection, author: str, *, related: bool = True) -> Transaction:
        return Transaction(connection, resources.StoredBlueprints(connection), Stamp(self._now(), author), related)

    def close(self) -> None:
        """Let go of the file. What was written is written, closed or not."""
        self._store.close()

    def __enter__(self) -> LocalCatalog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
