"""A search as a tree of conditions on entities of one blueprint, each of which knows how far SQL can tell it.

The rule: what SQL passes is never too little. Where it may be too much (`exact` is false), each entity is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from portside.catalogs.search_walks import Identifiers, within

Build = Callable[[bool], Identifiers]
"""The identifiers that pass; True: for a search that begins with them, False: for one that asks about each entity."""


@dataclass(frozen=True)
class Leaf:
    """The entities among some identifiers, or those that are not.

    `leads`: an index finds the identifiers; else `because` is the half sentence that says why not, and so it is where
    it is not `exact`. `once`: they are computed once for all entities, however they are asked for. `end` is the
    condition on what the entities are linked with, where there is one.
    """

    build: Build
    exact: bool = True
    leads: bool = True
    because: str = ""
    denied: bool = False
    once: bool = False
    end: Condition | None = None

    def where(self, identifier: Any, *, lead: bool = False) -> ColumnElement[bool]:
        """What must hold of an entity's identifier."""
        if self.denied and not self.exact:
            return true()
        found = within(self.build(lead or self.once), identifier, lead=lead or self.once)
        return ~found if self.denied else found

    @property
    def never(self) -> bool:
        """Whether no entity can pass."""
        return False

    def reasons(self) -> Iterator[str]:
        """Why each entity must be looked at."""
        if not self.exact:
            yield self.because


@dataclass(frozen=True)
class Constant:
    """All entities, or none of them."""

    passes: bool
    exact: bool = True
    because: str = ""

    def where(self, identifier: Any, *, lead: bool = False) -> ColumnElement[bool]:  # noqa: ARG002 - as a Leaf
        """What must hold of an entity's identifier."""
        return true() if self.passes else false()

    @property
    def never(self) -> bool:
        """Whether no entity can pass."""
        return not self.passes

    def reasons(self) -> Iterator[str]:
        """Why each entity must be looked at."""
        if not self.exact:
            yield self.because


@dataclass(frozen=True)
class Junction:
    """`every`: all of the parts; else one of them."""

    every: bool
    parts: tuple[Condition, ...]

    def where(self, identifier: Any, *, lead: bool = False) -> ColumnElement[bool]:
        """What must hold of an entity's identifier."""
        parts = [part.where(identifier, lead=lead) for part in self.parts]
        return and_(true(), *parts) if self.every else or_(false(), *parts)

    @property
    def exact(self) -> bool:
        """Whether SQL tells it."""
        return all(part.exact for part in self.parts)

    @property
    def never(self) -> bool:
        """Whether no entity can pass."""
        return (any if self.every else all)([part.never for part in self.parts])

    def reasons(self) -> Iterator[str]:
        """Why each entity must be looked at."""
        for part in self.parts:
            yield from part.reasons()


Condition = Leaf | Constant | Junction

NEVER = Constant(False)
ALWAYS = Constant(True)


def unknown(because: str) -> Constant:
    """What only a look at each entity can tell."""
    return Constant(True, exact=False, because=because)


def denied(condition: Condition) -> Condition:
    """The entities that do not pass."""
    match condition:
        case Leaf():
            because = condition.because or "what an entity does not have is in no index"
            return replace(condition, leads=False, because=because, denied=not condition.denied)
        case Constant():
            return condition if not condition.exact else Constant(not condition.passes)
        case Junction():
            return Junction(not condition.every, tuple(denied(part) for part in condition.parts))


def both(*parts: Condition) -> Condition:
    """What passes all of them."""
    return parts[0] if len(parts) == 1 else Junction(True, parts)


def either(parts: Sequence[Condition]) -> Condition:
    """What passes one of them."""
    return parts[0] if len(parts) == 1 else Junction(False, tuple(parts))
