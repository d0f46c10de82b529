"""Deliveries as they come to a server: kept and acknowledged, carried out with it or afterwards.

The rule: one thread writes. It keeps all deliveries that wait in one transaction and only then answers them; between
two such transactions it carries out a few of those that had to wait. Another thread reads and evaluates these.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from portside.catalogs.finishing import Finisher
from portside.catalogs.ingest import Received
from portside.catalogs.keeping import Keeper, Posted
from portside.catalogs.local import LocalCatalog

GROUP = 64
"""So many deliveries are kept in one transaction."""

STALL = 0.05
"""Seconds that deliveries wait to be kept when many wait to be carried out, and that takes its time."""

GATHER = 0.005
"""Seconds to wait for as many deliveries as came last time: senders that are answered together send together again.
And for the turn of the few that wait to be carried out, so that what comes next need not wait behind them.
"""

ROOM = 64 * 1024 * 1024
"""Bytes of bodies that may wait to be kept; more is refused, and its sender tries again."""


Settle = Callable[[Sequence[tuple[Any, Received]]], object]
"""Told what became of deliveries, each with the token that it was posted with. Called by the thread that writes."""


class _Job(NamedTuple):
    """Something that the other thread wants written."""

    act: Callable[[], None]
    done: Future[None]

    def run(self) -> None:
        try:
            self.done.set_result(self.act())
        except BaseException as error:  # it is for who waits, in the other thread
            self.done.set_exception(error)


class Inbox:
    """The deliveries of one catalog; between `start` and `stop` it takes them."""

    def __init__(self, catalog: LocalCatalog, settle: Settle) -> None:
        self._catalog = catalog
        self._settle = settle
        self._keeper = Keeper(catalog)
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Any, Posted]] = deque()
        self._room = ROOM
        self._job: _Job | None = None
        self._ending = False
        self._last = 0
        self._near = False  # whether something waits to be carried out whose turn is about to come
        self._finisher = Finisher(catalog, self._in_turn)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take deliveries from now on, and carry out those that an earlier process left behind."""
        self._catalog.prepare()
        self._threads = [
            threading.Thread(target=self._write, name="portside ingest: keep", daemon=True),
            threading.Thread(target=self._finisher.run, name="portside ingest: carry out", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Keep and answer what waits, end what is being carried out; the rest is for the next start."""
        self._finisher.end()
        self._threads[1].join()
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._threads[0].join()

    def post(self, token: Any, posted: Posted) -> bool:
        """Hand in a delivery, to be settled under its token. False: there is no room, and nothing was done."""
        with self._changed:
            if self._ending or self._room < len(posted.raw):
                return False
            self._room -= len(posted.raw)
            self._waiting.append((token, posted))
            if len(self._waiting) in (1, self._last):  # to be woken for each costs as much as it does
                self._changed.notify()
        return True

    def _write(self) -> None:
        while True:
            group, job = self._next()
            if job:
                job.run()
                self._near = self._finisher.more
            if group:
                self._settle(self._keeper.keep(group))
                self._mind_left()
            if not group and not job:
                return

    def _mind_left(self) -> None:
        if self._keeper.left:
            self._finisher.wake()
            self._near = self._near or self._keeper.clear

    def _next(self) -> tuple[list[tuple[Any, Posted]], _Job | None]:
        """What waits to be kept, and what waits to be carried out; neither: the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._job or self._ending)
            if not self._changed.wait_for(self._due, STALL if self._finisher.behind else GATHER):
                self._near = self._finisher.behind
            self._changed.wait_for(self._as_many, GATHER)
            most = self._finisher.size if self._finisher.behind else GROUP
            group = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._last = len(group)
            self._room += sum(len(posted.raw) for _, posted in group)
            job, self._job = self._job, None
            return group, job

    def _due(self) -> bool:
        """Whether to go on at once: what is kept while others wait to be carried out has to wait behind them."""
        return bool(self._job or self._ending or (self._waiting and not self._near))

    def _as_many(self) -> bool:
        """Whether as many wait as were kept last time, or there is something else to do."""
        return bool(self._job or self._ending or len(self._waiting) >= self._last)

    def _in_turn(self, job: Callable[[], None]) -> None:
        """Let the thread that writes do it, and wait."""
        done: Future[None] = Future()
        with self._changed:
            self._job = _Job(job, done)
            self._changed.notify()
        done.result()
