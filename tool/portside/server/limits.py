"""How many requests a window of time takes, and what the headers say about it.

The rule: what is counted is refused only where somebody set a limit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PERIOD = 60
"""Seconds of one window."""

UNLIMITED = 1_000_000
"""What the headers say where nobody set a limit."""

Headers = list[tuple[bytes, bytes]]


@dataclass
class Window:
    """Counts the requests of the window it is in; `limit` None: tells, and never refuses."""

    limit: int | None = None
    now: Callable[[], float] = time.monotonic
    _began: float = field(default=-math.inf, repr=False)
    _taken: int = field(default=0, repr=False)

    def take(self) -> bool:
        """Count one request; False: it is one too many."""
        now = self.now()
        if now - self._began >= PERIOD:
            self._began, self._taken = now, 0
        if self.limit is None:
            return True
        self._taken += 1
        return self._taken <= self.limit

    def headers(self) -> Headers:
        """`x-ratelimit-*`. The reset is in seconds from now: Port's own client reads it so, the pages differ."""
        limit = UNLIMITED if self.limit is None else self.limit
        left = max(1, math.ceil(self._began + PERIOD - self.now())) if self._began > -math.inf else PERIOD
        return [
            (b"x-ratelimit-limit", b"%d" % limit),
            (b"x-ratelimit-period", b"%d" % PERIOD),
            (b"x-ratelimit-remaining", b"%d" % max(0, limit - self._taken)),
            (b"x-ratelimit-reset", b"%d" % left),
        ]
