"""Whether an entity fits its blueprint, told quickly for the many that do. Pure.

The rule: what passes here has no misfit and nothing to be put into a list; of what does not, conform tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from portside.mappings.conform import PLAIN_IDENTIFIER
from portside.mappings.values import FORMATS, choices, misfit
from portside.model.blueprint import Blueprint, Relation
from portside.model.resource import JSON, Body

Check = Callable[[JSON], bool]

_SAYS_NOTHING = frozenset({"type", "title", "description", "icon", "enumColors", "default"})
"""What may stand in a definition and asks nothing of a value but its type."""

_CLASSES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
}


class Fitting:
    """The checks of one blueprint, each made when it is first wanted."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self._needed = frozenset(blueprint.required)
        self._pointing = tuple(key for key, relation in blueprint.relations.items() if relation.required)
        self._properties: dict[str, Check] = {}
        self._relations: dict[str, Check] = {}

    def takes(self, fields: Body) -> bool:
        """Whether conform has nothing to tell of these fields (as in Upsert)."""
        for key, value in (fields.get("properties") or {}).items():
            if not (self._properties.get(key) or self._of_property(key))(value):
                return False
        for key, value in (fields.get("relations") or {}).items():
            if not (self._relations.get(key) or self._of_relation(key))(value):
                return False
        return _is_text(fields.get("title")) and _is_text(fields.get("icon")) and _are_texts(fields.get("team"))

    def whole(self, properties: Body, relations: Body) -> bool:
        """Whether an entity as it would be stored, so without nulls, has everything that is required."""
        return self._needed <= properties.keys() and all(map(relations.get, self._pointing))

    def _of_property(self, key: str) -> Check:
        property_ = self.blueprint.properties.get(key)
        check = _property(property_.body) if property_ else _never
        found = self._properties[key] = check if property_ is None or key in self._needed else _or_null(check)
        return found

    def _of_relation(self, key: str) -> Check:
        relation = self.blueprint.relations.get(key)
        found = self._relations[key] = _relation(relation) if relation else _never
        return found


def _never(_: JSON) -> bool:
    return False


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_text(value: JSON) -> bool:
    return value is None or value.__class__ is str


def _are_texts(value: JSON) -> bool:
    return _is_text(value) or (value.__class__ is list and _CLASSES["string"].issuperset(map(type, value)))


def _property(definition: Body) -> Check:
    """The check for a property's values other than null."""
    kind, asks = str(definition.get("type")), definition.keys() - _SAYS_NOTHING
    if not asks and kind in _CLASSES:
        classes = _CLASSES[kind]
        return lambda value: value.__class__ in classes
    if kind == "string" and isinstance(definition.get("enum"), list):
        allowed = choices(definition)
        return lambda value: value.__class__ is str and value in allowed
    if kind == "string" and asks == {"format"} and str(definition["format"]) in FORMATS:
        matches = re.compile(FORMATS[definition["format"]][1]).fullmatch
        return lambda value: value.__class__ is str and matches(value) is not None
    return lambda value: misfit(definition, value) is None


def _relation(relation: Relation) -> Check:
    if relation.many:
        return lambda value: value.__class__ is list and all(map(_is_identifier, value))
    return _is_identifier if relation.required else _or_null(_is_identifier)


def _is_identifier(value: JSON) -> bool:
    return value.__class__ is str and PLAIN_IDENTIFIER.fullmatch(value) is not None and value not in {".", ".."}
