"""A group of deliveries kept in one transaction, and carried out in it as far as that surely takes no time.

The rule: what is carried out at once could wait as well, and where it brings the transaction down it does. What comes
behind something of its webhook that waits, waits too, so that a webhook's are carried out in the order they came in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from portside.catalogs import deliveries, evaluated, ingest
from portside.catalogs.addressees import Addressee, Addressees
from portside.catalogs.deliveries import Arrival
from portside.catalogs.faults import at_fault
from portside.catalogs.finishing import Ready, carry_out
from portside.catalogs.ingest import Received, Status, Taken
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogUnreachable, PortsideError

log = logging.getLogger("portside.ingest")

AT_ONCE = 0.05
"""Seconds for what is carried out at once; what is not begun by then waits."""

UNAVAILABLE = "the catalog cannot take deliveries now; send it again"
UNKNOWN = "there is no webhook with this key"


class Posted(NamedTuple):
    """One request to a webhook's address, its body at most DELIVERY_LIMIT long."""

    key: str
    raw: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


Group = Sequence[tuple[Any, Posted]]
"""Deliveries, each with the token that it was posted with."""
Settled = list[tuple[Any, Received]]
"""What became of them."""


class Keeper:
    """Keeps the deliveries of one catalog; for one thread.

    `clear`: nothing waited to be carried out when the last group came. `left`: something does now.
    """

    def __init__(self, catalog: LocalCatalog) -> None:
        self._catalog = catalog
        self._known = Addressees()
        self._said = ""
        self.clear = True
        self.left = False

    def keep(self, group: Group, *, at_once: bool = True) -> Settled:
        """Keep deliveries in one transaction. One that brings it down is kept, or refused, without the others."""
        try:
            return self._written(group, at_once=at_once)
        except CatalogUnreachable as error:
            if at_fault(error) and (at_once or len(group) > 1):
                return self._kept_apart(group, at_once=at_once)
            self._say(error)
            return [(token, _refusal("unavailable", UNAVAILABLE)) for token, _ in group]
        except Exception:  # a fault of ours over one delivery is not the others' fault
            if at_once or len(group) > 1:
                return self._kept_apart(group, at_once=at_once)
            log.exception("a delivery could not be kept")
            return [(group[0][0], _refusal("internal_error", "this delivery could not be kept"))]

    def _kept_apart(self, group: Group, *, at_once: bool) -> Settled:
        """Once more: without carrying anything out, or each without the others."""
        if at_once:
            return self.keep(group, at_once=False)
        return [settled for one in group for settled in self.keep([one], at_once=False)]

    def _written(self, group: Group, *, at_once: bool) -> Settled:
        with self._catalog.writing("portside", related=True) as within:
            to = self._known.at(within.connection, (posted.key for _, posted in group))
            found = [(token, self._taken(to[posted.key], posted)) for token, posted in group]
            taken = [one for _, one in found if isinstance(one, Taken)]
            waiting = deliveries.keys_waiting(within.connection)
            self.clear = waiting == set()
            numbers = deliveries.add_all(within.connection, [_row(one) for one in taken], within.stamp.at)
            if at_once and waiting is not None:
                carry_out(within, list(_ready(taken, numbers, waiting)), AT_ONCE)
            self.left = deliveries.any_pending(within.connection)
        if taken:
            self._said = ""
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


def _ready(taken: Sequence[Taken], numbers: Sequence[int | None], waiting: set[str]) -> Iterator[Ready]:
    """What to carry out at once of what was kept: what surely takes no time, and comes behind nothing of its webhook
    that waits."""
    for number, one in zip(numbers, taken, strict=True):
        if number is None or one.arrival.status != Status.PENDING or one.to.key in waiting:
            continue
        if found := one.to.evaluation.soon(one.delivery):
            yield Ready(number, one.to, found)
        else:
            waiting = waiting | {one.to.key}


def _acknowledged(one: Taken | Received) -> Received:
    return one if isinstance(one, Received) else Received(Status(one.arrival.status))


def _refusal(reason: str, because: str) -> Received:
    return Received(Status.REFUSED, because=because, reason=reason)
