"""One delivery to the embedded catalog: is it genuine, what does it do, was it seen before, and all of that stored.

The rule: a delivery and what it changed are one transaction, and each entity in it stands or falls alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from sqlalchemy import Connection

from portside.catalogs import deliveries, entities, resources
from portside.catalogs.entities import Transaction, Written
from portside.catalogs.entity import Key, Stamp
from portside.errors import CatalogRefused
from portside.mappings.delivery import request_identifier
from portside.mappings.signature import verify
from portside.model.blueprint import Blueprint
from portside.model.entity import EntityChange, Outcome, Upsert
from portside.model.resource import Body, Kind, Ref
from portside.model.secrets import name as secret_name
from portside.model.webhook import DELIVERY_LIMIT, Delivery, Webhook


class Status(StrEnum):
    """What became of a delivery. Dropped: the webhook is not enabled. Refused: nothing of it is kept."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
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
class Addressee:
    """A webhook as it stands when a delivery comes: with its key, and the blueprints that its mappings name."""

    webhook: Webhook
    key: str
    blueprints: Mapping[str, Blueprint]


def addressee(connection: Connection | None, identifier: str) -> Addressee:
    """The webhook of that name. Raises CatalogRefused where there is none."""
    found = resources.secretive(connection, Ref(Kind.WEBHOOK, identifier)) if connection else None
    if connection is None or found is None:
        raise CatalogRefused(f"webhook/{identifier} is not there; apply it first", reason="not_found")
    webhook = Webhook(found)
    stored = resources.StoredBlueprints(connection)
    named = sorted({mapping.blueprint for mapping in webhook.mappings})
    known = {name: blueprint for name in named if (blueprint := stored.get(name))}
    return Addressee(webhook, resources.webhook_key(connection, identifier), known)


def checked(webhook: Webhook, delivery: Delivery, secrets: Mapping[str, str], *, unsigned: bool) -> Received | None:
    """The refusal of a delivery that is too large, or not from whom it should be; None: go on."""
    if len(delivery.raw) > DELIVERY_LIMIT:
        sentence = f"the body has {len(delivery.raw)} bytes, and Port takes {DELIVERY_LIMIT}"
        return Received(Status.REFUSED, because=sentence, reason="payload_too_large")
    asked = webhook.security.header is not None or webhook.security.algorithm is not None
    because = None if unsigned or not asked else _forged(webhook, delivery, secrets)
    return Received(Status.REFUSED, because=because, reason="invalid_signature") if because else None


def stored(connection: Connection, to: Addressee, delivery: Delivery, found: Outcome, stamp: Stamp) -> Received:
    """Carry out what a genuine delivery does, and keep both."""
    if not to.webhook.enabled:
        dropped = Received(Status.DROPPED, because=f"webhook/{to.webhook.identifier} is not enabled", outcome=found)
        return _kept(connection, to, delivery, None, stamp, dropped)
    request = request_identifier(to.webhook, delivery)
    if earlier := deliveries.first(connection, to.key, request):
        return Received(Status.DUPLICATE, earlier, f"request identifier '{request}' came before, as delivery {earlier}")
    within = Transaction(connection, resources.StoredBlueprints(connection), stamp)
    results = [_carried_out(within, change) for change in found.changes]
    accepted = Received(
        Status.ACCEPTED,
        outcome=found,
        written=tuple(result for result in results if isinstance(result, Written)),
        failures=tuple(result for result in results if isinstance(result, Failure)),
    )
    return _kept(connection, to, delivery, request, stamp, accepted)


def _carried_out(within: Transaction, change: EntityChange) -> Written | Failure:
    """One change in a savepoint of its own: what it raises undoes it and nothing else."""
    try:
        with within.connection.begin_nested():
            if isinstance(change, Upsert):
                return entities.upsert(within, change.blueprint, change.identifier, change.fields)
            return entities.remove(within, Key(change.blueprint, change.identifier), dependents=change.dependents)
    except CatalogRefused as error:
        return Failure(change, error.reason, str(error))


def _kept(
    connection: Connection, to: Addressee, delivery: Delivery, request: str | None, stamp: Stamp, received: Received
) -> Received:
    number = deliveries.add(
        connection,
        to.webhook,
        to.key,
        request,
        delivery,
        at=stamp.at,
        status=received.status.value,
        outcome=_document(received),
    )
    return replace(received, id=number)


def _document(received: Received) -> Body:
    """What is kept of an outcome. The value of each expression is not: it comes again from the body."""
    return {
        "mappings": [asdict(mapping) for mapping in received.outcome.mappings],
        "swallowed": [asdict(one) for one in received.outcome.swallowed],
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
    }


def _forged(webhook: Webhook, delivery: Delivery, secrets: Mapping[str, str]) -> str | None:
    """Why the delivery is not trusted; None: it is genuine."""
    if not webhook.security.secret:
        return "the webhook asks for a signature and has no secret, so nothing can be verified"
    return verify(webhook.security, _secret(webhook, secrets), delivery.headers, delivery.raw)


def _secret(webhook: Webhook, secrets: Mapping[str, str]) -> str:
    name = secret_name(str(webhook.security.secret)) or ""
    if not (value := secrets.get(name)):
        raise CatalogRefused(
            f"webhook/{webhook.identifier} is signed with ${{{name}}}, and no such variable is set; set it to its"
            " sender's secret",
            reason="secret_unset",
        )
    return value
