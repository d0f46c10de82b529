"""Moments and spans of time in search rules: date-times as a number that compares, presets as two of them.

The rule: a moment is seconds since 1970 in UTC, whatever the text's offset; a text that is no date-time has none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII)
DAY = 86_400.0
_MILLISECOND = 0.001

SPANS = {
    "lastDay": 1,
    "lastWeek": 7,
    "last2Weeks": 14,
    "lastMonth": 30,
    "last3Months": 90,
    "last6Months": 180,
    "last12Months": 365,
    "last2Years": 730,
    "last3Years": 1095,
}
"""Days up to now (Port's search page: a month is 30 days)."""

_CALENDAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
"""Whole days of UTC, counted from today."""


class Moment(NamedTuple):
    """A point of time in a rule."""

    seconds: float


class Span(NamedTuple):
    """From one moment to another, both included."""

    since: Moment
    until: Moment


def seconds(text: object) -> float | None:
    """The moment of a date, or of a date-time (without an offset: UTC); None for anything else."""
    if not isinstance(text, str) or text[4:5] != "-" or not _DATE_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # the 31st of February; an offset that leaves the calendar
        return None


def written(moment: float) -> tuple[str, bool]:
    """The last millisecond at or before a moment, as createdAt is written, and whether that is the moment itself.

    A moment that no calendar has is the nearest that it has.
    """
    whole = min(max(moment, _FIRST), _LAST)
    milliseconds = round(whole * 1000, 3) // 1
    at = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=int(milliseconds % 1000) * 1000)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), milliseconds / 1000 == moment


_FIRST = datetime(1, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def span(preset: str, now: str) -> Span | None:
    """What a preset means at that moment; None for one that is not known."""
    here = seconds(now) or 0.0
    if preset in SPANS:
        return Span(Moment(here - SPANS[preset] * DAY), Moment(here))
    if preset in _CALENDAR:
        begins = here // DAY * DAY + _CALENDAR[preset] * DAY
        return Span(Moment(begins), Moment(begins + DAY - _MILLISECOND))
    return None
