"""A plan onto a catalog: yields what begins and what is done, and stops at the first failure.

The Catalog protocol lives here, with its user.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from portside.model.resource import Ref, Resource, State
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Step


class Catalog(Protocol):
    """A live catalog. Every method may raise CatalogUnreachable; `perform` also CatalogRefused."""

    name: str

    def read(self) -> State:
        """Everything it holds of the kinds portside knows."""

    def reread(self, ref: Ref) -> Resource | None:
        """One resource as it is now; None when there is none."""

    def perform(self, step: Step) -> Resource | None:
        """Write, and give what the catalog holds afterwards (read back, not echoed); None after a delete."""

    def count(self, danger: Danger) -> Loss | None:
        """How much a danger would lose; None when the catalog cannot say."""

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
