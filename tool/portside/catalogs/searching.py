"""Both of Port's searches: by blueprint with pages, and over all blueprints at once.

The rule: a page begins after the identifier with which the last one ended, so writes in between move nothing.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from portside.catalogs import search
from portside.catalogs.entity import Entity
from portside.catalogs.reading import Reading
from portside.catalogs.rules import Unsupported, matches, parsed
from portside.catalogs.search import Search
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

MOST = 20_000
"""So many entities one search over all blueprints gives at most (portside's choice): its answer has no pages."""

_EVERYTHING: Body = {"combinator": "and", "rules": []}


@dataclass(frozen=True)
class Everywhere:
    """What a search over all blueprints finds; `failed` are blueprints whose entities could not be given."""

    entities: tuple[Entity, ...]
    matching: tuple[str, ...]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some entities, and what leads to those after them; None: these are the last."""

    entities: tuple[Entity, ...]
    following: str | None = None
    because: str = ""


def in_blueprint(reading: Reading, blueprint: str, query: Body | None, limit: int, since: str | None) -> Page:
    """One page. Raises CatalogRefused for a blueprint that is not there, and for a query that is not understood."""
    known = reading.blueprints.get(blueprint)
    if known is None:
        raise CatalogRefused(f"blueprint/{blueprint} is not there", reason="not_found")
    try:
        found = search.page(reading, known, query or _EVERYTHING, limit, _after(since))
    except Unsupported as error:
        raise _refused(error) from error
    following = _token(found.entities[-1].key.identifier) if found.more else None
    return Page(found.entities, following, found.because)


def everywhere(reading: Reading, query: Body, *, partial: bool = False) -> Everywhere:
    """All entities that pass, by blueprint and identifier. Raises CatalogRefused for a query that is not understood.

    More than MOST are refused too; `partial`: the blueprints that do not fit are named instead.
    """
    found: dict[str, list[Entity]] = {}
    failed = []
    left = MOST
    for blueprint in _asked(reading, query):
        some = list(islice(_passing(reading, blueprint, query), left + 1))
        if len(some) > left and not partial:
            raise CatalogRefused(
                f"more than {MOST:,} entities pass; search by blueprint, which has pages", reason="validation_error"
            )
        if len(some) > left:
            failed.append(blueprint.identifier)
        elif some:
            found[blueprint.identifier] = some
            left -= len(some)
    return Everywhere(tuple(one for some in found.values() for one in some), tuple(found), tuple(failed))


def _passing(reading: Reading, blueprint: Blueprint, query: Body) -> Iterator[Entity]:
    try:
        yield from Search(reading, blueprint, query).entities()
    except Unsupported as error:
        raise _refused(error) from error


def _asked(reading: Reading, query: Body) -> Iterator[Blueprint]:
    """The blueprints that the rules on $blueprint leave; the query is looked at even where there is none."""
    served = reading.blueprints
    try:
        parsed(query, next(iter(served.values())), reading.now)
        named = [rule for rule in query["rules"] if rule.get("property") == "$blueprint"]
        about: Body = {"combinator": "and", "rules": named if query["combinator"] == "and" else []}
        for identifier in sorted(served):
            if matches(about, {"$blueprint": identifier}.get):
                yield served[identifier]
    except Unsupported as error:
        raise _refused(error) from error


def _refused(error: Unsupported) -> CatalogRefused:
    return CatalogRefused(f"the search is not understood: {error}", reason="validation_error")


def _token(identifier: str) -> str:
    return urlsafe_b64encode(identifier.encode()).decode().rstrip("=")


def _after(token: JSON) -> str:
    """The identifier in a token. Raises CatalogRefused for what is none."""
    if not token:
        return ""
    try:
        return urlsafe_b64decode(f"{token}{'=' * (-len(token) % 4)}").decode()
    except (binascii.Error, ValueError) as error:
        raise CatalogRefused("'from' is not what a page gave as 'next'", reason="validation_error") from error
