"""Numbers of jq: operators and what calculates.

The one rule: a calculated number is an int when it is whole and within 2**53, else a float; minus zero is a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

from portside.jq.values.ordering import equal
from portside.jq.values.paths import iterate
from portside.jq.values.strings import repeat, split
from portside.jq.values.texts import EXACT, MOST, PAIRS, Unsure, both_wrong, wrong
from portside.model.resource import JSON

_NUMBERS = (int, float)
_LEAST = 2.0**-1022
_SMALL = EXACT // 2
"""Ints below this have a sum that is exact."""
_MIXED = 5_000


def add(one: JSON, other: JSON) -> JSON:
    kind = type(one)
    if kind is type(other):
        if kind is str or kind is list:
            return _long(one + other)
        if kind is int and -_SMALL < one < _SMALL and -_SMALL < other < _SMALL:
            return one + other
        if kind is dict:
            return {**one, **other}
    if one is None or other is None:
        return one if other is None else other
    if kind in _NUMBERS and type(other) in _NUMBERS:
        return computed(double(one) + double(other))
    raise both_wrong(one, other, "cannot be added")


def _long(value: JSON) -> JSON:
    if len(value) > MOST:
        raise Unsure(len(value))
    return value


def double(value: int | float) -> float:
    """A number as jq calculates with it."""
    if -EXACT <= value <= EXACT or type(value) is float:
        return float(value)
    raise Unsure(value)


def computed(value: float) -> int | float:
    if -EXACT <= value <= EXACT:
        whole = int(value)
        return whole if whole == value and (whole or math.copysign(1.0, value) > 0) else value
    if math.isfinite(value):
        return value
    raise Unsure(value)


def subtract(one: JSON, other: JSON) -> JSON:
    kind, against = type(one), type(other)
    if kind is int and against is int and -_SMALL < one < _SMALL and -_SMALL < other < _SMALL:
        return one - other
    if kind in _NUMBERS and against in _NUMBERS:
        return computed(double(one) - double(other))
    if kind is list and against is list:
        if len(one) * len(other) > PAIRS:
            raise Unsure(len(one))
        return [item for item in one if not any(equal(item, gone) for gone in other)]
    raise both_wrong(one, other, "cannot be subtracted")


def multiply(one: JSON, other: JSON) -> JSON:
    kind, by = type(one), type(other)
    if kind in _NUMBERS and by in _NUMBERS:
        return computed(double(one) * double(other))
    if kind is str and by in _NUMBERS:
        return repeat(one, double(other))
    if by is str and kind in _NUMBERS:
        return repeat(other, double(one))
    if kind is dict and by is dict:
        return _merged(one, other)
    raise both_wrong(one, other, "cannot be multiplied")


def _merged(one: dict[str, JSON], other: dict[str, JSON]) -> dict[str, JSON]:
    merged = dict(one)
    for key, value in other.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if type(old) is dict and type(value) is dict else value
    return merged


def divide(one: JSON, other: JSON) -> JSON:
    kind, by = type(one), type(other)
    if kind in _NUMBERS and by in _NUMBERS:
        if other == 0:
            raise both_wrong(one, other, "cannot be divided because the divisor is zero")
        return computed(double(one) / double(other))
    if kind is str and by is str:
        return split(one, other)
    raise both_wrong(one, other, "cannot be divided")


def modulo(one: JSON, other: JSON) -> JSON:
    """The remainder of whole numbers, with the sign of the first."""
    if type(one) not in _NUMBERS or type(other) not in _NUMBERS:
        raise both_wrong(one, other, "cannot be divided (remainder)")
    whole, by = _whole(one), abs(_whole(other))
    if by == 0:
        raise both_wrong(one, other, "cannot be divided (remainder) because the divisor is zero")
    return whole % by if whole >= 0 else -(-whole % by)


def _whole(value: int | float) -> int:
    if -EXACT <= value <= EXACT:
        return int(value)
    raise Unsure(value)


def negate(value: JSON) -> int | float:
    if type(value) not in _NUMBERS:
        raise wrong(value, "cannot be negated")
    if value == 0:  # whether it is minus zero then depends on where it comes from
        raise Unsure(value)
    return -value  # type: ignore[no-any-return]


def absolute(value: JSON) -> JSON:
    """`abs`, which is `if . < 0 then - . else . end`: what is less than any number has no negative."""
    if type(value) in _NUMBERS:
        if value != value:
            raise Unsure(value)
        return -value if value < 0 else value
    if value is None or type(value) is bool:
        raise wrong(value, "cannot be negated")
    return value


def add_all(value: JSON) -> JSON:
    """`add`"""
    items = [item for item in iterate(value) if item is not None]
    kinds = set(map(type, items))
    if kinds in ({str}, {list}) and sum(map(len, items)) > MOST:
        raise Unsure(len(items))
    if kinds == {str}:
        return "".join(items)
    if kinds == {list}:
        return [item for part in items for item in part]
    if kinds == {dict}:
        return {key: member for part in items for key, member in part.items()}
    if len(items) > _MIXED and not kinds <= set(_NUMBERS):
        raise Unsure(len(items))  # each sum would be copied for the next one
    return reduce(add, items, None)


def _function(calculate: Callable[[float], float]) -> Callable[[JSON], int | float]:
    def calculated(value: JSON) -> int | float:
        if type(value) not in _NUMBERS:
            raise wrong(value, "number required")
        try:
            return computed(calculate(double(value)))
        except (ValueError, OverflowError):
            raise Unsure(value) from None

    return calculated


def _rounded(value: float) -> float:
    """Halves go away from zero."""
    whole = math.trunc(value)
    away = abs(value - whole) >= 0.5
    return math.copysign(abs(whole) + away, value)


floor = _function(lambda value: math.copysign(math.floor(value), value))
ceil = _function(lambda value: math.copysign(math.ceil(value), value))
trunc = _function(lambda value: math.copysign(math.trunc(value), value))
rounded = _function(_rounded)
sqrt = _function(math.sqrt)
fabs = _function(math.fabs)
log = _function(math.log)
log2 = _function(math.log2)
log10 = _function(math.log10)
exp = _function(math.exp)


def power(base: JSON, exponent: JSON) -> int | float:
    for value in (base, exponent):
        if type(value) not in _NUMBERS:
            raise wrong(value, "number required")
    try:
        return computed(math.pow(double(base), double(exponent)))
    except (ValueError, OverflowError):
        raise Unsure(base) from None


def isinfinite(value: JSON) -> bool:
    return type(value) in _NUMBERS and math.isinf(double(value))


def isfinite(value: JSON) -> bool:
    return type(value) in _NUMBERS and not math.isinf(double(value))


def isnan(value: JSON) -> bool:
    return type(value) is float and math.isnan(value)


def isnormal(value: JSON) -> bool:
    """Whether it is neither zero, nor too small for all its digits, nor endless."""
    return type(value) in _NUMBERS and _LEAST <= abs(double(value)) < math.inf
