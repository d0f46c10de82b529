"""Which steps of a plan must wait for which: what has nothing to do with each other may be written at once. Pure.

The rule: two steps have to do with each other when one of the two resources leads to the other, before, after or on the
way; then they keep the order of the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from portside.model.resource import JSON, Body, Kind, Ref, Resource
from portside.plans.acceptance import paths, pointed_at
from portside.plans.order import mapped_by
from portside.plans.plan import Plan


def needs(plan: Plan, live: Mapping[Ref, Resource]) -> tuple[frozenset[int], ...]:
    """For each step the indexes of earlier steps that must be done before it begins, counted from 0."""
    bodies = _bodies(plan, live)
    leads = {ref: _led_to(ref, bodies) for ref in {step.ref for step in plan.steps}}
    led_here: dict[Ref, set[Ref]] = defaultdict(set)
    for ref, others in leads.items():
        for other in others:
            led_here[other].add(ref)
    return tuple(_earlier(plan, leads, led_here))


def _earlier(plan: Plan, leads: Mapping[Ref, set[Ref]], led_here: Mapping[Ref, set[Ref]]) -> Iterable[frozenset[int]]:
    last: dict[Ref, int] = {}
    for index, step in enumerate(plan.steps):
        related = leads[step.ref] | led_here.get(step.ref, set()) | {step.ref}
        yield frozenset(last[ref] for ref in related if ref in last)
        last[step.ref] = index


def _bodies(plan: Plan, live: Mapping[Ref, Resource]) -> Mapping[Ref, Sequence[Body]]:
    """Every document that stands under a name at some time of the plan."""
    found: dict[Ref, list[Body]] = {ref: [resource.body] for ref, resource in live.items()}
    for change in plan.changes:
        found.setdefault(change.ref, []).extend([change.after.body] if change.after else [])
    for step in plan.steps:
        found.setdefault(step.ref, []).extend([step.body] if step.body is not None else [])
    return found


def _led_to(ref: Ref, bodies: Mapping[Ref, Sequence[Body]]) -> set[Ref]:
    names: set[str] = set()
    for body in bodies.get(ref, ()):
        if ref.kind is not Kind.BLUEPRINT:
            names.update(mapped_by(body))
            continue
        names.update(pointed_at(body))
        for start, path in paths(ref.identifier, body):
            names.update(_stations(start, path, bodies))
    return {Ref(Kind.BLUEPRINT, name) for name in names} - {ref}


def _stations(start: str, path: Sequence[JSON], bodies: Mapping[Ref, Sequence[Body]]) -> set[str]:
    """The blueprints that a path may lead through, whichever of their documents stands there meanwhile."""
    here = found = {start}
    for key in path:
        documents = [body for name in here for body in bodies.get(Ref(Kind.BLUEPRINT, name), ())]
        here = {body["relations"][key]["target"] for body in documents if key in body["relations"]}
        found = found | here
    return found
