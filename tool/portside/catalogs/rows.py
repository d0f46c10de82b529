"""Entities in the store: rows to entities and back, their links and their values beside them.

The rule: an entity, its links and its values are written together, so holders and searches always find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from portside.catalogs import tables, values
from portside.catalogs.entity import Entity, Key, Stamp, pointed
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

_columns = tables.entities.c
_links = tables.links.c
_BATCH = 500

Blueprints = Mapping[str, Blueprint]


def _of(table: Table) -> ColumnElement[bool]:
    """Which rows of a table belong to the entity given as `of` and `named`."""
    return (table.c.blueprint == bindparam("of")) & (table.c.identifier == bindparam("named"))


_INSERT = insert(tables.entities)
_UPDATE = (
    update(tables.entities)
    .where(_of(tables.entities))
    .values(
        {
            key: bindparam(key)
            for key in ("title", "icon", "team", "properties", "relations", "updated_at", "updated_by")
        }
    )
)
_DELETE = delete(tables.entities).where(_of(tables.entities))
_LINK = insert(tables.links)
_UNLINK = delete(tables.links).where(_of(tables.links))
_VALUE = insert(tables.property_values)
_FORGET = delete(tables.property_values).where(_of(tables.property_values))
_UNVALUE = _FORGET.where(tables.property_values.c.property == bindparam("held"))


class Holder(NamedTuple):
    """An entity that points at another, and by which relation."""

    key: Key
    relation: str


def find(connection: Connection, key: Key) -> Entity | None:
    """The entity of that name."""
    row = connection.execute(select(tables.entities).where(*_named(key))).one_or_none()
    return None if row is None else of_row(row)


def exists(connection: Connection, key: Key) -> bool:
    return connection.execute(select(_columns.identifier).where(*_named(key))).scalar() is not None


def present(connection: Connection, blueprint: str, identifiers: Iterable[str]) -> Iterator[str]:
    """Which of those names there are."""
    left = iter(identifiers)
    while batch := list(islice(left, _BATCH)):
        query = select(_columns.identifier).where(_columns.blueprint == blueprint, _columns.identifier.in_(batch))
        yield from connection.execute(query).scalars()


def all_of(connection: Connection, blueprint: str) -> Iterator[Entity]:
    """The entities of a blueprint by identifier, read as they are asked for."""
    query = select(tables.entities).where(_columns.blueprint == blueprint).order_by(_columns.identifier)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:  # ended early, its cursor is closed
        for row in found:
            yield of_row(row)


def batches(connection: Connection, blueprint: str) -> Iterator[list[Entity]]:
    """The entities of a blueprint by identifier, some at a time; between two batches they may be written."""
    query = select(tables.entities).where(_columns.blueprint == blueprint, _columns.identifier > bindparam("last"))
    query, last = query.order_by(_columns.identifier).limit(_BATCH), ""
    while batch := [of_row(row) for row in connection.execute(query, {"last": last})]:
        yield batch
        last = batch[-1].key.identifier


def several(connection: Connection, blueprint: str, identifiers: Iterable[str]) -> Iterator[Entity]:
    """The entities of those names, as far as they are there."""
    left = iter(identifiers)
    while batch := list(islice(left, _BATCH)):
        query = select(tables.entities).where(_columns.blueprint == blueprint, _columns.identifier.in_(batch))
        yield from (of_row(row) for row in connection.execute(query.order_by(_columns.identifier)))


def count(connection: Connection, blueprint: str) -> int:
    """How many entities a blueprint has."""
    query = select(func.count()).select_from(tables.entities).where(_columns.blueprint == blueprint)
    return int(connection.execute(query).scalar_one())


def add(connection: Connection, entities: Sequence[Entity], blueprints: Blueprints) -> None:
    """Store entities that were not there."""
    _many(connection, _INSERT, [_inserted(entity) for entity in entities])
    _many(connection, _LINK, [link for entity in entities for link in _links_of(entity, blueprints)])
    _many(connection, _VALUE, [value for entity in entities for value in values_of(entity)])


def change(connection: Connection, changed: Sequence[tuple[Entity, Entity]], blueprints: Blueprints) -> None:
    """Store entities in the place of those there are: (before, after)."""
    _many(connection, _UPDATE, [_update(after) for _, after in changed])
    relinked = [after for before, after in changed if before.relations != after.relations]
    _many(connection, _UNLINK, [_at(entity.key) for entity in relinked])
    _many(connection, _LINK, [link for entity in relinked for link in _links_of(entity, blueprints)])
    differing = [(after, values.differing(before, after)) for before, after in changed]
    _many(connection, _UNVALUE, [{**_at(entity.key), "held": name} for entity, names in differing for name in names])
    _many(connection, _VALUE, [row for entity, names in differing for row in values.rows(entity, names)])


def put_all(connection: Connection, changed: Iterable[Entity]) -> None:
    """Store many entities, their values with them, in the place of those there are; links are the caller's concern."""
    left = iter(changed)
    while batch := list(islice(left, _BATCH)):
        _many(connection, _UPDATE, [_update(entity) for entity in batch])
        _many(connection, _FORGET, [_at(entity.key) for entity in batch])
        _many(connection, _VALUE, [value for entity in batch for value in values_of(entity)])


def values_of(entity: Entity) -> list[Body]:
    """The entity's rows of property_values."""
    return list(values.rows(entity))


def unlink(connection: Connection, blueprint: str, relation: str) -> None:
    """Forget what all entities of a blueprint hold in a relation."""
    connection.execute(delete(tables.links).where(_links.blueprint == blueprint, _links.relation == relation))


def erase(connection: Connection, keys: Iterable[Key]) -> None:
    """Forget entities and what they point at; who points at them is the caller's concern."""
    _many(connection, _DELETE, [_at(key) for key in keys])


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


def of_row(row: Row[Any]) -> Entity:
    """The entity of a row that has all columns of the table."""
    return Entity(
        Key(row.blueprint, row.identifier),
        row.title,
        row.icon,
        row.team,
        row.properties,
        row.relations,
        Stamp(row.created_at, row.created_by),
        Stamp(row.updated_at, row.updated_by),
        row.datasource,
    )


def _written(entity: Entity) -> Body:
    return {**entity.body(), "updated_at": entity.updated.at, "updated_by": entity.updated.by}


def _inserted(entity: Entity) -> Body:
    return {
        "blueprint": entity.key.blueprint,
        "identifier": entity.key.identifier,
        "datasource": entity.datasource,
        "created_at": entity.created.at,
        "created_by": entity.created.by,
        **_written(entity),
    }


def _at(key: Key) -> Body:
    return {"of": key.blueprint, "named": key.identifier}


def _update(entity: Entity) -> Body:
    return {**_at(entity.key), **_written(entity)}


def _links_of(entity: Entity, blueprints: Blueprints) -> Iterator[Body]:
    blueprint = blueprints.get(entity.key.blueprint)
    for relation, target_blueprint, target in pointed(entity, blueprint.relations) if blueprint else ():
        yield {
            "blueprint": entity.key.blueprint,
            "identifier": entity.key.identifier,
            "relation": relation,
            "target": target,
            "target_blueprint": target_blueprint,
        }


def _many(connection: Connection, statement: Executable, rows: list[Body]) -> None:
    if rows:
        connection.execute(statement, rows)
