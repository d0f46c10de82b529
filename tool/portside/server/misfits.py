"""What is wrong with a value that is not as the API has it, in one sentence.

The rule: to say it costs no more than a moment, however long the value is: of a long one only its beginning is
explained, up to the first thing that is wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from portside.model.resource import JSON
from portside.server.api import MASK

_SENTENCE = 500
_ELEMENTS = 2**20
"""More than a body can hold."""
_FEW, _DEEP = 4, 2
"""Errors of one thing, and things in things, that are weighed."""


def sentence(judge: Any, part: str, value: JSON) -> str:
    """Where and what, for a value that the judge (api.validator) finds invalid; `part` is what it is the value of."""
    errors = _nearest(_first(judge, value))
    deepest = max((list(one.instance_path) for one in errors), key=len)
    place = ".".join(str(one) for one in (part, *deepest))
    said = dict.fromkeys(one.message for one in errors if list(one.instance_path) == deepest)
    joined = " or ".join(said).replace(f" or {MASK} ", " and ")  # is not of type "string" and is not of …
    return f"{place}: {joined}"[:_SENTENCE]


def _first(judge: Any, value: JSON) -> Any:
    """The first error. The library makes an object of each that is inside of it, which may be hundreds of thousands."""
    from jsonschema_rs import ValidationError  # late, as the judge itself

    elements = bisect_left(range(_ELEMENTS), True, key=lambda count: not judge.is_valid(_beginning(value, [count])))
    beginning = _beginning(value, [elements])
    try:
        judge.validate(value if judge.is_valid(beginning) else beginning)
    except ValidationError as error:
        return error
    raise AssertionError("only what is not valid comes here")


def _beginning(value: JSON, left: list[int]) -> JSON:
    """The value with lists that end when so many elements have come; the first of each is always there."""
    if isinstance(value, dict):
        return {key: _beginning(one, left) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    found: list[JSON] = []
    for one in value:
        if found and left[0] <= 0:
            break
        left[0] -= 1
        found.append(_beginning(one, left))
    return found


def _nearest(error: Any) -> list[Any]:
    """The error; with a value that could have been one of several things, what keeps it from the nearest of them."""
    branches = _branches(error)
    if not branches:
        return [error]
    distances = [_distance(branch, _DEEP) for branch in branches]
    near = [branch for branch, distance in zip(branches, distances, strict=True) if distance == min(distances)]
    return [inner for branch in near for inner in _nearest(branch[0])]


def _distance(branch: Sequence[Any], deep: int) -> int:
    """How far a value is from one thing, looked at as deep as that."""
    return sum(_weight(one, deep) for one in branch[:_FEW])


def _weight(error: Any, deep: int) -> int:
    """To be another thing by its own word counts for more than to lack something."""
    branches = _branches(error) if deep else []
    return min((_distance(branch, deep - 1) for branch in branches), default=3 if _keyword(error) == "enum" else 2)


def _branches(error: Any) -> list[list[Any]]:
    """The errors of each thing that a value could have been; those of another type only where all are."""
    branches = [branch for branch in getattr(error.kind, "context", None) or () if branch]
    meant = [branch for branch in branches if not any(_is_mistyped(one, error) for one in branch[:_FEW])]
    return meant or branches


def _is_mistyped(error: Any, above: Any) -> bool:
    return _keyword(error) == "type" and len(error.instance_path) == len(above.instance_path)


def _keyword(error: Any) -> str:
    return str(error.schema_path[-1])
