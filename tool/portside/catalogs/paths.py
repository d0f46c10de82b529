"""Relation paths from blueprint to blueprint: `service.domain`, `service.$team`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portside.model.blueprint import SYSTEM_BLUEPRINTS, Blueprint

TEAM_BLUEPRINT = "_team"
"""Where `$team` leads when it stands inside a path."""


def reached(start: Blueprint, path: Iterable[str], blueprints: Mapping[str, Blueprint]) -> Blueprint | str | None:
    """Where a path of relations ends; None when it leads nowhere.

    A string is one of Port's own blueprints that this catalog does not hold: what lies behind it is taken on trust.
    """
    here: Blueprint | str | None = start
    for key in path:
        if not isinstance(here, Blueprint):
            return here
        here = _next(here, key, blueprints)
    return here


def _next(here: Blueprint, key: str, blueprints: Mapping[str, Blueprint]) -> Blueprint | str | None:
    relation = here.relations.get(key)
    target = TEAM_BLUEPRINT if key == "$team" else relation.target if relation else None
    if target is None:
        return None
    return blueprints.get(target) or (target if target in SYSTEM_BLUEPRINTS else None)


def stations(start: str, path: Iterable[str], blueprints: Mapping[str, Blueprint]) -> list[tuple[str, str]]:
    """The relations of a path, each with the identifier of the blueprint that has it; as far as they are known."""
    found = []
    here: Blueprint | str | None = blueprints.get(start)
    for key in path:
        if not isinstance(here, Blueprint):
            break
        found.append((here.identifier, key))
        here = _next(here, key, blueprints)
    return found


def several(start: Blueprint, path: Iterable[str], blueprints: Mapping[str, Blueprint]) -> bool:
    """Whether more than one entity can stand at the end of a path."""
    return any(
        key == "$team" or (key in blueprints[holder].relations and blueprints[holder].relations[key].many)
        for holder, key in stations(start.identifier, path, blueprints)
    )
