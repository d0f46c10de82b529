"""A blueprint: what it says, what feeds it, and its entities as a table.

The rule: a table shows what fits; everything else is on the page of the entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from portside.catalogs import filtered, listing, resources, scorecards
from portside.catalogs.entity import Entity
from portside.catalogs.filtered import Filter
from portside.catalogs.reading import Reading
from portside.model.blueprint import Blueprint, Relation
from portside.model.resource import Body, Kind, Ref
from portside.model.webhook import Webhook, WebhookMapping
from portside.server.pages import related
from portside.server.pages.asked import Asked, Page, nowhere

ROWS = 50
"""Entities on a page."""
COLUMNS = 6
"""Columns of the table, unless all are asked for."""


class Column(NamedTuple):
    """A property or a relation: `kind` is property, mirror, calculation, aggregation or relation."""

    key: str
    kind: str
    title: str
    body: Body


def one(asked: Asked, identifier: str) -> Page:
    """A blueprint, with the entities that a filter leaves."""
    wanted = Filter(asked.asks("q"), asked.asks("by"), asked.asks("is"))
    with asked.catalog.reading() as reading:
        blueprint = reading.blueprints.get(identifier)
        if blueprint is None:
            raise nowhere(f"blueprint {identifier}")
        part = filtered.entities(reading, blueprint, wanted, asked.turn, ROWS)
        every = columns(blueprint)
        shown = every if asked.asks("columns") == "all" else every[:COLUMNS]
        values = {
            "blueprint": blueprint,
            "body": blueprint.resource.body,
            "wanted": wanted,
            "part": part,
            "columns": shown,
            "hidden": len(every) - len(shown),
            "filters": [column for column in every if column.kind in ("property", "relation", "mirror")],
            "every": every,
            "asks_all": asked.asks("columns"),
            "count": filtered.entity_count(reading, blueprint, Filter()),
            "found": filtered.entity_count(reading, blueprint, wanted) if wanted else None,
            "most": filtered.COUNTED,
            "rows": _rows(reading, part.rows, shown),
            "feeders": _feeders(reading, identifier),
            "pointing": _pointing(reading, identifier),
            "scorecards": scorecards.bodies(reading.connection, identifier),
        }
    return Page("blueprint.html", values)


def columns(blueprint: Blueprint) -> list[Column]:
    """Everything an entity can have: properties, relations, then what is evaluated."""
    body = blueprint.resource.body
    parts: Mapping[str, Mapping[str, Body]] = {
        "property": body["schema"]["properties"],
        "relation": body["relations"],
        "mirror": blueprint.mirrors,
        "calculation": blueprint.calculations,
        "aggregation": blueprint.aggregations,
    }
    return [
        Column(key, kind, str(one.get("title") or key), one)
        for kind, some in parts.items()
        for key, one in some.items()
    ]


def how(column: Column) -> str:
    """Where an evaluated value comes from."""
    body = column.body
    match column.kind:
        case "mirror":
            return str(body["path"])
        case "calculation":
            return str(body["calculation"])
        case "aggregation":
            spec = body.get("calculationSpec") or {}
            said = (spec.get("func"), spec.get("property"), "of", body["target"])
            return " ".join(str(part) for part in said if part)
    return ""


def _rows(reading: Reading, entities: Sequence[Entity], shown: Sequence[Column]) -> list[Body]:
    """Each entity with the cells of its columns; what is not shown is not evaluated."""
    relations = [column.key for column in shown if column.kind == "relation"]
    titles = related.titles(reading, entities, relations)
    with reading.together(entities):
        return [
            {
                "identifier": entity.key.identifier,
                "title": entity.title or entity.key.identifier,
                "updated": entity.updated.at,
                "cells": [_cell(reading, entity, column, titles) for column in shown],
            }
            for entity in entities
        ]


def _cell(reading: Reading, entity: Entity, column: Column, titles: related.Titles) -> Body:
    """Either `links` and how many `more` there are, or a `value`."""
    if column.kind != "relation":
        return {"value": reading.value(entity, column.key), "links": None, "more": 0}
    relation = reading.blueprints[entity.key.blueprint].relations[column.key]
    more = max(len(related.targets(entity, column.key)) - related.MOST, 0)
    return {"value": None, "links": related.held(entity, relation, titles), "more": more}


def _feeders(reading: Reading, blueprint: str) -> list[Body]:
    """Which webhooks write or delete its entities."""
    return [
        {"identifier": webhook.identifier, "does": " and ".join(does), "enabled": webhook.enabled}
        for webhook in _webhooks(reading, blueprint)
        if (
            does := sorted({"deletes" if one.deletes else "writes" for one in _about(webhook, blueprint)}, reverse=True)
        )
    ]


def _webhooks(reading: Reading, blueprint: str) -> Iterator[Webhook]:
    for name in listing.feeders(reading.connection, blueprint):
        if found := resources.one(reading.connection, Ref(Kind.WEBHOOK, name)):
            yield Webhook(found)


def _about(webhook: Webhook, blueprint: str) -> Iterator[WebhookMapping]:
    return (one for one in webhook.mappings if one.blueprint == blueprint)


def _pointing(reading: Reading, identifier: str) -> list[Relation]:
    """The relations of other blueprints that lead here, each with the blueprint it belongs to as its target."""
    return [
        relation._replace(target=other)
        for other in resources.pointing_at(reading.connection, identifier)
        if other in reading.blueprints
        for relation in reading.blueprints[other].relations.values()
        if relation.target == identifier
    ]
