"""An entity as Port gives it: mirrors, aggregations and calculations are evaluated when it is read.

The rule: what is evaluated is never stored. What leads nowhere, fails or turns in a circle is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from portside.catalogs import aggregating, clock, rows
from portside.catalogs.entity import Entity, Key
from portside.catalogs.paths import TEAM_BLUEPRINT, several
from portside.model.blueprint import META_PROPERTIES, SYSTEM_BLUEPRINTS, Blueprint, Relation
from portside.model.resource import JSON, Body

DEPTH_LIMIT = 40
"""How many definitions may hang one on the other: mirrors of mirrors of mirrors."""


class Reading:
    """One look at the store. Blueprints and moment are those of the transaction."""

    def __init__(self, connection: Connection, blueprints: Mapping[str, Blueprint], now: str = "") -> None:
        self.connection = connection
        self.blueprints = blueprints
        self.now = now or clock.now()
        self._under_way: set[tuple[str, str]] = set()

    def document(self, entity: Entity, *, calculated: bool = True) -> Body:
        """The whole entity, or what was written of it: without mirrors, calculations and aggregations."""
        blueprint = self.blueprints[entity.key.blueprint]
        body = self._written(entity, blueprint, calculated=calculated)
        if not calculated:
            return body
        return {**body, "properties": {**body["properties"], **_calculated(blueprint, body)}}

    def value(self, entity: Entity, name: str) -> JSON:
        """One value: a property of whatever kind, or a `$meta` name; None where there is none."""
        if name in META_PROPERTIES:
            return self._meta(entity, name)
        if name in entity.properties:
            return entity.properties[name]
        blueprint = self.blueprints.get(entity.key.blueprint)
        return self._evaluated(entity, blueprint, name) if blueprint else None

    def ends(self, entity: Entity, path: Iterable[str]) -> list[Entity]:
        """The entities at the end of a path of relations."""
        return self._follow(entity, path)

    def _evaluated(self, entity: Entity, blueprint: Blueprint, name: str) -> JSON:
        """A derived value. One whose definition leads back to itself has nothing to show, whatever the entities."""
        asked = (blueprint.identifier, name)
        if asked in self._under_way or len(self._under_way) == DEPTH_LIMIT:
            return None
        self._under_way.add(asked)
        try:
            return self._derived(entity, blueprint, name)
        finally:
            self._under_way.remove(asked)

    def _derived(self, entity: Entity, blueprint: Blueprint, name: str) -> JSON:
        if name in blueprint.mirrors:
            return self._mirrored(entity, blueprint, str(blueprint.mirrors[name]["path"]))
        if name in blueprint.aggregations:
            return self._aggregated(entity, blueprint.aggregations[name])
        if name in blueprint.calculations:
            return _calculated(blueprint, self._written(entity, blueprint), [name])[name]
        return None

    def _written(self, entity: Entity, blueprint: Blueprint, *, calculated: bool = True) -> Body:
        """The entity without its calculations: what they see."""
        derived = [*blueprint.mirrors, *blueprint.aggregations] if calculated else []
        return {
            "identifier": entity.key.identifier,
            "title": entity.title,
            "icon": entity.icon,
            "blueprint": entity.key.blueprint,
            "team": self._meta(entity, "$team"),
            "properties": {**entity.properties, **{key: self._evaluated(entity, blueprint, key) for key in derived}},
            "relations": {key: _held(entity, relation) for key, relation in blueprint.relations.items()},
            "createdAt": entity.created.at,
            "createdBy": entity.created.by,
            "updatedAt": entity.updated.at,
            "updatedBy": entity.updated.by,
        }

    def _meta(self, entity: Entity, name: str) -> JSON:
        if name == "$team":
            return self._team(entity)
        return {
            "$identifier": entity.key.identifier,
            "$title": entity.title,
            "$icon": entity.icon,
            "$blueprint": entity.key.blueprint,
            "$createdAt": entity.created.at,
            "$createdBy": entity.created.by,
            "$updatedAt": entity.updated.at,
            "$updatedBy": entity.updated.by,
        }[name]

    def _team(self, entity: Entity) -> list[str]:
        """What was written, or what ownership inherits from the far end of its path."""
        blueprint = self.blueprints.get(entity.key.blueprint)
        ownership = (blueprint.resource.body.get("ownership") if blueprint else None) or {}
        if ownership.get("type") != "Inherited":
            return entity.team
        owners = self._follow(entity, str(ownership.get("path")).split("."))
        return list(dict.fromkeys(team for owner in owners for team in owner.team))

    def _mirrored(self, entity: Entity, blueprint: Blueprint, path: str) -> JSON:
        """One value, or a list of those there are when a relation on the way holds many."""
        *way, last = path.split(".")
        values = [self.value(one, last) for one in self._follow(entity, way)]
        if not several(blueprint, way, self.blueprints):
            return values[0] if values else None
        return [value for value in values if value is not None]

    def _follow(self, entity: Entity, path: Iterable[str]) -> list[Entity]:
        """The entities at the end of a path of relations."""
        here = [entity]
        for key in path:
            named = dict.fromkeys(target for one in here for target in self._pointed(one, key))
            here = self._entities(list(named))
        return here

    def _pointed(self, entity: Entity, key: str) -> list[Key]:
        if key == "$team":
            return [Key(TEAM_BLUEPRINT, team) for team in self._team(entity)]
        blueprint = self.blueprints.get(entity.key.blueprint)
        relation = blueprint.relations.get(key) if blueprint else None
        if relation is None:
            return []
        held = _held(entity, relation)
        return [Key(relation.target, target) for target in (held if isinstance(held, list) else [held]) if target]

    def _entities(self, keys: list[Key]) -> list[Entity]:
        """In the order given; all are of one blueprint. One that is Port's own and not here has its name at least."""
        if not keys:
            return []
        blueprint = keys[0].blueprint
        found = {
            entity.key: entity for entity in rows.several(self.connection, blueprint, [key.identifier for key in keys])
        }
        if blueprint in SYSTEM_BLUEPRINTS:
            found = {key: found.get(key, Entity(key)) for key in keys}
        return [found[key] for key in keys if key in found]

    def _aggregated(self, entity: Entity, body: Body) -> JSON:
        return aggregating.aggregated(self.connection, self.blueprints, entity, body, self.value, self.now)


def _held(entity: Entity, relation: Relation) -> JSON:
    return entity.relations.get(relation.key, [] if relation.many else None)


def _calculated(blueprint: Blueprint, document: Body, wanted: Iterable[str] | None = None) -> Body:
    """Calculations by key; a calculation sees everything but other calculations, and one that fails gives null."""
    keys = tuple(blueprint.calculations if wanted is None else wanted)
    if not keys:
        return {}
    from portside.jq.engine import run  # libjq takes a moment to load
    from portside.jq.programs import Block

    texts = tuple(str(blueprint.calculations[key]["calculation"]) for key in keys)
    results = run((Block(None, None, texts),), document)[0].rows[0].results or ()
    return {key: result.value for key, result in zip(keys, results, strict=True)}
