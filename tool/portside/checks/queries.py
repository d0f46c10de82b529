"""Names in search queries: properties of the blueprint that is searched, and other blueprints. Pure.

Two spellings: in a blueprint a name is a name, in a webhook every leaf is jq and a name is a quoted literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portside.checks.paths import Known, Lost, follow, property_hint, relation_hint, shown_properties
from portside.model.resource import JSON, Body, Resource
from portside.problems import Problem, Route, Severity

_LITERAL = r"""\s*(?:'([^'"\\]+)'|"([^'"\\]+)")\s*"""


def query(resource: Resource, route: Route, body: Body, searched: str, known: Known) -> Iterator[Problem]:
    """Names in a query of a blueprint; `searched` is the blueprint whose entities it looks at."""
    for where, rule in rules(route, body):
        found = rule.get("property")
        if isinstance(found, str):
            yield from _property(resource, (*where, "property"), found, searched, known)
        elif isinstance(found, dict) and isinstance(found.get("path"), list):
            yield from _hops(resource, (*where, "property"), found, searched, known)
        if isinstance(blueprint := rule.get("blueprint"), str) and known.missing(blueprint):
            yield _blueprint(resource, (*where, "blueprint"), blueprint, known)


def jq_query(resource: Resource, route: Route, body: Body, searched: str, known: Known) -> Iterator[Problem]:
    """Names in a query of a webhook, where they are quoted literals; anything else is not known before it runs."""
    for where, rule in rules(route, body):
        found = re.fullmatch(_LITERAL, rule["property"]) if isinstance(rule.get("property"), str) else None
        if found:
            yield from _property(resource, (*where, "property"), found[1] or found[2], searched, known)


def rules(route: Route, body: Body) -> Iterator[tuple[Route, Body]]:
    """Every condition in a query, those in groups included, with its route."""
    for index, rule in enumerate(body.get("rules") or ()):
        where = (*route, "rules", index)
        if isinstance(rule, dict) and "rules" in rule:
            yield from rules(where, rule)
        elif isinstance(rule, dict):
            yield where, rule


def _property(resource: Resource, route: Route, name: str, searched: str, known: Known) -> Iterator[Problem]:
    target = known.whole.get(searched)
    if target is None or name.startswith("$") or "." in name:
        return
    if name not in shown_properties(target) and name not in target.relations:
        message = f"the search asks for '{name}', which is not a property of blueprint '{searched}'"
        place = resource.source.at(route)
        yield Problem(place, "query-name", Severity.ERROR, message, property_hint(target, name))


def _hops(resource: Resource, route: Route, hops: Body, searched: str, known: Known) -> Iterator[Problem]:
    start = hops.get("fromBlueprint", searched)
    if known.missing(start):
        yield _blueprint(resource, (*route, "fromBlueprint"), start, known)
        return
    steps = [hop.get("relation", "") if isinstance(hop, dict) else str(hop) for hop in hops["path"]]
    found = follow(known, start, steps)
    if isinstance(found, Lost):
        message = f"the search goes through '{steps[found.step]}', which is not a relation of '{found.at.identifier}'"
        place = resource.source.at((*route, "path", found.step))
        yield Problem(place, "query-name", Severity.ERROR, message, relation_hint(found.at, steps[found.step]))


def _blueprint(resource: Resource, route: Route, name: JSON, known: Known) -> Problem:
    message = f"the search names blueprint '{name}', which is not in this catalog"
    return Problem(resource.source.at(route), "query-name", Severity.ERROR, message, known.hint(str(name)))
