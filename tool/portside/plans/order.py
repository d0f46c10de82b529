"""Changes to writes that the catalog accepts, one after the other. Pure.

The rule: take any write the catalog would accept now; when there is none, cut one knot in two, so that what cannot be
taken yet waits for a second write; if nothing loosens, say who still points at whom. What waits is asked again only
when what it waits for was written, so that the work grows with the changes and not with the catalog.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from portside.errors import PlanRefused
from portside.model.resource import KINDS, Body, Kind, Ref, Resource
from portside.plans.acceptance import (
    clashes,
    differing,
    lacking,
    loosened,
    pointed_at,
    pointing_at,
    refusal,
)
from portside.plans.diff import Change

WEIGHED = 8
"""So many blueprints of a knot are weighed against each other: those that most others wait for."""


class Write(NamedTuple):
    """One write: `body` None is a delete; `because` explains a write nobody expects."""

    ref: Ref
    body: Body | None
    because: str = ""


class Wait(NamedTuple):
    """Why a change cannot be written yet, in words; `on` are those whose writing could help, likeliest last."""

    on: tuple[Ref, ...]
    why: str


class Half(NamedTuple):
    """A document that can be written before the whole one can."""

    body: Body
    because: str = ""


def ordered(changes: Sequence[Change], live: Mapping[Ref, Resource]) -> tuple[Write, ...]:
    """The writes that make the changes. Raises PlanRefused for what the catalog would never accept."""
    pending = {change.ref: change for change in changes}
    world = {ref.identifier: resource.body for ref, resource in live.items() if ref.kind is Kind.BLUEPRINT}
    return tuple(_Ordering(pending, world, _leaners(pending, world)).run())


def mapped_by(body: Body | None) -> list[str]:
    """The blueprints that a webhook maps to, each once."""
    return list(dict.fromkeys(str(mapping.get("blueprint")) for mapping in (body or {}).get("mappings", ())))


@dataclass
class _Ordering:
    """The bookkeeping of one plan: `world` is what would stand in the catalog after the writes so far."""

    pending: dict[Ref, Change]
    world: dict[str, Body]
    leaners: dict[str, list[Ref]]
    waits: dict[Ref, Wait] = field(default_factory=dict)
    waiting: dict[Ref, set[Ref]] = field(default_factory=lambda: defaultdict(set))
    knots: dict[Ref, str] = field(default_factory=dict)
    written: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_turn = sorted(self.pending, key=self._turn)
        self.turns = {ref: turn for turn, ref in enumerate(self.by_turn)}
        self.ready = list(self.turns.values())
        self.queued = set(self.ready)
        self.first = 0

    def run(self) -> list[Write]:
        while self.pending:
            while self.ready:
                self._try(self._next())
            if self.pending:
                self._cut()
        return self.written

    def _turn(self, ref: Ref) -> tuple[int, str]:
        """Deletes of what leans on blueprints, then writes by rank, then deletes of blueprints."""
        rank, deleted = KINDS[ref.kind].rank, self.pending[ref].after is None
        return (-rank if rank else len(KINDS)) if deleted else rank, ref.identifier

    def _next(self) -> Ref:
        turn = heapq.heappop(self.ready)
        self.queued.remove(turn)
        return self.by_turn[turn]

    def _again(self, ref: Ref) -> None:
        turn = self.turns[ref]
        if ref in self.pending and turn not in self.queued:
            self.queued.add(turn)
            heapq.heappush(self.ready, turn)

    def _try(self, ref: Ref) -> None:
        change = self.pending[ref]
        half = self._first_half(change)
        if wait := self._wait(change, half):
            self.waits[ref] = wait
            for other in wait.on:
                self.waiting[other].add(ref)
        elif half:
            self._write(ref, half.body, half.because)
        else:
            self._write(ref, change.after.body if change.after else None, self._adding(change))

    def _wait(self, change: Change, half: Half | None) -> Wait | None:
        if change.ref.kind is not Kind.BLUEPRINT:
            return self._unmapped(change.ref, change.after.body if change.after else {})
        if change.after is None:
            return self._leaning(change.ref)
        blocked = refusal(change.ref.identifier, half.body if half else change.after.body, self.world.get)
        return Wait(tuple(Ref(Kind.BLUEPRINT, one) for one in blocked.on), blocked.why) if blocked else None

    def _leaning(self, ref: Ref) -> Wait | None:
        """Who still leans on a blueprint that goes. The list gets shorter as they let go."""
        leaners = self.leaners[ref.identifier]
        while leaners and not self._leans(leaners[-1], ref):
            leaners.pop()
        why = f"{leaners[-1]} still points at {ref}, which this plan deletes" if leaners else ""
        return Wait((leaners[-1],), why) if leaners else None

    def _leans(self, leaner: Ref, ref: Ref) -> bool:
        """Whether it points at the other, or will."""
        if leaner.kind is not Kind.BLUEPRINT:
            return leaner in self.pending
        after = self.pending[leaner].after if leaner in self.pending else None
        bodies = (self.world.get(leaner.identifier, _NOTHING), after.body if after else _NOTHING)
        return any(pointing_at(body, {ref.identifier}) for body in bodies)

    def _unmapped(self, ref: Ref, body: Body) -> Wait | None:
        targets = (Ref(Kind.BLUEPRINT, identifier) for identifier in mapped_by(body))
        coming = next((target for target in targets if target in self.pending and self.pending[target].after), None)
        return Wait((coming,), f"{ref} maps to {coming}") if coming else None

    def _first_half(self, change: Change) -> Half | None:
        """The document without what Port only takes anew; None when it takes all of it in place."""
        current = self.world.get(change.ref.identifier)
        if change.ref.kind is not Kind.BLUEPRINT or current is None or change.after is None:
            return None
        clashing = clashes(current, change.after.body)
        if not clashing:
            return None
        body = loosened(change.ref.identifier, lacking(change.after.body, set(clashing)), self.world.get)
        whats = _listed(dict.fromkeys(f"a {_SHORT[section]}'s {what}" for (section, _), what in clashing.items()))
        return Half(body, f"drops {_listed(key for _, key in clashing)}; {whats} cannot be changed in place")

    def _adding(self, change: Change) -> str:
        """Why a blueprint that was written before is written again."""
        if change.ref not in self.knots or change.after is None:
            return ""
        members = differing(self.world[change.ref.identifier], change.after.body)
        adds = f"adds {_listed(member.key for member in members)}" if members else ""
        return "; ".join(filter(None, (adds, self.knots[change.ref])))

    def _write(self, ref: Ref, body: Body | None, because: str, knot: str = "") -> None:
        self.written.append(Write(ref, body, because))
        after = self.pending[ref].after
        if ref.kind is Kind.BLUEPRINT:
            self._settle(ref.identifier, body)
        if body is (after.body if after else None):
            del self.pending[ref]
        else:
            self.knots[ref] = knot
            self._again(ref)
        for other in self.waiting.pop(ref, ()):
            self._again(other)

    def _settle(self, identifier: str, body: Body | None) -> None:
        if body is None:
            del self.world[identifier]
        else:
            self.world[identifier] = body

    def _cut(self) -> None:
        """Write what can be written of one blueprint of a knot, or of what the knot hangs on by other threads."""
        knot = self._knot()
        halves = self._halves(knot, knot) or self._halves(list(self.pending), knot)
        if not halves:
            raise PlanRefused(_stuck([self.waits[ref].why for ref in knot]))
        ref = min(halves, key=lambda ref: self._cost(ref, halves[ref].body))
        self._write(ref, halves[ref].body, halves[ref].because, _pointing(knot) if ref in knot else "")

    def _halves(self, refs: Sequence[Ref], knot: Sequence[Ref]) -> dict[Ref, Half]:
        promising = sorted(refs, key=lambda ref: (-len(self.waiting[ref]), self.turns[ref]))
        loose = ((ref, half) for ref in promising if (half := self._loosened(ref, knot)))
        return dict(islice(loose, WEIGHED))

    def _knot(self) -> list[Ref]:
        """Changes that wait for each other. Raises PlanRefused when something waits for what will not come."""
        while self.by_turn[self.first] not in self.pending:
            self.first += 1
        chain = {self.by_turn[self.first]: 0}
        while (ref := self._likeliest(next(reversed(chain)))) not in chain:
            chain[ref] = len(chain)
        return list(chain)[chain[ref] :]

    def _likeliest(self, waiter: Ref) -> Ref:
        """The one whose writing is most likely to help."""
        wait = self.waits[waiter]
        found = next((ref for ref in reversed(wait.on) if ref in self.pending), None)
        if found is None:
            raise PlanRefused(_stuck([wait.why]))
        return found

    def _loosened(self, ref: Ref, knot: Sequence[Ref]) -> Half | None:
        """What can be written of it now; None when that brings nothing forward."""
        if ref.kind is not Kind.BLUEPRINT:
            return None
        current, after = self.world.get(ref.identifier), self.pending[ref].after
        if after is None:
            return self._let_go(ref, current or _NOTHING, knot)
        body = loosened(ref.identifier, after.body, self.world.get)
        if body == current or refusal(ref.identifier, body, self.world.get):
            return None
        return Half(body)

    def _let_go(self, ref: Ref, current: Body, knot: Sequence[Ref]) -> Half | None:
        """A blueprint that goes lets go of the others that go."""
        going = {other for other in pointed_at(current) if self._goes(other)} - {ref.identifier}
        members = pointing_at(current, going)
        if not members:
            return None
        body = loosened(ref.identifier, lacking(current, members), self.world.get)
        return Half(body, f"drops {_listed(sorted(key for _, key in members))}; {_pointing(knot)}")

    def _goes(self, identifier: str) -> bool:
        change = self.pending.get(Ref(Kind.BLUEPRINT, identifier))
        return change is not None and change.after is None

    def _cost(self, ref: Ref, body: Body) -> tuple[int, int, int, int]:
        """Cheapest is what most others wait for, then what puts off the fewest relations, then members."""
        after = self.pending[ref].after
        put_off = differing(body, after.body if after else self.world[ref.identifier])
        relations = sum(member.section == "relations" for member in put_off)
        return -len(self.waiting[ref]), relations, len(put_off), self.turns[ref]


def _leaners(pending: Mapping[Ref, Change], world: Mapping[str, Body]) -> dict[str, list[Ref]]:
    """Who points at the blueprints that go: the last of each list has its turn last."""
    going = {ref.identifier for ref, change in pending.items() if ref.kind is Kind.BLUEPRINT and change.after is None}
    found: dict[str, list[Ref]] = {identifier: [] for identifier in going}
    if not going:
        return found
    for identifier in sorted(world):
        _note(found, Ref(Kind.BLUEPRINT, identifier), pointed_at(world[identifier]))
    for ref, change in pending.items():
        if ref.kind is Kind.BLUEPRINT and change.after:
            _note(found, ref, pointed_at(change.after.body))
        elif change.before:
            _note(found, ref, mapped_by(change.before.body) if ref.kind is not Kind.BLUEPRINT else ())
    return found


def _note(leaners: dict[str, list[Ref]], ref: Ref, targets: Iterable[str]) -> None:
    for target in set(targets) - {ref.identifier if ref.kind is Kind.BLUEPRINT else None}:
        if target in leaners:
            leaners[target].append(ref)


def _pointing(knot: Sequence[Ref]) -> str:
    return f"{_listed(sorted(ref.identifier for ref in knot))} point at each other" if len(knot) > 1 else ""


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _stuck(reasons: Sequence[str]) -> str:
    return f"no order of writes would be accepted: {'; '.join(dict.fromkeys(reasons))}"


_NOTHING: Body = {
    "schema": {"properties": {}, "required": []},
    "relations": {},
    "mirrorProperties": {},
    "aggregationProperties": {},
    "calculationProperties": {},
}
_SHORT = {"properties": "property", "relations": "relation"}
