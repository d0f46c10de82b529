"""A value as people see it: short, with a way to see all of it.

The rule: what a value says stays text; an address is a link only when it leads to a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from portside.model.resource import JSON, Body

WIDTH, CELL = 120, 48
"""Characters that are shown at once, and those in a cell of a table."""
ITEMS, CELL_ITEMS = 20, 4
"""Members of a list that are shown one by one."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:[Zz]|([+-]\d\d:\d\d))?")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Shown(NamedTuple):
    """`kind`: nothing, word, link, moment, list or json. `whole` is "" where `text` says all; `tone` is a colour."""

    kind: str
    text: str
    whole: str = ""
    tone: str = ""
    items: tuple[Shown, ...] = ()


def shown(value: JSON, definition: Body | None = None, *, cell: bool = False) -> Shown:
    """A value; `definition` is that of its property, which may have a format and colours.

    `cell`: for a table, which has less room.
    """
    body, width = definition or {}, CELL if cell else WIDTH
    match value:
        case None:
            return Shown("nothing", "—")
        case str():
            return _text(value, body, width)
        case list() if value and all(_plain(one) for one in value):
            return _list(value, body, CELL_ITEMS if cell else ITEMS, width)
        case list() | dict():
            return _cut("json", spelled(value), pretty(value), width)
    return Shown("word", spelled(value), tone=_tone(value, body))


def _list(value: list[JSON], body: Body, most: int, width: int) -> Shown:
    """The first members; `whole` has all where there are more, and `text` says how many."""
    items = tuple(shown(one, body.get("items") or {}, cell=width == CELL) for one in value[:most])
    left = len(value) - most
    return Shown("list", f"and {left} more" if left > 0 else "", pretty(value) if left > 0 else "", items=items)


def _text(value: str, body: Body, width: int) -> Shown:
    if body.get("format") == "date-time" and _MOMENT.fullmatch(value):
        return Shown("moment", value)
    if not value.strip():
        return Shown("nothing", "empty text" if not value else "blank text")
    found = _cut("link" if _leads(value) else "word", line(value), value, width)
    return found._replace(tone=_tone(value, body))


def _cut(kind: str, said: str, whole: str, width: int) -> Shown:
    if len(said) > width:
        return Shown(kind, f"{said[: width - 1]}…", whole)
    return Shown(kind, said, whole if kind != "json" and whole != said else "")


def _plain(value: JSON) -> bool:
    return not isinstance(value, list | dict) and (not isinstance(value, str) or len(value) <= WIDTH)


def _leads(value: str) -> bool:
    if not value.startswith(("https://", "http://")) or any(one.isspace() for one in value):
        return False
    try:
        return bool(urlsplit(value).netloc)
    except ValueError:
        return False


def _tone(value: JSON, body: Body) -> str:
    colors = body.get("enumColors") or body.get("colors")
    found = colors.get(value if isinstance(value, str) else spelled(value)) if isinstance(colors, Mapping) else None
    return found if isinstance(found, str) and found.isalpha() else ""


def as_json(value: JSON) -> Shown:
    """A value as JSON."""
    return _cut("json", spelled(value), pretty(value), WIDTH)


def spelled(value: JSON) -> str:
    """JSON in one line."""
    return _plainly(json.dumps(value, ensure_ascii=False))


def pretty(value: JSON) -> str:
    """JSON, a member a line."""
    return _plainly(json.dumps(value, ensure_ascii=False, indent=2))


def _plainly(text: str) -> str:
    """The same JSON, in which what turns the direction of other characters is seen and does nothing."""
    return _TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def line(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def moment(text: str) -> str:
    """`2026-11-25T06:40:04.123Z` → `2026-11-25 06:40:04`; another offset stays, and so does what is no moment."""
    found = _MOMENT.fullmatch(text)
    return " ".join(filter(None, found.groups())) if found else text


def sentence(text: str) -> str:
    """`blueprint x is not there` → `Blueprint x is not there.`"""
    return f"{text[:1].upper()}{text[1:]}."


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 entity`, `2,300 entities`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
