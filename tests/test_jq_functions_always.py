"""Properties: whatever the values are, a function on Python values is what it is in libjq."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from jq_referee import CASES, after, answers
from portside.jq.values.functions import Unsure, equal, less, order
from portside.model.resource import JSON

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "300"))
"""More with PORTSIDE_EXAMPLES=20000; the default keeps the module to a few seconds."""

TEXTS = st.text(st.sampled_from("aAbB1., -+\"\\%=&'\n\x00\x7f\x85é\u0301\u3000😀"), max_size=35)
INTS = st.integers(-5, 5) | st.integers(-(2**54), 2**54)
NUMBERS = INTS | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-10, 10)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
KEYS = st.sampled_from(("a", "b", "key", "Key", "name", "value", "start", "end", "é", ""))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
LONE = tuple(name for name, case in CASES.items() if case.arguments == 1)


@st.composite
def calls(draw: st.DrawFn, count: int) -> list[JSON]:
    """Arguments of one call, often with something in common."""
    first = draw(VALUES)
    parts: list[JSON] = [first]
    if type(first) is str or type(first) is list:
        parts += [first[place:] for place in range(min(3, len(first)))]
    if type(first) is list or type(first) is dict:
        parts += list(first)
    return [first, *(draw(st.sampled_from(parts) | VALUES | INTS) for _ in range(count - 1))]


@given(st.data(), st.sampled_from(tuple(CASES)))
@settings(max_examples=EXAMPLES)
def test_a_function_is_what_it_is_in_libjq_always(data: st.DataObject, name: str):
    assert answers(CASES[name], data.draw(st.lists(calls(CASES[name].arguments), min_size=1, max_size=5))).wrong == []


@given(st.sampled_from(LONE), st.sampled_from(LONE), st.lists(st.tuples(VALUES), min_size=1, max_size=5))
@settings(max_examples=EXAMPLES)
def test_so_is_a_function_of_what_another_gives_always(name: str, then: str, values: list[tuple[JSON]]):
    assert answers(after(CASES[name], CASES[then]), values).wrong == []


@given(VALUES, VALUES)
@settings(max_examples=EXAMPLES)
def test_values_are_in_one_order_always(one: JSON, other: JSON):
    try:
        assert [less(one, other), equal(one, other), less(other, one)].count(True) == 1
        assert less(one, other) == (order(one) < order(other))
    except Unsure:
        return
