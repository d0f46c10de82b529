"""Search rules on one entity: `{combinator, rules}` against what its properties hold. Pure.

The rule: a null has no value, so of the operators that compare, only `=`, `!=` and the negated ones say anything
about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portside.model.resource import JSON, Body

ValueOf = Callable[[str], JSON]
"""The value of a property or of a `$meta` name; None where there is none."""


class Unsupported(ValueError):
    """A rule that this catalog does not understand; `str()` says which."""


def matches(query: Body, value_of: ValueOf) -> bool:
    """Whether an entity passes. Raises Unsupported for rules outside of the operators below."""
    combinator = query.get("combinator")
    results = [_passes(rule, value_of) for rule in query.get("rules") or []]
    if combinator == "and":
        return all(results)
    if combinator == "or":
        return any(results)
    raise Unsupported(f"combinator {combinator!r} is neither 'and' nor 'or'")


def equal(found: JSON, wanted: JSON) -> bool:
    """JSON's equality: true is not 1."""
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted


def _passes(rule: JSON, value_of: ValueOf) -> bool:
    if not isinstance(rule, dict):
        raise Unsupported(f"{rule!r} is not a rule")
    if "combinator" in rule:
        return matches(rule, value_of)
    operator, name = rule.get("operator"), rule.get("property")
    if not isinstance(name, str) or not isinstance(operator, str) or operator not in _OPERATORS:
        raise Unsupported(f"rule with property {name!r} and operator {operator!r}")
    return _OPERATORS[operator](value_of(name), rule.get("value"))


def _contains(found: JSON, wanted: JSON) -> bool:
    if isinstance(found, list):
        return all(any(equal(item, one) for item in found) for one in _listed(wanted))
    return isinstance(found, str) and isinstance(wanted, str) and wanted in found


def _in(found: JSON, wanted: JSON) -> bool:
    return any(equal(found, one) for one in _listed(wanted))


def _contains_any(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, list) and any(_in(item, wanted) for item in found)


def _begins(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, str) and isinstance(wanted, str) and found.startswith(wanted)


def _ends(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, str) and isinstance(wanted, str) and found.endswith(wanted)


def _ordered(compare: Callable[[JSON, JSON], bool]) -> Callable[[JSON, JSON], bool]:
    """Numbers with numbers, and texts with texts: date-times are written so that they sort."""

    def ordered(found: JSON, wanted: JSON) -> bool:
        return _comparable(found, wanted) and compare(found, wanted)

    return ordered


def _comparable(found: JSON, wanted: JSON) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (found, wanted))
    return numbers or (isinstance(found, str) and isinstance(wanted, str))


def _between(found: JSON, wanted: JSON) -> bool:
    if not isinstance(wanted, dict) or not isinstance(wanted.get("from"), str) or not isinstance(wanted.get("to"), str):
        raise Unsupported(f"between {wanted!r}")
    return isinstance(found, str) and wanted["from"] <= found <= wanted["to"]


def _empty(found: JSON, wanted: JSON) -> bool:  # noqa: ARG001 - the signature of the table
    return found is None


def _not(operator: Callable[[JSON, JSON], bool]) -> Callable[[JSON, JSON], bool]:
    return lambda found, wanted: not operator(found, wanted)


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else [value]


_OPERATORS: Mapping[str, Callable[[JSON, JSON], bool]] = {
    "=": equal,
    "!=": _not(equal),
    ">": _ordered(lambda found, wanted: bool(found > wanted)),
    ">=": _ordered(lambda found, wanted: bool(found >= wanted)),
    "<": _ordered(lambda found, wanted: bool(found < wanted)),
    "<=": _ordered(lambda found, wanted: bool(found <= wanted)),
    "contains": _contains,
    "doesNotContains": _not(_contains),
    "containsAny": _contains_any,
    "in": _in,
    "notIn": _not(_in),
    "beginsWith": _begins,
    "doesNotBeginsWith": _not(_begins),
    "endsWith": _ends,
    "doesNotEndsWith": _not(_ends),
    "between": _between,
    "notBetween": _not(_between),
    "isEmpty": _empty,
    "isNotEmpty": _not(_empty),
}
