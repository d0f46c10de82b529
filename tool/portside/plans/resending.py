"""Webhooks' secrets sent again, as steps of a plan. Pure.

The rule: a catalog never says which secret it has, so nothing can be compared; whoever changed one says so, and the
plan shows it. A write that changes nothing else carries the secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from portside.model.resource import KINDS, Resource, State, without
from portside.plans.diff import Change
from portside.plans.plan import Action, Plan, Step

BECAUSE = "sends its secret again"


def resending(plan: Plan, live: State, desired: State, only: Sequence[str] = ()) -> Plan:
    """The plan, and at its end a write for each live webhook in the files that has a secret and that `only` names."""
    planned = {change.ref: change.after for change in plan.changes}
    ends = {one.ref: planned.get(one.ref) or one for one in _with_secret(desired, only) if one.ref in live}
    added = tuple(Change(ref, live[ref], end, ()) for ref, end in ends.items() if ref not in planned)
    return replace(
        plan,
        ground={**plan.ground, **{change.ref: live[change.ref].fingerprint for change in added}},
        changes=(*plan.changes, *added),
        steps=(*plan.steps, *(Step(Action.UPDATE, ref, end.body, BECAUSE) for ref, end in ends.items())),
        notes=(*plan.notes, *(f"{ref} gets its secret again" for ref in ends)),
    )


def _with_secret(desired: State, only: Sequence[str]) -> Iterator[Resource]:
    for ref, resource in desired.items():
        asked_for = not only or any(fnmatchcase(str(ref), pattern) for pattern in only)
        if asked_for and without(resource.body, KINDS[ref.kind].write_only) != resource.body:
            yield resource
