"""What is told quickly to fit has no misfit, and the entities that people send are told quickly."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import blueprint
from portside.mappings import conform
from portside.mappings.fitting import Fitting
from portside.model.blueprint import Blueprint

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "300"))

THING = Blueprint(
    blueprint(
        "thing",
        properties={
            "text": {"type": "string", "title": "Text"},
            "number": "number",
            "flag": "boolean",
            "list": "array",
            "texts": {"type": "array", "items": {"type": "string"}},
            "object": "object",
            "link": {"type": "object", "format": "labeled-url"},
            "word": {"type": "string", "enum": ["a", "b", 1, None]},
            "dated": {"type": "string", "format": "date-time", "enum": ["2024-05-19T17:55:29Z", "a"]},
            "level": {"type": "number", "enum": [1, 2]},
            "moment": {"type": "string", "format": "date-time"},
            "page": {"type": "string", "format": "url"},
            "address": {"type": "string", "format": "ipv4"},
            "name": {"type": "string", "format": "markdown"},
            "short": {"type": "string", "maxLength": 3},
            "size": {"type": "number", "minimum": 0, "exclusiveMaximum": 9},
            "must": "string",
        },
        required=("must",),
        relations={
            "one": "other",
            "some": {"target": "other", "required": True},
            "many": {"target": "other", "many": True},
            "all": {"target": "other", "many": True, "required": True},
        },
    )
)
FITTING = Fitting(THING)
MOMENT, PAGE = "2024-05-19T17:55:29Z", "https://x.io"
SENT = {
    "text": "", "number": 1.5, "flag": False, "list": [1, "a"], "texts": ["a"], "object": {"a": []},
    "link": {"url": PAGE}, "word": "b", "dated": MOMENT, "level": 2, "moment": MOMENT, "page": PAGE,
    "address": "10.0.0.1", "name": "# a", "short": "abc", "size": 3, "must": "m",
}  # fmt: skip
WORDS = st.sampled_from(["", "a", "b", ".", "x y", MOMENT, PAGE, "http:// a", "10.0.0.1", "é", "abcd"])
LEAVES = st.none() | st.booleans() | st.integers(-1, 10) | st.floats(-1, 10) | WORDS
VALUES = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["url", "a"]), LEAVES, max_size=2)


def some(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), VALUES, max_size=2)


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": VALUES,
        "icon": VALUES,
        "team": VALUES,
        "properties": st.none() | some(*THING.properties, "unknown"),
        "relations": st.none() | some(*THING.relations, "unknown"),
    },
)


@settings(max_examples=EXAMPLES)
@given(FIELDS)
def test_what_is_told_to_fit_has_no_misfit_and_nothing_to_wrap(fields: dict[str, Any]) -> None:
    found, notes = conform.wrapped(THING, fields)

    assert not FITTING.takes(fields) or (conform.misfits(THING, found), notes) == ((), ())


@settings(max_examples=EXAMPLES)
@given(some("must", "text"), some("some", "all", "one"))
def test_what_is_told_to_be_whole_lacks_nothing(properties: dict[str, Any], relations: dict[str, Any]) -> None:
    stored, related = ({key: one for key, one in part.items() if one is not None} for part in (properties, relations))

    assert not FITTING.whole(stored, related) or conform.lacking(THING, stored, related) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "T", "icon": None, "team": ["a"], "properties": SENT, "relations": {"one": "a", "all": ["a", "b"]}},
        {"properties": dict.fromkeys(SENT.keys() - {"must"}), "relations": {"one": None}},
        {},
    ],
)
def test_what_people_send_is_told_quickly(fields: dict[str, Any]) -> None:
    assert FITTING.takes(fields)


def test_an_entity_with_all_that_is_required_is_told_quickly() -> None:
    assert FITTING.whole({"must": "m"}, {"some": "a", "all": ["a"]})
