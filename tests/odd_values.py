"""Values that mean something to the server, or to its readers of JSON, in places where they hardly mean anything."""

from __future__ import annotations

import json
import random
from typing import Any

from stocked import CHECKOUT, DOMAIN, HOOK, MOVE, READY, SERVICE

Chance = random.Random

ODD: list[Any] = [
    None,
    True,
    -1,
    0.5,
    10**400,
    1e308,
    "",
    "\0",
    "\ud800",
    "\U0010ffff",
    "a" * 3000,
    [],
    {},
    [[[]]],
    "../..",
]

WORDS: list[Any] = [
    *("service", "checkout", "domain", "tier", "size", "tags", "about", "label", "uses", "hook", "platform", "_user"),
    *("$identifier", "$team", "domain.about", ".", ".body.id", ".[", "input", "error", "$ENV", ". as $x | [$x, $x]"),
    *("string", "number", "array", "date-time", "enum", "2026-01-01T00:00:00Z", "$now", "=", "between", "containsAny"),
    *(1, 3, 2**53, ["checkout"], ["service", "service"], {"identifier": "checkout"}),
    *(SERVICE, DOMAIN, CHECKOUT, READY, HOOK, MOVE),
]
"""What means something somewhere in the API, and hardly where it comes to stand."""

KEYS = [
    "",
    "x",
    "$identifier",
    "\0",
    "\ud800",
    "identifier",
    "properties",
    "required",
    "items",
    "target",
    "format",
    *(word for word in WORDS if isinstance(word, str)),
]

TEXTS = [
    b"",
    b"{",
    b"[" * 5000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'"\\ud800"',
    b"\xff\xfe\x00",
    b"NaN",
    b"1e999",
    b'{"identifier":"\\u0000","title":"x","schema":{"properties":{}}}',
    b"-" * 100,
    b"9" * 5000,
    b"\xef\xbb\xbf{}",
]


def text(chance: Chance, right: Any) -> bytes:
    """JSON of a right value with some odd places, or something else altogether."""
    if chance.random() < 0.07:
        return chance.choice(TEXTS)
    value = json.loads(json.dumps(right))
    for _ in range(chance.choice([0, 0, 1, 1, 1, 2, 4])):
        value = mutated(chance, value)
    found = json.dumps(value).encode()
    return flipped(chance, found) if chance.random() < 0.05 else found


def flipped(chance: Chance, raw: bytes) -> bytes:
    """With another byte somewhere."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]


def mutated(chance: Chance, value: Any) -> Any:
    """The value with something odd somewhere in it."""
    if chance.random() < 0.2 or not value or not isinstance(value, dict | list):
        return chance.choice([*ODD, *WORDS])
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], mutated(chance, value[at]), *value[at + 1 :]]
    key = chance.choice(list(value))
    match chance.randrange(4):
        case 0:
            return {name: inner for name, inner in value.items() if name != key}
        case 1:
            return {**value, chance.choice(KEYS): chance.choice([*ODD, *WORDS])}
        case _:
            return {**value, key: mutated(chance, value[key])}
