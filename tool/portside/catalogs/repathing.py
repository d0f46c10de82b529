"""Blueprints' documents with other names in them: of what they point at, and along the paths that they follow. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from portside.catalogs.paths import stations
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body

Name = Callable[[str, str], str]
"""(blueprint, key) → the key as it is called now."""


def retargeted(body: Body, old: str, new: str) -> Body:
    """The document with another name for the blueprint that it points at."""
    relations = (body.get("relations") or {}).items()
    aggregations = (body.get("aggregationProperties") or {}).items()
    return {
        **body,
        "relations": {key: {**one, "target": _swapped(one["target"], old, new)} for key, one in relations},
        "aggregationProperties": {key: _reaggregated(one, old, new) for key, one in aggregations},
    }


def _reaggregated(body: Body, old: str, new: str) -> Body:
    parts = [
        {**part, "fromBlueprint": _swapped(part["fromBlueprint"], old, new)} if part.get("fromBlueprint") else part
        for part in body.get("pathFilter") or []
    ]
    return {
        **body,
        "target": _swapped(body["target"], old, new),
        **({"pathFilter": parts} if body.get("pathFilter") else {}),
    }


class Repathed(NamedTuple):
    """Documents with new names in their paths; `known` are the blueprints as they were."""

    known: Mapping[str, Blueprint]
    step: Name
    value: Name

    def document(self, name: str, body: Body) -> Body:
        """All of a blueprint's document that follows relations."""
        mirrors = {key: self._mirror(name, one) for key, one in body["mirrorProperties"].items()}
        aggregations = {key: self._aggregation(name, one) for key, one in body["aggregationProperties"].items()}
        ownership = body.get("ownership") or {}
        path = str(ownership.get("path") or "")
        owned = {"ownership": {**ownership, "path": ".".join(self._path(name, path.split(".")))}} if path else {}
        return {**body, "mirrorProperties": mirrors, "aggregationProperties": aggregations, **owned}

    def _mirror(self, name: str, one: Body) -> Body:
        *keys, last = str(one["path"]).split(".")
        return {**one, "path": ".".join([*self._path(name, keys), self.value(self._end(name, keys), last)])}

    def _aggregation(self, name: str, one: Body) -> Body:
        target = one["target"]
        spec = {key: self._measured(target, key, text) for key, text in one["calculationSpec"].items()}
        found = {**one, "calculationSpec": spec}
        if one.get("query"):
            found["query"] = _requeried(one["query"], target, self.value)
        if one.get("pathFilter"):
            found["pathFilter"] = [
                {**part, "path": self._path(part.get("fromBlueprint") or name, part["path"])}
                for part in one["pathFilter"]
            ]
        return found

    def _measured(self, target: str, key: str, text: JSON) -> JSON:
        return self.value(target, text) if key in ("property", "measureTimeBy") else text

    def _path(self, start: str, keys: list[str]) -> list[str]:
        way = stations(start, keys, self.known)
        return [self.step(holder, key) for holder, key in way] + keys[len(way) :]

    def _end(self, start: str, keys: list[str]) -> str:
        """The blueprint where a path ends; "" where that is not known."""
        way = stations(start, keys, self.known)
        if len(way) < len(keys) or not way:
            return ""
        holder, key = way[-1]
        relation = self.known[holder].relations.get(key)
        return relation.target if relation else ""


def _requeried(query: JSON, target: str, value: Name) -> JSON:
    """A search over the target's entities with the new name of a property."""
    if not isinstance(query, dict):
        return query
    if isinstance(query.get("rules"), list):
        return {**query, "rules": [_requeried(rule, target, value) for rule in query["rules"]]}
    name = query.get("property")
    return {**query, "property": value(target, name)} if isinstance(name, str) else query


def _swapped(name: str, old: str, new: str) -> str:
    return new if name == old else name
