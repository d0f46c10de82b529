"""Types of JSON values: what is in them, how they add up, and how they are said in words."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portside.jq.types import (
    ANY,
    BOOLEAN,
    EVERY,
    NEVER,
    NULL,
    NUMBER,
    STRING,
    TRUE,
    Member,
    Object,
    Type,
    closed,
    common,
    contains,
    falsy,
    field,
    intersects,
    kinds,
    list_of,
    listed,
    nullable,
    of,
    of_kinds,
    open_,
    parts,
    shown,
    strings,
    truthy,
    union,
    values,
    without,
)

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "100"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 2.5, 2**60, "", "a", "b"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=6,
)
TYPES = st.lists(JSON, max_size=3).map(lambda some: union(*map(of, some)))


def test_a_type_is_said_as_people_say_it():
    said = {shown(one) for one in (NEVER, ANY, NULL, NUMBER, BOOLEAN, TRUE, nullable(STRING), of("é"), of({}), of([]))}

    assert said == {
        "nothing", "anything", "null", "a number", "a boolean", "true", "string or null", '"é"', "an empty object",
        "an empty list",
    }  # fmt: skip


def test_a_list_is_said_with_what_is_in_it():
    said = [shown(list_of(one)) for one in (STRING, list_of(STRING), of({"a": 1}), nullable(STRING), of(2))]

    assert said == ["a list of strings", "a list of lists", "a list of objects", "a list", "a list of numbers"]


def test_up_to_four_known_values_are_named():
    assert shown(strings("b", "a")) == '"a" or "b"'
    assert shown(union(of(1), of(2.5), NULL)) == "1, 2.5 or null"
    assert shown(strings(*"abcde")) == "a string"
    assert shown(strings(format="date-time")) == "a date-time string"


def test_an_object_of_many_is_merged_member_by_member():
    both = union(of({"id": 1, "note": None}), of({"id": 2}))

    assert both == Type(object=Object({"id": Member(union(of(1), of(2))), "note": Member(NULL, True)}, None))
    assert field(both, "note") == NULL
    assert field(both, "titel") == NULL


def test_what_is_open_may_have_any_other_member():
    assert field(open_({"id": STRING}), "id") == STRING
    assert field(open_({}, {"id": STRING}), "id") == nullable(STRING)
    assert field(open_({"id": STRING}), "other") is ANY


def test_many_values_become_any_value_of_their_kind():
    assert union(*(of(str(number)) for number in range(41))) == STRING
    assert union(*map(of, range(21))) == NUMBER


def test_a_number_that_jq_could_spell_in_two_ways_is_any_number():
    assert [of(number) for number in (1.0, 2**53 + 1, float("nan"))] == [NUMBER] * 3
    assert not contains(of(1), 1.0)


def test_true_is_not_a_number():
    assert contains(of(1), True) is False
    assert contains(TRUE, 1) is False


def test_everything_together_is_anything():
    assert union(of_kinds("null", "boolean", "number", "string"), of_kinds("array", "object")) is ANY


def test_a_format_stays_only_where_all_strings_have_it():
    date = strings(format="date-time")

    assert union(date, NULL).format == "date-time"
    assert union(date, strings(format="url")) == STRING
    assert union(date, of("x")) == STRING


def test_what_is_very_deep_is_not_looked_at():
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]

    assert contains(of(deep), deep)
    assert values(of(deep)) is None


def test_a_long_list_is_known_by_its_items_only():
    assert of([1] * 33) == list_of(of(1), empty=False)
    assert of([1, "a"]) == listed([of(1), of("a")])


@settings(max_examples=EXAMPLES)
@given(JSON)
def test_a_value_is_of_its_own_type_always(value: Any):
    assert contains(of(value), value)
    assert contains(ANY, value)
    assert values(of(value)) in ((value,), None)


@settings(max_examples=EXAMPLES)
@given(TYPES, TYPES, JSON)
def test_a_union_holds_what_either_holds_always(one: Type, other: Type, value: Any):
    either = contains(one, value) or contains(other, value)

    assert contains(union(one, other), value) >= either
    assert contains(common(one, other), value) >= (contains(one, value) and contains(other, value))
    assert intersects(one, other) >= (contains(one, value) and contains(other, value))
    assert union(one, one) == one


@settings(max_examples=EXAMPLES)
@given(TYPES, JSON)
def test_a_type_is_the_union_of_its_parts_and_of_its_two_truths_always(one: Type, value: Any):
    assert union(*parts(one)) == one
    assert union(truthy(one), falsy(one)) == one
    assert contains(truthy(one), value) == (contains(one, value) and value is not None and value is not False)
    assert set(kinds(one)) == {kind for part in parts(one) for kind in kinds(part)}


@settings(max_examples=EXAMPLES)
@given(TYPES, JSON)
def test_without_a_value_a_type_keeps_all_others_always(one: Type, value: Any):
    rest = without(one, of(value))

    assert all(contains(rest, each) for each in values(one) or () if not contains(of(value), each))


@settings(max_examples=EXAMPLES)
@given(st.dictionaries(st.sampled_from("abc"), JSON), st.sampled_from("abcd"))
def test_a_field_holds_what_the_member_is_always(value: dict[str, Any], name: str):
    widened = union(of(value), of({"a": [], "d": 1}))

    assert field(of(value), name) == of(value.get(name))
    assert contains(field(widened, name), value.get(name))


def test_a_closed_object_has_no_other_member():
    assert not contains(closed({"a": NUMBER}), {"a": 1, "b": 2})
    assert not contains(closed({"a": NUMBER}), {})
    assert contains(Type(object=Object({}, EVERY)), {"b": 2})
