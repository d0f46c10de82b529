"""Port's searches, counts and histories over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalog_contract import blueprint, relation
from served import served

SERVICE = blueprint(
    "service",
    properties={"tier": {"type": "string"}, "size": {"type": "number"}},
    relations={"next": relation("service")},
    mirrorProperties={"after": {"path": "next.tier"}},
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(Path(tmp_path_factory.mktemp("search"))) as server, server.client() as opened:
        opened.post("/v1/blueprints", json=SERVICE)
        for number in (3, 2, 1):
            following = {"next": f"s{number + 1}"} if number < 3 else {}
            body = {
                "identifier": f"s{number}",
                "title": f"S {number}",
                "properties": {"tier": "gold", "size": number},
                "relations": following,
            }
            assert opened.post("/v1/blueprints/service/entities", json=body).status_code == 201
        yield opened


def rule(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"property": name, "operator": operator, "value": value}]}


def test_a_blueprint_is_searched_page_by_page(client: httpx.Client) -> None:
    path = "/v1/blueprints/service/entities/search"
    asked = {"query": rule("tier", "=", "gold"), "limit": 2, "include": ["$identifier", "after"]}

    first = client.post(path, json=asked).json()
    second = client.post(path, json={**asked, "from": first["next"]}).json()

    assert (first["entities"], second) == (
        [{"identifier": "s1", "properties": {"after": "gold"}}, {"identifier": "s2", "properties": {"after": "gold"}}],
        {"ok": True, "entities": [{"identifier": "s3", "properties": {"after": None}}]},
    )


def test_all_blueprints_are_searched_at_once(client: httpx.Client) -> None:
    answer = client.post("/v1/entities/search", params={"include": "identifier"}, json=rule("size", ">", 1))

    assert answer.json() == {
        "ok": True,
        "matchingBlueprints": ["service"],
        "entities": [{"identifier": "s2"}, {"identifier": "s3"}],
    }


def test_a_search_that_finds_nothing_is_a_success(client: httpx.Client) -> None:
    answer = client.post("/v1/entities/search", json=rule("size", ">", 9))

    assert answer.json() == {"ok": True, "matchingBlueprints": [], "entities": []}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/blueprints/nothing/entities/search", {}, 404),
        ("/v1/blueprints/service/entities/search", {"limit": 1001}, 422),
        ("/v1/blueprints/service/entities/search", {"from": "é"}, 422),
        ("/v1/entities/search", {"combinator": "nand", "rules": []}, 422),
        ("/v1/entities/search", rule("size", "=", {"context": "user", "property": "x"}), 422),
        (
            "/v1/entities/properties-history",
            {"entityIdentifier": "s9", "blueprintIdentifier": "service", "propertyNames": ["size"]},
            404,
        ),
    ],
)
def test_what_cannot_be_searched_is_refused(client: httpx.Client, path: str, body: Any, status: int) -> None:
    answer = client.post(path, json=body)

    assert (answer.status_code, answer.json()["ok"]) == (status, False)


def test_entities_are_counted(client: httpx.Client) -> None:
    assert client.get("/v1/blueprints/service/entities-count").json() == {"ok": True, "count": 3}


def test_what_a_property_was_is_remembered(client: httpx.Client) -> None:
    client.patch("/v1/blueprints/service/entities/s1", json={"properties": {"size": 7}})

    asked = {"entityIdentifier": "s1", "blueprintIdentifier": "service", "propertyNames": ["size", "tier"]}
    result = client.post("/v1/entities/properties-history", json=asked).json()["result"]

    assert (result["data"], [point["value"] for point in result["properties"]["tier"]]) == ([7], ["gold"])
