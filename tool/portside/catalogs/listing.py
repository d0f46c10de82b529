"""What the catalog holds, a page at a time: resources and entities by identifier, deliveries and events by number.

The rule: a page costs what it shows, however much there is before and after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, and_, func, or_, select

from portside.catalogs import deliveries, rows, tables
from portside.catalogs.entity import Entity, Key
from portside.catalogs.search_values import has
from portside.model.resource import Body, Kind
from portside.model.webhook import Delivery

_resources, _entities, _links = tables.resources.c, tables.entities.c, tables.links.c
_events, _deliveries = tables.events.c, tables.deliveries.c

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


def part(connection: Connection, column: Column[str], where: Sequence[Condition], turn: Turn, limit: int) -> Part[str]:
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


def holds(column: Column[Any], text: str) -> Condition:
    """In any case, as far as the database knows letters: SQLite knows those of ASCII."""
    return or_(has(column, text), has(func.lower(column), text.lower()))


def resources(connection: Connection, kind: Kind, text: str, turn: Turn, limit: int) -> Part[str]:
    """Identifiers of blueprints or webhooks that hold a text, in any case."""
    where = [_resources.kind == kind.value]
    if text:
        where.append(holds(_resources.identifier, text))
    return part(connection, _resources.identifier, where, turn, limit)


def resource_count(connection: Connection, kind: Kind) -> int:
    """How many there are of a kind."""
    query = select(func.count()).select_from(tables.resources).where(_resources.kind == kind.value)
    return int(connection.execute(query).scalar_one())


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
    return _newest(deliveries.latest(connection, limit + 1, webhook, status, before), limit)


def last_events(connection: Connection, key: Key, before: int | None, limit: int) -> Part[Body]:
    """What happened to an entity, the newest first."""
    query = select(tables.events).where(
        _events.resource == "entity", _events.blueprint == key.blueprint, _events.identifier == key.identifier
    )
    if before is not None:
        query = query.where(_events.id < before)
    found = connection.execute(query.order_by(_events.id.desc()).limit(limit + 1)).mappings().all()
    return _newest([dict(one) for one in found], limit)


def _newest(found: Sequence[Body], limit: int) -> Part[Body]:
    """The first of some rows by number; one more than the limit says that there are others."""
    return Part(found[:limit], "", str(found[limit - 1]["id"]) if len(found) > limit else "")


def samples(connection: Connection, webhook: str, limit: int, size: int) -> Iterator[Delivery]:
    """The last deliveries to a webhook, the newest first, as many as fit into so many bytes."""
    query = (
        select(_deliveries.raw, _deliveries.headers, _deliveries.query)
        .where(_deliveries.webhook == webhook, func.length(_deliveries.raw) <= size)
        .order_by(_deliveries.id.desc())
        .limit(limit)
    )
    for raw, headers, asked in connection.execute(query).all():
        size -= len(raw)
        if size < 0:
            return
        yield Delivery(None, headers, asked, raw)


def feeders(connection: Connection, blueprint: str) -> list[str]:
    """The webhooks that may have a mapping for a blueprint: those whose body holds its name."""
    where = (_resources.kind == Kind.WEBHOOK.value, has(_resources.body, json.dumps(blueprint)))
    return list(
        connection.execute(select(_resources.identifier).where(*where).order_by(_resources.identifier)).scalars()
    )
