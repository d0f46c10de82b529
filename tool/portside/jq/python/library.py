"""What jq itself defines through other jq: a call of it turned into that expression (jq's builtin.jq). Pure.

The one rule: both mean exactly the same, down to the order of outputs and the first error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from portside.jq.tree import (
    Array,
    Binary,
    Bind,
    Branch,
    Call,
    Identity,
    If,
    Index,
    Iterate,
    Literal,
    Negation,
    Node,
    Pipe,
    Variable,
    VariablePattern,
)
from portside.model.resource import JSON


def expanded(call: Call) -> Node | None:
    """The expression that a call stands for, in jq's own library; None for one that stands for itself."""
    expand = _EXPANDED.get(f"{call.name}/{len(call.arguments)}")
    return expand(call) if expand else None


def _dot(call: Call) -> Node:
    return Identity(call.start, call.end)


def _members(call: Call) -> Node:
    return Iterate(call.start, call.end, _dot(call))


def _call(at: Call, name: str, *arguments: Node) -> Node:
    return Call(at.start, at.end, name, arguments)


def piped(call: Call, *nodes: Node) -> Node:
    """The nodes one after the other, at the place of the call."""
    first, *rest = nodes
    for node in rest:
        first = Pipe(call.start, call.end, first, node)
    return first


def _literal(call: Call, value: JSON) -> Node:
    return Literal(call.start, call.end, value, str(value) if type(value) is int else "")


def _map(call: Call) -> Node:
    return Array(call.start, call.end, piped(call, _members(call), call.arguments[0]))


def _where(call: Call, condition: Node) -> Node:
    return If(call.start, call.end, (Branch(condition, _dot(call)),), _call(call, "empty"))


def _of_type(names: tuple[str, ...], call: Call) -> Node:
    found: Node | None = None
    for name in names:
        one = Binary(call.start, call.end, "==", _call(call, "type"), _literal(call, name))
        found = Binary(call.start, call.end, "or", found, one) if found else one
    assert found
    return _where(call, found)


def _null(operator: str, call: Call) -> Node:
    return _where(call, Binary(call.start, call.end, operator, _dot(call), _literal(call, None)))


def _over_members(call: Call) -> Node:
    """any, all and their like without a generator of their own: over the members."""
    condition = call.arguments[0] if call.arguments else _dot(call)
    return _call(call, call.name, _members(call), condition)


def _in(call: Call) -> Node:
    """The right side of an operator is the outer loop."""
    left, right = call.arguments if len(call.arguments) == 2 else (call.arguments[0], _dot(call))
    return _call(call, "any", Binary(call.start, call.end, "==", left, right), _dot(call))


def _at(position: Node, call: Call) -> Node:
    return Index(call.start, call.end, _dot(call), position)


def _last(call: Call) -> Node:
    return _at(Negation(call.start, call.end, _literal(call, 1)), call)


def _the_other_way(name: str, call: Call) -> Node:
    """`in(xs)` and `inside(xs)`: has and contains with input and argument changed; no name of an author has a space."""
    found = Variable(call.start, call.end, "the input")
    body = piped(call, call.arguments[0], _call(call, name, found))
    pattern = VariablePattern(call.start, call.end, found.name)
    return Bind(call.start, call.end, _dot(call), (pattern,), body)


_EXPANDED: Mapping[str, Callable[[Call], Node]] = {
    "map/1": _map,
    "select/1": lambda call: _where(call, call.arguments[0]),
    "values/0": partial(_null, "!="),
    "nulls/0": partial(_null, "=="),
    "strings/0": partial(_of_type, ("string",)),
    "numbers/0": partial(_of_type, ("number",)),
    "booleans/0": partial(_of_type, ("boolean",)),
    "arrays/0": partial(_of_type, ("array",)),
    "objects/0": partial(_of_type, ("object",)),
    "iterables/0": partial(_of_type, ("array", "object")),
    "any/0": _over_members,
    "any/1": _over_members,
    "all/0": _over_members,
    "all/1": _over_members,
    "IN/1": _in,
    "IN/2": _in,
    "first/0": lambda call: _at(_literal(call, 0), call),
    "last/0": _last,
    "nth/1": lambda call: _at(call.arguments[0], call),
    "error/1": lambda call: piped(call, call.arguments[0], _call(call, "error")),
    "in/1": partial(_the_other_way, "has"),
    "inside/1": partial(_the_other_way, "contains"),
    "with_entries/1": lambda call: piped(
        call, _call(call, "to_entries"), _call(call, "map", call.arguments[0]), _call(call, "from_entries")
    ),
    "toarray/0": lambda call: If(
        call.start,
        call.end,
        (Branch(Binary(call.start, call.end, "==", _call(call, "type"), _literal(call, "array")), _dot(call)),),
        Array(call.start, call.end, _dot(call)),
    ),
}
