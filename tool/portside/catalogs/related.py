"""Which entities an aggregation property looks at: found through the links, so the size of the catalog does not matter.

The rule: those of the target blueprint that the owner depends on, or that depend on it, over any number of relations;
with a path filter, those at the end of its path.
"""

from __future__ import annotations

from sqlalchemy import Select, false, select, union

from portside.catalogs import search_walks, tables
from portside.catalogs.entity import Key
from portside.catalogs.search_walks import Blueprints, Identifiers
from portside.model.resource import Body


def identifiers(blueprints: Blueprints, owner: Key, body: Body) -> Select[tuple[str]]:
    """The identifiers of the target's entities, each once; `body` is the aggregation property's definition."""
    target = str(body["target"])
    for part in body.get("pathFilter") or []:
        return _along(blueprints, owner, target, part)
    ways = (
        search_walks.closure([owner], upstream=upstream, required=None, blueprints=blueprints, target=target)
        for upstream in (True, False)
    )
    return select(union(*ways).subquery().c.identifier)


def _along(blueprints: Blueprints, owner: Key, target: str, part: Body) -> Identifiers:
    """Forward: where the owner's relations lead. From a blueprint: from where the path leads to the owner."""
    start = part.get("fromBlueprint")
    hops = search_walks.way(blueprints, str(start or owner.blueprint), part["path"])
    end = owner.blueprint if start else target
    if not hops or hops[-1].target != end or (start and start != target):
        return select(tables.entities.c.identifier).where(false())
    return (search_walks.leading_to if start else search_walks.led_to)(hops, [owner.identifier])
