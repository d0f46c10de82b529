"""Aggregation properties, computed when an entity is read; Port recomputes them every 15 minutes.

The rule: without a query that this catalog understands there is no number: null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from statistics import median

from sqlalchemy import Connection

from portside.catalogs import related, rows
from portside.catalogs.entity import Entity
from portside.catalogs.rules import Unsupported, matches
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

Value = Callable[[Entity, str], JSON]
"""One value of an entity: a property of whatever kind, or a `$meta` name."""

_SECONDS = {"hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
"""A month is 30 days, as in Port's date presets."""


def aggregated(
    connection: Connection, blueprints: Mapping[str, Blueprint], owner: Entity, body: Body, value: Value, now: str
) -> JSON:
    """The number that an aggregation property's definition gives for its owner; None where there is none."""
    names = related.identifiers(connection, blueprints, owner.key, body)
    entities = rows.several(connection, body["target"], sorted(names))
    try:
        chosen = [entity for entity in entities if _chosen(entity, body.get("query"), value)]
    except Unsupported:
        return None
    return _result(body["calculationSpec"], chosen, value, now)


def _chosen(entity: Entity, query: Body | None, value: Value) -> bool:
    return not query or matches(query, partial(value, entity))


def _result(spec: Body, entities: list[Entity], value: Value, now: str) -> JSON:
    if spec["calculationBy"] == "entities":
        return len(entities) if spec["func"] == "count" else _rate(len(entities), spec, entities, value, now)
    numbers = [number for entity in entities if _number(number := value(entity, spec["property"]))]
    if spec["func"] == "average" and spec.get("averageOf") in _SECONDS:
        return _rate(sum(numbers), spec, entities, value, now)
    return _FUNCTIONS[spec["func"]](numbers) if numbers else None


def _rate(amount: float, spec: Body, entities: list[Entity], value: Value, now: str) -> JSON:
    """The amount per hour, day, week or month since the earliest of the entities, one period at least."""
    seconds = _SECONDS.get(spec.get("averageOf", "day"))
    measured = (value(entity, spec.get("measureTimeBy") or "$createdAt") for entity in entities)
    moments = [moment for text in measured if (moment := _seconds(text)) is not None]
    if seconds is None or not moments:
        return amount
    return amount / max(((_seconds(now) or 0) - min(moments)) / seconds, 1)


def _seconds(text: JSON) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):  # a property measured by that holds no date
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FUNCTIONS: Mapping[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "median": median,
    "average": lambda numbers: sum(numbers) / len(numbers),
}
