"""What a value of JSON can be: types, and their algebra. Pure.

The one rule: a type says too much rather than too little: what a value can be is in its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import reduce
from itertools import islice, product
from typing import Final, NamedTuple

from portside.model.resource import JSON

STRING_LIMIT = 40
NUMBER_LIMIT = 20
"""Up to so many values are known one by one."""
ITEM_LIMIT = 32
"""Lists up to this length are known item by item."""
_DEPTH_LIMIT = 64
_EXACT = 2**53
_NONE: Final[frozenset[bool]] = frozenset()


class Every(Enum):
    """Any number, any string; the type of anything, inside of a list or an object."""

    EVERY = "every"


EVERY: Final = Every.EVERY


class Type(NamedTuple):
    """A union of kinds; each is there or not. NEVER has none, ANY all.

    `number` and `string` are None (no such value), EVERY, or the only values it can be. A number whose spelling jq
    could keep (`1.0`, beyond 2**53) is EVERY. `format` says what any string looks like: date-time, url, email; or "".
    """

    null: bool = False
    booleans: frozenset[bool] = _NONE
    number: frozenset[float] | Every | None = None
    string: frozenset[str] | Every | None = None
    format: str = ""
    array: Array | None = None
    object: Object | None = None

    def __repr__(self) -> str:
        return f"<{shown(self)}>"


class Array(NamedTuple):
    """A list: `exact`, item by item; where that is None, of `rest`, and `empty` says whether it can be empty."""

    exact: tuple[Type, ...] | None
    rest: Type | Every = EVERY
    empty: bool = True

    @property
    def items(self) -> Type:
        """What each item can be."""
        if self.exact is not None:
            return union(*self.exact)
        return ANY if self.rest is EVERY else self.rest


class Member(NamedTuple):
    """A member of an object; an optional one may be missing."""

    type: Type
    optional: bool = False


class Object(NamedTuple):
    """An object with these members; `rest` is what any other can be, None: there is no other."""

    members: Mapping[str, Member]
    rest: Type | Every | None = EVERY

    @property
    def others(self) -> Type:
        """What a member can be that is not named."""
        if self.rest is None:
            return NEVER
        return ANY if self.rest is EVERY else self.rest

    def __hash__(self) -> int:
        return hash(frozenset(self.members))


NEVER: Final = Type()
NULL: Final = Type(null=True)
TRUE: Final = Type(booleans=frozenset((True,)))
FALSE: Final = Type(booleans=frozenset((False,)))
BOOLEAN: Final = Type(booleans=frozenset((True, False)))
NUMBER: Final = Type(number=EVERY)
STRING: Final = Type(string=EVERY)
ARRAY: Final = Type(array=Array(None))
OBJECT: Final = Type(object=Object({}))
ANY: Final = Type(True, BOOLEAN.booleans, EVERY, EVERY, "", ARRAY.array, OBJECT.object)
SCALARS: Final = Type(True, BOOLEAN.booleans, EVERY, EVERY)


def of(value: JSON) -> Type:
    """Exactly this value; beyond 64 levels and 32 items less exactly."""
    return _of(value, _DEPTH_LIMIT)


def _of(value: JSON, depth: int) -> Type:
    if value is None:
        return NULL
    kind = type(value)
    if kind is str:
        return Type(string=frozenset((value,)))
    if kind is bool:
        return TRUE if value else FALSE
    if kind is int or kind is float:
        return Type(number=frozenset((value,)) if _plain(value) else EVERY)
    if not depth:
        return ANY
    if kind is list:
        return listed([_of(item, depth - 1) for item in value])
    return closed({key: _of(member, depth - 1) for key, member in value.items()})


def _plain(number: float) -> bool:
    """Whether jq writes it in only one way."""
    return -_EXACT <= number <= _EXACT and (type(number) is int or number % 1 != 0)


def strings(*values: str, format: str = "") -> Type:  # noqa: A002
    """One of these strings; without any, every string of a format."""
    return Type(string=_limited(frozenset(values), STRING_LIMIT) or EVERY, format=format)


def listed(items: Iterable[Type]) -> Type:
    """A list of exactly these items, one after the other."""
    exact = tuple(items)
    if len(exact) <= ITEM_LIMIT:
        return Type(array=Array(exact))
    return list_of(union(*exact), empty=False)


def list_of(items: Type, *, empty: bool = True) -> Type:
    """A list of any length."""
    return Type(array=Array(None, items, empty)) if items != NEVER else listed(())


def closed(members: Mapping[str, Type]) -> Type:
    """An object of exactly these members."""
    return Type(object=Object({key: Member(member) for key, member in members.items()}, None))


def open_(members: Mapping[str, Type], optional: Mapping[str, Type] | None = None) -> Type:
    """An object with these members, and perhaps others."""
    maybe = {key: Member(member, True) for key, member in (optional or {}).items()}
    return Type(object=Object({**{key: Member(member) for key, member in members.items()}, **maybe}))


def union(*types: Type) -> Type:
    """Whatever one of them can be."""
    return reduce(_union, types, NEVER)


def nullable(one: Type) -> Type:
    return one if one.null else _union(NULL, one)


def _union(one: Type, other: Type) -> Type:
    if one is other or other is NEVER or one is ANY:
        return one
    if one is NEVER or other is ANY:
        return other
    known = one.string is not EVERY and other.string is not EVERY
    found = Type(
        one.null or other.null,
        one.booleans | other.booleans,
        _either(one.number, other.number, NUMBER_LIMIT),
        _either(one.string, other.string, STRING_LIMIT),
        "" if known else _format(one, other),
        _one_list(one.array, other.array) if one.array and other.array else one.array or other.array,
        _one_object(one.object, other.object) if one.object and other.object else one.object or other.object,
    )
    return ANY if found == ANY else found


def _either(one: frozenset | Every | None, other: frozenset | Every | None, limit: int) -> frozenset | Every | None:  # type: ignore[type-arg]
    if one is None or other is None:
        return other if one is None else one
    if one is EVERY or other is EVERY:
        return EVERY
    return one if one == other else _limited(one | other, limit)


def _limited(values: frozenset, limit: int) -> frozenset | Every:  # type: ignore[type-arg]
    return values if len(values) <= limit else EVERY


def _format(one: Type, other: Type) -> str:
    """The format of both; what has no string has every format."""
    if one.string is None:
        return other.format
    return one.format if other.string is None or one.format == other.format else ""


def _one_list(one: Array, other: Array) -> Array:
    if one is other:
        return one
    if one.exact is not None and other.exact is not None and len(one.exact) == len(other.exact):
        return Array(tuple(map(_union, one.exact, other.exact)))
    return Array(None, _union(one.items, other.items), _can_be_empty(one) or _can_be_empty(other))


def _can_be_empty(array: Array) -> bool:
    return array.empty if array.exact is None else not array.exact


def _one_object(one: Object, other: Object) -> Object:
    if one is other:
        return one
    others = _union(one.others, other.others)
    keys = {**one.members, **other.members}
    members = {key: _one_member(_member(one, key), _member(other, key)) for key in keys}
    if others is ANY:
        members = {key: member for key, member in members.items() if member.type is not ANY or not member.optional}
        return Object(members)
    return Object(members, None if others == NEVER else others)


def _one_member(one: Member, other: Member) -> Member:
    return Member(_union(one.type, other.type), one.optional or other.optional)


def _member(of: Object, key: str) -> Member:
    return of.members.get(key) or Member(of.others, True)


def common(one: Type, other: Type) -> Type:
    """What of `one` can be in `other` too. Lists and objects are not compared."""
    if one is ANY or other is ANY:
        return other if one is ANY else one
    string, known = _shared(one.string, other.string)
    number = _shared(one.number, other.number)[0] if one.number is not EVERY else other.number and EVERY
    return Type(
        one.null and other.null,
        one.booleans & other.booleans,
        number,
        string,
        "" if known else one.format or other.format,
        other.array and one.array,
        other.object and one.object,
    )


def _shared(one: frozenset | Every | None, other: frozenset | Every | None) -> tuple[frozenset | Every | None, bool]:  # type: ignore[type-arg]
    """The values of both, and whether they are known."""
    if one is None or other is None:
        return None, True
    if one is EVERY or other is EVERY:
        found = other if one is EVERY else one
        return found, found is not EVERY
    return one & other or None, True


def intersects(one: Type, other: Type) -> bool:
    """Whether a value could be in both; true where that is not certain."""
    return common(one, other) != NEVER


def without(one: Type, other: Type) -> Type:
    """What is left of a type when the values that are known one by one in `other` are taken away."""
    null, false = one.null and not other.null, one.booleans - other.booleans
    number, string = _rest(one.number, other.number), _rest(one.string, other.string)
    return Type(null, false, number, string, one.format if string else "", one.array, one.object)


def _rest(one: frozenset | Every | None, other: frozenset | Every | None) -> frozenset | Every | None:  # type: ignore[type-arg]
    if one is None or one is EVERY or other is None or other is EVERY:
        return one
    return one - other or None


_FALSY: Final = union(NULL, FALSE)


def truthy(one: Type) -> Type:
    """What of a type counts as true: all but null and false."""
    return without(one, _FALSY) if one.null or False in one.booleans else one


def falsy(one: Type) -> Type:
    return Type(one.null, one.booleans & _FALSY.booleans)


def parts(one: Type) -> Iterator[Type]:
    """The smallest types that together are this one: each known value, any number, any string, the list, the object."""
    if one.null:
        yield NULL
    for boolean in sorted(one.booleans):
        yield TRUE if boolean else FALSE
    if one.number is EVERY:
        yield NUMBER
    else:
        yield from (Type(number=frozenset((value,))) for value in one.number or ())
    if one.string is EVERY:
        yield Type(string=EVERY, format=one.format)
    else:
        yield from (Type(string=frozenset((value,))) for value in one.string or ())
    if one.array is not None:
        yield Type(array=one.array)
    if one.object is not None:
        yield Type(object=one.object)


def kinds(one: Type) -> tuple[str, ...]:
    """The names that jq's `type` can give, in jq's order."""
    found = (one.null, one.booleans, one.number, one.string, one.array is not None, one.object is not None)
    return tuple(name for name, there in zip(_KINDS, found, strict=True) if there)


_KINDS: Final = ("null", "boolean", "number", "string", "array", "object")


def of_kinds(*names: str) -> Type:
    """Any value of these kinds."""
    return union(*(_OF_KIND[name] for name in names))


_OF_KIND: Final = dict(zip(_KINDS, (NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT), strict=True))


def field(one: Type, name: str) -> Type:
    """What `.name` gives: null for null, and for a member that may be missing. Other kinds have no members."""
    if one.object is None:
        return NULL if one.null else NEVER
    member = one.object.members.get(name)
    if member is None:
        return NULL if one.object.rest is None else nullable(one.object.others)
    return nullable(member.type) if member.optional or one.null else member.type


def values(one: Type, limit: int = 64) -> tuple[JSON, ...] | None:
    """Every value of a type; None when they are not known, or more than `limit`."""
    if one.number is EVERY or one.string is EVERY:
        return None
    if one.array is None and one.object is None:
        found = (*((None,) if one.null else ()), *one.booleans, *(one.number or ()), *(one.string or ()))
    else:
        scalars = values(one._replace(array=None, object=None), limit)
        lists, objects = _lists(one.array, limit), _objects(one.object, limit)
        if scalars is None or lists is None or objects is None:
            return None
        found = (*scalars, *lists, *objects)
    return found if len(found) <= limit else None


def _lists(array: Array | None, limit: int) -> tuple[JSON, ...] | None:
    if array is None:
        return ()
    found = None if array.exact is None else _products(array.exact, limit)
    return found and tuple(map(list, found))


def _objects(of: Object | None, limit: int) -> tuple[JSON, ...] | None:
    if of is None:
        return ()
    if of.rest is not None or any(member.optional for member in of.members.values()):
        return None
    found = _products([member.type for member in of.members.values()], limit)
    return found and tuple(dict(zip(of.members, some, strict=True)) for some in found)


def _products(types: Iterable[Type], limit: int) -> tuple[tuple[JSON, ...], ...] | None:
    known = []
    for one in types:
        found = values(one, limit)
        if found is None:
            return None
        known.append(found)
    return tuple(islice(product(*known), limit + 1))


def contains(one: Type, value: JSON) -> bool:
    """Whether a value is of a type. A string is of every format: nobody looks at it."""
    if one is ANY:
        return True
    kind = type(value)
    if value is None:
        return one.null
    if kind is bool:
        return value in one.booleans
    if kind is str:
        return one.string is EVERY or (one.string is not None and value in one.string)
    if kind is list:
        return one.array is not None and _contains_list(one.array, value)
    if kind is dict:
        return one.object is not None and _contains_object(one.object, value)
    return one.number is EVERY or (one.number is not None and value in one.number and _plain(value))


def _contains_list(array: Array, value: list[JSON]) -> bool:
    if array.exact is not None:
        return len(array.exact) == len(value) and all(map(contains, array.exact, value))
    return (array.empty or bool(value)) and all(contains(array.items, item) for item in value)


def _contains_object(of: Object, value: Mapping[str, JSON]) -> bool:
    there = all(contains(_member(of, key).type, member) for key, member in value.items())
    return there and all(member.optional or key in value for key, member in of.members.items())


_SHOWN = 4
"""So many known values are named one by one."""


def shown(one: Type) -> str:
    """In words: `a string`, `"a" or "b"`, `string or null`, `a list of strings`, `anything`."""
    if one == ANY:
        return "anything"
    words = [*_words(one)]
    if len(words) < 2:
        return _with_article(words[0]) if words else "nothing"
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _with_article(word: str) -> str:
    if not word[0].isalpha() or word in ("null", "true", "false"):
        return word
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


def _words(one: Type) -> Iterator[str]:
    yield from _quoted(one)
    if one.number is EVERY or len(one.number or ()) > _SHOWN:
        yield "number"
    else:
        yield from map(_spelled, sorted(one.number or ()))
    if len(one.booleans) == 2:
        yield "boolean"
    else:
        yield from ("true" if boolean else "false" for boolean in one.booleans)
    if one.array is not None:
        yield _list_word(one.array)
    if one.object is not None:
        yield "object" if one.object.members or one.object.rest is not None else "empty object"
    if one.null:
        yield "null"


def _quoted(one: Type) -> Iterator[str]:
    if one.string is EVERY or len(one.string or ()) > _SHOWN:
        yield f"{one.format} string".strip()
    else:
        yield from map(_spelled, sorted(one.string or ()))


def _spelled(value: JSON) -> str:
    from json import dumps  # late: only messages need it

    return dumps(value, ensure_ascii=False)


def _list_word(array: Array) -> str:
    if array.exact == ():
        return "empty list"
    names = kinds(array.items)
    if len(names) != 1 or names == ("null",):
        return "list"
    return f"list of {'lists' if names == ('array',) else f'{names[0]}s'}"
