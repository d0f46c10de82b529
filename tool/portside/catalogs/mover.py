"""The thread that goes on with migrations behind the requests; there only while there is something to do.

The rule: it ends between two batches when it is told to, and what is left is found again by the next start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from portside.errors import CatalogUnreachable

log = logging.getLogger("portside.migrations")

PAUSE = 1.0
"""Seconds before a database that is away is asked again."""

Finish = Callable[[Callable[[], bool]], None]
"""Does what there is to do as long as it is told to go on."""


class Mover:
    """One for a catalog, whatever the number of requests."""

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked = False

    def wake(self) -> None:
        """There may be something to do."""
        with self._lock:
            self._asked = True
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="migrations", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End after the batch that is under way, and wait for that."""
        self._stop.set()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()

    def _run(self) -> None:
        while self._more():
            try:
                self._finish(lambda: not self._stop.is_set())
            except CatalogUnreachable:
                self._again()
            except Exception:  # a fault of ours ends this turn, not the next
                log.exception("migrations could not go on")

    def _again(self) -> None:
        with self._lock:
            self._asked = True
        self._stop.wait(PAUSE)

    def _more(self) -> bool:
        with self._lock:
            more, self._asked = self._asked and not self._stop.is_set(), False
            if not more:
                self._thread = None
            return more
