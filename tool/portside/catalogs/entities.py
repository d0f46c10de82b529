"""Writing entities: create or merge, override, delete, with those that are related.

The rule: what is sent must fit the blueprint; what is required is judged on the entity that would be stored, so a merge
may leave out what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from portside.catalogs import queries, rows
from portside.catalogs.entity import Entity, Key, Stamp, created, merged, overridden, pointed, unpointed
from portside.catalogs.paths import TEAM_BLUEPRINT
from portside.errors import CatalogRefused
from portside.mappings import conform
from portside.model.blueprint import Blueprint
from portside.model.resource import Body

UNCHECKED = frozenset({"_user", TEAM_BLUEPRINT})
"""The embedded catalog has no directory of people: relations to users and teams are kept as given. Port never creates
their entities for the sake of a relation, and looks them up instead."""


class Effect(StrEnum):
    """What a write did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    ABSENT = "absent"


@dataclass(frozen=True)
class Transaction:
    """Where and as whom entities are written. `related`: create the entities that a relation names and nobody has."""

    connection: Connection
    blueprints: Mapping[str, Blueprint]
    stamp: Stamp
    related: bool = True


@dataclass(frozen=True)
class Written:
    """What became of one entity; `also` are those created or deleted for its sake."""

    key: Key
    effect: Effect
    also: tuple[Key, ...] = ()


def upsert(within: Transaction, blueprint: str, identifier: str | Body, fields: Body) -> Written:
    """Create the entity, or merge into the one there is. An identifier that is a search query must match exactly one.

    Raises CatalogRefused; what was written before it in the same transaction is for the caller to undo.
    """
    return _write(within, blueprint, identifier, fields, merged)


def override(within: Transaction, blueprint: str, identifier: str | Body, fields: Body) -> Written:
    """Create the entity, or put this one in its place."""
    return _write(within, blueprint, identifier, fields, overridden)


def create(within: Transaction, blueprint: str, identifier: str, fields: Body) -> Written:
    """Create an entity that must not be there yet."""
    if rows.exists(within.connection, Key(blueprint, identifier)):
        raise CatalogRefused(f"entity {blueprint}/{identifier} is there already", reason="conflict")
    return _write(within, blueprint, identifier, fields, merged)


def remove(within: Transaction, key: Key, *, dependents: bool) -> Written:
    """Delete an entity; those that require it go too, or else it stays. Optional relations to it are cleared."""
    if not rows.exists(within.connection, key):
        return Written(key, Effect.ABSENT)
    gone = _gone(within, key)
    if len(gone) > 1 and not dependents:
        who = ", ".join(str(holder) for holder in sorted(gone - {key})[:5])
        raise CatalogRefused(f"entity {key} cannot be deleted: {who} require it", reason="has_dependents")
    for one in gone:
        _let_go(within, one, gone)
    for one in gone:
        rows.erase(within.connection, one)
    return Written(key, Effect.DELETED, tuple(sorted(gone - {key})))


def _write(
    within: Transaction,
    blueprint: str,
    identifier: str | Body,
    fields: Body,
    change: Callable[[Entity, Blueprint, Body, Stamp], Entity],
) -> Written:
    known = _blueprint(within, blueprint)
    key = Key(blueprint, queries.identifier(within.connection, within.blueprints, known, identifier))
    _mind_identifier(key.identifier)
    _mind_ownership(known, fields)
    fields, _ = conform.wrapped(known, queries.resolved(within.connection, within.blueprints, known, fields))
    before = rows.find(within.connection, key)
    after = (
        change(before, known, fields, within.stamp) if before else created(known, key.identifier, fields, within.stamp)
    )
    if after == before:
        return Written(key, Effect.UNCHANGED)
    _judge(known, after, fields)
    also = _bring_related(within, known, after)
    (rows.put if before else rows.add)(within.connection, after, known)
    return Written(key, Effect.UPDATED if before else Effect.CREATED, also)


def _blueprint(within: Transaction, identifier: str) -> Blueprint:
    if (found := within.blueprints.get(identifier)) is None:
        raise CatalogRefused(f"blueprint/{identifier} is not there", reason="not_found")
    return found


def _mind_ownership(blueprint: Blueprint, fields: Body) -> None:
    ownership = blueprint.resource.body.get("ownership") or {}
    if ownership.get("type") == "Inherited" and fields.get("team"):
        raise CatalogRefused(
            f"blueprint/{blueprint.identifier} inherits its teams along '{ownership.get('path')}': write none",
            reason="inherited_ownership_enabled",
        )


def _bring_related(within: Transaction, blueprint: Blueprint, entity: Entity) -> tuple[Key, ...]:
    """Bare entities for what the entity points at and nobody has."""
    wanted = dict.fromkeys(
        Key(target_blueprint, target) for _, target_blueprint, target in pointed(entity, blueprint.relations)
    )
    lacking = [
        key
        for key in wanted
        if key != entity.key and key.blueprint not in UNCHECKED and not rows.exists(within.connection, key)
    ]
    for key in lacking:
        _bring(within, key, entity.key)
    return tuple(lacking)


def _bring(within: Transaction, key: Key, holder: Key) -> None:
    if not within.related:
        raise CatalogRefused(f"entity {holder} points at {key}, which is not there", reason="not_found")
    blueprint = _blueprint(within, key.blueprint)
    bare = created(blueprint, key.identifier, {}, within.stamp)
    _judge(blueprint, bare, {})
    rows.add(within.connection, bare, blueprint)


def _gone(within: Transaction, key: Key) -> set[Key]:
    """The entity, those that require it, those that require them, and so on."""
    gone: set[Key] = set()
    found = {key}
    while found:
        gone |= found
        found = {holder.key for one in found for holder in _requiring(within, one)} - gone
    return gone


def _requiring(within: Transaction, key: Key) -> list[rows.Holder]:
    return [holder for holder in rows.holders(within.connection, key) if _required(within, holder)]


def _required(within: Transaction, holder: rows.Holder) -> bool:
    blueprint = within.blueprints.get(holder.key.blueprint)
    return bool(blueprint and holder.relation in blueprint.relations and blueprint.relations[holder.relation].required)


def _let_go(within: Transaction, key: Key, gone: set[Key]) -> None:
    """Clear the relations to an entity that others hold and need not."""
    for holder in rows.holders(within.connection, key):
        entity = rows.find(within.connection, holder.key) if holder.key not in gone else None
        if entity:
            left = unpointed(entity, holder.relation, key.identifier, within.stamp)
            rows.put(within.connection, left, _blueprint(within, holder.key.blueprint))


def _judge(blueprint: Blueprint, entity: Entity, fields: Body) -> None:
    """Raises CatalogRefused for fields that do not fit the blueprint, or an entity that lacks what it requires."""
    lacks = conform.lacking(blueprint, entity.properties, entity.relations)
    sent = (found for found in conform.misfits(blueprint, fields) if found.code in conform.BREAKS)
    if first := next(iter((*lacks, *sent)), None):
        raise CatalogRefused(f"entity {entity.key}: {first.message}", reason=_reason(first))


def _reason(found: conform.Misfit) -> str:
    """Port's error code for a misfit (the codes that port-cli matches)."""
    if found.code != "value-required":
        return "blueprint_schema_mismatch"
    return "missing_property" if found.route[0] == "properties" else "required_relation"


def _mind_identifier(identifier: str) -> None:
    if found := conform.identifier_misfit(identifier):
        raise CatalogRefused(found[1], reason="validation_error")
