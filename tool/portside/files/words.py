"""What a plain word of YAML means: the core schema of YAML 1.2 and nothing else. Pure.

`on`, `yes`, `2024-01-01` and `12:30:00` are text; `012` is twelve; `0o14` is twelve too.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from portside.model.resource import JSON

NUMBER_LIMIT = 400
"""A number longer than this is a mistake; Python itself refuses to print integers of more than 4,300 digits."""

_WORDS: dict[str, JSON] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC = frozenset("0123456789+-.")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@lru_cache(maxsize=8192)
def plain(text: str) -> JSON:
    """The value of a plain scalar. Raises ValueError, with a sentence, for a number that JSON cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    return number(text) if text[0] in _NUMERIC else text


def number(text: str) -> JSON:
    """The number a text is, or the text itself. Raises ValueError as `plain` does."""
    if _DECIMAL.fullmatch(text):
        return int(_short(text))
    if _OTHER_BASE.fullmatch(text):
        return int(_short(text), 0)
    if _FLOAT.fullmatch(text):
        return finite(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that JSON can hold")
    return text


def tagged(tag: str, text: str) -> JSON:
    """The value of a scalar with a core schema tag. Raises KeyError for another tag, ValueError as `plain` does."""
    if tag in ("str", "!"):
        return text
    if tag == "float" and _DECIMAL.fullmatch(text):
        return finite(text)
    if isinstance(value := plain(text), _TYPES[tag]):
        return value
    raise ValueError(f"'{text}' is no {tag}")


_TYPES: dict[str, type] = {"null": type(None), "bool": bool, "int": int, "float": float}


def no_number(text: str) -> JSON:
    """For NaN and Infinity, which some writers of JSON write. Raises ValueError."""
    raise ValueError(f"{text} is not a number that JSON can hold")


def integer(text: str) -> int:
    """Raises ValueError, with a sentence, for one that is far too long."""
    return int(_short(text))


def finite(text: str) -> float:
    """Raises ValueError, with a sentence, for what is too big to be held."""
    if math.isinf(found := float(_short(text))):
        raise ValueError(f"{text} is a number too big for JSON")
    return found


def _short(text: str) -> str:
    if len(text) > NUMBER_LIMIT:
        raise ValueError(f"a number of {len(text):,} characters is longer than anything can hold")
    return text
