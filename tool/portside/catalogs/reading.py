"""An entity as Port gives it: mirrors, aggregations and calculations are evaluated when it is read.

The rule: what is evaluated is never stored. What leads nowhere, fails or turns in a circle is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby, islice

from sqlalchemy import Connection

from portside.catalogs import aggregating, clock, rows
from portside.catalogs.entity import Entity, Key
from portside.catalogs.paths import TEAM_BLUEPRINT, several
from portside.model.blueprint import META_PROPERTIES, SYSTEM_BLUEPRINTS, Blueprint, Relation
from portside.model.resource import JSON, Body

DEPTH_LIMIT = 40
"""How many definitions may hang one on the other: mirrors of mirrors of mirrors."""

BATCH = 200
"""So many entities are read together: what their mirrors lead to is fetched once for all of them."""

_NAMES = frozenset({*META_PROPERTIES, "$datasource"})


class Reading:
    """One look at the store. Blueprints and moment are those of the transaction."""

    def __init__(self, connection: Connection, blueprints: Mapping[str, Blueprint], now: str = "") -> None:
        self.connection = connection
        self.blueprints = blueprints
        self.now = now or clock.now()
        self._under_way: set[tuple[str, str]] = set()
        self._fetched: dict[Key, Entity | None] | None = None  # None: nothing is read together

    def document(self, entity: Entity, *, calculated: bool = True) -> Body:
        """The whole entity; not `calculated`: with what was written to it alone."""
        return next(self.documents([entity], calculated=calculated))

    def documents(self, entities: Iterable[Entity], *, calculated: bool = True) -> Iterator[Body]:
        """Whole entities, in their order, as they are asked for."""
        left = iter(entities)
        while batch := list(islice(left, BATCH)):
            if not calculated:
                yield from (self._bare(entity) for entity in batch)
                continue
            with self.together(batch):
                found = [self._document(entity) for entity in batch]
            yield from found

    def value(self, entity: Entity, name: str) -> JSON:
        """One value, as rules see it: a property of whatever kind, a `$meta` name, or a path as mirrors have it.

        None where there is none; a list of teams, or of what a mirror finds, is none when nothing is in it.
        """
        return self._value(entity, name, ruled=True)

    def ends(self, entity: Entity, path: Iterable[str]) -> list[Entity]:
        """The entities at the end of a path of relations."""
        return self._followed([entity], path)

    @contextmanager
    def together(self, entities: Iterable[Entity]) -> Iterator[None]:
        """Read these as one: where their mirrors lead is fetched with a query a relation, and kept till the end."""
        before, self._fetched = self._fetched, {}
        try:
            self._fetch(entities, frozenset())
            yield
        finally:
            self._fetched = before

    def _fetch(self, entities: Iterable[Entity], seen: frozenset[tuple[str, str]]) -> None:
        for identifier, few in groupby(entities, key=lambda entity: entity.key.blueprint):
            blueprint = self.blueprints.get(identifier)
            if blueprint and len(seen) < DEPTH_LIMIT:
                alike = list(few)
                for name in [*blueprint.mirrors, "$team"]:
                    self._fetch_one(blueprint, alike, name, seen)

    def _fetch_one(
        self, blueprint: Blueprint, entities: list[Entity], name: str, seen: frozenset[tuple[str, str]]
    ) -> None:
        """Where one mirror leads, and where that leads which it shows."""
        asked = (blueprint.identifier, name)
        path = _owners(blueprint) if name == "$team" else str(blueprint.mirrors[name]["path"]).split(".")[:-1]
        if asked in seen or not path:
            return
        ends = self._followed(entities, path)
        last = "$team" if name == "$team" else str(blueprint.mirrors[name]["path"]).rpartition(".")[2]
        target = self.blueprints.get(ends[0].key.blueprint) if ends else None
        if target and (last in target.mirrors or (last == "$team" and name != "$team")):
            self._fetch_one(target, ends, last, seen | {asked})

    def _value(self, entity: Entity, name: str, *, ruled: bool) -> JSON:
        """One value, `ruled` as rules see it, or else as it is shown."""
        if name in _NAMES:
            found = self._meta(entity, name)
            return None if ruled and found == [] else found
        blueprint = self.blueprints.get(entity.key.blueprint)
        if blueprint and name in {*blueprint.mirrors, *blueprint.aggregations, *blueprint.calculations}:
            return self._evaluated(entity, blueprint, name, ruled=ruled)
        if name in entity.properties or "." not in name or blueprint is None:
            return entity.properties.get(name)
        return self._mirrored(entity, blueprint, name, ruled=ruled)

    def _document(self, entity: Entity) -> Body:
        blueprint = self.blueprints[entity.key.blueprint]
        body = self._written(entity, blueprint)
        return {**body, "properties": {**body["properties"], **_calculated(blueprint, body)}}

    def _evaluated(self, entity: Entity, blueprint: Blueprint, name: str, *, ruled: bool = False) -> JSON:
        """A derived value. One whose definition leads back to itself has nothing to show, whatever the entities."""
        asked = (blueprint.identifier, name)
        if asked in self._under_way or len(self._under_way) == DEPTH_LIMIT:
            return None
        self._under_way.add(asked)
        try:
            return self._derived(entity, blueprint, name, ruled=ruled)
        finally:
            self._under_way.remove(asked)

    def _derived(self, entity: Entity, blueprint: Blueprint, name: str, *, ruled: bool) -> JSON:
        if name in blueprint.mirrors:
            return self._mirrored(entity, blueprint, str(blueprint.mirrors[name]["path"]), ruled=ruled)
        if name in blueprint.aggregations:
            return self._aggregated(entity, blueprint.aggregations[name])
        if name in blueprint.calculations:
            return _calculated(blueprint, self._written(entity, blueprint), [name])[name]
        return None

    def _written(self, entity: Entity, blueprint: Blueprint) -> Body:
        """The entity without its calculations: what they see."""
        bare = self._bare(entity)
        derived = [*blueprint.mirrors, *blueprint.aggregations]
        found = {key: self._evaluated(entity, blueprint, key) for key in derived}
        return {**bare, "properties": {**bare["properties"], **found}}

    def _bare(self, entity: Entity) -> Body:
        """The entity without anything that is evaluated, but for its teams."""
        blueprint = self.blueprints[entity.key.blueprint]
        return {
            "identifier": entity.key.identifier,
            "title": entity.title,
            "icon": entity.icon,
            "blueprint": entity.key.blueprint,
            "team": self._meta(entity, "$team"),
            "properties": dict(entity.properties),
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
            "$datasource": entity.datasource,
            "$createdAt": entity.created.at or None,
            "$createdBy": entity.created.by or None,
            "$updatedAt": entity.updated.at or None,
            "$updatedBy": entity.updated.by or None,
        }[name]

    def _team(self, entity: Entity) -> list[str]:
        """What was written, or what ownership inherits from the far end of its path."""
        blueprint = self.blueprints.get(entity.key.blueprint)
        if not blueprint or not _inherits(blueprint):
            return entity.team
        owners = self._followed([entity], _owners(blueprint))
        return list(dict.fromkeys(team for owner in owners for team in owner.team))

    def _mirrored(self, entity: Entity, blueprint: Blueprint, path: str, *, ruled: bool) -> JSON:
        """One value, or a list of those there are when a relation on the way holds many."""
        *way, last = path.split(".")
        values = [self._value(one, last, ruled=ruled) for one in self._followed([entity], way)]
        if not several(blueprint, way, self.blueprints):
            return values[0] if values else None
        found = [value for value in values if value is not None]
        return None if ruled and not found else found

    def _followed(self, here: list[Entity], path: Iterable[str]) -> list[Entity]:
        """The entities at the end of a path of relations."""
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
        found = self._found(keys)
        if keys[0].blueprint in SYSTEM_BLUEPRINTS:
            return [found.get(key) or Entity(key) for key in keys]
        return [entity for key in keys if (entity := found.get(key))]

    def _found(self, keys: list[Key]) -> dict[Key, Entity | None]:
        """The entities of one blueprint, from among those read together or from the store."""
        known = {} if self._fetched is None else self._fetched
        lacking = [key for key in keys if key not in known]
        found: dict[Key, Entity | None] = dict.fromkeys(lacking)
        for entity in rows.several(self.connection, keys[0].blueprint, [key.identifier for key in lacking]):
            found[entity.key] = entity
        if self._fetched is None:
            return found
        self._fetched |= found
        return self._fetched

    def _aggregated(self, entity: Entity, body: Body) -> JSON:
        return aggregating.aggregated(self, entity, body)


def _inherits(blueprint: Blueprint) -> bool:
    return (blueprint.resource.body.get("ownership") or {}).get("type") == "Inherited"


def _owners(blueprint: Blueprint) -> list[str]:
    """The path to the entities whose teams are inherited; one over teams would turn in a circle, and leads nowhere."""
    path = str(blueprint.resource.body["ownership"].get("path")).split(".") if _inherits(blueprint) else []
    return ["$nowhere"] if "$team" in path else path


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
