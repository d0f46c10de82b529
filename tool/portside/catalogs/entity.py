"""An entity as it is stored, and what a write makes of it. Pure; standard library only.

The rule: a null is no value, so it is never stored, and two writes that say the same leave the same entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from portside.model.blueprint import Blueprint, Relation
from portside.model.resource import JSON, Body, same


class Key(NamedTuple):
    """Which entity: prints as service/checkout."""

    blueprint: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.blueprint}/{self.identifier}"


class Stamp(NamedTuple):
    """When something was written, and by whom."""

    at: str
    by: str


UNSTAMPED = Stamp("", "")


@dataclass(frozen=True)
class Entity:
    """What somebody wrote, without what is evaluated on reading. Relations: an identifier, or a list of them.

    `datasource` is the User-Agent of who wrote it first, None for a webhook or a plan.
    """

    key: Key
    title: str | None = None
    icon: str | None = None
    team: list[str] = field(default_factory=list)
    properties: Body = field(default_factory=dict)
    relations: Body = field(default_factory=dict)
    created: Stamp = UNSTAMPED
    updated: Stamp = UNSTAMPED
    datasource: str | None = None

    def body(self) -> Body:
        """What was written to it."""
        return {
            "title": self.title,
            "icon": self.icon,
            "team": self.team,
            "properties": self.properties,
            "relations": self.relations,
        }


def created(blueprint: Blueprint, identifier: str, fields: Body, stamp: Stamp, datasource: str | None = None) -> Entity:
    """A new entity; a property that the fields do not name gets its default, one that they give as null does not."""
    bare = Entity(
        Key(blueprint.identifier, identifier),
        properties={
            key: value.body["default"] for key, value in blueprint.properties.items() if "default" in value.body
        },
        created=stamp,
        datasource=datasource,
    )
    return _filled(bare, blueprint, fields, stamp)


def merged(entity: Entity, blueprint: Blueprint, fields: Body, stamp: Stamp) -> Entity:
    """The entity with what the fields say: null clears, an absent key stays; properties and relations key by key.

    The fields fit the blueprint, and every database can hold them (text.storable). The same entity, its date included,
    when nothing differs.
    """
    found = _filled(entity, blueprint, fields, stamp)
    return entity if same(found.body(), entity.body()) else found


def _filled(entity: Entity, blueprint: Blueprint, fields: Body, stamp: Stamp) -> Entity:
    return Entity(
        entity.key,
        fields.get("title", entity.title),
        fields.get("icon", entity.icon),
        _listed(fields.get("team", entity.team)),
        _without_nulls({**entity.properties, **(fields.get("properties") or {})}),
        _related(blueprint, {**entity.relations, **(fields.get("relations") or {})}),
        entity.created,
        stamp,
        entity.datasource,
    )


def overridden(entity: Entity, blueprint: Blueprint, fields: Body, stamp: Stamp) -> Entity:
    """The entity as the fields say and nothing else: what they do not name is cleared, or gets its default."""
    found = created(blueprint, entity.key.identifier, fields, stamp, entity.datasource)
    return entity if same(found.body(), entity.body()) else replace(found, created=entity.created)


def pointed(entity: Entity, relations: Mapping[str, Relation]) -> tuple[tuple[str, str, str], ...]:
    """(relation, target blueprint, target) for everything the entity points at, each once."""
    found = (
        (key, relations[key].target, target)
        for key, value in entity.relations.items()
        if key in relations
        for target in _listed(value)
    )
    return tuple(dict.fromkeys(found))


def unpointed(entity: Entity, relation: str, target: str, stamp: Stamp) -> Entity:
    """The entity without one target of one relation."""
    value = entity.relations.get(relation)
    left = [item for item in value if item != target] if isinstance(value, list) else None
    relations = _without_nulls({**entity.relations, relation: left or None})
    return replace(entity, relations=relations, updated=stamp)


def renamed(entity: Entity, identifier: str, stamp: Stamp) -> Entity:
    """The entity under another name."""
    return replace(entity, key=entity.key._replace(identifier=identifier), updated=stamp)


def repointed(entity: Entity, relation: str, old: str, new: str) -> Entity:
    """The entity with one target of a relation under its new name. Its date stays: nobody wrote to the entity."""
    value = entity.relations.get(relation)
    found = [new if one == old else one for one in value] if isinstance(value, list) else new
    return replace(entity, relations={**entity.relations, relation: found})


def _related(blueprint: Blueprint, relations: Body) -> Body:
    return _without_nulls(
        {
            key: _wrapped(value) if key in blueprint.relations and blueprint.relations[key].many else value
            for key, value in relations.items()
        }
    )


def _wrapped(value: JSON) -> JSON:
    """What a many relation holds: a list without repetitions, or nothing."""
    return list(dict.fromkeys(_listed(value))) or None


def _listed(value: JSON) -> list[str]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _without_nulls(values: Body) -> Body:
    return {key: value for key, value in values.items() if value is not None}
