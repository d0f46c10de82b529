"""What a change would come to: the entity that is there, and what it would be then.

The rule: nothing is written, and what would be refused says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portside.catalogs import rows
from portside.catalogs.entities import Effect
from portside.catalogs.entity import Entity, Key, Stamp, created, merged
from portside.catalogs.reading import Reading
from portside.mappings import conform
from portside.model.blueprint import Blueprint
from portside.model.entity import EntityChange, Remove, Upsert
from portside.model.resource import JSON, Body
from portside.server.pages import values


class Change(NamedTuple):
    """An entity that a mapping writes or deletes: what that would come to, and why it would be refused ("": not).

    `identifier` is a search query in one line where the mapping has one; then nobody knows the effect before.
    """

    blueprint: str
    identifier: str
    there: bool
    effect: str
    fields: Sequence[tuple[str, JSON, Body]]
    refused: str


def foreseen(reading: Reading, change: EntityChange) -> Change:
    """What a change would come to now."""
    blueprint = reading.blueprints.get(change.blueprint)
    fields = _fields(change, blueprint)
    if not isinstance(change.identifier, str):
        found = f"found by {values.spelled(change.identifier)}"
        return Change(change.blueprint, found, False, "upsert", fields, "")
    entity = rows.find(reading.connection, Key(change.blueprint, change.identifier)) if blueprint else None
    known = (change.blueprint, change.identifier, entity is not None)
    if isinstance(change, Remove) or blueprint is None:
        return Change(*known, Effect.DELETED if entity else Effect.ABSENT, (), "")
    after = _after(entity, blueprint, change.identifier, change.fields, Stamp(reading.now, ""))
    if after == entity:
        return Change(*known, Effect.UNCHANGED, fields, "")
    lacking = conform.lacking(blueprint, after.properties, after.relations)
    refused = "; ".join(one.message for one in lacking)
    return Change(*known, Effect.UPDATED if entity else Effect.CREATED, fields, refused)


def _after(entity: Entity | None, blueprint: Blueprint, identifier: str, fields: Body, stamp: Stamp) -> Entity:
    return merged(entity, blueprint, fields, stamp) if entity else created(blueprint, identifier, fields, stamp)


def _fields(change: EntityChange, blueprint: Blueprint | None) -> Sequence[tuple[str, JSON, Body]]:
    """(name, value, definition) of everything that a change says."""
    if not isinstance(change, Upsert):
        return ()
    defined = blueprint.properties if blueprint else {}
    found: list[tuple[str, JSON, Body]] = []
    for key, value in change.fields.items():
        if key in ("properties", "relations") and isinstance(value, dict):
            found += ((name, one, defined[name].body if name in defined else {}) for name, one in value.items())
        else:
            found.append((f"${key}", value, {}))
    return found
