"""Regular expressions in Python: what libjq gives, match for match, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from time import process_time

import jq
import pytest

from portside.jq.values import patterns
from portside.jq.values.patterns import FUNCTIONS, STREAMS, capture, compiled, gsub, match, scan, split, sub
from portside.jq.values.texts import Failed, Unsure
from portside.model.resource import JSON

EVERYTHING = jq.compile(
    """
    . as [$text, $pattern, $flags] | $text
    | [test($pattern; $flags), [match($pattern; $flags)], [capture($pattern; $flags)], [scan($pattern; $flags)],
       split($pattern; $flags), sub($pattern; "<->"; $flags), gsub($pattern; ""; $flags),
       gsub($pattern; tojson; $flags), sub($pattern; .n; $flags)]
    """
)


def spelled(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def in_libjq(text: str, pattern: str, flags: str | None) -> str:
    return spelled(EVERYTHING.input_text(json.dumps([text, pattern, flags])).first())


def here(text: str, pattern: str, flags: str | None) -> str:
    return spelled(
        [
            patterns.test(text, pattern, flags),
            match(text, pattern, flags),
            capture(text, pattern, flags),
            scan(text, pattern, flags),
            split(text, pattern, flags),
            sub(text, pattern, "<->", flags),
            gsub(text, pattern, "", flags),
            gsub(text, pattern, spelled, flags),
            sub(text, pattern, lambda found: found.get("n"), flags),
        ]
    )


TEXTS = (
    "", "a", "aAa", "a b  c ", "2024-01-05T10:20:30.123Z", "2024-01-05T10:20:30+0100", "Admin and admin", "!x!y",
    "{a-b}", "_releaseId=_release?releaseId=7", "owner/repo/x y", "line one\nline two\n", "P1: down (v1.22.3)",
    "_apis/projects/7_apis/projects/", "https://example.com/a/b?c=d", "arn:aws:s3:eu:123:bucket/x", "ab" * 40, "\t\r\n",
)  # fmt: skip
UNICODE = ("é", "Störung – 5 Hosts", "a😀b", "naïve\u00a0café")
PATTERNS = (
    " ", "a", "", "é", "a|b", "admin|Admin|ADMIN", r"[^A-Za-z0-9@_.+:\\/='-]", r"\..*Z$", "!.+", "[{-}]", "^", "$",
    r"(?<h>[+-]\d{2})(?<m>\d{2})$", r"(?<n>\d{4}-\d{2}-\d{2})", "_release?releaseId=", r"\.[0-9]+\+00:00$",
    r"^(?<n>[^/]+)/([^/]+)", r"\bP([1-5])\b", r"(\d+)\.(\d+)\.(\d+)", r"v?(?:\d+\.)?\d+", r"\s+", r"^\s+|\s+$", r"\S+",
    r"[^\w]", "a*", "a*?", "a??b", "(a)|(?<n>b)", "(a|b)?", "(?:ab)+", "(a)*b", r"\A.|.\z", r"\n\Z", ".{2,3}?", "[a-]",
    "[-a]", r"[\]\[]", "]", "}", r"\{", "(?<n>.)(.)", "[!-~]", r"arn:[^:]*:(?<n>[^:]*):.*", "()", "a|", "x{2}",
    "[a-c]{1,}", "_apis/projects/",
)  # fmt: skip


@pytest.mark.parametrize("flags", [None, "", "g"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_match_is_what_it_is_in_libjq(pattern: str, flags: str | None):
    assert [here(text, pattern, flags) for text in TEXTS] == [in_libjq(text, pattern, flags) for text in TEXTS]


@pytest.mark.parametrize("flags", ["i", "gi"])
@pytest.mark.parametrize("pattern", ["admin", "[A-Z]+", "[^a-z]", "(?<n>A)a", "[Z-a]", r"\w"])
def test_case_is_ignored_where_text_and_pattern_are_ascii(pattern: str, flags: str):
    assert [here(text, pattern, flags) for text in TEXTS] == [in_libjq(text, pattern, flags) for text in TEXTS]


@pytest.mark.parametrize("pattern", [" ", "ö", "[^a-z]", ".", r"(?<n>\w+)", r"\s", r"\D", r"\d+", r"–.*$"])
def test_letters_beyond_ascii_count_as_one_character(pattern: str):
    texts = [text for text in UNICODE if "😀" not in text or not pattern.strip("(?<n>").startswith("\\")]

    assert [here(text, pattern, "g") for text in texts] == [in_libjq(text, pattern, "g") for text in texts]


@pytest.mark.parametrize(
    "pattern",
    [
        "(", "[a", "a**", "a++", "+", "a{,2}", "a{2}?", "a{3,2}", "{", "a{", "[]a]", "[z-a]", "[[:alpha:]]", r"[a\d-z]",
        "\\",
        r"[\d-x]", "[a-c-e]", r"[\S]", r"(a)\1", r"\p{L}", r"\x41", r"\h", r"\G", r"\B", r"\K", r"\q", "(?=a)", "(?i)a",
        "(?<n>a)(?<n>b)",
        "(?#x)", "^*", "(a*)*", "(a|b)+", "(?:a?)?", "(a+)+", "a" * 1001, "(" * 30 + ")" * 30, "\ud800", r"\é",
    ],
)  # fmt: skip
def test_a_pattern_that_is_not_sure_is_left_to_libjq(pattern: str):
    assert compiled(pattern) is None

    with pytest.raises(Unsure):
        patterns.test("a", pattern)


@pytest.mark.parametrize("flags", ["x", "n", "gq", 5])
def test_so_are_other_flags(flags: JSON):
    with pytest.raises(Unsure):
        patterns.test("a", "a", flags)


def test_a_pattern_is_a_text():
    with pytest.raises(Unsure):
        patterns.test("a", ["a", "g"])


@pytest.mark.parametrize(
    ("text", "pattern", "flags"),
    [("é", "a", "i"), ("e\u0301", r"\w", None), ("²", r"[\w]", None), ("a\ud800", "a", None), ("é", "x*", "g")],
)
def test_a_text_that_means_something_else_to_libjq_is_left_to_it(text: str, pattern: str, flags: str | None):
    with pytest.raises(Unsure):
        match(text, pattern, flags)


CALLS: dict[str, Callable[[JSON], JSON]] = {
    'test("a")': lambda v: FUNCTIONS["test/1"](v, "a"),
    'split("a"; null)': lambda v: FUNCTIONS["split/2"](v, "a", None),
    'match("a")': lambda v: STREAMS["match/1"](v, "a"),
    'capture("a"; "g")': lambda v: STREAMS["capture/2"](v, "a", "g"),
    'scan("a")': lambda v: STREAMS["scan/1"](v, "a"),
    'splits("a")': lambda v: STREAMS["splits/1"](v, "a"),
    'sub("a"; "b")': lambda v: sub(v, "a", "b"),
    'gsub("a"; .a)': lambda v: gsub(v, "a", lambda found: found.get("a")),
}


@pytest.mark.parametrize("value", [None, True, 5, 1.5, [1], {"a": "x" * 40}])
@pytest.mark.parametrize("call", CALLS)
def test_what_is_no_text_fails_as_in_libjq(call: str, value: JSON):
    with pytest.raises(Failed) as failed:
        CALLS[call](value)

    assert failed.value.value == jq.compile(f"try {call} catch .").input_text(json.dumps(value)).first()


def test_a_replacement_that_is_no_text_fails_as_in_libjq():
    wanted = jq.compile('try gsub("a"; {a: 1}) catch .').input_text('"xa"').first()

    with pytest.raises(Failed) as failed:
        gsub("xa", "a", lambda _: {"a": 1})

    assert failed.value.value == wanted


def test_a_replacement_that_nothing_needs_is_not_computed():
    assert sub("b", "a", lambda found: pytest.fail(str(found))) == "b"


@pytest.mark.parametrize(
    "pattern", ["a*a*a*a*b", "a*b", ".*.*x", "a.{1,100}x", "a{500}b", "^(.*),(.*)$", "a+b|a+c", "(a?a?a?a?)c", r"\s+$"]
)
def test_a_text_that_takes_long_is_left_to_libjq(pattern: str):
    with pytest.raises(Unsure):
        patterns.test("a" * 100_000, pattern)


@pytest.mark.parametrize("pattern", ["a*a*a*a*b", "a*b", "a.{1,100}x", "a{500}b", r"(\d*)\.(\d*)\.x", "(a?a?a?a?)c"])
def test_the_longest_text_that_is_read_here_takes_no_time(pattern: str):
    one = compiled(pattern)
    assert one
    most = int((20_000_000 / one.steps) ** (1 / one.power)) - 1

    begun = process_time()
    for text in ("a" * most, "5" * most):
        patterns.test(text, pattern)

    assert process_time() - begun < 1


def test_a_text_that_grows_too_large_is_left_to_libjq():
    with pytest.raises(Unsure):
        gsub("a" * 20_000, "a", "b" * 1000)


def test_every_letter_that_is_taken_for_familiar_is_one_to_both():
    characters = [chr(code) for code in range(0x80, 0x2200) if _agrees(chr(code))]
    text = " ".join(characters)
    classes = (r"\w", r"\W", r"\d", r"\D", r"[\w]", r"[^\w]", r"\b\S")
    program = jq.compile('. as [$text, $classes] | $classes | map(. as $one | [$text | match($one; "g").offset])')

    assert program.input_text(json.dumps([text, classes])).first() == [
        [found.start() for found in re.finditer(one, text)] for one in classes
    ]


def _agrees(character: str) -> bool:
    one = compiled(r"\w")
    assert one
    return one.agrees(character)


def test_white_space_is_the_same_in_every_text():
    text = "".join(chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    program = jq.compile('[match("\\\\s"; "g").offset]')

    assert [found["offset"] for found in match(text, r"\s", "g")] == program.input_text(json.dumps(text)).first()
