"""What the contract suite runs over, and how a catalog of each kind is made. A new kind of catalog is one more row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref, Resource
from portside.plans.apply import Catalog
from portside.plans.plan import Action, Step

CATALOGS: Mapping[str, Callable[[Path], Catalog]] = {
    "embedded on SQLite": lambda folder: LocalCatalog.open(folder / "catalog.db"),
}

Body = dict[str, Any]


def blueprint(identifier: str, *, properties: Body | None = None, required: tuple[str, ...] = (), **more: Any) -> Body:
    """A blueprint's body; `more` are further top-level keys."""
    schema = {"properties": properties or {}, "required": list(required)}
    return {"identifier": identifier, "title": identifier.title(), "schema": schema, **more}


def relation(target: str, *, many: bool = False, required: bool = False) -> Body:
    return {"target": target, "many": many, "required": required}


def webhook(identifier: str, *mappings: Body, **more: Any) -> Body:
    return {"identifier": identifier, "title": identifier, "enabled": True, "mappings": list(mappings), **more}


def mapping(blueprint: str, identifier: str = ".body.id", **more: Any) -> Body:
    """A mapping's body; `more` are further keys of its entity."""
    return {"blueprint": blueprint, "entity": {"identifier": identifier, **more}}


def create(kind: Kind, body: Body) -> Step:
    return Step(Action.CREATE, Ref(kind, body["identifier"]), body)


def update(kind: Kind, body: Body) -> Step:
    return Step(Action.UPDATE, Ref(kind, body["identifier"]), body)


def delete(kind: Kind, identifier: str) -> Step:
    return Step(Action.DELETE, Ref(kind, identifier))


def filled(catalog: Catalog, *blueprints: Body) -> Catalog:
    """The catalog with these blueprints in it."""
    for body in blueprints:
        catalog.perform(create(Kind.BLUEPRINT, body))
    return catalog


def normal(kind: Kind, body: Body) -> Resource:
    return Resource.of(kind, body)
