"""The least form of a document that a plan can stand on, whatever else Port gives.

The rule: what Port has accepted is no fault of anybody's here, so only what would leave a plan without meaning counts.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from portside.model.resource import JSON, Kind

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_OBJECT_OR_NULL = {"type": ["object", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}


def _object(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


def _map_of(member: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": member}


_PROPERTY = _object(type=_TEXT, format=_TEXT, enum={"type": "array"})
_SPEC = _object("calculationBy", "func", calculationBy=_TEXT, func=_TEXT, property=_TEXT, measureTimeBy=_TEXT)
_PATH = _object("path", path=_TEXTS, fromBlueprint=_TEXT_OR_NULL)
_AGGREGATION = _object(
    "target",
    "calculationSpec",
    target=_TEXT,
    calculationSpec={
        **_SPEC,
        "if": {"properties": {"calculationBy": {"const": "property"}}},
        "then": {"required": ["property"]},
    },
    query={"type": "object"},
    pathFilter={"type": "array", "items": _PATH},
)
_MAPPING = _object(
    "blueprint",
    "entity",
    blueprint=_TEXT,
    entity=_object(properties=_OBJECT_OR_NULL, relations=_OBJECT_OR_NULL),
    operation=_object("type", type=_TEXT),
)
_FORMS = {
    Kind.BLUEPRINT: _object(
        "identifier",
        identifier=_TEXT,
        schema=_object(properties=_map_of(_PROPERTY), required=_TEXTS),
        relations=_map_of(
            _object("target", target=_TEXT, many={"type": "boolean"}, required={"type": "boolean"})
        ),
        mirrorProperties=_map_of(_object("path", path=_TEXT)),
        calculationProperties=_map_of(_object(calculation=_TEXT, type=_TEXT)),
        aggregationProperties=_map_of(_AGGREGATION),
        ownership={
            **_object(type=_TEXT_OR_NULL, path=_TEXT_OR_NULL),
            "if": {"properties": {"type": {"const": "Inherited"}}, "required": ["type"]},
            "then": {"required": ["path"], "properties": {"path": _TEXT}},
        },
    ),
    Kind.WEBHOOK: _object(
        "identifier",
        identifier=_TEXT,
        security={"type": "object"},
        mappings={"type": "array", "items": _MAPPING},
    ),
}  # fmt: skip


def has_form(kind: Kind, body: JSON) -> bool:
    """Whether a body in normal form is one of its kind, as far as a plan looks at it."""
    try:
        return bool(_validator(kind).is_valid(body))
    except (ValueError, SystemError):  # half a surrogate pair, which JSON can say and this library cannot
        return True


@cache
def _validator(kind: Kind) -> Any:
    import jsonschema_rs  # late: 10 ms

    return jsonschema_rs.Draft202012Validator(_FORMS[kind])
