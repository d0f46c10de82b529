"""A jq tree as one Python function over parsed JSON, where that is possible. Pure.

The one rule: a function gives exactly what libjq gives, or UNSURE, and then libjq decides; an expression that may run
long has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from portside.jq.programs import DEPTH_LIMIT, Result, error_text
from portside.jq.python.bounds import bounded
from portside.jq.python.nodes import Nodes
from portside.jq.python.outputs import ONE, outputs
from portside.jq.python.running import NAMES
from portside.jq.python.source import Unsupported
from portside.jq.tree import Array, Binary, Bind, Identity, If, Index, Literal, Node, Object, Pipe, Text, Try, below
from portside.jq.values.functions import Failed, Unsure
from portside.model.resource import JSON

UNSURE: Final = Result(error="libjq decides")
"""The outcome of a closure that does not know."""

_PLAIN = frozenset({str, bool, type(None)})
"""Types of which every value is the same to jq and to Python."""
_EXACT = 2**53
_SIZE_LIMIT = 16_000_000
"""Characters and members of a value that a closure gives; a larger one is for the worker with its limit."""

Outcome = JSON | Result
"""A value as it is, or a Result for everything else: no output, an error, one of several outputs."""


class Closure(NamedTuple):
    """`run` gives the value itself when the expression has exactly one output (`one`), else a generator of outputs."""

    run: Callable[[JSON], Any]
    one: bool


def closure(node: Node) -> Closure | None:
    """The function of a tree; None for one that only libjq runs."""
    nodes = Nodes()
    try:
        if not bounded(node):
            return None
        nodes.begin(node)
        one = outputs(node) == ONE
        if one:
            nodes.source.write(f"return {nodes.value(node, 'v')}")
        else:
            nodes.yields(node, "v")
        return Closure(nodes.source.function("v", dict(NAMES)), one)
    except (Unsupported, RecursionError):
        return None


def outcome(found: Closure, value: JSON) -> Outcome:
    """What the expression gives for a value."""
    try:
        given = found.run(value)
        return settled(given) if found.one else _drawn(given)
    except Failed as error:
        return failed(error)
    except (Unsure, RecursionError):
        return UNSURE


def failed(error: Failed) -> Result:
    """An error of jq as an outcome."""
    try:
        return Result(error=error_text(settled(error.value)))
    except (Unsure, RecursionError):
        return UNSURE


def _drawn(stream: Iterator[JSON]) -> Outcome:
    """The first output; whether there are more is looked at, for Port drops them."""
    for value in stream:
        return Result(settled(value), more=True) if _goes_on(stream) else settled(value)
    return Result(missing=True)


def _goes_on(stream: Iterator[JSON]) -> bool:
    try:
        return next(((one,) for one in stream), None) is not None
    except Failed:
        return False


def settled(value: JSON) -> JSON:
    """The value as it leaves jq: numbers are doubles there, and whole ones have no point. Raises Unsure."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int and -_EXACT <= value <= _EXACT:
        return value
    if kind is list and _PLAIN.issuperset(map(type, value)):
        return value
    left = [_SIZE_LIMIT]
    return _settled(value, DEPTH_LIMIT, left)


def _settled(value: Any, levels: int, left: list[int]) -> JSON:
    kind = type(value)
    left[0] -= len(value) if kind is str or kind is list or kind is dict else 1
    if not levels or left[0] < 0:
        raise Unsure
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: _settled(one, levels - 1, left) for key, one in value.items()}
    if kind is list:
        return [_settled(one, levels - 1, left) for one in value]
    return _number(value)


def _number(value: float) -> JSON:
    double = float(value) if -(10**300) < value < 10**300 else _unsure()
    return int(double) if double.is_integer() else double


def _unsure() -> float:
    raise Unsure


class Apart(Exception):
    """The input is not what most of the expressions read from: each has to run by itself."""


Fused = Callable[[JSON], tuple[Outcome, ...]]
"""What many expressions give, in their order."""


def fused(found: Sequence[Node], *, conditions: bool = False, raw: bool = False) -> Fused:
    """Expressions that have closures as one function; the path that most of them begin with is walked only once.

    The function raises Apart for an input that has no object at that path, and when one of them is unsure; of
    `conditions` also when one is neither true nor false. `raw` values are not `settled`: that is left to the caller.
    """
    nodes = Nodes()
    with nodes.source.block("try:"):
        _walked(nodes, _common(found))
        names = [_condition(nodes, node) if conditions else _guarded(nodes, node, raw) for node in found]
        nodes.source.write(f"return ({''.join(f'{name}, ' for name in names)})")
    with nodes.source.block(f"except (Unsure, RecursionError{', Failed' if conditions else ''}):"):
        nodes.source.write("raise Apart")
    return nodes.source.function("v", {**NAMES, **_FUSED})


_FUSED = {
    "Apart": Apart, "Unsure": Unsure, "RecursionError": RecursionError, "UNSURE": UNSURE, "PLAIN": _PLAIN,
    "failed": failed, "settled": settled, "outcome": outcome,
}  # fmt: skip


def _walked(nodes: Nodes, keys: Sequence[str]) -> None:
    """Walks the path, and knows from there on that there are objects all along."""
    path: Node = Identity(0, 0)
    for key in (None, *keys):
        path = path if key is None else Index(0, 0, path, Literal(0, 0, key, ""))
        name = nodes.value(path, "v")
        nodes.source.write(f"if type({name}) is not dict: raise Apart")
        nodes.source.mark_object(name)


def _guarded(nodes: Nodes, node: Node, raw: bool) -> str:
    """One expression, whose errors stay with it."""
    source, found = nodes.source, nodes.source.name()
    if outputs(node) != ONE:
        source.write(f"{found} = outcome({source.constant(closure(node))}, v)")
        source.write(f"if {found} is UNSURE: raise Unsure")
        return found
    nodes.begin(node)
    with source.block("try:"):
        source.write(f"{found} = {nodes.value(node, 'v')}")
        if not raw:
            source.write(f"if type({found}) not in PLAIN: {found} = settled({found})")
    with source.block("except Failed as error:"):
        source.write(f"{found} = failed(error)")
        source.write(f"if {found} is UNSURE: raise Unsure")
    return found


def _condition(nodes: Nodes, node: Node) -> str:
    nodes.begin(node)
    one = outputs(node) == ONE
    found = nodes.value(node, "v") if one else nodes.source.put(f"outcome({nodes.source.constant(closure(node))}, v)")
    nodes.source.write(f"if {found} is not True and {found} is not False: raise Apart")
    return found


def _common(found: Sequence[Node]) -> tuple[str, ...]:
    """The longest path that more than half of the expressions walk from the input."""
    counts = Counter(path for node in found for path in set(_walks(node)))
    return max((path for path, count in counts.items() if 2 * count > len(found)), key=len, default=())


def _walks(node: Node) -> Iterator[tuple[str, ...]]:
    """The paths that are surely walked from the input itself, without their last key."""
    if isinstance(node, Index) and (path := _path(node)) is not None:
        yield from (path[:length] for length in range(len(path)))
        return
    inside = (node.left,) if isinstance(node, Pipe) else below(node)
    if isinstance(node, _SAME_INPUT):
        for one in inside:
            yield from _walks(one)


_SAME_INPUT = (Array, Binary, Bind, If, Object, Pipe, Text, Try)


def _path(node: Node) -> tuple[str, ...] | None:
    """The keys of a plain path from the input."""
    if isinstance(node, Identity):
        return ()
    if isinstance(node, Index) and isinstance(node.key, Literal) and isinstance(node.key.value, str):
        of = _path(node.of)
        return None if of is None else (*of, node.key.value)
    return None
