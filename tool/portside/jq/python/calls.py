"""The functions of jq that take expressions and that jq does not define itself: how each is written in Python. Pure.

The one rule: what a function of plain values is, functions.py and its neighbours know; here it is only found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from portside.jq.python.library import piped
from portside.jq.python.source import Sink, Unsupported, Writer
from portside.jq.tree import Array, Call, Literal, Node
from portside.jq.values.functions import BUILTINS
from portside.model.resource import JSON


def _error(writer: Writer, _call: Call, v: str) -> str:
    writer.source.write(f"raise Failed({v})")
    return "None"


def _not(writer: Writer, _call: Call, v: str) -> str:
    return writer.source.put(f"not {writer.source.truth(v)}", boolean=True)


def _any(writer: Writer, call: Call, v: str) -> str:
    stream = writer.stream(piped(call, *call.arguments), v)
    return writer.source.put(f"{call.name}_true({stream})", boolean=True)


def _is_empty(writer: Writer, call: Call, v: str) -> str:
    return writer.source.put(f"is_empty({writer.stream(call.arguments[0], v)})", boolean=True)


def _add(writer: Writer, call: Call, v: str) -> str:
    return writer.source.put(f"added({writer.stream(call.arguments[0], v)})")


def _by(writer: Writer, call: Call, v: str) -> str:
    """sort_by and its kin: the members with the list of what the expression gives for each."""
    source = writer.source
    keys, member = source.put("[]"), source.name()
    with source.block(f"for {member} in iterate({v}):"):
        key = writer.value(Array(call.start, call.end, call.arguments[0]), member)
        source.write(f"{keys}.append({key})")
    return source.put(f"{call.name}({v}, {keys})")


def _nothing(_writer: Writer, _call: Call, _v: str, _sink: Sink) -> None:
    return


def _first(writer: Writer, call: Call, v: str, sink: Sink) -> None:
    one = writer.source.name()
    with writer.source.block(f"for {one} in {writer.stream(call.arguments[0], v)}:"):
        sink.put(one)
        writer.source.write("break")


def _last_of(writer: Writer, call: Call, v: str, sink: Sink) -> None:
    last = writer.source.put(f"list({writer.stream(call.arguments[0], v)})[-1:]")
    with writer.source.block(f"if {last}:"):
        sink.put(writer.source.put(f"{last}[0]"))


def _limit(writer: Writer, call: Call, v: str, sink: Sink) -> None:
    count = call.arguments[0]
    if not isinstance(count, Literal) or type(count.value) is not int or count.value < 1:
        raise Unsupported
    one = writer.source.name()
    with writer.source.block(f"for {one} in islice({writer.stream(call.arguments[1], v)}, {count.value}):"):
        sink.put(one)


def _replaced(writer: Writer, call: Call, v: str) -> str:
    """sub and gsub: the replacement is an expression over what the groups of a match captured."""
    from portside.jq.values import patterns  # late: few expressions have a pattern

    pattern, replacement, *flags = call.arguments
    _sure(pattern, flags)
    function = writer.source.constant(getattr(patterns, call.name))
    given = [v, writer.value(pattern, v), _replacement(writer, replacement), *(writer.value(one, v) for one in flags)]
    return writer.source.put(f"{function}({', '.join(given)})")


def _replacement(writer: Writer, node: Node) -> str:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return repr(node.value)
    name, captured = writer.source.name(), writer.source.name()
    with writer.source.block(f"def {name}({captured}):"):
        writer.source.write(f"return {writer.value(node, captured)}")
    return name


def _matched(writer: Writer, call: Call, v: str, sink: Sink) -> None:
    from portside.jq.values import patterns  # late: few expressions have a pattern

    pattern, *flags = call.arguments
    _sure(pattern, flags)
    function = writer.source.constant(patterns.STREAMS[f"{call.name}/{len(call.arguments)}"])
    given = ", ".join((v, writer.value(pattern, v), *(writer.value(one, v) for one in flags)))
    one = writer.source.name()
    with writer.source.block(f"for {one} in {function}({given}):"):
        sink.put(one)


def _sure(pattern: Node, flags: Sequence[Node]) -> None:
    """A pattern that the text says is known to be sure or not. Raises Unsupported."""
    from portside.jq.values.patterns import compiled  # late: few expressions have a pattern

    said = [one.value for one in (pattern, *flags) if isinstance(one, Literal) and isinstance(one.value, str)]
    if len(said) == 1 + len(flags) and compiled(*said) is None:
        raise Unsupported


VALUES: Mapping[str, Callable[[Writer, Call, str], str]] = {
    "error/0": _error,
    "not/0": _not,
    "any/2": _any,
    "all/2": _any,
    "isempty/1": _is_empty,
    "add/1": _add,
    "sort_by/1": _by,
    "group_by/1": _by,
    "unique_by/1": _by,
    "min_by/1": _by,
    "max_by/1": _by,
    "sub/2": _replaced,
    "sub/3": _replaced,
    "gsub/2": _replaced,
    "gsub/3": _replaced,
}
"""By name and arity, those with exactly one output: writes it, and gives its name."""

STREAMS: Mapping[str, Callable[[Writer, Call, str, Sink], None]] = {
    "empty/0": _nothing,
    "first/1": _first,
    "last/1": _last_of,
    "limit/2": _limit,
    "match/1": _matched,
    "match/2": _matched,
    "capture/1": _matched,
    "capture/2": _matched,
    "scan/1": _matched,
    "scan/2": _matched,
}
"""Those with any number of outputs: puts each into the sink."""


def plain(call: Call) -> Callable[..., JSON]:
    """The function of values that a call stands for. Raises Unsupported where there is none."""
    name = f"{call.name}/{len(call.arguments)}"
    if name in BUILTINS:
        return BUILTINS[name]
    if name in _PATTERNS:
        from portside.jq.values import patterns  # late: few expressions have a pattern

        _sure(call.arguments[0], call.arguments[1:])
        return patterns.FUNCTIONS[name]
    if name in _DATES:
        from portside.jq.values import dates  # late: few expressions read a date

        return dates.FUNCTIONS[name]
    raise Unsupported


_PATTERNS = frozenset({"test/1", "test/2", "split/2"})
_DATES = frozenset(
    {
        "strptime/1", "strftime/1", "mktime/0", "gmtime/0", "fromdate/0", "fromdateiso8601/0", "todate/0",
        "todateiso8601/0",
    }
)  # fmt: skip
