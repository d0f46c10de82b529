"""Deliveries over HTTP: listed, told one by one, and carried out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog_contract import blueprint, create, delete, filled, mapping, update, webhook
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.resource import Kind
from portside.server.calls import Call
from portside.server.rest.deliveries import OPERATIONS

NOW = "2026-01-11T00:00:00.000Z"
THINGS = mapping("thing", properties={"state": ".body.state"})
NOTHING = {"mappings": [], "swallowed": [], "entities": [], "failures": []}


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded(now=lambda: NOW) as opened:
        filled(opened, blueprint("thing", properties={"state": {"type": "string"}}))
        opened.perform(create(Kind.WEBHOOK, webhook("things", THINGS, security={"requestIdentifierPath": ".body.id"})))
        opened.receive("things", b'{"id": "a", "state": "on"}', {"Authorization": "Bearer planted"})
        yield opened


def asked(catalog: LocalCatalog, key: str, number: str = "", **query: Any) -> dict[str, Any]:
    return dict(OPERATIONS[key](Call(catalog, {"id": number}, query)).body)


def listed(catalog: LocalCatalog, **query: Any) -> list[int]:
    return [one["id"] for one in asked(catalog, "get /portside/deliveries", **query)["deliveries"]]


def test_deliveries_are_listed_the_newest_first_and_by_webhook_and_status(catalog: LocalCatalog) -> None:
    catalog.perform(create(Kind.WEBHOOK, webhook("others", THINGS, enabled=False)))
    for number in range(3):
        catalog.receive("others", f'{{"id": {number}}}'.encode())

    assert listed(catalog) == [4, 3, 2, 1]
    assert listed(catalog, limit=2) == [4, 3]
    assert listed(catalog, limit=2, before=3) == [2, 1]
    assert listed(catalog, webhook="others", before=4) == [3, 2]
    assert listed(catalog, status="accepted") == [1]
    assert listed(catalog, status="pending") == []


def test_a_status_that_leaves_nothing_behind_cannot_be_listed(catalog: LocalCatalog) -> None:
    with pytest.raises(CatalogRefused) as refused:
        listed(catalog, status="duplicate")

    assert (refused.value.reason, str(refused.value)) == (
        "validation_error",
        "status 'duplicate' is none of pending, accepted, dropped, failed",
    )


def test_a_delivery_is_told_with_what_its_expressions_give(catalog: LocalCatalog) -> None:
    told = asked(catalog, "get /portside/deliveries/{id}", "1")["delivery"]

    assert (told["headers"], told["body"]) == ({}, '{"id": "a", "state": "on"}')
    assert [(one["route"], one["text"], one["value"]) for one in told["expressions"]] == [
        ("mappings[0].entity.identifier", ".body.id", "a"),
        ("mappings[0].entity.properties.state", ".body.state", "on"),
    ]


def test_a_delivery_is_carried_out_again_through_its_webhook_as_it_is_now(catalog: LocalCatalog) -> None:
    louder = mapping("thing", properties={"state": ".body.state | ascii_upcase"})
    catalog.perform(update(Kind.WEBHOOK, webhook("things", louder, security={"requestIdentifierPath": ".body.id"})))

    told = asked(catalog, "post /portside/deliveries/{id}/replay", "1")["delivery"]

    kept = catalog.delivery(told["id"]) or {}
    assert (told["status"], [one["effect"] for one in told["outcome"]["entities"]]) == ("accepted", ["updated"])
    assert (kept["requestIdentifier"], kept["outcome"]["replayOf"]) == (None, 1)
    assert (catalog.entity("thing", "a") or {})["properties"] == {"state": "ON"}
    assert catalog.receive("things", b'{"id": "a"}').id == 1


def test_a_replay_to_a_webhook_that_is_not_enabled_is_dropped(catalog: LocalCatalog) -> None:
    catalog.perform(update(Kind.WEBHOOK, webhook("things", THINGS, enabled=False)))

    told = asked(catalog, "post /portside/deliveries/{id}/replay", "1")["delivery"]

    assert (told["status"], told["outcome"]["entities"]) == ("dropped", [])
    assert (catalog.delivery(told["id"]) or {})["outcome"] == {
        **NOTHING,
        "because": "webhook/things is not enabled",
        "replayOf": 1,
    }


def test_a_delivery_without_its_webhook_is_told_and_cannot_be_replayed(catalog: LocalCatalog) -> None:
    catalog.perform(delete(Kind.WEBHOOK, "things"))

    assert asked(catalog, "get /portside/deliveries/{id}", "1")["delivery"]["expressions"] == []
    with pytest.raises(CatalogRefused, match="delivery 1 cannot be replayed: its webhook is no longer there"):
        asked(catalog, "post /portside/deliveries/{id}/replay", "1")


@pytest.mark.parametrize("key", ["get /portside/deliveries/{id}", "post /portside/deliveries/{id}/replay"])
@pytest.mark.parametrize("number", ["2", "x", "", "-1", "9" * 18, "9" * 40, "٢"])
def test_a_delivery_that_is_not_there_is_not_found(catalog: LocalCatalog, key: str, number: str) -> None:
    with pytest.raises(CatalogRefused, match=f"there is no delivery {number}") as refused:
        asked(catalog, key, number)

    assert refused.value.reason == "not_found"
