"""Keys that Port gives and no schema of ours knows: carried along, unless Port itself refuses them back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portside.model.resource import JSON, Body, Kind
from portside.plans.kept import by_schemas
from portside.problems import Route


def unknown(kind: Kind, body: JSON, route: Route = ()) -> Iterator[Route]:
    """The keys in a body that our schemas do not know, the outermost of each branch."""
    if isinstance(body, list):
        for index, value in enumerate(body):
            yield from unknown(kind, value, (*route, index))
    elif isinstance(body, dict):
        for key, value in body.items():
            if by_schemas(kind, (*route, key)):
                yield from unknown(kind, value, (*route, key))
            else:
                yield (*route, key)


def left_out(body: JSON, routes: Iterable[Route]) -> Body:
    """The body without those keys."""
    for route in routes:
        body = _changed(body, route, None)
    found: Body = body
    return found


def shown_as(body: Body, values: Mapping[Route, JSON]) -> Body:
    """The body with the values of keys that are there replaced, so that what only Port changes does not differ."""
    for route, value in values.items():
        body = _changed(body, route, (value,))
    return body


def at(body: JSON, route: Route) -> JSON:
    for key in route:
        body = body[key]
    return body


def _changed(body: JSON, route: Route, value: tuple[JSON] | None) -> JSON:
    """With the value at the route, where there is one; without it for None."""
    head, *rest = route
    if isinstance(body, list) and isinstance(head, int) and head < len(body) and rest:
        return [*body[:head], _changed(body[head], tuple(rest), value), *body[head + 1 :]]
    if not isinstance(body, dict) or head not in body:
        return body
    if rest:
        return {**body, head: _changed(body[head], tuple(rest), value)}
    return {**body, head: value[0]} if value else {key: item for key, item in body.items() if key != head}
