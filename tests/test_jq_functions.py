"""jq's functions on Python values: what libjq gives, value for value and word for word, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import jq
import pytest

from jq_referee import CASES, answers
from portside.jq.values.functions import (
    BUILTINS,
    Failed,
    Unsure,
    add,
    divide,
    equal,
    format_,
    less,
    modulo,
    multiply,
    negate,
    order,
    subtract,
    tojson,
    tostring,
)
from portside.jq.values.ordering import sort
from portside.model.resource import JSON

STRINGS = (
    "", "a", "abc", "a,b,c", ",", "aXbX", "aaaa", "é", "😀", "e\u0301", "a\0b", "\x7f", "\x85 x\u3000", "\x1cx", " x\n",
    'q"\\/', "<&'>", "1.0", "10", "-1", "-0", "007", "1e3", "1.10", ".5", "5.", "--1", "1e", "nan", "true", "null",
    '{"a":[1.5,"\\u00e9"]}', "[1,2", "aGVsbG8=", "aGVsbG8", "a", "====", "%41%C3%a9", "%4", "%e9", "%zz", "key", "name",
    "start", "AZ az ÀÉİß", "x" * 26, "x" * 27, "x" * 30, "x" * 24 + "é", "x" * 23 + "😀yy", "é" * 14, "é" * 31,
    '"' * 12, "\x01" * 5, "x" * 29 + "é",
)  # fmt: skip
NUMBERS = (
    0, 1, 2, -1, -2, 3, 65, 0x1F600, 0xD800, 2**31, 2**53, -(2**53), 2**53 + 1, 10**20, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5,
    -1.5, -2.5, 0.49999999999999994, 0.1, 1e-4, 1e-5, 1.5e-7, 1e16, 1e22, 1e100, -0.0, 0.0, 123456789.125,
)  # fmt: skip
COMPOSED = (
    [], [1], [1, 1.0, "a"], [[1], [1.0], [], [2, 3]], ["b", "a", "é", "b"], ["abc", "d"],
    [None, False, True, 0, "", [], {}],
    [1, 2, 1, 2, 1], [3, 1, 2], [{"key": "k", "value": False}, {"Name": "n", "Value": 1}, {"key": None, "name": "x"}],
    [[0, "x"], [1], [0, "y"], None], [65, 66.5, -5, 0x110000], [1, [2, [3, [4]]]], [[[]]], ["a\tb", 'c"d', "e'f", 1.5],
    {}, {"a": 1}, {"b": 1, "a": [2]}, {"a": {"b": None}}, {"a": {"c": 2}, "d": 1}, {"start": 1, "end": 2},
    {"start": -1},
    {"start": None, "end": 1.5}, {"start": "x", "end": 1}, [{"a": 1, "b": 2}, {"b": 1, "a": 3}, {"a": 1}],
    ["x" * 40, {"é" * 9: "é" * 9}],
)  # fmt: skip
VALUES: tuple[JSON, ...] = (None, True, False, *STRINGS, *NUMBERS, *COMPOSED)
FEWER: tuple[JSON, ...] = (
    None,
    True,
    False,
    *STRINGS[:8],
    *STRINGS[16:19],
    *NUMBERS[:5],
    *NUMBERS[11:21],
    1e22,
    *COMPOSED,
)
ENDS: tuple[JSON, ...] = (None, True, "a", 0, 1, 2, -1, -9, 9, 0.5, 1.5, -0.5, -1.5, 2**40)
GIVEN = {1: list(product(VALUES)), 2: list(product(FEWER, repeat=2)), 3: list(product(FEWER[:25], ENDS, ENDS))}


@pytest.mark.parametrize("name", CASES)
def test_every_function_is_what_it_is_in_libjq(name: str):
    calls = GIVEN[CASES[name].arguments]
    found = answers(CASES[name], calls)
    assert found.wrong == []
    assert found.sure > len(calls) // 2


def test_every_builtin_is_one_of_jq():
    assert set(BUILTINS) - {"toarray/0"} <= set(jq.compile("builtins").input_value(None).first())


def test_numbers_of_the_input_keep_their_text_and_calculated_ones_lose_it():
    assert [tostring(1.0), tostring(add(1.0, 0)), tostring(2**60), tostring(-1.5)] == ["1.0", "1", str(2**60), "-1.5"]


@pytest.mark.parametrize("value", [1e-5, 1e17, -0.0, float("inf"), float("nan")])
def test_a_number_with_two_texts_has_none(value: float):
    with pytest.raises(Unsure):
        tojson({"a": [value]})


@pytest.mark.parametrize("calculate", [add, subtract, multiply, divide, modulo])
def test_nothing_is_calculated_with_whole_numbers_beyond_the_doubles(calculate: Callable[[JSON, JSON], JSON]):
    for one, other in ((2**53 + 1, 1), (1, -(2**53) - 1), (2**60, -(2**60))):
        with pytest.raises(Unsure):
            calculate(one, other)


def test_whole_numbers_beyond_the_doubles_compare_with_each_other():
    one, next_one = 2**60, 2**60 + 1
    assert not equal(one, next_one)
    assert less(one, next_one)
    assert sort([next_one, one]) == [one, next_one]


@pytest.mark.parametrize("compare", [equal, less, lambda one, other: order([one, other])])
def test_they_do_not_compare_with_floats(compare: Callable[[JSON, JSON], JSON]):
    with pytest.raises(Unsure):
        compare(2**60, 1e18)


@pytest.mark.parametrize("calculate", [lambda: multiply(1e308, 10), lambda: BUILTINS["sqrt/0"](-1), lambda: negate(0)])
def test_no_number_comes_out_that_json_has_not(calculate: Callable[[], JSON]):
    with pytest.raises(Unsure):
        calculate()


@pytest.mark.parametrize(
    "grow",
    [
        lambda: multiply("ab", 10_000_000),
        lambda: add("a" * 10_000_000, "b" * 10_000_000),
        lambda: BUILTINS["add/0"](["a" * 10_000_000, "b" * 10_000_000]),
        lambda: BUILTINS["join/1"](["a" * 10_000_000, 1, "b" * 10_000_000], ""),
        lambda: BUILTINS["transpose/0"]([[0] * 10_000, *[[]] * 10_000]),
    ],
)
def test_what_grows_without_measure_is_left_to_libjq(grow: Callable[[], JSON]):
    with pytest.raises(Unsure):
        grow()


@pytest.mark.parametrize("text", ["1.10", "-0", "1e400", "nan", "-Infinity", "9" * 2000])
def test_a_literal_whose_text_python_would_not_write_is_unsure(text: str):
    with pytest.raises(Unsure):
        BUILTINS["tonumber/0"](text)


@pytest.mark.parametrize("text", ["", "[1,2", "NaN", "'a'", '"\\ud800"', "[1.10]"])
def test_text_that_is_not_plain_json_is_unsure(text: str):
    with pytest.raises(Unsure):
        BUILTINS["fromjson/0"](text)


def test_an_error_carries_any_value():
    with pytest.raises(Failed) as error:
        BUILTINS["error/0"]({"a": 1})
    assert error.value.value == {"a": 1}


def test_bytes_that_are_no_text_are_unsure():
    with pytest.raises(Unsure):
        format_("base64d", "/w==")
