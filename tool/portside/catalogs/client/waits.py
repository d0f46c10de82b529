"""What may be sent again, and after how long. Pure: the clock and chance are given in.

The rule: a write is sent again only when the server certainly did not act on it; whether it did where nobody can tell
is for its sender to find out, by reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from http import HTTPStatus

FIRST, LONGEST = 0.3, 30.0
"""Seconds: the first wait is at most FIRST, each further one at most twice the one before, up to LONGEST."""
INSTANT = 1e9
"""Port's pages call x-ratelimit-reset an instant in epoch seconds, its Terraform provider takes it for a number of
seconds: above this it is an instant."""

_UNTOUCHED = frozenset({HTTPStatus.TOO_MANY_REQUESTS})
_EARLY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
_LASTING = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
"""Of 500 and more, those that the server would answer again; others may be a proxy's that lost the server's answer."""


class Fate(Enum):
    """What is known of a request after it ended."""

    ANSWERED = auto()
    """The server has answered, and would again."""
    AGAIN = auto()
    """It may be sent again: the server did not act, or acting twice is as good as once."""
    UNKNOWN = auto()
    """A write on which the server may have acted."""


def fate(status: int | None, *, sent: bool, writes: bool) -> Fate:
    """Of a request that was answered with the status, or not answered (None).

    `sent`: the connection stood and the request may have reached the server.
    """
    if status in _UNTOUCHED or (status is None and not sent):
        return Fate.AGAIN
    if status is None or status in _EARLY or (status >= 500 and status not in _LASTING):
        return Fate.UNKNOWN if writes else Fate.AGAIN
    return Fate.ANSWERED


def backoff(attempt: int, chance: float) -> float:
    """Seconds before the next attempt, the first being 1; `chance` from 0 to 1 spreads clients out (full jitter)."""
    return chance * min(LONGEST, FIRST * 2.0 ** min(attempt - 1, 60))


def asked(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the server asks to wait; None where it does not say.

    It says so in Retry-After and, of a rate that is used up, in x-ratelimit-reset, which every answer has. `now` is in
    epoch seconds; the server's own Date comes before it, as clocks differ.
    """
    now = _date(headers.get("date", "")) or now
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    reset = reset if status in _UNTOUCHED else ""
    found = [_number(after), _until(_date(after), now), _delta(_number(reset), now)]
    said = [max(0.0, seconds) for seconds in found if seconds is not None]
    return max(said) if said else None


def _delta(reset: float | None, now: float) -> float | None:
    return _until(reset, now) if reset is not None and reset > INSTANT else reset


def _until(instant: float | None, now: float) -> float | None:
    return instant - now if instant is not None else None


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found < INSTANT * INSTANT else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
