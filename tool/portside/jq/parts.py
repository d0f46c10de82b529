"""Which parts of a node are worth a look, and on what input each of them runs. Pure.

The one rule: an input is what libjq gave further left, or what its author's text gives; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portside.jq import turns
from portside.jq.arguments import ELEMENTS, own
from portside.jq.slices import Given, Name
from portside.jq.tree import (
    Array,
    ArrayPattern,
    Binary,
    Bind,
    Call,
    Comma,
    Define,
    Foreach,
    Identity,
    If,
    Index,
    Iterate,
    Literal,
    Negation,
    Node,
    Object,
    ObjectPattern,
    Optional,
    Pattern,
    Pipe,
    Reduce,
    Slice,
    Text,
    Try,
    Update,
    Variable,
    VariablePattern,
)
from portside.jq.walk import Step, Walk, alone

UNREACHED = "no known delivery gets here"


def _path(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    """What the path begins with, what its keys ask for, and where on the way it turns null."""
    stretches = turns.spine(node)
    start = stretches[0]
    if not isinstance(start, Variable):
        yield from walk.worth(start, given)
    for part in stretches:
        for key in _keys(part):
            yield from walk.worth(key, given)
    found = turns.possible(node, walk.known) if given is None else walk.turned(node, given)
    told = (node,) if isinstance(start, Variable) else (node, start)
    if found and found.node not in told:
        yield walk.step(found.node, alone(given))._replace(note=found.note, steps=())


def _keys(part: Node) -> tuple[Node | None, ...]:
    step = part.body if isinstance(part, Optional) else part
    if isinstance(step, Slice):
        return (step.from_, step.to)
    return (step.key,) if isinstance(step, Index) else ()


def _try(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    if node.handler is None:
        yield from _path(walk, node, given)
        return
    yield from walk.worth(node.body, given)
    if given is None:
        yield walk.step(node.handler, None, "catch")
    elif caught := walk.onward(f"try (({walk.seen(node.body)}\n) | empty) catch .", [given]):
        yield walk.step(node.handler, caught, "catch")


def _pipe(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    givens = alone(given)
    while isinstance(node, Pipe):
        if not isinstance(node.left, Identity | Literal):
            yield walk.step(node.left, givens)
        givens = None if givens is None else walk.onward(walk.seen(node.left), givens)
        if givens == []:
            return
        node = node.right
    yield walk.step(node, givens)


def _if(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    for place, branch in enumerate(node.branches):
        yield walk.step(branch.condition, alone(given), "elif" if place else "if")
        true = None if given is None else walk.true(branch.condition, given)
        if given is None or true:
            yield _side(walk, branch.body, given, "then")
        if given is not None and true is not False:
            return
    if node.otherwise is not None:
        yield _side(walk, node.otherwise, given, "else")


def _side(walk: Walk, node: Node, given: Given | None, label: str) -> Step:
    """One of several ways; without an input, whether any known delivery takes it."""
    step = walk.step(node, alone(given), label)
    return step._replace(note=UNREACHED) if given is None and walk.known and node not in walk.known else step


def _binary(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    match node.operator:
        case "//":
            yield from _alternatives(walk, node, given)
        case "and" | "or":
            yield from _logic(walk, node, given)
        case _:
            for side in _operands(node):
                yield from walk.worth(side, given)


def _operands(node: Binary) -> list[Node]:
    """The sides of `a + b + c`, of `a and b and c`."""
    left = node.left
    if isinstance(left, Binary) and left.operator == node.operator:
        return [*_operands(left), node.right]
    return [left, node.right]


def _alternatives(walk: Walk, node: Node, given: Given | None) -> Iterator[Step]:
    """The sides of `a // b // c` up to the one that counts."""
    label = ""
    while isinstance(node, Binary) and node.operator == "//":
        yield from walk.worth(node.left, given, label)
        tried = () if given is None else walk.outputs(walk.seen(node.left), given).values
        if any(value is not None and value is not False for value in tried):
            return
        node, label = node.right, "//"
    yield _side(walk, node, given, label)


def _logic(walk: Walk, node: Binary, given: Given | None) -> Iterator[Step]:
    for side in _operands(node):
        yield from walk.worth(side, given)
        if given is not None and walk.true(side, given) is not (node.operator == "and"):
            return


def _array(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    if node.body is not None:
        yield from _inside(walk, node.body, alone(given))


def _inside(walk: Walk, node: Node, givens: list[Given] | None) -> Iterator[Step]:
    """What stands in a frame: the parts of a pipe, or else the node itself."""
    if isinstance(node, Pipe | Comma | Bind):
        yield from walk.below(node, givens)
    elif givens != [] and not isinstance(node, Identity | Literal):
        yield walk.step(node, givens)


def _object(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    for entry in node.entries:
        key = entry.key.value if isinstance(entry.key, Literal) else walk.said(entry.key)
        yield from walk.worth(entry.value, given, f"{key}:")


def _comma(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    for side in (node.left, node.right):
        yield from _comma(walk, side, given) if isinstance(side, Comma) else walk.worth(side, given)


def _text(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    for part in node.parts:
        if not isinstance(part, str):
            yield from walk.worth(part, given)


def _negation(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    yield from walk.worth(node.body, given)


def _update(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    yield from walk.worth(node.target, given)
    if node.operator != "|=":
        yield from walk.worth(node.value, given)


def _fold(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    yield from walk.worth(node.source, given)
    yield from walk.worth(node.initial, given)


def _bind(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    patterns = " ?// ".join(map(walk.seen, node.patterns))
    yield from walk.worth(node.source, given, f"{patterns} =")
    if given is None:
        yield from _inside(walk, node.body, None)
        return
    names = list(dict.fromkeys(f"${name}" for pattern in node.patterns for name in _names(pattern)))
    bound = walk.onward(f"{walk.seen(node.source)} as {patterns} | [{', '.join(names)}]", [given])
    yield from _inside(walk, node.body, [given.named(*map(Name, names, one.value)) for one in bound])


def _names(pattern: Pattern | None) -> Iterator[str]:
    match pattern:
        case VariablePattern():
            yield pattern.name
        case ArrayPattern():
            for item in pattern.items:
                yield from _names(item)
        case ObjectPattern():
            for entry in pattern.entries:
                yield from [entry.name] if entry.name else []
                yield from _names(entry.pattern)


def _define(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    definition = Name(walk.text[node.start : node.rest.start].lstrip("( \t\r\n"))
    yield from _inside(walk, node.rest, None if given is None else [given.named(definition)])


def _call(walk: Walk, node: Any, given: Given | None) -> Iterator[Step]:
    if "def " in walk.text:
        return  # the name may be the author's own
    if node.name in ELEMENTS and len(node.arguments) == 1:
        elements = None if given is None else walk.onward(ELEMENTS[node.name], [given])
        yield from _inside(walk, node.arguments[0], elements)
    for argument in own(node):
        yield from walk.worth(argument, given)


PARTS: Mapping[type, Callable[[Walk, Any, Given | None], Iterator[Step]]] = {
    Index: _path,
    Slice: _path,
    Iterate: _path,
    Optional: _path,
    Try: _try,
    Pipe: _pipe,
    If: _if,
    Binary: _binary,
    Array: _array,
    Object: _object,
    Comma: _comma,
    Text: _text,
    Negation: _negation,
    Update: _update,
    Reduce: _fold,
    Foreach: _fold,
    Bind: _bind,
    Define: _define,
    Call: _call,
}
