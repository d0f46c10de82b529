"""JSON as the store writes and reads it.

The rule: what comes back is what went in; orjson where it can say it, the standard library for the rest (numbers
beyond 64 bits, half a surrogate pair).
"""

from __future__ import annotations

import json

from portside.model.resource import JSON


def of(value: JSON) -> str:
    """The value's shortest text."""
    return raw(value).decode()


def raw(value: JSON) -> bytes:
    """The same as bytes."""
    import orjson  # late: 11 ms, which a look at an empty catalog need not pay

    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def value(written: str | bytes) -> JSON:
    """What a text says. Raises json.JSONDecodeError."""
    import orjson

    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return json.loads(written)


DEPTH_LIMIT = 250
"""Lists and objects may be so deep in each other; orjson writes no more than 254 levels."""


def storable(given: JSON) -> JSON:
    """The value as every database holds it: half of a surrogate pair, which JSON can spell, becomes the sign for that.

    Raises ValueError, with a sentence, for what no database holds alike: the character NUL, and what is too deep.
    """
    import orjson

    try:
        if rb"\u0000" not in orjson.dumps(given):
            return given
    except TypeError:
        pass  # half a pair, or a number beyond 64 bits, or too deep
    return _mended(given, DEPTH_LIMIT)


def _mended(given: JSON, depth: int) -> JSON:
    if isinstance(given, str):
        return _spelled(given)
    if not isinstance(given, list | dict):
        return given
    if depth == 0:
        raise ValueError(f"a value is more than {DEPTH_LIMIT} levels deep")
    if isinstance(given, list):
        return [_mended(one, depth - 1) for one in given]
    return {_spelled(key): _mended(one, depth - 1) for key, one in given.items()}


def _spelled(given: str) -> str:
    if "\0" in given:
        raise ValueError("a text has the character NUL, which no text may have")
    return given.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
