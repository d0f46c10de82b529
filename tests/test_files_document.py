"""YAML 1.2 and JSON to plain values, and every trouble at its place."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portside import codes
from portside.files.document import ALIAS_LIMIT, DEPTH_LIMIT, documents

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def value(text: str, path: str = "a.yaml"):
    (document,), problems = documents(text, path)
    assert problems == ()
    return document.value


def told(text: str, path: str = "a.yaml") -> list[str]:
    _, problems = documents(text, path)
    assert all(codes.meaning(problem.code) and problem.message.count("\n") == 0 for problem in problems)
    return [f"{problem.place.line}:{problem.place.column} {problem.code}" for problem in problems]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("on", "on"), ("yes", "yes"), ("No", "No"), ("y", "y"), ("2024-01-01", "2024-01-01"), ("12:30:00", "12:30:00"),
        ("1_000", "1_000"), ("0b11", "0b11"), ("012", 12), ("+12", 12), ("-0", 0), ("0o14", 12), ("0x1F", 31),
        ("0o8", "0o8"), ("-0x1", "-0x1"), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("-1.5E-3", -0.0015), (".", "."),
        ("true", True), ("True", True), ("FALSE", False), ("tRue", "tRue"), ("null", None), ("~", None), ("", None),
        ("NULL", None), ("nUll", "nUll"), ("'12'", "12"), ('"true"', "true"), ("!!str 12", "12"), ("!!int 12", 12),
        ("!!float 12", 12.0), ("! 12", "12"), ("=", "="), ("- ", [None]), ("Infinity", "Infinity"), ("nan", "nan"),
        ("1e", "1e"), ("1.2.3", "1.2.3"), ("!!map {a: 1}", {"a": 1}), ("!!seq [a]", ["a"]),
    ],
)  # fmt: skip
def test_words_mean_what_the_core_schema_of_yaml_1_2_says(word, meaning):
    found = value(f"a:\n  {word}\n")["a"]

    assert (found, type(found)) == (meaning, type(meaning))


def test_a_key_is_the_text_that_is_written():
    text = "404: a\ntrue: b\n1.50: c\n'no': d\n~: e\n2024-01-01: f\n! x: g\n"

    assert value(text) == {"404": "a", "true": "b", "1.50": "c", "no": "d", "~": "e", "2024-01-01": "f", "x": "g"}


@given(JSON_VALUES)
@settings(deadline=None)
def test_json_reads_as_itself(written):
    spelt = json.dumps(written, indent=1)

    found, problems = documents(spelt, "a.JSON")

    assert problems == (() if written is not None else documents("", "a.JSON")[1])
    assert [document.value for document in found] == ([] if written is None else [written])


def test_aliases_stand_for_what_they_name():
    assert value("a: &x {b: [1]}\nc: *x\nd: &y text\ne: *y\n*y : f\n") == {
        "a": {"b": [1]}, "c": {"b": [1]}, "d": "text", "e": "text", "text": "f",
    }  # fmt: skip


def test_a_stream_holds_several_documents_and_empty_ones_are_passed_over():
    found, problems = documents("---\na: 1\n---\n---\n# nothing\n---\n- b\n...\n---\n", "a.yaml")

    assert ([document.value for document in found], problems) == ([{"a": 1}, ["b"]], ())


def test_documents_before_a_syntax_error_are_kept():
    found, problems = documents("a: 1\n---\nb: [\n", "a.yaml")

    assert [document.value for document in found] == [{"a": 1}]
    assert [str(problem.place) for problem in problems] == ["a.yaml:4:1"]


BILLION = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 empty-file"]),
        ("# only words\n---\n", ["1:1 empty-file"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]),
        ("x:\n  - {a: 1, 'a': 2}\n", ["2:12 duplicate-key"]),
        ("404: a\n'404': b\n", ["2:1 duplicate-key"]),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", ["3:3 merge-key"]),
        ("? [a]\n: b\n", ["1:3 key-not-text"]),
        ("? {a: 1}\n: b\n", ["1:3 key-not-text"]),
        ("a: !!binary aGk=\n", ["1:4 unknown-tag"]),
        ("a: !thing {b: 1}\n", ["1:4 unknown-tag"]),
        ("a: !!set {b}\n", ["1:4 unknown-tag"]),
        ("a: !!int x\n", ["1:4 number-not-json"]),
        ("a: .inf\nb: -.INF\nc: .NaN\nd: 1e999\n", [f"{line}:4 number-not-json" for line in (1, 2, 3, 4)]),
        (f"a: {'1' * 5000}\n", ["1:4 number-not-json"]),
        (f"a: 0x{'1' * 5000}\n", ["1:4 number-not-json"]),
        ("a: *x\n", ["1:4 unknown-alias"]),
        ("a: 1\n---\nb: &x 1\n---\nc: *x\n", ["5:4 unknown-alias"]),
        ("a: &x [1, *x]\n", ["1:11 endless-alias"]),
        ("&x a: &y\n  b: *y\n", ["2:6 endless-alias"]),
        (BILLION, ["6:8 alias-limit"]),
        (f"a: &x '{'x' * 1_000_000}'\nb: [{', '.join(['*x'] * 9)}]\n", ["2:29 alias-limit"]),
        (CHAIN, ["64:12 too-deep"]),
        ("[" * 100_000, ["1:65 too-deep"]),
        ("[" * 80, [f"1:{DEPTH_LIMIT + 1} too-deep"]),
        ("- " * 100_000, [f"1:{2 * DEPTH_LIMIT + 1} too-deep"]),
        ("{a: " * 100_000, [f"1:{4 * DEPTH_LIMIT + 1} too-deep"]),
        ("a:\n\tb: 1\n", ["2:1 tab-indent"]),
        ("a: |\n\tb\n", ["2:1 tab-indent"]),
        ("a: @b\n", ["1:4 yaml-syntax"]),
        ("a: `b`\n", ["1:4 yaml-syntax"]),
        ("a: b: c\n", ["1:5 yaml-syntax"]),
        ("a: 'b\nc: d\n", ["1:4 yaml-syntax"]),
        ('a: "b\n---\n', ["1:4 yaml-syntax"]),
        ("a: [b, c\nd: e\n", ["1:4 yaml-syntax"]),
        ("a: {b: c\n", ["1:4 yaml-syntax"]),
        ("- a\nb: c\n", ["2:1 yaml-syntax"]),
        ("a: 1\n  b: 2\n", ["2:4 yaml-syntax"]),
        ('a: "\\q"\n', ["1:5 yaml-syntax"]),
        ('a: "\\ud83d\\ude00"\n', ["1:7 yaml-syntax"]),
        ("a: !x!y z\n", ["1:4 yaml-syntax"]),
        ("a: |x\n", ["1:5 yaml-syntax"]),
        ("%YAML 3.0\n---\na: 1\n", ["1:1 yaml-syntax"]),
        ("a: 'b' + .c\n", ["1:8 yaml-syntax"]),
        ("a:\n  b:\n\xa0   c: 1\n  d: 2\n", ["3:1 yaml-syntax"]),
        ("a: 1\n- b\n", ["2:1 yaml-syntax"]),
        ("a: {{b}}\n", ["1:5 key-not-text"]),
        ("a: b\0c\n", ["1:5 control-character"]),
        ("é: b\x07\n", ["1:5 control-character"]),
        ("a: \ud800\n", ["1:4 control-character"]),
        ("a: 'b\u2028c'\n", ["1:6 control-character"]),
        ("a: 'b\x85c'\n", ["1:6 control-character"]),
    ],
)  # fmt: skip
def test_every_trouble_with_yaml_has_a_place_and_a_code(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 empty-file"]),
        (" \n", ["1:1 empty-file"]),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', ["1:24 duplicate-key"]),
        ('{"a": 1,\n}', ["1:8 json-syntax"]),
        ("[1,\n 2,\n]", ["2:3 json-syntax"]),
        ("{'a': 1}", ["1:2 json-syntax"]),
        ('{"a": \'b\'}', ["1:7 json-syntax"]),
        ('{\n  // why\n  "a": 1}', ["2:3 json-syntax"]),
        ('{a: 1}', ["1:2 json-syntax"]),
        ('{"a": True}', ["1:7 json-syntax"]),
        ('{"a": “b”}', ["1:7 json-syntax"]),
        ("a: b\n", ["1:1 json-syntax"]),
        ('{"a" 1}', ["1:6 json-syntax"]),
        ('{"a": 1\n "b": 2}', ["2:2 json-syntax"]),
        ('{"a": 1}\n{"b": 2}', ["2:1 json-syntax"]),
        ('{"a": "x', ["1:7 json-syntax"]),
        ('{"a": "x\n"}', ["1:9 json-syntax"]),
        ('{"a": "\\q"}', ["1:8 json-syntax"]),
        ('{"a": ', ["1:7 json-syntax"]),
        ('{"NaN": [1, NaN]}', ["1:13 number-not-json"]),
        ('{"a": -Infinity}', ["1:7 number-not-json"]),
        ('{"a": "1e999", "b": 1e999}', ["1:21 number-not-json"]),
        (f'{{"a": {"1" * 5000}}}', ["1:7 number-not-json"]),
        ("[" * 100_000, [f"1:{DEPTH_LIMIT + 1} too-deep"]),
        ("[" * 65 + "]" * 65, [f"1:{DEPTH_LIMIT + 1} too-deep"]),
        ('{"a": "\\ud83d\\ude00 \\\\ud83d \\ud83d"}', ["1:29 control-character"]),
        ('{"a": "\ud800"}', ["1:8 control-character"]),
    ],
)  # fmt: skip
def test_every_trouble_with_json_has_a_place_and_a_code(text, expected):
    assert told(text, "a.json") == expected


def test_nesting_up_to_the_limit_is_read():
    assert told("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT) == []
    assert told("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT, "a.json") == []


def test_both_places_of_a_key_that_stands_twice_are_told():
    _, (problem,) = documents("a:\n  b: 1\n  c: 2\n  b: 3\n", "a.yaml")

    assert (str(problem.place), str(problem.also)) == ("a.yaml:4:3", "a.yaml:2:3")


def test_a_value_with_troubles_is_still_read_as_far_as_it_can_be():
    text = "base: &x {b: 1, c: 2}\na:\n  <<: *x\n  c: 3\n  d: .nan\n  ? [e]\n  : f\n  g: 1\n"
    (document,), _ = documents(text, "a.yaml")

    assert document.value["a"] == {"b": 1, "c": 3, "d": None, "g": 1}


def test_aliases_below_the_limit_are_read():
    count = ALIAS_LIMIT // 3

    assert len(value(f"a: &x [1]\nb: [{', '.join(['*x'] * count)}]\n")["b"]) == count


WITHOUT_LIBYAML = """
import json, sys
sys.modules["yaml._yaml"] = None
from portside.files.document import documents
for text in json.load(sys.stdin):
    found, problems = documents(text, "a.yaml")
    print(json.dumps([[d.value for d in found], [[p.place.line, p.code] for p in problems]]))
"""
PORTABLE = [
    "a: [1, 'b', {c: .5}]\nd: |\n  e\nf: &x g\nh: *x\n",
    'a: "\\ud83d\\ude00"\n',
    "a: b: c\n",
    "a:\n\tb: 1\n",
    "a: 1\na: 2\n",
    "a: b\0c\n",
    "a: [b, c\n",
    "a: 'b\n",
    "---\na: 1\n---\nb: .inf\n",
    "[" * 80,
]


def test_without_libyaml_the_same_is_read_and_told():
    command = [sys.executable, "-c", WITHOUT_LIBYAML]
    run = subprocess.run(command, input=json.dumps(PORTABLE), capture_output=True, text=True, check=True, timeout=60)

    expected = [documents(text, "a.yaml") for text in PORTABLE]
    assert [json.loads(line) for line in run.stdout.splitlines()] == [
        [[d.value for d in found], [[p.place.line, p.code] for p in problems]] for found, problems in expected
    ]


@given(st.text(st.sampled_from("ab:-[]{}#&*!|>'\"%@`?, \n\t\\x0é\u2028\x07.~<="), max_size=30))
@settings(deadline=None, max_examples=300)
def test_any_text_at_all_is_read_or_told_about(text):
    for path in ("a.yaml", "a.json"):
        found, problems = documents(text, path)

        assert found or problems
        assert all(codes.meaning(problem.code) for problem in problems)


@pytest.mark.parametrize(
    ("path", "text", "hint"),
    [
        (
            "a.yaml",
            "a: 'b' + .c\n",
            "put the whole value in the other kind of quotes, or on a line of its own below a '|'",
        ),
        ("a.yaml", "a:\n  b:\n\xa0   c: 1\n  d: 2\n", "use ordinary spaces"),
        ("a.yaml", "a: 1\n- b\n", "take the '- ' away; or the list lacks its key above it, or its indentation"),
        ("a.yaml", "a: {{b}}\n", "quote a value that begins with '{{'"),
        ("a.json", "a: b\n", "if it is YAML, let the file's name end in .yaml"),
        ("a.json", '{"a": “b”}', 'write "…"'),
        ("a.json", '{"a": 1', "a '}' or ']' may be missing"),
    ],
)
def test_common_slips_have_a_hint_that_says_what_to_do(path, text, hint):
    assert [problem.hint for problem in documents(text, path)[1]] == [hint]
