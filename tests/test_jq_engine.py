"""Running jq: values, nothing, errors; and that no expression touches another."""

from __future__ import annotations

import os

import pytest

from portside.jq import libjq, syntax
from portside.jq.engine import first, run
from portside.jq.programs import Block, Ran, Result, Row

EVENT = {"body": {"id": "A", "n": 3, "tags": ["x", "y"], "none": None}}


def results(*texts: str, value: object = EVENT) -> tuple[Result, ...] | None:
    return run([Block(None, None, texts)], value)[0].rows[0].results


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".body.id", "A"),
        (".body.none", None),
        (".body.missing.too", None),
        ("'a' + .body.id", "aA"),
        (".body.tags | length", 2),
        ("[.body.tags[] | ascii_upcase]", ["X", "Y"]),
        ("1.0", 1),
        ("9007199254740993", 9007199254740992),
        ("nan", None),
        ('"\\u0000"', "\0"),
        ("1 | toarray", [1]),
        ("1 # a comment", 1),
        ("1 # a comment that goes on \\", 1),
    ],
)
def test_an_expression_gives_its_value(text: str, value: object):
    assert first(text, EVENT) == Result(value)


@pytest.mark.parametrize("text", ["empty", ".body.tags[] | select(. == 1)", "first(empty)", "limit(0; 1)", "try error"])
def test_no_output_is_not_null(text: str):
    assert first(text, EVENT) == Result(missing=True)


@pytest.mark.parametrize("text", [".body.tags[]", '"x", "y"', 'label $out | "x", (1, break $out)', '"x", repeat(1)'])
def test_of_several_outputs_the_first_counts(text: str):
    assert first(text, EVENT) == Result("x", more=True)


def test_a_failure_after_the_first_output_does_not_matter():
    assert first('"x", error("late")', EVENT) == Result("x")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (".body.none[]", "Cannot iterate over null (null)"),
        (".body.id + 1", 'string ("A") and number (1) cannot be added'),
        ("error", '{"body":{"id":"A","n":3,"none":null,"tags":["x","y"]}} (not a string)'),
        ("error(null)", "null (not a string)"),
        ('error({a: [1.0, "x"]})', '{"a":[1,"x"]} (not a string)'),
        ('error("")', "an empty message"),
    ],
)
def test_an_error_is_told_as_jq_tells_it(text: str, error: str):
    found = first(text, {"body": dict(sorted(EVENT["body"].items()))})

    assert found == Result(error=error)


def test_what_does_not_compile_takes_no_other_with_it():
    assert results(".body.id", ".body.", ".body.n") == (
        Result("A"),
        Result(error="the expression ends after '.'", broken=True),
        Result(3),
    )


@pytest.mark.parametrize("name", ["halt", "halt_error", "'x' | halt_error(1)", "input", "[inputs]", "'a' | modulemeta"])
def test_nothing_stops_the_program_or_reads_on(name: str):
    stopped, other = results(name, ".body.id") or ()

    assert stopped.error.endswith("is not available in a mapping")
    assert other == Result("A")


def test_the_environment_is_empty():
    os.environ["PORTSIDE_TEST_SECRET"] = "secret"

    assert results("env", "$ENV", "env.PORTSIDE_TEST_SECRET") == (Result({}), Result({}), Result(None))


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]):
    assert results("'x' | debug", '"x" | debug("y")', "'x' | stderr") == (Result("x"),) * 3
    assert capfd.readouterr() == ("", "")


def test_files_are_not_read_by_modules(tmp_path):
    (tmp_path / "leak.jq").write_text("def secret: 1;")

    error = syntax.error(f'import "leak" as leak {{search: "{tmp_path}"}}; leak::secret')

    assert error
    assert error.message == "'import' has no place in a mapping: Port loads no modules"


def test_names_that_programs_use_inside_mean_nothing_to_expressions():
    names = ("$__portside_guard", "$__portside_item", "$__portside_items", "$__portside")

    assert [result.error for result in results(*names) or ()] == [f"there is no variable '{name}'" for name in names]


def test_definitions_stay_in_their_expression():
    assert results("def f: 1; f", "f", "def length: 7; length", "'abc' | length") == (
        Result(1),
        Result(error="there is no function 'f'", broken=True),
        Result(7),
        Result(3),
    )


def test_the_line_of_loc_is_the_author_s():
    assert results("$__loc__.line", ".body.id\n| $__loc__.line") == (Result(1), Result(2))


def test_time_is_what_the_caller_says():
    assert first("now | todate", None, now=0.0) == Result("1970-01-01T00:00:00Z")
    assert first("now | localtime | mktime", None, now=86400.0) == Result(86400)


def test_half_a_surrogate_pair_becomes_the_replacement_character():
    assert first(".", ["a\ud800", "😀"]) == Result(["a\ufffd", "😀"])


def test_a_value_nested_too_deeply_is_an_error():
    assert first("reduce range(300) as $i (0; [.])", None) == Result(
        error="gives a value nested more than 200 levels deep"
    )


def test_an_input_nested_too_deeply_is_an_error_of_every_expression_that_libjq_runs():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    (ran,) = libjq.run([Block(None, None, ("1", ")"))], deep)

    assert ran.rows[0].results == (
        Result(error="the input is not JSON: it is nested too deeply"),
        Result(error="')' closes nothing that is open here", broken=True),
    )


def test_a_guard_lets_only_true_pass():
    blocks = [
        Block(guard, None, (".body.id",)) for guard in ("true", "false", "1", "empty", "error('x' )", "(", "true, 1")
    ]

    passed = [ran.rows[0].results for ran in run(blocks, EVENT)]

    assert passed == [(Result("A"),), None, None, None, None, None, (Result("A"),)]


def test_items_run_one_by_one_beside_the_whole_input():
    (ran,) = run([Block(".item != 'y'", ".body.tags", (".item + .body.id",), 500)], EVENT)

    assert ran == Ran(
        Result(["x", "y"]),
        (Row(Result(True), (Result("xA"),)), Row(Result(False), None)),
    )


@pytest.mark.parametrize("items", [".body.none", ".body.id", "empty", "error", "{}", "("])
def test_what_is_no_list_has_no_items(items: str):
    (ran,) = run([Block(None, items, (".item",), 500)], EVENT)

    assert ran.rows == ()


def test_no_more_items_run_than_the_limit():
    (ran,) = run([Block(None, "[range(10)]", (".item",), 3)], EVENT)

    assert [row.results for row in ran.rows] == [(Result(0),), (Result(1),), (Result(2),)]


def test_expressions_too_long_for_one_program_run_all_the_same():
    texts = tuple(f".body.n + {number}{' + .body.n' * 150}" for number in range(50))

    (ran,) = libjq.run([Block(None, None, texts)], EVENT)

    assert ran.rows[0].results == tuple(Result(453 + number) for number in range(50))
