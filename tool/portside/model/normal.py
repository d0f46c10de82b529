"""One spelling for each meaning: defaults filled, server fields dropped. Pure.

The rule: two bodies that Port treats as equal have the same normal form, and a normal form is a body Port takes.
The equalities come from Port's OpenAPI file and from its Terraform provider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]

_EMPTY_MEANS_ABSENT = ("icon", "description")
_NULL_IS_A_VALUE = ("default", "const")
_SECTIONS = ("calculationProperties", "mirrorProperties", "aggregationProperties", "relations")
OPENID = ["openid"]
"""Port's default for specAuthentication.authorizationScope."""


def normal(kind: str, body: Mapping[str, Any], server_set: frozenset[str]) -> Body:
    """The normal form of a body that has passed its kind's schema. Idempotent; never changes its argument."""
    kept = {key: value for key, value in body.items() if key not in server_set}
    return _SPELLINGS[kind](_without_empty(kept))


def _blueprint(body: Body) -> Body:
    schema = body.get("schema") or {}
    properties = {key: _authenticated(_present(value)) for key, value in (schema.get("properties") or {}).items()}
    sections = {key: dict(body.get(key) or {}) for key in _SECTIONS}
    return {
        **{key: value for key, value in body.items() if value is not None},
        "schema": {**schema, "properties": properties, "required": sorted(set(schema.get("required") or []))},
        **{key: {name: _SECTION_MEMBERS[key](member) for name, member in sections[key].items()} for key in _SECTIONS},
    }


def _webhook(body: Body) -> Body:
    return {
        **{key: value for key, value in body.items() if value is not None},
        "enabled": True if body.get("enabled") is None else body["enabled"],
        "security": {key: value for key, value in (body.get("security") or {}).items() if value is not None},
        "mappings": [_mapping(mapping) for mapping in body.get("mappings") or []],
    }


def _mapping(mapping: Any) -> Any:
    if not isinstance(mapping, dict):
        return mapping
    present = {key: value for key, value in mapping.items() if value is not None}
    return {**present, "operation": _operation(mapping.get("operation"))}


def _operation(operation: Any) -> Any:
    """Absent, "create" and {type: create} are one; so are "delete" and {type: delete, deleteDependents: true}."""
    given = (
        {"type": "create", **_present(operation)} if isinstance(operation, dict) else {"type": operation or "create"}
    )
    return {"deleteDependents": True, **given} if given["type"] == "delete" else given


def _relation(relation: Any) -> Any:
    return {
        **_present(relation),
        "required": relation.get("required") or False,
        "many": relation.get("many") or False,
    }


def _aggregation(aggregation: Any) -> Any:
    return {
        "type": "number",
        **_present(aggregation),
        "calculationSpec": _spec(aggregation.get("calculationSpec")),
    }


def _spec(spec: Any) -> Any:
    """An average is by day of creation unless it says otherwise (the Terraform provider's defaults)."""
    if isinstance(spec, dict) and spec.get("func") == "average":
        return {"averageOf": "day", "measureTimeBy": "$createdAt", **_present(spec)}
    return _present(spec)


def _authenticated(definition: Any) -> Any:
    """A property definition with the default scope of its specAuthentication filled in."""
    if isinstance(definition, dict) and isinstance(definition.get("specAuthentication"), dict):
        return {**definition, "specAuthentication": {"authorizationScope": OPENID, **definition["specAuthentication"]}}
    return definition


def _without_empty(value: Any) -> Any:
    """`icon` and `description` that are null or "" mean the same as absent ones."""
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key not in _EMPTY_MEANS_ABSENT or item not in (None, "")}


def _present(value: Any) -> Any:
    """A property, a relation and the like without its nulls: servers spell out what nobody set."""
    if not isinstance(value, dict):
        return value
    found = _without_empty(value)
    return {key: item for key, item in found.items() if item is not None or key in _NULL_IS_A_VALUE}


def _calculation(calculation: Any) -> Any:
    return _authenticated(_present(calculation))


_SECTION_MEMBERS: Mapping[str, Callable[[Any], Any]] = {
    "calculationProperties": _calculation,
    "mirrorProperties": _present,
    "aggregationProperties": _aggregation,
    "relations": _relation,
}
_SPELLINGS: Mapping[str, Callable[[Body], Body]] = {"blueprint": _blueprint, "webhook": _webhook}
