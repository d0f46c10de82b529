"""What entities point at, with titles: read once for all the entities of a page.

The rule: a relation to something that is not there shows its name and leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from portside.catalogs import rows
from portside.catalogs.entity import Entity, Key
from portside.catalogs.reading import Reading
from portside.model.blueprint import Relation

MOST = 5
"""Targets of one relation that are shown in a table."""


class Link(NamedTuple):
    """One target. `there`: it has a page. `title` is its identifier where it has none."""

    blueprint: str
    identifier: str
    title: str
    there: bool


Titles = Mapping[Key, str | None]


def titles(reading: Reading, entities: Iterable[Entity], relations: Iterable[str], most: int = MOST) -> Titles:
    """The titles of what the entities point at by some of their relations; what is not there has none."""
    wanted: dict[str, dict[str, None]] = {}
    names = list(relations)
    for entity in entities:
        known = reading.blueprints[entity.key.blueprint].relations
        for name in names:
            for target in targets(entity, name)[:most]:
                wanted.setdefault(known[name].target, {})[target] = None
    return {
        found.key: found.title
        for blueprint, some in wanted.items()
        for found in rows.several(reading.connection, blueprint, some)
    }


def held(entity: Entity, relation: Relation, known: Titles, most: int = MOST) -> list[Link]:
    """What an entity points at by a relation, the first of it."""
    keys = (Key(relation.target, target) for target in targets(entity, relation.key)[:most])
    return [Link(key.blueprint, key.identifier, known.get(key) or key.identifier, key in known) for key in keys]


def targets(entity: Entity, relation: str) -> Sequence[str]:
    """The identifiers that a relation of an entity holds."""
    value = entity.relations.get(relation)
    return value if isinstance(value, list) else [] if value is None else [value]
