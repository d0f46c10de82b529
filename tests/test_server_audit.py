"""Port's audit log: what was changed, found by what it was and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from calling import Caller
from catalog_contract import blueprint, mapping, webhook
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    """A blueprint, a webhook, an entity that a delivery made, and one that was made without."""
    seconds = count()
    with embedded(now=lambda: f"2026-01-02T03:04:{next(seconds):02}.000Z") as catalog:
        found = Caller(catalog)
        found("post /v1/blueprints", blueprint("team", properties={"name": {"type": "string"}}))
        found("post /v1/webhooks", webhook("pager", mapping("team")))
        catalog.receive("pager", b'{"id":"a"}')
        catalog.upsert(Upsert("team", "b", {"properties": {"name": "B"}}))
        yield found


def listed(caller: Caller, **query: Any) -> list[str]:
    found = caller("get /v1/audit-log", query=query).body["audits"]
    return [f"{one['action']} {one['resourceType']}" for one in found]


def test_the_newest_comes_first(caller: Caller) -> None:
    assert listed(caller) == ["CREATE entity", "CREATE entity", "CREATE webhook", "CREATE blueprint"]


def test_an_event_says_what_changed_by_whom_and_when(caller: Caller) -> None:
    caller("patch /v1/blueprints/{identifier}", {"title": "Squad"}, identifier="team")

    event = caller("get /v1/audit-log", query={"limit": 1}).body["audits"][0]

    assert event.pop("identifier").isdecimal()
    assert event.pop("trigger")["by"] == {"userId": "ana", "byPort": False}
    assert event == {
        "action": "UPDATE",
        "resourceType": "blueprint",
        "status": "SUCCESS",
        "context": {"blueprint": "team"},
        "diff": {"before": {"title": "Team"}, "after": {"title": "Squad"}},
        "message": "",
        "additionalData": {},
    }


def test_what_a_delivery_did_names_its_webhook_and_event(caller: Caller) -> None:
    event = caller("get /v1/audit-log", query={"entity": "a", "blueprint": "team"}).body["audits"][0]

    number = event["context"].pop("webhookEventId")
    assert event["context"] == {"blueprint": "team", "entity": "a", "webhookId": "pager"}
    assert event["trigger"]["origin"] == "WEBHOOK"
    assert listed(caller, webhookEventId=number) == ["CREATE entity"]
    assert listed(caller, webhookId="pager") == ["CREATE entity", "CREATE webhook"]


FILTERS: list[tuple[dict[str, Any], int]] = [
    ({"resources": ["entity"]}, 2),
    ({"resources": "webhook"}, 1),
    ({"origin": ["WEBHOOK", "UI"]}, 1),
    ({"blueprint": "team"}, 3),
    ({"action": "DELETE"}, 0),
    ({"status": "SUCCESS"}, 4),
    ({"status": "FAILURE"}, 0),
    ({"run_id": "r"}, 0),
    ({"InstallationId": "x"}, 0),
    ({"actionType": "automation"}, 0),
    ({"identifier": "no number"}, 0),
    ({"webhookEventId": "99999999999999999999"}, 0),
    ({"from": "2026-01-02T03:04:01.000Z"}, 3),
    ({"to": "2026-01-02T03:04:01.000Z"}, 2),
    ({"from": "2000-01-01T00:00:00Z", "to": "2026-01-02T05:00:00+01:00"}, 4),
    ({"limit": 2}, 2),
]


@pytest.mark.parametrize(("query", "number"), FILTERS, ids=[str(query) for query, _ in FILTERS])
def test_filters_narrow_what_is_told(caller: Caller, query: dict[str, Any], number: int) -> None:
    assert len(listed(caller, **query)) == number


def test_only_what_is_asked_for_is_included(caller: Caller) -> None:
    found = caller("get /v1/audit-log", query={"includes": ["action", "status"], "limit": 1}).body["audits"]

    assert found == [{"action": "CREATE", "status": "SUCCESS"}]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
def test_a_moment_that_is_none_is_refused(caller: Caller, moment: str) -> None:
    assert caller.refused("get /v1/audit-log", query={"from": moment}) == (
        422,
        "validation_error",
        f"'{moment}' is no moment in ISO 8601",
    )
