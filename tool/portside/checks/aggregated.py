"""What aggregations point at: a target, a property of it, a path, and a query over it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portside.checks import names
from portside.checks.paths import Known, Lost, follow, property_hint, relation_hint, shown_properties
from portside.checks.queries import query
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body, Kind
from portside.problems import Problem, Route, Severity


def check(blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    """Every name in the aggregations of a blueprint."""
    for key, aggregation in blueprint.aggregations.items():
        route = ("aggregationProperties", key)
        if known.missing(aggregation["target"]):
            yield _target(blueprint, route, aggregation["target"], known)
            continue
        yield from _specification(blueprint, route, aggregation, known)
        yield from _path_filter(blueprint, route, aggregation, known)
        if "query" in aggregation:
            yield from query(blueprint.resource, (*route, "query"), aggregation["query"], aggregation["target"], known)


def _target(blueprint: Blueprint, route: Route, target: str, known: Known) -> Problem:
    message = f"{names.thing(Kind.BLUEPRINT, route)} counts blueprint '{target}', which is not in this catalog"
    place = blueprint.resource.source.at((*route, "target"))
    return Problem(place, "aggregation-target", Severity.ERROR, message, known.hint(target))


def _specification(blueprint: Blueprint, route: Route, aggregation: Body, known: Known) -> Iterator[Problem]:
    target = known.whole.get(aggregation["target"])
    if target is None:
        return
    spec = aggregation["calculationSpec"]
    for key, reason in (("property", _no_number), ("measureTimeBy", _no_time)):
        if key in spec and (found := reason(target, spec[key])):
            where = (*route, "calculationSpec", key)
            message = f"{names.thing(Kind.BLUEPRINT, where)} is '{spec[key]}', which is {found}"
            hint = property_hint(target, spec[key]) if spec[key] not in shown_properties(target) else ""
            yield Problem(blueprint.resource.source.at(where), "aggregation-property", Severity.ERROR, message, hint)


def _no_number(target: Blueprint, key: str) -> str:
    """Why a property cannot be summed up; "" when it can, or may be."""
    if key in target.properties:
        kind = target.properties[key].type
    elif key in target.calculations:
        kind = str(target.calculations[key]["type"])
    elif key in shown_properties(target) or key.startswith("$"):
        return ""
    else:
        return f"not a property of blueprint '{target.identifier}'"
    return "" if kind == "number" else f"not a number there: it is of type {kind}"


def _no_time(target: Blueprint, key: str) -> str:
    if key.startswith("$") or key in target.calculations or key in target.mirrors:
        return ""
    if key not in target.properties:
        return f"not a property of blueprint '{target.identifier}'"
    kind = target.properties[key].type
    return "" if kind == "string" else f"not a date-time there: it is of type {kind}"


def _path_filter(blueprint: Blueprint, route: Route, aggregation: Body, known: Known) -> Iterator[Problem]:
    for index, one in enumerate(aggregation.get("pathFilter") or ()):
        where = (*route, "pathFilter", index)
        start = one.get("fromBlueprint", blueprint.identifier)
        end = blueprint.identifier if "fromBlueprint" in one else aggregation["target"]
        if known.missing(start):
            message = (
                f"{names.thing(Kind.BLUEPRINT, where)} starts at blueprint '{start}', which is not in this catalog"
            )
            place = blueprint.resource.source.at((*where, "fromBlueprint"))
            yield Problem(place, "aggregation-path", Severity.ERROR, message, known.hint(start))
        else:
            yield from _path(blueprint, (*where, "path"), one["path"], start, end, known)


def _path(
    blueprint: Blueprint, route: Route, steps: Sequence[JSON], start: str, end: str, known: Known
) -> Iterator[Problem]:
    found = follow(known, start, steps)
    source = blueprint.resource.source
    if isinstance(found, Lost):
        step = str(steps[found.step])
        message = (
            f"'{step}' in {names.thing(Kind.BLUEPRINT, route)} is not a relation of blueprint '{found.at.identifier}'"
        )
        hint = relation_hint(found.at, step)
        yield Problem(source.at((*route, found.step)), "aggregation-path", Severity.ERROR, message, hint)
    elif found is not None and (reached := found if isinstance(found, str) else found.identifier) != end:
        message = f"{names.thing(Kind.BLUEPRINT, route)} leads from '{start}' to '{reached}', not to '{end}'"
        hint = "" if start == blueprint.identifier else "with fromBlueprint the path runs from there to this blueprint"
        yield Problem(source.at(route), "aggregation-path", Severity.ERROR, message, hint)
