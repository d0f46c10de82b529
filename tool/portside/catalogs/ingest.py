"""One delivery to the embedded catalog: is it genuine, was it seen before, what does it do, and all of that stored.

The rule: what a delivery changed and what is told of it are one transaction, and each entity in it stands or falls
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import Connection

from portside.catalogs import addressees, deliveries, entities
from portside.catalogs.addressees import Addressee
from portside.catalogs.deliveries import Arrival
from portside.catalogs.entities import Transaction, Written
from portside.catalogs.entity import Key, Stamp
from portside.catalogs.events import WEBHOOK, Origin
from portside.catalogs.sealing import Secrets
from portside.errors import CatalogRefused, Unreadable
from portside.mappings.delivery import lower, request_identifier, soon_parsed
from portside.mappings.signature import verify
from portside.model.entity import EntityChange, Outcome, Upsert
from portside.model.resource import Body
from portside.model.webhook import DELIVERY_LIMIT, Delivery, Webhook


class Status(StrEnum):
    """What became of a delivery. Pending: it is kept, and will be carried out. Dropped: the webhook is not enabled.
    Failed: it could not be carried out at all. Refused: nothing of it is kept."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Failure:
    """A change that the catalog refused, and why; `reason` is Port's error code."""

    change: EntityChange
    reason: str
    message: str


@dataclass(frozen=True)
class Received:
    """One delivery, and what it did.

    `id` is its number in the store: None when it was refused, that of the first when it is a duplicate. `because` is
    a sentence where there is something to say, `reason` the code of a refusal.
    """

    status: Status
    id: int | None = None
    because: str = ""
    reason: str = ""
    outcome: Outcome = field(default_factory=Outcome)
    written: tuple[Written, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Taken:
    """A delivery that passed: `delivery` is all of it, `arrival` what is kept, `withheld` the difference."""

    to: Addressee
    delivery: Delivery
    arrival: Arrival
    withheld: Body


def addressee(connection: Connection | None, identifier: str) -> Addressee:
    """The webhook of that name. Raises CatalogRefused where there is none."""
    found = addressees.named(connection, identifier) if connection else None
    if found is None:
        raise CatalogRefused(f"webhook/{identifier} is not there; apply it first", reason="not_found")
    return found


def taken(
    to: Addressee,
    raw: bytes,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    secrets: Secrets,
    *,
    unsigned: bool = False,
) -> Taken | Received:
    """A delivery that is right, or the refusal of one that is too large, no JSON, or not from whom it should be.

    Headers and query hold no half of a surrogate pair, which no network can bring.
    Raises CatalogRefused when there is no value for the name of the webhook's secret.
    """
    headers = lower(headers)
    if refused := _refused(to.webhook, headers, raw, secrets, unsigned=unsigned):
        return refused
    try:
        delivery = Delivery(soon_parsed(raw), headers, dict(query), raw)
    except Unreadable as error:
        return Received(Status.REFUSED, because=str(error), reason="invalid_json")
    enabled = to.webhook.enabled
    request = request_identifier(to.webhook, delivery, complete=True) if enabled else None
    status = Status.PENDING if enabled else Status.DROPPED
    parts = deliveries.parted(to.webhook.security, headers, query)
    arrival = Arrival(
        to.webhook.identifier,
        to.key,
        deliveries.told_apart(request),
        raw,
        parts.headers,
        parts.query,
        status.value,
        {} if enabled else document(dropped(to)),
    )
    return Taken(to, delivery, arrival, parts.withheld)


def dropped(to: Addressee) -> Received:
    """What is told of a delivery whose webhook is not enabled."""
    return Received(Status.DROPPED, because=f"webhook/{to.webhook.identifier} is not enabled")


def stored(within: Transaction, one: Taken, found: Outcome) -> Received:
    """Keep a delivery and carry out at once what it does; one that came before is only told."""
    if earlier := _earlier(within.connection, one):
        return earlier
    number = deliveries.add(within.connection, one.arrival, within.stamp.at)
    if number is None:  # another process was faster
        return _earlier(within.connection, one) or Received(Status.DUPLICATE)
    if one.arrival.status == Status.DROPPED:
        return replace(dropped(one.to), id=number, outcome=found)
    received = carried_out(within, one.to, number, found)
    deliveries.finish(
        within.connection, [(number, received.status.value, {**document(received), **one.arrival.outcome})]
    )
    return received


def _earlier(connection: Connection, one: Taken) -> Received | None:
    """What is said of a delivery that came before."""
    request = one.arrival.request
    if (earlier := deliveries.first(connection, one.to.key, request)) is None:
        return None
    return Received(Status.DUPLICATE, earlier, f"request identifier '{request}' came before, as delivery {earlier}")


def carried_out(within: Transaction, to: Addressee, number: int, found: Outcome) -> Received:
    """Do what a delivery says, as the webhook."""
    webhook = to.webhook.identifier
    stamp = Stamp(within.stamp.at, f"webhook/{webhook}")
    own = replace(within, stamp=stamp, origin=Origin(WEBHOOK, webhook, number), judged=to.blueprints)
    results = [_changed(own, change) for change in found.changes]
    return Received(
        Status.ACCEPTED,
        number,
        outcome=found,
        written=tuple(result for result in results if isinstance(result, Written)),
        failures=tuple(result for result in results if isinstance(result, Failure)),
    )


def _changed(within: Transaction, change: EntityChange) -> Written | Failure:
    """One change; of one that is refused nothing is written."""
    try:
        if isinstance(change, Upsert):
            return entities.upsert(within, change.blueprint, change.identifier, change.fields)
        return entities.remove(within, Key(change.blueprint, change.identifier), dependents=change.dependents)
    except CatalogRefused as error:
        return Failure(change, error.reason, str(error))


def document(received: Received) -> Body:
    """What is kept of an outcome. The value of each expression is not: it comes again from the body."""
    because = {"because": received.because} if received.because else {}
    return {
        "mappings": [vars(mapping) for mapping in received.outcome.mappings],
        "swallowed": [vars(one) for one in received.outcome.swallowed],
        "entities": [
            {**written.key._asdict(), "effect": written.effect.value, "also": [str(key) for key in written.also]}
            for written in received.written
        ],
        "failures": [
            {
                "blueprint": failure.change.blueprint,
                "identifier": failure.change.identifier,
                "route": list(failure.change.route),
                "reason": failure.reason,
                "message": failure.message,
            }
            for failure in received.failures
        ],
        **because,
    }


def _refused(
    webhook: Webhook, headers: Mapping[str, str], raw: bytes, secrets: Secrets, *, unsigned: bool
) -> Received | None:
    """The refusal of a delivery that is too large, or not from whom it should be; None: go on."""
    if len(raw) > DELIVERY_LIMIT:
        sentence = f"the body has {len(raw)} bytes, and Port takes {DELIVERY_LIMIT}"
        return Received(Status.REFUSED, because=sentence, reason="payload_too_large")
    asked = webhook.security.header is not None or webhook.security.algorithm is not None
    because = None if unsigned or not asked else _forged(webhook, headers, raw, secrets)
    return Received(Status.REFUSED, because=because, reason="invalid_signature") if because else None


def _forged(webhook: Webhook, headers: Mapping[str, str], raw: bytes, secrets: Secrets) -> str | None:
    """Why the delivery is not trusted; None: it is genuine."""
    if not webhook.security.secret:
        return "the webhook asks for a signature and has no secret, so nothing can be verified"
    return verify(webhook.security, _secret(webhook, secrets), headers, raw)


def _secret(webhook: Webhook, secrets: Secrets) -> str:
    text = str(webhook.security.secret)
    if not (value := secrets.value(text)):
        raise CatalogRefused(
            f"webhook/{webhook.identifier} is signed with {text}, and no such variable is set; set it to its"
            " sender's secret",
            reason="secret_unset",
        )
    return value
