"""An entity: its values by where they come from, what it points at and what points at it, and its history.

The rule: what was written is told apart from what is evaluated when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from portside.catalogs import listing, rows, scorecards
from portside.catalogs.entity import Entity, Key
from portside.catalogs.levels import Levels
from portside.catalogs.listing import Part
from portside.catalogs.reading import Reading
from portside.model.blueprint import META_PROPERTIES, Blueprint
from portside.model.resource import JSON, Body
from portside.server.pages import related
from portside.server.pages.asked import Asked, Page, nowhere, number
from portside.server.pages.blueprints import columns, how

HISTORY = 20
"""Events on a page."""
TARGETS = 200
"""Targets of one relation that are shown."""
HOLDERS = 20
"""Of those that point at an entity, so many are shown for each relation; a table has the others."""

KINDS = {
    "property": "Properties",
    "mirror": "Mirrors",
    "calculation": "Calculations",
    "aggregation": "Aggregations",
}


def one(asked: Asked, blueprint: str, identifier: str) -> Page:
    """The whole entity."""
    key = Key(blueprint, identifier)
    with asked.catalog.reading() as reading:
        entity = rows.find(reading.connection, key) if blueprint in reading.blueprints else None
        if entity is None:
            raise nowhere(f"entity {key}")
        known = reading.blueprints[blueprint]
        history = listing.last_events(reading.connection, key, number(asked.asks("history")), HISTORY)
        values = {
            "entity": entity,
            "blueprint": known,
            "meta": {name[1:]: reading.value(entity, name) for name in META_PROPERTIES},
            "sections": list(_sections(reading, entity, known)),
            "relations": _relations(reading, entity, known),
            "holding": listing.holding(reading.connection, key, HOLDERS),
            "scorecards": _scorecards(reading, entity),
            "history": Part([_event(one) for one in history.rows], "", history.after),
        }
    return Page("entity.html", values)


def _sections(reading: Reading, entity: Entity, blueprint: Blueprint) -> Iterator[Body]:
    every = columns(blueprint)
    for kind, title in KINDS.items():
        some = [(column, reading.value(entity, column.key)) for column in every if column.kind == kind]
        if some:
            yield {"title": title, "kind": kind, "rows": [(column, value, how(column)) for column, value in some]}


def _relations(reading: Reading, entity: Entity, blueprint: Blueprint) -> list[Body]:
    known = related.titles(reading, [entity], blueprint.relations, TARGETS)
    bodies = blueprint.resource.body["relations"]
    return [
        {
            "relation": relation,
            "title": bodies[key].get("title") or key,
            "links": related.held(entity, relation, known, TARGETS),
            "more": max(len(related.targets(entity, key)) - TARGETS, 0),
        }
        for key, relation in blueprint.relations.items()
    ]


def _scorecards(reading: Reading, entity: Entity) -> list[Body]:
    """Each scorecard with the entity's level, its colour, and the rules by name."""
    reached = Levels(reading).of(entity)
    found = []
    for card in scorecards.bodies(reading.connection, entity.key.blueprint):
        if here := reached.get(str(card["identifier"])):
            titles = {rule["identifier"]: rule.get("title") or rule["identifier"] for rule in card["rules"]}
            found.append(
                {
                    "card": card,
                    "level": here["level"],
                    "tone": _tone(card, here["level"]),
                    "titles": titles,
                    "rules": here["rules"],
                }
            )
    return found


def _tone(card: Body, level: str) -> str:
    ladder = card.get("levels") or scorecards.DEFAULT_LEVELS
    return next((str(one.get("color") or "") for one in ladder if one["title"] == level), "")


def _event(row: Body) -> Body:
    """An event with its changes, one a line: what changed, from what, to what."""
    before, after = row["diff"].get("before"), row["diff"].get("after")
    return {**row, "changes": list(_changes(before, after)) if before and after else []}


def _changes(before: Body, after: Body) -> Iterator[tuple[str, JSON, JSON]]:
    """Properties and relations key by key, everything else whole, by a name that no property has."""
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if key in ("properties", "relations") and isinstance(old, dict) and isinstance(new, dict):
            yield from ((name, old.get(name), new.get(name)) for name in {**old, **new})
        else:
            yield f"${key}", old, new
