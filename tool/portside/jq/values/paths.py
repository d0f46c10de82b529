"""How jq reaches into a value: indexes, slices, iteration, and the same by path.

The one rule: an object has the order in which its keys came, as a dict has.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from portside.jq.values.ordering import equal
from portside.jq.values.texts import PAIRS, Failed, Unsure, shown, type_, wrong
from portside.model.resource import JSON

_SLICED = (str, list)
_ENDS = (int, type(None))
"""Ends of a slice that mean in jq what they mean in Python."""


def field(value: JSON, name: str) -> JSON:
    """`.name`"""
    if type(value) is dict:
        return value.get(name)
    if value is None:
        return None
    raise _no_index(value, name)


def index(value: JSON, key: JSON) -> JSON:
    """`.[key]` for any key."""
    kind, of = type(key), type(value)
    if of is dict and kind is str:
        return value.get(key)
    if of is list:
        return _item(value, key)
    if of is str and kind is dict:
        return _sliced(value, key)
    if value is None and kind in (str, int, float, dict):
        return None
    raise _no_index(value, key)


def _no_index(value: JSON, key: JSON) -> Failed:
    return Failed(f"Cannot index {type_(value)} with {type_(key)} ({shown(key)})")


def _item(value: list[JSON], key: JSON) -> JSON:
    kind = type(key)
    if kind is float and -1e9 < key < 1e9:
        key, kind = int(key), int
    if kind is int:
        return value[key] if -len(value) <= key < len(value) else None
    if kind is float:
        return None
    if kind is dict:
        return _sliced(value, key)
    if kind is list:
        return places(value, key)
    raise _no_index(value, key)


def places(value: list[JSON], wanted: list[JSON]) -> list[JSON]:
    """`.[[…]]`: where a sequence of elements begins."""
    if not wanted:
        return []
    if len(value) * len(wanted) > PAIRS:
        raise Unsure(len(value))
    starts = range(len(value) - len(wanted) + 1)
    return [start for start in starts if all(map(equal, value[start : start + len(wanted)], wanted))]


def slice_(value: JSON, from_: JSON, to: JSON) -> JSON:
    """`.[from:to]`; None for one that is left out."""
    if type(value) in _SLICED and type(from_) in _ENDS and type(to) in _ENDS:
        return value[from_:to]
    return index(value, {"start": from_, "end": to})


def _sliced(value: Sequence[JSON], key: JSON) -> JSON:
    start, end = _bounds(len(value), key)
    return value[start:end]


def _bounds(length: int, key: JSON) -> tuple[int, int]:
    """The slice `{"start": …, "end": …}` of something that long: down to whole numbers, and up at the end."""
    start, end = key.get("start", ""), key.get("end", "")
    start = 0 if start is None else start
    end = length if end is None else end
    if type(start) not in (int, float) or type(end) not in (int, float):
        raise Failed("Array/string slice indices must be integers")
    low = int(_within(length, start, 0))
    return low, max(low, ceil(_within(length, end, length)))


def _within(length: int, place: float, unknown: int) -> float:
    if place != place:
        return unknown
    return min(max(place + length if place < 0 else place, 0), length)


def iterate(value: JSON) -> list[JSON]:
    """`.[]`"""
    if type(value) is list:
        return value
    if type(value) is dict:
        return list(value.values())
    raise Failed(f"Cannot iterate over {type_(value)} ({shown(value)})")


def keys_unsorted(value: JSON) -> list[JSON]:
    if type(value) is dict:
        return list(value)
    if type(value) is list:
        return list(range(len(value)))
    raise wrong(value, "has no keys")


def keys(value: JSON) -> list[JSON]:
    return sorted(keys_unsorted(value))


def has(value: JSON, key: JSON) -> bool:
    kind = type(key)
    if type(value) is dict and kind is str:
        return key in value
    if value is None:
        return False
    if type(value) is list and kind in (int, float):
        return bool(value) and -1 < key < len(value)
    raise Failed(f"Cannot check whether {type_(value)} has a {type_(key)} key")


def has_in(key: JSON, value: JSON) -> bool:
    """`in`"""
    return has(value, key)


def getpath(value: JSON, path: JSON) -> JSON:
    if type(path) is not list:
        raise Failed("Path must be specified as an array")
    for key in path:
        value = index(value, key)
    return value
