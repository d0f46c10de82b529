"""Blueprints and webhooks in the store: rows to resources and back.

The rule: a body is stored in normal form and without what is never given back, so reading is one SELECT and one parse;
a new normal form needs a migration of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, delete, func, insert, select, update

from portside.catalogs import tables
from portside.catalogs.entity import Stamp
from portside.catalogs.keys import random_key
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, KINDS, Body, Kind, Ref, Resource, State, without
from portside.model.secrets import withheld
from portside.problems import Route

_columns = tables.resources.c


def every(connection: Connection) -> State:
    """All resources."""
    rows = connection.execute(select(_columns.kind, _columns.body)).all()
    bodies = json.loads(f"[{','.join(body for _, body in rows)}]")
    kinds = (_KIND[kind] for kind, _ in rows)
    return State(Resource(Ref(kind, body["identifier"]), body) for kind, body in zip(kinds, bodies, strict=True))


def one(connection: Connection, ref: Ref) -> Resource | None:
    """The resource of that name."""
    body = connection.execute(select(_columns.body).where(*_named(ref))).scalar()
    return None if body is None else Resource(ref, json.loads(body))


def document(connection: Connection, ref: Ref) -> Body | None:
    """The resource as Port's API gives it: with its dates, and for a webhook its key and address."""
    row = connection.execute(select(tables.resources).where(*_named(ref))).one_or_none()
    if row is None:
        return None
    webhook = {"webhookKey": row.webhook_key, "url": f"local:{row.webhook_key}"} if row.webhook_key else {}
    return {
        **json.loads(row.body),
        **webhook,
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "updatedAt": row.updated_at,
        "updatedBy": row.updated_by,
    }


def secretive(connection: Connection, ref: Ref) -> Resource | None:
    """The resource with what `one` withholds: a webhook's secret is there by its name, `${…}`."""
    row = connection.execute(select(_columns.body, _columns.withheld).where(*_named(ref))).one_or_none()
    if row is None:
        return None
    body = json.loads(row.body)
    for route, value in row.withheld:
        body = _with(body, route, value)
    return Resource.of(ref.kind, body)


def webhook_key(connection: Connection, identifier: str) -> str:
    """The unguessable part of a webhook's address."""
    found = connection.execute(select(_columns.webhook_key).where(*_named(Ref(Kind.WEBHOOK, identifier))))
    return str(found.scalar_one())


def create(connection: Connection, resource: Resource, stamp: Stamp) -> None:
    """Store a resource that was not there."""
    key = random_key() if resource.ref.kind is Kind.WEBHOOK else None
    connection.execute(
        insert(tables.resources).values(
            kind=resource.ref.kind.value,
            identifier=resource.ref.identifier,
            webhook_key=key,
            created_at=stamp.at,
            created_by=stamp.by,
            **_written(resource, stamp),
        )
    )
    _point(connection, resource)


def replace(connection: Connection, resource: Resource, stamp: Stamp) -> None:
    """Store the whole document in the place of the one there is."""
    connection.execute(update(tables.resources).where(*_named(resource.ref)).values(**_written(resource, stamp)))
    _point(connection, resource)


def remove(connection: Connection, ref: Ref) -> None:
    """Forget a resource."""
    connection.execute(delete(tables.resources).where(*_named(ref)))
    if ref.kind is Kind.BLUEPRINT:
        connection.execute(delete(tables.targets).where(tables.targets.c.blueprint == ref.identifier))


def pointing_at(connection: Connection, blueprint: str) -> list[str]:
    """The other blueprints that relate to one, or aggregate its entities."""
    table = tables.targets.c
    found = select(table.blueprint).where(table.target == blueprint, table.blueprint != blueprint)
    return sorted(connection.execute(found).scalars())


class StoredBlueprints(Mapping[str, Blueprint]):
    """The blueprints of the store by identifier, each read when first asked for, and once.

    `known` stand in for what is stored: a blueprint about to be written.
    """

    def __init__(self, connection: Connection, *known: Blueprint) -> None:
        self._connection = connection
        self._read: dict[str, Blueprint | None] = {blueprint.identifier: blueprint for blueprint in known}

    def __getitem__(self, identifier: str) -> Blueprint:
        if identifier not in self._read:
            found = one(self._connection, Ref(Kind.BLUEPRINT, identifier))
            self._read[identifier] = Blueprint(found) if found else None
        if (known := self._read[identifier]) is None:
            raise KeyError(identifier)
        return known

    def __iter__(self) -> Iterator[str]:
        names = select(_columns.identifier).where(_columns.kind == Kind.BLUEPRINT.value)
        return iter(self._connection.execute(names).scalars().all())

    def __len__(self) -> int:
        count = select(func.count()).select_from(tables.resources).where(_columns.kind == Kind.BLUEPRINT.value)
        return int(self._connection.execute(count).scalar_one())


_KIND: Mapping[str, Kind] = {kind.value: kind for kind in Kind}


def _named(ref: Ref) -> tuple[JSON, JSON]:
    return _columns.kind == ref.kind.value, _columns.identifier == ref.identifier


def _written(resource: Resource, stamp: Stamp) -> Body:
    body = withheld(resource.ref.kind, resource.body)
    kept = [[list(route), value] for route in KINDS[resource.ref.kind].write_only if (value := _at(body, route))]
    return {
        "body": json.dumps(without(body, KINDS[resource.ref.kind].write_only), separators=(",", ":")),
        "withheld": kept,
        "updated_at": stamp.at,
        "updated_by": stamp.by,
    }


def _point(connection: Connection, resource: Resource) -> None:
    if resource.ref.kind is not Kind.BLUEPRINT:
        return
    connection.execute(delete(tables.targets).where(tables.targets.c.blueprint == resource.ref.identifier))
    if rows := [{"blueprint": resource.ref.identifier, "target": target} for target in _targets(Blueprint(resource))]:
        connection.execute(insert(tables.targets), rows)


def _targets(blueprint: Blueprint) -> Iterable[str]:
    related = {relation.target for relation in blueprint.relations.values()}
    return sorted(related | {str(body["target"]) for body in blueprint.aggregations.values()})


def _at(body: JSON, route: Route) -> JSON:
    for key in route:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _with(body: Body, route: list[str], value: JSON) -> Body:
    head, *rest = route
    return {**body, head: _with(body.get(head) or {}, rest, value) if rest else value}
