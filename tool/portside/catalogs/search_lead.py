"""Where a search begins: with the entities of the rule that the fewest pass, sought by its index.

The rule: what is looked at to choose is bounded, however large the catalog is. Without a rule to begin with, the
entities of the blueprint are looked at in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from portside.catalogs.search_conditions import Condition, Junction, Leaf

STEPS = (200, 5_000)
"""A rule that fewer than so many entities pass is a beginning. More than the last are none: to look at entities in
their order finds as many as fast."""

_WALKED = 1000
"""What a walk over links is taken to find: to count it would be to walk it twice."""


class Lead(NamedTuple):
    """What to begin with, and about how many entities it finds."""

    size: int
    condition: Condition


def lead(connection: Connection, condition: Condition) -> Lead | None:
    """The best beginning for a search; None: there is none."""
    found = (_best(connection, condition, step) for step in STEPS)
    return next((one for one in found if one), None)


def _best(connection: Connection, condition: Condition, most: int) -> Lead | None:
    match condition:
        case Leaf() if condition.leads and not condition.denied:
            return _sized(connection, condition, most)
        case Junction(every=True):
            known = [found for part in condition.parts if (found := _best(connection, part, most))]
            return min(known, key=lambda found: found.size, default=None)
        case Junction():
            return _all(connection, condition, most)
    return None


def _all(connection: Connection, condition: Junction, most: int) -> Lead | None:
    """One of several: all of them must have a beginning."""
    known = []
    for part in condition.parts:
        found = _best(connection, part, most)
        if found is None:
            return None
        known.append(found)
    return Lead(sum(found.size for found in known), Junction(False, tuple(found.condition for found in known)))


def _sized(connection: Connection, leaf: Leaf, most: int) -> Lead | None:
    """A rule that few pass. One about what links lead to is tried only where few are at their end."""
    if leaf.once:
        return Lead(_WALKED, leaf) if most > _WALKED else None
    if leaf.end is not None and _best(connection, leaf.end, most) is None:
        return None
    few = leaf.build(True).limit(most).subquery()
    size = int(connection.execute(select(func.count()).select_from(few)).scalar_one())
    return Lead(size, leaf) if size < most else None


def where(found: Lead, identifier: Any) -> ColumnElement[bool]:
    """What the beginning asks of an entity's identifier."""
    return found.condition.where(identifier, lead=True)


def why_not(condition: Condition) -> Iterator[str]:
    """Why a search has no rule to begin with."""
    match condition:
        case Leaf() if not condition.leads or condition.denied:
            yield condition.because
        case Leaf():
            yield f"more than {STEPS[-1]:,} entities pass it"
        case Junction():
            for part in condition.parts:
                yield from why_not(part)
        case _ if not condition.exact:
            yield condition.because
