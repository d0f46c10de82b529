"""How many outputs an expression has for one input, by its form alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portside.jq.python.library import expanded
from portside.jq.tree import (
    Array,
    Binary,
    Call,
    Comma,
    Descent,
    Format,
    Identity,
    Index,
    Iterate,
    Literal,
    Node,
    Optional,
    Try,
    Variable,
    below,
)

ONE, MAYBE, MANY = 1, 2, 3
"""Exactly one (or an error), at most one, any number."""

_COUNTS: Mapping[str, int] = {
    "empty/0": MAYBE, "first/1": MAYBE, "last/1": MAYBE, "limit/2": MANY, "match/1": MANY, "match/2": MANY,
    "capture/1": MANY, "capture/2": MANY, "scan/1": MANY, "scan/2": MANY, "any/2": ONE, "all/2": ONE, "isempty/1": ONE,
    "add/1": ONE, "sort_by/1": ONE, "group_by/1": ONE, "unique_by/1": ONE, "min_by/1": ONE, "max_by/1": ONE,
}  # fmt: skip
"""Functions with as many outputs, whatever their arguments have."""


_ONE = frozenset({Identity, Literal, Variable, Format, Array})
_MANY = frozenset({Comma, Iterate, Descent})


def outputs(node: Node) -> int:
    """ONE, MAYBE or MANY: how many outputs the node has for one input."""
    kind = type(node)
    if kind in _ONE:
        return ONE
    if kind in _MANY:
        return MANY
    match node:
        case Index(of=of, key=key):
            return outputs(of) if type(key) is Literal else max(outputs(of), outputs(key))
        case Try(body=body, handler=None) | Optional(body=body):
            return max(MAYBE, outputs(body))
        case Binary(operator="//", left=left, right=right):
            return MANY if outputs(left) == MANY else outputs(right)
        case Call():
            return _of_call(node)
    return max((ONE, *map(outputs, below(node))))


def _of_call(call: Call) -> int:
    if (node := expanded(call)) is not None:
        return outputs(node)
    count = _COUNTS.get(f"{call.name}/{len(call.arguments)}")
    return max((ONE, *map(outputs, call.arguments))) if count is None else count
