"""Values that a blueprint cannot hold: what expressions give, held against what takes it. Pure.

The one rule: what does not fit here is what is not written when the delivery comes, judged by the same code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portside.checks.reads import Walk, place
from portside.checks.runs import Finding, Given, shows
from portside.jq.error import JqError
from portside.jq.programs import Result
from portside.jq.tree import Node
from portside.mappings import conform
from portside.mappings.values import named
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body
from portside.model.webhook import Expression
from portside.problems import Route, Severity

_KINDS = frozenset({"value-type", "identifier-type", "relation-type", "relation-single", "query-shape"})
"""Misfits of a value's type, whatever the value."""


def misfits(
    blueprint: Blueprint, target: Route, expression: Expression, column: Sequence[Given], node: Node
) -> Iterator[Finding]:
    """Values that the target cannot hold, one finding for each way in which they do not fit."""
    judged = list(_each(blueprint, target, column))
    never = all(code for given, code in judged if code or _holds(given.result))
    told: set[str] = set()
    for given, code in judged:
        if code and code not in told:
            told.add(code)
            certain = never and not _lenient(target, given.result.value)
            said = _lacking(target, given, column) if code == _LACKS else _misfitting(blueprint, target, given)
            error = JqError(said, place(Walk(node).giver(given.input)), shows(given))
            found = "null-required" if code == _LACKS else "value-misfit"
            yield Finding(*expression, found, Severity.ERROR if certain else Severity.WARNING, error)


def _each(blueprint: Blueprint, target: Route, column: Sequence[Given]) -> Iterator[tuple[Given, str]]:
    """What was given, and the class of its misfit; many deliveries give one and the same, which is judged once."""
    known: dict[object, str] = {}
    for given in column:
        value, error, missing = given.result.value, given.result.error, given.result.missing
        key = id(value) if isinstance(value, dict | list) else (type(value), value, error, missing)
        if key not in known:
            known[key] = _judged(blueprint, target, given.result)
        yield given, known[key]


_LACKS = "lacks"
"""No value, where there has to be one."""


def _judged(blueprint: Blueprint, target: Route, result: Result) -> str:
    """The class of what does not fit; "" for what does."""
    if _holds(result):
        found = _misfit(blueprint, target, result.value)
        return found.code if found else ""
    null = not result.error and not result.missing
    return _LACKS if target == ("identifier",) or (null and _required(blueprint, target)) else ""


def _required(blueprint: Blueprint, target: Route) -> bool:
    match target:
        case ("properties", key):
            return key in blueprint.required
        case ("relations", str(key)) if key in blueprint.relations:
            return blueprint.relations[key].required
    return False


def _holds(result: Result) -> bool:
    """Whether there is a value; a result without one has null for it."""
    return result.value is not None


def _lenient(target: Route, value: JSON) -> bool:
    """Numbers in text properties: Port's own guides show some that arrive."""
    return target[0] == "properties" and isinstance(value, int | float)


def _lacking(target: Route, given: Given, column: Sequence[Given]) -> str:
    kinds = dict.fromkeys(named(one.result.value).split()[-1] for one in column if _holds(one.result))
    gives = "nothing" if given.result.missing or given.result.error else "null"
    needs = "has to be a text" if target == ("identifier",) else "is required"
    return f"gives {' or '.join([*kinds, gives])}, but {_what(target)} {needs}"


def _misfitting(blueprint: Blueprint, target: Route, given: Given) -> str:
    value = given.result.value
    found = _misfit(blueprint, target, value)
    if found and found.code in _KINDS:
        takes, cure = _takes(blueprint, target, value)
        return f"gives {_named(value)}, but {_what(target)} {takes}{cure}"
    return f"gives what does not fit: {found.message if found else ''}"


def _named(value: JSON) -> str:
    """As `named`; of a list, what its first element is."""
    if not isinstance(value, list) or not value:
        return named(value)
    return "a list with null" if value[0] is None else f"a list of {named(value[0]).split()[-1]}s"


def _what(target: Route) -> str:
    match target:
        case ("properties", key):
            return f"property '{key}'"
        case ("relations", key):
            return f"relation '{key}'"
    return f"the {target[0]}"


_NOUNS = {
    "string": "is a text", "number": "is a number", "boolean": "is true or false", "object": "is an object",
    "array": "is a list",
}  # fmt: skip
_NAMES = ("summary", "name", "title", "id", "key", "login", "email", "value", "url")


def _takes(blueprint: Blueprint, target: Route, value: JSON) -> tuple[str, str]:
    """What the target is, and the jq that makes the value one that fits, where a few words do."""
    match target:
        case ("properties", str(key)):
            kind, items = blueprint.properties[key].type, str(blueprint.properties[key].items.get("type", ""))
            takes = _NOUNS.get(kind, f"is of type {kind}") + (f" of {_MANY[items]}" if items in _MANY else "")
        case ("relations", str(key)) if blueprint.relations[key].many:
            kind, takes = "array", "is a list of identifiers"
        case ("relations", _):
            kind, takes = "string", "takes one identifier"
        case _:
            kind, takes = "string", "is a text"
    return takes, _cure(blueprint, target, kind, value)


_MANY = {"string": "texts", "number": "numbers", "object": "objects"}


def _cure(blueprint: Blueprint, target: Route, kind: str, value: JSON) -> str:
    def fits(one: JSON) -> bool:
        return one is not None and _misfit(blueprint, target, one) is None

    def member(of: JSON, *, many: bool = False) -> str:
        """The first member of an object that would fit; `many`: in a list."""
        found = of if isinstance(of, dict) else {}
        there = (name for name in _names(target) if name in found)
        return next((name for name in there if fits([found[name]] if many else found[name])), "")

    first = value[0] if isinstance(value, list) and value else None
    if name := member(value):
        return f": take `.{name}`"
    if isinstance(value, list) and kind == "string":
        if fits(first):
            return ": take one element, as `.[0]` does"
        return f": take one element's, as `.[0].{name}` does" if (name := member(first)) else ""
    if isinstance(value, list) and kind == "array" and (name := member(first, many=True)):
        return f": take the `.{name}` of each, as `map(.{name})` does"
    if kind == "string" and isinstance(value, bool | int | float):
        return ": add `| tostring`"
    return ": add `| tonumber`" if kind == "number" and isinstance(value, str) else ""


def _names(target: Route) -> Sequence[str]:
    return ("id", *_NAMES) if target[0] in ("relations", "identifier") else _NAMES


def _misfit(blueprint: Blueprint, target: Route, value: JSON) -> conform.Misfit | None:
    """Why a value other than null cannot be there; None too for a part of a search or of an object."""
    match target:
        case ("identifier",):
            found = conform.identifier_misfit(value)
            return conform.Misfit(target, *found) if found else None
        case ("title" | "icon" | "team" as key,):
            fields: Body = {key: value}
        case ("properties", str(key)) if key in blueprint.properties:
            fields = {"properties": {key: value}}
        case ("relations", str(key)) if key in blueprint.relations:
            fields = {"relations": {key: value}}
        case _:
            return None
    return next(iter(conform.misfits(blueprint, conform.wrapped(blueprint, fields)[0])), None)
