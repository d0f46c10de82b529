"""Properties: the parser and libjq take the same texts, and every node stands where it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import jq
from hypothesis import given, settings
from hypothesis import strategies as st

from jq_programs import programs
from portside.jq.programs import PREFIX
from portside.jq.syntax import error, parse
from portside.jq.tree import Branch, Entry, Literal, Node, PatternEntry, below

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "150"))
"""More with PORTSIDE_EXAMPLES=20000; the default keeps the module to a few seconds."""

AROUND = ". as [$x, $y] | label $out | def f: .; def f(x): .; def g(f; $y): .; "
"""What the programs take for granted."""
PIECES = (
    *"()[]{}\"\\#|,;:.?$@=+-*/%<>!& \n1a", "?//", "//", "..", "as ", "as $x |", "if ", "then ", "else ", "end ",
    "def f: ", "reduce ",
    "try ", "catch ", "and ", "label $out |", "\\(", "\\u", "$x", "$__loc__", "@uri ", "null", '"a"', "# \\",
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A program with up to two pieces taken out or put in."""
    text = draw(programs())
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(("", *PIECES)))
        text = text[:at] + put + text[at + (not put) :]
    return text


@settings(max_examples=EXAMPLES)
@given(texts())
def test_a_text_is_jq_exactly_when_libjq_compiles_it_always(text: str):
    assert (error(text) is None) == compiles(text)
    assert (error(AROUND + text) is None) == compiles(AROUND + text)


@settings(max_examples=EXAMPLES)
@given(texts())
def test_an_error_has_words_and_a_place_always(text: str):
    found = error(text)

    assert found is None or (found.message and 0 <= found.index <= len(text))


@settings(max_examples=EXAMPLES)
@given(programs(size=8))
def test_a_node_is_what_its_own_text_says_always(text: str):
    whole = AROUND + text
    if error(whole):
        return
    for node in written(body(parse(whole)), whole):
        alone = AROUND + whole[node.start : node.end]
        assert body(parse(alone)) == moved(node, len(AROUND) - node.start)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True), min_size=1, max_size=6))
def test_a_path_read_the_fast_way_is_the_same_always(names: list[str]):
    path = "".join(f".{name}" for name in names)

    assert parse(path) == parse(f"{path} ")


def compiles(text: str) -> bool:
    """Whether libjq does, after what Port puts before it."""
    try:
        jq.compile(PREFIX + text)
    except ValueError:
        return False
    return True


def body(node: Node) -> Node:
    """The program inside AROUND: in a binding, a label and three definitions."""
    found: Any = node
    return found.body.body.rest.rest.rest


def written(node: Node, text: str) -> Iterator[Node]:
    """A node and all below it but the words that are keys, which say something else when they stand alone."""
    if isinstance(node, Literal) and isinstance(node.value, str) and text[node.start] not in '"(':
        return
    yield node
    for lower in below(node):
        yield from written(lower, text)


def moved(part: Any, by: int) -> Any:
    """The same, standing elsewhere."""
    if not isinstance(part, tuple):
        return part
    if type(part) is tuple or isinstance(part, Branch | Entry | PatternEntry):
        return tuple.__new__(type(part), [moved(one, by) for one in part])
    start, end, *rest = part
    return tuple.__new__(type(part), [start + by, end + by, *(moved(one, by) for one in rest)])
