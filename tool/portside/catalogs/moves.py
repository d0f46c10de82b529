"""Port's migrations: what is done to all entities of a blueprint after the request for it was answered.

The rule: a batch, and how far it got, are one transaction; so whoever goes on after an interruption, in this process or
another one, does what is left and nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Row, insert, select, update

from portside.catalogs import tables
from portside.catalogs.clearing import clear, clearable, end
from portside.catalogs.entities import Transaction
from portside.catalogs.entity import Stamp
from portside.catalogs.events import Origin
from portside.catalogs.keys import random_key
from portside.catalogs.moving import Moved, Seen, evaluation, mapped, mapping_of, outcomes, seen
from portside.catalogs.reading import Reading
from portside.errors import CatalogRefused, CatalogUnreachable
from portside.mappings.evaluate import Evaluation
from portside.model.entity import Outcome
from portside.model.resource import Body

log = logging.getLogger("portside.migrations")

BATCH = 200
"""So many entities are done in one transaction: others who write wait no longer than that."""

_columns = tables.migrations.c


class Status(StrEnum):
    """Where a migration stands: Port's words, as far as the embedded catalog has them."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILURE = "FAILURE"
    CANCELLED = "CANCELLED"


OPEN = (Status.PENDING, Status.RUNNING)
"""What is still to be gone on with."""


class Catalog(Protocol):
    """What moves need of a catalog."""

    def reading(self) -> AbstractContextManager[Reading]:
        """As LocalCatalog.reading."""

    def writing(self, author: str, *, related: bool = False) -> AbstractContextManager[Transaction]:
        """As LocalCatalog.writing."""


def begin_clearing(within: Transaction, blueprint: str, *, delete_blueprint: bool, run: str | None = None) -> Body:
    """Ask that all entities of a blueprint be deleted, and then perhaps the blueprint. Raises CatalogRefused.

    `run` is the action run that the audit log shall name.
    """
    clearable(within, blueprint, delete_blueprint=delete_blueprint)
    return _begun(within, blueprint, {"deleteEntities": True, "deleteBlueprint": delete_blueprint, "run": run})


def begin_mapping(within: Transaction, source: str, mapping: Body) -> Body:
    """Ask that all entities of a blueprint go through a mapping, as deliveries do. Raises CatalogRefused."""
    return _begun(within, source, {"mapping": mapping_of(within, source, mapping)})


def listed(
    connection: Connection, statuses: Sequence[str] = (), actor: str | None = None, blueprint: str | None = None
) -> list[Body]:
    """Migrations as Port's API gives them, the newest first."""
    query = select(tables.migrations).order_by(_columns.created_at.desc(), _columns.id)
    if statuses:
        query = query.where(_columns.status.in_(statuses))
    if actor is not None:
        query = query.where(_columns.actor == actor)
    found = [_document(row) for row in connection.execute(query)]
    return [one for one in found if blueprint is None or blueprint in _concerned(one)]


def one(connection: Connection, identifier: str) -> Body:
    """One migration. Raises CatalogRefused where there is none."""
    return _document(_row(connection, identifier))


def cancel(within: Transaction, identifier: str, reason: str = "") -> Body:
    """Stop a migration after the batch it is at; what is done stays done. Raises CatalogRefused for one that ended."""
    row = _row(within.connection, identifier)
    if row.status not in OPEN:
        raise CatalogRefused(f"migration '{identifier}' has ended: {row.status}", reason="conflict")
    body = {**row.body, **({"reason": reason} if reason else {})}
    _store(within, identifier, Status.CANCELLED, body)
    return one(within.connection, identifier)


def finish(catalog: Catalog, going: Callable[[], bool] = lambda: True) -> None:
    """Go on with what was begun, the oldest first, until nothing is left or it is no longer `going`."""
    while going() and _batch(catalog):
        pass


class _Made(NamedTuple):
    """What a mapping made of the next entities, before anything of it is written."""

    mapping: Evaluation
    entities: Sequence[tuple[Seen, Outcome]]


def _batch(catalog: Catalog) -> bool:
    """One batch of the oldest migration that has not ended; False: there is none."""
    with catalog.reading() as look:
        row = _oldest(look.connection)
        read = _read(look, row) if row is not None else None
    if row is None:
        return False
    try:
        made = _Made(read[0], list(zip(read[1], outcomes(*read), strict=False))) if read else None
        _written(catalog, row, made)
    except CatalogUnreachable:
        raise
    except Exception:  # a fault of ours over one migration ends that one, or it would come first for ever
        log.exception("migration %s could not go on", row.id)
        _fail(catalog, row)
    return True


def _oldest(connection: Connection) -> Row[Any] | None:
    query = select(tables.migrations).where(_columns.status.in_(OPEN))
    return connection.execute(query.order_by(_columns.created_at, _columns.id).limit(1)).one_or_none()


def _read(look: Reading, row: Row[Any]) -> tuple[Evaluation, list[Seen]] | None:
    """What there is to evaluate next; None for a migration that has no mapping."""
    if (mapping := row.body.get("mapping")) is None:
        return None
    names = _after(look.connection, row.source_blueprint, row.body.get("after", ""), _author(row))
    return evaluation(look, mapping), seen(look, row.source_blueprint, names)


def _written(catalog: Catalog, row: Row[Any], made: _Made | None) -> None:
    """Store a batch, unless somebody else went on with the migration meanwhile."""
    with catalog.writing("migration", related=True) as within:
        if _oldest(within.connection) != row:
            return
        stamp = Stamp(within.stamp.at, _author(row))
        _step(replace(within, stamp=stamp, origin=Origin(run=row.body.get("run"))), row, made)


def _fail(catalog: Catalog, row: Row[Any]) -> None:
    with catalog.writing("migration") as within:
        _store(within, row.id, Status.FAILURE, {**row.body, "reason": "a fault of the server; its log says more"})


def _author(row: Row[Any]) -> str:
    return f"migration/{row.id}"


def _step(within: Transaction, row: Row[Any], made: _Made | None) -> None:
    body = dict(row.body)
    names = _names(within, row, made)
    if names:
        moved = mapped(within, *made) if made else Moved(*clear(within, row.source_blueprint, names))
        counts = {key: body.get(key, 0) + more for key, more in moved._asdict().items()}
        _store(within, row.id, Status.RUNNING, {**body, **counts, "after": names[-1]})
        return
    reason = end(within, row.source_blueprint, body) if body.get("deleteEntities") else ""
    status = Status.FAILURE if reason else Status.COMPLETED
    _store(within, row.id, status, {**body, **({"reason": reason} if reason else {})})


def _names(within: Transaction, row: Row[Any], made: _Made | None) -> list[str]:
    """The entities of this batch; none: the migration is through."""
    if made:
        return [one.key.identifier for one, _ in made.entities]
    return _after(within.connection, row.source_blueprint, row.body.get("after", ""), within.stamp.by)


def _after(connection: Connection, blueprint: str, last: str, author: str) -> list[str]:
    """The next entities by identifier, without those that the migration itself created."""
    columns = tables.entities.c
    query = select(columns.identifier).where(
        columns.blueprint == blueprint, columns.identifier > last, columns.created_by != author
    )
    return list(connection.execute(query.order_by(columns.identifier).limit(BATCH)).scalars())


def _begun(within: Transaction, source: str, body: Body) -> Body:
    identifier = random_key()
    stamp = within.stamp
    within.connection.execute(
        insert(tables.migrations).values(
            id=identifier,
            source_blueprint=source,
            actor=stamp.by,
            status=Status.PENDING.value,
            body=body,
            created_at=stamp.at,
            updated_at=stamp.at,
        )
    )
    return one(within.connection, identifier)


def _store(within: Transaction, identifier: str, status: Status, body: Body) -> None:
    values = {"status": status.value, "body": body, "updated_at": within.stamp.at}
    within.connection.execute(update(tables.migrations).where(_columns.id == identifier).values(values))


def _row(connection: Connection, identifier: str) -> Row[Any]:
    row = connection.execute(select(tables.migrations).where(_columns.id == identifier)).one_or_none()
    if row is None:
        raise CatalogRefused(f"migration '{identifier}' is not there", reason="not_found")
    return row


def _document(row: Row[Any]) -> Body:
    told = {key: value for key, value in row.body.items() if key not in _INNER}
    return {
        "id": row.id,
        "actor": row.actor,
        "sourceBlueprint": row.source_blueprint,
        **told,
        "status": row.status,
        "successCount": row.body.get("successes", 0),
        "failureCount": row.body.get("failures", 0),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


_INNER = frozenset({"after", "successes", "failures", "run"})
"""How far it got: told in other words, or not at all."""


def _concerned(document: Body) -> Iterator[str]:
    yield document["sourceBlueprint"]
    if mapping := document.get("mapping"):
        yield mapping["blueprint"]
