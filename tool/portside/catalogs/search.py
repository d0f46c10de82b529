"""Port's search over the store: which entities of a blueprint pass a query, by identifier.

The rule: SQL finds them, and where it cannot tell (calculations, aggregations, scorecards) each one that it finds is
looked at as it goes by; at no time are all of them in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, case, func, select

from portside.catalogs import rows, rules, search_lead, tables
from portside.catalogs.entity import Entity
from portside.catalogs.rules import Linked, Unsupported
from portside.catalogs.search_conditions import Leaf, both
from portside.catalogs.search_rules import SCORECARD, Compiler
from portside.catalogs.search_walks import Identifiers
from portside.catalogs.text import storable
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

if TYPE_CHECKING:
    from portside.catalogs.levels import Levels
    from portside.catalogs.reading import Reading

_columns = tables.entities.c
_BATCH = 500
_NAMES = (str(index.name) for table in tables.metadata.sorted_tables for index in table.indexes)
_INDEX = re.compile(
    "|".join([*_NAMES, *(f"{table}_pkey|sqlite_autoindex_{table}_1" for table in ("entities", "links"))])
)


@dataclass(frozen=True)
class Found:
    """One page. `more`: there are others after the last. `because` says why no index led to them; empty: one did."""

    entities: tuple[Entity, ...]
    more: bool = False
    because: str = ""


class Search:
    """One query over the entities of one blueprint, or over those `among` some identifiers.

    Raises Unsupported for a query that is not understood.
    """

    def __init__(self, reading: Reading, blueprint: Blueprint, query: Body, among: Identifiers | None = None) -> None:
        self._reading = reading
        self._blueprint = blueprint
        self._tree = rules.parsed(_storable(query), blueprint, reading.now)
        condition = Compiler(reading.blueprints).condition(blueprint, self._tree)
        self._condition = condition if among is None else both(Leaf(lambda _: among, once=True), condition)
        self._linked = [rule for rule in self._tree.rules() if isinstance(rule, Linked)]

    @property
    def exact(self) -> bool:
        """Whether SQL tells it all."""
        return self._condition.exact

    @property
    def because(self) -> str:
        """Why no index leads to what is found, or why each entity must be looked at; empty: neither is so."""
        reasons = [] if self._lead else [*search_lead.why_not(self._condition)]
        found = dict.fromkeys([*reasons, *self._condition.reasons()])
        return "; ".join(one for one in found if one) if found or self._lead else "no rule says what to look for"

    @cached_property
    def _levels(self) -> Levels:
        from portside.catalogs.levels import Levels  # late: levels are found with rules

        return Levels(self._reading)

    @cached_property
    def _lead(self) -> search_lead.Lead | None:
        return search_lead.lead(self._reading.connection, self._condition)

    def selected(self, *columns: Any) -> Select[Any]:
        """The SELECT of everything that SQL finds, in no order."""
        conditions = [_columns.blueprint == self._blueprint.identifier]
        if self._lead:
            conditions.append(search_lead.where(self._lead, _columns.identifier))
        if self._lead is None or self._lead.condition is not self._condition:
            conditions.append(self._condition.where(_columns.identifier))
        return select(*columns).where(*conditions)

    def identifiers(self) -> Select[Any]:
        """The identifiers of what SQL finds."""
        return self.selected(_columns.identifier)

    def query(self, after: str = "") -> Select[Any]:
        """The SELECT of the entities that SQL finds, by identifier, from after that one on."""
        found = self.selected(*_columns, *self._truths())
        if after:  # with a beginning, its identifiers are what to go by, which SQLite would not see
            identifier: Any = _columns.identifier.concat("") if self._lead else _columns.identifier
            found = found.where(identifier > after)
        return found.order_by(_columns.identifier)

    def entities(self, after: str = "", limit: int | None = None) -> Iterator[Entity]:
        """The entities by identifier, from after that one on."""
        if self._condition.never:
            return iter(())
        query = self.query(after)
        if self.exact:
            return self._streamed(query if limit is None else query.limit(limit))
        return islice(self._decided(query), limit)

    def count(self) -> int:
        """How many there are."""
        if self._condition.never:
            return 0
        if not self.exact:
            return sum(1 for _ in self.entities())
        return int(self._reading.connection.execute(self.selected(func.count())).scalar_one())

    def _truths(self) -> list[Any]:
        """Columns that say of each entity whether it passes the rules on links: looked at by itself it cannot tell."""
        if self.exact:
            return []
        compiler = Compiler(self._reading.blueprints)
        found = (compiler.condition(self._blueprint, rule).where(_columns.identifier) for rule in self._linked)
        return [case((one, 1), else_=0).label(f"rule_{number}") for number, one in enumerate(found)]

    def _streamed(self, query: Select[Any]) -> Iterator[Entity]:
        with self._reading.connection.execute(query.execution_options(yield_per=_BATCH)) as found:
            for row in found:
                yield rows.of_row(row)

    def _decided(self, query: Select[Any]) -> Iterator[Entity]:
        """Those that pass, each looked at."""
        with self._reading.connection.execute(query.execution_options(yield_per=_BATCH)) as found:
            for batch in found.partitions(_BATCH):
                entities = [rows.of_row(row) for row in batch]
                with self._reading.together(entities):
                    passing = [self._passes(entity, row._mapping) for row, entity in zip(batch, entities, strict=True)]
                yield from compress(entities, passing)

    def _passes(self, entity: Entity, row: Mapping[Any, Any]) -> bool:
        return rules.passes(self._tree, partial(self._value, entity), partial(self._holds, row))

    def _holds(self, row: Mapping[Any, Any], rule: Linked) -> bool:
        number = next(number for number, one in enumerate(self._linked) if one is rule)
        return bool(row[f"rule_{number}"])

    def _value(self, entity: Entity, name: str) -> JSON:
        if not name.startswith(SCORECARD):
            return self._reading.value(entity, name)
        _, card, *rule = name.split(" ")
        found = self._levels.of(entity).get(card)
        if not found or not rule:
            return found["level"] if found else None
        return next((one["status"] for one in found["rules"] if one["identifier"] == rule[0]), None)


def page(reading: Reading, blueprint: Blueprint, query: Body, limit: int, after: str = "") -> Found:
    """So many entities by identifier, from after that one on. Raises Unsupported."""
    search = Search(reading, blueprint, query)
    found = tuple(search.entities(after, limit + 1))
    return Found(found[:limit], len(found) > limit, search.because)


def explain(connection: Connection, query: Select[Any]) -> str | None:
    """The index by which a query finds the entities; None where it looks at all of a blueprint's."""
    lines = _plan(connection, query)
    used = _INDEX.findall(" ".join(lines))
    by_values = [name for name in used if "entities" not in name]
    return None if any(_WHOLE.search(line) for line in lines) else next(iter([*by_values, *used]), None)


def _plan(connection: Connection, query: Select[Any]) -> list[str]:
    """The lines in which the database says how it would carry a query out."""
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    if connection.dialect.name == "sqlite":
        values: Any = tuple(compiled.params[name] for name in compiled.positiontup or ())
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
    else:
        found = connection.exec_driver_sql(f"EXPLAIN {compiled}", dict(compiled.params))
    return [str(row[-1]) for row in found]


_WHOLE = re.compile(r"(SCAN|SEARCH) entities\b(?!.*identifier=)|Seq Scan on entities\b")
"""A line that looks at all entities of a blueprint."""


def _storable(query: Body) -> Body:
    try:
        found: Body = storable(query)
        return found
    except ValueError as error:
        raise Unsupported(str(error)) from error
