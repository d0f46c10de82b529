"""The names an expression may use, and those it uses that are not there. Pure.

The one rule: as in libjq, a definition that nothing uses is dropped before its names are looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from portside.jq.constants import constant
from portside.jq.tree import (
    ArrayPattern,
    Binary,
    Bind,
    Break,
    Call,
    Define,
    Descent,
    Foreach,
    Format,
    Label,
    Negation,
    Node,
    ObjectPattern,
    Pattern,
    Reduce,
    Text,
    Update,
    Variable,
    VariablePattern,
    below,
)

_NAMES = """
    IN/1 IN/2 INDEX/1 INDEX/2 JOIN/2 JOIN/3 JOIN/4 abs/0 acos/0 acosh/0 add/0 add/1 all/0 all/1 all/2 any/0 any/1
    any/2 arrays/0 ascii_downcase/0 ascii_upcase/0 asin/0 asinh/0 atan/0 atan2/2 atanh/0 booleans/0 bsearch/1
    builtins/0 capture/1 capture/2 cbrt/0 ceil/0 combinations/0 combinations/1 contains/1 copysign/2 cos/0 cosh/0
    debug/0 debug/1 del/1 delpaths/1 drem/2 empty/0 endswith/1 env/0 erf/0 erfc/0 error/0 error/1 exp/0 exp10/0
    exp2/0 explode/0 expm1/0 fabs/0 fdim/2 finites/0 first/0 first/1 flatten/0 flatten/1 floor/0 fma/3 fmax/2
    fmin/2 fmod/2 format/1 frexp/0 from_entries/0 fromdate/0 fromdateiso8601/0 fromjson/0 fromstream/1 gamma/0
    get_jq_origin/0 get_prog_origin/0 get_search_list/0 getpath/1 gmtime/0 group_by/1 gsub/2 gsub/3 halt/0
    halt_error/0 halt_error/1 has/1 have_decnum/0 have_literal_numbers/0 hypot/2 implode/0 in/1 index/1 indices/1
    infinite/0 input/0 input_filename/0 input_line_number/0 inputs/0 inside/1 isempty/1 isfinite/0 isinfinite/0
    isnan/0 isnormal/0 iterables/0 j0/0 j1/0 jn/2 join/1 keys/0 keys_unsorted/0 last/0 last/1 ldexp/2 length/0
    lgamma/0 lgamma_r/0 limit/2 localtime/0 log/0 log10/0 log1p/0 log2/0 logb/0 ltrim/0 ltrimstr/1 map/1
    map_values/1 match/1 match/2 max/0 max_by/1 min/0 min_by/1 mktime/0 modf/0 modulemeta/0 nan/0 nearbyint/0
    nextafter/2 nexttoward/2 normals/0 not/0 now/0 nth/1 nth/2 nulls/0 numbers/0 objects/0 path/1 paths/0 paths/1
    pick/1 pow/2 range/1 range/2 range/3 recurse/0 recurse/1 recurse/2 remainder/2 repeat/1 reverse/0 rindex/1
    rint/0 round/0 rtrim/0 rtrimstr/1 scalars/0 scalb/2 scalbln/2 scan/1 scan/2 select/1 setpath/2 significand/0
    sin/0 sinh/0 skip/2 sort/0 sort_by/1 split/1 split/2 splits/1 splits/2 sqrt/0 startswith/1 stderr/0
    strflocaltime/1 strftime/1 strings/0 strptime/1 sub/2 sub/3 tan/0 tanh/0 test/1 test/2 tgamma/0 to_entries/0
    toarray/0 toboolean/0 todate/0 todateiso8601/0 tojson/0 tonumber/0 tostream/0 tostring/0 transpose/0 trim/0
    trimstr/1 trunc/0 truncate_stream/1 type/0 unique/0 unique_by/1 until/2 utf8bytelength/0 values/0 walk/1
    while/2 with_entries/1 y0/0 y1/0 yn/2
    _assign/2 _divide/2 _equal/2 _flatten/1 _greater/2 _greatereq/2 _group_by_impl/1 _less/2 _lesseq/2
    _match_impl/3 _max_by_impl/1 _min_by_impl/1 _minus/2 _mod/2 _modify/2 _multiply/2 _negate/0 _notequal/2
    _plus/2 _sort_by_impl/1 _strindices/1 _unique_by_impl/1
"""
BUILTINS = frozenset(_NAMES.split())
"""Functions by name and number of arguments: what `builtins` of libjq 1.8.2 lists, and the hidden ones that its sources
name and it compiles. Port's prefix defines `env` and `toarray` once more."""

_VARIABLES = frozenset({"ENV", "__loc__"})
_OPERATORS: Mapping[str, str] = {
    "+": "_plus/2", "-": "_minus/2", "*": "_multiply/2", "/": "_divide/2", "%": "_mod/2", "==": "_equal/2",
    "!=": "_notequal/2", "<": "_less/2", "<=": "_lesseq/2", ">": "_greater/2", ">=": "_greatereq/2",
}  # fmt: skip
_SIGNS: Mapping[type, tuple[str, ...]] = {
    Descent: ("recurse/0",),
    Negation: ("_negate/0",),
    Text: ("format/1", "_plus/2"),
    Format: ("format/1",),
    Label: ("_equal/2", "error/0"),
    Break: ("error/0",),
}
"""The functions that jq calls for what is written otherwise."""


class Unknown(NamedTuple):
    """A name that is not there: a variable's begins with `$`, a label's with `*`.

    `around` are the author's own functions that could be called here, as name/arity.
    """

    start: int
    name: str
    arity: int = 0
    around: tuple[str, ...] = ()


class _Definition:
    """A function of the author's."""

    def __init__(self) -> None:
        self.used = False


class _Scope(NamedTuple):
    """The author's own names around a node."""

    functions: Mapping[str, _Definition]
    variables: frozenset[str]
    labels: frozenset[str]

    def binding(self, variables: Iterable[str]) -> _Scope:
        return self._replace(variables=self.variables.union(variables))

    def defining(self, functions: Iterable[str], definition: _Definition) -> _Scope:
        return self._replace(functions={**self.functions, **dict.fromkeys(functions, definition)})


def unknown(node: Node) -> Unknown | None:
    """The first name in a text that is not there."""
    walk = _Walk()
    walk.visit(node, _Scope({}, _VARIABLES, frozenset()))
    return min(walk.found, default=None)


class _Walk:
    """One way through a tree."""

    def __init__(self) -> None:
        self.found: list[Unknown] = []

    def visit(self, node: Node, scope: _Scope) -> None:
        if scope.functions:
            for name in _behind(node):
                self.use(name, scope)
        if find := _FINDERS.get(type(node)):
            find(self, node, scope)
        else:
            for lower in below(node):
                self.visit(lower, scope)

    def use(self, function: str, scope: _Scope) -> bool:
        """Marks a function of the author's as used; whether it is one."""
        definition = scope.functions.get(function)
        if definition:
            definition.used = True
        return definition is not None

    def call(self, node: Call, scope: _Scope) -> None:
        name = f"{node.name}/{len(node.arguments)}"
        if not self.use(name, scope) and name not in BUILTINS:
            self.found.append(Unknown(node.start, node.name, len(node.arguments), tuple(scope.functions)))
        for argument in node.arguments:
            self.visit(argument, scope)

    def variable(self, node: Variable, scope: _Scope) -> None:
        if node.name.lstrip("$") not in scope.variables:
            self.found.append(Unknown(node.start, f"${node.name.lstrip('$')}"))

    def break_(self, node: Break, scope: _Scope) -> None:
        if node.name not in scope.labels:
            self.found.append(Unknown(node.start, f"*{node.name}"))

    def label(self, node: Label, scope: _Scope) -> None:
        self.visit(node.body, scope._replace(labels=scope.labels | {node.name}))

    def define(self, node: Define, scope: _Scope) -> None:
        """A parameter is a function without arguments, and one with `$` a variable too."""
        definition = _Definition()
        around = scope.defining((f"{node.name}/{len(node.parameters)}",), definition)
        self.visit(node.rest, around)
        if definition.used:
            given = (f"{parameter.lstrip('$')}/0" for parameter in node.parameters)
            values = (parameter[1:] for parameter in node.parameters if parameter.startswith("$"))
            self.visit(node.body, around.defining(given, _Definition()).binding(values))

    def bind(self, node: Bind | Reduce | Foreach, scope: _Scope) -> None:
        """Keys in patterns see the variables of the patterns only where there are alternatives, with `?//`."""
        bound = scope.binding(name for pattern in node.patterns for name in variables(pattern))
        self.visit(node.source, scope)
        for pattern in node.patterns:
            for key in below(pattern):
                self.visit(key, bound if len(node.patterns) > 1 else scope)
        if not isinstance(node, Bind):
            self.visit(node.initial, scope)
        for inside in _inside(node):
            self.visit(inside, bound)


_FINDERS: Mapping[type, Callable[[_Walk, Any, _Scope], None]] = {
    Call: _Walk.call,
    Variable: _Walk.variable,
    Break: _Walk.break_,
    Label: _Walk.label,
    Define: _Walk.define,
    Bind: _Walk.bind,
    Reduce: _Walk.bind,
    Foreach: _Walk.bind,
}


def variables(pattern: Pattern | None) -> Iterator[str]:
    """The names that a pattern binds, in the order in which they are written."""
    match pattern:
        case VariablePattern():
            yield pattern.name
        case ArrayPattern():
            for item in pattern.items:
                yield from variables(item)
        case ObjectPattern():
            for entry in pattern.entries:
                yield from (entry.name,) if entry.name else ()
                yield from variables(entry.pattern)


def _inside(node: Bind | Reduce | Foreach) -> tuple[Node, ...]:
    """What sees the variables."""
    if isinstance(node, Bind):
        return (node.body,)
    if isinstance(node, Foreach) and node.extract is not None:
        return (node.update, node.extract)
    return (node.update,)


def _behind(node: Node) -> tuple[str, ...]:
    """The functions that a node calls without naming them."""
    if isinstance(node, Binary) and node.operator in _OPERATORS:
        return () if constant(node.left) and constant(node.right) else (_OPERATORS[node.operator],)
    if isinstance(node, Update):
        operator = _OPERATORS.get(node.operator[:-1])
        return ("_assign/2",) if node.operator == "=" else ("_modify/2", *((operator,) if operator else ()))
    if isinstance(node, Text) and all(isinstance(part, str) for part in node.parts):
        return ()
    return _SIGNS.get(type(node), ())
