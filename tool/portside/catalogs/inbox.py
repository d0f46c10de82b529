"""Deliveries as they come to a server: kept first and acknowledged, carried out afterwards.

The rule: one thread writes. It keeps all deliveries that wait in one transaction and only then answers them; between
two such transactions it carries out a few of those that are kept. Another thread reads and evaluates what comes next.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, NamedTuple

from portside.catalogs import deliveries, evaluated, ingest
from portside.catalogs.addressees import Addressee, Addressees
from portside.catalogs.deliveries import Arrival
from portside.catalogs.faults import at_fault
from portside.catalogs.finishing import Finisher
from portside.catalogs.ingest import Received, Status, Taken
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogUnreachable, PortsideError

log = logging.getLogger("portside.ingest")

GROUP = 256
"""So many deliveries are kept in one transaction."""

STALL = 0.05
"""Seconds that deliveries wait to be kept when others wait to be carried out, and that takes its time."""

ROOM = 64 * 1024 * 1024
"""Bytes of bodies that may wait to be kept; more is refused, and its sender tries again."""


class Posted(NamedTuple):
    """One request to a webhook's address, its body at most DELIVERY_LIMIT long."""

    key: str
    raw: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


Settle = Callable[[Sequence[tuple[Any, Received]]], object]
"""Told what became of deliveries, each with the token that it was posted with. Called by the thread that writes."""

UNAVAILABLE = "the catalog cannot take deliveries now; send it again"
UNKNOWN = "there is no webhook with this key"


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
        self._known = Addressees()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Any, Posted]] = deque()
        self._room = ROOM
        self._job: _Job | None = None
        self._ending = False
        self._said = ""
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
            self._changed.notify()
        return True

    def _write(self) -> None:
        while True:
            group, job = self._next()
            if group:
                self._settle(self._kept(group))
            if job:
                job.run()
            if not group and not job:
                return

    def _next(self) -> tuple[list[tuple[Any, Posted]], _Job | None]:
        """What waits to be kept, and what waits to be carried out; neither: the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._job or self._ending)
            self._changed.wait_for(self._due, STALL)
            most = self._finisher.size if self._finisher.behind else GROUP
            group = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._room += sum(len(posted.raw) for _, posted in group)
            job, self._job = self._job, None
            return group, job

    def _due(self) -> bool:
        """Whether to go on at once: while many wait to be carried out, no more are kept than are."""
        return bool(self._job or self._ending or (self._waiting and not self._finisher.behind))

    def _in_turn(self, job: Callable[[], None]) -> None:
        """Let the thread that writes do it, and wait."""
        done: Future[None] = Future()
        with self._changed:
            self._job = _Job(job, done)
            self._changed.notify()
        done.result()

    def _kept(self, group: list[tuple[Any, Posted]]) -> list[tuple[Any, Received]]:
        """Keep deliveries in one transaction. One that brings it down is kept, or refused, without the others."""
        try:
            return self._written(group)
        except CatalogUnreachable as error:
            if len(group) > 1 and at_fault(error):
                return [settled for one in group for settled in self._kept([one])]
            self._say(error)
            return [(token, _refusal("unavailable", UNAVAILABLE)) for token, _ in group]
        except Exception:  # a fault of ours over one delivery is not the others' fault
            if len(group) > 1:
                return [settled for one in group for settled in self._kept([one])]
            log.exception("a delivery could not be kept")
            return [(group[0][0], _refusal("internal_error", "this delivery could not be kept"))]

    def _written(self, group: list[tuple[Any, Posted]]) -> list[tuple[Any, Received]]:
        with self._catalog.writing("portside") as within:
            to = self._known.at(within.connection, (posted.key for _, posted in group))
            found = [(token, self._taken(to[posted.key], posted)) for token, posted in group]
            taken = [one for _, one in found if isinstance(one, Taken)]
            deliveries.add_all(within.connection, [_row(one) for one in taken], within.stamp.at)
        if taken:
            self._said = ""
            self._finisher.wake()
        return [(token, _acknowledged(one)) for token, one in found]

    def _taken(self, to: Addressee | None, posted: Posted) -> Taken | Received:
        if to is None:
            return _refusal("not_found", UNKNOWN)
        try:
            return ingest.taken(to, posted.raw, posted.headers, posted.query, self._catalog.secrets)
        except PortsideError as error:  # its secret is not set, or cannot be opened
            self._say(error)
            return _refusal("unavailable", UNAVAILABLE)

    def _say(self, error: Exception) -> None:
        """Why senders are asked to try again, once for many of them."""
        if str(error) != self._said:
            self._said = str(error)
            log.warning("deliveries are turned away: %s", error)


def _row(one: Taken) -> Arrival:
    """What is kept. Mappings may read the credentials, which are not: then what they make of them is."""
    if not one.withheld or one.arrival.status != Status.PENDING:
        return one.arrival
    found = one.to.evaluation.sent(one.delivery.raw, one.delivery.headers, one.delivery.query)
    return replace(one.arrival, outcome={"evaluated": evaluated.document(found)})


def _acknowledged(one: Taken | Received) -> Received:
    return one if isinstance(one, Received) else Received(Status(one.arrival.status))


def _refusal(reason: str, because: str) -> Received:
    return Received(Status.REFUSED, because=because, reason=reason)
