"""Expressions that jq computes while it compiles: a key in brackets that gives no string is no key. Pure.

The one rule: constant is what libjq folds, no more and no less, however constant it may look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from portside.jq.tree import Array, Binary, Comma, Define, Entry, Identity, Literal, Node, Object, Pipe, Text, Variable
from portside.model.resource import JSON

Constant: TypeAlias = tuple[JSON] | None


def constant(node: Node) -> Constant:
    """The value, as a tuple of one; None for an expression that jq leaves as it is."""
    match node:
        case Literal(value=value):
            return (value,)
        case Text(parts=parts):
            return ("".join(map(str, parts)),) if all(isinstance(part, str) for part in parts) else None
        case Variable(name="__loc__"):
            return ({},)
        case Array(body=body):
            return _array(body)
        case Object(entries=entries):
            return _object(entries)
        case Binary(operator=operator, left=left, right=right):
            return _folded(operator, constant(left), constant(right))
        case Pipe() | Define():
            return constant(_bare(node)) if _bare(node) is not node else None
    return None


def _bare(node: Node) -> Node:
    """A node without what jq drops: a dot before or after a pipe, and a definition that nothing uses."""
    match node:
        case Define(rest=rest):
            return _bare(rest)
        case Pipe(left=left, right=right):
            if isinstance(_bare(left), Identity):
                return _bare(right)
            if isinstance(_bare(right), Identity):
                return _bare(left)
    return node


def _array(body: Node | None) -> Constant:
    if body is None:
        return ([],)
    members = [constant(member) for member in _members(body)]
    return ([member[0] for member in members if member],) if all(members) else None


def _members(body: Node) -> list[Node]:
    """What stands between commas. Brackets around the first ones change nothing, around others jq sees them."""
    body = _bare(body)
    if not isinstance(body, Comma):
        return [body]
    first, *others = *_row(body.left), *_row(body.right)
    return [*_members(first), *others]


def _row(node: Node) -> list[Node]:
    if isinstance(node, Comma) and node.start == node.left.start:
        return [*_row(node.left), *_row(node.right)]
    return [node]


def _object(entries: Sequence[Entry]) -> Constant:
    found: dict[str, JSON] = {}
    for entry in entries:
        key, value = _entry(entry)
        if not key or not value:
            return None
        found[str(key[0])] = value[0]
    return (found,)


def _entry(entry: Entry) -> tuple[Constant, Constant]:
    if entry.value is not None:
        return constant(entry.key), constant(entry.value)
    return ("__loc__",), constant(entry.key) if isinstance(entry.key, Variable) else None


def _folded(operator: str, left: Constant, right: Constant) -> Constant:
    from portside.jq.values.functions import Failed, Unsure

    fold = _operators().get(operator)
    if not left or not right or not fold:
        return None
    try:
        return (fold(left[0], right[0]),)
    except Failed:
        return None
    except Unsure:  # only of what is too large, and that is of the kind of the left side
        return left


def _operators() -> Mapping[str, Callable[[JSON, JSON], JSON]]:
    from portside.jq.values import functions

    return {
        "+": functions.add, "-": functions.subtract, "*": functions.multiply, "/": functions.divide,
        "%": functions.modulo, **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), lambda *_: True),
    }  # fmt: skip
