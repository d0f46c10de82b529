"""What the contract suite runs over, and how a catalog of each kind is made. A new kind of catalog is one more row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from port_served import port_served
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref, Resource
from portside.plans.apply import Catalog
from portside.plans.plan import Action, Step


def on_sqlite(request: pytest.FixtureRequest, **options: Any) -> LocalCatalog:
    """The catalog in the test's own file; `options` as LocalCatalog.open."""
    return LocalCatalog.open(request.getfixturevalue("tmp_path") / "catalog.db", **options)


def on_postgresql(request: pytest.FixtureRequest, **options: Any) -> LocalCatalog:
    """The catalog in the test's own database."""
    return LocalCatalog.at(request.getfixturevalue("postgresql"), **options)


EMBEDDED: Mapping[str, Callable[..., LocalCatalog]] = {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}
"""The databases of the embedded catalog; what is promised of it is promised on each."""


def over_http(request: pytest.FixtureRequest) -> Catalog:
    """Port's client before the served catalog in the test's own file."""
    stack = ExitStack()
    request.addfinalizer(stack.close)
    secrets = {"PAGERDUTY_SECRET": "planted"}
    return stack.enter_context(port_served(request.getfixturevalue("tmp_path"), secrets))


CATALOGS: Mapping[str, Callable[[pytest.FixtureRequest], Catalog]] = {
    **{f"embedded on {name}": opened for name, opened in EMBEDDED.items()},
    "Port's client before the served catalog": over_http,
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
