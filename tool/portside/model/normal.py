"""One spelling for each meaning: defaults filled, server fields dropped. Pure.

The rule: two bodies that Port treats as equal have the same normal form, and a normal form is a body Port takes.
The equalities come from Port's OpenAPI file and from its Terraform provider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]

_EMPTY_MEANS_ABSENT = ("icon", "description")
_SECTIONS = ("calculationProperties", "mirrorProperties", "aggregationProperties", "relations")
OPENID = ["openid"]
"""Port's default for specAuthentication.authorizationScope."""


def normal(kind: str, body: Mapping[str, Any], server_set: frozenset[str]) -> Body:
    """The normal form of a body that has passed its kind's schema. Idempotent; never changes its argument."""
    kept = {key: value for key, value in body.items() if key not in server_set}
    return _SPELLINGS[kind](_without_empty(kept))


def _blueprint(body: Body) -> Body:
    schema = body.get("schema") or {}
    properties = {key: _authenticated(_without_empty(value)) for key, value in (schema.get("properties") or {}).items()}
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
    kind = operation.get("type") if isinstance(operation, dict) else operation or "create"
    if kind == "delete":
        return {"deleteDependents": True, **(operation if isinstance(operation, dict) else {}), "type": "delete"}
    return {"type": kind}


def _relation(relation: Any) -> Any:
    return {
        **_without_empty(relation),
        "required": relation.get("required") or False,
        "many": relation.get("many") or False,
    }


def _aggregation(aggregation: Any) -> Any:
    return {
        "type": "number",
        **_without_empty(aggregation),
        "calculationSpec": _spec(aggregation.get("calculationSpec")),
    }


def _spec(spec: Any) -> Any:
    """An average is by day of creation unless it says otherwise (the Terraform provider's defaults)."""
    if isinstance(spec, dict) and spec.get("func") == "average":
        return {"averageOf": "day", "measureTimeBy": "$createdAt", **spec}
    return spec


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


def _calculation(calculation: Any) -> Any:
    return _authenticated(_without_empty(calculation))


_SECTION_MEMBERS: Mapping[str, Callable[[Any], Any]] = {
    "calculationProperties": _calculation,
    "mirrorProperties": _without_empty,
    "aggregationProperties": _aggregation,
    "relations": _relation,
}
_SPELLINGS: Mapping[str, Callable[[Body], Body]] = {"blueprint": _blueprint, "webhook": _webhook}
