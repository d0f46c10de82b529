"""Which values are equal in jq, which come first, and what is sorted by that.

The one rule: all values stand in one order: null, false, true, numbers, strings by code point, arrays, objects.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from portside.jq.values.texts import EXACT, PAIRS, Unsure, both_wrong, wrong
from portside.model.resource import JSON

_UNSORTED = "cannot be sorted, as it is not an array"
_BOTH_UNSORTED = "cannot be sorted, as they are not both arrays"


def equal(one: JSON, other: JSON) -> bool:
    kind = type(one)
    if kind is str:
        return bool(one == other)
    if kind is int or kind is float:
        return _same_number(one, other)
    if kind is not type(other):
        return False
    if kind is list:
        return len(one) == len(other) and all(map(equal, one, other))
    if kind is dict:
        return len(one) == len(other) and all(key in other and equal(one[key], other[key]) for key in one)
    return one is other


def _same_number(one: int | float, other: JSON) -> bool:
    kind = type(other)
    if kind is type(one):
        return bool(one == other)
    if kind is int or kind is float:
        return _sure(one) == _sure(other)
    return False


def _sure(value: int | float) -> int | float:
    """Numbers that compare as numbers: an int beyond the doubles compares as its digits, or as a double."""
    if (-EXACT <= value <= EXACT) or (type(value) is float and value == value):
        return value
    raise Unsure(value)


def order(value: JSON) -> tuple[Any, ...]:
    """A key to sort values by."""
    kind = type(value)
    if kind is str:
        return 4, value
    if kind is int or kind is float:
        return 3, _sure(value)
    if kind is list:
        return 5, [order(item) for item in value]
    if kind is dict:
        keys = sorted(value)
        return 6, keys, [order(value[key]) for key in keys]
    return (0,) if value is None else (2,) if value else (1,)


def less(one: JSON, other: JSON) -> bool:
    kind = type(one)
    if kind is type(other) and (kind is str or kind is int):
        return bool(one < other)
    return order(one) < order(other)


def less_equal(one: JSON, other: JSON) -> bool:
    kind = type(one)
    if kind is type(other) and (kind is str or kind is int):
        return bool(one <= other)
    return order(one) <= order(other)


def greater(one: JSON, other: JSON) -> bool:
    return less(other, one)


def greater_equal(one: JSON, other: JSON) -> bool:
    return less_equal(other, one)


def contains(whole: JSON, part: JSON) -> bool:
    """true and false are of two kinds here."""
    if (type(whole) is type(part) and type(whole) is not bool) or whole is part or _numbers(whole, part):
        return _contains(whole, part, [PAIRS])
    raise both_wrong(whole, part, "cannot have their containment checked")


def _numbers(one: JSON, other: JSON) -> bool:
    return {type(one), type(other)} == {int, float}


def _contains(whole: JSON, part: JSON, left: list[int]) -> bool:
    left[0] -= 1
    if left[0] < 0:
        raise Unsure(PAIRS)
    kind = type(part)
    if kind is not type(whole):
        return equal(whole, part)
    if kind is str:
        return part in whole
    if kind is list:
        return all(any(_contains(item, wanted, left) for item in whole) for wanted in part)
    if kind is dict:
        return all(key in whole and _contains(whole[key], wanted, left) for key, wanted in part.items())
    return equal(whole, part)


def inside(part: JSON, whole: JSON) -> bool:
    return contains(whole, part)


def sort(value: JSON) -> list[JSON]:
    if type(value) is not list:
        raise wrong(value, _UNSORTED)
    return [value[place] for place in _places(value)]


def sort_by(value: JSON, keys: list[JSON]) -> list[JSON]:
    """`keys` are what the elements are sorted by; of an object's members, too, but then it fails."""
    return [value[place] for place in _places(_keyed(value, keys))]


def group_by(value: JSON, keys: list[JSON]) -> list[JSON]:
    return [[value[place] for place in group] for group in _groups(_keyed(value, keys))]


def unique(value: JSON) -> list[JSON]:
    if type(value) is not list:
        raise wrong(value, _UNSORTED)
    return unique_by(value, value)


def unique_by(value: JSON, keys: list[JSON]) -> list[JSON]:
    return [value[group[0]] for group in _groups(_keyed(value, keys))]


def _keyed(value: JSON, keys: list[JSON]) -> list[JSON]:
    if type(value) is not list:
        raise both_wrong(value, keys, _BOTH_UNSORTED)
    return keys


def _ordered(keys: list[JSON]) -> list[Any]:
    """Keys to sort by: strings and ints as they are when there is nothing else, and so what stands alone in arrays."""
    kinds = set(map(type, keys))
    if kinds == {list} and set(map(len, keys)) == {1}:
        return _ordered([key[0] for key in keys])
    return keys if kinds in ({str}, {int}) else [order(key) for key in keys]


def _places(keys: list[JSON]) -> list[int]:
    """Where the elements are that come first, second, …"""
    ordered = _ordered(keys)
    return sorted(range(len(keys)), key=ordered.__getitem__)


def _groups(keys: list[JSON]) -> list[list[int]]:
    """The places of equal keys, in the order of the keys."""
    groups: list[list[int]] = []
    for place in _places(keys):
        if groups and equal(keys[groups[-1][0]], keys[place]):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def least(value: JSON) -> JSON:
    return min_by(value, value)


def greatest(value: JSON) -> JSON:
    return max_by(value, value)


def min_by(value: JSON, keys: JSON) -> JSON:
    """The first of the least."""
    if type(value) is not list:
        raise both_wrong(value, keys, "cannot be iterated over")
    return min(zip(_ordered(keys), value, strict=True), key=itemgetter(0))[1] if value else None


def max_by(value: JSON, keys: JSON) -> JSON:
    """The last of the greatest."""
    if type(value) is not list:
        raise both_wrong(value, keys, "cannot be iterated over")
    return max(zip(_ordered(keys)[::-1], value[::-1], strict=True), key=itemgetter(0))[1] if value else None


def bsearch(value: JSON, target: JSON) -> int:
    """The place of a target in a sorted array; -1 minus the place where it belongs when it is not there."""
    if type(value) is not list:
        raise wrong(value, "cannot be searched from")
    start, end = 0, len(value)
    wanted = order(target)
    while start < end:
        middle = (start + end) // 2
        found = order(value[middle])
        if found == wanted:
            return middle
        start, end = (start, middle) if wanted < found else (middle + 1, end)
    return -1 - start
