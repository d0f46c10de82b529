"""Search rules on one entity: `{combinator, rules}` against what its properties hold. Pure.

The rule: a null has no value, so of the tests none passes on it, and what denies a test always does. Two date-times
compare as moments, other texts by their characters, and a text never with a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portside.catalogs.presets import Moment, Span, seconds, span
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

ValueOf = Callable[[str], JSON]
"""The value of a property or of a `$meta` name; None where there is none."""


class Unsupported(ValueError):
    """A rule that this catalog does not understand; `str()` says which."""


@dataclass(frozen=True)
class Rule:
    """One test on one value. `denied`: the entities that do not pass it."""

    name: str
    test: str
    value: JSON | Moment | Span = None
    denied: bool = False


@dataclass(frozen=True)
class Linked:
    """A rule about what an entity is linked with, which cannot be told from its own values."""

    body: Body


@dataclass(frozen=True)
class Group:
    """`every`: all of the parts must pass; else one of them."""

    every: bool
    parts: tuple[Rule | Linked | Group, ...] = ()

    def rules(self) -> Iterator[Rule | Linked]:
        """All rules, of groups within groups too."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.rules()
            else:
                yield part


Tree = Rule | Linked | Group
Holds = Callable[[Linked], bool]


def matches(query: Body, value_of: ValueOf, now: str = "") -> bool:
    """Whether an entity passes. Raises Unsupported for rules that need more than its values."""
    return passes(parsed(query, None, now), value_of, _unlinked)


def passes(tree: Tree, value_of: ValueOf, holds: Holds) -> bool:
    """Whether an entity passes; `holds` tells it of the rules about links."""
    if isinstance(tree, Group):
        return (all if tree.every else any)([passes(part, value_of, holds) for part in tree.parts])
    if isinstance(tree, Linked):
        return holds(tree)
    return passed(tree.test, value_of(tree.name), tree.value) is not tree.denied


def _unlinked(rule: Linked) -> bool:
    raise Unsupported(f"a rule with operator {rule.body.get('operator')!r} needs more than one entity")


def passed(test: str, found: JSON, wanted: JSON | Moment | Span) -> bool:
    """Whether a value passes a test; null passes none."""
    return found is not None and _TESTS[test](found, wanted)


def equal(found: JSON, wanted: JSON) -> bool:
    """JSON's equality: true is not 1."""
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted


def listed(value: JSON) -> list[JSON]:
    """A list as it is; anything else as a list of it alone."""
    return value if isinstance(value, list) else [value]


def _contains(found: JSON, wanted: JSON) -> bool:
    if isinstance(found, list):
        return all(any(equal(item, one) for item in found) for one in listed(wanted))
    return isinstance(found, str) and isinstance(wanted, str) and wanted in found


def _in(found: JSON, wanted: JSON) -> bool:
    return any(equal(found, one) for one in listed(wanted))


def _contains_any(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, list) and any(_in(item, wanted) for item in found)


def _any(found: JSON, wanted: JSON) -> bool:
    return _contains_any(found, wanted) if isinstance(found, list) else _in(found, wanted)


def _begins(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, str) and isinstance(wanted, str) and found.startswith(wanted)


def _ends(found: JSON, wanted: JSON) -> bool:
    return isinstance(found, str) and isinstance(wanted, str) and found.endswith(wanted)


def _ordered(compare: Callable[[JSON, JSON], bool]) -> Callable[[JSON, JSON | Moment], bool]:
    def ordered(found: JSON, wanted: JSON | Moment) -> bool:
        if isinstance(wanted, Moment):
            moment = seconds(found)
            return moment is not None and compare(moment, wanted.seconds)
        return _comparable(found, wanted) and compare(found, wanted)

    return ordered


def number(value: JSON) -> bool:
    """Whether a value is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparable(found: JSON, wanted: JSON) -> bool:
    return (number(found) and number(wanted)) or (isinstance(found, str) and isinstance(wanted, str))


def _between(found: JSON, wanted: Span) -> bool:
    moment = seconds(found)
    return moment is not None and wanted.since.seconds <= moment <= wanted.until.seconds


def _present(found: JSON, wanted: JSON) -> bool:  # noqa: ARG001 - the signature of the table
    return True


_TESTS: Mapping[str, Callable[[JSON, JSON], bool]] = {
    "equal": equal,
    "contains": _contains,
    "containsAny": _contains_any,
    "in": _in,
    "any": _any,
    "begins": _begins,
    "ends": _ends,
    "above": _ordered(lambda found, wanted: bool(found > wanted)),
    "from": _ordered(lambda found, wanted: bool(found >= wanted)),
    "below": _ordered(lambda found, wanted: bool(found < wanted)),
    "upto": _ordered(lambda found, wanted: bool(found <= wanted)),
    "between": _between,
    "present": _present,
}

_OPERATORS: Mapping[str, tuple[str, bool]] = {
    "=": ("equal", False),
    "!=": ("equal", True),
    ">": ("above", False),
    ">=": ("from", False),
    "<": ("below", False),
    "<=": ("upto", False),
    "contains": ("contains", False),
    "doesNotContains": ("contains", True),
    "containsAny": ("containsAny", False),
    "in": ("in", False),
    "notIn": ("in", True),
    "beginsWith": ("begins", False),
    "doesNotBeginsWith": ("begins", True),
    "endsWith": ("ends", False),
    "doesNotEndsWith": ("ends", True),
    "between": ("between", False),
    "notBetween": ("between", True),
    "isEmpty": ("present", True),
    "isNotEmpty": ("present", False),
    "isExpired": ("below", False),
    "isNotExpired": ("below", True),
    "matchAny": ("any", False),
}
"""Every operator as a test, or as what denies one (Port's search page); an empty timer has not expired."""

TEAM = "$team"
"""It always holds a list, and clients ask for one of it by `=` and `in` too."""

_ORDERED = frozenset({"above", "from", "below", "upto"})


def parsed(query: Body, blueprint: Blueprint | None, now: str) -> Group:
    """The rules of a query, as they are for one blueprint at that moment. Raises Unsupported."""
    if not isinstance(query, dict):
        raise Unsupported(f"{query!r} is not a query")
    combinator, rules = query.get("combinator"), query.get("rules")
    if combinator not in ("and", "or"):
        raise Unsupported(f"combinator {combinator!r} is neither 'and' nor 'or'")
    return Group(combinator == "and", tuple(_part(rule, blueprint, now) for rule in rules or []))


def _part(rule: JSON, blueprint: Blueprint | None, now: str) -> Tree:
    if not isinstance(rule, dict):
        raise Unsupported(f"{rule!r} is not a rule")
    if "combinator" in rule:
        return parsed(rule, blueprint, now)
    operator, name = rule.get("operator"), rule.get("property")
    if operator == "relatedTo" or (operator == "matchAny" and isinstance(name, dict) and "path" in name):
        return Linked(rule)
    if "propertySchema" in rule:
        return _of_any_property(rule, blueprint, now)
    return _rule(_name(rule), operator, rule.get("value"), now)


def _name(rule: Body) -> str:
    """What a rule is about. A relation goes by a path, a scorecard by a name that no property can have."""
    if isinstance(rule.get("relation"), str):
        return f"{rule['relation']}.{rule.get('targetProperty', '$identifier')}"
    if isinstance(rule.get("scorecard"), str):
        return " ".join(("scorecard", rule["scorecard"], str(rule.get("scorecardRule") or ""))).rstrip()
    name = rule.get("property")
    if isinstance(name, dict) and "context" in name:
        raise Unsupported(f"a rule asks for the {name['context']} of whoever searches, and this is not a user")
    if not isinstance(name, str):
        raise Unsupported(f"rule with property {name!r} and operator {rule.get('operator')!r}")
    return name


def _of_any_property(rule: Body, blueprint: Blueprint | None, now: str) -> Group:
    """One of the properties of that definition has the value; `!=`: none of them has it."""
    if blueprint is None:
        raise Unsupported("a rule with propertySchema needs a blueprint")
    schema, operator = rule["propertySchema"], rule.get("operator")
    keys = [key for key, one in blueprint.properties.items() if _fits(one.body, schema)]
    return Group(operator == "!=", tuple(_rule(key, operator, rule.get("value"), now) for key in keys))


def _fits(definition: Body, schema: Body) -> bool:
    """Whether a definition has all that the schema names."""
    return all(
        _fits(definition.get(key) or {}, value) if isinstance(value, dict) else definition.get(key) == value
        for key, value in schema.items()
    )


def _rule(name: str, operator: JSON, value: JSON, now: str) -> Tree:
    if not isinstance(operator, str) or operator not in _OPERATORS:
        raise Unsupported(f"rule with property {name!r} and operator {operator!r}")
    test, denied = _OPERATORS[operator]
    if isinstance(value, dict) and "context" in value:
        raise Unsupported(f"the rule on {name!r} asks for the {value['context']} of whoever searches, not a user here")
    if operator in ("isExpired", "isNotExpired"):
        return Rule(name, test, Moment(seconds(now) or 0.0), denied)
    if test == "between" or (operator == "=" and isinstance(value, dict)):
        return Rule(name, "between", _span(name, operator, value, now), denied)
    if test == "present" or (test == "equal" and value is None):
        return Rule(name, "present", None, denied is (test == "present"))
    if test == "in" or (name == TEAM and test == "equal" and not isinstance(value, list)):
        return _among(name, listed(value), denied=denied)
    return Rule(name, test, _wanted(test, value), denied)


def _among(name: str, values: list[JSON], *, denied: bool) -> Tree:
    """A list with null in it means those without a value too; of teams it is one that must be among the values."""
    test = "containsAny" if name == TEAM else "in"
    rule = Rule(name, test, [one for one in values if one is not None], denied)
    return rule if None not in values else Group(denied, (rule, Rule(name, "present", None, not denied)))


def _wanted(test: str, value: JSON) -> JSON | Moment:
    moment = seconds(value) if test in _ORDERED else None
    return value if moment is None else Moment(moment)


def _span(name: str, operator: str, value: JSON, now: str) -> Span:
    if isinstance(value, dict) and isinstance(value.get("preset"), str) and (known := span(value["preset"], now)):
        return known
    since, until = (seconds(value.get(key)) for key in ("from", "to")) if isinstance(value, dict) else (None, None)
    if since is None or until is None:
        raise Unsupported(f"rule with property {name!r} and operator {operator!r}: {value!r} is no range of dates")
    return Span(Moment(since), Moment(until))
