"""Search rules on one entity."""

from __future__ import annotations

from typing import Any

import pytest

from portside.catalogs.rules import Unsupported, matches

ENTITY = {
    "name": "checkout",
    "size": 3,
    "on": True,
    "tags": ["a", "b"],
    "at": "2026-01-02T00:00:00Z",
    "zero": 0,
    "$team": ["ops", "dev"],
}


def match(*rules: Any, combinator: str = "and") -> bool:
    return matches({"combinator": combinator, "rules": list(rules)}, ENTITY.get, "2026-01-05T12:00:00.000Z")


def rule(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"property": name, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("name", "operator", "value", "passes"),
    [
        ("name", "=", "checkout", True),
        ("name", "!=", "checkout", False),
        ("gone", "=", None, True),
        ("on", "=", 1, False),
        ("zero", "=", False, False),
        ("name", "contains", "eck", True),
        ("tags", "contains", "a", True),
        ("tags", "contains", ["a", "c"], False),
        ("gone", "contains", "a", False),
        ("gone", "doesNotContains", "a", True),
        ("name", "in", ["x", "checkout"], True),
        ("tags", "=", "a", False),
        ("tags", "in", ["a"], False),
        ("$team", "=", "ops", True),
        ("$team", "!=", "ops", False),
        ("$team", "=", ["ops"], False),
        ("$team", "in", ["x", "dev"], True),
        ("$team", "notIn", ["x", None], True),
        ("name", "notIn", ["x", "checkout"], False),
        ("tags", "containsAny", ["x", "b"], True),
        ("name", "containsAny", ["checkout"], False),
        ("name", "beginsWith", "check", True),
        ("name", "doesNotBeginsWith", "check", False),
        ("name", "endsWith", "out", True),
        ("name", "doesNotEndsWith", "out", False),
        ("size", ">", 2, True),
        ("size", ">=", 3, True),
        ("size", "<", 3, False),
        ("size", "<=", 3.0, True),
        ("size", ">", "2", False),
        ("gone", "<", 3, False),
        ("at", ">", "2026-01-01T00:00:00Z", True),
        ("at", "between", {"from": "2026-01-01", "to": "2026-01-03"}, True),
        ("at", "notBetween", {"from": "2026-01-01", "to": "2026-01-03"}, False),
        ("at", "<", "2026-01-02T01:30:00+02:00", False),
        ("at", ">=", "2026-01-02T02:00:00+02:00", True),
        ("name", ">", "2026-01-01T00:00:00Z", False),
        ("at", "=", {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, True),
        ("at", "between", {"preset": "lastWeek"}, True),
        ("at", "between", {"preset": "today"}, False),
        ("at", "isExpired", None, True),
        ("gone", "isNotExpired", None, True),
        ("gone", "in", [None, "x"], True),
        ("name", "notIn", [None, "x"], True),
        ("gone", "notIn", [None, "x"], False),
        ("tags", "matchAny", ["x", "b"], True),
        ("name", "matchAny", "checkout", True),
        ("gone", "isEmpty", None, True),
        ("zero", "isNotEmpty", None, True),
    ],
)
def test_an_operator_compares_as_json_does(name: str, operator: str, value: Any, passes: bool) -> None:
    assert match(rule(name, operator, value)) is passes


def test_groups_nest() -> None:
    group = {"combinator": "or", "rules": [rule("name", "=", "x"), rule("size", "=", 3)]}

    assert (match(group, rule("on", "=", True)), match(group, rule("on", "=", False))) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        {"combinator": "nand", "rules": []},
        {"rules": []},
        {"combinator": "and", "rules": ["x"]},
        {"combinator": "and", "rules": [rule("name", "relatedTo", "x")]},
        {"combinator": "and", "rules": [{"operator": "=", "value": 1}]},
        {"combinator": "and", "rules": [rule("at", "between", {"preset": "lastAge"})]},
    ],
)
def test_what_is_not_understood_is_said_and_not_guessed(query: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        matches(query, ENTITY.get)
