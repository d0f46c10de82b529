"""What a delivery does: to one entity, and altogether. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portside.model.resource import JSON, Body
from portside.problems import Route


@dataclass(frozen=True)
class Upsert:
    """Create an entity, or merge into the one there is.

    An `identifier` that is an object is a search query: the one entity that it finds, or none at all.
    `fields` holds title, icon, team, properties and relations as far as the mapping gave them. A null clears; a key
    that is absent leaves what is stored (an expression that failed is absent, so a broken mapping wipes nothing).
    `route` leads to the mapping, then to the item when there are items: ("mappings", 0, "items", 3).
    """

    blueprint: str
    identifier: str | Body
    fields: Body = field(default_factory=dict)
    route: Route = ()


@dataclass(frozen=True)
class Remove:
    """Delete an entity; `dependents`: and those that require it."""

    blueprint: str
    identifier: str
    dependents: bool = True
    route: Route = ()


EntityChange = Upsert | Remove


class Verdict(StrEnum):
    """What one mapping made of one delivery."""

    MAPPED = "mapped"
    FILTERED = "filtered"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Value:
    """What one expression gave. `missing`: no output at all; `error`: the jq error's text ("" = none).

    `item` is the index of the item it ran on, None for what runs once a delivery.
    """

    route: Route
    text: str
    item: int | None = None
    value: JSON = None
    missing: bool = False
    error: str = ""


@dataclass(frozen=True)
class Swallowed:
    """Something Port would pass over without a word: `code` is its class, stable; `route` is in the webhook's body."""

    route: Route
    code: str
    message: str
    item: int | None = None


@dataclass(frozen=True)
class MappingOutcome:
    """One mapping's part: `items` is how many it looked at (1 without itemsToParse), `mapped` how many changed one."""

    index: int
    blueprint: str
    verdict: Verdict
    items: int = 1
    mapped: int = 0
    because: str = ""


@dataclass(frozen=True)
class Outcome:
    """All that one delivery does, in the order of the mappings; `values` tells how, expression by expression."""

    mappings: tuple[MappingOutcome, ...] = ()
    changes: tuple[EntityChange, ...] = ()
    swallowed: tuple[Swallowed, ...] = ()
    values: tuple[Value, ...] = field(default=(), compare=False)
