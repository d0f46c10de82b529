"""Aggregation properties, computed when an entity is read; Port recomputes them every 15 minutes.

The rule: the database counts and adds what it can tell, and what it cannot is looked at as it goes by. Without a query
that this catalog understands there is no number: null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from portside.catalogs import related, tables
from portside.catalogs.entity import Entity
from portside.catalogs.presets import seconds
from portside.catalogs.rules import Unsupported, number
from portside.catalogs.search import Search
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

if TYPE_CHECKING:
    from portside.catalogs.reading import Reading

_SECONDS = {"hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
"""A month is 30 days, as in Port's date presets."""

_values = tables.property_values.c
_EVERYTHING: Body = {"combinator": "and", "rules": []}


def aggregated(reading: Reading, owner: Entity, body: Body) -> JSON:
    """The number that an aggregation property's definition gives for its owner; None where there is none."""
    target = reading.blueprints.get(str(body["target"]))
    if target is None:
        return None
    among = related.identifiers(reading.blueprints, owner.key, body)
    try:
        found = Search(reading, target, body.get("query") or _EVERYTHING, among)
    except Unsupported:
        return None
    return _Aggregate(reading, found, target, body["calculationSpec"]).result()


@dataclass(frozen=True)
class _Aggregate:
    """One definition's entities, and what is asked of them."""

    reading: Reading
    found: Search
    target: Blueprint
    spec: Body

    def result(self) -> JSON:
        if self.spec["calculationBy"] == "entities":
            count = self.found.count()
            return count if self.spec["func"] == "count" else self._rate(count)
        func_, name = self.spec["func"], str(self.spec["property"])
        if func_ == "average" and self.spec.get("averageOf") in _SECONDS:
            return self._rate(self._told(name, "sum") or 0)
        return self._told(name, func_)

    def _rate(self, amount: float) -> JSON:
        """The amount per hour, day, week or month since the earliest of the entities, one period at least."""
        period = _SECONDS.get(self.spec.get("averageOf", "day"))
        earliest = self._earliest(str(self.spec.get("measureTimeBy") or "$createdAt")) if period else None
        if period is None or earliest is None:
            return amount
        return _short(amount / max(((seconds(self.reading.now) or 0) - earliest) / period, 1))

    def _earliest(self, name: str) -> float | None:
        if not self.found.exact or not (name in _CREATED or self._stored(name)):
            return min(self._seen(name, seconds), default=None)
        if name in _CREATED:
            return seconds(self._scalar(self.found.selected(func.min(_CREATED[name]))))
        moment: float | None = self._scalar(self._rows(func.min(_values.number), name, "s"))
        return moment

    def _told(self, name: str, function: str) -> float | None:
        """A function of the numbers of a property; None where there is none."""
        if not self.found.exact or not self._stored(name):
            numbers = [*self._seen(name, lambda value: value if number(value) else None)]
            return _FUNCTIONS[function](numbers) if numbers else None
        if function == "median":
            return self._median(name)
        column: Any = {"sum": func.sum, "min": func.min, "max": func.max, "average": func.avg}[function]
        return _short(self._scalar(self._rows(column(_values.number), name, "n")))

    def _median(self, name: str) -> float | None:
        count = self._scalar(self._rows(func.count(), name, "n"))
        middle = self._rows(_values.number, name, "n").order_by(_values.number)
        middle = middle.offset((count - 1) // 2).limit(2 - count % 2)
        found = self.reading.connection.execute(middle).scalars().all() if count else []
        return _short(sum(found) / len(found)) if found else None

    def _stored(self, name: str) -> bool:
        """Whether each value of a property is one row."""
        return name in self.target.properties and self.target.properties[name].type in ("number", "string")

    def _rows(self, column: Any, name: str, type_: str) -> Select[Any]:
        return select(column).where(
            _values.blueprint == self.target.identifier,
            _values.property == name,
            _values.type == type_,
            _values.number.is_not(None),
            _values.identifier.in_(self.found.identifiers()),
        )

    def _scalar(self, query: Select[Any]) -> Any:
        return self.reading.connection.execute(query).scalar()

    def _seen(self, name: str, of: Callable[[JSON], float | None]) -> Iterator[float]:
        """What each entity shows, looked at as it goes by."""
        values = (of(self.reading.value(entity, name)) for entity in self.found.entities())
        return (value for value in values if value is not None)


def _short(found: float | None) -> float | None:
    """A whole number without a point; one that no float holds is none."""
    if found is None or not isfinite(found):
        return None
    return int(found) if float(found).is_integer() else found


_CREATED: Mapping[str, Any] = {"$createdAt": tables.entities.c.created_at, "$updatedAt": tables.entities.c.updated_at}

_FUNCTIONS: Mapping[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "median": median,
    "average": lambda numbers: sum(numbers) / len(numbers),
}
