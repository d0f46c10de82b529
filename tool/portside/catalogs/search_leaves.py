"""Single rules as conditions: on the rows of a property, on a column of entities, on what is linked.

The rule: each says itself whether an index finds what passes, and whether SQL tells it exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import cast, select

from portside.catalogs import search_values, search_walks, tables
from portside.catalogs.entity import Key
from portside.catalogs.rules import Rule, Unsupported, listed
from portside.catalogs.search_conditions import NEVER, Build, Condition, Leaf, either
from portside.catalogs.search_walks import Blueprints, Identifiers
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

COLUMNS = {
    "$identifier": "identifier",
    "$icon": "icon",
    "$createdAt": "created_at",
    "$createdBy": "created_by",
    "$updatedAt": "updated_at",
    "$updatedBy": "updated_by",
    "$datasource": "datasource",
}
"""The meta-properties that are columns of their own."""

_INDEXED = frozenset({"identifier", "created_at", "updated_at"})
_MOMENTS = frozenset({"created_at", "updated_at"})
HOPS = 15
"""Port's limit of maxHops (schema of the search routes)."""


def of_rows(blueprint: Blueprint, rule: Rule) -> Leaf:
    """A rule on a property, the title or the teams: on rows of property_values."""
    definition = blueprint.properties.get(rule.name)
    array = rule.name == "$team" or (definition is not None and definition.type == "array")
    found = search_values.of_row(tables.property_values, rule, array=array)

    def build(lead: bool) -> Identifiers:
        row = tables.property_values.alias()
        condition = search_values.of_row(row, rule, array=array).sql
        name: Any = row.c.property if lead else row.c.property.concat("")  # SQLite would go through all its values
        named = (row.c.blueprint == blueprint.identifier) & (name == rule.name)
        return select(row.c.identifier).where(named, condition)

    return _leaf(build, found, rule)


def of_column(blueprint: Blueprint, rule: Rule) -> Leaf:
    """A rule on a meta-property that is a column."""
    name = COLUMNS[rule.name]

    def build(lead: bool) -> Identifiers:  # noqa: ARG001 - as every Build
        entity = tables.entities.alias()
        condition = on_column(entity.c[name], rule).sql
        return select(entity.c.identifier).where(entity.c.blueprint == blueprint.identifier, condition)

    return _leaf(build, on_column(tables.entities.c[name], rule), rule)


def on_column(column: Any, rule: Rule) -> search_values.Condition:
    """What a rule on a meta-property asks of its column, or of what holds the same."""
    name = COLUMNS[rule.name]
    if name not in _INDEXED:
        column = cast(column, tables.Words)  # some sort by PostgreSQL's locale; one with an index is used as it is
    return search_values.of_column(column, rule, moments=name in _MOMENTS, indexed=name in _INDEXED)


def _leaf(build: Build, found: search_values.Condition, rule: Rule) -> Leaf:
    because = found.because or ("" if found.exact else "no index has numbers so large exactly")
    return Leaf(build, found.exact, found.leads, because and f"'{rule.name}': {because}")


def linked(blueprints: Blueprints, blueprint: str, rule: Body) -> Condition:
    """A rule on links: `relatedTo`, or `matchAny` along a path. Raises Unsupported."""
    values = _values(rule)
    if rule["operator"] == "relatedTo":
        return _related(blueprints, blueprint, rule, values)
    path = rule["property"]["path"]
    _mind_path(path)
    start = rule["property"].get("fromBlueprint")
    if start is not None:
        back = search_walks.way(blueprints, str(start), path)
        return _once(search_walks.led_to, back, values) if back and back[-1].target == blueprint else NEVER
    hops = search_walks.way(blueprints, blueprint, path)
    return _once(search_walks.leading_to, hops, values) if hops else NEVER


def _once(walk: Callable[..., Identifiers], *arguments: Any, **named: Any) -> Leaf:
    return Leaf(lambda lead: walk(*arguments, **named), once=True)  # noqa: ARG005 - as every Build


def _values(rule: Body) -> list[str]:
    value = rule.get("value")
    if isinstance(value, dict) and "context" in value:
        raise Unsupported(f"a rule asks for the {value['context']} of whoever searches, and this is not a user")
    if not value or not all(isinstance(one, str) for one in listed(value)):
        raise Unsupported(f"rule with operator {rule['operator']!r}: {value!r} is no identifier, nor a list of them")
    return list(dict.fromkeys(listed(value)))


def _related(blueprints: Blueprints, blueprint: str, rule: Body, values: list[str]) -> Condition:
    given, direction, required = rule.get("blueprint"), rule.get("direction"), rule.get("required")
    if not isinstance(given, str):
        raise Unsupported("a rule with operator 'relatedTo' names no blueprint")
    if direction not in (None, "upstream", "downstream"):
        raise Unsupported(f"direction {direction!r} is neither 'upstream' nor 'downstream'")
    if required not in (None, True, False):
        raise Unsupported(f"required {required!r} is neither true nor false")
    origins = [Key(given, value) for value in values]

    about = {"required": required, "blueprints": blueprints, "target": blueprint}
    ways = {
        name: _once(search_walks.closure, origins, upstream=name == "upstream", **about)
        for name in ("upstream", "downstream")
        if direction in (None, name)
    }
    return either(list(ways.values()))


def _mind_path(path: JSON) -> None:
    """Raises Unsupported for a path that is none."""
    if not isinstance(path, list) or not path:
        raise Unsupported(f"path {path!r} is no list of relations")
    repeated = [one for one in path if isinstance(one, dict)]
    if any(not isinstance(one.get("relation"), str) for one in repeated):
        raise Unsupported(f"path {path!r} has an element without a relation")
    if len(repeated) > 1 and sum("maxHops" in one for one in repeated) > 1:
        raise Unsupported(f"path {path!r} has maxHops more than once")
    for one in repeated:
        hops = one.get("maxHops", 1)
        if isinstance(hops, bool) or not isinstance(hops, int | float) or not 1 <= hops <= HOPS:
            raise Unsupported(f"maxHops {hops!r} is not between 1 and {HOPS}")
