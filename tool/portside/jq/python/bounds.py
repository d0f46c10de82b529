"""Can an expression run long, or give something huge? By its form alone. Pure.

The one rule: certain or no. What an expression computes is together at most `growth` times as large as its input, and
takes about as many steps; for what goes on for ever, or multiplies one stretch of the input by another, it is infinite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf, prod

from portside.jq.python.library import expanded
from portside.jq.python.outputs import MANY, outputs
from portside.jq.tree import (
    Array,
    Binary,
    Bind,
    Call,
    Comma,
    Define,
    Descent,
    Foreach,
    Format,
    Identity,
    If,
    Index,
    Iterate,
    Label,
    Literal,
    Node,
    Optional,
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

GROWTH_LIMIT = 10_000

_GROWS: Mapping[str, int] = {
    "tojson/0": 6, "tostring/0": 6, "to_entries/0": 25, "explode/0": 10, "split/1": 4, "indices/1": 10, "implode/0": 4,
    "match/1": 100, "match/2": 100, "capture/1": 20, "capture/2": 20, "scan/1": 4, "scan/2": 4,
}  # fmt: skip
"""Functions that give more than they get, in characters of JSON."""
_FORMAT = 12
"""A format may write six characters for one, and each of those may need a backslash."""
_ENDLESS = frozenset(
    {"range", "repeat", "recurse", "while", "until", "walk", "combinations", "inputs", "paths", "splits", "tostream"}
)

_STREAMED = frozenset(
    {"any", "all", "add", "first", "last", "limit", "isempty", "sort_by", "group_by", "unique_by", "min_by", "max_by"}
)
"""Functions that take what an expression gives one after the other; of all others each output is a call."""


def bounded(node: Node) -> bool:
    """Whether time and memory stay in proportion to the input."""
    return growth(node) <= GROWTH_LIMIT


def growth(node: Node) -> float:
    """How many times as large as its input all that the node computes can be."""
    match node:
        case Define() | Descent() | Foreach() | Label() | Reduce() | Update():
            return inf
        case Literal(value=value):
            return max(1, len(value)) if isinstance(value, str) else 1
        case Pipe(left=left, right=right):
            return inf if _count(left) == inf and free(right) else growth(left) * growth(right)
        case Bind(source=source, body=body):
            return growth(source) + _count(source) * growth(body)
        case Call():
            return _of_call(node)
        case Format():
            return _FORMAT
        case Index(of=of, key=Literal()) | Slice(of=of) | Iterate(of=of) | Optional(body=of):
            return growth(of)
        case If(branches=branches) if any(_count(branch.condition) == inf for branch in branches):
            return inf
        case Comma() | If() | Array() | Try() | Binary(operator="//"):
            return 1 + sum(map(growth, below(node)))
    return _of_operands(node, tuple(below(node)))


def _of_operands(node: Node, operands: Sequence[Node]) -> float:
    """Operands with several outputs multiply each other, and the work of what stands beside them."""
    counts = [count for one in operands if (count := _count(one)) != 1]
    small = (Literal,) if isinstance(node, Binary | Text) else _FREE
    beside = all(_made_of(one, small) for one in operands if _count(one) == 1)
    if inf in counts and (len(counts) > 1 or not beside):
        return inf
    size = 1 + sum(map(growth, operands))
    return size * prod(one for one in counts if one != inf) * (_FORMAT if isinstance(node, Text) else 1)


_FREE = (Literal, Identity, Variable, Index)
"""What takes no time and no room, however often it runs."""


def _made_of(node: Node, kinds: tuple[type, ...]) -> bool:
    return isinstance(node, kinds) and all(_made_of(one, kinds) for one in below(node))


def _count(node: Node) -> float:
    """How many outputs a node has at most; infinite when the input says how many."""
    if outputs(node) != MANY:
        return 1
    match node:
        case Comma(left=left, right=right):
            return _count(left) + _count(right)
        case Pipe(left=left, right=right) | Bind(source=left, body=right):
            return _count(left) * _count(right)
    return inf


def _of_call(call: Call) -> float:
    if (node := expanded(call)) is not None:
        return growth(node)
    if call.name in _ENDLESS or (call.name not in _STREAMED and inf in map(_count, call.arguments)):
        return inf
    return max(1, sum(map(growth, call.arguments))) * _GROWS.get(f"{call.name}/{len(call.arguments)}", 1)


def free(node: Node) -> bool:
    """Whether a node uses a variable from outside, whose value is of another size than the node's input."""
    return any(True for _ in _free(node, frozenset()))


def _free(node: Node, bound: frozenset[str]) -> Iterator[str]:
    match node:
        case Variable(name=name):
            if name not in bound:
                yield name
        case Bind(source=source, patterns=(VariablePattern(name=name),), body=body):
            yield from _free(source, bound)
            yield from _free(body, bound | {name})
        case _:
            for one in below(node):
                yield from _free(one, bound)
