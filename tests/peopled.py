"""Entities for random states: values that fit a change of their blueprint and values that do not."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from builders import blueprint, state
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert
from portside.model.resource import Body, Kind, State

NAMES = ("e1", "e2", "e3")

_TEXTS = ["x", "y", "xy", "", "\u00e9", "https://x.example", "ana@x.example", "2026-01-01T00:00:00Z", "1"]
_NUMBERS = [0, 1, 1.5, -2, 2**53 + 1, 1e20]
_VALUES: dict[str, list[Any]] = {
    "string": _TEXTS,
    "number": _NUMBERS,
    "boolean": [True, False],
    "object": [{}, {"x": 1}, {"x": None, "y": ["x"]}],
    "array": [[], ["x"], ["x", "x"], ["x", "y", "z"], [1], [1, 1.0], [{"x": 1}], [None]],
}

_DEFINITIONS: dict[str, list[Body]] = {
    "text": [
        {"type": "string"},
        {"type": "string", "format": "url"},
        {"type": "string", "format": "email"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "enum": ["x", "y", "xy"]},
        {"type": "string", "enum": ["y"]},
        {"type": "string", "minLength": 1},
        {"type": "string", "maxLength": 1},
        {"type": "string", "pattern": "^x"},
        {"type": "string", "pattern": "^\u00e9?$"},
    ],
    "number": [
        {"type": "number"},
        {"type": "number", "enum": [0, 1, 1.5]},
        {"type": "number", "enum": [1]},
        {"type": "number", "minimum": 1},
        {"type": "number", "exclusiveMinimum": 1, "maximum": 1e6},
        {"type": "number", "multipleOf": 1},
    ],
    "list": [
        {"type": "array"},
        {"type": "array", "minItems": 2},
        {"type": "array", "maxItems": 1},
        {"type": "array", "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
        {"type": "array", "items": {"type": "string", "enum": ["x"]}},
        {"type": "array", "items": {"type": "number"}},
    ],
    "any": [{"type": "boolean"}, {"type": "object"}, {"type": "object", "minProperties": 1}, {"type": "string"}],
}
"""By the name of a property that has one of them, so that most changes are of the kind that values survive."""


@st.composite
def entities(draw: st.DrawFn, of: State, several: int = 1) -> list[Upsert]:
    """Up to three of each blueprint; what they hold may be refused.

    `several` is how many a relation that may hold many has at most: with more than one it can never hold one again.
    """
    return [
        Upsert(one.ref.identifier, name, draw(_fields(one.body, several)))
        for one in of.of_kind(Kind.BLUEPRINT)
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=len(NAMES)))
    ]


def populate(catalog: LocalCatalog, found: Iterable[Upsert]) -> None:
    """Put them into the catalog as far as it takes them, with those that they name."""
    for one in found:
        with suppress(CatalogRefused):
            catalog.upsert(one)


@st.composite
def shapes(draw: st.DrawFn) -> State:
    """A blueprint with properties of any definition and relations of any kind, and another that they may point at."""
    some = st.fixed_dictionaries({}, optional={key: st.sampled_from(one) for key, one in _DEFINITIONS.items()})
    kinds = st.sampled_from(({}, {"many": True}, {"many": True}, {"required": True}))
    targets = draw(st.dictionaries(st.sampled_from("rs"), st.sampled_from("abb"), max_size=2))
    relations = {key: {"target": target, **draw(kinds)} for key, target in targets.items()}
    properties = draw(some)
    required = tuple(sorted(properties)) if draw(st.integers(0, 3)) == 0 else ()
    return state(blueprint("a", properties=properties, relations=relations, required=required), blueprint("b"))


def _fields(body: Body, several: int) -> st.SearchStrategy[Body]:
    properties = {key: _value(one) for key, one in body["schema"]["properties"].items()}
    relations = {key: _target(one, several) for key, one in body["relations"].items()}
    return st.fixed_dictionaries(
        {"properties": st.fixed_dictionaries(properties), "relations": st.fixed_dictionaries(relations)}
    )


def _value(definition: Body) -> st.SearchStrategy[Any]:
    values = definition.get("enum") or _VALUES[definition["type"]]
    return st.sampled_from([*values, None])


def _target(relation: Body, several: int) -> st.SearchStrategy[Any]:
    one = st.sampled_from(NAMES)
    return st.lists(one, unique=True, max_size=several) if relation["many"] else st.none() | one
