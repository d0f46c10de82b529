"""Search queries in place of names: the identifier of an entity, the targets of a relation, a team.

The rule: an identifier must match exactly one entity; a relation takes up to a hundred, and one when it holds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection

from portside.catalogs.paths import TEAM_BLUEPRINT
from portside.catalogs.reading import Reading
from portside.catalogs.rules import Unsupported
from portside.catalogs.search import Search
from portside.catalogs.system import Served
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

MATCHES = 100
"""Port looks at most at this many entities that a relation's query matches (configure-mapping page)."""

Blueprints = Mapping[str, Blueprint]


def identifier(connection: Connection, blueprints: Blueprints, blueprint: Blueprint, given: str | Body) -> str:
    """The identifier itself, or that of the one entity the query matches. Raises CatalogRefused for none or many."""
    if isinstance(given, str):
        return given
    found = list(islice(_matching(connection, blueprints, blueprint.identifier, given), 2))
    if len(found) != 1:
        many = "several entities" if found else "no entity"
        raise CatalogRefused(
            f"the query for an identifier of {blueprint.identifier} matches {many}, and must match one",
            reason="not_found",
        )
    return found[0]


def resolved(connection: Connection, blueprints: Blueprints, blueprint: Blueprint, fields: Body) -> Body:
    """The fields with every query replaced by what it matches."""
    found = dict(fields)
    if isinstance(found.get("team"), dict):
        found["team"] = list(islice(_matching(connection, blueprints, TEAM_BLUEPRINT, found["team"]), MATCHES))
    relations = {
        key: _related(connection, blueprints, blueprint, key, value) if isinstance(value, dict) else value
        for key, value in (found.get("relations") or {}).items()
    }
    return {**found, "relations": relations} if relations else found


def _related(connection: Connection, blueprints: Blueprints, blueprint: Blueprint, key: str, query: Body) -> JSON:
    relation = blueprint.relations.get(key)
    if relation is None:
        return None
    found = list(islice(_matching(connection, blueprints, relation.target, query), MATCHES))
    if relation.many:
        return found
    if len(found) > 1:
        raise CatalogRefused(
            f"the query of relation '{key}' of {blueprint.identifier} matches several entities, and it holds one",
            reason="validation_error",
        )
    return found[0] if found else None


def _matching(connection: Connection, blueprints: Blueprints, blueprint: str, query: Body) -> Iterator[str]:
    known = Served(blueprints).get(blueprint)
    if known is None:
        return
    try:
        found = Search(Reading(connection, blueprints), known, query)
    except Unsupported as error:
        raise CatalogRefused(
            f"a search query of {blueprint} is not understood: {error}", reason="validation_error"
        ) from error
    for entity in found.entities(limit=MATCHES):
        yield entity.key.identifier
