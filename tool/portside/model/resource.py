"""The things that live in Git: a kind, a reference, a resource, and a state of many. Standard library only.

A resource is built only by `Resource.of`, so two resources that mean the same are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from portside.model.normal import normal
from portside.problems import Route, Source

JSON = Any
"""Whatever JSON can say; bodies stay JSON from file to wire (decision 1 of the design)."""
Body = dict[str, Any]


def same(one: JSON, other: JSON) -> bool:
    """Whether two values are equal as JSON: 1 is 1.0, and true is not 1, as it is in Python."""
    return bool(one == other) and _alike_in_kind(one, other)


def _alike_in_kind(one: JSON, other: JSON) -> bool:
    """Of two values that Python finds equal: whether no true stands against a 1, nor false against a 0."""
    kind = one.__class__
    if kind is dict:
        return all(_alike_in_kind(value, other[key]) for key, value in one.items())
    if kind is list:
        return all(map(_alike_in_kind, one, other))
    return (kind is bool) is (other.__class__ is bool)


class Kind(StrEnum):
    """What a resource is. The facts about each kind stand in KINDS."""

    BLUEPRINT = "blueprint"
    WEBHOOK = "webhook"


class KindFacts(NamedTuple):
    """What the rest of portside needs to know about a kind.

    `folder` and `files` say where it is declared (glob patterns below the root); `api` is the path of Port's REST API,
    `rank` the order in which kinds are created (deleted in reverse); `server_set` are keys only the server writes,
    `write_only` routes are never given back by the server, so they are never compared.
    """

    plural: str
    folder: str
    files: tuple[str, ...]
    api: str
    rank: int
    server_set: frozenset[str]
    write_only: tuple[Route, ...] = ()


_DATED = frozenset({"createdAt", "createdBy", "updatedAt", "updatedBy", "id", "_id", "orgId"})

KINDS: Mapping[Kind, KindFacts] = {
    Kind.BLUEPRINT: KindFacts("blueprints", "catalog/blueprints", ("**/*",), "/v1/blueprints", 0, _DATED),
    Kind.WEBHOOK: KindFacts(
        "webhooks",
        "mappings",
        ("*/webhook.*",),
        "/v1/webhooks",
        1,
        _DATED | {"webhookKey", "url"},
        (("security", "secret"),),
    ),
}


class Ref(NamedTuple):
    """A resource's name: prints as blueprint/service."""

    kind: Kind
    identifier: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.identifier}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """`blueprint/service` → Ref. Raises ValueError for anything else."""
        kind, slash, identifier = text.partition("/")
        if not slash or not identifier:
            raise ValueError(f"'{text}' is not KIND/IDENTIFIER")
        return cls(Kind(kind), identifier)


LIVE = Source("catalog")
"""The source of a resource that was read from a catalog and not from a file."""


@dataclass(frozen=True)
class Resource:
    """One blueprint or webhook, in normal form, and where it was written."""

    ref: Ref
    body: Body
    source: Source = field(default=LIVE, compare=False)

    @classmethod
    def of(cls, kind: Kind, body: Mapping[str, JSON], source: Source = LIVE) -> Resource:
        """From a body as Port's API takes or gives it. The body must have passed its kind's schema."""
        spelled = normal(kind, body, KINDS[kind].server_set)
        return cls(Ref(kind, spelled["identifier"]), spelled, source)

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of the normal form without what the server never gives back; 64 hex digits."""
        return fingerprint(without(self.body, KINDS[self.ref.kind].write_only))


class State(Mapping[Ref, Resource]):
    """Resources by reference, sorted by kind, then identifier."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        by_ref = {resource.ref: resource for resource in resources}
        self._by_ref = dict(sorted(by_ref.items(), key=lambda item: (KINDS[item[0].kind].rank, item[0].identifier)))

    def __getitem__(self, ref: Ref) -> Resource:
        return self._by_ref[ref]

    def __iter__(self) -> Iterator[Ref]:
        return iter(self._by_ref)

    def __len__(self) -> int:
        return len(self._by_ref)

    def of_kind(self, kind: Kind) -> tuple[Resource, ...]:
        """The resources of one kind, by identifier."""
        return tuple(resource for ref, resource in self._by_ref.items() if ref.kind is kind)

    @property
    def fingerprint(self) -> str:
        """sha256 over the fingerprints of all resources; 64 hex digits."""
        return fingerprint({str(ref): resource.fingerprint for ref, resource in self._by_ref.items()})


def fingerprint(value: JSON) -> str:
    """sha256 of a value's canonical JSON: keys sorted, no spaces; equal values, equal fingerprints."""
    from hashlib import sha256  # 3 ms, and checks need no fingerprint

    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def at(body: JSON, route: Iterable[str | int]) -> JSON:
    """What stands at a route of keys; None where there is nothing."""
    for key in route:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def replaced(body: Body, route: Sequence[str | int], value: JSON) -> Body:
    """The body with another value at a route of keys; objects that it lacks on the way are made."""
    head, *rest = route
    return {**body, str(head): replaced(body.get(str(head)) or {}, rest, value) if rest else value}


def without(body: Body, routes: Iterable[Route]) -> Body:
    """The body without the values at the given routes; the body itself where there is nothing to take out."""
    for route in routes:
        body = _without_one(body, route)
    return body


def _without_one(body: Body, route: Route) -> Body:
    head, *rest = route
    if not isinstance(body, dict) or head not in body:
        return body
    if not rest:
        return {key: value for key, value in body.items() if key != head}
    return {**body, str(head): _without_one(body[str(head)], tuple(rest))}
