"""Blueprints and webhooks in the store: rows to resources and back.

The rule: a body is stored in normal form and without what is never given back, so reading is one SELECT and one parse;
a new normal form needs a migration of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from portside.catalogs import tables
from portside.catalogs.entity import Stamp
from portside.catalogs.keys import random_key
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, KINDS, Body, Kind, Ref, Resource, State, at, replaced, without
from portside.model.secrets import withheld

_columns = tables.resources.c
_VERSION = select(tables.meta.c.value).where(tables.meta.c.name == "resources")
_VERSIONED = select(_columns.body, _VERSION.scalar_subquery().label("version"))
_TOUCH = update(tables.meta).where(tables.meta.c.name == "resources").values(value=bindparam("new"))


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
    return _document(row)


def documents(connection: Connection, kind: Kind) -> list[Body]:
    """All of a kind as Port's API gives them, by identifier."""
    query = select(tables.resources).where(_columns.kind == kind.value).order_by(_columns.identifier)
    return [_document(row) for row in connection.execute(query)]


def _document(row: Row[Any]) -> Body:
    webhook = {"webhookKey": row.webhook_key, "url": f"local:{row.webhook_key}"} if row.webhook_key else {}
    return {
        **json.loads(row.body),
        **webhook,
        **tables.dates(row),
    }


def secretive(connection: Connection, ref: Ref) -> Resource | None:
    """The resource with what `one` withholds: a webhook's secret is there by its name, `${…}`."""
    row = connection.execute(select(_columns.body, _columns.withheld).where(*_named(ref))).one_or_none()
    if row is None:
        return None
    body = json.loads(row.body)
    for route, value in row.withheld:
        body = replaced(body, route, value)
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
    touch(connection)
    _point(connection, resource)


def replace(connection: Connection, resource: Resource, stamp: Stamp) -> None:
    """Store the whole document in the place of the one there is."""
    connection.execute(update(tables.resources).where(*_named(resource.ref)).values(**_written(resource, stamp)))
    touch(connection)
    _point(connection, resource)


def rewrite(connection: Connection, resource: Resource) -> None:
    """Store a document that follows another's change. Its date stays: nobody wrote to it."""
    connection.execute(update(tables.resources).where(*_named(resource.ref)).values(body=_text(resource.body)))
    touch(connection)
    _point(connection, resource)


def rename(connection: Connection, ref: Ref, identifier: str) -> None:
    """Give a resource another identifier; what names it elsewhere is the caller's concern."""
    body = json.loads(str(connection.execute(select(_columns.body).where(*_named(ref))).scalar_one()))
    named = {"identifier": identifier, "body": _text({**body, "identifier": identifier})}
    connection.execute(update(tables.resources).where(*_named(ref)).values(named))
    touch(connection)


def remove(connection: Connection, ref: Ref) -> None:
    """Forget a resource."""
    connection.execute(delete(tables.resources).where(*_named(ref)))
    touch(connection)
    if ref.kind is Kind.BLUEPRINT:
        connection.execute(delete(tables.targets).where(tables.targets.c.blueprint == ref.identifier))


def pointing_at(connection: Connection, blueprint: str) -> list[str]:
    """The other blueprints that relate to one, or aggregate its entities."""
    table = tables.targets.c
    found = select(table.blueprint).where(table.target == blueprint, table.blueprint != blueprint)
    return sorted(connection.execute(found).scalars())


def version(connection: Connection) -> str:
    """Another one after every write of a resource: what was read at this version still stands."""
    return str(connection.execute(_VERSION).scalar() or "")


def touch(connection: Connection) -> None:
    """Say that resources are written: it is for whoever writes to their table to call this, and these functions do.

    The version is random, so that one that was rolled back never comes again for something else.
    """
    if not connection.execute(_TOUCH, {"new": random_key()}).rowcount:
        connection.execute(insert(tables.meta).values(name="resources", value=random_key()))


class Parsed:
    """The blueprints of one version, kept by whoever opens transactions so that each is parsed once."""

    def __init__(self) -> None:
        self._known: tuple[str, dict[str, Blueprint]] = ("", {})

    def at(self, version: str) -> dict[str, Blueprint]:
        """Those of a version; what was kept of another is forgotten."""
        if self._known[0] != version:
            self._known = (version, {})
        return self._known[1]


class StoredBlueprints(Mapping[str, Blueprint]):
    """The blueprints of the store by identifier, each read when first asked for, and once.

    `known` stand in for what is stored: a blueprint about to be written. `parsed` are those that others read before.
    """

    def __init__(self, connection: Connection, *known: Blueprint, parsed: Parsed | None = None) -> None:
        self._connection = connection
        self._read: dict[str, Blueprint | None] = {blueprint.identifier: blueprint for blueprint in known}
        self._parsed = parsed or Parsed()
        self._version: str | None = None

    def __getitem__(self, identifier: str) -> Blueprint:
        if identifier not in self._read:
            self._read[identifier] = self._found(identifier)
        if (known := self._read[identifier]) is None:
            raise KeyError(identifier)
        return known

    def _found(self, identifier: str) -> Blueprint | None:
        """The version is read before the body, and again with it: a transaction may write between."""
        if self._version is None:
            self._version = version(self._connection)
        before = self._parsed.at(self._version)
        if identifier in before:
            return before[identifier]
        ref = Ref(Kind.BLUEPRINT, identifier)
        row = self._connection.execute(_VERSIONED.where(*_named(ref))).one_or_none()
        if row is None:
            return None
        found = Blueprint(Resource(ref, json.loads(row.body)))
        if (row.version or "") == self._version:
            before[identifier] = found
        return found

    def __iter__(self) -> Iterator[str]:
        names = select(_columns.identifier).where(_columns.kind == Kind.BLUEPRINT.value)
        return iter(self._connection.execute(names).scalars().all())

    def __len__(self) -> int:
        count = select(func.count()).select_from(tables.resources).where(_columns.kind == Kind.BLUEPRINT.value)
        return int(self._connection.execute(count).scalar_one())


def known(blueprints: Mapping[str, Blueprint], identifier: str) -> Blueprint:
    """The blueprint of that name. Raises CatalogRefused where there is none."""
    if (found := blueprints.get(identifier)) is None:
        raise CatalogRefused(f"blueprint/{identifier} is not there", reason="not_found")
    return found


_KIND: Mapping[str, Kind] = {kind.value: kind for kind in Kind}


def _named(ref: Ref) -> tuple[JSON, JSON]:
    return _columns.kind == ref.kind.value, _columns.identifier == ref.identifier


def _written(resource: Resource, stamp: Stamp) -> Body:
    body = withheld(resource.ref.kind, resource.body)
    kept = [[list(route), value] for route in KINDS[resource.ref.kind].write_only if (value := at(body, route))]
    return {
        "body": _text(without(body, KINDS[resource.ref.kind].write_only)),
        "withheld": kept,
        "updated_at": stamp.at,
        "updated_by": stamp.by,
    }


def _text(body: Body) -> str:
    return json.dumps(body, separators=(",", ":"))


def _point(connection: Connection, resource: Resource) -> None:
    if resource.ref.kind is not Kind.BLUEPRINT:
        return
    connection.execute(delete(tables.targets).where(tables.targets.c.blueprint == resource.ref.identifier))
    if rows := [{"blueprint": resource.ref.identifier, "target": target} for target in _targets(Blueprint(resource))]:
        connection.execute(insert(tables.targets), rows)


def _targets(blueprint: Blueprint) -> Iterable[str]:
    related = {relation.target for relation in blueprint.relations.values()}
    return sorted(related | {str(body["target"]) for body in blueprint.aggregations.values()})
