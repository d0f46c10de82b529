"""A delivery of the store once more: to see what each expression gives, or to carry it out again.

The rule: it goes through its webhook as that stands now, without the credentials that came with it, which nobody kept;
its signature was looked at when it came.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from portside.catalogs import addressees, deliveries
from portside.catalogs.addressees import Addressee
from portside.catalogs.deliveries import Arrival
from portside.catalogs.ingest import Received, Status, Taken, document, dropped
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.mappings.delivery import parsed
from portside.mappings.evaluate import evaluate
from portside.model.entity import Outcome
from portside.model.webhook import Delivery


class Found(NamedTuple):
    """A delivery that was kept, and its webhook as it is now; None: that is gone."""

    delivery: Delivery
    to: Addressee | None


def explained(catalog: LocalCatalog, number: int) -> Outcome | None:
    """What the delivery would do now, with the value of every expression; None: its webhook is gone."""
    found = _found(catalog, number)
    return evaluate(found.to.webhook, found.delivery, found.to.blueprints) if found.to else None


def replay(catalog: LocalCatalog, number: int) -> Received:
    """Carry the delivery out again, as a new delivery that names the old one and has no request identifier.

    So the old one stays as it was told, and its sender's next attempt is a duplicate as before.
    """
    delivery, to = _found(catalog, number)
    if to is None:
        raise CatalogRefused(
            f"delivery {number} cannot be replayed: its webhook is no longer there", reason="not_found"
        )
    enabled = to.webhook.enabled
    note = {"replayOf": number} if enabled else {**document(dropped(to)), "replayOf": number}
    kept = Arrival(
        to.webhook.identifier,
        to.key,
        None,
        delivery.raw,
        delivery.headers,
        delivery.query,
        (Status.PENDING if enabled else Status.DROPPED).value,
        note,
    )
    return catalog.carry_out(Taken(to, delivery, kept, {}))


def _found(catalog: LocalCatalog, number: int) -> Found:
    with catalog.reading() as reading:
        kept = deliveries.kept(reading.connection, number)
        to = addressees.keyed(reading.connection, kept.key) if kept else None
    if kept is None:
        raise CatalogRefused(f"there is no delivery {number}", reason="not_found")
    return Found(replace(kept.delivery, body=parsed(kept.delivery.raw)), to)
