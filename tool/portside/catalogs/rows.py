"""Entities in the store: rows to entities and back, and their links beside them.

The rule: an entity and its links are written together, so holders are always found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from portside.catalogs import tables
from portside.catalogs.entity import Entity, Key, Stamp, pointed
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

_columns = tables.entities.c
_links = tables.links.c
_BATCH = 500

_UPDATE = (
    update(tables.entities)
    .where(_columns.blueprint == bindparam("of"), _columns.identifier == bindparam("named"))
    .values(
        {
            key: bindparam(key)
            for key in ("title", "icon", "team", "properties", "relations", "updated_at", "updated_by")
        }
    )
)


class Holder(NamedTuple):
    """An entity that points at another, and by which relation."""

    key: Key
    relation: str


def find(connection: Connection, key: Key) -> Entity | None:
    """The entity of that name."""
    row = connection.execute(select(tables.entities).where(*_named(key))).one_or_none()
    return None if row is None else _entity(row)


def exists(connection: Connection, key: Key) -> bool:
    return connection.execute(select(_columns.identifier).where(*_named(key))).scalar() is not None


def all_of(connection: Connection, blueprint: str) -> Iterator[Entity]:
    """The entities of a blueprint by identifier, read as they are asked for."""
    query = select(tables.entities).where(_columns.blueprint == blueprint).order_by(_columns.identifier)
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        yield _entity(row)


def several(connection: Connection, blueprint: str, identifiers: Iterable[str]) -> Iterator[Entity]:
    """The entities of those names, as far as they are there."""
    left = iter(identifiers)
    while batch := list(islice(left, _BATCH)):
        query = select(tables.entities).where(_columns.blueprint == blueprint, _columns.identifier.in_(batch))
        yield from (_entity(row) for row in connection.execute(query.order_by(_columns.identifier)))


def count(connection: Connection, blueprint: str) -> int:
    """How many entities a blueprint has."""
    query = select(func.count()).select_from(tables.entities).where(_columns.blueprint == blueprint)
    return int(connection.execute(query).scalar_one())


def add(connection: Connection, entity: Entity, blueprint: Blueprint) -> None:
    """Store an entity that was not there."""
    connection.execute(
        insert(tables.entities).values(
            blueprint=entity.key.blueprint,
            identifier=entity.key.identifier,
            created_at=entity.created.at,
            created_by=entity.created.by,
            **_written(entity),
        )
    )
    _link(connection, entity, blueprint)


def put(connection: Connection, entity: Entity, blueprint: Blueprint) -> None:
    """Store an entity in the place of the one there is."""
    connection.execute(_UPDATE, _update(entity))
    connection.execute(delete(tables.links).where(*_linked(entity.key)))
    _link(connection, entity, blueprint)


def put_all(connection: Connection, changed: Iterable[Entity]) -> None:
    """Store many entities in the place of those there are; their links are the caller's concern."""
    left = iter(changed)
    while batch := list(islice(left, _BATCH)):
        connection.execute(_UPDATE, [_update(entity) for entity in batch])


def unlink(connection: Connection, blueprint: str, relation: str) -> None:
    """Forget what all entities of a blueprint hold in a relation."""
    connection.execute(delete(tables.links).where(_links.blueprint == blueprint, _links.relation == relation))


def erase(connection: Connection, key: Key) -> None:
    """Forget an entity and what it points at; who points at it is the caller's concern."""
    connection.execute(delete(tables.entities).where(*_named(key)))


def erase_all(connection: Connection, blueprint: str) -> None:
    """Forget all entities of a blueprint."""
    connection.execute(delete(tables.entities).where(_columns.blueprint == blueprint))


def holders(connection: Connection, key: Key) -> list[Holder]:
    """Which entities point at this one, itself included."""
    query = select(_links.blueprint, _links.identifier, _links.relation).where(
        _links.target_blueprint == key.blueprint, _links.target == key.identifier
    )
    rows = connection.execute(query.order_by(_links.blueprint, _links.identifier, _links.relation))
    return [Holder(Key(row.blueprint, row.identifier), row.relation) for row in rows]


def holding_several(connection: Connection, blueprint: str, relation: str) -> int:
    """How many entities of a blueprint hold more than one target of a relation."""
    each = (
        select(_links.identifier)
        .where(_links.blueprint == blueprint, _links.relation == relation)
        .group_by(_links.identifier)
        .having(func.count() > 1)
    )
    return int(connection.execute(select(func.count()).select_from(each.subquery())).scalar_one())


def _named(key: Key) -> tuple[JSON, JSON]:
    return _columns.blueprint == key.blueprint, _columns.identifier == key.identifier


def _linked(key: Key) -> tuple[JSON, JSON]:
    return _links.blueprint == key.blueprint, _links.identifier == key.identifier


def _entity(row: Row[Any]) -> Entity:
    return Entity(
        Key(row.blueprint, row.identifier),
        row.title,
        row.icon,
        row.team,
        row.properties,
        row.relations,
        Stamp(row.created_at, row.created_by),
        Stamp(row.updated_at, row.updated_by),
    )


def _written(entity: Entity) -> Body:
    return {
        "title": entity.title,
        "icon": entity.icon,
        "team": entity.team,
        "properties": entity.properties,
        "relations": entity.relations,
        "updated_at": entity.updated.at,
        "updated_by": entity.updated.by,
    }


def _update(entity: Entity) -> Body:
    return {"of": entity.key.blueprint, "named": entity.key.identifier, **_written(entity)}


def _link(connection: Connection, entity: Entity, blueprint: Blueprint) -> None:
    rows = [
        {
            "blueprint": entity.key.blueprint,
            "identifier": entity.key.identifier,
            "relation": relation,
            "target": target,
            "target_blueprint": target_blueprint,
        }
        for relation, target_blueprint, target in pointed(entity, blueprint.relations)
    ]
    if rows:
        connection.execute(insert(tables.links), rows)
