"""The JSON Schema of a kind, and what it knows. The files beside this module are the one place that says shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from portside.problems import Route

Schema = dict[str, Any] | bool

_LISTS_MEMBERS = ("properties", "patternProperties", "additionalProperties")
_BRANCHES = ("allOf", "anyOf", "oneOf")


@cache
def schema(kind: str) -> dict[str, Any]:
    """The schema of a kind, draft 2020-12. One object for everybody: do not change it."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(f"{kind}.json").read_text(encoding="utf-8"))
    return found


def known(kind: str, route: Route) -> bool:
    """Whether the kind's schema knows the key at the end of a route.

    Where a schema lists members, only those (and every key of a map) are known, also when it lets others pass; where
    it takes any value, such as a default, everything in that value is known.
    """
    reached: list[Schema] = [schema(kind)]
    for key in route:
        reached = [below for one in reached for below in _below(kind, one, key)]
    return bool(reached)


def _below(kind: str, here: Schema, key: str | int) -> list[Schema]:
    """The schemas of one member or element of what `here` describes; empty: no such member is known."""
    branches = list(_branches(kind, here))
    listing = [one for one in branches if _lists(one, key)]
    if not listing:
        return [True] if branches and all(_takes_any(one, key) for one in branches) else []
    return [below for one in listing for below in _members(one, key)]


def _branches(kind: str, here: Schema) -> Iterator[dict[str, Any]]:
    """A schema and all that it says about the same value by other means: references, combinations, conditions."""
    if isinstance(here, bool):
        if here:
            yield {}
        return
    yield here
    if reference := here.get("$ref"):
        yield from _branches(kind, schema(kind)["$defs"][reference.rpartition("/")[2]])
    combined = [one for word in _BRANCHES for one in here.get(word, ())]
    for one in (*combined, here.get("then", False), here.get("else", False)):
        yield from _branches(kind, one)


def _lists(here: dict[str, Any], key: str | int) -> bool:
    return "items" in here if isinstance(key, int) else any(word in here for word in _LISTS_MEMBERS)


def _takes_any(here: dict[str, Any], key: str | int) -> bool:
    """Whether a schema that lists nothing takes a value with such a member at all."""
    kinds = here.get("type", "object array")
    return ("array" if isinstance(key, int) else "object") in kinds and "enum" not in here and "const" not in here


def _members(here: dict[str, Any], key: str | int) -> Iterator[Schema]:
    if isinstance(key, int):
        yield here["items"]
    elif key in here.get("properties", {}):
        yield here["properties"][key]
    elif here.get("additionalProperties"):
        yield here["additionalProperties"]
