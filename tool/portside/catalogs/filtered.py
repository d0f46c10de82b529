"""The entities of a blueprint as a table shows them: those that a filter leaves, a page at a time.

The rule: a value is looked for as Port's search looks for it, and what the database cannot tell is refused.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from portside.catalogs import rows, tables
from portside.catalogs.entity import Entity
from portside.catalogs.listing import Part, Turn, holds, part
from portside.catalogs.reading import Reading
from portside.catalogs.search import Search
from portside.catalogs.search_values import EXACT
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

COUNTED = 10_000
"""What is found by a filter is counted up to here."""

_columns = tables.entities.c


class Filter(NamedTuple):
    """`text` stands somewhere in an identifier or a title; the property, relation or mirror `name` holds `value`."""

    text: str = ""
    name: str = ""
    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.name)


def entities(reading: Reading, blueprint: Blueprint, wanted: Filter, turn: Turn, limit: int) -> Part[Entity]:
    """Entities of a blueprint that pass a filter. Raises CatalogRefused for one that the database cannot tell."""
    found = part(reading.connection, _columns.identifier, _passing(reading, blueprint, wanted), turn, limit)
    return Part(list(rows.several(reading.connection, blueprint.identifier, found.rows)), found.before, found.after)


def entity_count(reading: Reading, blueprint: Blueprint, wanted: Filter) -> int:
    """How many pass a filter; COUNTED + 1 for all that are more."""
    some = select(_columns.identifier).where(*_passing(reading, blueprint, wanted)).limit(COUNTED + 1)
    return int(reading.connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _passing(reading: Reading, blueprint: Blueprint, wanted: Filter) -> list[ColumnElement[bool]]:
    where = [_columns.blueprint == blueprint.identifier]
    if wanted.text:
        where.append(or_(holds(_columns.identifier, wanted.text), holds(_columns.title, wanted.text)))
    if wanted.name:
        where.append(_about(reading, blueprint, wanted))
    return where


def _about(reading: Reading, blueprint: Blueprint, wanted: Filter) -> ColumnElement[bool]:
    search = Search(reading, blueprint, {"combinator": "and", "rules": [_rule(blueprint, wanted)]})
    if not search.exact:
        raise CatalogRefused(f"entities are not listed by that value: {search.because}", reason="validation_error")
    return _columns.identifier.in_(search.identifiers())


def _rule(blueprint: Blueprint, wanted: Filter) -> Body:
    if wanted.name in blueprint.relations:
        return {"relation": wanted.name, "operator": "matchAny", "value": [wanted.value]}
    return {"property": wanted.name, "operator": "matchAny", "value": _meant(wanted.value)}


def _meant(value: str) -> list[JSON]:
    """A value as people write it: `3` is the text and the number, `true` the text and the boolean."""
    found: list[JSON] = [value]
    if value in ("true", "false"):
        found.append(value == "true")
    with suppress(ValueError):
        if abs(number := float(value)) < EXACT:
            found.append(number)
    return found
