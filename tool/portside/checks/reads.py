"""What an expression reads on its way through deliveries: every member it asks for, and of which values. Pure.

The one rule: it goes only where jq goes (the branch that is taken, the alternative that is needed), and where it cannot
tell what a part gives, it goes no further.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from portside.jq.arguments import ELEMENTS, own
from portside.jq.closures import Closure, closure
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
    below,
)
from portside.jq.values import functions
from portside.model.resource import JSON, Body

_SHOWN = 100
"""Objects that lack a member, of which so many are kept."""


class Read(NamedTuple):
    """A member that is asked for by name, and the objects that lack it: none, once it was found in one.

    `guarded`: its absence is reckoned with, as on the left of `//`.
    """

    node: Index
    key: str
    lacking: list[Body]
    guarded: bool


class Walk:
    """One expression on its way through values, one after the other."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._reads: dict[int, Read] = {}
        self._found: set[int] = set()
        self._closures: dict[int, Closure | None] = {}
        self._members = sum(_named(one) for one in every(node))

    @property
    def lost(self) -> tuple[Read, ...]:
        """The members that no object had, in the order in which they were first asked for."""
        return tuple(read for at, read in self._reads.items() if at not in self._found and read.lacking)

    @property
    def done(self) -> bool:
        """Whether every member was found somewhere."""
        return len(self._found) == self._members

    def over(self, value: JSON) -> None:
        """Go through one value."""
        self._outputs(self._node, value, guarded=False, needed=False)

    def giver(self, value: JSON) -> Node:
        """The part that says what comes out: the branch taken, the alternative needed, what stands last in a pipe."""
        return self._giver(self._node, value)

    def _giver(self, node: Node, value: JSON) -> Node:
        match node:
            case Pipe(left=left, right=right) if not isinstance(right, Identity):
                between = self._outputs(left, value, guarded=True)
                return self._giver(right, between[0]) if between else node
            case Try(body=body, handler=None) | Optional(body=body):
                return self._giver(body, value)
            case Binary(operator="//", left=left, right=right):
                found = any(map(_true, self._outputs(left, value, guarded=True)))
                return self._giver(left if found else right, value)
            case If(branches=branches, otherwise=otherwise):
                for branch in branches:
                    holds = self._holds(branch.condition, value)
                    if holds is None:
                        return node
                    if holds:
                        return self._giver(branch.body, value)
                return self._giver(otherwise, value) if otherwise else node
        return node

    def _outputs(self, node: Node, value: JSON, *, guarded: bool, needed: bool = True) -> list[JSON]:
        """What the node gives, as far as that is certain, and is needed to go on."""
        match node:
            case Identity():
                return [value]
            case Index():
                return self._index(node, value, guarded=guarded)
            case Iterate(of=of):
                return [one for base in self._outputs(of, value, guarded=guarded) for one in _members(base)]
            case Pipe(left=left, right=right):
                between = self._outputs(left, value, guarded=False)
                return [one for base in between for one in self._outputs(right, base, guarded=guarded, needed=needed)]
            case Comma(left=left, right=right):
                sides = (left, right)
                return [one for side in sides for one in self._outputs(side, value, guarded=guarded, needed=needed)]
            case Try(body=body, handler=None) | Optional(body=body):
                return self._outputs(body, value, guarded=guarded, needed=needed)
            case Binary(operator="//", left=left, right=right):
                return self._alternative(left, right, value, guarded=guarded, needed=needed)
            case If():
                return self._if(node, value, guarded=guarded, needed=needed)
        for part, given in self._parts(node, value):
            self._outputs(part, given, guarded=_reckons(node, part), needed=False)
        return self._given(node, value) if needed else []

    def _index(self, node: Index, value: JSON, *, guarded: bool) -> list[JSON]:
        bases = self._outputs(node.of, value, guarded=False)
        if not isinstance(node.key, Literal) or not isinstance(node.key.value, str):
            self._outputs(node.key, value, guarded=False)
            return self._given(node, value)
        key = node.key.value
        if id(node) not in self._found:
            self._ask(node, key, bases, guarded=guarded)
        return [base.get(key) if isinstance(base, dict) else None for base in bases if isinstance(base, dict | None)]

    def _ask(self, node: Index, key: str, bases: list[JSON], *, guarded: bool) -> None:
        read = self._reads.setdefault(id(node), Read(node, key, [], guarded))
        objects = [base for base in bases if isinstance(base, dict) and base]
        if any(key in one for one in objects):
            self._found.add(id(node))
        elif len(read.lacking) < _SHOWN:
            read.lacking.extend(objects)

    def _alternative(self, left: Node, right: Node, value: JSON, *, guarded: bool, needed: bool) -> list[JSON]:
        found = [one for one in self._outputs(left, value, guarded=True) if _true(one)]
        return found or self._outputs(right, value, guarded=guarded, needed=needed)

    def _if(self, node: If, value: JSON, *, guarded: bool, needed: bool) -> list[JSON]:
        for branch in node.branches:
            self._outputs(branch.condition, value, guarded=True, needed=False)
            holds = self._holds(branch.condition, value)
            if holds is None:
                return []
            if holds:
                return self._outputs(branch.body, value, guarded=guarded, needed=needed)
        return self._outputs(node.otherwise, value, guarded=guarded, needed=needed) if node.otherwise else [value]

    def _parts(self, node: Node, value: JSON) -> Iterator[tuple[Node, JSON]]:
        """The parts of a node that run, each with what it runs on."""
        match node:
            case Binary(left=left, right=right):
                yield from self._operands(node, left, right, value)
            case Negation(body=body) | Array(body=body) if body is not None:
                yield body, value
            case Slice(of=of):
                yield of, value
            case Bind(source=source):
                yield source, value
            case Text(parts=parts):
                yield from ((part, value) for part in parts if not isinstance(part, str))
            case Object(entries=entries):
                yield from ((entry.value, value) for entry in entries if entry.value is not None)
            case Call(name=name, arguments=(argument,)) if ELEMENTS.get(name) == ".[]" and isinstance(value, list):
                yield from ((argument, one) for one in value)
            case Call():
                yield from ((argument, value) for argument in own(node))

    def _operands(self, node: Binary, left: Node, right: Node, value: JSON) -> Iterator[tuple[Node, JSON]]:
        yield left, value
        if node.operator in ("and", "or") and self._holds(left, value) is not (node.operator == "and"):
            return
        yield right, value

    def _holds(self, node: Node, value: JSON) -> bool | None:
        """Whether a condition holds; None where it fails, or nobody can tell."""
        if isinstance(node, Binary) and node.operator == "==":
            match self._outputs(node.left, value, guarded=True), self._outputs(node.right, value, guarded=True):
                case [str() | None as one], [str() | None as other]:
                    return bool(one == other)
        found = self._given(node, value)
        return _true(found[0]) if len(found) == 1 else None

    def _given(self, node: Node, value: JSON) -> list[JSON]:
        """What a part gives by itself; nothing where that fails, or where only libjq would know."""
        if isinstance(node, Literal) and isinstance(node.value, str | bool | None):
            return [node.value]
        if id(node) not in self._closures:
            self._closures[id(node)] = closure(node)
        found = self._closures[id(node)]
        try:
            return [] if found is None else [found.run(value)] if found.one else list(found.run(value))
        except (functions.Failed, functions.Unsure):
            return []


def place(node: Node) -> int:
    """Where a part is best pointed at: a path at its last key, anything else at its beginning."""
    return node.key.start if isinstance(node, Index) else node.start


def every(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for part in below(node):
        yield from every(part)


def _named(node: Node) -> bool:
    return isinstance(node, Index) and isinstance(node.key, Literal) and isinstance(node.key.value, str)


def keys(node: Node) -> tuple[str, ...]:
    """The keys of a path that begins at the input; of anything else none."""
    match node:
        case Index(of=Identity(), key=Literal(value=str(key))):
            return (key,)
        case Index(of=of, key=Literal(value=str(key))):
            above = keys(of)
            return (*above, key) if above else ()
    return ()


def leads(path: tuple[str, ...], value: JSON) -> bool:
    """Whether keys lead to a member, one after the other."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def value_at(path: tuple[str, ...], value: JSON) -> JSON:
    """Where keys lead; None where they do not."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _true(value: JSON) -> bool:
    """Whether a value counts as true; all but null and false do."""
    return value is not None and value is not False


def _members(value: JSON) -> list[JSON]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _reckons(node: Node, part: Node) -> bool:
    """Whether a part may be null as far as what is done with it goes: it is compared with null."""
    match node:
        case Binary(operator="==" | "!=", left=left, right=right):
            other = right if part is left else left
            return isinstance(other, Literal) and other.value is None
        case Call(name="select"):
            return isinstance(part, Index)
    return isinstance(node, Format)
