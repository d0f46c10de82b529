"""From two states to a plan: what differs, what would be lost, and the writes in an order the catalog accepts. Pure.

The rule: unwritten is not unwanted. What is live and not in the files is only listed, until --prune says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from portside.model.resource import KINDS, Body, Kind, Ref, State, same
from portside.plans import diff, losses
from portside.plans.dangers import Allowance, Count, Danger, counted, covers, reviewed
from portside.plans.diff import Change
from portside.plans.ground import ground
from portside.plans.kept import Kept, Known, by_schemas, carried, is_system
from portside.plans.order import Write, mapped_by, ordered
from portside.plans.selection import selected

Scope = Mapping[Kind, Sequence[str]]
"""Patterns of identifiers per kind; a kind that is not named is in scope altogether."""


class Action(StrEnum):
    """One kind of write."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Step:
    """One write call: `body` is the whole document (None for a delete), `because` explains a write nobody expects."""

    action: Action
    ref: Ref
    body: Body | None = None
    because: str = ""


@dataclass(frozen=True)
class Plan:
    """What to do, and what it was decided on.

    `ground` holds the fingerprint of every live body it touches or points at; None: there was none. `harmless` are
    losses of which no entity has a value. `allowed` names each danger that was allowed, with what was reviewed.
    """

    catalog: str
    ground: Mapping[Ref, str | None] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    dangers: tuple[Danger, ...] = ()
    allowed: tuple[Allowance, ...] = ()
    unmanaged: tuple[Ref, ...] = ()
    kept: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()
    harmless: tuple[Danger, ...] = ()


class Summary(NamedTuple):
    """What the last line of a plan counts: changes, not writes."""

    creates: int
    updates: int
    deletes: int
    unmanaged: int


def plan(
    live: State,
    desired: State,
    *,
    catalog: str = "local",
    scope: Scope | None = None,
    prune: bool = False,
    only: Sequence[str] = (),
    allowed: Iterable[Allowance] = (),
    count: Count = lambda _: None,
    known: Known = by_schemas,
) -> Plan:
    """What makes the live state the desired one.

    `prune` deletes what is in scope and not desired; `only` are patterns of references. Raises PlanRefused when no
    order of writes would be accepted, Usage for a pattern of `only` that names nothing.
    """
    scope = scope or {}
    updates = tuple(_updates(live, desired, known))
    unmanaged = [ref for ref in live if ref not in desired and not is_system(ref)]
    pruned = [diff.change(live[ref], None) for ref in unmanaged if prune and _in_scope(ref, scope)]
    found = [change for change in (*(change for change, _ in updates), *pruned) if change]
    choice = selected(found, live, desired, only)
    touched = {change.ref: change for change in choice.changes}
    dangers, harmless = counted(_lost(touched, live, scope), count)
    allowed = tuple(allowed)
    return Plan(
        catalog,
        ground=ground(touched, live),
        changes=choice.changes,
        steps=_steps(ordered(choice.changes, live), live),
        dangers=dangers,
        harmless=harmless,
        allowed=reviewed(allowed, dangers),
        unmanaged=tuple(ref for ref in unmanaged if ref not in touched and choice.asks_for(ref)),
        kept=tuple(one for _, kept in updates for one in kept if one.ref in touched or is_system(one.ref)),
        notes=(*choice.notes, *_orphaned(touched, live), *_unused(allowed, (*dangers, *harmless))),
    )


def summary(plan: Plan) -> Summary:
    """How many resources are created, updated and deleted, and how many are live and not in the files."""
    creates = sum(change.before is None for change in plan.changes)
    deletes = sum(change.after is None for change in plan.changes)
    return Summary(creates, len(plan.changes) - creates - deletes, deletes, len(plan.unmanaged))


def _updates(live: State, desired: State, known: Known) -> Iterator[tuple[Change | None, tuple[Kept, ...]]]:
    """For each desired resource that is not live as it is: the change, if any is left, and what is kept."""
    for ref, resource in desired.items():
        held = live.get(ref)
        if held is None:
            yield Change(ref, None, resource), ()
        elif not same(diff.compared(held), diff.compared(resource)):
            wanted, kept = carried(held, resource, known)
            yield diff.change(held, wanted), kept


def _in_scope(ref: Ref, scope: Scope) -> bool:
    return ref.kind not in scope or any(fnmatchcase(ref.identifier, pattern) for pattern in scope[ref.kind])


def _lost(touched: Mapping[Ref, Change], live: State, scope: Scope) -> Iterator[Danger]:
    yield from _emptied(touched, live, scope)
    for change in touched.values():
        yield from losses.dangers(change)


def _emptied(touched: Mapping[Ref, Change], live: State, scope: Scope) -> Iterable[Danger]:
    """Kinds of which nothing in scope would be left."""
    for kind in sorted({ref.kind for ref, change in touched.items() if change.after is None}):
        refs = {ref for ref in (*live, *touched) if ref.kind is kind and _in_scope(ref, scope) and not is_system(ref)}
        gone = {ref for ref in refs if ref in touched and touched[ref].after is None}
        if refs == gone:
            all_of_them = f"all {len(gone)} {KINDS[kind].plural}" if len(gone) > 1 else f"the only {kind}"
            yield Danger("empties-scope", None, str(kind), f"{all_of_them} in scope")


def _steps(writes: Iterable[Write], live: State) -> tuple[Step, ...]:
    there = set(live)
    steps = []
    for write in writes:
        action = Action.DELETE if write.body is None else Action.UPDATE if write.ref in there else Action.CREATE
        there.add(write.ref)
        steps.append(Step(action, *write))
    return tuple(steps)


def _orphaned(touched: Mapping[Ref, Change], live: State) -> Iterable[str]:
    """Webhooks that nobody declared, and that map to a blueprint that goes."""
    going = {ref.identifier: ref for ref, change in touched.items() if change.after is None}
    for webhook in live.of_kind(Kind.WEBHOOK) if going else ():
        for identifier in mapped_by(webhook.body) if webhook.ref not in touched else ():
            if going.get(identifier, webhook.ref).kind is Kind.BLUEPRINT:
                yield f"{webhook.ref} still maps to {going[identifier]}, which this plan deletes"


def _unused(allowed: Iterable[Allowance], found: Sequence[Danger]) -> Iterable[str]:
    for one in allowed:
        if not any(covers(one, danger) for danger in found):
            yield f"--allow {one} matches no danger of this plan"
