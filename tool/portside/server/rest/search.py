"""Port's operations that search, count, and tell what was."""

from __future__ import annotations

from portside.catalogs import history, resources, rows, searching, view
from portside.catalogs.entity import Key
from portside.catalogs.view import View
from portside.server.calls import Answer, Call, Operations

LIMIT = 200
"""The entities of a page, where a request does not say (Port's default)."""


def in_blueprint(call: Call) -> Answer:
    """One page of the entities of a blueprint that pass a query."""
    asked = call.body or {}
    limit = int(asked.get("limit") or LIMIT)
    with call.catalog.reading() as look:
        blueprint = call.path["blueprint_identifier"]
        page = searching.in_blueprint(look, blueprint, asked.get("query"), limit, asked.get("from"))
        shown = view.shown(look, page.entities, _view(asked.get("include"), asked.get("exclude")))
    return Answer({"entities": shown, **({"next": page.following} if page.following else {})})


def everywhere(call: Call) -> Answer:
    """The entities of all blueprints that pass a query."""
    with call.catalog.reading() as look:
        found = searching.everywhere(look, call.body, partial=bool(call.query.get("allow_partial_results")))
        shown = view.shown(look, found.entities, View.of(call.query))
    failed = {"failedBlueprints": list(found.failed)} if found.failed else {}
    return Answer({"matchingBlueprints": list(found.matching), **failed, "entities": shown})


def counted(call: Call) -> Answer:
    identifier = call.path["blueprint_identifier"]
    with call.catalog.reading() as look:
        resources.known(look.blueprints, identifier)
        return Answer({"count": rows.count(look.connection, identifier)})


def remembered(call: Call) -> Answer:
    """What properties of an entity were."""
    asked = call.body
    span = asked.get("timeRange") or {}
    with call.catalog.reading() as look:
        found = history.history(
            look,
            Key(asked["blueprintIdentifier"], asked["entityIdentifier"]),
            asked["propertyNames"],
            asked.get("timeInterval") or history.INTERVAL,
            span.get("preset") or history.PRESET,
            span.get("timeZone") or history.ZONE,
        )
    return Answer({"result": found})


def _view(include: list[str] | None, exclude: list[str] | None) -> View:
    """Keys as this route names them: `$title` is a meta-property, anything else a property or a relation."""
    return View(_keys(include), _keys(exclude))


def _keys(names: list[str] | None) -> list[str]:
    return [
        key
        for name in names or []
        for key in ([name] if name.startswith("$") else [f"properties.{name}", f"relations.{name}"])
    ]


OPERATIONS: Operations = {
    "get /v1/blueprints/{blueprint_identifier}/entities-count": counted,
    "post /v1/blueprints/{blueprint_identifier}/entities/search": in_blueprint,
    "post /v1/entities/properties-history": remembered,
    "post /v1/entities/search": everywhere,
}
