"""Searches over the catalog that `stock` makes: every operator of Port's rules, on what is there and on what is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Chance = random.Random
Body = dict[str, Any]

ABOUT = [
    *("tier", "size", "tags", "about", "label", "services", "domain", "uses", "none", "domain.about", "uses.tier"),
    *("uses.$identifier", "domain.$title", "uses.domain.about", "$identifier", "$title", "$icon", "$team"),
    *("$blueprint", "$createdAt", "$updatedAt", "$createdBy", "$datasource"),
]
VALUES: list[Any] = [
    *("gold", "tin", "web", "checkout", "cart", "shop", "platform", "service", "Checkout", "carts", "size 3", "", "ã"),
    *(0, 1, 3, 2.5, -1, 2**53 + 1, 1e300, True, False, None),
    *("2026-01-01", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-14:00", "0001-01-01T00:00:00+14:00"),
]
DATES = ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00.5-14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
PAST = [
    *("today", "yesterday", "lastDay", "lastWeek", "last2Weeks", "lastMonth", "last3Months", "last6Months"),
    *("last12Months", "last2Years", "last3Years"),
]
ZONES = ["Europe/Berlin", "Asia/Katmandu", "America/St_Johns", "Pacific/Kiritimati", "UTC"]

EQUAL = ["=", "!="]
ORDERED = [">", ">=", "<", "<="]
WORDED = [
    *("containsAny", "contains", "doesNotContains", "in", "notIn"),
    *("beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith"),
]
EMPTY = ["isEmpty", "isNotEmpty"]


def query(chance: Chance, depth: int = 0) -> Body:
    rules = [
        query(chance, depth + 1) if depth < 3 and chance.random() < 0.15 else chance.choice(RULES)(chance)
        for _ in range(chance.choice([0, 1, 1, 2, 3]))
    ]
    return {"combinator": chance.choice(["and", "or"]), "rules": rules}


def page(chance: Chance) -> Body:
    """The body of a search in one blueprint."""
    found: Body = {
        "query": query(chance),
        "limit": chance.choice([1, 2, 200, 1000]),
        "include": chance.sample(ABOUT, chance.randrange(4)),
        "exclude": chance.sample(ABOUT, chance.randrange(3)),
        "from": chance.choice(["", "Y2FydA", "Y2hlY2tvdXQ", "8J+YgA==", "%%%", "_w"]),
    }
    return {key: found[key] for key in chance.sample(sorted(found), chance.randrange(len(found) + 1))}


def history(chance: Chance) -> Body:
    """What the properties of an entity were."""
    span = {"timeRange": {"preset": chance.choice(PAST), "timeZone": chance.choice(ZONES)}}
    return {
        "entityIdentifier": chance.choice(["checkout", "checkout", "cart", "none"]),
        "blueprintIdentifier": "service" if chance.random() < 0.9 else "domain",
        "propertyNames": chance.sample(ABOUT, chance.randrange(4)),
        "timeInterval": chance.choice(["hour", "day", "isoWeek", "month", "quarter"]),
        **(span if chance.random() < 0.8 else {}),
    }


def _some(chance: Chance) -> Any:
    """A value, or a list of texts."""
    texts = [value for value in VALUES if isinstance(value, str)]
    return chance.choice(VALUES) if chance.random() < 0.6 else chance.sample(texts, chance.randrange(4))


def _on_a_value(chance: Chance) -> Body:
    return {"property": chance.choice(ABOUT), "operator": chance.choice([*EQUAL, *WORDED]), "value": _some(chance)}


def _in_order(chance: Chance) -> Body:
    value = chance.choice([value for value in VALUES if value not in (True, None)])
    return {"property": chance.choice(ABOUT), "operator": chance.choice(ORDERED), "value": value}


def _on_nothing(chance: Chance) -> Body:
    subject = chance.choice([{"property": chance.choice(ABOUT)}, {"relation": "uses"}, {"scorecard": "ready"}])
    return {**subject, "operator": chance.choice(EMPTY)}


def _on_a_span(chance: Chance) -> Body:
    dates = {"from": chance.choice(DATES), "to": chance.choice(DATES)}
    span = {"preset": chance.choice([*PAST, "tomorrow"])} if chance.random() < 0.5 else dates
    operator = chance.choice(["between", "notBetween", "="])
    return {"property": chance.choice(["$createdAt", "$updatedAt", "tier"]), "operator": operator, "value": span}


def _on_a_relation(chance: Chance) -> Body:
    target = {"targetProperty": chance.choice(["$title", "$identifier"])} if chance.random() < 0.3 else {}
    relation = chance.choice(["domain", "uses", "none"])
    return {"relation": relation, **target, "operator": chance.choice([*EQUAL, *WORDED]), "value": _some(chance)}


def _on_a_scorecard(chance: Chance) -> Body:
    rule = {"scorecardRule": chance.choice(["sized", "none"])} if chance.random() < 0.5 else {}
    found = {"scorecard": chance.choice(["ready", "none"]), **rule, "operator": chance.choice([*EQUAL, *WORDED])}
    return {**found, "value": chance.choice(["High", "None", "SUCCESS", "FAILURE", ["High", "Low"], None])}


def _on_any_property(chance: Chance) -> Body:
    schema = chance.choice([{"type": "string"}, {"type": "array"}, {"type": "string", "format": "url"}])
    operator = chance.choice([*EQUAL, "contains"])
    return {"propertySchema": schema, "operator": operator, "value": chance.choice(["gold", "web", "size", ""])}


def _related(chance: Chance) -> Body:
    """`relatedTo`."""
    found: Body = {
        "direction": chance.choice(["upstream", "downstream"]),
        "required": chance.choice([True, False]),
    }
    return {
        "operator": "relatedTo",
        "blueprint": chance.choice(["service", "service", "domain", "none"]),
        "value": chance.choice(["checkout", "cart", "shop", ["cart", "shop"], ["none"]]),
        **{key: value for key, value in found.items() if chance.random() < 0.5},
    }


def _on_a_path(chance: Chance) -> Body:
    """`matchAny` over relations."""
    hops = {"relation": "uses", "maxHops": chance.choice([1, 2, 15])}
    path: Body = {"path": chance.sample(["uses", "domain", "none", hops], chance.randrange(1, 4))}
    if chance.random() < 0.3:
        path["fromBlueprint"] = chance.choice(["service", "domain", "none"])
    return {"operator": "matchAny", "property": path, "value": chance.choice(["cart", "shop", ["shop", "cart"]])}


RULES: list[Callable[[Chance], Body]] = [
    *(_on_a_value, _on_a_value, _on_a_value, _in_order, _on_nothing, _on_a_span, _on_a_relation, _on_a_scorecard),
    *(_on_any_property, _related, _on_a_path),
]
