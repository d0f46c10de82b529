"""The smallest body that means the same: what the normal form fills in is left out where it says nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portside.model.normal import OPENID
from portside.model.resource import JSON, Body, Kind, Resource
from portside.problems import Route

_DEFAULTS: Mapping[Kind, tuple[tuple[Route, JSON], ...]] = {
    Kind.BLUEPRINT: (
        (("schema", "properties", "*", "specAuthentication", "authorizationScope"), OPENID),
        (("schema", "required"), []),
        (("calculationProperties", "*", "specAuthentication", "authorizationScope"), OPENID),
        (("aggregationProperties", "*", "type"), "number"),
        (("aggregationProperties", "*", "calculationSpec", "averageOf"), "day"),
        (("aggregationProperties", "*", "calculationSpec", "measureTimeBy"), "$createdAt"),
        (("relations", "*", "required"), False),
        (("relations", "*", "many"), False),
        *(((key,), {}) for key in ("mirrorProperties", "calculationProperties", "aggregationProperties", "relations")),
    ),
    Kind.WEBHOOK: (
        (("mappings", "*", "operation"), {"type": "create"}),
        (("mappings",), []),
        (("security",), {}),
    ),
}
_ABSENT = object()
_DELETE = {"type": "delete", "deleteDependents": True}


def lean(resource: Resource) -> Body:
    """The body without its defaults; its normal form is the resource's body, whatever was left out."""
    body: Body = _copy(resource.body)
    for route, default in _DEFAULTS[resource.ref.kind]:
        key = str(route[-1])
        for holder in list(_holders(body, route)):
            if holder.get(key, _ABSENT) == default and _same(resource, body, holder, key):
                del holder[key]
    for mapping in body.get("mappings", []) if resource.ref.kind is Kind.WEBHOOK else ():
        if isinstance(mapping, dict) and mapping.get("operation") == _DELETE:
            mapping["operation"] = "delete"
    return body


def _same(resource: Resource, body: Body, holder: Body, key: str) -> bool:
    """Whether the resource is still the same without the key: for `average` alone averageOf has a default, say."""
    kept = holder.pop(key)
    same = Resource.of(resource.ref.kind, body).body == resource.body
    holder[key] = kept
    return same


def _holders(value: JSON, route: Route) -> Iterator[Body]:
    """The objects that may hold the last key of a route; `*` is every member."""
    if not isinstance(value, dict | list):
        return
    if len(route) == 1:
        yield from [value] if isinstance(value, dict) else []
    elif route[0] == "*":
        for member in list(value.values() if isinstance(value, dict) else value):
            yield from _holders(member, route[1:])
    elif isinstance(value, dict):
        yield from _holders(value.get(route[0]), route[1:])


def _copy(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items()}
    return [_copy(member) for member in value] if isinstance(value, list) else value
