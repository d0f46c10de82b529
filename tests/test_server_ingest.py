"""The addresses that webhooks are delivered to: what a sender is answered, and when."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Router

from catalog_contract import blueprint, create, filled, mapping, webhook
from delivering import Answer, answer
from portside.catalogs.finishing import Finisher
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref
from portside.model.webhook import DELIVERY_LIMIT
from portside.server.ingest import Endpoint, routes

SECRET = "s3cret-of-the-sender"
SECURITY = {
    "secret": "${PAGER_SECRET}",
    "signatureHeaderName": "X-PagerDuty-Signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1=",
    "requestIdentifierPath": '.headers."x-webhook-id"',
}
TAKEN = (202, {"ok": True})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[LocalCatalog]:
    with LocalCatalog.open(tmp_path / "catalog.db", secrets={"PAGER_SECRET": SECRET}) as opened:
        filled(opened, blueprint("thing", properties={"kind": {"type": "string"}}))
        things = mapping("thing", properties={"kind": '.headers."x-kind" + .queryParams.kind'})
        opened.perform(create(Kind.WEBHOOK, webhook("pager", things, security=SECURITY)))
        yield opened


def sent(catalog: LocalCatalog, *requests: tuple[str, Sequence[bytes], dict[str, str]]) -> list[Answer]:
    """What the server answers to requests (path and query, parts of the body, headers) that come at once."""

    async def all_of_them() -> list[Answer]:
        endpoint = Endpoint(catalog)
        app = Router(routes(endpoint))
        async with endpoint.running():
            return await asyncio.gather(*(answer(app, *request) for request in requests))

    return asyncio.run(all_of_them())


def address(catalog: LocalCatalog) -> str:
    document = catalog.document(Ref(Kind.WEBHOOK, "pager"))
    assert document
    return f"/{document['webhookKey']}"


def signed(raw: bytes, *others: str, **more: str) -> dict[str, str]:
    signature = f"v1={hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}"
    return {"X-PagerDuty-Signature": ",".join([*others, signature]), **more}


def told(answers: list[Answer]) -> list[tuple[int, Any]]:
    return [(one.status, one.body if one.status == 202 else one.body["error"]) for one in answers]


def test_a_signed_delivery_is_acknowledged_and_carried_out_with_its_headers_and_query(catalog: LocalCatalog) -> None:
    raw = b'{"id": "a"}'
    headers = signed(raw, "v1=0000", "v2=other", **{"X-KIND": "blue"})

    answers = sent(catalog, (f"{address(catalog)}?kind=%C3%BC", [raw], headers))
    Finisher(catalog, lambda job: job()).drain()

    assert told(answers) == [TAKEN]
    assert (catalog.entity("thing", "a") or {})["properties"] == {"kind": "blueü"}


def test_a_header_is_read_as_its_sender_wrote_it(catalog: LocalCatalog) -> None:
    kinds = {"a": "blü".encode().decode("latin-1"), "b": "blü"}  # in UTF-8, and in Latin-1
    bodies = {name: b'{"id": "%s"}' % name.encode() for name in kinds}

    for name, kind in kinds.items():
        headers = signed(bodies[name], **{"X-Kind": kind})
        assert told(sent(catalog, (f"{address(catalog)}?kind=", [bodies[name]], headers))) == [TAKEN]

    Finisher(catalog, lambda job: job()).drain()
    assert [(catalog.entity("thing", name) or {})["properties"] for name in kinds] == [{"kind": "blü"}] * 2


def test_a_body_in_parts_is_signed_as_a_whole(catalog: LocalCatalog) -> None:
    assert told(sent(catalog, (address(catalog), [b'{"id"', b"", b': "a"}'], signed(b'{"id": "a"}')))) == [TAKEN]


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b'{"id": "a"}', {}, (401, "invalid_signature")),
        (b'{"id": "a"}', signed(b"another"), (401, "invalid_signature")),
        (b'{"id": "a"}', {"x-pagerduty-signature": "v1=\xff"}, (401, "invalid_signature")),
        (b"id=a", signed(b"id=a"), (400, "invalid_json")),
        (b" " * (DELIVERY_LIMIT + 1), {}, (413, "payload_too_large")),
    ],
    ids=["unsigned", "forged", "no ASCII", "form", "large"],
)
def test_what_is_not_right_is_refused_and_nothing_of_it_is_kept(
    catalog: LocalCatalog, raw: bytes, headers: dict[str, str], status: tuple[int, str]
) -> None:
    middle = len(raw) // 2

    assert told(sent(catalog, (address(catalog), [raw[:middle], raw[middle:]], headers))) == [status]
    assert catalog.deliveries() == []


def test_a_body_of_the_largest_size_is_taken(catalog: LocalCatalog) -> None:
    raw = b'{"id": "a"}'.ljust(DELIVERY_LIMIT)

    assert told(sent(catalog, (address(catalog), [raw], signed(raw)))) == [TAKEN]


def test_a_key_that_no_webhook_has_is_not_found(catalog: LocalCatalog) -> None:
    (refused,) = sent(catalog, ("/0123456789abcdef", [b"{}"], {}))

    assert (refused.status, refused.body) == (
        404,
        {"ok": False, "error": "not_found", "message": "there is no webhook with this key"},
    )


def test_a_delivery_that_came_before_is_acknowledged_and_not_carried_out_again(catalog: LocalCatalog) -> None:
    raw = b'{"id": "a"}'
    request = (address(catalog), [raw], signed(raw, **{"X-Webhook-Id": "1"}))

    assert told(sent(catalog, request, request)) == [TAKEN, TAKEN]
    assert len(catalog.deliveries()) == 1


def test_without_the_value_of_its_secret_a_sender_is_asked_to_try_again(
    tmp_path: Path, catalog: LocalCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalCatalog.open(tmp_path / "catalog.db", secrets={}) as unset:
        (refused,) = sent(unset, (address(catalog), [b"{}"], signed(b"{}")))

    assert (refused.status, refused.headers[b"retry-after"]) == (503, b"5")
    assert refused.body["message"] == "the catalog cannot take deliveries now; send it again"
    assert "webhook/pager is signed with ${PAGER_SECRET}, and no such variable is set" in caplog.text


def test_while_another_process_writes_a_sender_is_asked_to_try_again_and_nothing_is_lost(
    tmp_path: Path, catalog: LocalCatalog
) -> None:
    raw = b'{"id": "a"}'
    request = (address(catalog), [raw], signed(raw))

    with LocalCatalog.open(tmp_path / "catalog.db", secrets={"PAGER_SECRET": SECRET}, patience=0.01) as hasty:
        hasty.prepare()
        with catalog.writing("somebody"):
            refused = told(sent(hasty, request))
        taken = told(sent(hasty, request))

    assert (refused, taken) == ([(503, "unavailable")], [TAKEN])
