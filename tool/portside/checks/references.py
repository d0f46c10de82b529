"""Names that must lead somewhere: across all resources, from where they are written to what they name. Pure.

The one rule: certain or silent. What may exist outside of the files (a live blueprint, a member of one that Port keeps)
is taken to exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from portside.checks import aggregated, feeds, inputs, names
from portside.checks.paths import Known, Lost, follow, lost, property_hint, shown_properties
from portside.model.blueprint import META_PROPERTIES, Blueprint
from portside.model.resource import Kind, Ref, Resource
from portside.problems import Problem, Severity, in_order


def check(resources: Sequence[Resource], *, live: Collection[Ref] = ()) -> tuple[Problem, ...]:
    """Names that lead nowhere, and members that nothing fills.

    `live` are resources that exist although they are not among `resources`: those of the live catalog, and those whose
    files are too broken to be read as one.
    """
    known = Known.of(resources, live)
    blueprints = [Blueprint(resource) for resource in resources if resource.ref.kind is Kind.BLUEPRINT]
    found = (problem for blueprint in blueprints for problem in _of_blueprint(blueprint, known))
    return in_order((*found, *feeds.check(resources, known, live)))


def _of_blueprint(blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    yield from _relations(blueprint, known)
    yield from aggregated.check(blueprint, known)
    if blueprint.identifier in known.whole:
        yield from _mirrors(blueprint, known)
        yield from inputs.check(blueprint)
        yield from _ownership(blueprint, known)


def _relations(blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    for key, relation in blueprint.relations.items():
        if known.missing(relation.target):
            message = f"relation '{key}' points at blueprint '{relation.target}', which is not in this catalog"
            place = blueprint.resource.source.at(("relations", key, "target"))
            yield Problem(place, "relation-target", Severity.ERROR, message, known.hint(relation.target))


def _mirrors(blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    for key, mirror in blueprint.mirrors.items():
        route = ("mirrorProperties", key, "path")
        *steps, last = mirror["path"].split(".")
        end = follow(known, blueprint.identifier, steps)
        if isinstance(end, Lost):
            yield lost(blueprint, route, mirror["path"], "mirror-path", end)
        elif isinstance(end, Blueprint) and last not in META_PROPERTIES and last not in shown_properties(end):
            message = f"mirror property '{key}' shows '{last}', which is not a property of blueprint '{end.identifier}'"
            place = blueprint.resource.source.inside(route, len(mirror["path"]) - len(last))
            yield Problem(place, "mirror-path", Severity.ERROR, message, property_hint(end, last))


def _ownership(blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    ownership = blueprint.resource.body.get("ownership") or {}
    if ownership.get("type") != "Inherited":
        return
    route, path = ("ownership", "path"), ownership["path"]
    end = follow(known, blueprint.identifier, path.split("."))
    if isinstance(end, Lost):
        yield lost(blueprint, route, path, "ownership-path", end)
    elif isinstance(end, Blueprint) and (owned := _owned(end)) != "Direct":
        has = f"is {owned}" if owned else "is not set"
        message = f"ownership is inherited from blueprint '{end.identifier}', whose own ownership {has}"
        hint = f"the path must end at a blueprint whose ownership is Direct{_direct(known)}"
        yield Problem(blueprint.resource.source.at(route), "ownership-path", Severity.ERROR, message, hint)


def _owned(blueprint: Blueprint) -> str:
    return str((blueprint.resource.body.get("ownership") or {}).get("type", ""))


def _direct(known: Known) -> str:
    found = sorted(name for name, blueprint in known.whole.items() if _owned(blueprint) == "Direct")
    return f": {names.listed(found, 5)}" if found else ""
