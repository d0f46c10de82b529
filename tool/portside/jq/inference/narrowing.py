"""What an input can still be, once it is known whether a condition holds. Pure.

The one rule: what is left out can certainly not lead there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from portside.jq.inference.inferred import Inferred
from portside.jq.tree import Binary, Call, Identity, Index, Literal, Node, Optional, Pipe, Try, Variable, below
from portside.jq.types import (
    NEVER,
    NULL,
    Member,
    Object,
    Type,
    common,
    falsy,
    field,
    kinds,
    of,
    parts,
    truthy,
    union,
    without,
)


class Ground(NamedTuple):
    """What an expression stands on: its input, and the variables in scope."""

    given: Type
    variables: Mapping[str, Type]


class Path(NamedTuple):
    """Members below the input, or below a variable (`root` is its name)."""

    root: str
    names: tuple[str, ...]


Infer: TypeAlias = Callable[[Node, Ground], Inferred]
_PARTS_LIMIT = 48


def path_of(node: Node) -> Path | None:
    """The path that a node is: `.`, `.a.b`, `$x.a`, `.a | .b`."""
    if isinstance(node, Identity):
        return Path("", ())
    if isinstance(node, Variable):
        return Path(node.name, ())
    if isinstance(node, Index) and isinstance(node.key, Literal) and type(node.key.value) is str:
        of_ = path_of(node.of)
        return of_ and Path(of_.root, (*of_.names, node.key.value))
    if isinstance(node, Pipe):
        left, right = path_of(node.left), path_of(node.right)
        if left is not None and right is not None:
            return right if right.root else Path(left.root, left.names + right.names)
    return None


def narrowed(infer: Infer, node: Node, ground: Ground, wanted: bool) -> Ground:
    """The ground on which a condition can give something that counts as `wanted`."""
    path = path_of(node)
    if path is not None:
        value = at(ground, path)
        return put(ground, path, truthy(value) if wanted else falsy(value))
    if isinstance(node, Binary):
        return _binary(infer, node, ground, wanted)
    if isinstance(node, Pipe):
        return _pipe(infer, node, ground, wanted)
    if isinstance(node, Call) and node.name == "has" and isinstance(node.arguments[0], Literal):
        return ground._replace(given=_having(ground.given, node.arguments[0].value, wanted))
    return _by_parts(infer, node, ground, wanted)


def _binary(infer: Infer, node: Binary, ground: Ground, wanted: bool) -> Ground:
    if node.operator in ("and", "or"):
        return _both(infer, node, ground, wanted)
    if node.operator in ("==", "!="):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            path = path_of(one)
            if path is not None and isinstance(other, Literal):
                same = wanted == (node.operator == "==")
                return put(ground, path, _compared(at(ground, path), of(other.value), same))
    return _by_parts(infer, node, ground, wanted)


def _compared(value: Type, literal: Type, same: bool) -> Type:
    return common(value, literal) if same else without(value, literal)


def _both(infer: Infer, node: Binary, ground: Ground, wanted: bool) -> Ground:
    """`a and b` is true where both are; where it is false, a is, or a is true and b is not. `or` the other way."""
    all_ = (node.operator == "and") is wanted
    open_ = narrowed(infer, node.left, ground, node.operator == "and")
    through = narrowed(infer, node.right, open_, wanted)
    return through if all_ else _united(narrowed(infer, node.left, ground, wanted), through)


def _united(one: Ground, other: Ground) -> Ground:
    if NEVER in (one.given, other.given):
        return other if one.given == NEVER else one
    variables = {name: union(type_, other.variables[name]) for name, type_ in one.variables.items()}
    return Ground(union(one.given, other.given), variables)


def _pipe(infer: Infer, node: Pipe, ground: Ground, wanted: bool) -> Ground:
    if isinstance(node.right, Call) and node.right.name == "not":
        return narrowed(infer, node.left, ground, not wanted)
    path = path_of(node.left)
    if path is None:
        return _by_parts(infer, node, ground, wanted)
    inner = narrowed(infer, node.right, Ground(at(ground, path), ground.variables), wanted)
    return put(ground, path, inner.given)


def _having(given: Type, name: object, wanted: bool) -> Type:
    """`has(name)` works on objects, and on null, which has nothing."""
    if type(name) is not str:
        return given
    null = NULL if given.null and not wanted else NEVER
    member = given.object and (given.object.members.get(name) or Member(given.object.others, True))
    if given.object is None or member is None or ((member.type == NEVER) if wanted else not member.optional):
        return null
    new = Member(member.type) if wanted else Member(NEVER, True)
    return union(null, Type(object=Object({**given.object.members, name: new}, given.object.rest)))


def _by_parts(infer: Infer, node: Node, ground: Ground, wanted: bool) -> Ground:
    """Tries the smallest parts of everything that the condition looks at, and keeps those that can lead there."""
    for path in sorted(set(_prefixes(node)), key=lambda path: len(path.names)):
        some = [*parts(at(ground, path))] if _reachable(ground, path) else []
        if 1 < len(some) <= _PARTS_LIMIT:
            kept = [part for part in some if _can(infer, node, put(ground, path, part), wanted)]
            if len(kept) < len(some):
                ground = put(ground, path, union(*kept))
    return ground


def _prefixes(node: Node) -> Iterator[Path]:
    """The paths that stand on the condition's own input, and what is above them."""
    path = path_of(node)
    if path is not None:
        yield from (Path(path.root, path.names[:length]) for length in range(len(path.names) + 1))
    elif isinstance(node, Pipe):
        yield from _prefixes(node.left)
    elif isinstance(node, Call) and not node.arguments:
        yield Path("", ())
    elif isinstance(node, Binary | Call | Try | Optional | Index):
        yield Path("", ())
        for each in below(node):
            yield from _prefixes(each)


def _reachable(ground: Ground, path: Path) -> bool:
    """Whether the path works on every value: above its end there are only objects and null."""
    above = (Path(path.root, path.names[:length]) for length in range(len(path.names)))
    return all(set(kinds(at(ground, each))) <= {"null", "object"} for each in above)


def _can(infer: Infer, node: Node, ground: Ground, wanted: bool) -> bool:
    found = infer(node, ground).type
    return (truthy(found) if wanted else falsy(found)) != NEVER


def at(ground: Ground, path: Path) -> Type:
    """What stands at a path."""
    found = _root(ground, path)
    for name in path.names:
        found = field(found, name)
    return found


def _root(ground: Ground, path: Path) -> Type:
    return ground.variables.get(path.root, NEVER) if path.root else ground.given


def put(ground: Ground, path: Path, value: Type) -> Ground:
    """The ground on which a path works and gives one of these values, which must be of those that it can give."""
    if not path.root:
        return ground._replace(given=_within(ground.given, path.names, value))
    if path.root not in ground.variables:
        return ground
    root = _within(ground.variables[path.root], path.names, value)
    if root == NEVER:
        return ground._replace(given=NEVER)
    return ground._replace(variables={**ground.variables, path.root: root})


def _within(given: Type, names: tuple[str, ...], value: Type) -> Type:
    if not names:
        return value
    null = NULL if given.null and value.null else NEVER
    return union(null, Type(object=given.object and _with(given.object, names, value)))


def _with(object_: Object, names: tuple[str, ...], value: Type) -> Object | None:
    name = names[0]
    member = object_.members.get(name) or Member(object_.others, True)
    type_ = _within(member.type, names[1:], value)
    if not member.type.null:
        type_ = type_._replace(null=False)
    optional = member.optional and value.null
    if type_ == NEVER and not optional:
        return None
    return Object({**object_.members, name: Member(type_, optional)}, object_.rest)
