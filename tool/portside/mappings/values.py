"""Does one value fit the definition of its property? Pure.

The one rule: nothing is coerced; a number is no text, and what is not certain is said. Entities and the defaults of
blueprints are judged here alike, the latter as they were written, which need not be the right shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NamedTuple

from portside.model.resource import JSON, Body, same
from portside.problems import dotted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class Reason(NamedTuple):
    """Why a value does not fit: a class, stable, and the rest of a sentence that begins with the property.

    `cure` goes on after the words: the jq that would make the value one that fits.
    """

    code: str
    words: str
    cure: str = ""


_TYPES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "string": ("a text", (str,)),
    "number": ("a number", (int, float)),
    "boolean": ("true or false", (bool,)),
    "object": ("an object", (dict,)),
    "array": ("a list", (list,)),
}
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_TIME = rf"{_CLOCK}(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])"
FORMATS: Mapping[str, tuple[str, str]] = {
    "date-time": ("a moment such as 2024-05-19T17:55:29Z", rf"{_DATE}[Tt ]{_TIME}"),
    "timer": ("a moment such as 2024-05-19T17:55:29Z", rf"{_DATE}[Tt ]{_TIME}"),
    "url": ("a URL", r"[A-Za-z][A-Za-z0-9+.-]*://\S+"),
    "email": ("an e-mail address", r"[^@\s]+@[^@\s]+"),
    "idn-email": ("an e-mail address", r"[^@\s]+@[^@\s]+"),
}
"""Formats that say something about a text. Of user, team, markdown, yaml, proto and blueprints Port says nothing."""

_SCHEMA_WORDS = frozenset({"properties", "patternProperties", "additionalProperties", "required"})


def misfit(definition: Body, value: JSON) -> Reason | None:
    """Why a value other than null is not one of this property; None when it fits."""
    if reason := type_misfit(definition, value):
        return reason
    if isinstance(enum := definition.get("enum"), list) and not any(same(value, one) for one in enum):
        return Reason("value-enum", f"takes {_choices(enum)}, and not {shown(value)}")
    check = _CHECKS.get(str(definition.get("type")))
    return check(definition, value) if check else None


def choices(definition: Body) -> frozenset[str]:
    """The texts among the choices of a text property that fit the rest of its definition too."""
    return frozenset(one for one in definition["enum"] if misfit(definition, one) is None)


def type_misfit(definition: Body, value: JSON) -> Reason | None:
    """As misfit, by the type alone."""
    kind = str(definition.get("type"))
    words, types = _TYPES.get(kind, ("", (object,)))
    if isinstance(value, types) and not (isinstance(value, bool) and kind == "number"):
        return None
    return Reason("value-type", f"takes {words}, and {shown(value)} is {named(value)}", _cure(kind, value))


def _text(definition: Body, value: str) -> Reason | None:
    if wanted := _format(str(definition.get("format")), value):
        return Reason("value-format", f"takes {wanted}, and not {shown(value)}")
    if reason := _length(definition, len(value), "Length", "characters"):
        return reason
    pattern = definition.get("pattern")
    if isinstance(pattern, str) and not matches(pattern, value):
        return Reason("value-pattern", f"takes what matches {pattern}, and not {shown(value)}")
    return None


def _format(name: str, value: str) -> str:
    """What the format wants, when the value is not that."""
    if name in {"ipv4", "ipv6"}:
        return "" if _address(name, value) else f"an {'IPv4' if name == 'ipv4' else 'IPv6'} address"
    words, pattern = FORMATS.get(name, ("", ""))
    return words if words and not re.fullmatch(pattern, value) else ""


def _address(name: str, value: str) -> bool:
    import ipaddress  # late: few properties hold addresses

    try:
        (ipaddress.IPv4Address if name == "ipv4" else ipaddress.IPv6Address)(value)
    except ValueError:
        return False
    return True


_BOUNDS: tuple[tuple[str, str, Callable[[float, float], bool]], ...] = (
    ("minimum", "at least", ge),
    ("maximum", "at most", le),
    ("exclusiveMinimum", "more than", gt),
    ("exclusiveMaximum", "less than", lt),
)


def _number(definition: Body, value: float) -> Reason | None:
    for key, words, holds in _BOUNDS:
        bound = definition.get(key)
        if isinstance(bound, int | float) and not isinstance(bound, bool) and not holds(value, bound):
            return Reason("value-bounds", f"takes {words} {shown(bound)}, and not {shown(value)}")
    return None


def _list(definition: Body, value: list[JSON]) -> Reason | None:
    if reason := _length(definition, len(value), "Items", "elements"):
        return reason
    if definition.get("uniqueItems") is True and (twice := _twice(value)) is not None:
        return Reason("value-bounds", f"takes each element once, and {shown(twice[0])} is there twice")
    items = definition.get("items")
    if not isinstance(items, dict) or not items:
        return None
    for index, element in enumerate(value):
        reason = misfit(items, element) if element is not None or "type" in items else None
        if reason:
            return Reason(reason.code, f"in element {index} {reason.words}", reason.cure)
    return None


def _object(definition: Body, value: Body) -> Reason | None:
    if definition.get("format") == "labeled-url" and not isinstance(value.get("url"), str):
        return Reason("value-format", f"takes an object with a `url`, and not {shown(value)}")
    if not _SCHEMA_WORDS & definition.keys():
        return None
    error = _unmet(json.dumps(definition, sort_keys=True), value)
    if error is None:
        return None
    where = f" in '{dotted(tuple(error.absolute_path))}'" if error.absolute_path else ""
    return Reason("value-schema", f"does not fit its own schema{where}: {error.message}")


def _unmet(definition: str, value: Body) -> ValidationError | None:
    """What in the property's own schema the value goes against most; None too for a schema that says nothing."""
    from jsonschema.exceptions import best_match  # late: 70 ms, and few properties have a schema of their own
    from referencing.exceptions import Unresolvable

    validator = _validator(definition)
    try:
        return best_match(validator.iter_errors(value)) if validator else None
    except (Unresolvable, re.error):
        return None


_CHECKS: Mapping[str, Callable[[Body, Any], Reason | None]] = {
    "string": _text,
    "number": _number,
    "array": _list,
    "object": _object,
}


@lru_cache(maxsize=256)
def _validator(definition: str) -> Any:
    """None when it is no JSON Schema, as Port leaves open. The empty registry keeps a $ref from being fetched."""
    from jsonschema import Draft7Validator, FormatChecker, SchemaError  # late: as above
    from jsonschema.validators import extend
    from referencing import Registry

    schema = {key: member for key, member in json.loads(definition).items() if member is not None}
    try:
        Draft7Validator.check_schema(schema, FormatChecker(()))  # no formats: "regex" would be read as Python does
    except SchemaError:
        return None
    extended: Any = extend  # it carries no types
    return extended(Draft7Validator, {"pattern": ecma_pattern})(schema, registry=Registry())


def ecma_pattern(_: object, pattern: str, value: JSON, __: object) -> Iterator[ValidationError]:
    """The keyword `pattern` for a validator of jsonschema, which of itself reads it as Python does."""
    from jsonschema.exceptions import ValidationError  # late: as above

    if isinstance(value, str) and not matches(pattern, value):
        yield ValidationError(f"'{value}' does not match '{pattern}'")


def matches(pattern: str, value: str) -> bool:
    """Whether the text contains a match; true where nobody can tell: of no pattern, and of half a surrogate pair."""
    found = expression(pattern)
    try:
        return found is None or found.find(value) is not None
    except UnicodeEncodeError:
        return True


@lru_cache(maxsize=256)
def expression(pattern: str) -> Any:
    """The pattern as ECMAScript reads it (with the u flag, or else without), which Port runs on; None: it is none."""
    from regress import Regex, RegressError  # late: few properties have a pattern

    for flags in ("u", ""):
        try:
            return Regex(pattern, flags)
        except (RegressError, ValueError):
            continue
    return None


def _length(definition: Body, count: int, word: str, unit: str) -> Reason | None:
    least, most = definition.get(f"min{word}"), definition.get(f"max{word}")
    if isinstance(least, int) and count < least:
        return Reason("value-bounds", f"takes at least {least} {unit}, and not {count}")
    if isinstance(most, int) and count > most:
        return Reason("value-bounds", f"takes at most {most} {unit}, and not {count}")
    return None


def _twice(value: list[JSON]) -> tuple[JSON] | None:
    seen: set[str] = set()
    for element in value:
        spelled = json.dumps(element, sort_keys=True)
        if spelled in seen:
            return (element,)
        seen.add(spelled)
    return None


def named(value: JSON) -> str:
    """What kind of value it is, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a text"
        case dict():
            return "an object"
        case list():
            return "a list"
    return "a number"


def shown(value: JSON) -> str:
    """The value as JSON, the keys of objects in order, cut where it gets long."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _choices(enum: list[JSON]) -> str:
    listed = ", ".join(map(shown, enum[:8]))
    return f"one of {listed}{' …' if len(enum) > 8 else ''}"


def _cure(kind: str, value: JSON) -> str:
    if kind == "string" and isinstance(value, bool | int | float):
        return "; `| tostring` makes it one"
    if kind == "number" and isinstance(value, str):
        return "; `| tonumber` makes it one"
    return ""
