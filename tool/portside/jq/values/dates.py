"""jq's dates: strptime, strftime, mktime, gmtime and what its library makes of them. UTC only. Pure.

The one rule: exactly what libjq gives with the GNU C library, whose reading of a date is lenient in its own way; a
directive, a year or a value about which C libraries differ raises Unsure.

`FUNCTIONS` has them by name and arity; each takes the input, then the values of the arguments.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from portside.jq.values.texts import Failed, Unsure
from portside.model.resource import JSON

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Days of a common year before each month."""
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_NOTHING: list[JSON] = [1900, 0, 0, 0, 0, 0]
"""What stands for the parts that a broken-down time lacks."""
_FORM_LIMIT = 1_000
_PART_LIMIT = 1_000_000
"""Parts of a broken-down time beyond it are left to libjq."""
_FIRST, _END = -62_135_596_800, 253_402_300_800
"""The seconds of the years 1 to 9999."""


def strptime(v: JSON, form: JSON) -> list[JSON]:
    """The broken-down time that a text says; what follows it after white space is one more member."""
    if type(v) is not str or type(form) is not str:
        raise Failed("strptime/1 requires string inputs and arguments")
    if not v.isascii() or "\0" in v:
        raise Unsure
    pattern, directives = _reader(form)
    match = pattern.match(v)
    said: dict[str, int] = {}
    if not match or not all(_say(said, *pair) for pair in zip(directives, match.groups(), strict=True)):
        raise Failed(f'date "{v}" does not match format "{form}"')
    rest = v[match.end() :]
    return [*_said(said), rest] if rest else _said(said)


def strftime(v: JSON, form: JSON) -> str:
    """The text of a broken-down time, or of seconds since 1970."""
    if type(v) in (int, float):
        v = gmtime(v)
    elif type(v) is not list:
        raise Failed("strftime/1 requires parsed datetime inputs")
    if type(form) is not str:
        raise Failed("strftime/1 requires a string format")
    parts = _broken(_seconds(v, "strftime/1 requires parsed datetime inputs"))
    text = _template(form).format(*parts, *_spelled(parts))
    if len(text) >= len(form) + 100:
        raise Failed("strftime/1: unknown system failure")
    return text


def mktime(v: JSON) -> int:
    """Seconds since 1970."""
    if type(v) is not list:
        raise Failed("mktime requires array inputs")
    seconds = _seconds(v, "mktime requires parsed datetime inputs")
    if seconds == -1:
        raise Failed("invalid gmtime representation")
    if seconds == -2:
        raise Failed("mktime not supported on this platform")
    return seconds


def gmtime(v: JSON) -> list[JSON]:
    """The broken-down time of seconds since 1970. The fraction is kept, with its own rounding."""
    if type(v) is not int and type(v) is not float:
        raise Failed("gmtime() requires numeric inputs")
    if not _FIRST <= v < _END:
        raise Unsure
    parts = _broken(int(v))
    second = parts[5] + (v - math.floor(v))
    return [*parts[:5], int(second) if second == int(second) else second, *parts[6:]]


def fromdate(v: JSON) -> int:
    return mktime(strptime(v, _ISO))


def todate(v: JSON) -> str:
    return strftime(v, _ISO)


FUNCTIONS: Mapping[str, Callable[..., JSON]] = {
    "strptime/1": strptime,
    "strftime/1": strftime,
    "mktime/0": mktime,
    "gmtime/0": gmtime,
    "fromdate/0": fromdate,
    "fromdateiso8601/0": fromdate,
    "todate/0": todate,
    "todateiso8601/0": todate,
}


def _steps(form: str) -> Sequence[str]:
    """A format as single characters and directives, those that stand for several taken apart."""
    if not form.isascii() or "\0" in form or len(form) > _FORM_LIMIT:
        raise Unsure
    for name, whole in (("%T", "%H:%M:%S"), ("%R", "%H:%M"), ("%F", "%Y-%m-%d"), ("%D", "%m/%d/%y"), ("%h", "%b")):
        form = "%%".join(part.replace(name, whole) for part in form.split("%%"))
    steps: list[str] = re.findall(r"%.?|[^%]", form, re.DOTALL)
    return steps


_SPACE = "[ \t\n\v\f\r]"
_NUMBERS = {
    "%Y": ("year", 0, 9999, "[0-9]{1,4}"),
    "%y": ("short year", 0, 99, "[0-9]{1,2}"),
    "%m": ("month", 1, 12, "[01]?[0-9]"),
    "%d": ("day", 1, 31, "[0-3]?[0-9]"),
    "%e": ("day", 1, 31, "[0-3]?[0-9]"),
    "%H": ("hour", 0, 23, "[0-2]?[0-9]"),
    "%k": ("hour", 0, 23, "[0-2]?[0-9]"),
    "%I": ("half", 1, 12, "[01]?[0-9]"),
    "%l": ("half", 1, 12, "[01]?[0-9]"),
    "%M": ("minute", 0, 59, "[0-5]?[0-9]"),
    "%S": ("second", 0, 61, "[0-6]?[0-9]"),
}
"""What a directive says, from where to where, and its digits: one more only where the number could still be right."""
_NAMES = {
    "%a": ("weekday", _DAYS),
    "%A": ("weekday", _DAYS),
    "%b": ("month", _MONTHS),
    "%B": ("month", _MONTHS),
    "%p": ("afternoon", ("AM", "PM")),
}
_OFFSET = "(?:Z|([+-][0-9]{2})(?::?[0-5][0-9]|(?!:?[0-9])))"


@lru_cache(maxsize=256)
def _reader(form: str) -> tuple[re.Pattern[str], Sequence[str]]:
    """What reads a format: a pattern, and which directive each of its groups stands for."""
    steps = _steps(form)
    pattern = "".join(map(_reading, steps))
    groups = [step for step in steps if step in _NUMBERS or step in _NAMES or step == "%z"]
    return re.compile(f"{pattern}(?={_SPACE}|\\Z)"), groups


def _reading(step: str) -> str:
    """The pattern of one step. Nothing is taken back once it is read."""
    if step in _NUMBERS:
        return f"{_SPACE}*+(?>({_NUMBERS[step][3]}))"
    if step in _NAMES:
        return f"(?i:(?>({'|'.join(f'{name}|{name[:3]}' for name in _NAMES[step][1])})))"
    if step == "%z":
        return f"{_SPACE}*+(?>{_OFFSET})"
    if step in ("%n", "%t") or step.isspace():
        return f"{_SPACE}*+"
    return re.escape(_literal(step))


def _literal(step: str) -> str:
    """A character that stands for itself."""
    if step != "%%" and step.startswith("%"):
        raise Unsure
    return step[-1]


def _say(said: dict[str, int], directive: str, text: str | None) -> bool:
    """Notes what a directive found; False for a number out of its range."""
    if directive == "%z":
        if text and not -14 <= int(text) <= 14:
            raise Unsure
        return True
    assert text is not None
    if directive in _NAMES:
        field, names = _NAMES[directive]
        said[field] = [name[:3].lower() for name in names].index(text[:3].lower())
        return True
    field, low, high, _ = _NUMBERS[directive]
    value = int(text)
    if field == "short year":
        said["year"] = value + (1900 if value >= 69 else 2000)
    elif field == "half":
        said["half"], said["hour"] = 1, value % 12
    else:
        said[field] = value - (field == "month")
        said["half"] = said.get("half", 0) * (field != "hour")
    return low <= value <= high


def _said(said: Mapping[str, int]) -> list[JSON]:
    """The broken-down time. 8 and 367 are what is left of a weekday and a day that nothing says."""
    year, month, day = said.get("year", 1900), said.get("month", 0), said.get("day", 0)
    if year == 0:
        raise Unsure
    hour = said.get("hour", 0) + 12 * said.get("half", 0) * said.get("afternoon", 0)
    weekday, of_year = 8, 367
    if said.keys() & {"year", "month", "day"}:
        weekday, of_year = (_days(year, month, day) + 4) % 7, _before(year, month) + day - 1
    weekday = said.get("weekday", weekday)
    return [year, month, day, hour, said.get("minute", 0), said.get("second", 0), weekday, of_year]


def _before(year: int, month: int) -> int:
    """Days of a year before a month (from 0)."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _BEFORE[month] + (leap and month > 1)


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970; the month counts from 0, the day from 1 and may lie in another month."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400 - 719_162 + _before(year, month) + day - 1


def _seconds(parts: list[JSON], otherwise: str) -> int:
    """What a broken-down time comes to, however far its parts lie beyond their ranges."""
    for part in parts[:8]:
        if type(part) is not int and type(part) is not float:
            raise Failed(otherwise)
        if not -_PART_LIMIT < part < _PART_LIMIT:
            raise Unsure
    year, month, day, hour, minute, second = [*parts[:6], *_NOTHING[len(parts) :]]
    years, month = divmod(int(month), 12)
    days = _days(1900 + int(year - 1900) + years, month, int(day))
    return ((days * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)


def _broken(seconds: int) -> list[int]:
    """The broken-down time of whole seconds since 1970."""
    days, second = divmod(seconds, 86_400)
    year = 1970 + days * 400 // 146_097
    year += (_days(year + 1, 0, 1) <= days) - (_days(year, 0, 1) > days)
    of_year = days - _days(year, 0, 1)
    month = of_year // 32
    month += month < 11 and _before(year, month + 1) <= of_year
    day = 1 + of_year - _before(year, month)
    return [year, month, day, second // 3600, second // 60 % 60, second % 60, (days + 4) % 7, of_year]


_WRITTEN = {
    "%Y": "{0}",
    "%y": "{8:02}",
    "%m": "{9:02}",
    "%B": "{10}",
    "%b": "{10:.3}",
    "%d": "{2:02}",
    "%e": "{2:2}",
    "%H": "{3:02}",
    "%k": "{3:2}",
    "%I": "{11:02}",
    "%l": "{11:2}",
    "%p": "{12}",
    "%M": "{4:02}",
    "%S": "{5:02}",
    "%A": "{13}",
    "%a": "{13:.3}",
    "%u": "{14}",
    "%w": "{6}",
    "%j": "{15:03}",
    "%z": "+0000",
    "%n": "\n",
    "%t": "\t",
}
"""Directives as parts of a Python format: of a broken-down time first, then of _spelled."""


@lru_cache(maxsize=256)
def _template(form: str) -> str:
    steps = [_WRITTEN.get(step) or _literal(step).translate({ord("{"): "{{", ord("}"): "}}"}) for step in _steps(form)]
    return "".join(steps)


def _spelled(parts: Sequence[int]) -> list[str | int]:
    """What a format makes of the parts: short year, month from 1, its name, hour of twelve, half of the day, …"""
    year, month, _, hour, _, _, weekday, of_year = parts
    if not 1000 <= year <= 9999:  # C libraries pad other years in their own ways
        raise Unsure
    half = "AM" if hour < 12 else "PM"
    return [year % 100, month + 1, _MONTHS[month], (hour - 1) % 12 + 1, half, _DAYS[weekday], weekday or 7, of_year + 1]
