"""The access token: kept until shortly before it ends, and fetched once, however many threads wait for it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

MARGIN = 60.0
"""Seconds before its end at which a token is no longer used; a tenth of a short life."""


@dataclass(frozen=True)
class Token:
    """`until` is on the clock of the Tokens that fetch it."""

    value: str = field(repr=False)
    until: float

    @classmethod
    def lasting(cls, value: str, seconds: float, now: float) -> Token:
        return cls(value, now + seconds - min(MARGIN, seconds / 10))


class Tokens:
    """`fetch` gives a token whenever it is called; `now` is a clock that only goes forward."""

    def __init__(self, fetch: Callable[[], Token], now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = Lock()
        self._token: Token | None = None
        self._pending: Future[Token] | None = None

    def current(self) -> str:
        """A token to send. Raises what fetching it raises."""
        with self._lock:
            if self._token and self._now() < self._token.until:
                return self._token.value
            fetches = self._pending is None
            pending = self._pending = self._pending or Future()
        return self._fetched(pending).value if fetches else _given(pending).value

    def refused(self, value: str) -> None:
        """The server did not take this one: fetch another when one is asked for."""
        with self._lock:
            if self._token and self._token.value == value:
                self._token = None

    def _fetched(self, pending: Future[Token]) -> Token:
        try:
            found = self._fetch()
        except BaseException as error:  # those that wait must not wait for ever, whatever it is
            with self._lock:
                self._pending = None
            pending.set_exception(error)
            raise
        with self._lock:
            self._token, self._pending = found, None
        pending.set_result(found)
        return found


def _given(pending: Future[Token]) -> Token:
    """What another thread fetched; its error as one of our own, which may be told differently."""
    error = pending.exception()
    if error:
        raise copy.copy(error) from error
    return pending.result()
