"""The order in which a resource's keys are written: that of Port's documentation. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portside.model.resource import JSON, Kind
from portside.problems import Route

_PROPERTY = (
    "title", "icon", "description", "type", "format", "spec", "specAuthentication", "items", "enum", "enumColors",
    "default",
)  # fmt: skip
_ORDERS: Mapping[Kind, Mapping[Route, tuple[str, ...]]] = {
    Kind.BLUEPRINT: {
        (): (
            "identifier", "title", "icon", "description", "ownership", "teamInheritance", "schema", "mirrorProperties",
            "calculationProperties", "aggregationProperties", "relations", "changelogDestination",
        ),
        ("schema",): ("properties", "required"),
        ("schema", "properties", "*"): _PROPERTY,
        ("schema", "properties", "*", "items"): _PROPERTY,
        ("mirrorProperties", "*"): ("title", "path"),
        ("calculationProperties", "*"): ("title", "icon", "description", "calculation", *_PROPERTY[3:], "colorized"),
        ("aggregationProperties", "*"): (
            "title", "icon", "description", "type", "target", "query", "pathFilter", "calculationSpec",
        ),
        ("aggregationProperties", "*", "calculationSpec"): ("calculationBy", "func", "property"),
        ("relations", "*"): ("title", "description", "target", "required", "many"),
    },
    Kind.WEBHOOK: {
        (): ("identifier", "title", "icon", "description", "enabled", "integrationType", "mappings", "security"),
        ("mappings", "*"): ("blueprint", "operation", "filter", "itemsToParse", "entity"),
        ("mappings", "*", "operation"): ("type", "deleteDependents"),
        ("mappings", "*", "entity"): ("identifier", "title", "icon", "team", "properties", "relations"),
        ("security",): (
            "secret", "signatureHeaderName", "signatureAlgorithm", "signaturePrefix", "requestIdentifierPath",
        ),
    },
}  # fmt: skip


def rank(kind: Kind | None, route: Route, key: str) -> int:
    """Where a key belongs in the object at a route; keys of one rank stay as they are."""
    known = _known(kind, route)
    return known.index(key) if key in known else len(known)


def ordered(kind: Kind, value: JSON, route: Route = ()) -> JSON:
    """The same value with its keys in order."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: rank(kind, route, key))
        return {key: ordered(kind, value[key], (*route, key)) for key in keys}
    if isinstance(value, list):
        return [ordered(kind, member, (*route, index)) for index, member in enumerate(value)]
    return value


def _known(kind: Kind | None, route: Route) -> tuple[str, ...]:
    for pattern, keys in _ORDERS[kind].items() if kind else ():
        if len(pattern) == len(route) and all(a in ("*", b) for a, b in zip(pattern, route, strict=True)):
            return keys
    return ()
