"""Which level of each scorecard an entity has reached, computed when it is read.

The rule: an entity stands on the highest level whose rules, and those of every level below it, it passes. A level
without rules is passed through and not stood on; the lowest is where everybody starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from portside.catalogs import scorecards
from portside.catalogs.entity import Entity
from portside.catalogs.reading import Reading
from portside.catalogs.rules import Unsupported, matches
from portside.model.resource import JSON, Body

Passes = Callable[[Body], bool]
"""Whether an entity passes the query of a rule or of a filter."""


class Levels:
    """The levels of entities in one look at the store; a blueprint's scorecards are read once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._cards: dict[str, list[Body]] = {}

    def of(self, entity: Entity) -> Body:
        """{scorecard: {level, rules: [{identifier, status, level}]}}, without those whose filter it does not pass."""
        blueprint = entity.key.blueprint
        if blueprint not in self._cards:
            self._cards[blueprint] = scorecards.bodies(self._reading.connection, blueprint)
        passes = partial(_passes, self._reading, entity)
        found = ((str(card["identifier"]), reached(card, passes)) for card in self._cards[blueprint])
        return {identifier: level for identifier, level in found if level}


def reached(card: Body, passes: Passes) -> Body | None:
    """What one scorecard says; None for an entity that its filter leaves out. Pure."""
    if card.get("filter") and not passes(card["filter"]):
        return None
    told = [
        {
            "identifier": rule["identifier"],
            "status": "SUCCESS" if passes(rule["query"]) else "FAILURE",
            "level": rule["level"],
        }
        for rule in card["rules"]
    ]
    return {"level": _level(scorecards.ladder(card), told), "rules": told}


def _level(ladder: list[str], rules: list[Body]) -> str:
    level = ladder[0]
    for title in ladder[1:]:
        statuses = {rule["status"] for rule in rules if rule["level"] == title}
        if "FAILURE" in statuses:
            break
        level = title if statuses else level
    return level


def _passes(reading: Reading, entity: Entity, query: Body) -> bool:
    """A condition that this catalog does not understand is not passed."""
    rules = {"combinator": query["combinator"], "rules": [_rule(one) for one in query["conditions"]]}
    try:
        return matches(rules, partial(_value, reading, entity))
    except Unsupported:
        return False


def _rule(condition: Body) -> Body:
    """A condition as a rule of a search: what a relation holds goes by a name that no property can have."""
    operator = str(condition["operator"])
    if condition.get("not"):
        operator = _OPPOSITE.get(operator, operator)
    if operator == "=" and isinstance(condition.get("value"), dict):
        operator = "between"
    name = f"{_RELATION}{condition['relation']}" if "relation" in condition else condition["property"]
    return {"property": name, "operator": operator, "value": condition.get("value")}


def _value(reading: Reading, entity: Entity, name: str) -> JSON:
    if name.startswith(_RELATION):
        return entity.relations.get(name.removeprefix(_RELATION))
    return reading.value(entity, name)


_RELATION = "relation "
_OPPOSITE: Mapping[str, str] = {"isEmpty": "isNotEmpty", "isNotEmpty": "isEmpty"}
