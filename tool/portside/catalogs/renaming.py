"""New names for what stands in the catalog: a property, a mirror, a relation, a blueprint, a webhook.

The rule: values stay, and every definition that uses the old name gets the new one. The text of jq is left as it is,
since nobody can tell what it means by a word: what a calculation mentions is not renamed before it mentions the new
name too. What webhooks map to is left as well; a delivery says so when it no longer fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, literal, select, update

from portside.catalogs import resources, rows, scorecards, tables
from portside.catalogs.entity import Entity, Stamp
from portside.catalogs.events import API, Origin, Subject, event, record
from portside.catalogs.repathing import Name, Repathed, retargeted
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import Body, Kind, Ref, Resource


def property_(connection: Connection, blueprint: str, old: str, new: str, stamp: Stamp) -> None:
    """Rename a property, a calculation or an aggregation. Raises CatalogRefused."""
    found = _blueprint(connection, blueprint)
    body = found.resource.body
    section = _section(body, old, ("calculationProperties", "aggregationProperties"))
    if section is None and old not in found.properties:
        raise CatalogRefused(f"blueprint/{blueprint} has no property '{old}'", reason="not_found")
    _free(found, old, new)
    _unmentioned(found, old, new)
    if section is None:
        schema = body["schema"]
        required = [new if key == old else key for key in schema["required"]]
        properties = _renamed(schema["properties"], old, new)
        changed = {**body, "schema": {**schema, "properties": properties, "required": required}}
    else:
        changed = {**body, section: _renamed(body[section], old, new)}
    _follow(connection, found, changed, stamp, value=_only(blueprint, old, new))
    _measured_anew(connection, blueprint, "property", old, new)
    if section is None:
        _rekey(connection, blueprint, lambda entity: replace(entity, properties=_renamed(entity.properties, old, new)))


def mirror(connection: Connection, blueprint: str, old: str, new: str, stamp: Stamp) -> None:
    """Rename a mirror property. Raises CatalogRefused."""
    found = _blueprint(connection, blueprint)
    if old not in found.mirrors:
        raise CatalogRefused(f"blueprint/{blueprint} has no mirror property '{old}'", reason="not_found")
    _free(found, old, new)
    _unmentioned(found, old, new)
    body = found.resource.body
    changed = {**body, "mirrorProperties": _renamed(body["mirrorProperties"], old, new)}
    _follow(connection, found, changed, stamp, value=_only(blueprint, old, new))
    _measured_anew(connection, blueprint, "property", old, new)


def relation(connection: Connection, blueprint: str, old: str, new: str, stamp: Stamp) -> None:
    """Rename a relation. Raises CatalogRefused."""
    found = _blueprint(connection, blueprint)
    if old not in found.relations:
        raise CatalogRefused(f"blueprint/{blueprint} has no relation '{old}'", reason="not_found")
    if new != old and new in found.relations:
        raise CatalogRefused(f"blueprint/{blueprint} has a relation '{new}' already", reason="conflict")
    _unmentioned(found, old, new)
    body = found.resource.body
    changed = {**body, "relations": _renamed(body["relations"], old, new)}
    _follow(connection, found, changed, stamp, step=_only(blueprint, old, new))
    _measured_anew(connection, blueprint, "relation", old, new)
    links = tables.links
    connection.execute(
        update(links).where(links.c.blueprint == blueprint, links.c.relation == old).values(relation=new)
    )
    _rekey(connection, blueprint, lambda entity: replace(entity, relations=_renamed(entity.relations, old, new)))


def blueprint(connection: Connection, old: str, new: str) -> None:
    """Give a blueprint another identifier: what points at it follows, its entities and scorecards move along.

    What webhooks map to is text of their own, and stays. Raises CatalogRefused.
    """
    if resources.one(connection, Ref(Kind.BLUEPRINT, new)):
        raise CatalogRefused(f"blueprint/{new} is there already", reason="conflict")
    for other in {old, *resources.pointing_at(connection, old)}:
        resource = resources.one(connection, Ref(Kind.BLUEPRINT, other))
        if resource:
            resources.rewrite(connection, Resource(resource.ref, retargeted(resource.body, old, new)))
    resources.rename(connection, Ref(Kind.BLUEPRINT, old), new)
    _move_entities(connection, old, new)
    for table, column in _NAMING:
        connection.execute(update(table).where(table.c[column] == old).values({column: new}))


def webhook(connection: Connection, old: str, new: str) -> None:
    """Give a webhook another identifier: its address stays, its deliveries move along. Raises CatalogRefused."""
    if resources.one(connection, Ref(Kind.WEBHOOK, new)):
        raise CatalogRefused(f"webhook/{new} is there already", reason="conflict")
    resources.rename(connection, Ref(Kind.WEBHOOK, old), new)
    deliveries = tables.deliveries
    connection.execute(update(deliveries).where(deliveries.c.webhook == old).values(webhook=new))


_NAMING = (
    (tables.scorecards, "blueprint"),
    (tables.targets, "blueprint"),
    (tables.targets, "target"),
    (tables.links, "target_blueprint"),
    (tables.events, "blueprint"),
    (tables.migrations, "source_blueprint"),
)
"""Where a blueprint's name stands besides the rows of its entities."""


def _move_entities(connection: Connection, old: str, new: str) -> None:
    """Links and values hang on their entity, so the entity comes first under its new name, and goes last."""
    table = tables.entities
    columns = [literal(new) if column.name == "blueprint" else column for column in table.c]
    connection.execute(insert(table).from_select(table.c.keys(), select(*columns).where(table.c.blueprint == old)))
    for hanging in (tables.links, tables.property_values):
        connection.execute(update(hanging).where(hanging.c.blueprint == old).values(blueprint=new))
    connection.execute(delete(table).where(table.c.blueprint == old))


def _follow(
    connection: Connection,
    found: Blueprint,
    changed: Body,
    stamp: Stamp,
    *,
    step: Name = lambda _, key: key,
    value: Name = lambda _, key: key,
) -> None:
    """Store the changed document, and every other one that leads through it, with the new name in its paths."""
    known = dict(resources.StoredBlueprints(connection).items())
    repathed = Repathed(known, step, value)
    for name, one in known.items():
        after = repathed.document(name, changed if name == found.identifier else one.resource.body)
        if name == found.identifier:
            _tell(connection, found, after, stamp)
            resources.replace(connection, Resource(found.resource.ref, after), stamp)
        elif after != one.resource.body:
            resources.rewrite(connection, Resource(one.resource.ref, after))


def _tell(connection: Connection, found: Blueprint, after: Body, stamp: Stamp) -> None:
    subject = Subject(Kind.BLUEPRINT.value, found.identifier, found.identifier)
    record(connection, [event(stamp, Origin(API), subject, found.resource.body, after)])


def _measured_anew(connection: Connection, blueprint: str, operand: str, old: str, new: str) -> None:
    """The scorecards of a blueprint with another name in their conditions: `operand` is property or relation."""
    for body in scorecards.bodies(connection, blueprint):
        after = scorecards.reworded(body, operand, old, new)
        if after != body:
            scorecards.rewrite(connection, blueprint, body["identifier"], after)


def _rekey(connection: Connection, blueprint: str, change: Callable[[Entity], Entity]) -> None:
    """Change every entity of a blueprint that holds something under the old name, a batch at a time."""
    for batch in rows.batches(connection, blueprint):
        rows.put_all(connection, (after for one in batch if (after := change(one)) != one))


def _blueprint(connection: Connection, identifier: str) -> Blueprint:
    found = resources.one(connection, Ref(Kind.BLUEPRINT, identifier))
    if found is None:
        raise CatalogRefused(f"blueprint/{identifier} is not there", reason="not_found")
    return Blueprint(found)


def _section(body: Body, key: str, sections: Iterable[str]) -> str | None:
    return next((section for section in sections if key in body[section]), None)


def _free(found: Blueprint, old: str, new: str) -> None:
    taken = (found.properties, found.mirrors, found.calculations, found.aggregations)
    if new != old and any(new in section for section in taken):
        raise CatalogRefused(f"blueprint/{found.identifier} has a property '{new}' already", reason="conflict")


def _unmentioned(found: Blueprint, old: str, new: str) -> None:
    for key, body in found.calculations.items():
        text = str(body["calculation"])
        if new != old and key != old and _mentions(text, old) and not _mentions(text, new):
            raise CatalogRefused(
                f"blueprint/{found.identifier}: calculation property '{key}' mentions '{old}' and would find nothing"
                f" there; let it read '{new}' too, as in .properties.{new} // .properties.{old}, or take it out first",
                reason="validation_error",
            )


def _mentions(text: str, key: str) -> bool:
    return re.search(rf"(?<![\w@=\\-]){re.escape(key)}(?![\w@=\\-])", text) is not None


def _only(blueprint: str, old: str, new: str) -> Name:
    return lambda holder, key: new if (holder, key) == (blueprint, old) else key


def _renamed(members: Body, old: str, new: str) -> Body:
    """The same members in the same order, one under another name."""
    return {new if key == old else key: value for key, value in members.items()}
