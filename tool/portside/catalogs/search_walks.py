"""Walks over the links of entities as SELECTs of identifiers: along a path, back along it, as far as they lead.

The rule: a walk is over entities of known blueprints, so a path that does not exist in the model leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, true, tuple_

from portside.catalogs import tables
from portside.catalogs.entity import Key
from portside.catalogs.paths import TEAM_BLUEPRINT
from portside.model.blueprint import SYSTEM_BLUEPRINTS, Blueprint
from portside.model.resource import JSON

ANY = tables.links.c.target
"""Stands for the end of whatever path."""

Blueprints = Mapping[str, Blueprint]
Identifiers = Select[tuple[str]]
End = Callable[[bool, Any], ColumnElement[bool]]
"""What must hold of an identifier at the end of a path; True: sought by index, False: on each row."""


class Hop(NamedTuple):
    """One relation of a path, or `$team`, from one blueprint to another. `hops` > 1: so many times or fewer."""

    blueprint: str
    relation: str
    target: str
    hops: int = 1


def way(blueprints: Blueprints, start: str, path: Sequence[JSON]) -> list[Hop] | None:
    """The hops of a path; None where it leads nowhere. An element is a key, or `{relation, maxHops}`."""
    found: list[Hop] = []
    here = start
    for element in path:
        hops = _hops(blueprints, here, element)
        if hops is None:
            return None
        found += hops
        here = hops[-1].target
    return found


def _hops(blueprints: Blueprints, here: str, element: JSON) -> list[Hop] | None:
    blueprint = blueprints.get(here)
    key = element.get("relation") if isinstance(element, dict) else element
    if blueprint is None or not isinstance(key, str):
        return None
    if key == "$team":
        return _to_teams(blueprints, blueprint)
    relation = blueprint.relations.get(key)
    if relation is None:
        return None
    most = int(element.get("maxHops") or 1) if isinstance(element, dict) and relation.target == here else 1
    return [Hop(here, key, relation.target, most)]


def _to_teams(blueprints: Blueprints, blueprint: Blueprint) -> list[Hop] | None:
    """To the teams written on the entity, or on the one it inherits them from."""
    before = inherited(blueprints, blueprint)
    if before is None:
        return None
    return [*before, Hop(before[-1].target if before else blueprint.identifier, "$team", TEAM_BLUEPRINT)]


def inherited(blueprints: Blueprints, blueprint: Blueprint) -> list[Hop] | None:
    """The hops to where the teams of its entities are written; none: on themselves. None: nowhere."""
    ownership = blueprint.resource.body.get("ownership") or {}
    if ownership.get("type") != "Inherited":
        return []
    path = str(ownership.get("path")).split(".")
    return None if "$team" in path else way(blueprints, blueprint.identifier, path)


def several(hops: Iterable[Hop], blueprints: Blueprints) -> bool:
    """Whether more than one entity can stand at the end."""
    return any(hop.relation == "$team" or blueprints[hop.blueprint].relations[hop.relation].many for hop in hops)


def chain(hops: Sequence[Hop], end: End, *, lead: bool) -> Identifiers:
    """The identifiers from which the hops lead to where the end holds; each hop is one."""
    first, *rest = hops
    start, target, condition = _hop(first, lead=lead)
    if not rest:
        return select(start).where(condition, end(lead, target))
    further = chain(rest, end, lead=lead)
    return select(start).where(condition, within(further, target, lead=lead))


def within(identifiers: Identifiers, identifier: Any, *, lead: bool) -> ColumnElement[bool]:
    """Whether an identifier is among them: sought from their side, or from the identifier's."""
    column = next(iter(identifiers.selected_columns))
    found: ColumnElement[bool]
    found = identifier.in_(identifiers) if lead else identifiers.where(column == identifier).exists()
    return found


def _hop(hop: Hop, *, lead: bool) -> tuple[Any, Any, ColumnElement[bool]]:
    """(the column of where it starts, of where it leads, which rows are of the hop)."""
    if hop.relation == "$team":
        row = tables.property_values.alias()
        named = and_(row.c.blueprint == hop.blueprint, row.c.property == "$team", row.c.type == "s")
        return row.c.identifier, func.coalesce(row.c.whole, row.c.head), named
    link = tables.links.alias()
    blueprint: Any = link.c.blueprint
    relation: Any = link.c.relation
    if lead:  # the index by target is the one to use; SQLite, which has no statistics, would take that by relation
        blueprint, relation = blueprint.concat(""), relation.concat("")
    named = and_(blueprint == hop.blueprint, relation == hop.relation, link.c.target_blueprint == hop.target)
    return link.c.identifier, link.c.target, named


def leading_to(hops: Sequence[Hop], values: Sequence[str]) -> Identifiers:
    """The identifiers from which the hops lead to one of these."""
    found: Any = list(values)
    for hop in reversed(hops):
        found = _before(hop, found)
    return _selected(found)


def led_to(hops: Sequence[Hop], values: Any) -> Identifiers:
    """The identifiers to which the hops lead from one of these."""
    found = values
    for hop in hops:
        found = _after(hop, found)
    return _selected(found)


def _selected(found: Any) -> Identifiers:
    if isinstance(found, Select):
        return found
    return select(tables.entities.c.identifier).where(tables.entities.c.identifier.in_(found))


def _before(hop: Hop, ends: Any) -> Identifiers:
    start, target, condition = _hop(hop, lead=True)
    return _repeated(hop, start, target, condition, ends)


def _after(hop: Hop, starts: Any) -> Identifiers:
    start, target, condition = _hop(hop, lead=False)
    return _repeated(hop, target, start, condition, starts)


def _repeated(hop: Hop, given: Any, known: Any, condition: ColumnElement[bool], among: Any) -> Identifiers:
    """One hop from what is known, or as many as it may be; no row is visited twice at the same distance."""
    first = select(given.label("identifier"), literal(1).label("distance")).where(condition, known.in_(among))
    if hop.hops == 1:
        return select(given).where(condition, known.in_(among))
    reach = first.cte(recursive=True)
    more = select(given, reach.c.distance + 1).where(
        condition, known == reach.c.identifier, reach.c.distance < hop.hops
    )
    whole = reach.union(more)
    return select(whole.c.identifier)


def closure(
    origins: Iterable[Key], *, upstream: bool, required: bool | None, blueprints: Blueprints, target: str
) -> Identifiers:
    """What the origins depend on over any number of relations, of one blueprint; downstream: what depends on them.

    An origin is not related to itself. `required`: only over relations that are, or that are not.
    """
    links = tables.links.c
    holder, held = (links.blueprint, links.identifier), (links.target_blueprint, links.target)
    start, end = (holder, held) if upstream else (held, holder)
    known = _of_kind(required, blueprints)
    keys = [tuple(key) for key in origins]
    first = select(start[1].label("origin"), end[0].label("blueprint"), end[1].label("identifier")).where(
        tuple_(*start).in_(keys), known
    )
    reach = first.cte(recursive=True)
    more = select(reach.c.origin, end[0], end[1]).where(
        start[0] == reach.c.blueprint, start[1] == reach.c.identifier, known
    )
    whole = reach.union(more)
    itself = {key[0] for key in keys}
    others = whole.c.origin != whole.c.identifier if target in itself else true()
    return select(whole.c.identifier).where(whole.c.blueprint == target, others)


def _of_kind(required: bool | None, blueprints: Blueprints) -> ColumnElement[bool]:
    if required is None:
        return true()
    pairs = [
        (identifier, key)
        for identifier in blueprints
        for key, relation in blueprints[identifier].relations.items()
        if relation.required is required
    ]
    return tuple_(tables.links.c.blueprint, tables.links.c.relation).in_(pairs or [("", "")])


def existing(blueprint: str, identifier: Any) -> ColumnElement[bool]:
    """Whether there is an entity of that name; those of Port's own blueprints are taken on trust."""
    if blueprint in SYSTEM_BLUEPRINTS:
        return true()
    entity = tables.entities.alias()
    there = select(entity.c.identifier).where(entity.c.blueprint == blueprint, entity.c.identifier == identifier)
    return there.exists()
