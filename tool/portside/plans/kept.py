"""What a write must carry along because it stands only in the catalog. Pure.

The rule: a key that our schemas know is owned, so that leaving it out means Port's default; a key that they do not
know is kept, because a PUT replaces the whole document. Port's own blueprints are extended, never owned: there every
member that is live is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portside.model.blueprint import SYSTEM_BLUEPRINTS
from portside.model.resource import JSON, Body, Kind, Ref, Resource, same
from portside.plans.diff import aligned, compared
from portside.problems import Route

Known = Callable[[str, Route], bool]
"""Whether the schema of a kind knows the key at the end of a route."""


def _members(*properties: str) -> list[Route]:
    return [("schema", "properties", key) for key in properties]


PORT_MEMBERS: Mapping[str, Sequence[Route]] = {
    "_user": _members("moderated_blueprints", "port_role", "port_type", "status"),
    "_team": [*_members("description"), ("aggregationProperties", "size")],
    "_scorecard": _members("blueprint", "filter", "levels"),
    "_rule": [*_members("level", "query", "rule_description"), ("relations", "scorecard")],
    "_rule_result": [*_members("entity", "result", "result_last_change"), ("relations", "rule")],
}
"""Members that Port itself keeps on its blueprints (port-cli's list): what is live stands, whatever a file says."""


@dataclass(frozen=True)
class Kept:
    """A key found live and not written in the file, that is carried into every write."""

    ref: Ref
    route: Route


def by_schemas(kind: str, route: Route) -> bool:
    """What our own schemas know."""
    from portside.schemas.load import known  # late: only a difference asks for the schemas

    return known(kind, route)


def carried(live: Resource, desired: Resource, known: Known = by_schemas) -> tuple[Resource, tuple[Kept, ...]]:
    """The desired resource with what must be kept of the live one, and the keys that were kept, by route."""
    wanted, held = compared(desired), compared(live)
    if same(wanted, held):
        return desired, ()
    ref = desired.ref
    routes: list[Route] = []
    merged = _merged(held, desired.body, (), _keeping(ref, known), routes)
    if is_system(ref):
        merged = _extended(ref.identifier, held, merged)
    kept = tuple(Kept(ref, route) for route in sorted(routes, key=str) if route not in _ports_own(ref))
    return (Resource.of(ref.kind, merged, desired.source) if merged != desired.body else desired), kept


def is_system(ref: Ref) -> bool:
    """Whether Port itself keeps this resource."""
    return ref.kind is Kind.BLUEPRINT and ref.identifier in SYSTEM_BLUEPRINTS


def _keeping(ref: Ref, known: Known) -> Callable[[Route], bool]:
    if is_system(ref):
        return lambda route: _whole_member(route) or not known(ref.kind, route)
    return lambda route: not known(ref.kind, route)


def _whole_member(route: Route) -> bool:
    """A top-level key, or one property, relation, …: not what is inside of it, which its file owns."""
    return len(route) <= (3 if route[0] == "schema" else 2)


def _merged(held: JSON, wanted: JSON, route: Route, keep: Callable[[Route], bool], kept: list[Route]) -> JSON:
    if isinstance(held, dict) and isinstance(wanted, dict):
        return _merged_object(held, wanted, route, keep, kept)
    if isinstance(held, list) and isinstance(wanted, list) and not same(held, wanted):
        return _merged_list(held, wanted, route, keep, kept)
    return wanted


def _merged_object(held: Body, wanted: Body, route: Route, keep: Callable[[Route], bool], kept: list[Route]) -> Body:
    found = {
        key: _merged(held[key], value, (*route, key), keep, kept) if key in held else value
        for key, value in wanted.items()
    }
    for key, value in held.items():
        if key not in wanted and keep((*route, key)):
            found[key] = value
            kept.append((*route, key))
    return found


def _merged_list(
    held: list[JSON], wanted: list[JSON], route: Route, keep: Callable[[Route], bool], kept: list[Route]
) -> list[JSON]:
    """Elements that go take their unknown keys along; those that stay or are edited keep theirs."""
    partners = {after: before for before, after in aligned(held, wanted) if before is not None and after is not None}
    return [
        _merged(held[partners[index]], value, (*route, index), keep, kept) if index in partners else value
        for index, value in enumerate(wanted)
    ]


def _extended(identifier: str, held: Body, merged: Body) -> Body:
    required = sorted({*held["schema"]["required"], *merged["schema"]["required"]})
    body = {**merged, "schema": {**merged["schema"], "required": required}}
    for route in PORT_MEMBERS.get(identifier, ()):
        body = _as_held(body, held, route)
    return body


def _as_held(body: Body, held: Body, route: Route) -> Body:
    head, *rest = route
    if not isinstance(held, dict) or head not in held:
        return body
    return {**body, str(head): _as_held(body[str(head)], held[str(head)], tuple(rest)) if rest else held[str(head)]}


def _ports_own(ref: Ref) -> Sequence[Route]:
    return PORT_MEMBERS.get(ref.identifier, ()) if is_system(ref) else ()
