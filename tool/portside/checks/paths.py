"""Where paths of relations lead, as far as the declared blueprints tell. Pure.

The one rule: what is not declared here, and what Port itself keeps, may have more members than we know; nobody is told
off for those.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from portside.checks import names
from portside.model.blueprint import META_PROPERTIES, SYSTEM_BLUEPRINTS, Blueprint
from portside.model.resource import Kind, Ref, Resource
from portside.problems import Problem, Route, Severity

TEAM_BLUEPRINT = "_team"


class Known(NamedTuple):
    """The blueprints there are: `whole` have all their members declared; of the others only the name is known."""

    whole: Mapping[str, Blueprint]
    names: frozenset[str]

    @classmethod
    def of(cls, resources: Sequence[Resource], live: Collection[Ref]) -> Known:
        declared = {r.ref.identifier: Blueprint(r) for r in resources if r.ref.kind is Kind.BLUEPRINT}
        others = {ref.identifier for ref in live if ref.kind is Kind.BLUEPRINT}
        whole = {name: blueprint for name, blueprint in declared.items() if not name.startswith("_")}
        return cls(whole, frozenset(declared) | others | SYSTEM_BLUEPRINTS)

    def missing(self, identifier: str) -> bool:
        return identifier not in self.names

    def hint(self, identifier: str) -> str:
        """The nearest blueprint there is, as a hint."""
        near = names.nearest(identifier, self.names - SYSTEM_BLUEPRINTS) or names.nearest(
            identifier, SYSTEM_BLUEPRINTS, cutoff=0.75
        )
        return f"did you mean '{near}'?" if near else ""


class Lost(NamedTuple):
    """A step that leads nowhere: `step` counts from 0, `at` is the blueprint that has no such relation."""

    step: int
    at: Blueprint


def follow(known: Known, start: str, steps: Sequence[str]) -> Blueprint | Lost | str | None:
    """Where the steps lead: a whole blueprint, only its name, None where nobody can say, or Lost."""
    here = start
    for index, step in enumerate(steps):
        blueprint = known.whole.get(here)
        if blueprint is None:
            return None
        if step == "$team":
            here = TEAM_BLUEPRINT
        elif step in blueprint.relations:
            here = blueprint.relations[step].target
        else:
            return Lost(index, blueprint)
    return known.whole.get(here) or (here if here in known.names else None)


def lost(blueprint: Blueprint, route: Route, path: str, code: str, found: Lost) -> Problem:
    """The problem of a dotted path whose step leads nowhere, at that very step."""
    steps = path.split(".")
    index = sum(len(step) + 1 for step in steps[: found.step])
    step = steps[found.step]
    message = (
        f"{names.thing(Kind.BLUEPRINT, route[:-1])} goes through '{step}', "
        f"which is not a relation of blueprint '{found.at.identifier}'"
    )
    place = blueprint.resource.source.inside(route, index)
    return Problem(place, code, Severity.ERROR, message, relation_hint(found.at, step))


def relation_hint(blueprint: Blueprint, name: str) -> str:
    """What may have been meant by the name of a relation that is not there."""
    if name in shown_properties(blueprint):
        return f"'{name}' is a property, and a path can only end in one"
    return names.did_you_mean(name, blueprint.relations, _its("relations", blueprint.relations))


def property_hint(blueprint: Blueprint, name: str) -> str:
    """What may have been meant by the name of a property that is not there."""
    if name in blueprint.relations:
        return f"'{name}' is a relation: its entity's name is '{name}.$title', its identifier '{name}.$identifier'"
    every = (*shown_properties(blueprint), *META_PROPERTIES)
    return names.did_you_mean(name, every, _its("properties", shown_properties(blueprint)))


def _its(what: str, every: Collection[str]) -> str:
    return f"its {what} are: {names.listed(every, 8)}" if every else f"it has no {what}"


def shown_properties(blueprint: Blueprint) -> tuple[str, ...]:
    """Every key that an entity shows under `properties`: filled, mirrored, calculated and aggregated ones."""
    body = blueprint.resource.body
    sections = ("mirrorProperties", "calculationProperties", "aggregationProperties")
    return (*blueprint.properties, *(key for section in sections for key in body[section]))
