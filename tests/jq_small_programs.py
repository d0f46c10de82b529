"""jq programs as mappings write them, and small values to run them on: for the properties of inference."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several: a random generator does, or hypothesis."""

LITERALS = ("null", "true", "false", "0", "1", "-1", "2.5", '""', '"a"', '"b"', '"type"', '"a,b"', "[]", "{}")
PATHS = (".", ".a", ".b", ".a.b", ".a.type", ".type", ".b.c", "$x", "$x.a", '.["a"]', ".a?", ".a?.b?")
STREAMS = (".[]", ".a[]", ".[]?", ".a[]?", ".b[].a?", "empty", "..", "range(2)", ".a, .b", "1, null", "$x[]?")
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//", "//")
PLAIN = (
    "length", "tostring", "tonumber", "type", "not", "keys", "add", "any", "all", "sort", "unique", "first", "last",
    "ascii_downcase", "ascii_upcase", "to_entries", "from_entries", "tojson", "fromjson", "floor", "abs", "reverse",
    "min", "max", "flatten", "explode", "implode", "todate", "(fromdate | . % 100)", "values", "nulls", "strings",
    "numbers", "booleans", "arrays", "objects", "iterables", "scalars", "trim", "utf8bytelength", "@base64", "@json",
    "@csv", "@sh", "@uri", "@html", "@text", "@base64d", "error", "recurse", "transpose", "keys_unsorted", "gmtime",
    'ltrimstr("a")', "mktime", "(now | type)", "paths", "tostream", "to_entries[]", "toboolean", "@tsv",
)  # fmt: skip
OF_TEXT = ("has", "startswith", "endswith", "split", "join", "contains", "ltrimstr", "rtrimstr", "index", "test", "IN")
OF_FILTER = (
    "select", "map", "map_values", "with_entries", "sort_by", "group_by", "unique_by", "min_by", "max_by", "any", "all",
    "first", "last", "isempty", "add", "del", "path",
)  # fmt: skip
OF_PATTERN = ("test", "match", "capture", "scan", "splits")
PATTERNS = ('"a"', '"(?<n>[a-z]+)"', '"("', ".a", '"a", "b"', '"a"; "gi"', '"^.*$"')
CONDITIONS = (
    '.type == "a"', ".a == null", '.a.type == "b"', ".a != null", '(.a | type) == "string"', 'has("a")', ".a", ".[0]",
    ".b | not", '.a | has("b")', 'type == "object"', '. == "a"', ".a and .b", ".a or .b", '.a | startswith("a")',
    "(.a | length) > 0", ".a == null or .b == null", ".a != null and .a.b != null", '"a" == .type', "$x == null",
    "$x | not", '$x.a == "a"', 'has("a") | not', 'IN("a", "b")', '.a | IN("a", null)', ".a == 1", ".a > 1", ".a == .b",
    '.a | type == "array"', "(.a == null) | not", 'any(.[]; . == "a")', '.a | test("a")', '.a? == "a"', ".a // .b",
    '.type as $x | $x == "a"', ".a == false", ".a == 1.0", "length == 0", "[.a, .b] | length == 2", ".a | . == null",
    ".a == []", ".a.b",
)  # fmt: skip
SCALARS = (None, None, True, False, 0, 1, -1, 2.5, 1.0, "", "a", "b", "a,b", "12", "type", "2024-01-01T00:00:00Z", "é")
KEYS = (("a",), ("a", "b"), ("a", "type"), ("type", "a", "b"), (), ("key", "value"), ("b", "c"))

FORMS = (
    "PATH", "(F) | (F)", "(F) | (F)", "(F) | PLAIN", "PATH | PLAIN", "(F) | OF_TEXT(LITERAL)", "(F) | OF_TEXT(P)",
    "(F) | OF_FILTER(F)", "PATH | map(C)", "PATH | select(C)", "PATH | any(C)", "select(C) | (F)",
    "(select(C) | (F)) // (F)", "(F) OPERATOR (F)", "PATH OPERATOR LITERAL", "PATH OPERATOR PATH",
    "(if C then F else F end)", "(if C then F else F end)", "(if C then F elif C then F end)", "{a: (F), b: (F)}",
    "{(.a, (F)): (F)}", "{type, $x, c: (F)}", "[F]", "[STREAM | (F)]", "(F)?", "(try (F) catch (F))", '"\\(F) a"',
    '"\\(F)\\(.a)"', '@uri "\\(F)"', "((F) as $x | (F))", "((F) as [$x] | (F))", "((F) as {a: $x} | (F))", "(F), (F)",
    "(F)[F]", "(F)[:1]", "(F)[-1:]", "(F)[0]", "(F)[-1]", "-(F)", "limit(1; F)", "limit(0; F)", "limit(2; F)",
    '(F) | sub("a"; F)', "(F) | gsub(PATTERN; .n)", "(F) | gsub(PATTERN; .n, 1)", "(F) | OF_PATTERN(PATTERN)",
    "any(F; C)", "all(F; C)", "reduce (F) as $y (0; . + 1)", "(.a) = (F)", "(.b.c) |= (F)", "(.) += (F)",
)  # fmt: skip
"""F is a program, C a condition, P a short program; the names stand for one of their table."""
_TABLES = {
    "PATH": PATHS, "PLAIN": PLAIN, "OF_TEXT": OF_TEXT, "OF_FILTER": OF_FILTER, "OF_PATTERN": OF_PATTERN,
    "PATTERN": PATTERNS, "LITERAL": LITERALS, "OPERATOR": OPERATORS, "STREAM": STREAMS,
}  # fmt: skip
_WORD = re.compile(r"\b(?:[A-Z]+_)?[A-Z]+\b")


def program(choose: Choose, depth: int) -> str:
    """A program of at most so many levels; `$x` is in scope."""
    if depth <= 0:
        return str(choose(choose((PATHS, PATHS, LITERALS, STREAMS))))
    return _WORD.sub(lambda word: _written(word[0], choose, depth - 1), choose(FORMS))


def _written(word: str, choose: Choose, depth: int) -> str:
    if word == "F":
        return program(choose, depth)
    if word == "C":
        return _condition(choose, depth)
    return program(choose, 0) if word == "P" else str(choose(_TABLES[word]))


def _condition(choose: Choose, depth: int) -> str:
    if depth <= 0 or choose((True, True, False)):
        return str(choose(CONDITIONS))
    form = choose(("(F)", "(C) and (C)", "(C) or (C)", "(C) | not"))
    return _WORD.sub(lambda word: _written(word[0], choose, depth - 1), form)


def value(choose: Choose, depth: int = 3) -> Any:
    """A small value of JSON."""
    kind = choose(("object", "object", "object", "list", "scalar")) if depth else "scalar"
    if kind == "object":
        return {key: value(choose, depth - 1) for key in choose(KEYS)}
    if kind == "list":
        one = value(choose, depth - 1)
        return [one if choose((True, False)) else value(choose, depth - 1) for _ in range(choose(range(4)))]
    return choose(SCALARS)
