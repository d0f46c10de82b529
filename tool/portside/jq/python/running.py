"""What a written function may use while it runs; there is nothing else in its reach. Pure.

The one rule: where jq's own functions are not enough, what is added here is small, and exact or Unsure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from portside.jq.values import functions
from portside.model.resource import JSON


def _text_slice(value: JSON, from_: JSON, to: JSON) -> JSON:
    if type(value) is list:
        raise functions.Unsure(value)
    return functions.slice_(value, from_, to)


def _index(value: JSON, key: JSON) -> JSON:
    if type(key) is dict:  # {"start": …, "end": …} is a slice too
        raise functions.Unsure(key)
    return functions.index(value, key)


def _added(stream: Iterator[JSON]) -> JSON:
    """The sum of a stream; where both fail, what fails first counts."""
    items: list[JSON] = []
    try:
        items.extend(stream)
    except functions.Failed:
        functions.add_all(items)
        raise
    return functions.add_all(items)


def _members(value: JSON) -> Sequence[JSON]:
    """As `.[]?` has them."""
    try:
        return functions.iterate(value)
    except functions.Failed:
        return ()


def _not_a_key(value: JSON) -> None:
    raise functions.Failed(functions.key_refusal(value))


def _any_true(stream: Iterator[JSON]) -> bool:
    return any(one is not None and one is not False for one in stream)


def _all_true(stream: Iterator[JSON]) -> bool:
    return all(one is not None and one is not False for one in stream)


def _is_empty(stream: Iterator[JSON]) -> bool:
    return next(((one,) for one in stream), None) is None


NAMES: Mapping[str, Any] = {
    "type": type, "list": list, "dict": dict, "str": str, "islice": islice, "Failed": functions.Failed,
    "any_true": _any_true, "all_true": _all_true, "is_empty": _is_empty, "not_a_key": _not_a_key, "members": _members,
    "text_slice": _text_slice, "index": _index, "added": _added,
    **{
        name: getattr(functions, name)
        for name in (
            "add", "subtract", "multiply", "divide", "modulo", "negate", "equal", "less", "less_equal", "greater",
            "greater_equal", "field", "slice_", "iterate", "tostring", "format_", "has", "contains", "sort_by",
            "group_by", "unique_by", "min_by", "max_by",
        )
    },
}  # fmt: skip
