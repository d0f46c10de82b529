"""What an entity holds as rows of property_values, so that a search finds it by that. Pure.

The rule: one row a scalar; what a row cannot hold exactly (a list, an object) has one that says it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import inf
from typing import NamedTuple

from portside.catalogs.entity import Entity
from portside.catalogs.presets import seconds
from portside.catalogs.tables import HEAD
from portside.model.resource import JSON, Body, same


class Held(NamedTuple):
    """One value as a row holds it: see tables.property_values."""

    type: str
    head: str | None = None
    whole: str | None = None
    number: float | None = None


_THERE = Held("x")
_LARGEST = 1.7976931348623157e308


def held(value: JSON) -> Iterable[Held]:
    """The rows of one value: none for null; a list has one for each of its scalars, and one for itself."""
    if isinstance(value, list):
        scalars = (row for one in value if not isinstance(one, list | dict) for row in held(one))
        return (*dict.fromkeys(scalars), _THERE)
    if value is None:
        return ()
    return (_THERE if isinstance(value, dict) else _scalar(value),)


def rows(entity: Entity, names: Collection[str] | None = None) -> Iterator[Body]:
    """The rows of an entity: all of them, or those of these names."""
    for name, value in named(entity).items():
        if names is None or name in names:
            for found in held(value):
                yield {
                    "blueprint": entity.key.blueprint,
                    "identifier": entity.key.identifier,
                    "property": name,
                    "type": found.type,
                    "head": found.head,
                    "whole": found.whole,
                    "number": found.number,
                }


def named(entity: Entity) -> Body:
    """What can be searched for: the properties, and the title and team, which has rows only when there is one."""
    return {"$title": entity.title, "$team": entity.team or None, **entity.properties}


def differing(before: Entity, after: Entity) -> set[str]:
    """The names whose values are others than before."""
    old, new = named(before), named(after)
    return {name for name in old.keys() | new.keys() if not same(old.get(name), new.get(name))}


def _scalar(value: str | float) -> Held:
    if isinstance(value, str):
        return Held("s", value[:HEAD], value if len(value) > HEAD else None, seconds(value))
    if isinstance(value, bool):
        return Held("b", "true" if value else "false")
    return Held("n", number=float(value) if abs(value) <= _LARGEST else inf if value > 0 else -inf)
