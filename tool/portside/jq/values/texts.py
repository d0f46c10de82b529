"""What a value looks like in jq: its type, its JSON text, the text in an error; and texts read as values.

The one rule: a number has only the text that is sure. jq prints a number of the input as it is written there, and one
that it calculated in its own way; a float whose two texts differ is unsure.
"""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder
from json.encoder import encode_basestring
from math import copysign
from typing import NoReturn

from portside.model.resource import JSON

EXACT = 2**53
"""Whole numbers up to here are the same as doubles."""
PAIRS = 2_000_000
"""Comparisons of two elements that one function may need; for more it is left to libjq too."""
MOST = 16_000_000
"""Characters or elements; what is larger is left to libjq, which runs under limits."""
_SHOWN = 30
"""Bytes of a value in an error, with the end of the C string."""
_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
_NO_NUMBER = "cannot be parsed as a number"
_NUMERAL = frozenset("0123456789+-.eE")
_FRACTION = frozenset(".eE")


class Failed(Exception):
    """A runtime error of jq. `value` is what `catch` gets, usually a text."""

    def __init__(self, value: JSON) -> None:
        super().__init__(value)
        self.value = value


class Unsure(Exception):
    """This value is outside of what is done here exactly as in libjq."""


def type_(value: JSON) -> str:
    return "null" if value is None else _TYPES[type(value)]


def wrong(value: JSON, said: str) -> Failed:
    return Failed(f"{type_(value)} ({shown(value)}) {said}")


def both_wrong(one: JSON, other: JSON, said: str) -> Failed:
    return Failed(f"{type_(one)} ({shown(one)}) and {type_(other)} ({shown(other)}) {said}")


def shown(value: JSON) -> str:
    """A value as errors show it: the beginning of its JSON."""
    text = tojson(value[:_SHOWN] if type(value) is str else value)
    encoded = text.encode()
    if len(encoded) < _SHOWN:
        return text
    close = {'"': '"', "[": "]", "{": "}"}.get(text[0], "")
    return encoded[: _SHOWN - 4 - len(close)].decode(errors="ignore") + "..." + close


def tojson(value: JSON) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        return _float(value)
    if kind is list:
        return f"[{','.join(map(tojson, value))}]"
    return f"{{{','.join([f'{_quoted(key)}:{tojson(member)}' for key, member in value.items()])}}}"


def tostring(value: JSON) -> str:
    return value if type(value) is str else tojson(value)


def _quoted(text: str) -> str:
    written: str = encode_basestring(text)
    return written.replace("\x7f", "\\u007f") if "\x7f" in written else written


def _float(value: float) -> str:
    """Small whole floats are the input's own, for what is calculated is an int; small fractions have one text."""
    if 1e-4 <= abs(value) <= EXACT or (value == 0.0 and copysign(1.0, value) > 0):
        return repr(value)
    raise Unsure(value)


def number(text: str) -> int | float:
    """The number of a literal. Unsure when the text that jq keeps is not the text of this number."""
    if _FRACTION.isdisjoint(text):
        whole = int(text) if len(text) < 1000 else _unsure(text)
        return _unsure(text) if whole == 0 and "-" in text else whole
    fraction = float(text)
    return fraction if text == repr(fraction) == _float(fraction) else _unsure(text)


def _unsure(text: str) -> NoReturn:
    raise Unsure(text)


def tonumber(value: JSON) -> int | float:
    kind = type(value)
    if kind is str:
        return _read(value)
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]
    raise wrong(value, _NO_NUMBER)


def _read(text: str) -> int | float:
    if not _NUMERAL.issuperset(text):
        if text.lower().lstrip("+-").startswith(("inf", "nan", "snan")):
            raise Unsure(text)
        raise wrong(text, _NO_NUMBER)
    try:
        return number(text)
    except ValueError:
        raise wrong(text, _NO_NUMBER) from None


_DECODER = JSONDecoder(parse_float=number, parse_int=number, parse_constant=_unsure)


def fromjson(value: JSON) -> JSON:
    """Unsure when the text is not JSON: jq reads a little more than that, and says where it stopped."""
    if type(value) is not str:
        raise wrong(value, "only strings can be parsed")
    if "\\ud" in value or "\\uD" in value or len(value) > MOST:
        raise Unsure(value)
    try:
        return _DECODER.decode(value)
    except JSONDecodeError:
        raise Unsure(value) from None


def toboolean(value: JSON) -> bool:
    if type(value) is bool:
        return value
    if value == "true" or value == "false":
        return value == "true"  # type: ignore[no-any-return]
    raise wrong(value, "cannot be parsed as a boolean")
