"""The catalog: its blueprints as a graph and as a list, and where the addresses below it lead.

The rule: whatever the graph shows, the list says too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portside.catalogs import listing, resources
from portside.catalogs.reading import Reading
from portside.model.blueprint import Blueprint
from portside.model.resource import Body, Kind, Ref, Resource, State
from portside.report.graphs import graph, svg
from portside.server.pages import addresses, blueprints, entities
from portside.server.pages.asked import Asked, Page, Plain, nowhere

LISTED = 100
"""Blueprints on a page."""
DRAWN = 120
"""Blueprints and webhooks that a drawing can show; of more, only those of the page are drawn."""


def overview(asked: Asked) -> Page:
    """All blueprints, or those whose identifier holds a text."""
    text = asked.asks("q")
    with asked.catalog.reading() as reading:
        part = listing.resources(reading.connection, Kind.BLUEPRINT, text, asked.turn, LISTED)
        counts = listing.entity_counts(reading.connection, list(part.rows))
        total = listing.resource_count(reading.connection, Kind.BLUEPRINT)
        webhooks = listing.resource_count(reading.connection, Kind.WEBHOOK)
        rows = [_row(reading.blueprints[name], counts.get(name, 0)) for name in part.rows]
        drawn, whole = _graph(reading, part.rows, total + webhooks, text)
    picture = svg.linked(drawn, addresses.resource) if drawn.nodes else ""
    values = {"text": text, "part": part, "total": total, "webhooks": webhooks, "rows": rows}
    return Page("catalog.html", {**values, "picture": picture, "whole": whole})


def one(asked: Asked) -> Page | Plain:
    """A blueprint, or an entity."""
    match asked.path:
        case (blueprint,):
            return blueprints.one(asked, blueprint)
        case (blueprint, entity):
            return entities.one(asked, blueprint, entity)
    raise nowhere("this page")


def _row(blueprint: Blueprint, entities: int) -> Body:
    body = blueprint.resource.body
    return {
        "identifier": blueprint.identifier,
        "title": body.get("title") or "",
        "description": body.get("description") or "",
        "relations": list(blueprint.relations.values()),
        "entities": entities,
    }


def _graph(reading: Reading, names: Sequence[str], count: int, text: str) -> tuple[graph.Graph, bool]:
    """The drawing, and whether it shows everything."""
    if count <= DRAWN and not text:
        return graph.of(resources.every(reading.connection)), True
    return _around(graph.of(State(_near(reading, names[:DRAWN]))), frozenset(names[:DRAWN])), False


def _near(reading: Reading, names: Sequence[str]) -> Iterator[Resource]:
    """Some blueprints, and those that they point at."""
    some = [reading.blueprints[name] for name in names]
    yield from (blueprint.resource for blueprint in some)
    for target in {relation.target for blueprint in some for relation in blueprint.relations.values()}:
        if target in reading.blueprints:
            yield reading.blueprints[target].resource


def _around(drawn: graph.Graph, names: frozenset[str]) -> graph.Graph:
    """What starts at some blueprints, and where it leads."""
    own = {Ref(Kind.BLUEPRINT, name) for name in names}
    edges = tuple(edge for edge in drawn.edges if edge.source in own)
    there = own | {edge.target for edge in edges}
    return graph.Graph(tuple(node for node in drawn.nodes if node.ref in there), edges)
