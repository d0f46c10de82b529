"""What the catalog holds, a page at a time: resources and entities by identifier, deliveries and events by number.

The rule: a page costs what it shows, however much there is before and after it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, and_, exists, func, or_, select

from portside.catalogs import deliveries, rows, tables
from portside.catalogs.entity import Entity, Key
from portside.catalogs.values import Held, held
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body, Kind

COUNTED = 10_000
"""What is found by a filter is counted up to here."""

_resources, _entities, _links = tables.resources.c, tables.entities.c, tables.links.c
_values, _events, _deliveries = tables.property_values.c, tables.events.c, tables.deliveries.c

Row = TypeVar("Row")
Condition = ColumnElement[bool]


class Part(NamedTuple, Generic[Row]):
    """Some rows in their order; `before` and `after` are where the pages beside it begin, "" where there is none."""

    rows: Sequence[Row]
    before: str = ""
    after: str = ""


class Turn(NamedTuple):
    """Which page: what comes `after` a name, or `before` one; neither: the first."""

    after: str = ""
    before: str = ""


class Filter(NamedTuple):
    """`text` stands somewhere in an identifier or a title; the property or relation `name` holds `value`."""

    text: str = ""
    name: str = ""
    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.name)


def resources(connection: Connection, kind: Kind, text: str, turn: Turn, limit: int) -> Part[str]:
    """Identifiers of blueprints or webhooks that hold a text, in any case."""
    where = [_resources.kind == kind.value]
    if text:
        where.append(_holds(_resources.identifier, text))
    return _part(connection, _resources.identifier, where, turn, limit)


def resource_count(connection: Connection, kind: Kind) -> int:
    """How many there are of a kind."""
    query = select(func.count()).select_from(tables.resources).where(_resources.kind == kind.value)
    return int(connection.execute(query).scalar_one())


def entities(connection: Connection, blueprint: Blueprint, wanted: Filter, turn: Turn, limit: int) -> Part[Entity]:
    """Entities of a blueprint that pass a filter."""
    found = _part(connection, _entities.identifier, _passing(blueprint, wanted), turn, limit)
    return Part(list(rows.several(connection, blueprint.identifier, found.rows)), found.before, found.after)


def entity_count(connection: Connection, blueprint: Blueprint, wanted: Filter) -> int:
    """How many pass a filter; COUNTED + 1 for all that are more."""
    some = select(_entities.identifier).where(*_passing(blueprint, wanted)).limit(COUNTED + 1)
    return int(connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def entity_counts(connection: Connection, blueprints: Sequence[str]) -> dict[str, int]:
    """How many entities each of the blueprints has."""
    query = (
        select(_entities.blueprint, func.count())
        .where(_entities.blueprint.in_(blueprints))
        .group_by(_entities.blueprint)
    )
    return {blueprint: int(count) for blueprint, count in connection.execute(query)}


class Holding(NamedTuple):
    """How many entities of a blueprint point at one with a relation, and the first of them."""

    blueprint: str
    relation: str
    total: int
    first: Sequence[Entity]


def holding(connection: Connection, key: Key, limit: int) -> list[Holding]:
    """Who points at an entity, by blueprint and relation."""
    here = and_(_links.target_blueprint == key.blueprint, _links.target == key.identifier)
    groups = select(_links.blueprint, _links.relation, func.count().label("total")).where(here)
    groups = groups.group_by(_links.blueprint, _links.relation).order_by(_links.blueprint, _links.relation)
    return [
        Holding(one.blueprint, one.relation, int(one.total), _first(connection, one, here, limit))
        for one in connection.execute(groups).all()
    ]


def _first(connection: Connection, group: Any, here: Condition, limit: int) -> list[Entity]:
    query = (
        select(_links.identifier)
        .where(here, _links.blueprint == group.blueprint, _links.relation == group.relation)
        .order_by(_links.identifier)
        .limit(limit)
    )
    return list(rows.several(connection, group.blueprint, connection.execute(query).scalars().all()))


def last_deliveries(
    connection: Connection, webhook: str | None, status: str | None, before: int | None, limit: int
) -> Part[Body]:
    """Deliveries without their bodies, the newest first."""
    found = deliveries.latest(connection, limit + 1, webhook, status, before)
    after = str(found[limit - 1]["id"]) if len(found) > limit else ""
    return Part(found[:limit], "", after)


def last_events(connection: Connection, key: Key, before: int | None, limit: int) -> Part[Body]:
    """What happened to an entity, the newest first."""
    query = select(tables.events).where(
        _events.resource == "entity", _events.blueprint == key.blueprint, _events.identifier == key.identifier
    )
    if before is not None:
        query = query.where(_events.id < before)
    found = connection.execute(query.order_by(_events.id.desc()).limit(limit + 1)).mappings().all()
    after = str(found[limit - 1]["id"]) if len(found) > limit else ""
    return Part([dict(one) for one in found[:limit]], "", after)


def samples(connection: Connection, webhook: str, limit: int, size: int) -> list[tuple[int, bytes, Body, Body]]:
    """(number, body, headers, query) of the last deliveries to a webhook, as many as fit into so many bytes."""
    query = (
        select(_deliveries.id, _deliveries.raw, _deliveries.headers, _deliveries.query)
        .where(_deliveries.webhook == webhook, func.length(_deliveries.raw) <= size)
        .order_by(_deliveries.id.desc())
        .limit(limit)
    )
    found, room = [], size
    for number, raw, headers, asked in connection.execute(query):
        room -= len(raw)
        if room < 0:
            break
        found.append((number, bytes(raw), headers, asked))
    return found


def sample(connection: Connection, webhook: str, number: int) -> tuple[bytes, Body, Body] | None:
    """(body, headers, query) of one delivery to a webhook."""
    query = select(_deliveries.raw, _deliveries.headers, _deliveries.query).where(
        _deliveries.webhook == webhook, _deliveries.id == number
    )
    row = connection.execute(query).one_or_none()
    return (bytes(row.raw), row.headers, row.query) if row else None


def feeders(connection: Connection, blueprint: str) -> list[str]:
    """The webhooks that may have a mapping for a blueprint: those whose body holds its name."""
    where = (_resources.kind == Kind.WEBHOOK.value, _within(_resources.body, json.dumps(blueprint)))
    return list(
        connection.execute(select(_resources.identifier).where(*where).order_by(_resources.identifier)).scalars()
    )


def _part(connection: Connection, column: Column[str], where: Sequence[Condition], turn: Turn, limit: int) -> Part[str]:
    """Names in their order; one more is asked for, to know whether there are more."""
    query = select(column).where(*where).limit(limit + 1)
    if turn.before:
        found = list(connection.execute(query.where(column < turn.before).order_by(column.desc())).scalars())
        more, names = len(found) > limit, found[:limit][::-1]
        return Part(names, names[0] if more else "", names[-1] if names else "")
    if turn.after:
        query = query.where(column > turn.after)
    found = list(connection.execute(query.order_by(column)).scalars())
    more, names = len(found) > limit, found[:limit]
    return Part(names, names[0] if turn.after and names else "", names[-1] if more else "")


def _passing(blueprint: Blueprint, wanted: Filter) -> list[Condition]:
    where = [_entities.blueprint == blueprint.identifier]
    if wanted.text:
        where.append(or_(_holds(_entities.identifier, wanted.text), _holds(_entities.title, wanted.text)))
    if wanted.name in blueprint.relations:
        where.append(_pointing(wanted.name, wanted.value))
    elif wanted.name:
        where.append(_having(wanted.name, wanted.value))
    return where


def _pointing(relation: str, target: str) -> Condition:
    return exists().where(
        _links.blueprint == _entities.blueprint,
        _links.identifier == _entities.identifier,
        _links.relation == relation,
        _links.target == target,
    )


def _having(name: str, value: str) -> Condition:
    """A value as people write it: `3` is the text and the number, `true` the text and the boolean."""
    meant = [row for one in _meant(value) for row in held(one)]
    return exists().where(
        _values.blueprint == _entities.blueprint,
        _values.identifier == _entities.identifier,
        _values.property == name,
        or_(*map(_same, meant)),
    )


def _meant(value: str) -> list[JSON]:
    found: list[JSON] = [value]
    if value in ("true", "false"):
        found.append(value == "true")
    with suppress(ValueError):
        found.append(float(value))
    return found


def _same(row: Held) -> Condition:
    """A text with a whole is longer than its head; the others have none."""
    if row.type == "n":
        return and_(_values.type == "n", _values.number == row.number)
    return and_(_values.type == row.type, _values.head == row.head, _values.whole == row.whole)


def _holds(column: Column[Any], text: str) -> Condition:
    """In any case, as far as the database knows letters: SQLite knows those of ASCII."""
    return or_(_within(column, text), _within(func.lower(column), text.lower()))


def _within(column: Any, text: str) -> Condition:
    """Whether a text stands in another; `replace` finds it on every database, and knows no wildcards."""
    found: Condition = func.replace(column, text, "") != column
    return found
