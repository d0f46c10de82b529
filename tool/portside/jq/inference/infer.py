"""What an expression can give, from what its input can be: tree × type → type. Pure.

The one rule: every value that jq can give for a value of the input type is in the type that is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any, Final, TypeAlias

from portside.jq.inference.inferred import (
    ALWAYS,
    MAYBE,
    NO,
    NOTHING,
    UNKNOWN,
    Certainty,
    Inferred,
    Seen,
    after,
    cut,
    either,
    failed,
    followed,
    one,
    partly,
    sequence,
)
from portside.jq.inference.narrowing import Ground, narrowed
from portside.jq.inference.operations import (
    STREAMS,
    arithmetic,
    called,
    compared,
    field_of,
    formatted,
    is_plain,
    item_of,
    members,
    negated,
    put,
    replaced,
    sliced,
    streamed,
    truth,
)
from portside.jq.python.library import expanded
from portside.jq.tree import (
    Array,
    ArrayPattern,
    Binary,
    Bind,
    Call,
    Comma,
    Descent,
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
    Pattern,
    Pipe,
    Slice,
    Text,
    Try,
    Variable,
    VariablePattern,
)
from portside.jq.types import (
    ANY,
    BOOLEAN,
    FALSE,
    NEVER,
    NULL,
    NUMBER,
    STRING,
    TRUE,
    Type,
    closed,
    kinds,
    list_of,
    listed,
    nullable,
    of,
    truthy,
    union,
    values,
)
from portside.jq.types import Array as ListType
from portside.jq.types import Object as ObjectType

_VISITS = 4_000
"""After so many nodes the outputs of a stream are no longer taken one by one."""
_COMBINATIONS = 256


_Last: TypeAlias = Callable[[Inferred], Inferred]
"""What becomes of a step."""


def infer(node: Node, given: Type, variables: Mapping[str, Type] | None = None, *, trace: bool = False) -> Inferred:
    """What a node gives for the inputs of a type; with `trace`, also what each node below gets and gives."""
    walk = _Walk({} if trace else None)
    found = walk.infer(node, Ground(given, variables or {}))
    return found._replace(at=tuple(walk.seen.values())) if walk.seen is not None else found


class _Walk:
    """One inference: what it has seen, and how much it may still look at."""

    def __init__(self, seen: dict[int, Seen] | None) -> None:
        self.seen = seen
        self.left = _VISITS
        self._instead: set[tuple[int, int]] = set()

    def infer(self, node: Node, ground: Ground) -> Inferred:
        self.left -= 1
        rule = _RULES.get(node.__class__)
        found = UNKNOWN if rule is None else rule(self, node, ground)
        if self.seen is not None:
            self.note(node, ground.given, found)
        return found

    def quietly(self, node: Node, ground: Ground) -> Inferred:
        """The same, leaving no trace."""
        seen, self.seen = self.seen, None
        found = self.infer(node, ground)
        self.seen = seen
        return found

    def narrowed(self, node: Node, ground: Ground, wanted: bool) -> Ground:
        return narrowed(self.quietly, node, ground, wanted) if self.left > 0 else ground

    def note(self, node: Node, given: Type, found: Inferred) -> None:
        if (node.start, node.end) in self._instead and not isinstance(node, Call):
            return  # a node that the author did not write
        assert self.seen is not None
        old = self.seen.get(id(node))
        if old is None:
            self.seen[id(node)] = Seen(node, given, found)
        else:
            self.seen[id(node)] = Seen(node, union(old.given, given), either(old.inferred, found))

    def over(self, first: Inferred, then: Callable[[Type], Inferred]) -> Inferred:
        """What follows for each output, one after the other."""
        outputs = first.each
        if outputs is None or (len(outputs) > 1 and self.left < 0):
            return first if first.type == NEVER else after(first, then(first.type))
        if len(outputs) == 1:
            return cut(then(outputs[0]), first)
        found = NOTHING
        for output in outputs:
            found = followed(found, then(output))
        return cut(found, first)

    def product(self, found: Sequence[Inferred], make: Callable[..., Inferred]) -> Inferred:
        """What follows for each combination of outputs; the last operand is the outer loop."""
        if all(each.fails is NO and each.each is not None and len(each.each) == 1 for each in found):
            return make(*(each.type for each in found))
        if prod(1 if each.each is None else len(each.each) for each in found) > _COMBINATIONS:
            found = [_loose(each) for each in found]
        return self._products(found, make, ())

    def _products(self, found: Sequence[Inferred], make: Callable[..., Inferred], chosen: tuple[Type, ...]) -> Inferred:
        if not found:
            return make(*chosen)
        return self.over(found[-1], lambda output: self._products(found[:-1], make, (output, *chosen)))

    def operands(self, nodes: Iterable[Node], ground: Ground, make: Callable[..., Inferred]) -> Inferred:
        return self.product([self.infer(node, ground) for node in nodes], make)

    def instead(self, call: Call, node: Node, ground: Ground) -> Inferred:
        """A call as the expression that it stands for."""
        self._instead.add((call.start, call.end))
        return self.infer(node, ground)


def _loose(found: Inferred) -> Inferred:
    return found._replace(each=None) if found.each and len(found.each) > 1 else found


def _identity(_walk: _Walk, _node: Identity, ground: Ground) -> Inferred:
    return one(ground.given)


def _descent(_walk: _Walk, _node: Descent, ground: Ground) -> Inferred:
    return Inferred(_below(ground.given, 16), NO, NO, True)


def _below(given: Type, depth: int) -> Type:
    """The value and everything in it."""
    if given is ANY or not depth:
        return ANY
    inside = [given.array.items] if given.array else []
    if given.object:
        inside += [given.object.others, *(member.type for member in given.object.members.values())]
    return union(given, *(_below(each, depth - 1) for each in inside if each != NEVER))


def _literal(_walk: _Walk, node: Literal, _ground: Ground) -> Inferred:
    value = node.value
    return one(_constant(value) if not node.text or str(value) == node.text else NUMBER)


_constant: Final = lru_cache(512, typed=True)(of)


def _variable(_walk: _Walk, node: Variable, ground: Ground) -> Inferred:
    found = ground.variables.get(node.name)
    return one(_GIVEN_VARIABLES.get(node.name, ANY) if found is None else found)


_GIVEN_VARIABLES: Final = {"ENV": closed({}), "__loc__": closed({"file": STRING, "line": NUMBER})}


def _as_it_is(found: Inferred) -> Inferred:
    return found


def _index(walk: _Walk, node: Index, ground: Ground, last: _Last = _as_it_is) -> Inferred:
    key = node.key
    found = walk.infer(node.of, ground)
    if not isinstance(key, Literal) or type(key.value) is not str:
        return walk.product([found, walk.infer(key, ground)], lambda of_, at: last(item_of(of_, at)))
    name = key.value
    if found.each is not None and len(found.each) == 1 and found.fails is NO:
        return last(field_of(found.type, name))
    return walk.over(found, lambda output: last(field_of(output, name)))


def _slice(walk: _Walk, node: Slice, ground: Ground, last: _Last = _as_it_is) -> Inferred:
    bounds = [one(NULL) if each is None else walk.infer(each, ground) for each in (node.from_, node.to)]
    return walk.product([walk.infer(node.of, ground), *bounds], lambda *found: last(sliced(*found)))


def _iterate(walk: _Walk, node: Iterate, ground: Ground, last: _Last = _as_it_is) -> Inferred:
    return walk.over(walk.infer(node.of, ground), lambda output: last(members(output)))


def _optional(walk: _Walk, node: Optional, ground: Ground) -> Inferred:
    """`.a?`: where its last step fails, it gives nothing."""
    found = _STEPS[type(node.body)](walk, node.body, ground, _or_nothing)
    if walk.seen is not None:
        walk.note(node.body, ground.given, found)
    return found


_STEPS: Final[Mapping[type, Callable[..., Inferred]]] = {Index: _index, Slice: _slice, Iterate: _iterate}


def _or_nothing(found: Inferred) -> Inferred:
    if found.fails is NO:
        return found
    return Inferred(found.type, NO, MAYBE, found.many) if found.type != NEVER else NOTHING


def _try(walk: _Walk, node: Try, ground: Ground) -> Inferred:
    body = walk.infer(node.body, ground)
    if body.fails == NO:
        return body
    caught = NOTHING if node.handler is None else walk.infer(node.handler, Ground(ANY, ground.variables))
    if body.fails == ALWAYS and body.type == NEVER:
        return caught
    many = body.many or caught.many or NEVER not in (body.type, caught.type)
    return Inferred(union(body.type, caught.type), caught.fails and MAYBE, _silent(body, caught), many)


def _silent(body: Inferred, caught: Inferred) -> Certainty:
    """Whether neither the body nor what catches its error gives anything."""
    if body.empty == NO:
        return caught.empty and MAYBE
    return ALWAYS if body.empty == ALWAYS or (body.type == NEVER and caught.empty == ALWAYS) else MAYBE


def _array(walk: _Walk, node: Array, ground: Ground) -> Inferred:
    return one(listed(())) if node.body is None else _collected(walk.infer(node.body, ground))


def _collected(body: Inferred) -> Inferred:
    """`[body]`: all outputs, or an error."""
    if body.fails == ALWAYS:
        return failed(body.message)
    gives = list_of(body.type, empty=body.empty != NO) if body.each is None else listed(body.each)
    return one(gives, body.fails)


def _object(walk: _Walk, node: Object, ground: Ground) -> Inferred:
    found = []
    for entry in node.entries:
        key, value = _pair(entry.key, entry.value)
        found += [walk.infer(key, ground), walk.infer(value, ground)]
    return walk.product(found[::-1], lambda *types: _made(*types[::-1]))  # here the first is the outer loop


def _pair(key: Node, value: Node | None) -> tuple[Node, Node]:
    """`{$x}` is `{x: $x}`, and any other key alone is `{key: .[key]}`."""
    if value is not None:
        return key, value
    if isinstance(key, Variable):
        return Literal(key.start, key.end, key.name, ""), key
    return key, Index(key.start, key.end, Identity(key.start, key.end), key)


def _made(*found: Type) -> Inferred:
    made, fails, message = ObjectType({}, None), False, ""
    for key, value in zip(found[::2], found[1::2], strict=True):
        if key.string is None:
            return failed(f"Object keys must be strings, not {' or '.join(kinds(key))}")
        fails = fails or kinds(key) != ("string",)
        made = put(made, key, value)
    return partly(Type(object=made), fails, message)


def _negation(walk: _Walk, node: Negation, ground: Ground) -> Inferred:
    return walk.over(walk.infer(node.body, ground), negated)


def _pipe(walk: _Walk, node: Pipe, ground: Ground) -> Inferred:
    left = walk.infer(node.left, ground)
    return walk.over(left, lambda output: walk.infer(node.right, Ground(output, ground.variables)))


def _comma(walk: _Walk, node: Comma, ground: Ground) -> Inferred:
    return followed(walk.infer(node.left, ground), walk.infer(node.right, ground))


def _binary(walk: _Walk, node: Binary, ground: Ground) -> Inferred:
    operator = node.operator
    if operator in ("and", "or"):
        return _both(walk, node, ground)
    if operator == "//":
        return _alternative(walk, node, ground)
    operation = arithmetic if operator in "+-*/%" else compared
    return walk.operands((node.left, node.right), ground, lambda a, b: operation(operator, a, b))


def _both(walk: _Walk, node: Binary, ground: Ground) -> Inferred:
    """`and`, `or`: the right side runs only where the left one leaves it open."""
    is_open, done = (TRUE, FALSE) if node.operator == "and" else (FALSE, TRUE)

    def decided(output: Type) -> Inferred:
        found = truth(output)
        if found == done:
            return one(done)
        narrower = walk.narrowed(node.left, ground, is_open is TRUE)
        right = walk.over(walk.infer(node.right, narrower), lambda output: one(truth(output)))
        return right if found == is_open else either(one(done), right)

    return walk.over(walk.infer(node.left, ground), decided)


def _alternative(walk: _Walk, node: Binary, ground: Ground) -> Inferred:
    """`//`: the true outputs of the left side; without any, those of the right side. An error is one."""
    left = walk.infer(node.left, ground)
    true = truthy(left.type)
    if left.fails == ALWAYS:
        return left if true == NEVER else Inferred(true, ALWAYS, NO, left.many)
    found = one(true) if left.each is not None and len(left.each) == 1 else Inferred(true, NO, NO, left.many)
    if true == left.type and left.empty == NO:
        return left
    if true == NEVER:
        found = walk.infer(node.right, ground)
    elif not any(truth(output) == TRUE for output in left.each or ()):
        found = either(found, walk.infer(node.right, ground))
    return cut(found, left)


def _if(walk: _Walk, node: If, ground: Ground) -> Inferred:
    return _branches(walk, node, ground, 0)


def _branches(walk: _Walk, node: If, ground: Ground, at: int) -> Inferred:
    if at == len(node.branches):
        return one(ground.given) if node.otherwise is None else walk.infer(node.otherwise, ground)
    branch = node.branches[at]
    ways: dict[bool, Inferred | None] = {}

    def way(wanted: bool) -> Inferred | None:
        """What a way gives; None where no input can take it."""
        if wanted not in ways:
            narrower = walk.narrowed(branch.condition, ground, wanted)
            if narrower.given == NEVER:
                ways[wanted] = None
            else:
                ways[wanted] = walk.infer(branch.body, narrower) if wanted else _branches(walk, node, narrower, at + 1)
        return ways[wanted]

    def decided(output: Type) -> Inferred:
        true, false = (way(wanted) if wanted in truth(output).booleans else None for wanted in (True, False))
        if true and false:
            return either(true, false)
        return true or false or NOTHING

    return walk.over(walk.infer(branch.condition, ground), decided)


def _bind(walk: _Walk, node: Bind, ground: Ground) -> Inferred:
    if len(node.patterns) > 1:
        return UNKNOWN

    def bound(output: Type) -> Inferred:
        variables = _destructured(node.patterns[0], output)
        if variables is None:
            return UNKNOWN
        return walk.infer(node.body, Ground(ground.given, {**ground.variables, **variables}))

    return walk.over(walk.infer(node.source, ground), bound)


def _destructured(pattern: Pattern, value: Type) -> dict[str, Type] | None:
    """The variables of a pattern; None where it may fail, or is not known."""
    if isinstance(pattern, VariablePattern):
        return {pattern.name: value}
    found: dict[str, Type] = {}
    for below, item in _destructions(pattern, value):
        variables = item.fails == NO and _destructured(below, item.type)
        if not variables:
            return None
        found |= variables
    return found or None


def _destructions(pattern: Any, value: Type) -> Iterable[tuple[Pattern, Inferred]]:
    if isinstance(pattern, ArrayPattern):
        for position, below in enumerate(pattern.items):
            yield below, item_of(value, of(position)) if kinds(value) == ("array",) else UNKNOWN
        return
    for entry in pattern.entries:
        key = entry.key
        found = field_of(value, key.value) if isinstance(key, Literal) and not entry.name else UNKNOWN
        yield entry.pattern or VariablePattern(0, 0, entry.name), found


def _text(walk: _Walk, node: Text, ground: Ground) -> Inferred:
    """A string with interpolations: the spellings of its parts, one after the other."""

    def spelled(*found: Type) -> Inferred:
        rest = iter(found)
        total = one(of(""))
        for part in node.parts:
            text = one(of(part)) if isinstance(part, str) else formatted(node.format.removeprefix("@"), next(rest))
            total = walk.product([total, text], lambda a, b: arithmetic("+", a, b))
        return total

    return walk.operands([part for part in node.parts if not isinstance(part, str)], ground, spelled)


def _format(_walk: _Walk, node: Format, ground: Ground) -> Inferred:
    return formatted(node.name.removeprefix("@"), ground.given)


def _call(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    name = f"{node.name}/{len(node.arguments)}"
    rule = _CALLS.get(name)
    if rule is not None:
        return rule(walk, node, ground)
    instead = expanded(node)
    if instead is not None:
        return walk.instead(node, instead, ground)
    if not is_plain(name):
        return UNKNOWN
    found = [walk.infer(argument, ground) for argument in node.arguments]
    if sum(each.each is None or len(each.each) != 1 for each in found) > 1:
        found = [_loose(each) for each in found]
    return walk.product(found, lambda *arguments: called(name, ground.given, arguments))


def _select(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """`select(f)`: the input, as far as the condition can hold on it."""
    condition = node.arguments[0]
    through = walk.narrowed(condition, ground, True).given

    def decided(output: Type) -> Inferred:
        found = truth(output)
        if found == FALSE or through == NEVER:
            return NOTHING
        return one(through) if found == TRUE else Inferred(through, NO, MAYBE, False)

    return walk.over(walk.infer(condition, ground), decided)


def _map(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    return _collected(_of_members(walk, node, ground))


def _of_members(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """The argument, over the members."""
    each = node.arguments[0]
    return walk.over(members(ground.given), lambda member: walk.infer(each, Ground(member, ground.variables)))


def _map_values(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """Each member replaced by the first output for it; without one it goes away."""
    given = ground.given
    found = _of_members(walk, node, ground)
    if found.fails == ALWAYS:
        return failed(found.message)
    items = list_of(found.type) if given.array else NEVER
    gives = union(items, Type(object=ObjectType({}, found.type)) if given.object else NEVER)
    return partly(gives, found.fails != NO)


def _by(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """sort_by and its kin: the argument runs for each item, and decides their order only."""
    array = ground.given.array
    keys = _of_members(walk, node, Ground(Type(array=array), ground.variables)) if array else failed()
    if array is None or keys.fails == ALWAYS:
        return failed(keys.message)
    fails = keys.fails != NO or kinds(ground.given) != ("array",)
    empty = array.empty if array.exact is None else not array.exact
    return partly(_ORDERED[node.name](array, empty), fails)


def _some_items(array: ListType, empty: bool) -> Type:
    return list_of(array.items, empty=empty)


def _one_item(array: ListType, empty: bool) -> Type:
    return nullable(array.items) if empty else array.items


_ORDERED: Final[Mapping[str, Callable[[ListType, bool], Type]]] = {
    "sort_by": _some_items,
    "unique_by": _some_items,
    "group_by": lambda array, empty: list_of(list_of(array.items, empty=False), empty=empty),
    "min_by": _one_item,
    "max_by": _one_item,
}


def _any(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """any, all over a stream: they stop at the first output that decides."""
    generator, condition = node.arguments
    found = walk.over(
        walk.infer(generator, ground), lambda output: walk.infer(condition, Ground(output, ground.variables))
    )
    if found.fails == ALWAYS and found.type == NEVER:
        return failed(found.message)
    return one(_decided([truth(each) for each in found.each or ()], found, node.name == "any"), found.fails and MAYBE)


def _decided(truths: Sequence[Type], found: Inferred, deciding: bool) -> Type:
    decides, otherwise = (TRUE, FALSE) if deciding else (FALSE, TRUE)
    if found.fails == NO and decides in truths:
        return decides
    return otherwise if not _overlap(truth(found.type), decides) else BOOLEAN


def _overlap(a: Type, b: Type) -> bool:
    return bool(a.booleans & b.booleans)


def _first(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """first(f): nothing runs after the first output."""
    found = walk.infer(node.arguments[0], ground)
    if found.each and found.fails == NO:
        return one(found.each[0])
    if found.type == NEVER:
        return found
    return Inferred(found.type, found.fails and MAYBE, found.empty, False)


def _last(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    found = walk.infer(node.arguments[0], ground)
    if found.fails == ALWAYS:
        return failed(found.message)
    if found.each:
        return one(found.each[-1], found.fails)
    return Inferred(found.type, found.fails, found.empty, False)


def _limit(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    count = values(walk.infer(node.arguments[0], ground).type)
    found = walk.infer(node.arguments[1], ground)
    if count is None or len(count) != 1 or type(count[0]) is not int or count[0] < 1:
        return Inferred(found.type, MAYBE, MAYBE, True)
    if found.each is not None and found.fails == NO:
        return sequence(found.each[: count[0]])
    return Inferred(found.type, found.fails and MAYBE, found.empty, found.many and count[0] > 1)


def _is_empty(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    found = walk.infer(node.arguments[0], ground)
    if found.fails == NO and found.empty != MAYBE:
        return one(TRUE if found.empty else FALSE)
    return one(BOOLEAN, found.fails and MAYBE) if found.type != NEVER or found.fails != ALWAYS else failed()


def _add(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    found = _collected(walk.infer(node.arguments[0], ground))
    return walk.over(found, lambda output: called("add/0", output, ()))


def _error(_walk: _Walk, _node: Call, ground: Ground) -> Inferred:
    known = values(ground.given, 1)
    return failed(known[0] if known and isinstance(known[0], str) else "")


def _range(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    def numbers(*bounds: Type) -> Inferred:
        fails = not all(kinds(each) == ("number",) for each in bounds)
        return Inferred(NUMBER, MAYBE if fails else NO, MAYBE, True)

    return walk.operands(node.arguments, ground, numbers)


def _replaced(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    """sub, gsub: what is put in runs on the captures of each match."""
    pattern, text, *flags = node.arguments
    put_in = walk.infer(text, Ground(Type(object=ObjectType({}, nullable(STRING))), ground.variables))
    found = walk.operands([pattern, *flags], ground, lambda *some: replaced(ground.given, some))
    fits = put_in.fails is NO and set(kinds(put_in.type)) <= {"null", "string"}
    if put_in.many:
        found = found._replace(many=True, each=None)
    return found if fits else found._replace(fails=max(found.fails, MAYBE))


def _streamed(walk: _Walk, node: Call, ground: Ground) -> Inferred:
    name = f"{node.name}/{len(node.arguments)}"
    return walk.operands(node.arguments, ground, lambda *some: streamed(name, ground.given, some))


_CALLS: Final[Mapping[str, Callable[[_Walk, Call, Ground], Inferred]]] = {
    "empty/0": lambda _walk, _node, _ground: NOTHING,
    "not/0": lambda _walk, _node, ground: one(_opposite(truth(ground.given))),
    "error/0": _error,
    "env/0": lambda _walk, _node, _ground: one(closed({})),
    "select/1": _select,
    "map/1": _map,
    "map_values/1": _map_values,
    "recurse/0": lambda walk, _node, ground: _descent(walk, Descent(0, 0), ground),
    "any/2": _any,
    "all/2": _any,
    "first/1": _first,
    "last/1": _last,
    "limit/2": _limit,
    "isempty/1": _is_empty,
    "add/1": _add,
    "range/1": _range,
    "range/2": _range,
    "range/3": _range,
    "sort_by/1": _by,
    "unique_by/1": _by,
    "group_by/1": _by,
    "min_by/1": _by,
    "max_by/1": _by,
    "sub/2": _replaced,
    "sub/3": _replaced,
    "gsub/2": _replaced,
    "gsub/3": _replaced,
    **{f"{name}/{arity}": _streamed for name in STREAMS for arity in (1, 2)},
}


def _opposite(given: Type) -> Type:
    return Type(booleans=frozenset(not each for each in given.booleans))


_RULES: Final[Mapping[type, Callable[[_Walk, Any, Ground], Inferred]]] = {
    Identity: _identity,
    Descent: _descent,
    Literal: _literal,
    Variable: _variable,
    Index: _index,
    Slice: _slice,
    Iterate: _iterate,
    Optional: _optional,
    Try: _try,
    Array: _array,
    Object: _object,
    Negation: _negation,
    Pipe: _pipe,
    Comma: _comma,
    Binary: _binary,
    If: _if,
    Bind: _bind,
    Text: _text,
    Format: _format,
    Call: _call,
}
