"""What a schema says no to, in our words: the thing, what was found, what would help. Pure.

The schemas decide by conditions on what the author wrote (a format's type, an operation's type, a rule's operator), so
that every error of the validator is already about the form the author meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from portside.checks import names
from portside.mappings.values import ecma_pattern
from portside.model.resource import JSON, KINDS, Kind
from portside.problems import Problem, Route, Severity, Source
from portside.schemas.load import schema

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@dataclass(frozen=True)
class Fault:
    """One thing the validator found: the value at a route breaks a keyword of the schema that describes it."""

    kind: Kind
    route: Route
    value: JSON
    keyword: str
    wanted: JSON
    rules: Mapping[str, JSON]
    is_key: bool

    @property
    def name(self) -> str:
        return names.thing(self.kind, self.route)


@dataclass(frozen=True)
class Finding:
    """A problem before it has a place. `subject` is the key that is unknown or missing."""

    route: Route
    code: str
    message: str
    hint: str = ""
    subject: str = ""
    at_key: bool = False


def explain(kind: Kind, body: JSON, source: Source) -> tuple[Problem, ...]:
    """Every way in which the body breaks its kind's schema; one problem for each thing and code."""
    if wrapped := _wrapped(kind, body):
        return (_placed(wrapped, source),)
    findings: dict[tuple[Route, str, str], Finding] = {}
    for error in validator(kind).iter_errors(body):
        for finding in _findings(_fault(kind, error)):
            findings.setdefault((finding.route, finding.code, finding.subject), finding)
    return tuple(_placed(finding, source) for finding in findings.values())


_ENVELOPES = {
    Kind.BLUEPRINT: ("blueprint", "blueprints"),
    Kind.WEBHOOK: ("integration", "integrations", "webhook", "webhooks"),
}


def _wrapped(kind: Kind, body: JSON) -> Finding | None:
    """A whole answer of Port's API: {"ok": true, "blueprint": {…}}."""
    if not isinstance(body, dict) or body.keys() - {"ok", *_ENVELOPES[kind]}:
        return None
    key = next((key for key in _ENVELOPES[kind] if isinstance(body.get(key), dict | list)), None)
    if key is None:
        return None
    listed = isinstance(body[key], list)
    message = f"the {kind} stands inside of '{key}', as in an answer of Port's API"
    hint = "each of its entries is a document of its own" if listed else f"keep only what stands under '{key}'"
    return Finding((key,), "wrapped-resource", message, hint, at_key=True)


@cache
def validator(kind: Kind) -> Validator:
    """jsonschema's validator of a kind, with patterns as ECMA (and so Port) reads them."""
    from jsonschema import Draft202012Validator  # late: 70 ms, and only what is wrong needs it
    from jsonschema.validators import extend

    extended: Any = extend  # it carries no types
    ecma = extended(Draft202012Validator, {"pattern": ecma_pattern})
    found: Validator = ecma(schema(kind))
    return found


def _fault(kind: Kind, error: ValidationError) -> Fault:
    return Fault(
        kind,
        tuple(error.absolute_path),
        error.instance,
        str(error.validator),
        error.validator_value,
        error.schema if isinstance(error.schema, Mapping) else {},
        "propertyNames" in error.absolute_schema_path,
    )


def _findings(fault: Fault) -> Iterator[Finding]:
    yield from _EXPLAINED[fault.keyword](fault)


def _placed(finding: Finding, source: Source) -> Problem:
    place = source.key(finding.route) if finding.at_key else source.at(finding.route)
    return Problem(place, finding.code, Severity.ERROR, finding.message, finding.hint)


def _unknown(fault: Fault) -> Iterator[Finding]:
    keys = list(fault.rules.get("properties", {}))
    for key in fault.value:
        if key not in keys:
            hint = _misplaced(fault, key) or names.did_you_mean(key, keys, f"its keys are: {names.listed(keys)}")
            yield Finding(
                (*fault.route, key), "unknown-key", f"'{key}' is not a key of {fault.name}", hint, at_key=True
            )


_OF_BLUEPRINTS = "that belongs to a blueprint, and those stand in catalog/blueprints/"
_IN_A_WEBHOOK = {
    "schema": _OF_BLUEPRINTS,
    "calculationProperties": _OF_BLUEPRINTS,
    "mirrorProperties": _OF_BLUEPRINTS,
    "aggregationProperties": _OF_BLUEPRINTS,
    "relations": _OF_BLUEPRINTS,
    "selector": "that belongs to an integration; a webhook mapping has 'filter', a jq text",
    "kind": "that belongs to an integration; a webhook mapping has 'filter', a jq text",
    "port": "that belongs to an integration; a webhook mapping has 'itemsToParse' and 'entity' itself",
    "itemsToParseName": "that belongs to an integration; in a webhook the element is always '.item'",
    "itemsToParseTopLevelTransform": "that belongs to an integration; in a webhook '.body' stays whole",
    "createMissingRelatedEntities": "that belongs to an integration; a webhook has no such switch",
    "mappings": "that belongs to an integration; in a webhook the keys of the entity stand right under 'entity'",
    "deleteDependents": "write 'operation: {type: delete, deleteDependents: …}'",
    "resources": "that belongs to an integration; a webhook has 'mappings'",
    "secret": "it belongs under 'security'",
}
_BESIDE_SCHEMA = ("relations", "calculationProperties", "mirrorProperties", "aggregationProperties")


def _misplaced(fault: Fault, key: str) -> str:
    """A hint for a key that belongs elsewhere; "" when it belongs nowhere."""
    if fault.kind is Kind.BLUEPRINT:
        return (
            f"'{key}' stands beside 'schema', not in it" if fault.route == ("schema",) and key in _BESIDE_SCHEMA else ""
        )
    if fault.route[-1:] == ("entity",) and len(fault.rules.get("properties", {})) == 1:
        return "to delete an entity takes its identifier, nothing else"
    if fault.route[-1:] == ("entity",):
        return _beside_properties(fault, key)
    return _IN_A_WEBHOOK.get(key, "")


def _beside_properties(fault: Fault, key: str) -> str:
    if key == "blueprint":
        return "'blueprint' stands beside 'entity', as a literal identifier"
    if key in ("mappings", "filter", "itemsToParse", "operation"):
        return _IN_A_WEBHOOK.get(key, f"'{key}' stands beside 'entity', not in it")
    meant = names.nearest(key, fault.rules["properties"], cutoff=0.75)
    return f"did you mean '{meant}'?" if meant else "properties stand under 'properties', relations under 'relations'"


_MISSING_HINTS = {
    "identifier": "the name that others point at",
    "schema": "without properties write 'schema: {properties: {}}'",
    "properties": "without any write 'properties: {}'",
    "type": "one of: string, number, boolean, object, array",
    "averageOf": "the span to average over, one of: hour, day, week, month, total",
    "combinator": "'and' or 'or'",
    "target": "the identifier of the blueprint it points at",
    "func": "what to work out, such as count, sum or average",
    "calculationBy": "entities, to count them, or property, for the values of one",
}


def _missing(fault: Fault) -> Iterator[Finding]:
    if fault.wanted in (["format"], ["spec"]):
        yield from _mismatch(fault, (*fault.route, *fault.wanted))
        return
    for key in fault.wanted:
        if key not in fault.value:
            message = f"{fault.name} has no '{key}'"
            if misspelt := _misspelt(fault, key):
                route, hint = (*fault.route, misspelt), f"is '{misspelt}' meant to be it?"
                yield Finding(route, "missing-key", message, hint, subject=key, at_key=True)
            else:
                yield Finding(fault.route, "missing-key", message, _missing_hint(fault, key), subject=key)


def _misspelt(fault: Fault, key: str) -> str | None:
    """A key that nobody knows, and that is spelled nearly like the one that is missing."""
    found = names.nearest(key, [other for other in fault.value if isinstance(other, str)], cutoff=0.75)
    return None if found in fault.rules.get("properties", {}) else found


def _missing_hint(fault: Fault, key: str) -> str:
    match fault.route:
        case (*_, "entity"):
            return "jq for the identifier of the entity, such as .body.id"
        case ("schema", "properties", name) if key == "type":
            return _no_type(str(name), fault.value)
        case ("relations", _) if fault.value.get("type") in _PROPERTY_TYPES:
            return "a property stands under 'schema.properties'"
        case () if key == "schema":
            return _no_schema(fault.value)
    return "" if key == "type" and "calculationProperties" not in fault.route else _MISSING_HINTS.get(key, "")


_PROPERTY_TYPES = ("string", "number", "boolean", "object", "array")
_FOREIGN = {
    "target": "a relation stands under 'relations', beside 'schema'",
    "path": "a mirror property stands under 'mirrorProperties', beside 'schema'",
    "calculation": "a calculation stands under 'calculationProperties', beside 'schema'",
    "calculationSpec": "an aggregation stands under 'aggregationProperties', beside 'schema'",
}


def _no_type(name: str, value: Mapping[str, JSON]) -> str:
    if name == "properties" and value and all(isinstance(one, dict) for one in value.values()):
        return "'properties' stands inside of 'properties' here: take one of the two out"
    foreign = next((hint for key, hint in _FOREIGN.items() if key in value), "")
    return foreign or _MISSING_HINTS["type"]


def _no_schema(body: Mapping[str, JSON]) -> str:
    if "mappings" in body:
        return "this looks like a webhook, and those stand in mappings/<identifier>/webhook.yaml"
    if isinstance(body.get("blueprint"), str):
        return "this looks like an entity, and only blueprints stand here"
    return "move 'properties' into it" if "properties" in body else _MISSING_HINTS["schema"]


_TYPE_NAMES = {
    "string": "a string", "number": "a number", "integer": "a whole number", "boolean": "true or false",
    "object": "an object", "array": "a list", "null": "null",
}  # fmt: skip


def _wrong_type(fault: Fault) -> Iterator[Finding]:
    wanted = [fault.wanted] if isinstance(fault.wanted, str) else [one for one in fault.wanted if one != "null"]
    takes = " or ".join(_TYPE_NAMES[one] for one in wanted)
    message = f"{fault.name} must be {takes}, and is {names.type_of(fault.value)}"
    yield Finding(fault.route, "wrong-type", message, _type_hint(fault, wanted))


def _type_hint(fault: Fault, wanted: list[str]) -> str:
    if fault.route[:2] == ("schema", "properties") and len(fault.route) == 3:
        return _no_definition(str(fault.route[2]), fault.value)
    if fault.route[:2] == ("schema", "properties") and fault.route[3:] == ("required",):
        return f"list '{fault.route[2]}' under 'schema.required'"
    if fault.value is None:
        return "leave the key out, or give it a value"
    if fault.route in KINDS[fault.kind].write_only:
        return "write '${NAME}', and keep the value in the environment under that name"
    if wanted == ["string"] and isinstance(fault.value, bool | int | float):
        return f'in quotes it is text: "{str(fault.value).lower()}"'
    if fault.kind is Kind.WEBHOOK and fault.route == () and isinstance(fault.value, list):
        return "a list of mappings goes under 'mappings', beside 'identifier' and 'title'"
    if wanted == ["boolean"] and isinstance(fault.value, str):
        return _boolean_hint(fault.value.lower())
    return "begin each of its entries with '- '" if fault.route == ("mappings",) and wanted == ["array"] else ""


def _boolean_hint(word: str) -> str:
    if word in ("true", "false"):
        return f"without quotes: {word}"
    meant = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}.get(word)
    return f"write {meant}: in YAML 1.2 '{word}' is a text" if meant else ""


def _no_definition(name: str, value: JSON) -> str:
    """A hint for what stands where a property's type, title and so on should."""
    if name in schema(Kind.BLUEPRINT)["$defs"]["definition"]["properties"] and not isinstance(value, dict):
        return f"'{name}' is a key of a property: indent it further, or move it into one"
    if isinstance(value, str) and re.match(r"\w+:[^ ]", value):
        return "an ordinary space is missing behind the ':'"
    if value in _PROPERTY_TYPES:
        return f"write '{name}: {{type: {value}}}'"
    return f"give it a type: '{name}: {{type: string}}'"


_MEANT = {
    ("type", "integer"): "number", ("type", "int"): "number", ("type", "float"): "number",
    ("type", "text"): "string", ("type", "bool"): "boolean", ("type", "list"): "array",
    ("type", "enum"): "string", ("type", "date"): "string", ("type", "url"): "string",
    ("format", "date"): "date-time", ("format", "datetime"): "date-time", ("format", "uri"): "url",
    ("operation", "upsert"): "create", ("operation", "update"): "create", ("operation", "createOrUpdate"): "create",
    ("operation", "merge"): "create", ("operation", "remove"): "delete",
    ("signatureAlgorithm", "sha-256"): "sha256", ("signatureAlgorithm", "hmac-sha256"): "sha256",
    ("operator", "=="): "=", ("operator", "equals"): "=", ("operator", "ContainsAny"): "containsAny",
    ("operator", "exists"): "isNotEmpty", ("operator", "notContains"): "doesNotContains",
    ("func", "avg"): "average", ("func", "mean"): "average",
}  # fmt: skip
_WHY = {
    ("type", "integer"): "Port has no integer",
    ("operation", "upsert"): "create also updates",
    ("operation", "update"): "create also updates",
    ("type", "enum"): "the values go under 'enum'",
}
_COLOURS_MEANT = {
    "cyan": "turquoise",
    "gray": "lightGray",
    "grey": "lightGray",
    "violet": "purple",
    "black": "darkGray",
}


def _not_allowed(fault: Fault) -> Iterator[Finding]:
    allowed = fault.wanted if fault.keyword == "enum" else [fault.wanted]
    key = fault.route[-1] if fault.route else ""
    if fault.rules == schema(Kind.BLUEPRINT)["$defs"]["colour"]:
        yield _colour(fault, allowed)
    elif key in ("format", "spec") and _belongs_to_another_type(fault):
        yield from _mismatch(fault, fault.route)
    else:
        message = f"{fault.name} cannot be {names.shown(fault.value)}"
        yield Finding(fault.route, "not-allowed", message, _allowed_hint(fault, allowed))


def _allowed_hint(fault: Fault, allowed: list[JSON]) -> str:
    texts = [one for one in allowed if isinstance(one, str)]
    key = str(next((one for one in reversed(fault.route) if isinstance(one, str)), ""))
    key = "operation" if fault.route[-2:] == ("operation", "type") else key
    if not isinstance(fault.value, str):
        return f"one of: {names.listed(texts)}"
    if fault.route[-2:] == ("calculationSpec", "func") and fault.value in ("sum", "min", "max", "median"):
        return "that needs 'calculationBy: property' and a 'property'"
    if key == "type" and fault.value in schema(Kind.BLUEPRINT)["$defs"]["definition"]["properties"]["format"]["enum"]:
        return f"write 'type: string' and 'format: {fault.value}'"
    meant = _MEANT.get((key, fault.value)) or names.nearest(fault.value, texts)
    if meant not in texts:
        return f"one of: {names.listed(texts)}"
    why = _WHY.get((key, fault.value))
    rest = [one for one in texts if one != meant]
    return (
        f"use '{meant}'{f' ({why})' if why else ''}; also possible: {names.listed(rest)}" if rest else f"use '{meant}'"
    )


def _colour(fault: Fault, allowed: list[str]) -> Finding:
    value = str(fault.value)
    meant = _COLOURS_MEANT.get(value.casefold()) or names.nearest(value, allowed)
    first = f"use '{meant}'; " if meant else ""
    message = f"{fault.name} cannot be {names.shown(fault.value)}, which is not a colour of Port's"
    return Finding(fault.route, "colour", message, f"{first}the colours are: {names.listed(allowed)}")


def _belongs_to_another_type(fault: Fault) -> bool:
    """Whether a format or spec is one that its section of a blueprint takes, with another type."""
    section = "calculation" if fault.route[0] == "calculationProperties" else "definition"
    shapes = schema(Kind.BLUEPRINT)["$defs"]
    known = {"format": shapes[section]["properties"]["format"], "spec": shapes["document"]}
    return fault.value in known[str(fault.route[-1])]["enum"]


_GOES_WITH = {
    "labeled-url": "type object",
    "blueprints": "type string, or array",
    "embedded-url": "type string and format url",
    "open-api": "type string with format url or yaml, or with type object",
    "async-api": "type string with format url or yaml, or with type object",
}


def _mismatch(fault: Fault, route: Route) -> Iterator[Finding]:
    """A format or a spec that does not go with the type, or with each other."""
    owner = names.thing(fault.kind, route[:-1])
    if fault.route != route:
        message = f"{owner} has {_needs(fault, route)}"
        yield Finding(route[:-1], "format-type", message, subject=str(route[-1]))
        return
    value = str(fault.value)
    message = f"{owner} has {route[-1]} {names.shown(value)}, which does not go with the rest of it"
    yield Finding(route, "format-type", message, f"'{value}' goes with {_GOES_WITH.get(value, 'type string')}")


def _needs(fault: Fault, route: Route) -> str:
    if route[-1] == "spec":
        return "a specAuthentication and so needs 'spec: embedded-url'"
    spec = fault.value.get("spec")
    return f"spec '{spec}' and so needs " + (
        "'format: url'" if spec == "embedded-url" else "'format: url' or 'format: yaml'"
    )


def _form(fault: Fault) -> Iterator[Finding]:
    if fault.is_key:
        yield _key_form(fault)
        return
    shapes = schema(Kind.BLUEPRINT)["$defs"]
    pattern = fault.wanted
    if pattern == shapes["identifier"]["pattern"]:
        yield _identifier_form(fault)
    elif pattern == shapes["mirror"]["properties"]["path"]["pattern"]:
        hint = "relation keys, then a property, joined by dots: team.lead.$title"
        yield Finding(
            fault.route, "mirror-path-form", f"{fault.name} is {names.shown(fault.value)}, which is not a path", hint
        )
    else:
        what, hint = ("a moment", "such as 2024-05-19T17:55:29Z")
        if pattern == shapes["address"]["pattern"]:
            what, hint = ("a URL", "such as https://example.com/login")
        yield Finding(
            fault.route, "text-form", f"{fault.name} is {names.shown(fault.value)}, which is not {what}", hint
        )


_KEY_HINT = "keys are made of A-Z a-z 0-9 @ _ = \\ and -"
_IDENTIFIER_HINT = "identifiers are made of letters, digits and @ _ . + : \\ / -"


def _key_form(fault: Fault) -> Finding:
    key = str(fault.value)
    cleaned = "".join(one if one.isascii() and (one.isalnum() or one in "@_=\\-") else "_" for one in key)
    hint = f"{_KEY_HINT}: '{cleaned}'" if cleaned else _KEY_HINT
    message = f"'{key}' cannot be a key of {names.thing(fault.kind, fault.route)}"
    return Finding((*fault.route, key), "identifier-form", message, hint, at_key=True)


def _identifier_form(fault: Fault) -> Finding:
    value = str(fault.value)
    literal = value.strip().strip("'\"")
    if literal != value and fault.route[-1:] == ("blueprint",):
        message = f"{fault.name} is {names.shown(value)}, and quotes are not part of an identifier"
        return Finding(fault.route, "identifier-form", message, f"it is not jq here: write {literal}")
    if fault.route[-1:] == ("blueprint",) and value.startswith("."):
        message = f"{fault.name} is {names.shown(value)}, which looks like jq"
        return Finding(fault.route, "identifier-form", message, "it is not jq here: write a blueprint's identifier")
    cleaned = "".join(one if one.isalpha() or one.isdigit() or one in "@_.+:\\/-" else "-" for one in literal)
    hint = f"{_IDENTIFIER_HINT}: '{cleaned}'" if cleaned.strip(".") else _IDENTIFIER_HINT
    return Finding(fault.route, "identifier-form", f"{fault.name} cannot be {names.shown(value)}", hint)


def _too_long(fault: Fault) -> Iterator[Finding]:
    if fault.is_key:
        message = f"the key '{str(fault.value)[:20]}…' has {len(fault.value)} characters; Port takes {fault.wanted}"
        yield Finding((*fault.route, fault.value), "too-long", message, at_key=True)
    else:
        message = f"{fault.name} has {len(fault.value)} characters; Port takes {fault.wanted}"
        yield Finding(fault.route, "too-long", message)


def _too_many(fault: Fault) -> Iterator[Finding]:
    message = f"{fault.name} has {len(fault.value)} entries; Port takes {fault.wanted}"
    yield Finding(fault.route, "too-many", message)


def _empty(fault: Fault) -> Iterator[Finding]:
    hint = "leave it out, and any value goes" if fault.route[-1:] == ("enum",) else ""
    yield Finding(fault.route, "empty", f"{fault.name} is empty", hint)


def _twice(fault: Fault) -> Iterator[Finding]:
    seen = [one for index, one in enumerate(fault.value) if one in fault.value[:index]]
    yield Finding(fault.route, "value-twice", f"{fault.name} has {names.shown(next(iter(seen), ''))} twice")


def _out_of_range(fault: Fault) -> Iterator[Finding]:
    limit = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}[fault.keyword]
    yield Finding(fault.route, "out-of-range", f"{fault.name} is {fault.value} and must be {limit} {fault.wanted}")


def _excluded(fault: Fault) -> Iterator[Finding]:
    if fault.wanted:
        message = f"{fault.name} is both 'many' and 'required', which Port refuses"
        yield Finding(fault.route, "many-and-required", message, "leave one of them out, or set it to false")
    elif _belongs_to_another_type(fault):
        yield from _mismatch(fault, fault.route)


_EXPLAINED: Mapping[str, Callable[[Fault], Iterator[Finding]]] = {
    "additionalProperties": _unknown,
    "required": _missing,
    "type": _wrong_type,
    "enum": _not_allowed,
    "const": _not_allowed,
    "pattern": _form,
    "maxLength": _too_long,
    "minLength": _empty,
    "maxItems": _too_many,
    "minItems": _empty,
    "uniqueItems": _twice,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "not": _excluded,
}
"""Every keyword of our schemas that can fail; the rest of them only lead to these."""
