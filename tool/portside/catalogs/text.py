"""JSON as the store writes and reads it.

The rule: what comes back is what went in; orjson where it can say it, the standard library for the rest (numbers
beyond 64 bits, half a surrogate pair).
"""

from __future__ import annotations

import json

from portside.model.resource import JSON


def of(value: JSON) -> str:
    """The value's shortest text."""
    import orjson  # late: 11 ms, which a look at an empty catalog need not pay

    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))


def value(written: str | bytes) -> JSON:
    """What a text says. Raises json.JSONDecodeError."""
    import orjson

    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return json.loads(written)
