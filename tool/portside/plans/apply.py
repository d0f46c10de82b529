"""A plan onto a catalog: yields what begins and what is done, and stops at the first failure.

The Catalog protocol lives here, with its user. The rule: nothing is written on ground that has moved, and what was
written is what the catalog holds afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from portside.errors import CatalogHeld, CatalogRefused, PlanRefused, PortsideError, StalePlan
from portside.model.resource import Ref, Resource, State
from portside.plans.dangers import Danger, Loss, counted, covers, growth, refusal, refusals
from portside.plans.diff import MISSING, FieldChange, compared, differences, shown
from portside.plans.kept import Known, by_schemas
from portside.plans.needs import needs
from portside.plans.plan import Plan, Step
from portside.problems import dotted

SHOWN = 3
"""So many fields, or resources, are named in one sentence; the others are counted."""


class Catalog(Protocol):
    """A live catalog. Every method may raise CatalogUnreachable; `perform` also CatalogRefused.

    `parallel` is how many steps it takes at once, from as many threads; 1: one after the other, from the caller's.
    """

    name: str
    parallel: int

    def read(self) -> State:
        """Everything it holds of the kinds portside knows."""

    def reread(self, ref: Ref) -> Resource | None:
        """One resource as it is now; None when there is none."""

    def perform(self, step: Step) -> Resource | None:
        """Write, and give what the catalog holds afterwards (read back, not echoed); None after a delete."""

    def count(self, danger: Danger) -> Loss | None:
        """How much a danger would lose (what is counted stands in dangers.DANGERS); None when it cannot say."""

    def hold(self, who: str) -> AbstractContextManager[None]:
        """Keep others from applying while this process does. Raises CatalogHeld, saying who and since when."""


@dataclass(frozen=True)
class Began:
    """A step is about to be written: from here until its Done, its fate is unknown. `number` counts from 1."""

    number: int
    step: Step


@dataclass(frozen=True)
class Done:
    """A step was written and read back."""

    number: int
    step: Step


@dataclass(frozen=True)
class Failed:
    """A step was begun and is not done. `refused`: the catalog said no, so it is certain that nothing was written."""

    number: int
    step: Step
    error: PortsideError

    @property
    def refused(self) -> bool:
        return isinstance(self.error, CatalogHeld) or (
            isinstance(self.error, CatalogRefused) and self.error.reason != "altered"
        )


Event = Began | Done | Failed


class Moved(NamedTuple):
    """Something a plan stands on that is no longer as it was; `fields` None: nobody kept what it looked like."""

    ref: Ref
    what: str
    fields: tuple[FieldChange, ...] | None = None

    def __str__(self) -> str:
        return f"{self.ref} {self.what}" + (f" ({_told(self.fields)})" if self.fields else "")


def apply(plan: Plan, catalog: Catalog, *, known: Known = by_schemas) -> Iterator[Event]:
    """Perform the steps, yielding each one before it is written and once it is done.

    In order; where the catalog takes several at once, those that have nothing to do with each other side by side. Stops
    at the first failure, waiting for what is under way, so what was yielded is what happened. Raises PlanRefused for a
    danger that nobody allowed or that has grown since, StalePlan before a write whose ground is no longer what the plan
    was made for, CatalogRefused when the catalog takes a write and holds something else afterwards. Does not hold the
    catalog.
    """
    _permit(plan, catalog)
    live = catalog.read()
    if moved := stale(plan, live):
        raise StalePlan(f"{'; '.join(map(str, moved[:SHOWN]))}{_more(len(moved))}; plan again")
    writing = _Writing(plan, catalog, known)
    if catalog.parallel > 1:
        from portside.plans.abreast import abreast  # the embedded catalog needs no threads

        yield from abreast(plan.steps, needs(plan, live), catalog.parallel, look=writing.look, write=writing.write)
        return
    for number, step in enumerate(plan.steps, 1):
        writing.look(step)
        yield Began(number, step)
        try:
            writing.write(number, step)
        except PortsideError as error:
            yield Failed(number, step, error)
            raise
        yield Done(number, step)


class _Writing:
    """What each resource looked like when it was last seen; used by one thread a resource."""

    def __init__(self, plan: Plan, catalog: Catalog, known: Known) -> None:
        self._catalog = catalog
        self._known = known
        self._total = len(plan.steps)
        self._before = {change.ref: change.before for change in plan.changes}
        self._expected = dict(plan.ground)

    def look(self, step: Step) -> None:
        """Read the resource again. Raises StalePlan when it is not what the write stands on."""
        found = self._catalog.reread(step.ref)
        if _fingerprint(found) != self._expected[step.ref]:
            raise StalePlan(f"{_moved(step.ref, self._before[step.ref], found)}; plan again")

    def write(self, number: int, step: Step) -> None:
        """Write it, and see that this is what the catalog holds afterwards."""
        where = f"step {number} of {self._total}, {step.ref}"
        try:
            held = self._catalog.perform(step)
        except PortsideError as error:
            error.args = (f"{where}: {str(error).removeprefix(f'{step.ref}: ')}",)
            raise
        self._before[step.ref] = held
        self._expected[step.ref] = _fingerprint(held)
        _verify(step, held, where, self._known)


def stale(plan: Plan, live: Mapping[Ref, Resource]) -> tuple[Moved, ...]:
    """What the plan stands on that is no longer as it was when the plan was made."""
    before = {change.ref: change.before for change in plan.changes}
    return tuple(
        _moved(ref, before[ref], live.get(ref)) if ref in before else _shifted(ref, fingerprint, live.get(ref))
        for ref, fingerprint in plan.ground.items()
        if _fingerprint(live.get(ref)) != fingerprint
    )


def left(plan: Plan, live: Mapping[Ref, Resource], *, known: Known = by_schemas) -> tuple[Ref, ...]:
    """What of the plan's end the catalog does not hold: nothing, after a plan was applied and nobody else wrote."""
    ends = ((change.ref, change.after, live.get(change.ref)) for change in plan.changes)
    return tuple(ref for ref, after, held in ends if _unlike(after, held, known))


def _unlike(after: Resource | None, held: Resource | None, known: Known) -> bool:
    return bool(_altered(after, held, known)) if after and held else after is not held


def _permit(plan: Plan, catalog: Catalog) -> None:
    """Count again what is at stake: an allowance does not cover more than was reviewed."""
    if not plan.steps:
        return
    refused = refusals(plan)
    found, _ = counted((*plan.dangers, *plan.harmless), catalog.count) if not refused else ((), ())
    grown = [danger for danger in found if not any(covers(one, danger) for one in plan.allowed)]
    if refused or grown:
        raise PlanRefused(refusal(refused) if refused else growth(grown, (*plan.dangers, *plan.harmless)))


def _verify(step: Step, held: Resource | None, where: str, known: Known) -> None:
    """Raises CatalogRefused when the catalog does not hold what was sent."""
    if step.body is None:
        if held:
            raise CatalogRefused(f"{where}: the catalog answered but it is still there", reason="altered")
        return
    if held is None:
        raise CatalogRefused(f"{where}: the catalog answered but holds nothing", reason="altered")
    if fields := _altered(Resource.of(step.ref.kind, step.body), held, known):
        held_now = ", ".join(f"{dotted(field.route)} is {shown(field.after)}" for field in fields[:SHOWN])
        raise CatalogRefused(f"{where}: the catalog answered but {held_now}{_more(len(fields))}", reason="altered")


def _altered(sent: Resource, held: Resource, known: Known) -> list[FieldChange]:
    """Where the catalog holds something else; a key that it adds and no schema knows is its own: it will be kept."""
    fields = differences(compared(sent), compared(held))
    return [field for field in fields if field.before is not MISSING or known(sent.ref.kind, field.route)]


def _moved(ref: Ref, before: Resource | None, now: Resource | None) -> Moved:
    if before and now:
        return Moved(ref, "changed since this plan", differences(compared(before), compared(now)))
    return Moved(ref, "was created since this plan" if now else "was deleted since this plan")


def _shifted(ref: Ref, fingerprint: str | None, now: Resource | None) -> Moved:
    """What moved of something the plan only points at."""
    if fingerprint and now:
        return Moved(ref, "changed since this plan")
    return Moved(ref, "was created since this plan" if now else "was deleted since this plan")


def _fingerprint(resource: Resource | None) -> str | None:
    return resource.fingerprint if resource else None


def _told(fields: Sequence[FieldChange]) -> str:
    return ", ".join(map(str, fields[:SHOWN])) + _more(len(fields))


def _more(count: int) -> str:
    return f" and {count - SHOWN} more" if count > SHOWN else ""
