"""Does an entity fit its blueprint? Fields in, misfits out. Pure.

The one rule: strict where Port's documents are silent, so that what passes here passes there (port's API checks
property values against the blueprint; how far it coerces is not documented). Null fits everything but what is required.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portside.mappings.values import misfit, named, shown
from portside.model.blueprint import Blueprint, Property, Relation
from portside.model.resource import JSON, Body
from portside.problems import Route


@dataclass(frozen=True)
class Misfit:
    """`route` is in the fields: ("properties", "status"); `code` a class, stable; `message` a sentence."""

    route: Route
    code: str
    message: str


BREAKS = frozenset(
    {
        "identifier-missing", "identifier-type", "identifier-pattern", "unknown-property", "unknown-relation",
        "value-type", "value-enum", "value-format", "value-bounds", "value-pattern", "value-schema", "value-required",
        "relation-single", "relation-type", "query-shape",
    }
)  # fmt: skip
"""The classes of misfits: an entity that has one is not written."""

_LETTERLESS = re.compile(r"[0-9@_.+:\\/=-]*")
PLAIN_IDENTIFIER = re.compile(r"[A-Za-z0-9@_.+:\\/=-]{1,1000}")
"""Most identifiers; others may have letters of any language."""
IDENTIFIER_LIMIT = 1000


def identifier_misfit(value: JSON) -> tuple[str, str] | None:
    """Why a value cannot be an entity's identifier, as class and sentence (patterns of Port's OpenAPI file)."""
    if value is None or value == "":
        return "identifier-missing", f"the identifier is {'null' if value is None else 'an empty text'}"
    if not isinstance(value, str):
        cure = "; add `| tostring`" if isinstance(value, int | float) and not isinstance(value, bool) else ""
        return "identifier-type", f"the identifier {shown(value)} is {named(value)} and not a text{cure}"
    if PLAIN_IDENTIFIER.fullmatch(value) and value not in {".", ".."}:
        return None
    if len(value) > IDENTIFIER_LIMIT:
        return "identifier-pattern", f"the identifier has {len(value)} characters; Port takes {IDENTIFIER_LIMIT}"
    if value in {".", ".."}:
        return "identifier-pattern", f"the identifier '{value}' is one of the two that Port does not take"
    found = next((one for one in value if not one.isalpha() and not _LETTERLESS.fullmatch(one)), None)
    if found is None:
        return None
    return "identifier-pattern", f"the identifier {shown(value)} has {shown(found)}, which Port takes in no identifier"


def wrapped(blueprint: Blueprint, fields: Body) -> tuple[Body, tuple[Misfit, ...]]:
    """The fields with each lone scalar for a list, or for a relation to many, in a list; and where that was done."""
    changed: dict[str, dict[str, JSON]] = {}
    notes = []
    for section, key, what in _lone(blueprint, fields):
        changed.setdefault(section, {})[key] = [fields[section][key]]
        message = f"{what} '{key}' takes a list, and {shown(fields[section][key])} is put into one"
        notes.append(Misfit((section, key), "wrapped", message))
    if not notes:
        return fields, ()
    return {**fields, **{section: {**fields[section], **members} for section, members in changed.items()}}, tuple(notes)


def _lone(blueprint: Blueprint, fields: Body) -> Iterator[tuple[str, str, str]]:
    for key, value in (fields.get("properties") or {}).items():
        property_ = blueprint.properties.get(key)
        if property_ and property_.type == "array" and isinstance(value, str | bool | int | float):
            yield "properties", key, "property"
    for key, value in (fields.get("relations") or {}).items():
        relation = blueprint.relations.get(key)
        if relation and relation.many and isinstance(value, str):
            yield "relations", key, "relation"


def misfits(blueprint: Blueprint, fields: Body) -> tuple[Misfit, ...]:
    """Everything about the fields that are there which Port would not take. `fields` as in Upsert, wrapped before."""
    return tuple(_misfits(blueprint, fields))


def _misfits(blueprint: Blueprint, fields: Body) -> Iterator[Misfit]:
    for key in ("title", "icon"):
        value = fields.get(key)
        if value is not None and not isinstance(value, str):
            yield Misfit((key,), "value-type", f"the {key} takes a text, and {shown(value)} is {named(value)}")
    yield from _team(fields.get("team"))
    for key, value in (fields.get("properties") or {}).items():
        if found := _property(blueprint, key, value):
            yield Misfit(("properties", key), *found)
    for key, value in (fields.get("relations") or {}).items():
        if found := _relation(blueprint.relations.get(key), key, value):
            yield Misfit(("relations", key), *found)


def lacking(blueprint: Blueprint, properties: Mapping[str, JSON], relations: Mapping[str, JSON]) -> tuple[Misfit, ...]:
    """The required properties and relations that an entity does not have: judge the merged one, not what was sent."""
    return (
        *(
            Misfit(("properties", key), "value-required", f"property '{key}' is required, and has no value")
            for key in blueprint.required
            if properties.get(key) is None
        ),
        *(
            Misfit(("relations", key), "value-required", f"relation '{key}' is required, and has no value")
            for key, relation in blueprint.relations.items()
            if relation.required and relations.get(key) in (None, [])
        ),
    )


def _property(blueprint: Blueprint, key: str, value: JSON) -> tuple[str, str] | None:
    property_ = blueprint.properties.get(key)
    if property_ is None:
        return "unknown-property", _unknown(blueprint, key)
    if value is None:
        required = key in blueprint.required
        return ("value-required", f"property '{key}' is required, and null clears it") if required else None
    return _value(property_, value)


def _value(property_: Property, value: JSON) -> tuple[str, str] | None:
    reason = misfit(property_.body, value)
    return (reason.code, f"property '{property_.key}' {reason.words}{reason.cure}") if reason else None


def _unknown(blueprint: Blueprint, key: str) -> str:
    for kind, members in (
        ("a mirror", blueprint.mirrors),
        ("a calculation", blueprint.calculations),
        ("an aggregation", blueprint.aggregations),
    ):
        if key in members:
            return f"'{key}' is {kind} property of '{blueprint.identifier}', and cannot be written"
    return f"blueprint '{blueprint.identifier}' has no property '{key}'"


def _relation(relation: Relation | None, key: str, value: JSON) -> tuple[str, str] | None:
    if relation is None:
        return "unknown-relation", f"there is no relation '{key}' on this blueprint"
    if value is None:
        required = relation.required
        return ("value-required", f"relation '{key}' is required, and null clears it") if required else None
    if isinstance(value, dict):
        return _query(f"relation '{key}'", value)
    if isinstance(value, list) and not relation.many:
        return "relation-single", f"relation '{key}' takes one identifier, and {shown(value)} is a list"
    for one in value if isinstance(value, list) else [value]:
        if found := identifier_misfit(one):
            return "relation-type", f"relation '{key}' takes identifiers of '{relation.target}': {found[1]}"
    return None


def _team(value: JSON) -> Iterator[Misfit]:
    if isinstance(value, dict):
        if found := _query("the team", value):
            yield Misfit(("team",), *found)
        return
    teams = value if isinstance(value, list) else [] if value is None else [value]
    wrong = next((one for one in teams if not isinstance(one, str)), None)
    if wrong is not None or None in teams:
        yield Misfit(("team",), "value-type", f"the team takes texts, and {shown(wrong)} is {named(wrong)}")


_OPERATORS = frozenset({"=", "in", "contains", "containsAny"})


def query_misfit(value: JSON) -> tuple[str, str] | None:
    """Why an identifier's search query is none; None when it can be searched with."""
    return _query("the identifier", value)


def _query(what: str, value: JSON) -> tuple[str, str] | None:
    """`{combinator, rules}` with the operators of Port's mapping searches (2.5 of the webhook page's schema)."""
    if not isinstance(value, dict) or value.get("combinator") not in ("and", "or"):
        found = value.get("combinator") if isinstance(value, dict) else value
        return "query-shape", f"{what} is a search whose combinator is 'and' or 'or', and not {shown(found)}"
    rules = value.get("rules")
    if not isinstance(rules, list) or not rules:
        return "query-shape", f"{what} is a search without rules"
    return next((found for rule in rules if (found := _rule(what, rule))), None)


def _rule(what: str, rule: JSON) -> tuple[str, str] | None:
    if not isinstance(rule, dict):
        return "query-shape", f"{what} is a search, and {shown(rule)} is no rule of one"
    if "combinator" in rule:
        return _query(what, rule)
    if not isinstance(rule.get("property"), str):
        return "query-shape", f"{what} is a search by the property {shown(rule.get('property'))}, which is not a text"
    if rule.get("operator") not in _OPERATORS:
        found, listed = shown(rule.get("operator")), ", ".join(sorted(_OPERATORS))
        return "query-shape", f"{what} is a search with the operator {found}; mappings take {listed}"
    return None
