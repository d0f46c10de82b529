"""jq as Python functions: which expressions have one, what it gives, and when libjq has to decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jq
import pytest

from portside.jq import syntax
from portside.jq.closures import UNSURE, Apart, closure, fused, outcome
from portside.jq.programs import Result
from portside.jq.python.bounds import bounded

MANUAL = json.loads((Path(__file__).parent / "payloads/jq/manual.json").read_text())


def given(text: str, value: Any) -> Any:
    found = closure(syntax.read(text))
    assert found, f"{text} has no closure"
    return outcome(found, value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        (".a.b", {"a": {"b": 1}}, 1),
        (".a.b.c", {"a": None}, None),
        ('.a // "none"', {"a": False}, "none"),
        ("[.a[] | .b // .c]", {"a": [{"b": 1}, {"c": 2}]}, [1, 2]),
        ('if .a == "x" then .b elif .c then 1 else 2 end', {"a": "x", "b": "y"}, "y"),
        ("if .a then 1 end", {"a": None}, {"a": None}),
        ('"\\(.a)-\\(.b)"', {"a": 1.0, "b": "x"}, "1.0-x"),
        (".a[:4] + .a[5:7]", {"a": "2024-05"}, "202405"),
        (".a[:19] + 'Z'", {"a": "2024-05-19T17:55:29.123Z"}, "2024-05-19T17:55:29Z"),
        ("{a, (.b): 1}", {"a": 1, "b": "k"}, {"a": 1, "k": 1}),
        ('.a | IN("x", "y")', {"a": "y"}, True),
        (". as $x | [1, $x]", 2, [1, 2]),
        (". as $x | [(1, 2 as $x | $x + 10) | . + $x]", 5, [6, 17]),
        ('. as $x | [if (1 as $x | true, false) then $x else "no" end]', 5, [5, "no"]),
        ("with_entries(select(.value != null))", {"a": 1, "b": None}, {"a": 1}),
        ("sort_by(.a) | map(.a)", [{"a": 2}, {"a": 1}], [1, 2]),
        ('gsub("[^a-z]"; "_")', "a b", "a_b"),
        ('sub("(?<h>[0-9]{2})(?<m>[0-9]{2})$"; "\\(.h):\\(.m)")', "+0200", "+02:00"),
        ("(.a / 1000) | todate", {"a": 1_700_000_000_000}, "2023-11-14T22:13:20Z"),
        ("1.0", None, 1),
        (".", 2**53 + 1, 2**53),
    ],
)
def test_an_expression_gives_its_value(text: str, value: Any, expected: Any):
    found = given(text, value)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("empty", None, Result(missing=True)),
        (".a[]", {"a": []}, Result(missing=True)),
        (".[]", ["x", "y"], Result("x", more=True)),
        ('"x", error("late")', None, Result("x").value),
        (".a[]", {"a": None}, Result(error="Cannot iterate over null (null)")),
        (".a.b", {"a": "text"}, Result(error='Cannot index string with string ("b")')),
        ('error("x") + error("y")', None, Result(error="y")),
        ('error("x") // 1', None, Result(error="x")),
        ("[.[]?]", 1, []),
        ('{(.a): 1, b: error("late")}', {"a": 1}, Result(error="Cannot use number (1) as object key")),
        ('@sh "\\(error("late")) \\({})"', None, Result(error="object ({}) can not be escaped for shell")),
        ("error(.)", [1.0], Result(error="[1] (not a string)")),
        ('add(.a, .b, error("late"))', {"a": 1, "b": "x"}, Result(error='number (1) and string ("x") cannot be added')),
        ("try error catch .", {"a": 1}, {"a": 1}),
    ],
)
def test_what_is_no_value_says_why(text: str, value: Any, expected: Any):
    assert given(text, value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "def f: f; f",
        "repeat(.)",
        "[range(1e12)]",
        "recurse",
        "..",
        ". as $x | [.[] | $x[]]",
        "[.[] + .[]]",
        "reduce .[] as $x (0; . + 1)",
        "now",
        "$ENV",
        "input",
        'test("(a*)*b")',
        " | ".join(["[., .]"] * 20),
        "1e2",
        "100000000000000000000",
    ],
)
def test_what_may_run_long_or_is_not_certain_has_no_closure(text: str):
    assert closure(syntax.read(text)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tostring", 1e17),
        (".[0] == .[1]", [2**60, 1e18]),
        ('"a" * .', 1e9),
        (".[1:] == .[:-1]", [1, 2]),
        ('.[{"start": 1, "end": 2}]', [1, 2]),
        ('test("a+b+c+")', "a" * 1_000_000),
        (".", [[[]]] * 20_000_000),
    ],
)
def test_what_turns_out_uncertain_is_for_libjq(text: str, value: Any):
    assert given(text, value) is UNSURE


@pytest.mark.parametrize("text", [".a", "[.a[] | .b // .c]", '.a + "x" | ascii_downcase', "with_entries(.value |= .)"])
def test_what_takes_its_time_from_the_input_is_bounded(text: str):
    assert bounded(syntax.read(text)) == ("|=" not in text)


def test_expressions_that_are_fused_share_their_path_and_keep_their_errors_to_themselves():
    texts = (".a.b.c", ".a.b.d[]", ".a.b.e | length", ".a.b.f.g", ".x")
    run = fused([syntax.read(text) for text in texts])

    assert run({"a": {"b": {"c": 1, "e": "ab", "f": "text"}}, "x": None}) == (
        1,
        Result(error="Cannot iterate over null (null)"),
        2,
        Result(error='Cannot index string with string ("g")'),
        None,
    )
    with pytest.raises(Apart):
        run({"a": None})


@pytest.mark.parametrize("example", MANUAL, ids=lambda example: example["program"])
def test_the_programs_of_the_manual_give_what_libjq_gives(example: dict[str, Any]):
    found = closure(syntax.parse(example["program"]))
    value = json.loads(example["input"])
    if found is None or (ours := outcome(found, value)) is UNSURE:
        return
    theirs = jq.compile(example["program"]).input_text(json.dumps(value)).all()

    assert (ours.value if type(ours) is Result else ours) == (theirs[0] if theirs else None)
