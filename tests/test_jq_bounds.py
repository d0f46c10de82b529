"""Nothing that runs in process can take long, whatever a sender puts into a delivery."""

import pytest

from portside.jq import syntax
from portside.jq.closures import UNSURE, closure, outcome
from portside.jq.python.bounds import bounded

MANY = [str(one) for one in range(60_000)]
OTHERS = [str(-one) for one in range(1, 60_001)]


@pytest.mark.parametrize(
    "text",
    [
        ".a.b",
        "[.a[] | .b // .c]",
        "{name, tags: [.tags[].name]}",
        ".a | map(select(.b == 1)) | sort_by(.c) | first",
        '.a | IN("x", "y", "z")',
        ". as $all | .a + $all.b",
        '.a | split(",") | map(tonumber) | add',
    ],
)
def test_what_takes_its_time_from_the_input_alone_is_bounded(text):
    assert bounded(syntax.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "[.[] + .[]]",
        "[.a[] | tostring] | .[] as $x | [.[] | . + $x]",
        ". as $all | [.a[] | $all.b[]]",
        "{a: .a[], b: [.b[] | .c]}",
        "contains(.a[])",
        '"\\(.a[])\\(.b)"',
        "[range(1e9)]",
        "..",
        " | ".join(["[., .]"] * 20),
        " | ".join(["tojson"] * 6),
    ],
)
def test_what_multiplies_the_input_is_not(text):
    assert not bounded(syntax.read(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".a - .b", {"a": MANY, "b": OTHERS}),
        ("contains(.)", [[one] for one in MANY]),
        (".a | indices([1, 2])", {"a": MANY * 20}),
        ('.a | index("ab")', {"a": "a" * 60_000_000}),
        ("add", [[1], "x"] * 30_000),
    ],
)
def test_what_would_take_long_all_the_same_is_left_to_libjq(text, value):
    assert outcome(closure(syntax.read(text)), value) is UNSURE
