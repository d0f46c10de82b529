"""Typed views on a webhook's body, and the delivery it receives. Standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from portside.model.resource import JSON, Body, Resource
from portside.problems import Route

ITEM_LIMIT = 500
"""Port reads at most this many items of one delivery (webhook page, "Maximum items limit")."""
DELIVERY_LIMIT = 512 * 1024
"""Bytes of a delivery that Port takes (webhook page); to a larger one it answers 413."""


class Expression(NamedTuple):
    """One jq text of a mapping and its route in the webhook's body."""

    route: Route
    text: str


@dataclass(frozen=True)
class WebhookMapping:
    """One entry of `mappings`: a view; `index` is its position."""

    index: int
    body: Body

    @property
    def route(self) -> Route:
        return ("mappings", self.index)

    @property
    def blueprint(self) -> str:
        """A literal identifier, not jq."""
        return str(self.body["blueprint"])

    @property
    def deletes(self) -> bool:
        return bool(self.body["operation"]["type"] == "delete")

    @property
    def delete_dependents(self) -> bool:
        """Only for deletes: whether entities that require the deleted one go too (Port's default for webhooks: yes)."""
        return bool(self.body["operation"].get("deleteDependents", True))

    @property
    def filter(self) -> str | None:
        found: str | None = self.body.get("filter")
        return found

    @property
    def items_to_parse(self) -> str | None:
        found: str | None = self.body.get("itemsToParse")
        return found

    @property
    def entity(self) -> Body:
        """identifier, title, icon, team, properties, relations: jq texts, or search queries with jq texts as leaves."""
        return dict(self.body["entity"])

    @cached_property
    def needed(self) -> tuple[Expression, ...]:
        """The jq texts of the entity that a delivery runs; of an entity to delete, only what says which."""
        route = (*self.route, "entity")
        if self.deletes:
            return tuple(texts((*route, "identifier"), self.entity.get("identifier")))
        return tuple(texts(route, self.entity))

    def expressions(self) -> Iterator[Expression]:
        """Every jq text of the mapping in the order in which it is written: filter, itemsToParse, then the entity."""
        for key in ("filter", "itemsToParse"):
            if isinstance(text := self.body.get(key), str):
                yield Expression((*self.route, key), text)
        yield from texts((*self.route, "entity"), self.entity)


@dataclass(frozen=True)
class Webhook:
    """A webhook as the rules see it."""

    resource: Resource

    @property
    def identifier(self) -> str:
        return self.resource.ref.identifier

    @property
    def enabled(self) -> bool:
        return bool(self.resource.body["enabled"])

    @cached_property
    def mappings(self) -> tuple[WebhookMapping, ...]:
        return tuple(WebhookMapping(index, body) for index, body in enumerate(self.resource.body["mappings"]))

    @cached_property
    def security(self) -> Security:
        body = self.resource.body["security"]
        return Security(
            body.get("secret"),
            body.get("signatureHeaderName"),
            body.get("signatureAlgorithm"),
            body.get("signaturePrefix") or "",
            body.get("requestIdentifierPath"),
        )

    def expressions(self) -> Iterator[Expression]:
        """Every jq text of the webhook, security.requestIdentifierPath included."""
        if text := self.security.request_identifier_path:
            yield Expression(("security", "requestIdentifierPath"), text)
        for mapping in self.mappings:
            yield from mapping.expressions()


class Security(NamedTuple):
    """How a delivery proves who sent it. `secret` is a name (`${…}`) until the last moment. All may be None."""

    secret: str | None = None
    header: str | None = None
    algorithm: str | None = None
    prefix: str = ""
    request_identifier_path: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One request to a webhook. Header names are lower case; `raw` are the exact bytes that a signature covers."""

    body: JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def input(self) -> Body:
        """What jq sees (Port's webhook page)."""
        return {"body": self.body, "headers": dict(self.headers), "queryParams": dict(self.query)}


def texts(route: Route, value: JSON) -> Iterator[Expression]:
    """Every string below a value, with its route; in mappings every string leaf of an entity is jq."""
    return (Expression(at, leaf) for at, leaf in leaves(route, value) if isinstance(leaf, str))


def leaves(route: Route, value: JSON) -> Iterator[tuple[Route, JSON]]:
    """Every value below that is neither an object nor a list, with its route."""
    match value:
        case dict():
            for key, member in value.items():
                yield from leaves((*route, key), member)
        case list():
            for index, member in enumerate(value):
                yield from leaves((*route, index), member)
        case _:
            yield route, value
