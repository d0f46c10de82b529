"""What an entity holds as rows of property_values, so that a search finds it by that. Pure.

The rule: one row a scalar; what a row cannot hold exactly (a list, an object) has one that says it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from portside.catalogs.entity import Entity, Key
from portside.catalogs.many import Row
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


def held(value: JSON) -> tuple[Held, ...]:
    """The rows of one value: none for null; a list has one for each of its scalars, and one for itself."""
    if isinstance(value, str):
        return (Held("s", value[:HEAD], value if len(value) > HEAD else None, seconds(value)),)
    if isinstance(value, list):
        scalars = (row for one in value if not isinstance(one, list | dict) for row in held(one))
        return (*dict.fromkeys(scalars), _THERE)
    if value is None:
        return ()
    if isinstance(value, dict):
        return (_THERE,)
    if isinstance(value, bool):
        return (Held("b", "true" if value else "false"),)
    return (Held("n", number=float(value) if abs(value) <= _LARGEST else inf if value > 0 else -inf),)


def rows(entity: Entity) -> list[Row]:
    """The rows of an entity: the columns of tables.property_values in their order."""
    return _rows(entity.key, _named(entity))


class Moved(NamedTuple):
    """What becomes of rows: `fresh` ones, `other` ones where there are some, and those that are `gone`.

    Of the latter it is the place (blueprint, identifier, property, position), which in `other` comes last.
    """

    fresh: list[Row]
    other: list[Row]
    gone: list[Row]


def moved(changed: Iterable[tuple[Entity, Entity]]) -> Moved:
    """The rows of what differs in entities: (before, after)."""
    found = Moved([], [], [])
    for before, after in changed:
        old, new = _named(before), _named(after)
        for name in {**old, **new}:
            if not same(old.get(name), new.get(name)):
                _move(found, (*after.key, name), old.get(name), new.get(name))
    return found


def _move(found: Moved, of: Row, before: JSON, after: JSON) -> None:
    """A row whose place was taken is written where it stands, for half of what two rows cost."""
    taken, rows = len(held(before)) if isinstance(before, list) else int(before is not None), held(after)
    for place, row in enumerate(rows):
        if place < taken:
            found.other.append((*row, *of, place))
        else:
            found.fresh.append((*of, place, *row))
    found.gone.extend((*of, place) for place in range(len(rows), taken))


def _named(entity: Entity) -> Body:
    """What can be searched for: the properties, and the title and team, which has rows only when there is one."""
    return {"$title": entity.title, "$team": entity.team or None, **entity.properties}


def _rows(key: Key, values: Body) -> list[Row]:
    return [(*key, name, place, *found) for name, value in values.items() for place, found in enumerate(held(value))]
