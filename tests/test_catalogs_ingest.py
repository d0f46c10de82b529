"""Deliveries to the embedded catalog: genuine or not, seen before or not, and what they leave behind."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_contract import blueprint, create, filled, mapping, relation, update, webhook
from portside.catalogs.entities import Effect, Written
from portside.catalogs.entity import Key
from portside.catalogs.ingest import Received, Status
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.resource import Kind
from portside.model.webhook import DELIVERY_LIMIT

NOW = "2026-01-11T00:00:00.000Z"
TEXT = {"type": "string"}
SERVICE = blueprint("service", properties={"tier": TEXT})
INCIDENT = blueprint(
    "incident",
    properties={"status": TEXT, "minutes": {"type": "number"}},
    required=("status",),
    relations={"service": relation("service")},
)
INCIDENTS = mapping(
    "incident",
    ".item.id",
    title=".item.title",
    properties={"status": ".item.status"},
    relations={"service": ".item.service.id"},
) | {"itemsToParse": ".body.incidents"}
SECURITY = {
    "secret": "${PAGER_SECRET}",
    "signatureHeaderName": "X-PagerDuty-Signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1=",
    "requestIdentifierPath": '.headers."x-webhook-id"',
}
PAGER = webhook("pager", INCIDENTS)


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    secrets = {"PAGER_SECRET": "s3cret-of-the-sender"}
    with embedded(secrets=secrets, now=lambda: NOW) as opened:
        filled(opened, SERVICE, INCIDENT)
        opened.perform(create(Kind.WEBHOOK, PAGER))
        opened.perform(create(Kind.WEBHOOK, webhook("signed", INCIDENTS, security=SECURITY)))
        yield opened


def page(*incidents: dict[str, Any]) -> bytes:
    return json.dumps({"incidents": list(incidents)}).encode()


def incident(identifier: str, status: Any = "open", service: str | None = "a") -> dict[str, Any]:
    return {"id": identifier, "title": f"Incident {identifier}", "status": status, "service": {"id": service}}


def signed(raw: bytes, secret: str = "s3cret-of-the-sender") -> dict[str, str]:
    return {"X-PagerDuty-Signature": f"v1={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"}


def told(received: Received) -> tuple[str, str]:
    return received.status.value, received.reason


def test_a_page_of_incidents_becomes_entities_with_their_service(catalog: LocalCatalog) -> None:
    received = catalog.receive("pager", page(incident("P1"), incident("P2")))

    assert (received.status, received.id, received.written, received.failures) == (
        Status.ACCEPTED,
        1,
        (
            Written(Key("incident", "P1"), Effect.CREATED, (Key("service", "a"),)),
            Written(Key("incident", "P2"), Effect.CREATED),
        ),
        (),
    )
    found = catalog.entity("incident", "P1") or {}
    assert (found["title"], found["properties"], found["relations"], found["createdBy"]) == (
        "Incident P1",
        {"status": "open"},
        {"service": "a"},
        "webhook/pager",
    )


def test_the_same_page_again_changes_nothing(catalog: LocalCatalog) -> None:
    catalog.receive("pager", page(incident("P1")))

    received = catalog.receive("pager", page(incident("P1")))

    assert received.written == (Written(Key("incident", "P1"), Effect.UNCHANGED),)


def test_an_entity_that_is_refused_takes_no_other_with_it(catalog: LocalCatalog) -> None:
    lowered = {**INCIDENTS["entity"], "properties": {"status": ".item.status | ascii_downcase"}}
    catalog.perform(update(Kind.WEBHOOK, webhook("pager", {**INCIDENTS, "entity": lowered})))

    received = catalog.receive("pager", page(incident("P1"), incident("P2", None, "b"), incident("P3")))

    assert [written.key.identifier for written in received.written] == ["P1", "P3"]
    assert [(one.change.identifier, one.reason, one.message) for one in received.failures] == [
        ("P2", "missing_property", "entity incident/P2: property 'status' is required, and has no value")
    ]
    assert (catalog.entity("incident", "P2"), catalog.entity("service", "b")) == (None, None)


def test_a_delete_takes_those_that_require_the_entity_unless_it_says_otherwise(catalog: LocalCatalog) -> None:
    note = blueprint("note", relations={"about": relation("service", required=True)})
    filled(catalog, note)
    notes = mapping("note", ".body.note", relations={"about": ".body.id"})
    gone = mapping("service") | {"operation": "delete", "filter": ".body.gone"}
    kept = mapping("service") | {
        "operation": {"type": "delete", "deleteDependents": False},
        "filter": ".body.kept",
    }
    catalog.perform(update(Kind.WEBHOOK, webhook("pager", {**notes, "filter": ".body.note != null"}, kept, gone)))
    catalog.receive("pager", b'{"id": "a", "note": "n1"}')

    refused = catalog.receive("pager", b'{"id": "a", "kept": true}')
    deleted = catalog.receive("pager", b'{"id": "a", "gone": true}')
    absent = catalog.receive("pager", b'{"id": "a", "gone": true}')

    assert [failure.reason for failure in refused.failures] == ["has_dependents"]
    assert deleted.written == (Written(Key("service", "a"), Effect.DELETED, (Key("note", "n1"),)),)
    assert absent.written == (Written(Key("service", "a"), Effect.ABSENT),)


def test_a_signed_delivery_is_carried_out(catalog: LocalCatalog) -> None:
    raw = page(incident("P1"))

    assert told(catalog.receive("signed", raw, signed(raw))) == ("accepted", "")


@pytest.mark.parametrize(
    "headers", [{}, signed(b"x"), signed(page(incident("P1")), "another"), {"x-pagerduty-signature": ""}]
)
def test_a_forged_delivery_is_refused_and_nothing_of_it_is_kept(catalog: LocalCatalog, headers: dict[str, str]) -> None:
    received = catalog.receive("signed", page(incident("P1")), headers)

    assert (told(received), received.id) == (("refused", "invalid_signature"), None)
    assert (catalog.entity_count("incident"), catalog.deliveries()) == (0, [])


def test_a_delivery_can_be_taken_unsigned_when_somebody_says_so(catalog: LocalCatalog) -> None:
    assert told(catalog.receive("signed", page(incident("P1")), unsigned=True)) == ("accepted", "")


def test_a_webhook_that_asks_for_a_signature_and_has_no_secret_takes_nothing(catalog: LocalCatalog) -> None:
    security = {key: value for key, value in SECURITY.items() if key != "secret"}
    catalog.perform(update(Kind.WEBHOOK, webhook("pager", INCIDENTS, security=security)))

    assert told(catalog.receive("pager", page(), signed(page(), ""))) == ("refused", "invalid_signature")


def test_a_secret_that_is_not_set_is_named_and_never_shown(tmp_path: Path) -> None:
    with LocalCatalog.open(tmp_path / "catalog.db", secrets={"OTHER": "value"}) as catalog:
        filled(catalog, SERVICE, INCIDENT)
        catalog.perform(create(Kind.WEBHOOK, webhook("signed", INCIDENTS, security=SECURITY)))

        with pytest.raises(CatalogRefused) as refused:
            catalog.receive("signed", page(), signed(page()))

    assert (refused.value.reason, str(refused.value)) == (
        "secret_unset",
        "webhook/signed is signed with ${PAGER_SECRET}, and no such variable is set; set it to its sender's secret",
    )


def test_a_delivery_that_came_before_is_not_carried_out_again(catalog: LocalCatalog) -> None:
    first, second = page(incident("P1", "open")), page(incident("P1", "shut"))
    catalog.receive("signed", first, {**signed(first), "X-Webhook-Id": "one"})

    again = catalog.receive("signed", second, {**signed(second), "X-Webhook-Id": "one"})
    other = catalog.receive("signed", first, {**signed(first), "X-Webhook-Id": "two"})

    assert (told(again), again.id, again.because) == (
        ("duplicate", ""),
        1,
        "request identifier 'one' came before, as delivery 1",
    )
    assert (told(other), other.id, len(catalog.deliveries())) == (("accepted", ""), 2, 2)


def test_a_webhook_that_was_deleted_and_made_again_has_seen_nothing(catalog: LocalCatalog) -> None:
    step = create(Kind.WEBHOOK, webhook("signed", INCIDENTS, security=SECURITY))
    raw = page(incident("P1"))
    headers = {**signed(raw), "x-webhook-id": "one"}
    catalog.receive("signed", raw, headers)

    catalog.perform(type(step)(step.action.DELETE, step.ref))
    catalog.perform(step)

    assert told(catalog.receive("signed", raw, headers)) == ("accepted", "")


def test_what_comes_to_a_webhook_that_is_not_enabled_is_kept_and_dropped(catalog: LocalCatalog) -> None:
    catalog.perform(update(Kind.WEBHOOK, webhook("pager", INCIDENTS, enabled=False)))

    received = catalog.receive("pager", page(incident("P1")))

    assert (told(received), received.id, received.because) == (("dropped", ""), 1, "webhook/pager is not enabled")
    assert (catalog.entity_count("incident"), [one["status"] for one in catalog.deliveries()]) == (0, ["dropped"])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"incidents=1", "invalid_json"),
        (b"", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b'{"a": NaN}', "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b" " * (DELIVERY_LIMIT + 1), "payload_too_large"),
    ],
    ids=["form", "empty", "no UTF-8", "NaN", "deep", "large"],
)
def test_what_is_no_json_or_too_much_is_refused(catalog: LocalCatalog, raw: bytes, reason: str) -> None:
    received = catalog.receive("pager", raw)

    assert (told(received), received.id, catalog.deliveries()) == (("refused", reason), None, [])


def test_nobody_can_deliver_to_a_webhook_that_is_not_there(catalog: LocalCatalog, tmp_path: Path) -> None:
    for target in (catalog, LocalCatalog.open(tmp_path / "none.db")):
        with pytest.raises(CatalogRefused) as refused:
            target.receive("ghost", page())

        assert (refused.value.reason, str(refused.value)) == ("not_found", "webhook/ghost is not there; apply it first")


def test_a_delivery_is_kept_as_it_came_but_for_its_credentials(catalog: LocalCatalog) -> None:
    raw = page(incident("P1"), {"id": 7, "title": "t", "status": "open"})

    catalog.receive(
        "pager",
        raw,
        {"Authorization": "Bearer planted", "Cookie": "planted", "X-Kind": "incident"},
        {"repo": "core", "token": "planted"},
    )

    assert catalog.delivery(1) == {
        "id": 1,
        "webhook": "pager",
        "receivedAt": NOW,
        "requestIdentifier": None,
        "status": "accepted",
        "headers": {"x-kind": "incident"},
        "query": {"repo": "core"},
        "body": raw.decode(),
        "outcome": {
            "mappings": [
                {"index": 0, "blueprint": "incident", "verdict": "mapped", "items": 2, "mapped": 1, "because": ""}
            ],
            "swallowed": [
                {
                    "route": ["mappings", 0, "entity", "identifier"],
                    "code": "identifier-type",
                    "message": "the identifier 7 is a number and not a text; add `| tostring`",
                    "item": 1,
                }
            ],
            "entities": [
                {"blueprint": "incident", "identifier": "P1", "effect": "created", "also": ["service/a"]},
            ],
            "failures": [],
        },
    }


def test_a_plain_secret_in_a_header_is_not_kept(catalog: LocalCatalog) -> None:
    plain = {"secret": "${PAGER_SECRET}", "signatureHeaderName": "X-Token", "signatureAlgorithm": "plain"}
    catalog.perform(update(Kind.WEBHOOK, webhook("pager", INCIDENTS, security=plain)))

    received = catalog.receive("pager", page(), {"X-Token": "s3cret-of-the-sender", "X-Kind": "k"})

    kept = catalog.delivery(received.id or 0) or {}
    assert (told(received), kept["headers"]) == (("accepted", ""), {"x-kind": "k"})


def test_half_a_surrogate_pair_in_a_delivery_does_no_harm(catalog: LocalCatalog) -> None:
    raw = b'{"incidents": [{"id": "P1", "title": "\\ud800", "status": "\\ud800", "service": {"id": "a"}}]}'

    received = catalog.receive("pager", raw)

    found = catalog.entity("incident", "P1") or {}
    assert (received.failures, found["title"], found["properties"]) == ((), "\ufffd", {"status": "\ufffd"})


def test_half_a_surrogate_pair_in_a_header_does_no_harm(catalog: LocalCatalog) -> None:
    headers = {**signed(page()), "x-webhook-id": "a\udcff"}

    first, again = (catalog.receive("signed", page(), headers) for _ in range(2))

    assert (told(first), told(again)) == (("accepted", ""), ("duplicate", ""))
