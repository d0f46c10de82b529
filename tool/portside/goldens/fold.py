"""Entity changes onto entities, one after the other: what a sequence of deliveries leaves behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portside.model.blueprint import Blueprint, Relation
from portside.model.entity import EntityChange, Remove, Upsert
from portside.model.resource import JSON, Body

Entities = Mapping[tuple[str, str], Body]
"""Fields by (blueprint, identifier). Only what deliveries wrote: Port's bare stand-ins for related entities that
nobody wrote are not among them."""

_MERGED = ("properties", "relations")


def fold(entities: Entities, changes: Iterable[EntityChange], blueprints: Mapping[str, Blueprint]) -> Entities:
    """The entities after the changes: an upsert merges key by key, a null clears, a remove deletes.

    `blueprints` say which relations are required: who requires a deleted entity goes with it, or else keeps it from
    being deleted; every other relation to it is cleared.
    """
    for change in changes:
        entities = _upserted(entities, change) if isinstance(change, Upsert) else _removed(entities, change, blueprints)
    return entities


def _upserted(entities: Entities, change: Upsert) -> Entities:
    """An entity that only a search can find stays as it is: what it would find, the live catalog alone knows."""
    if not isinstance(change.identifier, str):
        return entities
    ref = (change.blueprint, change.identifier)
    stored = entities.get(ref, {})
    merged = {key: {**stored.get(key, {}), **change.fields.get(key, {})} for key in _MERGED}
    fields = {**stored, **change.fields, **{key: _present(value) for key, value in merged.items()}}
    return {**entities, ref: {key: value for key, value in fields.items() if value not in (None, {})}}


def _present(fields: Body) -> Body:
    return {key: value for key, value in fields.items() if value is not None}


def _removed(entities: Entities, change: Remove, blueprints: Mapping[str, Blueprint]) -> Entities:
    """With dependents, those that require it go too, and those that require them; without, they keep it."""
    gone = {(change.blueprint, change.identifier)} & entities.keys()
    while more := set(_requiring(entities, gone, blueprints)) - gone:
        if not change.dependents:
            return entities
        gone |= more
    return {ref: _freed(ref[0], body, gone, blueprints) for ref, body in entities.items() if ref not in gone}


def _requiring(
    entities: Entities, gone: set[tuple[str, str]], blueprints: Mapping[str, Blueprint]
) -> Iterator[tuple[str, str]]:
    for ref, body in entities.items():
        for key, relation in _relations(ref[0], blueprints).items():
            if relation.required and (relation.target, body.get("relations", {}).get(key)) in gone:
                yield ref


def _freed(blueprint: str, body: Body, gone: set[tuple[str, str]], blueprints: Mapping[str, Blueprint]) -> Body:
    known = _relations(blueprint, blueprints)
    lost = {target: {name for kind, name in gone if kind == target} for target in {r.target for r in known.values()}}
    kept = {
        key: _without(value, lost[known[key].target] if key in known else set())
        for key, value in body.get("relations", {}).items()
    }
    fields = {**body, "relations": _present(kept)}
    return {key: value for key, value in fields.items() if value != {}}


def _without(value: JSON, lost: set[str]) -> JSON:
    if isinstance(value, list):
        return [member for member in value if member not in lost]
    return None if value in lost else value


def _relations(blueprint: str, blueprints: Mapping[str, Blueprint]) -> Mapping[str, Relation]:
    found = blueprints.get(blueprint)
    return found.relations if found else {}
