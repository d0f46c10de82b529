"""jq's operators and builtins on Python values, by name.

The one rule: what is done here is done exactly as libjq does it, down to the words of an error; anything else is
Unsure, and is then libjq's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import copysign
from typing import NoReturn

from portside.jq.values.arithmetic import (
    absolute,
    add,
    add_all,
    ceil,
    divide,
    exp,
    fabs,
    floor,
    isfinite,
    isinfinite,
    isnan,
    isnormal,
    log,
    log2,
    log10,
    modulo,
    multiply,
    negate,
    power,
    rounded,
    sqrt,
    subtract,
    trunc,
)
from portside.jq.values.ordering import (
    bsearch,
    contains,
    equal,
    greater,
    greater_equal,
    greatest,
    group_by,
    inside,
    least,
    less,
    less_equal,
    max_by,
    min_by,
    order,
    sort,
    sort_by,
    unique,
    unique_by,
)
from portside.jq.values.paths import (
    field,
    getpath,
    has,
    has_in,
    index,
    iterate,
    keys,
    keys_unsorted,
    slice_,
)
from portside.jq.values.strings import (
    ascii_downcase,
    ascii_upcase,
    endswith,
    explode,
    format_,
    formatted,
    implode,
    index_of,
    indices,
    join,
    ltrim,
    ltrimstr,
    rindex_of,
    rtrim,
    rtrimstr,
    split,
    startswith,
    trim,
    trimstr,
    utf8bytelength,
)
from portside.jq.values.texts import (
    MOST,
    Failed,
    Unsure,
    fromjson,
    shown,
    toboolean,
    tojson,
    tonumber,
    tostring,
    type_,
    wrong,
)
from portside.model.resource import JSON

__all__ = [
    "BUILTINS",
    "Failed",
    "Unsure",
    "add",
    "add_all",
    "contains",
    "divide",
    "equal",
    "field",
    "format_",
    "from_entries",
    "getpath",
    "greater",
    "greater_equal",
    "group_by",
    "has",
    "index",
    "iterate",
    "key_refusal",
    "length_of",
    "less",
    "less_equal",
    "max_by",
    "min_by",
    "modulo",
    "multiply",
    "negate",
    "order",
    "slice_",
    "sort_by",
    "subtract",
    "to_entries",
    "tojson",
    "tostring",
    "truthy",
    "type_",
    "unique_by",
]


def truthy(value: JSON) -> bool:
    return value is not None and value is not False


def not_(value: JSON) -> bool:
    return value is None or value is False


def error(value: JSON) -> NoReturn:
    raise Failed(value)


def length_of(value: JSON) -> int | float:
    kind = type(value)
    if kind is str or kind is list or kind is dict:
        return len(value)
    if value is None:
        return 0
    if kind is bool:
        raise wrong(value, "has no length")
    if value == 0 and copysign(1.0, value) < 0:
        raise Unsure(value)
    return abs(value)  # type: ignore[no-any-return]


def to_entries(value: JSON) -> list[JSON]:
    if type(value) is dict:
        return [{"key": key, "value": member} for key, member in value.items()]
    return [{"key": key, "value": index(value, key)} for key in keys_unsorted(value)]


def from_entries(value: JSON) -> dict[str, JSON]:
    return dict(map(_entry, iterate(value)))


def key_refusal(key: JSON) -> str:
    """The error of an object's key that is not a string."""
    return f"Cannot use {type_(key)} ({shown(key)}) as object key"


def _entry(item: JSON) -> tuple[str, JSON]:
    key = _entry_key(item)
    if type(key) is not str:
        raise Failed(key_refusal(key))
    return key, item["value"] if "value" in item else item.get("Value")


def _entry_key(item: JSON) -> JSON:
    for name in ("key", "Key", "name"):
        found = field(item, name)
        if truthy(found):
            return found
    return field(item, "Name")


def toarray(value: JSON) -> list[JSON]:
    return value if type(value) is list else [value]


def reverse(value: JSON) -> list[JSON]:
    if type(value) is list:
        return value[::-1]
    length = length_of(value)
    return [] if length == 0 else [index(value, subtract(length, 1))]


def flatten(value: JSON) -> list[JSON]:
    return _flattened(value, -1)


def flatten_to(value: JSON, depth: JSON) -> list[JSON]:
    """`flatten(depth)`"""
    if less(depth, 0):
        raise Failed("flatten depth must not be negative")
    return _flattened(value, depth)


def _flattened(value: JSON, depth: JSON) -> list[JSON]:
    flat: list[JSON] = []
    _flatten(iterate(value), depth, flat)
    return flat


def _flatten(items: list[JSON], depth: JSON, flat: list[JSON]) -> None:
    for item in items:
        if type(item) is list and not equal(depth, 0):
            _flatten(item, subtract(depth, 1), flat)
        else:
            flat.append(item)


def any_(value: JSON) -> bool:
    return any(map(truthy, iterate(value)))


def all_(value: JSON) -> bool:
    return all(map(truthy, iterate(value)))


def transpose(value: JSON) -> list[JSON]:
    rows = iterate(value)
    width = greatest([length_of(row) for row in rows]) or 0
    if width * len(rows) > MOST:
        raise Unsure(width)
    return [[index(row, place) for row in rows] for place in range(int(ceil(width)))]


def first(value: JSON) -> JSON:
    return index(value, 0)


def last(value: JSON) -> JSON:
    return index(value, -1)


BUILTINS: Mapping[str, Callable[..., JSON]] = {
    "abs/0": absolute,
    "add/0": add_all,
    "all/0": all_,
    "any/0": any_,
    "ascii_downcase/0": ascii_downcase,
    "ascii_upcase/0": ascii_upcase,
    "bsearch/1": bsearch,
    "ceil/0": ceil,
    "contains/1": contains,
    "endswith/1": endswith,
    "error/0": error,
    "error/1": lambda _, message: error(message),
    "exp/0": exp,
    "explode/0": explode,
    "fabs/0": fabs,
    "first/0": first,
    "flatten/0": flatten,
    "flatten/1": flatten_to,
    "floor/0": floor,
    "format/1": formatted,
    "from_entries/0": from_entries,
    "fromjson/0": fromjson,
    "getpath/1": getpath,
    "has/1": has,
    "implode/0": implode,
    "in/1": has_in,
    "index/1": index_of,
    "indices/1": indices,
    "inside/1": inside,
    "isfinite/0": isfinite,
    "isinfinite/0": isinfinite,
    "isnan/0": isnan,
    "isnormal/0": isnormal,
    "join/1": join,
    "keys/0": keys,
    "keys_unsorted/0": keys_unsorted,
    "last/0": last,
    "length/0": length_of,
    "log/0": log,
    "log10/0": log10,
    "log2/0": log2,
    "ltrim/0": ltrim,
    "ltrimstr/1": ltrimstr,
    "max/0": greatest,
    "min/0": least,
    "not/0": not_,
    "nth/1": index,
    "pow/2": lambda _, base, exponent: power(base, exponent),
    "reverse/0": reverse,
    "rindex/1": rindex_of,
    "round/0": rounded,
    "rtrim/0": rtrim,
    "rtrimstr/1": rtrimstr,
    "sort/0": sort,
    "split/1": split,
    "sqrt/0": sqrt,
    "startswith/1": startswith,
    "to_entries/0": to_entries,
    "toarray/0": toarray,
    "toboolean/0": toboolean,
    "tojson/0": tojson,
    "tonumber/0": tonumber,
    "tostring/0": tostring,
    "transpose/0": transpose,
    "trim/0": trim,
    "trimstr/1": trimstr,
    "trunc/0": trunc,
    "type/0": type_,
    "unique/0": unique,
    "utf8bytelength/0": utf8bytelength,
}
"""What takes its input and the values of its arguments, and gives one value."""
