"""Deliveries over HTTP, which Port's API does not have: what came, what it did, and once more.

The rule: a delivery is shown as it was kept; what its expressions give is evaluated when it is asked for.
"""

from __future__ import annotations

from portside.catalogs import replaying
from portside.catalogs.ingest import Status, document
from portside.errors import CatalogRefused
from portside.model.entity import Outcome
from portside.model.resource import Body
from portside.problems import dotted
from portside.server.calls import Answer, Call, Operations

LIMIT = 100
DIGITS = 18
"""Of a number that every database can look for."""
KEPT = (Status.PENDING, Status.ACCEPTED, Status.DROPPED, Status.FAILED)
"""The others leave nothing behind."""


def listed(call: Call) -> Answer:
    """The last ones, newest first: `webhook`, `status`, `limit` (1 to 1000), `before` (a delivery's number)."""
    status = call.query.get("status")
    if status is not None and status not in KEPT:
        raise CatalogRefused(f"status '{status}' is none of {', '.join(KEPT)}", reason="validation_error")
    limit = call.query.get("limit") or LIMIT
    found = call.catalog.deliveries(call.query.get("webhook"), limit, status, call.query.get("before"))
    return Answer({"deliveries": found})


def shown(call: Call) -> Answer:
    """One, with the value of every expression."""
    number = _identified(call)
    found = call.catalog.delivery(number)
    if found is None:
        raise CatalogRefused(f"there is no delivery {number}", reason="not_found")
    outcome = replaying.explained(call.catalog, number)
    return Answer({"delivery": {**found, "expressions": _expressions(outcome) if outcome else []}})


def replayed(call: Call) -> Answer:
    """Carried out again: the number and outcome of the new delivery."""
    received = replaying.replay(call.catalog, _identified(call))
    told = {"id": received.id, "status": received.status.value, "outcome": document(received)}
    return Answer({"delivery": told})


OPERATIONS: Operations = {
    "get /portside/deliveries": listed,
    "get /portside/deliveries/{id}": shown,
    "post /portside/deliveries/{id}/replay": replayed,
}


def _expressions(outcome: Outcome) -> list[Body]:
    return [
        {
            "route": dotted(value.route),
            "text": value.text,
            "item": value.item,
            "value": value.value,
            "missing": value.missing,
            "error": value.error,
        }
        for value in outcome.values
    ]


def _identified(call: Call) -> int:
    text = call.path["id"]
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise CatalogRefused(f"there is no delivery {text}", reason="not_found")
    return int(text)
