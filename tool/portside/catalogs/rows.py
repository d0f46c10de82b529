"""Entities in the store: rows to entities and back, their links and their values beside them.

The rule: an entity, its links and its values are written together, so holders and searches always find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from portside.catalogs import tables, text, values
from portside.catalogs.entity import Entity, Key, Stamp, pointed
from portside.catalogs.many import Among, Many, Row
from portside.model.blueprint import Blueprint
from portside.model.resource import Body

_columns = tables.entities.c
_links = tables.links.c
_BATCH = 500

Blueprints = Mapping[str, Blueprint]


def _of(table: Table) -> ColumnElement[bool]:
    """Which rows of a table belong to the entity given as `of` and `named`."""
    return (table.c.blueprint == bindparam("of")) & (table.c.identifier == bindparam("named"))


def _set(table: Table, names: Iterable[str]) -> Update:
    return update(table).values({name: bindparam(name) for name in names})


_FIND = select(tables.entities).where(_of(tables.entities))
_EXISTS = select(_columns.identifier).where(_of(tables.entities))
_BARE = [cast(column, Text) if isinstance(column.type, JSON) else column for column in _columns]
_ONES = _columns.blueprint == bindparam("of")
_SEVERAL = Among(select(*_BARE).where(_ONES).order_by(_columns.identifier), _columns.identifier)
_PRESENT = Among(select(_columns.identifier).where(_ONES), _columns.identifier)

_NAMED = ("of", "named")
_WRITTEN = ("title", "icon", "team", "properties", "relations", "updated_at", "updated_by")
_INSERT = Many(insert(tables.entities), tables.entities.c.keys())
_UPDATE = Many(_set(tables.entities, _WRITTEN).where(_of(tables.entities)), (*_WRITTEN, *_NAMED))
_DELETE = Many(delete(tables.entities).where(_of(tables.entities)), _NAMED)
_LINK = Many(insert(tables.links), tables.links.c.keys())
_UNLINK = Many(delete(tables.links).where(_of(tables.links)), _NAMED)

_PLACE = (*_NAMED, "held", "place")
_AT_PLACE = (
    _of(tables.property_values)
    & (tables.property_values.c.property == bindparam("held"))
    & (tables.property_values.c.position == bindparam("place"))
)
_HELD = values.Held._fields
_VALUE = Many(insert(tables.property_values), tables.property_values.c.keys())
_REVALUE = Many(_set(tables.property_values, _HELD).where(_AT_PLACE), (*_HELD, *_PLACE))
_UNVALUE = Many(delete(tables.property_values).where(_AT_PLACE), _PLACE)
_FORGET = Many(delete(tables.property_values).where(_of(tables.property_values)), _NAMED)


class Holder(NamedTuple):
    """An entity that points at another, and by which relation."""

    key: Key
    relation: str


def find(connection: Connection, key: Key) -> Entity | None:
    """The entity of that name."""
    row = connection.execute(_FIND, _at(key)).one_or_none()
    return None if row is None else of_row(row)


def exists(connection: Connection, key: Key) -> bool:
    return connection.execute(_EXISTS, _at(key)).scalar() is not None


def present(connection: Connection, blueprint: str, identifiers: Iterable[str]) -> Iterator[str]:
    """Which of those names there are."""
    return (name for (name,) in _PRESENT.rows(connection, blueprint, identifiers))


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
    for row in _SEVERAL.rows(connection, blueprint, identifiers):
        bodies: list[Any] = text.value(f"[{','.join(row[4:7])}]")  # one parse for three
        yield of_row((*row[:4], *bodies, *row[7:]))


def count(connection: Connection, blueprint: str) -> int:
    """How many entities a blueprint has."""
    query = select(func.count()).select_from(tables.entities).where(_columns.blueprint == blueprint)
    return int(connection.execute(query).scalar_one())


def add(connection: Connection, entities: Sequence[Entity], blueprints: Blueprints) -> None:
    """Store entities that were not there."""
    _INSERT.execute(connection, [_inserted(entity) for entity in entities])
    _LINK.execute(connection, [link for entity in entities for link in _links_of(entity, blueprints)])
    add_values(connection, entities)


def change(connection: Connection, changed: Sequence[tuple[Entity, Entity]], blueprints: Blueprints) -> None:
    """Store entities in the place of those there are: (before, after)."""
    _UPDATE.execute(connection, [_update(after) for _, after in changed])
    relinked = [after for before, after in changed if before.relations != after.relations]
    _UNLINK.execute(connection, [entity.key for entity in relinked])
    _LINK.execute(connection, [link for entity in relinked for link in _links_of(entity, blueprints)])
    moved = values.moved(changed)
    _UNVALUE.execute(connection, moved.gone)
    _REVALUE.execute(connection, moved.other)
    _VALUE.execute(connection, moved.fresh)


def put_all(connection: Connection, changed: Iterable[Entity]) -> None:
    """Store many entities, their values with them, in the place of those there are; links are the caller's concern."""
    left = iter(changed)
    while batch := list(islice(left, _BATCH)):
        _UPDATE.execute(connection, [_update(entity) for entity in batch])
        _FORGET.execute(connection, [entity.key for entity in batch])
        add_values(connection, batch)


def add_values(connection: Connection, entities: Iterable[Entity]) -> None:
    """Store the values of entities that have none stored."""
    _VALUE.execute(connection, [row for entity in entities for row in values.rows(entity)])


def unlink(connection: Connection, blueprint: str, relation: str) -> None:
    """Forget what all entities of a blueprint hold in a relation."""
    connection.execute(delete(tables.links).where(_links.blueprint == blueprint, _links.relation == relation))


def erase(connection: Connection, keys: Iterable[Key]) -> None:
    """Forget entities and what they point at; who points at them is the caller's concern."""
    _DELETE.execute(connection, list(keys))


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


def of_row(row: Sequence[Any]) -> Entity:
    """The entity of a row that has all columns of the table first, in their order."""
    blueprint, identifier, title, icon, team, properties, relations, datasource, *stamps = row[: len(_columns)]
    created, updated = Stamp(*stamps[:2]), Stamp(*stamps[2:])
    return Entity(Key(blueprint, identifier), title, icon, team, properties, relations, created, updated, datasource)


def _body(entity: Entity) -> Row:
    spelled = text.of(entity.team), text.of(entity.properties), text.of(entity.relations)
    return (entity.title, entity.icon, *spelled)


def _inserted(entity: Entity) -> Row:
    return (*entity.key, *_body(entity), entity.datasource, *entity.created, *entity.updated)


def _update(entity: Entity) -> Row:
    return (*_body(entity), *entity.updated, *entity.key)


def _links_of(entity: Entity, blueprints: Blueprints) -> Iterator[Row]:
    blueprint = blueprints.get(entity.key.blueprint)
    for relation, target_blueprint, target in pointed(entity, blueprint.relations) if blueprint else ():
        yield (*entity.key, relation, target, target_blueprint)


def _at(key: Key) -> Body:
    return {"of": key.blueprint, "named": key.identifier}
