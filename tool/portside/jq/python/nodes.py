"""Each kind of node written in Python, for the part of jq that mappings are made of. Pure.

The one rule: exactly libjq's values, order and errors, or none at all: what is not certain here raises Unsupported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeGuard

from portside.jq.python.calls import STREAMS, VALUES, plain
from portside.jq.python.library import expanded
from portside.jq.python.outputs import ONE, outputs
from portside.jq.python.source import Sink, Source, Unsupported
from portside.jq.tree import (
    Array,
    Binary,
    Bind,
    Call,
    Comma,
    Format,
    Identity,
    If,
    Index,
    Iterate,
    Literal,
    Negation,
    Node,
    Object,
    Optional,
    Pipe,
    Slice,
    Text,
    Try,
    Variable,
    VariablePattern,
    below,
)

_EXACT = 2**53
"""Whole numbers up to here are the same in jq as in Python."""


class Nodes:
    """Writes the Python of one function, node by node."""

    def __init__(self) -> None:
        self.source = Source()
        self._variables: dict[str, str] = {}
        self._slicing = "slice_"

    def begin(self, node: Node) -> None:
        """What follows is this expression.

        libjq 1.8.2 takes two slices of one array that are equally long for equal; so where an expression has several,
        it decides about those of arrays.
        """
        self._slicing = "slice_" if _sliced_once(node) else "text_slice"

    def value(self, node: Node, v: str) -> str:
        """Writes what computes the only output of a node from the input `v`; gives its name, or a literal."""
        write = self._VALUES.get(type(node))
        if write is None or outputs(node) != ONE:
            raise Unsupported
        return write(self, node, v)

    def each(self, node: Node, v: str, sink: Sink) -> None:
        """Writes what computes the outputs of a node, and puts each into the sink."""
        if outputs(node) == ONE:
            return sink.put(self.value(node, v))
        write = self._EACH.get(type(node))
        if write is None:
            raise Unsupported
        return write(self, node, v, sink)

    def stream(self, node: Node, v: str) -> str:
        """A call of a generator of the outputs; what fails in their use fails outside of it."""
        name = self.source.name()
        with self.source.block(f"def {name}():"):
            self.yields(node, v)
        return f"{name}()"

    def yields(self, node: Node, v: str) -> None:
        """The body of a generator of the outputs."""
        self.each(node, v, Sink(lambda name: self.source.write(f"yield {name}"), True))
        self.source.write("if False: yield")

    def _apart(self, node: Node, v: str, sink: Sink) -> None:
        """Every output through one generator, so that the sink is written once."""
        one = self.source.name()
        with self.source.block(f"for {one} in {self.stream(node, v)}:"):
            sink.put(one)

    def _operands(self, nodes: Sequence[Node], v: str, done: Callable[[list[str]], None]) -> None:
        """Every combination of the nodes' outputs; the last node is computed first, as libjq does."""

        def rest(left: Sequence[Node], found: list[str]) -> None:
            if left:
                self.each(left[-1], v, Sink(lambda name: rest(left[:-1], [name, *found]), False))
            else:
                done(found)

        rest(nodes, [])

    def _only(self, nodes: Sequence[Node], v: str) -> list[str]:
        """The only outputs of all nodes, the last computed first."""
        return [self.value(node, v) for node in reversed(nodes)][::-1]

    # one output

    def _identity(self, _node: Identity, v: str) -> str:
        return v

    def _literal(self, node: Literal, _v: str) -> str:
        value = node.value
        if value is None or type(value) is bool:
            return repr(value)
        if type(value) is not str and (json.dumps(value) != node.text or abs(value) > _EXACT):
            raise Unsupported  # jq keeps the digits as they are written
        return self.source.put(repr(value))

    def _variable(self, node: Variable, _v: str) -> str:
        if node.name not in self._variables:
            raise Unsupported
        return self._variables[node.name]

    def _text(self, node: Text, v: str) -> str:
        return self._joined(node, self._only(_spelled(node), v))

    def _joined(self, node: Text, found: Sequence[str]) -> str:
        left = iter(found)
        texts = ", ".join(repr(part) if isinstance(part, str) else next(left) for part in node.parts)
        return self.source.put(f"''.join(({texts},))" if texts else "''")

    def _format(self, node: Format, v: str) -> str:
        if node.name == "text":
            return self.source.put(f"{v} if type({v}) is str else tostring({v})")
        return self.source.put(f"format_({node.name!r}, {v})")

    def _index(self, node: Index, v: str) -> str:
        key = "" if _is_name(node.key) else self.value(node.key, v)
        return self._at(node, self.value(node.of, v), key)

    def _at(self, node: Index, of: str, key: str = "") -> str:
        if not _is_name(node.key):
            return self.source.put(f"index({of}, {key})")
        name = repr(node.key.value)
        if self.source.is_object(of):
            return self.source.once(name, of, f"{of}.get({name})")
        return self.source.once(name, of, f"{of}.get({name}) if type({of}) is dict else field({of}, {name})")

    def _slice(self, node: Slice, v: str) -> str:
        from_ = "None" if node.from_ is None else self.value(node.from_, v)
        to = "None" if node.to is None else self.value(node.to, v)
        return self._cut(self.value(node.of, v), to, from_)

    def _cut(self, of: str, to: str, from_: str) -> str:
        return self.source.put(f"{self._slicing}({of}, {from_}, {to})")

    def _array(self, node: Array, v: str) -> str:
        if node.body is None:
            return self.source.put("[]")
        if outputs(node.body) == ONE:
            return self.source.put(f"[{self.value(node.body, v)}]")
        found = self.source.put("[]")
        self.each(node.body, v, Sink(lambda name: self.source.write(f"{found}.append({name})"), True))
        return found

    def _object(self, node: Object, v: str) -> str:
        members: list[str] = []
        self._entries(node, v, 0, members, lambda: None)
        return self.source.put(f"{{{', '.join(members)}}}")

    def _entries(self, node: Object, v: str, at: int, members: list[str], done: Callable[[], None]) -> None:
        """The entries from one on, each key judged before the next entry runs."""
        if at == len(node.entries):
            return done()
        key, value = _pair(node.entries[at].key, node.entries[at].value)

        def paired(name: str, member: str) -> None:
            if not isinstance(key, Literal | Text):
                self.source.write(f"if type({name}) is not str: not_a_key({name})")
            members.append(f"{name}: {member}")
            self._entries(node, v, at + 1, members, done)

        return self._operands([value, key], v, lambda found: paired(found[1], found[0]))

    def _negation(self, node: Negation, v: str) -> str:
        return self.source.put(f"negate({self.value(node.body, v)})")

    def _pipe(self, node: Pipe, v: str) -> str:
        return self.value(node.right, self.value(node.left, v))

    def _binary(self, node: Binary, v: str) -> str:
        if node.operator in ("and", "or"):
            return self._both(node, v)
        if node.operator == "//":
            return self._alternative(node, v)
        right, left = self.value(node.right, v), self.value(node.left, v)
        return self._operator(node, left, right)

    def _operator(self, node: Binary, left: str, right: str) -> str:
        if node.operator in ("==", "!="):
            same = _equality(node, left, right)
            return self.source.put(same if node.operator == "==" else f"not {same}", boolean=True)
        name, boolean = _OPERATORS[node.operator]
        return self.source.put(f"{name}({left}, {right})", boolean=boolean)

    def _both(self, node: Binary, v: str) -> str:
        """`and`, `or`: the right side runs only when the left one leaves it open."""
        left = self.value(node.left, v)
        found = self.source.put(self.source.truth(left), boolean=True)
        with self.source.block(f"if {found}:" if node.operator == "and" else f"if not {found}:"):
            right = self.value(node.right, v)
            self.source.write(f"{found} = {self.source.truth(right)}")
        return found

    def _alternative(self, node: Binary, v: str) -> str:
        """`//` whose left side has at most one output."""
        found = self.source.put("None")
        self.each(node.left, v, Sink(lambda name: self.source.write(f"{found} = {name}"), True))
        with self.source.block(f"if {found} is None or {found} is False:"):
            self.source.write(f"{found} = {self.value(node.right, v)}")
        return found

    def _if(self, node: If, v: str) -> str:
        found = self.source.name()
        self._branches(node, v, 0, Sink(lambda name: self.source.write(f"{found} = {name}"), True))
        return found

    def _branches(self, node: If, v: str, at: int, sink: Sink) -> None:
        """The branches from one on; every condition may have several outputs, and each takes its own way."""
        if at == len(node.branches):
            return sink.put(v) if node.otherwise is None else self.each(node.otherwise, v, sink)

        def decided(condition: str) -> None:
            with self.source.block(f"if {self.source.truth(condition)}:"):
                self.each(node.branches[at].body, v, sink)
            with self.source.block("else:"):
                self._branches(node, v, at + 1, sink)

        return self.each(node.branches[at].condition, v, Sink(decided, False))

    def _bind(self, node: Bind, v: str) -> str:
        with self._bound(node, self.value(node.source, v)):
            return self.value(node.body, v)

    def _try(self, node: Try, v: str) -> str:
        """One with a handler, both with exactly one output."""
        assert node.handler is not None
        found, error = self.source.name(), self.source.name()
        with self.source.block("try:"):
            self.source.write(f"{found} = {self.value(node.body, v)}")
        with self.source.block(f"except Failed as {error}:"):
            message = self.source.put(f"{error}.value")
            self.source.write(f"{found} = {self.value(node.handler, message)}")
        return found

    def _call(self, node: Call, v: str) -> str:
        if (instead := expanded(node)) is not None:
            return self.value(instead, v)
        name = f"{node.name}/{len(node.arguments)}"
        if name in VALUES:
            return VALUES[name](self, node, v)
        return self._plain(node, self._only(node.arguments, v), v)

    def _plain(self, node: Call, arguments: Sequence[str], v: str) -> str:
        """A function of values."""
        function = self.source.constant(plain(node))
        given = ", ".join((v, *arguments))
        return self.source.put(f"{function}({given})", boolean=node.name in _BOOLEAN)

    # any number of outputs

    def _each_pipe(self, node: Pipe, v: str, sink: Sink) -> None:
        if outputs(node.left) == ONE:
            return self.each(node.right, self.value(node.left, v), sink)
        return self.each(node.left, v, Sink(lambda name: self.each(node.right, name, sink), False))

    def _each_comma(self, node: Comma, v: str, sink: Sink) -> None:
        if not sink.leaf:
            return self._apart(node, v, sink)
        self.each(node.left, v, sink)
        return self.each(node.right, v, sink)

    def _each_if(self, node: If, v: str, sink: Sink) -> None:
        if not sink.leaf:
            return self._apart(node, v, sink)
        return self._branches(node, v, 0, sink)

    def _each_iterate(self, node: Iterate, v: str, sink: Sink) -> None:
        self.each(node.of, v, Sink(lambda of: self._members(f"iterate({of})", sink), False))

    def _members(self, members: str, sink: Sink) -> None:
        one = self.source.name()
        with self.source.block(f"for {one} in {members}:"):
            sink.put(one)

    def _each_optional(self, node: Optional, v: str, sink: Sink) -> None:
        """Only the last step may fail; what it stands on, and its key, run before."""
        step = node.body
        if isinstance(step, Iterate):
            return self.each(step.of, v, Sink(lambda of: self._members(f"members({of})", sink), False))
        if isinstance(step, Slice):
            return self._operands(_ends(step), v, lambda found: self._maybe(sink, lambda: self._cut(*found)))
        operands = [step.of] if _is_name(step.key) else [step.of, step.key]
        return self._operands(operands, v, lambda found: self._maybe(sink, lambda: self._at(step, *found)))

    def _maybe(self, sink: Sink, step: Callable[[], str]) -> None:
        with self.source.block("try:"):
            found = step()
        with self.source.block("except Failed:"):
            self.source.write("pass")
        with self.source.block("else:"):
            sink.put(found)

    def _each_try(self, node: Try, v: str, sink: Sink) -> None:
        """A leaf cannot fail and may stand inside; of any other sink the errors are its own."""
        if not sink.leaf:
            return self._try_then(node, v, sink) if outputs(node.body) == ONE else self._apart(node, v, sink)
        with self.source.block("try:"):
            self.each(node.body, v, sink)
        return self._handled(node, sink)

    def _try_then(self, node: Try, v: str, sink: Sink) -> None:
        if node.handler is not None:
            return self._apart(node, v, sink)
        with self.source.block("try:"):
            found = self.value(node.body, v)
        self._handled(node, sink)
        with self.source.block("else:"):
            sink.put(found)
        return None

    def _handled(self, node: Try, sink: Sink) -> None:
        error = self.source.name()
        with self.source.block(f"except Failed as {error}:"):
            if node.handler is not None:
                self.each(node.handler, self.source.put(f"{error}.value"), sink)

    def _each_binary(self, node: Binary, v: str, sink: Sink) -> None:
        if node.operator == "//":
            return self._each_alternative(node, v, sink)
        if node.operator in ("and", "or"):
            raise Unsupported
        return self._operands([node.left, node.right], v, lambda found: sink.put(self._operator(node, *found)))

    def _each_alternative(self, node: Binary, v: str, sink: Sink) -> None:
        """Every true output of the left side; only without any, those of the right side. Errors are errors."""
        if not sink.leaf:
            return self._apart(node, v, sink)
        found = self.source.put("False", boolean=True)

        def kept(name: str) -> None:
            with self.source.block(f"if {self.source.truth(name)}:"):
                self.source.write(f"{found} = True")
                sink.put(name)

        self.each(node.left, v, Sink(kept, False))
        with self.source.block(f"if not {found}:"):
            self.each(node.right, v, sink)
        return None

    def _each_text(self, node: Text, v: str, sink: Sink) -> None:
        self._operands(_spelled(node), v, lambda found: sink.put(self._joined(node, found)))

    def _each_index(self, node: Index, v: str, sink: Sink) -> None:
        operands = [node.of] if _is_name(node.key) else [node.of, node.key]
        self._operands(operands, v, lambda found: sink.put(self._at(node, *found)))

    def _each_slice(self, node: Slice, v: str, sink: Sink) -> None:
        self._operands(_ends(node), v, lambda found: sink.put(self._cut(*found)))

    def _each_negation(self, node: Negation, v: str, sink: Sink) -> None:
        self.each(node.body, v, Sink(lambda name: sink.put(self.source.put(f"negate({name})")), False))

    def _each_object(self, node: Object, v: str, sink: Sink) -> None:
        members: list[str] = []
        self._entries(node, v, 0, members, lambda: sink.put(self.source.put(f"{{{', '.join(members)}}}")))

    def _each_bind(self, node: Bind, v: str, sink: Sink) -> None:
        outside = self._outside(sink)

        def body(name: str) -> None:
            with self._bound(node, name):
                self.each(node.body, v, outside)

        self.each(node.source, v, Sink(body, False))

    def _outside(self, sink: Sink) -> Sink:
        """The sink, where a name stands for what it stands for here."""
        variables = self._variables

        def put(name: str) -> None:
            inside, self._variables = self._variables, variables
            sink.put(name)
            self._variables = inside

        return Sink(put, sink.leaf)

    def _each_call(self, node: Call, v: str, sink: Sink) -> None:
        if (instead := expanded(node)) is not None:
            return self.each(instead, v, sink)
        name = f"{node.name}/{len(node.arguments)}"
        if name in STREAMS:
            return STREAMS[name](self, node, v, sink)
        if name in VALUES:
            raise Unsupported
        plain(node)  # before the arguments, which may have no outputs at all
        return self._operands(node.arguments, v, lambda found: sink.put(self._plain(node, found, v)))

    @contextmanager
    def _bound(self, node: Bind, name: str) -> Iterator[None]:
        """Inside, the variable of the node stands for the name."""
        if len(node.patterns) != 1 or not isinstance(node.patterns[0], VariablePattern):
            raise Unsupported
        before = self._variables
        self._variables = {**before, node.patterns[0].name: name}
        yield
        self._variables = before

    _VALUES: ClassVar[Mapping[type, Callable[[Nodes, Any, str], str]]] = {
        Identity: _identity, Literal: _literal, Variable: _variable, Text: _text, Format: _format, Index: _index,
        Slice: _slice, Array: _array, Object: _object, Negation: _negation, Pipe: _pipe, Binary: _binary, If: _if,
        Bind: _bind, Try: _try, Call: _call,
    }  # fmt: skip
    _EACH: ClassVar[Mapping[type, Callable[[Nodes, Any, str, Sink], None]]] = {
        Pipe: _each_pipe, Comma: _each_comma, If: _each_if, Iterate: _each_iterate, Try: _each_try,
        Binary: _each_binary, Text: _each_text, Index: _each_index, Slice: _each_slice, Negation: _each_negation,
        Optional: _each_optional, Object: _each_object, Bind: _each_bind, Call: _each_call,
    }  # fmt: skip


def _spelled(node: Text) -> list[Node]:
    """The expressions of a string, each with what makes it text; that may fail, before the ones to its left run."""
    return [
        Pipe(part.start, part.end, part, Format(part.start, part.end, node.format or "text"))
        for part in node.parts
        if not isinstance(part, str)
    ]


def _ends(node: Slice) -> list[Node]:
    """The operands of a slice, the first computed last."""
    ends = [Literal(node.start, node.end, None, "") if one is None else one for one in (node.to, node.from_)]
    return [node.of, *ends]


def _sliced_once(node: Node) -> bool:
    found = list(_slices(node))
    return not found or (len(found) == 1 and all(map(_steady, _ends(found[0])[1:])))


def _slices(node: Node) -> Iterator[Slice]:
    if isinstance(node, Slice):
        yield node
    for one in below(node):
        yield from _slices(one)


def _steady(bound: Node) -> bool:
    return isinstance(bound, Literal) or (isinstance(bound, Negation) and isinstance(bound.body, Literal))


def _is_name(key: Node) -> TypeGuard[Literal]:
    """Whether a key is a string that the text itself says."""
    return isinstance(key, Literal) and type(key.value) is str


def _equality(node: Binary, left: str, right: str) -> str:
    """A Python condition; comparing with a literal needs no call."""
    for one, other in ((node.left, right), (node.right, left)):
        if isinstance(one, Literal) and (one.value is None or type(one.value) is bool):
            return f"{other} is {one.value!r}"
    for one in (node.left, node.right):
        if isinstance(one, Literal) and type(one.value) is str:
            return f"{left} == {right}"
    return f"equal({left}, {right})"


def _pair(key: Node, value: Node | None) -> tuple[Node, Node]:
    """Key and value of an entry; the short forms `{a}`, `{$x}` and `{"a b"}` written out."""
    if value is not None:
        return key, value
    if isinstance(key, Variable):
        return Literal(key.start, key.end, key.name, ""), key
    if outputs(key) != ONE:
        raise Unsupported  # the key runs once there, and would run twice here
    return key, Index(key.start, key.end, Identity(key.start, key.start), key)


_OPERATORS: Mapping[str, tuple[str, bool]] = {
    "+": ("add", False), "-": ("subtract", False), "*": ("multiply", False), "/": ("divide", False),
    "%": ("modulo", False), "<": ("less", True), "<=": ("less_equal", True), ">": ("greater", True),
    ">=": ("greater_equal", True),
}  # fmt: skip

_BOOLEAN = frozenset(
    {"has/1", "contains/1", "startswith/1", "endswith/1", "test/1", "test/2", "isnan/0", "isinfinite/0"}
)
