"""What is wrong with something somebody wrote, and where it is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

Route = tuple[str | int, ...]
"""The way to a value inside a document: ("relations", "owner", "target")."""


def dotted(route: Route) -> str:
    """A route as people write it: `mappings[0].entity.title`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in route).removeprefix(".")


class Severity(StrEnum):
    """ERROR: Port would refuse it, or it leads nowhere. WARNING: Port takes it and does something else than it says."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """A spot in a file; line and column count from 1, columns in characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Marks(Protocol):
    """Where the routes of one document are written. Looked up only when a place is shown."""

    def at(self, route: Route) -> tuple[int, int] | None:
        """Line and column of a scalar, or of the key of a list or object; None when the route is not written."""

    def key(self, route: Route) -> tuple[int, int] | None:
        """Line and column of the key itself; None when the route is not written or ends in a list index."""

    def inside(self, route: Route, index: int) -> tuple[int, int] | None:
        """Line and column of character `index` of the string at the route, whatever its quoting."""


class Unmarked:
    """The marks of something that was not read from a file."""

    def at(self, route: Route) -> tuple[int, int] | None:  # noqa: ARG002 - the protocol's signature
        return None

    def key(self, route: Route) -> tuple[int, int] | None:  # noqa: ARG002 - the protocol's signature
        return None

    def inside(self, route: Route, index: int) -> tuple[int, int] | None:  # noqa: ARG002 - the protocol's signature
        return None


@dataclass(frozen=True)
class Source:
    """Where a document was written: a path as the user would type it, and the marks in that file."""

    path: str
    marks: Marks = field(default_factory=Unmarked, compare=False, repr=False)

    def at(self, route: Route = ()) -> Place:
        """The place of the value at the route, or of its nearest written ancestor."""
        for end in range(len(route), -1, -1):
            if found := self.marks.at(route[:end]):
                return Place(self.path, *found)
        return Place(self.path)

    def key(self, route: Route) -> Place:
        """The place of the key at the end of the route; that of the value where there is no key."""
        found = self.marks.key(route)
        return Place(self.path, *found) if found else self.at(route)

    def inside(self, route: Route, index: int) -> Place:
        """The place of one character of the string at the route."""
        found = self.marks.inside(route, index)
        return Place(self.path, *found) if found else self.at(route)


@dataclass(frozen=True)
class Problem:
    """One thing to put right. `message` names the thing and what was found; `hint` what would help ("" = nothing more).

    `also` is a second place that belongs to it: where the same identifier stands first, say.
    """

    place: Place
    code: str
    severity: Severity
    message: str
    hint: str = ""
    also: Place | None = field(default=None, compare=False)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by place, then code; each once."""
    return tuple(sorted(set(problems), key=lambda problem: (problem.place, problem.code, problem.message)))
