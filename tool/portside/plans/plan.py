"""Changes to ordered steps that the catalog accepts, one after the other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portside.model.resource import Body, Ref
from portside.plans.dangers import Allowance, Danger
from portside.plans.diff import Change
from portside.problems import Route


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
class Kept:
    """A key no schema of ours knows, found live: it is carried into every write."""

    ref: Ref
    route: Route


@dataclass(frozen=True)
class Plan:
    """What to do, and what it was decided on.

    `ground` holds the fingerprint of every live body it touches or points at; None: there was none.
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
