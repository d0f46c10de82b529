"""Writing entities: create or merge, override, delete, with those that are related.

The rule: what is sent must fit the blueprint; what is required is judged on the entity that would be stored, so a merge
may leave out what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from portside.catalogs import queries, resources, rows, text
from portside.catalogs.draft import Draft
from portside.catalogs.entity import (
    Entity,
    Key,
    Stamp,
    created,
    merged,
    overridden,
    pointed,
    renamed,
    repointed,
    unpointed,
)
from portside.catalogs.events import UNKNOWN, Origin
from portside.catalogs.paths import TEAM_BLUEPRINT
from portside.catalogs.tables import IDENTIFIER
from portside.errors import CatalogRefused
from portside.mappings import conform
from portside.mappings.fitting import Fitting
from portside.model.blueprint import Blueprint
from portside.model.entity import EntityChange, Upsert
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
    """In which draft and as whom entities are written. `related`: create what a relation names and nobody has.

    `judged` are blueprints that what is written was found to fit already: evaluating a delivery does that. Whoever
    opens it flushes the draft at the end.
    """

    draft: Draft
    stamp: Stamp
    related: bool = True
    origin: Origin = UNKNOWN
    judged: Mapping[str, Blueprint] = field(default_factory=dict)
    _fittings: dict[str, Fitting] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """The database's; what was written is there once it is flushed."""
        return self.draft.connection

    @property
    def blueprints(self) -> Mapping[str, Blueprint]:
        return self.draft.blueprints

    def fitting(self, blueprint: Blueprint) -> Fitting:
        """What tells quickly whether an entity fits."""
        found = self._fittings.get(blueprint.identifier)
        if found is None or found.blueprint is not blueprint:
            found = self._fittings[blueprint.identifier] = Fitting(blueprint)
        return found

    def flush(self) -> None:
        """Bring the database up to what was written, for a query that is about to look."""
        self.draft.flush()


@dataclass(frozen=True)
class Written:
    """What became of one entity; `also` are those created or deleted for its sake."""

    key: Key
    effect: Effect
    also: tuple[Key, ...] = ()


def prefetch(within: Transaction, changes: Iterable[EntityChange]) -> None:
    """Read in a few queries what these changes will ask for one by one."""
    changes = list(changes)
    named = (Key(one.blueprint, one.identifier) for one in changes if isinstance(one.identifier, str))
    keys = [key for key in named if conform.identifier_misfit(key.identifier) is None]
    upserts = (one for one in changes if isinstance(one, Upsert))
    within.draft.prefetch(keys, {target for one in upserts for target in _targets(within, one)})


def upsert(within: Transaction, blueprint: str, identifier: str | Body, fields: Body) -> Written:
    """Create the entity, or merge into the one there is. An identifier that is a search query must match exactly one.

    Raises CatalogRefused, and then nothing of it is written.
    """
    return _write(within, blueprint, identifier, fields, merged)


def override(within: Transaction, blueprint: str, identifier: str | Body, fields: Body) -> Written:
    """Create the entity, or put this one in its place."""
    return _write(within, blueprint, identifier, fields, overridden)


def create(within: Transaction, blueprint: str, identifier: str | Body, fields: Body) -> Written:
    """Create an entity that must not be there yet."""
    return _write(within, blueprint, identifier, fields, _conflicting)


def edit(within: Transaction, key: Key, fields: Body, *, whole: bool, identifier: str | None = None) -> Written:
    """Merge into an entity that must be there, or put this `whole` one in its place; `identifier` is its new name.

    Whoever points at it follows it to that name.
    """
    if within.blueprints.get(key.blueprint) is not None and not within.draft.exists(key):
        raise CatalogRefused(f"entity {key} is not there", reason="not_found")
    return _write(within, key.blueprint, key.identifier, fields, overridden if whole else merged, identifier)


def remove(within: Transaction, key: Key, *, dependents: bool) -> Written:
    """Delete an entity; those that require it go too, or else it stays. Optional relations to it are cleared."""
    return remove_all(within, [key], dependents=dependents)[0]


def remove_all(within: Transaction, keys: Sequence[Key], *, dependents: bool) -> list[Written]:
    """Delete entities of which one may require another; all of them, or none."""
    there = [key for key in keys if within.draft.exists(key)]
    if not there:
        return [Written(key, Effect.ABSENT) for key in keys]
    within.flush()
    gone = _gone(within, there)
    if (others := sorted(gone.difference(there))) and not dependents:
        who = ", ".join(str(holder) for holder in others[:5])
        what = f"entity {there[0]}" if len(there) == 1 else f"these {len(there)} entities"
        raise CatalogRefused(f"{what} cannot be deleted: required by {who}", reason="has_dependents")
    for one in sorted(gone):
        _let_go(within, one, gone)
    for one in sorted(gone):
        within.draft.erase(one, within.stamp, within.origin)
    also = {there[0]: tuple(others)}
    return [Written(key, _deleted(key, gone), also.get(key, ())) for key in keys]


def _deleted(key: Key, gone: Collection[Key]) -> Effect:
    return Effect.DELETED if key in gone else Effect.ABSENT


Change = Callable[[Entity, Blueprint, Body, Stamp], Entity]


def _write(
    within: Transaction, blueprint: str, given: str | Body, fields: Body, change: Change, new: str | None = None
) -> Written:
    known = resources.known(within.blueprints, blueprint)
    fields = _understood(within, known, fields, given)
    key = Key(blueprint, _identifier(within, known, given))
    before = within.draft.find(key)
    after = change(before, known, fields, within.stamp) if before else _created(within, known, key, fields)
    if new not in (None, key.identifier):
        after = _renamed(within, known, after, str(new))
    _mind_lacking(within, known, after)
    also = _bring_related(within, known, after)
    if after is before:
        return Written(key, Effect.UNCHANGED)
    if after.key == key:
        within.draft.write(after, within.stamp, within.origin)
    else:
        _move(within, key, after)
    return Written(after.key, Effect.UPDATED if before else Effect.CREATED, also)


def _understood(within: Transaction, blueprint: Blueprint, fields: Body, given: str | Body) -> Body:
    """The fields as they are stored, with what queries find in their place. Raises CatalogRefused."""
    _mind_ownership(blueprint, fields)
    try:
        fields = text.storable(fields)
    except ValueError as error:
        raise CatalogRefused(f"entity {_spelled(blueprint, given)}: {error}", reason="validation_error") from error
    judged = _same(within.judged.get(blueprint.identifier), blueprint)
    if not judged and within.fitting(blueprint).takes(fields):
        return fields
    if _searches(fields):
        within.flush()
        fields = queries.resolved(within.connection, within.blueprints, blueprint, fields)
    if judged:
        return fields
    found, _ = conform.wrapped(blueprint, fields)
    for misfit in conform.misfits(blueprint, found):
        if misfit.code in conform.BREAKS:
            raise _refused(f"entity {_spelled(blueprint, given)}", misfit)
    return found


def _same(judge: Blueprint | None, blueprint: Blueprint) -> bool:
    return judge is blueprint or (judge is not None and judge.resource.body == blueprint.resource.body)


def _spelled(blueprint: Blueprint, given: str | Body) -> str:
    return str(Key(blueprint.identifier, given)) if isinstance(given, str) else f"of {blueprint.identifier}"


def _searches(fields: Body) -> bool:
    return any(isinstance(value, dict) for value in (fields.get("team"), *(fields.get("relations") or {}).values()))


def _identifier(within: Transaction, blueprint: Blueprint, given: str | Body) -> str:
    if isinstance(given, str):
        _mind_identifier(blueprint.identifier, given)
        return given
    within.flush()
    return queries.identifier(within.connection, within.blueprints, blueprint, given)


def _created(within: Transaction, blueprint: Blueprint, key: Key, fields: Body) -> Entity:
    return created(blueprint, key.identifier, fields, within.stamp, within.origin.datasource or None)


def _conflicting(entity: Entity, blueprint: Blueprint, fields: Body, stamp: Stamp) -> Entity:  # noqa: ARG001
    """What becomes of an entity that is there when it should be created."""
    raise CatalogRefused(f"entity {entity.key} is there already", reason="conflict")


def _renamed(within: Transaction, blueprint: Blueprint, entity: Entity, identifier: str) -> Entity:
    """The entity under its new name, which it uses of itself too."""
    _mind_identifier(blueprint.identifier, identifier)
    after = renamed(entity, identifier, within.stamp)
    if within.draft.exists(after.key):
        raise CatalogRefused(f"entity {after.key} is there already", reason="conflict")
    for relation, target_blueprint, target in pointed(entity, blueprint.relations):
        if (target_blueprint, target) == entity.key:
            after = repointed(after, relation, target, identifier)
    return after


def _move(within: Transaction, key: Key, entity: Entity) -> None:
    """Store an entity under its new name, and that name with those that point at it."""
    within.flush()
    holders = [holder for holder in rows.holders(within.connection, key) if holder.key != key]
    within.draft.rename(key, entity, within.stamp, within.origin)
    for holder in holders:
        if found := within.draft.find(holder.key):
            moved = repointed(found, holder.relation, key.identifier, entity.key.identifier)
            within.draft.write(moved, within.stamp, within.origin)


def _mind_ownership(blueprint: Blueprint, fields: Body) -> None:
    ownership = blueprint.resource.body.get("ownership") or {}
    if ownership.get("type") == "Inherited" and fields.get("team"):
        raise CatalogRefused(
            f"blueprint/{blueprint.identifier} inherits its teams along '{ownership.get('path')}': write none",
            reason="inherited_ownership_enabled",
        )


def _targets(within: Transaction, change: Upsert) -> Iterator[Key]:
    """What a change points at, as far as it says so by name."""
    blueprint = within.blueprints.get(change.blueprint)
    for name, value in (change.fields.get("relations") or {}).items() if blueprint else ():
        relation = blueprint.relations.get(name) if blueprint else None
        for one in value if isinstance(value, list) else [value]:
            if relation and conform.identifier_misfit(one) is None:
                yield Key(relation.target, one)


def _bring_related(within: Transaction, blueprint: Blueprint, entity: Entity) -> tuple[Key, ...]:
    """Bare entities for what the entity points at and nobody has."""
    wanted = dict.fromkeys(Key(target, name) for _, target, name in pointed(entity, blueprint.relations))
    for key in wanted:
        _mind_length(key.identifier)
    lacking = [
        key for key in wanted if key != entity.key and key.blueprint not in UNCHECKED and not within.draft.exists(key)
    ]
    bare = [_bare(within, key, entity.key) for key in lacking]
    for one in bare:
        within.draft.write(one, within.stamp, within.origin)
    return tuple(lacking)


def _bare(within: Transaction, key: Key, holder: Key) -> Entity:
    if not within.related:
        raise CatalogRefused(f"entity {holder} points at {key}, which is not there", reason="not_found")
    blueprint = resources.known(within.blueprints, key.blueprint)
    made = _created(within, blueprint, key, {})
    _mind_lacking(within, blueprint, made)
    return made


def _gone(within: Transaction, keys: Iterable[Key]) -> set[Key]:
    """The entities, those that require them, those that require those, and so on."""
    gone: set[Key] = set()
    found = set(keys)
    while found:
        gone |= found
        found = {holder.key for one in found for holder in requiring(within, one)} - gone
    return gone


def requiring(within: Transaction, key: Key) -> list[rows.Holder]:
    """Who points at an entity through a relation that may not be empty, as the database has it."""
    return [holder for holder in rows.holders(within.connection, key) if _required(within, holder)]


def _required(within: Transaction, holder: rows.Holder) -> bool:
    blueprint = within.blueprints.get(holder.key.blueprint)
    return bool(blueprint and holder.relation in blueprint.relations and blueprint.relations[holder.relation].required)


def _let_go(within: Transaction, key: Key, gone: Collection[Key]) -> None:
    """Clear the relations to an entity that others hold and need not."""
    for holder in rows.holders(within.connection, key):
        if holder.key not in gone and (entity := within.draft.find(holder.key)):
            left = unpointed(entity, holder.relation, key.identifier, within.stamp)
            within.draft.write(left, within.stamp, within.origin)


def _mind_lacking(within: Transaction, blueprint: Blueprint, entity: Entity) -> None:
    if within.fitting(blueprint).whole(entity.properties, entity.relations):
        return
    for misfit in conform.lacking(blueprint, entity.properties, entity.relations):
        raise _refused(f"entity {entity.key}", misfit)


def _refused(what: str, found: conform.Misfit) -> CatalogRefused:
    """With Port's error code for the misfit (the codes that port-cli matches)."""
    reason = "blueprint_schema_mismatch"
    if found.code == "value-required":
        reason = "missing_property" if found.route[0] == "properties" else "required_relation"
    return CatalogRefused(f"{what}: {found.message}", reason=reason)


def _mind_identifier(blueprint: str, identifier: str) -> None:
    """Names of teams and users are Port's own affair, and may have spaces."""
    _mind_length(identifier)
    found = conform.identifier_misfit(identifier)
    if found and not (blueprint in UNCHECKED and found[0] == "identifier-pattern" and len(identifier) <= 1000):
        raise CatalogRefused(found[1], reason="validation_error")


def _mind_length(identifier: str) -> None:
    """Port takes what is longer; no database is asked to keep what another could not."""
    length = len(identifier.encode("utf-8", "surrogatepass"))
    if length > IDENTIFIER:
        raise CatalogRefused(
            f"the identifier '{identifier[:20]}…' is {length} bytes long in UTF-8; this catalog keeps {IDENTIFIER}",
            reason="validation_error",
        )
