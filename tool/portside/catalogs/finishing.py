"""Carries out the deliveries that are kept, in their order, and keeps what became of each.

The rule: a delivery's entities and its outcome are one transaction, so it is carried out wholly and once, whatever
ends the process. One that cannot be carried out stops no other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from math import inf
from typing import NamedTuple

from portside.catalogs import deliveries, entities, evaluated, ingest
from portside.catalogs.addressees import Addressee, Addressees
from portside.catalogs.deliveries import Pending
from portside.catalogs.entities import Transaction
from portside.catalogs.faults import at_fault
from portside.catalogs.ingest import Received, Status
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogUnreachable
from portside.model.entity import Outcome

log = logging.getLogger("portside.ingest")

BATCH = 64
"""So many deliveries are carried out in one transaction at most."""

STRETCH = 0.02
"""Seconds that such a transaction should take: deliveries that wait to be kept wait for it."""

POLL = 1.0
"""Seconds after which to look again: for what another process left behind, or whether the database is back."""

BROKEN = "it could not be carried out; the server's log says why"
"""What is told of a delivery that met a fault of ours."""

InTurn = Callable[[Callable[[], None]], None]
"""Runs a job when it may write, and gives back when it is done."""


class Ready(NamedTuple):
    """A delivery and what it does. `because`: why it does nothing, and never will."""

    id: int
    to: Addressee | None
    outcome: Outcome
    because: str = ""


class Finisher:
    """What one process carries out. `in_turn` runs a job when this process may write.

    `size` is how many it carries out in one transaction now, `behind` whether as many wait or more, `more` whether any
    were left by the last one.
    """

    def __init__(self, catalog: LocalCatalog, in_turn: InTurn) -> None:
        self._catalog = catalog
        self._in_turn = in_turn
        self._known = Addressees()
        self._woken = threading.Event()
        self._ending = False
        self.size = 8
        self.behind = False
        self.more = False

    def wake(self) -> None:
        """There is something to carry out."""
        self._woken.set()

    def end(self) -> None:
        """Carry out what is in hand, and no more."""
        self._ending = True
        self._woken.set()

    def run(self) -> None:
        """Carry out whatever comes, until the end."""
        while not self._ending:
            self._woken.clear()
            try:
                self.drain()
            except CatalogUnreachable as error:
                log.warning("deliveries wait to be carried out: %s", error)
            except Exception:  # whatever it is, the next delivery is tried
                log.exception("deliveries wait to be carried out")
            self._woken.wait(POLL)

    def drain(self) -> None:
        """Carry out all there are."""
        while found := self._pending():
            ready = []
            for one, to in found:
                if self._ending:
                    return
                ready.append(self._ready(one, to))
            self._finished(ready)

    def _pending(self) -> list[tuple[Pending, Addressee | None]]:
        with self._catalog.reading() as reading:
            found = deliveries.pending(reading.connection, self.size)
            self.behind = len(found) == self.size
            known = self._known.at(reading.connection, (one.key for one in found))
        return [(one, known[one.key]) for one in found]

    def _ready(self, one: Pending, to: Addressee | None) -> Ready:
        """What a delivery does. Outside of any transaction: an expression may take its time."""
        if to is None:
            return Ready(one.id, None, Outcome(), "its webhook is no longer there")
        if "evaluated" in one.note:
            return Ready(one.id, to, evaluated.read(one.note["evaluated"]))
        try:
            return Ready(one.id, to, to.evaluation.sent(one.raw, one.headers, one.query))
        except Exception:  # a fault of ours over one delivery is told as its outcome
            log.exception("delivery %s of webhook/%s could not be evaluated", one.id, to.webhook.identifier)
            return Ready(one.id, to, Outcome(), BROKEN)

    def _finished(self, batch: Sequence[Ready]) -> None:
        """Carry out deliveries in one transaction; when one brings it down, each in its own."""
        error = self._broken(batch)
        if error and len(batch) > 1:
            for one in batch:
                self._finished([one])
        elif error:
            log.error("delivery %s could not be carried out", batch[0].id, exc_info=error)
            self._in_turn(lambda: self._carried_out([batch[0]._replace(outcome=Outcome(), because=BROKEN)]))

    def _broken(self, batch: Sequence[Ready]) -> Exception | None:
        """What brought down the transaction of these deliveries. Raises CatalogUnreachable when it was not they."""
        try:
            self._in_turn(lambda: self._timed(batch))
        except Exception as error:  # given back: whoever asked finds out which delivery it was
            if isinstance(error, CatalogUnreachable) and not at_fault(error):
                raise
            return error
        return None

    def _timed(self, batch: Sequence[Ready]) -> None:
        began = time.monotonic()
        self._carried_out(batch)
        each = (time.monotonic() - began) / len(batch)
        self.size = max(1, min(BATCH, self.size * 2, int(STRETCH / each)))

    def _carried_out(self, batch: Sequence[Ready]) -> None:
        with self._catalog.writing("portside", related=True) as within:
            left = deliveries.still_pending(within.connection, [one.id for one in batch])
            carry_out(within, [one for one in batch if one.id in left])
            self.more = deliveries.any_pending(within.connection)


def carry_out(within: Transaction, batch: Sequence[Ready], seconds: float = inf) -> None:
    """Do what deliveries say, in their order; what is not begun within so many seconds is left."""
    end = time.monotonic() + seconds
    entities.prefetch(within, [change for one in batch for change in one.outcome.changes])
    ended = [_ended(within, one) for one in takewhile(lambda _: time.monotonic() < end, batch)]
    deliveries.finish(within.connection, ended)


def _ended(within: Transaction, one: Ready) -> tuple[int, str, dict[str, object]]:
    if one.to is None or one.because:
        received = Received(Status.FAILED, because=one.because)
    elif not one.to.webhook.enabled:
        received = ingest.dropped(one.to)
    else:
        received = ingest.carried_out(within, one.to, one.id, one.outcome)
    return one.id, received.status.value, ingest.document(received)
