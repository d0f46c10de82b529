"""What jq's operators and functions of plain values give for types. Pure.

The one rule: values that are known are computed by the very functions that run expressions; a type is only read off
where they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import Final, NamedTuple

from portside.jq.inference.inferred import MAYBE, NO, UNKNOWN, Inferred, failed, one, partly, sequence
from portside.jq.types import (
    ANY,
    ARRAY,
    BOOLEAN,
    EVERY,
    FALSE,
    NEVER,
    NULL,
    NUMBER,
    OBJECT,
    SCALARS,
    STRING,
    TRUE,
    Array,
    Member,
    Object,
    Type,
    closed,
    common,
    field,
    intersects,
    kinds,
    list_of,
    listed,
    nullable,
    of,
    of_kinds,
    parts,
    shown,
    strings,
    truthy,
    union,
    values,
)
from portside.jq.values.arithmetic import add, divide, modulo, multiply, negate, subtract
from portside.jq.values.functions import BUILTINS
from portside.jq.values.ordering import equal, greater, greater_equal, less, less_equal
from portside.jq.values.paths import index, iterate, slice_
from portside.jq.values.strings import format_
from portside.jq.values.texts import Failed, Unsure, tostring
from portside.model.resource import JSON

_WAYS = 64
"""Up to so many combinations of known values are computed one by one."""


def folded(function: Callable[..., JSON], *types: Type) -> Inferred | None:
    """What a function gives for each combination of known values; None where that is not known."""
    known = [values(each, _WAYS) for each in types]
    if None in known or prod(len(some or ()) for some in known) > _WAYS:
        return None
    gives, refusals = [], []
    for combination in product(*known):  # type: ignore[arg-type]
        try:
            gives.append(of(function(*combination)))
        except Failed as refusal:
            refusals.append(refusal.value)
        except (Unsure, RecursionError):
            return None
    if not gives:
        return failed(_message(refusals))
    return one(union(*gives), MAYBE if refusals else NO)


def _message(refusals: list[JSON]) -> str:
    """The error; where it differs from value to value, one of them."""
    return min((each for each in refusals if isinstance(each, str)), default="")


def _of_parts(operation: Callable[[Type, Type], Type], a: Type, b: Type, said: str) -> Inferred:
    """An operator, kind by kind; what gives NEVER fails."""
    results = [operation(left, right) for left in parts(_wide(a)) for right in parts(_wide(b))]
    message = f"{shown(a)} and {shown(b)} cannot be {said}"
    return partly(union(*results), NEVER in results, message)


def _wide(each: Type) -> Type:
    """Without the known numbers and strings, of which there may be many."""
    return each._replace(number=each.number and EVERY, string=each.string and EVERY)


def _added(a: Type, b: Type) -> Type:
    if a.null or b.null:
        return b if a.null else a
    if a.array and b.array:
        return _joined(a.array, b.array)
    if a.object and b.object:
        return Type(object=_merged(a.object, b.object))
    return NUMBER if a.number and b.number else STRING if a.string and b.string else NEVER


def _joined(a: Array, b: Array) -> Type:
    if a.exact is not None and b.exact is not None:
        return listed((*a.exact, *b.exact))
    empty = not (a.exact or b.exact) and (a.exact == () or a.empty) and (b.exact == () or b.empty)
    return list_of(union(a.items, b.items), empty=empty)


def _merged(a: Object, b: Object) -> Object:
    """The members of b over those of a."""
    members = {}
    for key in {**a.members, **b.members}:
        below, above = a.members.get(key, Member(a.others, True)), b.members.get(key, Member(b.others, True))
        kept = union(above.type, below.type) if above.optional else above.type
        members[key] = Member(kept, below.optional and above.optional)
    if a.rest is None and b.rest is None:
        return Object(members, None)
    return Object(members, EVERY if EVERY in (a.rest, b.rest) else union(a.others, b.others))


def _subtracted(a: Type, b: Type) -> Type:
    if a.array and b.array:
        return list_of(a.array.items)
    return NUMBER if a.number and b.number else NEVER


def _multiplied(a: Type, b: Type) -> Type:
    if a.object and b.object:
        return OBJECT
    if (a.string and b.number) or (a.number and b.string):
        return nullable(STRING)
    return NUMBER if a.number and b.number else NEVER


def _divided(a: Type, b: Type) -> Type:
    if a.string and b.string:
        return list_of(STRING)
    return NUMBER if a.number and b.number else NEVER


def arithmetic(operator: str, a: Type, b: Type) -> Inferred:
    """`+ - * / %`"""
    function, typed, said = _ARITHMETIC[operator]
    found = folded(function, a, b)
    if found is not None:
        return found
    if a is ANY and b is ANY:
        return one(ANY, MAYBE)
    found = _of_parts(typed, a, b, said)
    zero = operator in "/%" and b.number
    return found._replace(fails=max(found.fails, MAYBE)) if zero else found


_ARITHMETIC: Final = {
    "+": (add, _added, "added"),
    "-": (subtract, _subtracted, "subtracted"),
    "*": (multiply, _multiplied, "multiplied"),
    "/": (divide, _divided, "divided"),
    "%": (modulo, lambda a, b: NUMBER if a.number and b.number else NEVER, "divided"),
}


def compared(operator: str, a: Type, b: Type) -> Inferred:
    """`== != < <= > >=`; they never fail."""
    found = folded(_COMPARISONS[operator], a, b)
    if found is not None:
        return found
    if operator in ("==", "!=") and not _may_equal(a, b):
        return one(FALSE if operator == "==" else TRUE)
    return one(BOOLEAN)


def _may_equal(a: Type, b: Type) -> bool:
    return a is ANY or b is ANY or intersects(a, b)


_COMPARISONS: Final[Mapping[str, Callable[[JSON, JSON], bool]]] = {
    "==": equal,
    "!=": lambda a, b: not equal(a, b),
    "<": less,
    "<=": less_equal,
    ">": greater,
    ">=": greater_equal,
}


def negated(given: Type) -> Inferred:
    found = folded(negate, given)
    return found or partly((given.number and NUMBER) or NEVER, kinds(given) != ("number",), _refused("-", given))


def truth(given: Type) -> Type:
    """Whether a value counts as true."""
    true, false = truthy(given) != NEVER, given.null or False in given.booleans
    return BOOLEAN if true and false else TRUE if true else FALSE if false else NEVER


def field_of(given: Type, name: str) -> Inferred:
    """`.name`"""
    found = field(given, name)
    if not (given.booleans or given.number or given.string or given.array):
        return one(found) if found is not NEVER else failed()
    return partly(found, True, f'Cannot index {" or ".join(kinds(given))} with string ("{name}")')


def item_of(given: Type, key: Type) -> Inferred:
    """`.[key]`"""
    if key.string is not None and isinstance(key.string, frozenset) and kinds(key) == ("string",):
        found = [field_of(given, name) for name in key.string]
        fails = any(each.fails for each in found)
        return partly(union(*(each.type for each in found)), fails, min(each.message for each in found))
    if kinds(given) == ("array",) and kinds(key) == ("number",):
        return one(_item(given.array, key))  # type: ignore[arg-type]
    return folded(index, given, key) or one(ANY, MAYBE)


def _item(array: Array, key: Type) -> Type:
    position = next(iter(key.number)) if isinstance(key.number, frozenset) and len(key.number) == 1 else None
    if position is None or array.exact is None or type(position) is not int:
        certain = position in (0, -1) and array.exact is None and not array.empty
        return array.items if certain else nullable(array.items)
    inside = -len(array.exact) <= position < len(array.exact)
    return array.exact[position] if inside else NULL


def sliced(given: Type, from_: Type, to: Type) -> Inferred:
    """`.[from:to]`; a bound that is left out is null."""
    found = folded(slice_, given, from_, to)
    if found is not None:
        return found
    gives = union(
        NULL if given.null else NEVER,
        STRING if given.string else NEVER,
        list_of(given.array.items) if given.array else NEVER,
    )
    bounds = set(kinds(from_)) | set(kinds(to))
    fails = bool(given.booleans or given.number or given.object) or not bounds <= {"null", "number"}
    return partly(gives, fails, _refused("a slice", given))


def members(given: Type) -> Inferred:
    """`.[]`"""
    if given.array is None and given.object is None:
        return failed(f"Cannot iterate over {' or '.join(kinds(given))}")
    fails = MAYBE if given.null or given.booleans or given.number or given.string else NO
    if given.array is not None and given.object is None and given.array.exact is not None:
        return sequence(given.array.exact, fails)
    if given.array is None and given.object is not None and _fixed(given.object):
        there = {key: member.type for key, member in given.object.members.items()}
        return sequence(iterate(there), fails)
    items = given.array.items if given.array else NEVER
    inside = (
        union(given.object.others, *(each.type for each in given.object.members.values())) if given.object else NEVER
    )
    empty = MAYBE if fails or _can_be_empty(given) else NO
    return Inferred(union(items, inside), fails, empty, True)


def _fixed(object_: Object) -> bool:
    return object_.rest is None and not any(member.optional for member in object_.members.values())


def _can_be_empty(given: Type) -> bool:
    """Whether an array or an object can have nothing in it."""
    array = given.array is not None and (given.array.empty if given.array.exact is None else not given.array.exact)
    return array or (given.object is not None and all(each.optional for each in given.object.members.values()))


def put(object_: Object, key: Type, value: Type) -> Object:
    """The object with one more member, whose name may be one of several, or any."""
    if key.string is EVERY:
        there = {name: Member(union(old.type, value), old.optional) for name, old in object_.members.items()}
        return Object(there, union(object_.others, value))
    there = dict(object_.members)
    for name in key.string or ():
        old = there.get(name, Member(object_.others, True))
        there[name] = Member(value) if len(key.string or ()) == 1 else Member(union(old.type, value), old.optional)
    return Object(there, object_.rest)


def formatted(name: str, given: Type) -> Inferred:
    """`@name` of a value, without the `@`; "": as it stands in a string."""
    found = folded((lambda value: format_(name, value)) if name else tostring, given)
    if found is not None:
        return found
    if name in ("", "text"):
        return one(_as_text(given))
    takes = _FORMATS.get(name)
    if takes is None:
        return one(STRING)
    return partly(STRING if common(given, takes) != NEVER else NEVER, True, f"{shown(given)} cannot be formatted")


_FORMATS: Final = {
    "csv": ARRAY, "tsv": ARRAY, "sh": union(SCALARS, ARRAY), "base64d": ANY, "urid": ANY,
}  # fmt: skip
"""Those that can fail, and what they take."""


def _as_text(given: Type) -> Type:
    text = Type(string=given.string, format=given.format)
    return text if kinds(given) == ("string",) else union(text, STRING)


class Signature(NamedTuple):
    """A function of plain values: the kinds of input it takes, the kinds of each argument, and what it gives then.

    `fails`: it may, even with those.
    """

    takes: Type
    gives: Type | Callable[..., Type]
    arguments: Type = ANY
    fails: bool | Callable[..., bool] = False


def called(name: str, given: Type, arguments: tuple[Type, ...]) -> Inferred:
    """A function, by name/arity."""
    function, signature = _function(name), SIGNATURES.get(name)
    found = folded(function, given, *arguments) if function else None
    if found is not None or signature is None:
        return found or UNKNOWN
    takes = common(given, signature.takes)
    if takes == NEVER:
        return failed(_refused(name.partition("/")[0], given))
    fit = _covers(signature.takes, given) and all(_covers(signature.arguments, each) for each in arguments)
    gives = signature.gives if isinstance(signature.gives, Type) else signature.gives(takes, *arguments)
    fails = signature.fails if isinstance(signature.fails, bool) else signature.fails(takes, *arguments)
    return one(gives, NO if fit and not fails else MAYBE)


def streamed(name: str, given: Type, arguments: tuple[Type, ...]) -> Inferred:
    """match, capture, scan, splits: any number of outputs for a text."""
    from portside.jq.values.patterns import STREAMS as FUNCTIONS  # late: few expressions have a pattern

    if given.string is None:
        return failed(_refused(name.partition("/")[0], given))
    found = folded(FUNCTIONS[name], given, *arguments)
    if found is not None and found.type.array is not None and found.type.array.exact is not None:
        return sequence(found.type.array.exact, found.fails)
    fails = MAYBE if kinds(given) != ("string",) or _unsure(given, *arguments) else NO
    return Inferred(STREAMS[name.partition("/")[0]], fails, MAYBE, True)


def _unsure(_given: Type, *pattern: Type) -> bool:
    """Whether a pattern may be none; that is known before there is a text."""
    found = folded(_elsewhere()[f"test/{len(pattern)}"], of(""), *pattern)
    return found is None or found.fails is not NO


STREAMS: Final = {
    "match": closed({"offset": NUMBER, "length": NUMBER, "string": nullable(STRING), "captures": ARRAY}),
    "capture": Type(object=Object({}, nullable(STRING))),
    "scan": union(STRING, list_of(nullable(STRING))),
    "splits": STRING,
}


def replaced(given: Type, pattern: tuple[Type, ...]) -> Inferred:
    """sub, gsub: one text, however much is replaced, when what is put in is a string or null."""
    if given.string is None:
        return failed(_refused("sub", given))
    return one(STRING, MAYBE if kinds(given) != ("string",) or _unsure(given, *pattern) else NO)


def _covers(takes: Type, given: Type) -> bool:
    return set(kinds(given)) <= set(kinds(takes))


def _refused(name: str, given: Type) -> str:
    return f"{name} does not take {shown(given)}"


def _length(given: Type) -> Type:
    known = of(0) if given.null else NEVER
    array = given.array.exact if given.array else None
    if array is not None:
        known = union(known, of(len(array)))
    unknown = given.number or given.string or given.object or (given.array and array is None)
    return NUMBER if unknown else known


def _keys(given: Type) -> Type:
    numbers = list_of(NUMBER) if given.array else NEVER
    if given.object is None:
        return numbers
    names = strings(*given.object.members) if given.object.rest is None and given.object.members else STRING
    closed_empty = given.object.rest is None and not given.object.members
    return union(numbers, listed(()) if closed_empty else list_of(names, empty=_can_be_empty(given)))


def _has(given: Type, key: Type) -> Type:
    null = FALSE if given.null else NEVER
    if given.array is not None or not isinstance(key.string, frozenset):
        return BOOLEAN if given.array or given.object else null
    return union(null, *(_has_member(given.object, name) for name in key.string if given.object))


def _has_member(object_: Object, name: str) -> Type:
    member = object_.members.get(name)
    if member is None:
        return FALSE if object_.rest is None else BOOLEAN
    if not member.optional:
        return TRUE
    return FALSE if member.type == NEVER else BOOLEAN


def _same_list(given: Type, *_: Type) -> Type:
    """A list of some of the items, in another order; of one at least when there is one."""
    array = given.array or Array(())
    return list_of(array.items, empty=_can_be_empty(Type(array=array)))


def _item_or_null(given: Type, *_: Type) -> Type:
    array = given.array or Array(())
    return nullable(array.items) if _can_be_empty(Type(array=array)) else array.items


def _sum(given: Type) -> Type:
    """`add`: null, or the sum of what can be added."""
    items = members(given).type
    some = _without_null(items)
    if len(kinds(some)) > 1:
        return ANY
    typed = _added(_wide(some), _wide(some)) if some != NEVER else NEVER
    return nullable(union(some, typed) if not some.array else list_of(some.array.items))


def _without_null(given: Type) -> Type:
    return given._replace(null=False)


def _entries(given: Type) -> Type:
    """`to_entries`; of a list too, whose keys are numbers."""
    names = _keys(given).array
    key = names.items if names else NEVER
    if key == NEVER:
        return listed(())
    return list_of(closed({"key": key, "value": members(given).type}), empty=_can_be_empty(given))


def _from_entries(given: Type) -> Type:
    item = members(given).type
    return Type(object=Object({}, union(field(item, "value"), field(item, "Value")))) if item != ANY else OBJECT


def _flat(given: Type, *_: Type) -> Type:
    return list_of(_leaves(members(given).type, 8))


def _leaves(given: Type, depth: int) -> Type:
    if given.array is None or not depth or given is ANY:
        return given
    below = _leaves(given.array.items, depth - 1)
    return union(given, below)


def _differ(given: Type, other: Type) -> bool:
    """Whether two values can be of kinds that cannot contain each other; objects and lists hold any."""
    return kinds(given) != kinds(other) or kinds(given) not in (("string",), ("boolean",), ("null",), ("number",))


def _no_key(given: Type, key: Type) -> bool:
    return (kinds(_without_null(given)), kinds(key)) not in ((("object",), ("string",)), (("array",), ("number",)))


def _no_text(given: Type, wanted: Type) -> bool:
    return not kinds(given) == kinds(wanted) == ("string",)


def _position(given: Type, _wanted: Type) -> Type:
    """`index`, `rindex`; of an object it is the first item of a member."""
    return ANY if given.object else nullable(NUMBER)


def _nested(given: Type, _separator: Type) -> bool:
    return not _covers(SCALARS, members(given).type)


def _mixed(given: Type) -> bool:
    """Whether the members cannot all be added."""
    found = kinds(_without_null(members(given).type))
    return len(found) > 1 or found == ("boolean",)


def _date(_given: Type, form: Type) -> Type:
    return strings(format="date-time") if form == of("%Y-%m-%dT%H:%M:%SZ") else STRING


_TO_NUMBER = Signature(NUMBER, NUMBER)
_TO_STRING = Signature(STRING, STRING)
_STRINGS = Signature(STRING, STRING, STRING)
_ASKS = Signature(STRING, BOOLEAN, STRING)
_ITERABLE = of_kinds("array", "object")
_POSITIONS = of_kinds("null", "string", "array", "object")

SIGNATURES: Final[Mapping[str, Signature]] = {
    **{f"{name}/0": _TO_NUMBER for name in (
        "floor", "ceil", "round", "sqrt", "fabs", "trunc", "exp", "exp2", "exp10", "log", "log2", "log10",
    )},
    **{f"{name}/0": _TO_STRING for name in ("ascii_downcase", "ascii_upcase", "trim", "ltrim", "rtrim")},
    **{f"{name}/1": _STRINGS for name in ("ltrimstr", "rtrimstr", "trimstr")},
    **{f"{name}/1": _ASKS for name in ("startswith", "endswith")},
    "abs/0": Signature(of_kinds("number", "string", "array", "object"), _wide),
    "contains/1": Signature(ANY, BOOLEAN, fails=_differ),
    "inside/1": Signature(ANY, BOOLEAN, fails=_differ),
    "explode/0": Signature(STRING, list_of(NUMBER)),
    "flatten/0": Signature(_ITERABLE, _flat),
    "flatten/1": Signature(_ITERABLE, _flat, NUMBER, True),
    "from_entries/0": Signature(_ITERABLE, _from_entries, fails=True),
    "fromdate/0": Signature(STRING, NUMBER, fails=True),
    "fromdateiso8601/0": Signature(STRING, NUMBER, fails=True),
    "fromjson/0": Signature(STRING, ANY, fails=True),
    "gmtime/0": Signature(NUMBER, list_of(NUMBER, empty=False), fails=True),
    "has/1": Signature(nullable(_ITERABLE), _has, fails=_no_key),
    "implode/0": Signature(ARRAY, STRING, fails=True),
    "index/1": Signature(_POSITIONS, _position, fails=_no_text),
    "rindex/1": Signature(_POSITIONS, _position, fails=_no_text),
    "join/1": Signature(_ITERABLE, STRING, STRING, _nested),
    "keys/0": Signature(_ITERABLE, _keys),
    "keys_unsorted/0": Signature(_ITERABLE, _keys),
    "length/0": Signature(of_kinds("null", "number", "string", "array", "object"), _length),
    "max/0": Signature(ARRAY, _item_or_null),
    "min/0": Signature(ARRAY, _item_or_null),
    "mktime/0": Signature(ARRAY, NUMBER, fails=True),
    "now/0": Signature(ANY, NUMBER),
    "sort/0": Signature(ARRAY, _same_list),
    "split/1": Signature(STRING, list_of(STRING), STRING),
    "split/2": Signature(STRING, list_of(STRING), fails=_unsure),
    "strftime/1": Signature(of_kinds("number", "array"), _date, STRING, True),
    "strptime/1": Signature(STRING, list_of(NUMBER, empty=False), STRING, True),
    "test/1": Signature(STRING, BOOLEAN, fails=_unsure),
    "test/2": Signature(STRING, BOOLEAN, fails=_unsure),
    "to_entries/0": Signature(_ITERABLE, _entries),
    "todate/0": Signature(of_kinds("number", "array"), strings(format="date-time"), fails=True),
    "todateiso8601/0": Signature(of_kinds("number", "array"), strings(format="date-time"), fails=True),
    "toboolean/0": Signature(of_kinds("boolean", "string"), BOOLEAN, fails=True),
    "tojson/0": Signature(ANY, STRING),
    "tonumber/0": Signature(of_kinds("number", "string"), NUMBER, fails=lambda given: bool(given.string)),
    "tostring/0": Signature(ANY, _as_text),
    "type/0": Signature(ANY, lambda given: strings(*kinds(given))),
    "unique/0": Signature(ARRAY, _same_list),
    "utf8bytelength/0": Signature(STRING, NUMBER),
    "add/0": Signature(_ITERABLE, _sum, fails=_mixed),
}  # fmt: skip


def is_plain(name: str) -> bool:
    """Whether a function is one of values."""
    return name in SIGNATURES or name in BUILTINS


def _function(name: str) -> Callable[..., JSON] | None:
    return BUILTINS.get(name) or (_elsewhere().get(name) if name in SIGNATURES else None)


@cache
def _elsewhere() -> Mapping[str, Callable[..., JSON]]:
    from portside.jq.values import dates, patterns  # late: few expressions have a pattern or a date

    return {**patterns.FUNCTIONS, **dates.FUNCTIONS}
