"""Properties of differences over random values: they lead from the one to the other, and say nothing about equals."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portside.model.resource import same
from portside.plans.diff import MISSING, FieldChange, aligned, closest, differences

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "60"))
"""More with PORTSIDE_EXAMPLES=5000; the default keeps the module to a few seconds."""
LEAVES = st.none() | st.booleans() | st.integers(-1, 1) | st.sampled_from([0.0, 1.0, 0.5, "", "a", "b\nc"])
KEYS = st.sampled_from(["a", "b", "__private", "", "a.b['c\"]", "id", "0"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=16
)
OBJECTS = st.lists(st.dictionaries(KEYS, LEAVES | st.lists(LEAVES, max_size=2), max_size=4), max_size=5)


def patched(before: Any, fields: Sequence[FieldChange]) -> Any:
    """What comes of a value when its fields change."""
    if fields and not fields[0].route:
        return fields[0].after
    below = {key: [_below(field) for field in fields if field.route[0] == key] for key in {f.route[0] for f in fields}}
    if isinstance(before, dict):
        found = {key: patched(before.get(key, MISSING), below.get(key, [])) for key in {*before, *below}}
        return {key: value for key, value in found.items() if value is not MISSING}
    return _patched_list(before, fields, below) if isinstance(before, list) else before


def _patched_list(before: list[Any], fields: Sequence[FieldChange], below: dict[Any, list[FieldChange]]) -> list[Any]:
    """Elements that go are named by where they stood, all others by where they stand."""
    gone = {field.route[0] for field in fields if len(field.route) == 1 and field.after is MISSING}
    come = {field.route[0]: field.after for field in fields if len(field.route) == 1 and field.before is MISSING}
    staying = iter([value for index, value in enumerate(before) if index not in gone])
    size = len(before) - len(gone) + len(come)
    found = [come[index] if index in come else next(staying) for index in range(size)]
    edits = {index: [one for one in some if _inner(one)] for index, some in below.items() if index not in come}
    return [patched(value, edits.get(index, [])) for index, value in enumerate(found)]


def _below(field: FieldChange) -> FieldChange:
    return FieldChange(field.route[1:], field.before, field.after)


def _inner(field: FieldChange) -> bool:
    return bool(field.route) or MISSING not in (field.before, field.after)


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=EXAMPLES)
def test_differences_lead_from_the_one_to_the_other(before: Any, after: Any):
    kept = copy.deepcopy((before, after))

    assert same(patched(before, differences(before, after)), after)
    assert (before, after) == kept


@given(OBJECTS, OBJECTS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_differences_of_lists_of_objects_do_too(before: Any, after: Any):
    assert same(patched(before, differences(before, after)), after)


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=EXAMPLES)
def test_there_are_differences_where_values_are_not_the_same(before: Any, after: Any):
    assert (differences(before, after) == ()) is same(before, after)


@given(OBJECTS, OBJECTS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_each_element_becomes_one_element_at_most_and_the_order_stays(before: Any, after: Any):
    pairs = list(aligned(before, after))

    assert [i for i, _ in pairs if i is not None] == list(range(len(before)))
    assert [j for _, j in pairs if j is not None] == list(range(len(after)))


@given(OBJECTS, OBJECTS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_an_object_is_the_edited_form_of_one_object_at_most(before: Any, after: Any):
    pairs = closest(before, after)

    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
