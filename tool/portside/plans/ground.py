"""What a plan stands on: all that it touches, and all that this will point at. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portside.model.resource import KINDS, Kind, Ref, Resource, State
from portside.plans.acceptance import looking, visited
from portside.plans.diff import Change
from portside.plans.order import mapped_by


def ground(touched: Mapping[Ref, Change], live: State) -> dict[Ref, str | None]:
    """The fingerprint of every live body that is touched or pointed at, None where there is none; sorted."""
    refs = set(touched)
    for change in touched.values():
        if change.after:
            refs.update(_pointed_at(change.after, touched, live))
    in_order = sorted(refs, key=lambda ref: (KINDS[ref.kind].rank, ref.identifier))
    return {ref: live[ref].fingerprint if ref in live else None for ref in in_order}


def _pointed_at(resource: Resource, touched: Mapping[Ref, Change], live: State) -> set[Ref]:
    identifier, body = resource.ref.identifier, resource.body
    blueprint = resource.ref.kind is Kind.BLUEPRINT
    found = visited(identifier, body, looking(touched, live)) if blueprint else mapped_by(body)
    return {Ref(Kind.BLUEPRINT, one) for one in found}
