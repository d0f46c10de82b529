"""Port's operations on webhooks: their address, their secret, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calling import Caller, undated
from catalog_contract import blueprint, mapping, normal, webhook
from portside.catalogs.local import LocalCatalog
from portside.mappings.signature import sign
from portside.model.resource import Kind, Ref
from portside.model.webhook import Webhook

ONE = "/v1/webhooks/{identifier}"
SECRET = "planted-5f1c9e"
SECURITY = {"signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256", "signaturePrefix": "v1="}
PAGER = webhook("pager", mapping("team"), security={**SECURITY, "secret": SECRET})


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with LocalCatalog.open(tmp_path / "catalog.db") as catalog:
        found = Caller(catalog)
        found("post /v1/blueprints", blueprint("team"))
        found("post /v1/webhooks", PAGER)
        yield found


def shown(caller: Caller, identifier: str = "pager") -> dict[str, Any]:
    return caller(f"get {ONE}", identifier=identifier).body["integration"]


def signed(caller: Caller, secret: str) -> str:
    """What becomes of a delivery that is signed with the secret."""
    raw = b'{"id":"a"}'
    security = Webhook(normal(Kind.WEBHOOK, PAGER)).security
    return str(caller.catalog.receive("pager", raw, {"x-signature": sign(security, secret, raw)}).status)


def test_what_was_created_is_given_back_with_its_address_and_without_its_secret(caller: Caller) -> None:
    answer = caller("post /v1/webhooks", webhook("other", security={"secret": SECRET}))

    body = answer.body["integration"]
    assert answer.status == 201
    assert len(body["webhookKey"]) == 16
    assert body["url"] == f"http://127.0.0.1:3000/{body['webhookKey']}"
    expected = normal(Kind.WEBHOOK, webhook("other")).body
    assert {key: value for key, value in undated(body).items() if key not in ("webhookKey", "url")} == expected


def test_one_without_an_identifier_gets_one(caller: Caller) -> None:
    made = caller("post /v1/webhooks", {"title": "T", "enabled": True}).body["integration"]

    assert len(made["identifier"]) == 16
    assert shown(caller, made["identifier"])["title"] == "T"


def test_all_are_listed_and_less_of_them_for_everybody(caller: Caller) -> None:
    whole = caller("get /v1/webhooks").body["integrations"]
    less = caller("get /v1/webhooks/metadata").body["integrations"]

    assert whole == [shown(caller)]
    assert less == [{key: whole[0][key] for key in ("identifier", "title", "updatedAt")}]


def test_a_secret_that_came_over_the_api_verifies_deliveries(caller: Caller) -> None:
    assert (signed(caller, SECRET), signed(caller, "another")) == ("accepted", "refused")


def test_a_secret_that_looks_like_a_name_is_the_secret_itself(caller: Caller) -> None:
    caller(f"patch {ONE}", {"security": {**SECURITY, "secret": "${HOME}"}}, identifier="pager")

    assert signed(caller, "${HOME}") == "accepted"


def test_a_put_without_the_secret_keeps_it(caller: Caller) -> None:
    given = shown(caller)
    caller(f"put {ONE}", {**PAGER, "title": "New", "security": SECURITY}, identifier="pager")

    assert (shown(caller)["title"], shown(caller)["url"]) == ("New", given["url"])
    assert signed(caller, SECRET) == "accepted"


def test_a_put_with_another_secret_changes_it(caller: Caller) -> None:
    caller(f"put {ONE}", {**PAGER, "security": {**SECURITY, "secret": "another"}}, identifier="pager")

    assert (signed(caller, SECRET), signed(caller, "another")) == ("refused", "accepted")


def test_a_put_without_security_forgets_it(caller: Caller) -> None:
    caller(f"put {ONE}", {**PAGER, "security": {}}, identifier="pager")
    caller(f"put {ONE}", {**PAGER, "security": SECURITY}, identifier="pager")

    assert signed(caller, SECRET) == "refused"


def test_a_patch_leaves_what_it_does_not_name(caller: Caller) -> None:
    caller(f"patch {ONE}", {"enabled": False}, identifier="pager")

    assert (shown(caller)["enabled"], shown(caller)["mappings"]) == (
        False,
        normal(Kind.WEBHOOK, PAGER).body["mappings"],
    )


def test_one_with_another_identifier_keeps_its_address_and_deliveries(caller: Caller) -> None:
    signed(caller, SECRET)
    address = shown(caller)["url"]
    caller(f"patch {ONE}", {"identifier": "beeper"}, identifier="pager")

    assert caller.refused(f"get {ONE}", identifier="pager")[:2] == (404, "not_found")
    assert shown(caller, "beeper")["url"] == address
    assert [one["webhook"] for one in caller.catalog.deliveries()] == ["beeper"]


def test_one_that_was_deleted_is_gone(caller: Caller) -> None:
    caller(f"delete {ONE}", identifier="pager")

    assert caller.refused(f"get {ONE}", identifier="pager")[:2] == (404, "not_found")


def test_jq_that_does_not_compile_is_refused(caller: Caller) -> None:
    code, reason, sentence = caller.refused("post /v1/webhooks", webhook("bad", mapping("team", ".body.[")))

    assert (code, reason) == (422, "validation_error")
    assert sentence.startswith("webhook/bad: mappings[0].entity.identifier does not compile")


def test_an_identifier_that_is_taken_is_refused(caller: Caller) -> None:
    assert caller.refused("post /v1/webhooks", PAGER)[:2] == (409, "conflict")


def test_the_secret_is_nowhere_in_the_clear(caller: Caller, tmp_path: Path) -> None:
    signed(caller, SECRET)

    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in held
    assert SECRET not in repr(caller.catalog.read()[Ref(Kind.WEBHOOK, "pager")])
    assert (tmp_path / "catalog.db.key").stat().st_mode & 0o777 == 0o600
