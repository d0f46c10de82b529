"""What jq does with strings, and the formats `@csv`, `@uri`, ….

The one rule: strings are code points; none is half of a surrogate pair, which the caller sees to.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping

from portside.jq.values.paths import index, iterate
from portside.jq.values.texts import MOST, PAIRS, Failed, Unsure, both_wrong, tojson, tostring, wrong
from portside.model.resource import JSON

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()
_ALPHANUMERIC = _LOWER + _UPPER + "0123456789"
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
_SPACE += "\u205f\u3000"
_DOWN = str.maketrans(_UPPER, _LOWER)
_UP = str.maketrans(_LOWER, _UPPER)


def split(value: JSON, separator: JSON) -> list[JSON]:
    if type(value) is not str or type(separator) is not str:
        raise Failed("split input and separator must be strings")
    if not separator:
        return list(value)
    return value.split(separator) if value else []


def repeat(text: str, times: float) -> str | None:
    """Null for less than no times."""
    if times < 0 or times != times:
        return None
    if not text:
        return ""
    if len(text) * times > MOST:
        raise Unsure(times)
    return text * int(times)


def join(value: JSON, separator: JSON) -> str:
    """Of anything with elements; null is nothing, and an array or object fails."""
    items = iterate(value)
    if type(separator) is str and set(map(type, items)) == {str} and len(separator) * len(items) < MOST:
        return separator.join(items)
    return _joined(items, separator)


def _joined(items: list[JSON], separator: JSON) -> str:
    text = ""
    for place, item in enumerate(items):
        if place and separator is not None:
            if type(separator) is not str:
                raise both_wrong(text, separator, "cannot be added")
            text += separator
        if type(item) is list or type(item) is dict:
            raise both_wrong(text, item, "cannot be added")
        text += "" if item is None else tostring(item)
        if len(text) > MOST:
            raise Unsure(len(text))
    return text


def startswith(value: JSON, start: JSON) -> bool:
    if type(value) is str and type(start) is str:
        return value.startswith(start)
    raise Failed("startswith() requires string inputs")


def endswith(value: JSON, end: JSON) -> bool:
    if type(value) is str and type(end) is str:
        return value.endswith(end)
    raise Failed("endswith() requires string inputs")


def ltrimstr(value: JSON, start: JSON) -> JSON:
    return value[len(start) :] if startswith(value, start) else value


def rtrimstr(value: JSON, end: JSON) -> JSON:
    return value[: len(value) - len(end)] if endswith(value, end) else value


def trimstr(value: JSON, both: JSON) -> JSON:
    return rtrimstr(ltrimstr(value, both), both)


def trim(value: JSON) -> str:
    return _text(value, "trim input must be a string").strip(_SPACE)


def ltrim(value: JSON) -> str:
    return _text(value, "trim input must be a string").lstrip(_SPACE)


def rtrim(value: JSON) -> str:
    return _text(value, "trim input must be a string").rstrip(_SPACE)


def _text(value: JSON, said: str) -> str:
    if type(value) is str:
        return value
    raise Failed(said)


def ascii_downcase(value: JSON) -> str:
    text = _text(value, "explode input must be a string")
    return text.lower() if text.isascii() else text.translate(_DOWN)


def ascii_upcase(value: JSON) -> str:
    text = _text(value, "explode input must be a string")
    return text.upper() if text.isascii() else text.translate(_UP)


def explode(value: JSON) -> list[JSON]:
    return list(map(ord, _text(value, "explode input must be a string")))


def implode(value: JSON) -> str:
    if type(value) is not list:
        raise Failed("implode input must be an array")
    return "".join(map(_character, value))


def _character(code: JSON) -> str:
    if type(code) is not int and type(code) is not float:
        raise wrong(code, "can't be imploded, unicode codepoint needs to be numeric")
    if -1 < code < 0xD800 or 0xE000 <= code < 0x110000:
        return chr(int(code))
    if code != code:
        raise Unsure(code)
    return "\ufffd"


def utf8bytelength(value: JSON) -> int:
    if type(value) is not str:
        raise wrong(value, "only strings have UTF-8 byte length")
    return len(value.encode())


def indices(value: JSON, wanted: JSON) -> JSON:
    if type(value) is str and type(wanted) is str:
        return _occurrences(value, wanted)
    if type(value) is list and type(wanted) is not list:
        wanted = [wanted]
    return index(value, wanted)


def _occurrences(text: str, wanted: str) -> list[JSON]:
    if len(text) * len(wanted) > 50 * PAIRS:
        raise Unsure(len(text))
    found: list[JSON] = []
    place = text.find(wanted) if wanted else -1
    while place >= 0:
        found.append(place)
        place = text.find(wanted, place + 1)
    return found


def index_of(value: JSON, wanted: JSON) -> JSON:
    """`index`"""
    return index(indices(value, wanted), 0)


def rindex_of(value: JSON, wanted: JSON) -> JSON:
    """`rindex`"""
    return index(index(indices(value, wanted), {"start": -1, "end": None}), 0)


def format_(name: str, value: JSON) -> str:
    """`@name`; the name is without `@`."""
    if name in _ROWS:
        return _row(name, value)
    if name == "sh":
        return " ".join(map(_shell, value if type(value) is list else [value]))
    if name in _TEXTS:
        return _TEXTS[name](tostring(value))
    if name == "json":
        return tojson(value)
    raise Failed(f"{name} is not a valid format")


def formatted(value: JSON, name: JSON) -> str:
    """`format(name)`"""
    if type(name) is not str:
        raise wrong(name, "is not a valid format")
    return format_(name, value)


_NUL = {0: "\\0"}
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"}) | _NUL
_SHELL = str.maketrans({"'": "'\\''"}) | _NUL
_CSV = str.maketrans({'"': '""'}) | _NUL
_TSV = str.maketrans({"\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\"}) | _NUL
_ROWS = {"csv": (",", '"', _CSV), "tsv": ("\t", "", _TSV)}


def _row(name: str, value: JSON) -> str:
    if type(value) is not list:
        raise wrong(value, f"cannot be {name}-formatted, only array")
    separator, quote, escapes = _ROWS[name]

    def cell(item: JSON) -> str:
        if type(item) is str:
            return f"{quote}{item.translate(escapes)}{quote}"
        if type(item) is list or type(item) is dict:
            raise wrong(item, "is not valid in a csv row")
        return "" if item is None else tojson(item)

    return separator.join(map(cell, value))


def _shell(item: JSON) -> str:
    if type(item) is str:
        return f"'{item.translate(_SHELL)}'"
    if type(item) is list or type(item) is dict:
        raise wrong(item, "can not be escaped for shell")
    return tojson(item)


_PLAIN = frozenset((_ALPHANUMERIC + "-._~").encode())
_PERCENT = [chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in range(256)]


def _uri(text: str) -> str:
    return "".join([_PERCENT[byte] for byte in text.encode()])


def _urid(text: str) -> str:
    first, *rest = text.encode().split(b"%")
    try:
        decoded = first + b"".join([_byte(part) for part in rest])
        return decoded.decode()
    except ValueError:
        raise wrong(text, "is not a valid uri encoding") from None


def _byte(part: bytes) -> bytes:
    if not part[:2].isalnum() or len(part) < 2:
        raise ValueError(part)
    return bytes((int(part[:2], 16),)) + part[2:]


def _base64(text: str) -> str:
    return b2a_base64(text.encode(), newline=False).decode()


_BASE64 = frozenset(_ALPHANUMERIC + "+/")


def _base64d(text: str) -> str:
    data = text.partition("=")[0]
    if not _BASE64.issuperset(data):
        raise wrong(text, "is not valid base64 data")
    if len(data) % 4 == 1:
        raise wrong(text, "trailing base64 byte found")
    try:
        return a2b_base64(data + "=" * (-len(data) % 4)).decode()
    except UnicodeDecodeError:
        raise Unsure(text) from None


_TEXTS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "html": lambda text: text.translate(_HTML),
    "uri": _uri,
    "urid": _urid,
    "base64": _base64,
    "base64d": _base64d,
}
