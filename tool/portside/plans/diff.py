"""What differs between two states, field by field. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from portside.model.resource import JSON, Ref, Resource
from portside.problems import Route


class Missing(Enum):
    """The value of a field that is not there; None is a value of its own."""

    MISSING = "missing"


MISSING: Literal[Missing.MISSING] = Missing.MISSING


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; MISSING where a side does not have it."""

    route: Route
    before: JSON
    after: JSON


@dataclass(frozen=True)
class Change:
    """What differs in one resource: `before` None is a create, `after` None a delete."""

    ref: Ref
    before: Resource | None
    after: Resource | None
    fields: tuple[FieldChange, ...] = ()
