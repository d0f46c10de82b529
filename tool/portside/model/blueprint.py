"""Typed views on a blueprint's body: they own nothing and change nothing. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from portside.model.resource import Body, Kind, Ref, Resource

META_PROPERTIES = (
    "$identifier", "$title", "$team", "$icon", "$createdAt", "$updatedAt", "$createdBy", "$updatedBy", "$blueprint",
)  # fmt: skip
"""What every entity has (Port's meta-properties page)."""

SYSTEM_BLUEPRINTS = frozenset(
    {
        "_user", "_team", "_scorecard", "_rule", "_rule_result", "_scorecard_group", "_ai_agent", "_ai_invocations",
        "_ai_conversation", "_mcp_server",
    }
)  # fmt: skip
"""Blueprints that Port itself keeps: they always exist and are extended, never owned or deleted."""


class Property(NamedTuple):
    """One entry of `schema.properties`."""

    key: str
    body: Body

    @property
    def type(self) -> str:
        """string, number, boolean, object or array."""
        return str(self.body.get("type", ""))

    @property
    def format(self) -> str | None:
        found: str | None = self.body.get("format")
        return found

    @property
    def enum(self) -> list[object] | None:
        found: list[object] | None = self.body.get("enum")
        return found

    @property
    def items(self) -> Body:
        """The definition of an array's elements; empty: any element."""
        found: Body = self.body.get("items") or {}
        return found


class Relation(NamedTuple):
    """One entry of `relations`."""

    key: str
    target: str
    many: bool = False
    required: bool = False


@dataclass(frozen=True)
class Blueprint:
    """A blueprint as the rules see it."""

    resource: Resource

    @property
    def identifier(self) -> str:
        return self.resource.ref.identifier

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """User-defined properties by key."""
        return {key: Property(key, body) for key, body in self.resource.body["schema"]["properties"].items()}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Keys of the properties an entity must have."""
        return tuple(self.resource.body["schema"]["required"])

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        return {
            key: Relation(key, body["target"], body["many"], body["required"])
            for key, body in self.resource.body["relations"].items()
        }

    @property
    def mirrors(self) -> Mapping[str, Body]:
        """Mirror properties: key → {path, title?}."""
        return dict(self.resource.body["mirrorProperties"])

    @property
    def calculations(self) -> Mapping[str, Body]:
        """Calculation properties: key → {calculation, type, …}."""
        return dict(self.resource.body["calculationProperties"])

    @property
    def aggregations(self) -> Mapping[str, Body]:
        """Aggregation properties: key → {target, calculationSpec, …}."""
        return dict(self.resource.body["aggregationProperties"])


def blueprints(resources: Mapping[Ref, Resource]) -> dict[str, Blueprint]:
    """The blueprints among the resources of a state, by identifier."""
    return {r.ref.identifier: Blueprint(r) for r in resources.values() if r.ref.kind is Kind.BLUEPRINT}
