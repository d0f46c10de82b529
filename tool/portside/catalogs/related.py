"""Which entities an aggregation property looks at: found through the links, so the size of the catalog does not matter.

The rule: those of the target blueprint that the owner depends on, or that depend on it, over any number of relations;
with a path filter, those at the end of its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy import Connection, Select, select, tuple_, union

from portside.catalogs import tables
from portside.catalogs.entity import Key
from portside.catalogs.paths import stations
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

_links = tables.links.c
_holder = (_links.blueprint, _links.identifier)
_target = (_links.target_blueprint, _links.target)
_BATCH = 300


def identifiers(connection: Connection, blueprints: Mapping[str, Blueprint], owner: Key, body: Body) -> frozenset[str]:
    """The identifiers of the target's entities; `body` is the aggregation property's definition."""
    target = str(body["target"])
    for part in body.get("pathFilter") or []:
        if part.get("fromBlueprint"):
            return _led_here(connection, blueprints, owner, part["fromBlueprint"], part["path"])
        return _led_to(connection, owner, part["path"])
    ends = union(_closure(owner, target, _holder, _target), _closure(owner, target, _target, _holder))
    return frozenset(str(row.identifier) for row in connection.execute(ends)) - _itself(owner, target)


def _itself(owner: Key, target: str) -> frozenset[str]:
    return frozenset({owner.identifier} if owner.blueprint == target else ())


def _closure(owner: Key, target: str, start: tuple[JSON, JSON], end: tuple[JSON, JSON]) -> Select[tuple[str]]:
    """Everything reached from the owner when each link is walked from start to end."""
    first = select(end[0].label("blueprint"), end[1].label("identifier")).where(
        start[0] == owner.blueprint, start[1] == owner.identifier
    )
    reach = first.cte(recursive=True)
    more = select(end[0], end[1]).where(start[0] == reach.c.blueprint, start[1] == reach.c.identifier)
    whole = reach.union(more)
    return select(whole.c.identifier).where(whole.c.blueprint == target)


def _led_to(connection: Connection, owner: Key, path: Iterable[str]) -> frozenset[str]:
    """Forward: where the owner's relations lead."""
    here = frozenset({owner})
    for relation in path:
        here = _step(connection, here, _holder, _target, _links.relation == relation)
    return frozenset(key.identifier for key in here)


def _led_here(
    connection: Connection, blueprints: Mapping[str, Blueprint], owner: Key, start: str, path: list[str]
) -> frozenset[str]:
    """Backward: from where the path leads to the owner."""
    here = frozenset({owner})
    for blueprint, relation in reversed(stations(start, path, blueprints)):
        here = _step(
            connection, here, _target, _holder, (_links.relation == relation) & (_links.blueprint == blueprint)
        )
    return frozenset(key.identifier for key in here)


def _step(
    connection: Connection, keys: frozenset[Key], start: tuple[JSON, JSON], end: tuple[JSON, JSON], condition: JSON
) -> frozenset[Key]:
    left, found = iter(sorted(keys)), set[Key]()
    while batch := list(islice(left, _BATCH)):
        query = select(*end).where(condition, tuple_(*start).in_([tuple(key) for key in batch]))
        found |= {Key(*row) for row in connection.execute(query)}
    return frozenset(found)
