"""Deliveries: what came, what it did then, and what each expression gives.

The rule: what it did is told as it was kept; expressions are evaluated now, with the webhook as it stands now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from portside.catalogs import addressees, deliveries, listing, rows
from portside.catalogs.ingest import Status
from portside.catalogs.reading import Reading
from portside.errors import Unreadable
from portside.mappings.delivery import parsed
from portside.model.resource import Body
from portside.model.webhook import Delivery, Webhook
from portside.server.pages import playground, values
from portside.server.pages.asked import Asked, Page, Plain, nowhere, number
from portside.server.pages.told import told

LISTED = 50
"""Deliveries on a page."""
SHOWN = 20_000
"""Characters of a payload that are shown at once."""
KEPT = (Status.PENDING, Status.ACCEPTED, Status.DROPPED, Status.FAILED)
"""The others leave nothing behind."""


def overview(asked: Asked) -> Page:
    """The last deliveries, of all webhooks or of one, with any status or with one."""
    webhook, status = asked.asks("webhook"), asked.asks("status")
    with asked.catalog.reading() as reading:
        part = listing.last_deliveries(
            reading.connection, webhook or None, status or None, number(asked.asks("before")), LISTED
        )
    told_ = {"webhook": webhook, "status": status, "statuses": [str(one) for one in KEPT], "part": part}
    return Page("deliveries.html", told_)


def one(asked: Asked) -> Page | Plain:
    """A delivery, or its payload alone."""
    wanted = number(asked.path[0])
    with asked.catalog.reading() as reading:
        found = deliveries.one(reading.connection, wanted) if wanted is not None else None
        if found is None or asked.path[1:] not in ((), ("payload",)):
            raise nowhere(f"delivery {'/'.join(asked.path)}")
        if asked.path[1:]:
            return Plain(str(found["body"]))
        kept = deliveries.kept(reading.connection, int(found["id"]))
        assert kept is not None  # it was there in the same look
        to = addressees.keyed(reading.connection, kept.key)
        view = _evaluated(reading, to.webhook if to else None, kept.delivery)
        there = _there(reading, found["outcome"])
    return Page("delivery.html", {"delivery": found, "there": there, **_payload(str(found["body"])), **view._asdict()})


def _there(reading: Reading, outcome: Body) -> frozenset[str]:
    """Which of its entities there are still, as `blueprint/identifier`."""
    named: dict[str, list[str]] = {}
    for one in outcome.get("entities", ()):
        for key in (f"{one['blueprint']}/{one['identifier']}", *one["also"]):
            blueprint, _, identifier = key.partition("/")
            named.setdefault(blueprint, []).append(identifier)
    return frozenset(
        f"{blueprint}/{identifier}"
        for blueprint, some in named.items()
        for identifier in rows.present(reading.connection, blueprint, some)
    )


class _Evaluated(NamedTuple):
    """`told` is None where there is nothing to evaluate, and `because` says why."""

    told: Body | None
    because: str = ""


def _evaluated(reading: Reading, webhook: Webhook | None, delivery: Delivery) -> _Evaluated:
    if webhook is None:
        return _Evaluated(None, "its webhook is no longer there")
    try:
        read = replace(delivery, body=parsed(delivery.raw))
    except Unreadable as error:
        return _Evaluated(None, str(error))
    return _Evaluated(told(reading, playground.enabled(webhook), read, playground.known(reading, webhook)))


def _payload(body: str) -> Body:
    """The payload a member a line, as far as it is shown; one that is no JSON as it came."""
    try:
        text = values.pretty(parsed(body.encode()))
    except Unreadable:
        text = body
    return {"payload": text[:SHOWN], "cut": len(text) > SHOWN, "bytes": len(body.encode("utf-8", "replace"))}
