"""jq text as a tree: what hangs on what, where each node stands, and which names there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jq
import pytest

from portside.jq.names import BUILTINS
from portside.jq.programs import PREFIX
from portside.jq.syntax import DEPTH_LIMIT, NESTING_LIMIT, NotJq, error, parse, read
from portside.jq.tree import (
    Array,
    ArrayPattern,
    Binary,
    Bind,
    Branch,
    Break,
    Call,
    Comma,
    Define,
    Descent,
    Entry,
    Foreach,
    Format,
    Identity,
    If,
    Index,
    Iterate,
    Label,
    Literal,
    Negation,
    Node,
    Object,
    ObjectPattern,
    Optional,
    PatternEntry,
    Pipe,
    Reduce,
    Slice,
    Text,
    Try,
    Update,
    Variable,
    VariablePattern,
    below,
)

MANUAL = json.loads((Path(__file__).parent / "payloads" / "jq" / "manual.json").read_text())


def number(start: int, text: str) -> Literal:
    return Literal(start, start + len(text), int(text), text)


def field(start: int, name: str) -> Index:
    end = start + 1 + len(name)
    return Index(start, end, Identity(start, start + 1), Literal(start + 1, end, name, ""))


ONE, DOT = number(0, "1"), Identity(0, 1)

TREES: list[tuple[str, Node]] = [
    (".", Identity(0, 1)),
    ("..", Descent(0, 2)),
    (" null ", Literal(1, 5, None, "")),
    ("1.50", Literal(0, 4, 1.5, "1.50")),
    (r'"a\u00e9\n\ud83d\ude00"', Literal(0, 23, "aé\n😀", "")),
    (r'"\udc00"', Literal(0, 8, "\ufffd", "")),
    ('""', Literal(0, 2, "", "")),
    (r'"a\(1)"', Text(0, 7, "", ("a", number(4, "1")))),
    ('@uri "a"', Text(0, 8, "uri", ("a",))),
    ("@uri", Format(0, 4, "uri")),
    (".if", field(0, "if")),
    (".a.b", Index(0, 4, field(0, "a"), Literal(3, 4, "b", ""))),
    ('."a b"', Index(0, 6, DOT, Literal(1, 6, "a b", ""))),
    (".[1]", Index(0, 4, DOT, number(2, "1"))),
    (".a.[1]", Index(0, 6, field(0, "a"), number(4, "1"))),
    (".[1:]", Slice(0, 5, DOT, number(2, "1"), None)),
    (".[:1]", Slice(0, 5, DOT, None, number(3, "1"))),
    (".[]", Iterate(0, 3, DOT)),
    (".a?", Optional(0, 3, field(0, "a"))),
    (".a??", Try(0, 4, Optional(0, 3, field(0, "a")), None)),
    ("(.a)?", Try(0, 5, Index(0, 4, Identity(1, 2), Literal(2, 3, "a", "")), None)),
    ("try 1 catch .", Try(0, 13, number(4, "1"), Identity(12, 13))),
    ("try 1 + 2", Binary(0, 9, "+", Try(0, 5, number(4, "1"), None), number(8, "2"))),
    ("[]", Array(0, 2, None)),
    ("[1]", Array(0, 3, number(1, "1"))),
    ("{}", Object(0, 2, ())),
    ("{$ENV: 1}", Object(0, 9, (Entry(Variable(1, 5, "ENV"), number(7, "1")),))),
    ("{if, $ENV}", Object(0, 10, (Entry(Literal(1, 3, "if", ""), None), Entry(Variable(5, 9, "ENV"), None)))),
    ("{a: 1 | 2,}", Object(0, 11, (Entry(Literal(1, 2, "a", ""), Pipe(4, 9, number(4, "1"), number(8, "2"))),))),
    ('{("a"): 1}', Object(0, 10, (Entry(Literal(1, 6, "a", ""), number(8, "1")),))),
    ("-.a", Negation(0, 3, field(1, "a"))),
    ("1 | 2 | 3", Pipe(0, 9, ONE, Pipe(4, 9, number(4, "2"), number(8, "3")))),
    ("1, 2, 3", Comma(0, 7, Comma(0, 4, ONE, number(3, "2")), number(6, "3"))),
    ("1, 2 | 3", Pipe(0, 8, Comma(0, 4, ONE, number(3, "2")), number(7, "3"))),
    ("1 + 2 * 3", Binary(0, 9, "+", ONE, Binary(4, 9, "*", number(4, "2"), number(8, "3")))),
    ("1 - 2 - 3", Binary(0, 9, "-", Binary(0, 5, "-", ONE, number(4, "2")), number(8, "3"))),
    ("(1 - 2)", Binary(0, 7, "-", number(1, "1"), number(5, "2"))),
    ("1 // 2 // 3", Binary(0, 11, "//", ONE, Binary(5, 11, "//", number(5, "2"), number(10, "3")))),
    ("1 or 2 and 3", Binary(0, 12, "or", ONE, Binary(5, 12, "and", number(5, "2"), number(11, "3")))),
    (".a = 1 // 2", Binary(0, 11, "//", Update(0, 6, "=", field(0, "a"), number(5, "1")), number(10, "2"))),
    ("if 1 then 2 end", If(0, 15, (Branch(number(3, "1"), number(10, "2")),), None)),
    (
        "if 1 then 2 elif 3 then 4 else 5 end",
        If(0, 36, (Branch(number(3, "1"), number(10, "2")), Branch(number(17, "3"), number(24, "4"))), number(31, "5")),
    ),
    ("1 + 1 as $x | 2, 3", Bind(
        0, 18, Binary(0, 5, "+", ONE, number(4, "1")), (VariablePattern(9, 11, "x"),),
        Comma(14, 18, number(14, "2"), number(17, "3")),
    )),
    ("1 as [$a, {$b: [$c], a: $d}] ?// $a | 1", Bind(
        0, 39, ONE,
        (
            ArrayPattern(5, 28, (VariablePattern(6, 8, "a"), ObjectPattern(10, 27, (
                PatternEntry(Literal(12, 13, "b", ""), "b", ArrayPattern(15, 19, (VariablePattern(16, 18, "c"),))),
                PatternEntry(Literal(21, 22, "a", ""), "", VariablePattern(24, 26, "d")),
            )))),
            VariablePattern(33, 35, "a"),
        ),
        number(38, "1"),
    )),
    ("reduce 1 as $x (2; 3)", Reduce(
        0, 21, number(7, "1"), (VariablePattern(12, 14, "x"),), number(16, "2"), number(19, "3"))),
    ("foreach 1 as $x (2; 3)", Foreach(
        0, 22, number(8, "1"), (VariablePattern(13, 15, "x"),), number(17, "2"), number(20, "3"), None)),
    ("foreach 1 as $x (2; 3; 4)", Foreach(
        0, 25, number(8, "1"), (VariablePattern(13, 15, "x"),), number(17, "2"), number(20, "3"), number(23, "4"))),
    ("def f: 1; f", Define(0, 11, "f", (), number(7, "1"), Call(10, 11, "f", ()))),
    ("def f(a; $b): 1; 2", Define(0, 18, "f", ("a", "$b"), number(14, "1"), number(17, "2"))),
    ("range(1; 2)", Call(0, 11, "range", (number(6, "1"), number(9, "2")))),
    ("$__loc__", Variable(0, 8, "__loc__")),
    ("1 as $x | $$$$x", Bind(0, 15, ONE, (VariablePattern(5, 7, "x"),), Variable(10, 15, "$$$x"))),
    ("label $x | break $x", Label(0, 19, "x", Break(11, 19, "x"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_a_text_has_its_tree(text: str, tree: Node):
    assert parse(text) == tree


def test_an_author_s_single_quotes_are_read_as_port_turns_them():
    assert read(".a == 'x y'") == Binary(0, 11, "==", field(0, "a"), Literal(6, 11, "x y", ""))


def test_the_fast_way_of_paths_makes_the_same_nodes():
    assert parse(".body.event._data.x1") == parse(".body.event._data.x1 ")


@pytest.mark.parametrize("program", [example["program"] for example in MANUAL])
def test_every_example_of_the_manual_has_a_tree(program: str):
    assert error(program) is None


@pytest.mark.parametrize(
    "text",
    [
        "1 == 2 == 3", ".a = .b = 1", "1 < 2 == 3", ".[:]", ".a.[1:]", "{,}", "{a: 1,,}", "{a: 1, b: . as $x | 1}",
        "{a: def f: 1; f}", "{1: 2}", "{-1: 2}", "{$__loc__: 1}", "{@json: 1}", "1 as [] | 1", "1 as {$x,} | 1",
        "1 as $__loc__ | 1", ". as {(1): $x} | 1", "f()", "$", "$ x", "break", "break f", "reduce 1 as $x (1)",
        "reduce 1 as $x (1; 2; 3)", "foreach 1 as $x (1; 2; 3; 4)", "foreach 1 | 2 as $x (1; 2)", "if 1 then 2 else 3",
        "try", "1 + def f: 1; f", "def f: 1", "def f(): 1; 2", "def if: 1; 2", ".a::b", "? 1", "1 2", "@json @uri",
        "a::",
        r'"\ud800"', r'"\x"', r'"\u12"', '"\\', "label x | 1", "1 as x | 1", "{(1 + 1): 2}", "{([1, 2]): 1}",
        '{({"a": 1}): 1}',
        "{(. | 1): 1}", "{(1 == 1): 1}", '{("a,b" / ","): 1}', "{($__loc__): 1}", "{(def f: 1; 1): 1}",
        "{({$__loc__}): 1}",
    ],
)  # fmt: skip
def test_what_libjq_refuses_is_not_jq(text: str):
    assert (refused(text), error(text) is None) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "{(-1): 1}", "{(1, 2): 1}", "{(1 / 0): 1}", '{("a" * 2): 1}', '{("a" + 1): 1}', "{([1, (2, 3)]): 1}",
        '{("\\(1)"): 1}',
        '{({(.a): 1}): 1}', "{(1 | 2): 1}", '{(@text "a"): 1}', "{(. | .): 1}", "{(1 as $x | 2): 1}", "{([.]): 1}",
        '{({"a"}): 1}',
    ],
)  # fmt: skip
def test_a_key_that_jq_does_not_compute_beforehand_may_be_anything(text: str):
    assert (refused(text), error(text)) == (False, None)


@pytest.mark.parametrize(
    "text",
    [
        "def f: nosuch; 1", "def f: $x; def g: f; 1", "def f: break $x; 1", "def recurse: nosuch; .a",
        "def _plus(a; b): $x; 1 + 2",
        "def f(f): f; f(1)", "def f($a): a + $a; f(1)", "def f: def f: 1; f; f", "label $a | def f: break $a; f",
        "def a::b: 1; a::b",
        "1 as $a::b | $a::b", ". as [$x] ?// {($x): $y} | $y", "def true: nosuch; true", "$ENV | env", "1 | toarray",
    ],
)  # fmt: skip
def test_names_are_looked_up_where_something_uses_them(text: str):
    assert (refused(text), error(text)) == (False, None)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("def f: nosuch; f", 7), ("def f: 1; def g: f(2); g", 17), ("(1 as $x | 2) | $x", 16),
        (". as [$x, {($x): $y}] | 1", 11),
        ("reduce 1 as $x ($x; 2)", 16), ("(label $x | 1) | break $x", 17), ("def recurse: nosuch; ..", 13),
        ("def _plus(a; b): $x; 1 + .", 17), ("def error: $x; label $y | 1", 11), ('def format(f): $x; "\\(1)"', 15),
        ("def _modify(f; g): $x; . |= 1", 19), ("def _negate: $x; -1", 13), ("true(1)", 0), ("nosuch | $x", 0),
        ("$x | nosuch", 0),
        ("f as {a: $x} | def f: 1; $x", 0), ("def f(x): x(1); f(2)", 10), ("1 as $x | $$$$y", 10), ("$__prog_args", 0),
    ],
)  # fmt: skip
def test_a_name_that_is_used_and_not_there_is_found(text: str, index: int):
    found = error(text)

    assert found
    assert (refused(text), found.index) == (True, index)


def test_the_functions_are_those_of_libjq():
    listed = set(jq.compile("builtins").input_value(None).first())

    assert {name for name in BUILTINS if not name.startswith("_")} == {*listed, "toarray/0"}


@pytest.mark.parametrize("name", sorted(name for name in BUILTINS if name.startswith("_")))
def test_libjq_compiles_the_functions_that_it_hides(name: str):
    word, arity = name.split("/")
    arguments = ";".join(["1"] * int(arity))

    assert not refused(f"{word}({arguments})" if arguments else word)


def test_names_of_its_own_are_what_libjq_compiles_and_nothing_else():
    assert [name for name in ("_plus/1", "_nwise/1", "_modify/3", "getpath/2", "date/0") if name in BUILTINS] == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000, "[" * NESTING_LIMIT + "1" + "]" * NESTING_LIMIT, "-" * 5000 + "1",
        "try " * 5000 + "1",
        "1 | " * 5000 + "1", "1 + " * 5000 + "1", ".a" * 5000, "def f: 1; " * 5000 + "f",
        '"\\(' * 5000 + "1" + ')"' * 5000,
        "1 as $x | " * 5000 + "1", "1 as " + "[" * 5000 + "$x" + "]" * 5000 + " | 1", "." + "?" * 5000,
        "1 // " * 5000 + "1",
    ],
)  # fmt: skip
def test_what_is_nested_more_deeply_than_anybody_writes_is_refused_in_words(text: str):
    found = error(text)

    assert found
    assert found.message.startswith("this is nested")


def test_lists_may_be_long():
    node = parse(", ".join(map(str, range(5000))))

    assert depth(node) < 40
    assert [one.value for one in leaves(node)] == list(range(5000))


def test_what_is_as_deep_as_it_may_be_is_read():
    assert depth(parse("1" + " + 1" * (DEPTH_LIMIT - 1))) == DEPTH_LIMIT


def test_not_jq_says_why():
    with pytest.raises(NotJq, match=re.escape("unexpected '+' after '|'")):
        parse(". | + 1")


def refused(text: str) -> bool:
    """Whether libjq does not compile a text after what Port puts before it."""
    try:
        jq.compile(PREFIX + text)
    except ValueError:
        return True
    return False


def depth(node: Node) -> int:
    return 1 + max(map(depth, below(node)), default=0)


def leaves(node: Node) -> list[Literal]:
    if isinstance(node, Literal):
        return [node]
    return [leaf for lower in below(node) for leaf in leaves(lower)]


@pytest.mark.parametrize(("text", "compiles"), [('{([(1, "a")]): 1}', False), ('{([((.a), "b")]): 1}', True)])
def test_a_list_in_brackets_of_its_own_is_a_list(text: str, compiles: bool):
    assert (error(text) is None) is compiles
