"""What a schema cannot say about one resource: parts of it that contradict each other, or that nothing will read. Pure.

It looks at a body as it was written, which need not have the right shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portside.checks import names
from portside.mappings.values import Reason, expression, misfit, shown, type_misfit
from portside.model.resource import JSON, Kind
from portside.model.webhook import leaves
from portside.problems import Problem, Route, Severity, Source
from portside.schemas.load import schema

SECTIONS: Mapping[Route, str] = {
    ("schema", "properties"): "property",
    ("mirrorProperties",): "mirror property",
    ("calculationProperties",): "calculation",
    ("aggregationProperties",): "aggregation",
}
"""The parts of a blueprint whose keys share one namespace: an entity shows all of them under `properties`."""


def check(kind: Kind, body: JSON, source: Source) -> Iterator[Problem]:
    """The contradictions of one resource."""
    if isinstance(body, dict):
        yield from _blueprint(body, source) if kind is Kind.BLUEPRINT else _webhook(body, source)


def _blueprint(body: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    for key, definition in _members(body, ("schema", "properties")).items():
        if isinstance(definition, dict):
            yield from _definition(("schema", "properties", key), definition, source)
    yield from _required(body, source)
    yield from _keys_twice(body, source)
    yield from _ignored_in_blueprint(body, source)


def _members(body: JSON, route: Route) -> dict[str, JSON]:
    """The object at a route; empty when there is none."""
    for key in route:
        body = body.get(key) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


_PLAIN = frozenset({"type", "title", "description", "icon", "format", "spec"})
_RANGES = (
    ("minLength", "maxLength"),
    ("minimum", "maximum"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def _definition(route: Route, definition: dict[str, Any], source: Source) -> Iterator[Problem]:
    if definition.keys() <= _PLAIN:
        return  # most are, and there is nothing in them that could contradict itself
    if isinstance(items := definition.get("items"), dict):
        yield from _definition((*route, "items"), items, source)
    yield from _ranges(route, definition, source)
    if "pattern" in definition:
        yield from _pattern(route, definition, source)
    if isinstance(definition.get("enum"), list):
        yield from _enum(route, definition, source)
    if isinstance(definition.get("enumColors"), dict):
        yield from _colours(route, definition, source)
    if definition.get("default") is not None:
        yield from _default(route, definition, source)
    yield from _ignored(route, definition, source)


def _ranges(route: Route, definition: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    for low, high in _RANGES:
        least, most = definition.get(low), definition.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            name = names.thing(Kind.BLUEPRINT, route)
            message = f"{name} can have no value: {low} {least} is more than {high} {most}"
            yield _error(source.at((*route, low)), "empty-range", message)


def _pattern(route: Route, definition: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    pattern = definition["pattern"]
    if isinstance(pattern, str) and expression(pattern) is None:
        message = f"{names.thing(Kind.BLUEPRINT, (*route, 'pattern'))} is not a regular expression"
        yield _error(source.at((*route, "pattern")), "pattern-form", message, "Port reads it as JavaScript does")


def _enum(route: Route, definition: dict[str, Any], source: Source) -> Iterator[Problem]:
    if definition.get("type") == "array":
        return  # the values may be meant for the elements; Port says nothing about an enum of lists
    for index, value in enumerate(definition["enum"]):
        if reason := type_misfit(definition, value):
            message = _no_value(f"the enum's {shown(value)}", route, reason)
            yield _error(source.at((*route, "enum", index)), "enum-misfit", message, "no entity can have it")


def _colours(route: Route, definition: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    values = _enum_texts(definition)
    if values is None:
        return  # what stands there instead of a list is told about already
    name = names.thing(Kind.BLUEPRINT, route)
    for value in definition["enumColors"]:
        if value not in values:
            hint = names.did_you_mean(str(value), values, f"its values are: {names.listed(values)}" if values else "")
            message = f"enumColors of {name} has a colour for '{value}', which is not a value of its enum"
            yield _warning(source.key((*route, "enumColors", value)), "enum-colour", message, hint)


def _enum_texts(definition: Mapping[str, Any]) -> list[str] | None:
    """The values of an enum as enumColors names them; an array's colours may stand beside its items. None: no list."""
    own, items = definition.get("enum"), definition.get("items")
    values = own if isinstance(own, list) else items.get("enum") if isinstance(items, dict) else None
    if not isinstance(values, list):
        return None if own is not None else []
    return [_as_key(value) for value in values]


def _as_key(value: JSON) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _default(route: Route, definition: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    """An enum beside a list is passed over, as above."""
    listed = definition.get("type") == "array"
    judged = {key: member for key, member in definition.items() if key != "enum" or not listed}
    if reason := misfit(judged, definition["default"]):
        message = _no_value(f"the default {shown(definition['default'])}", route, reason)
        yield _error(source.at((*route, "default")), "default-misfit", message)


def _no_value(what: str, route: Route, reason: Reason) -> str:
    return f"{what} is no value of {names.thing(Kind.BLUEPRINT, route)}, which {reason.words}"


def _required(body: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    properties = _members(body, ("schema", "properties"))
    required = _members(body, ("schema",)).get("required") if "properties" in _members(body, ("schema",)) else None
    for index, key in enumerate(required if isinstance(required, list) else ()):
        if isinstance(key, str) and key not in properties:
            message = f"'required' names '{key}', which is not a property of this blueprint"
            yield _error(
                source.at(("schema", "required", index)), "required-property", message, _where(body, key, properties)
            )


def _where(body: Mapping[str, JSON], key: str, properties: Mapping[str, JSON]) -> str:
    """A hint for a name that is looked for among the properties."""
    for route, noun in SECTIONS.items():
        if key in _members(body, route):
            return f"'{key}' is a {noun}, which Port works out itself".replace("a aggre", "an aggre")
    if key in _members(body, ("relations",)):
        return f"'{key}' is a relation: write 'required: true' there"
    return names.did_you_mean(key, properties)


def _keys_twice(body: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    first: dict[str, Route] = {}
    for section, noun in SECTIONS.items():
        for key in _members(body, section):
            route = (*section, key)
            if key in first:
                message = f"{noun} '{key}' has the key of {names.thing(Kind.BLUEPRINT, first[key])}"
                hint = "an entity shows both under 'properties'; rename one of them"
                yield Problem(source.key(route), "key-twice", Severity.ERROR, message, hint, source.key(first[key]))
            first.setdefault(key, route)


_ELSEWHERE = {
    "properties": "it belongs under 'schema'",
    "required": "it belongs under 'schema'",
    "calculations": "did you mean 'calculationProperties'?",
    "mirrors": "did you mean 'mirrorProperties'?",
    "aggregations": "did you mean 'aggregationProperties'?",
    "formulaProperties": "Port took these until 2022; write them as 'calculationProperties', in jq",
}
_CLOSE = 0.8
"""How alike (difflib's ratio) an unknown key of an open object must be to a known one to be taken for a slip."""


def _ignored_in_blueprint(body: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    """Slips at the top level, which Port leaves open: a key of a newer Port is none of our business."""
    known = schema(Kind.BLUEPRINT)["properties"]
    for key in body:
        if key not in known and isinstance(key, str):
            hint = _ELSEWHERE.get(key) or _slip(key, known)
            if hint:
                message = f"Port passes over '{key}', which is not a key of a blueprint"
                yield _warning(source.key((key,)), "ignored-key", message, hint)


def _meant(key: str, definition: Mapping[str, Any], known: Mapping[str, JSON]) -> str:
    """What a key may have been meant for; where there is no type, its absence is told instead."""
    return (_OF_ANOTHER.get(key, "") if "type" in definition else "") or _slip(key, known)


_OF_ANOTHER = {
    "calculation": "what Port works out with jq stands under 'calculationProperties', beside 'schema'",
    "calculationSpec": "an aggregation stands under 'aggregationProperties', beside 'schema'",
    "path": "what is shown from a related entity stands under 'mirrorProperties', beside 'schema'",
    "target": "a relation stands under 'relations', beside 'schema'",
    "many": "a relation stands under 'relations', beside 'schema'; a property of many values is of type array",
    "colors": "did you mean 'enumColors'?",
    "colorized": "only calculations take it; for the values of an enum there is 'enumColors'",
}
"""Keys of relations, mirrors, calculations and aggregations that stand in a property."""


def _ignored(route: Route, definition: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    known = schema(Kind.BLUEPRINT)["$defs"]["definition"]["properties"]
    for key in definition:
        if key not in known and isinstance(key, str) and (hint := _meant(key, definition, known)):
            message = f"Port passes over '{key}', which is not a key of {names.thing(Kind.BLUEPRINT, route)}"
            yield _warning(source.key((*route, key)), "ignored-key", message, hint)


def _slip(key: str, known: Mapping[str, JSON]) -> str:
    meant = names.nearest(key, known, cutoff=_CLOSE)
    return f"did you mean '{meant}'?" if meant else ""


def _webhook(body: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    mappings = body.get("mappings")
    for index, mapping in enumerate(mappings if isinstance(mappings, list) else ()):
        if isinstance(mapping, dict):
            yield from _ignored_in_delete(("mappings", index), mapping, source)
            yield from _no_expressions(("mappings", index, "entity", "properties"), mapping, source)


def _ignored_in_delete(route: Route, mapping: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    """Port takes any key beside a delete, so that a misspelt filter deletes for every delivery."""
    operation = mapping.get("operation")
    if "delete" not in (operation, operation.get("type") if isinstance(operation, dict) else None):
        return
    known = schema(Kind.WEBHOOK)["$defs"]["deleteMapping"]["properties"]
    for key in mapping:
        if key not in known:
            hint = names.did_you_mean(str(key), known, f"its keys are: {names.listed(known)}")
            message = f"Port passes over '{key}', which is not a key of {names.thing(Kind.WEBHOOK, route)}"
            yield _warning(source.key((*route, key)), "ignored-key", message, hint)


def _no_expressions(route: Route, mapping: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    properties = _members(mapping, ("entity", "properties"))
    for found, value in leaves(route, properties):
        if isinstance(value, bool | int | float):
            message = f"{names.thing(Kind.WEBHOOK, found)} is {names.shown(value)} and not jq, so Port makes null of it"
            yield _warning(source.at(found), "not-jq", message, f'write it as jq text: "{names.shown(value)}"')


def _error(place: Any, code: str, message: str, hint: str = "") -> Problem:
    return Problem(place, code, Severity.ERROR, message, hint)


def _warning(place: Any, code: str, message: str, hint: str = "") -> Problem:
    return Problem(place, code, Severity.WARNING, message, hint)
