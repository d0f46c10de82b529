"""Port's operations on entities: what each way of writing does, alone and in bulk, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calling import Caller
from catalog_contract import blueprint, relation
from portside.catalogs.local import LocalCatalog

ALL = "/v1/blueprints/{blueprint_identifier}/entities"
ONE = f"{ALL}/{{entity_identifier}}"
BULK_DELETE = "post /v1/blueprints/{blueprint_identifier}/bulk/entities/delete"
TEXT = {"type": "string"}
TEAM = blueprint("team", properties={"name": TEXT})
SERVICE = blueprint(
    "service",
    properties={"tier": {**TEXT, "default": "bronze"}, "size": {"type": "number"}, "tags": {"type": "array"}},
    required=("size",),
    relations={"team": relation("team"), "uses": relation("service", many=True)},
    mirrorProperties={"who": {"path": "team.name"}, "team_title": {"path": "team.$title"}},
    calculationProperties={"label": {"type": "string", "calculation": '.identifier + "!"'}},
)
SETS = {"upsert": True}
MERGES = {"upsert": True, "merge": True}
WHOLE = {
    "identifier": "pay",
    "title": "Pay",
    "properties": {"tier": "gold", "size": 3},
    "relations": {"team": "core"},
}


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    with embedded() as catalog:
        found = Caller(catalog)
        found("post /v1/blueprints", TEAM)
        found("post /v1/blueprints", SERVICE)
        post(found, {"identifier": "core", "title": "Core", "properties": {"name": "C"}}, of="team")
        yield found


def post(caller: Caller, body: Any, of: str = "service", **query: Any) -> dict[str, Any]:
    return caller(f"post {ALL}", body, query=query, blueprint_identifier=of).body["entity"]


def read(caller: Caller, identifier: str = "pay", of: str = "service", **query: Any) -> dict[str, Any]:
    path = {"blueprint_identifier": of, "entity_identifier": identifier}
    return caller(f"get {ONE}", query=query, **path).body["entity"]


def written(body: dict[str, Any]) -> dict[str, Any]:
    """What somebody wrote of it."""
    properties = {key: value for key, value in body["properties"].items() if key in ("tier", "size", "tags")}
    return {"title": body["title"], "properties": properties, "relations": body["relations"]}


def refused(caller: Caller, key: str, body: Any = None, of: str = "service", name: str = "", **query: Any) -> Any:
    path = {"blueprint_identifier": of, **({"entity_identifier": name} if name else {})}
    return caller.refused(f"{key}", body, query=query, **path)


def test_what_was_created_is_given_as_it_is_read(caller: Caller) -> None:
    answer = caller(f"post {ALL}", WHOLE, blueprint_identifier="service")

    body = answer.body["entity"]
    assert (answer.status, body) == (201, read(caller))
    dates = {key: body.pop(key) for key in ("createdAt", "updatedAt")}
    assert dates["createdAt"] == dates["updatedAt"]
    assert body == {
        "identifier": "pay",
        "title": "Pay",
        "icon": None,
        "blueprint": "service",
        "team": [],
        "properties": {
            "tier": "gold",
            "size": 3,
            "who": "C",
            "team_title": "Core",
            "label": "pay!",
        },
        "relations": {"team": "core", "uses": []},
        "scorecards": {},
        "createdBy": "ana",
        "updatedBy": "ana",
    }


def test_one_without_an_identifier_gets_one(caller: Caller) -> None:
    made = post(caller, {"properties": {"size": 1}})

    assert (made["identifier"][:2], len(made["identifier"])) == ("e_", 18)
    assert read(caller, made["identifier"]) == made


WRITES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "upsert puts it in the place of the one there is": (
        SETS,
        {"identifier": "pay", "properties": {"size": 5}},
        {"title": None, "properties": {"tier": "bronze", "size": 5}, "relations": {"team": None, "uses": []}},
    ),
    "merge leaves what is not sent": (
        MERGES,
        {"identifier": "pay", "properties": {"size": 5}, "relations": {"uses": ["pay"]}},
        {
            "title": "Pay",
            "properties": {"tier": "gold", "size": 5},
            "relations": {"team": "core", "uses": ["pay"]},
        },
    ),
    "null clears": (
        MERGES,
        {"identifier": "pay", "title": None, "properties": {"tier": None}, "relations": {"team": None}},
        {"title": None, "properties": {"size": 3}, "relations": {"team": None, "uses": []}},
    ),
    "one value for a list is put into one": (
        MERGES,
        {"identifier": "pay", "properties": {"tags": "a"}, "relations": {"uses": "pay"}},
        {
            "title": "Pay",
            "properties": {"tier": "gold", "size": 3, "tags": ["a"]},
            "relations": {"team": "core", "uses": ["pay"]},
        },
    ),
}


@pytest.mark.parametrize(("query", "body", "expected"), WRITES.values(), ids=WRITES.keys())
def test_writing_over_what_is_there(caller: Caller, query: Any, body: Any, expected: Any) -> None:
    post(caller, WHOLE)

    post(caller, body, **query)

    assert written(read(caller)) == expected


def test_put_replaces_and_patch_merges(caller: Caller) -> None:
    post(caller, WHOLE)
    path = {"blueprint_identifier": "service", "entity_identifier": "pay"}

    caller(f"patch {ONE}", {"properties": {"tier": "silver"}}, **path)
    merged = written(read(caller))
    caller(f"put {ONE}", {"properties": {"size": 9}}, **path)

    assert merged["properties"] == {"tier": "silver", "size": 3}
    assert written(read(caller)) == {
        "title": None,
        "properties": {"tier": "bronze", "size": 9},
        "relations": {"team": None, "uses": []},
    }


REFUSED: dict[str, tuple[str, Any, dict[str, Any], int, str]] = {
    "a name that is taken": (f"post {ALL}", WHOLE, {}, 409, "conflict"),
    "merge without upsert, of a name that is taken": (f"post {ALL}", WHOLE, {"merge": True}, 409, "conflict"),
    "a blueprint that is not there": (f"post {ALL}", WHOLE, {"of": "ghost"}, 404, "not_found"),
    "a put of what is not there": (f"put {ONE}", {"properties": {}}, {"name": "ghost"}, 404, "not_found"),
    "a patch of what is not there": (f"patch {ONE}", {"properties": {}}, {"name": "ghost"}, 404, "not_found"),
    "a delete of what is not there": (f"delete {ONE}", None, {"name": "ghost"}, 404, "not_found"),
    "a reading of what is not there": (f"get {ONE}", None, {"name": "ghost"}, 404, "not_found"),
    "a required property that is missing": (f"post {ALL}", {"identifier": "x"}, {}, 422, "missing_property"),
    "a required property that is cleared": (
        f"patch {ONE}",
        {"properties": {"size": None}},
        {"name": "pay"},
        422,
        "missing_property",
    ),
    "a text for a number": (
        f"post {ALL}",
        {"identifier": "x", "properties": {"size": "big"}},
        {},
        422,
        "blueprint_schema_mismatch",
    ),
    "a property that the blueprint lacks": (
        f"post {ALL}",
        {"identifier": "x", "properties": {"size": 1, "colour": "red"}},
        {},
        422,
        "blueprint_schema_mismatch",
    ),
    "an identifier with a space": (
        f"post {ALL}",
        {"identifier": "a b", "properties": {"size": 1}},
        {},
        422,
        "validation_error",
    ),
    "a relation to what is not there": (
        f"post {ALL}",
        {"identifier": "x", "properties": {"size": 1}, "relations": {"team": "ghost"}},
        {},
        404,
        "not_found",
    ),
    "a text with a NUL": (
        f"post {ALL}",
        {"identifier": "x", "properties": {"size": 1, "tier": "a\0"}},
        {},
        422,
        "validation_error",
    ),
}


@pytest.mark.parametrize(("key", "body", "more", "code", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_port_refuses_is_refused_and_nothing_changes(
    caller: Caller, key: str, body: Any, more: dict[str, Any], code: int, reason: str
) -> None:
    post(caller, WHOLE)
    before = caller(f"get {ALL}", blueprint_identifier="service").body

    assert refused(caller, key, body, **more)[:2] == (code, reason)
    assert caller(f"get {ALL}", blueprint_identifier="service").body == before


def test_what_a_relation_names_and_nobody_has_is_created_when_that_is_asked_for(caller: Caller) -> None:
    post(caller, {**WHOLE, "relations": {"team": "new"}}, create_missing_related_entities=True)

    assert read(caller, "new", of="team")["title"] is None


def test_validation_alone_writes_nothing_and_tells_the_same(caller: Caller) -> None:
    body = post(
        caller, {**WHOLE, "relations": {"team": "new"}}, validation_only=True, create_missing_related_entities=True
    )

    assert body["relations"]["team"] == "new"
    assert refused(caller, f"get {ONE}", name="pay")[1] == "not_found"
    assert refused(caller, f"get {ONE}", of="team", name="new")[1] == "not_found"
    assert caller("get /v1/audit-log", query={"entity": "pay"}).body["audits"] == []


def test_in_a_bulk_each_stands_or_falls_alone(caller: Caller) -> None:
    post(caller, WHOLE)
    bodies = [
        {"identifier": "a", "properties": {"size": 1}},
        {"identifier": "pay", "properties": {"size": 4}},
        {"identifier": "b", "properties": {"size": "big"}},
        {"identifier": "c", "properties": {"size": 2}, "relations": {"uses": ["a"]}},
        {"identifier": "a", "properties": {"size": 6}},
    ]

    answer = caller(f"post {ALL}/bulk", {"entities": bodies}, query=MERGES, blueprint_identifier="service")

    (error,) = answer.body["errors"]
    message = error.pop("message")
    assert answer.status == 207
    assert answer.body["entities"] == [
        {"identifier": "a", "index": 0, "created": True},
        {"identifier": "pay", "index": 1, "created": False},
        {"identifier": "c", "index": 3, "created": True},
        {"identifier": "a", "index": 4, "created": False},
    ]
    assert error == {"identifier": "b", "index": 2, "statusCode": 422, "error": "blueprint_schema_mismatch"}
    assert "size" in message
    sizes = {one["identifier"]: one["properties"]["size"] for one in _all(caller)}
    assert sizes == {"a": 6, "c": 2, "pay": 4}


def _all(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    return caller(f"get {ALL}", query=query, blueprint_identifier="service").body["entities"]


def test_a_bulk_without_failures_is_200(caller: Caller) -> None:
    bodies = [{"identifier": name, "properties": {"size": 1}} for name in "ab"]

    answer = caller(f"post {ALL}/bulk", {"entities": bodies}, query=SETS, blueprint_identifier="service")

    assert (answer.status, answer.body["errors"]) == (200, [])


def test_a_query_that_matches_nothing_names_nobody(caller: Caller) -> None:
    query = {"combinator": "and", "rules": [{"property": "$title", "operator": "=", "value": "Nobody"}]}

    answer = caller(
        f"post {ALL}/bulk",
        {"entities": [{"identifier": query, "properties": {"size": 1}}]},
        query=MERGES,
        blueprint_identifier="service",
    )

    assert [(one["identifier"], one["error"]) for one in answer.body["errors"]] == [("unknown", "not_found")]


def test_queries_stand_for_names(caller: Caller) -> None:
    post(caller, WHOLE)
    named = {"combinator": "and", "rules": [{"property": "$title", "operator": "=", "value": "Pay"}]}
    team = {"combinator": "and", "rules": [{"property": "name", "operator": "=", "value": "C"}]}

    post(caller, {"identifier": named, "properties": {"size": 8}, "relations": {"team": team}}, **MERGES)

    assert written(read(caller)) == {
        "title": "Pay",
        "properties": {"tier": "gold", "size": 8},
        "relations": {"team": "core", "uses": []},
    }


def test_another_identifier_is_followed_by_those_that_point_at_it(caller: Caller) -> None:
    post(caller, WHOLE)
    path = {"blueprint_identifier": "team", "entity_identifier": "core"}

    caller(f"patch {ONE}", {"identifier": "kernel"}, **path)

    assert refused(caller, f"get {ONE}", of="team", name="core")[1] == "not_found"
    assert read(caller)["relations"]["team"] == "kernel"
    assert read(caller)["properties"]["who"] == "C"


def test_a_delete_clears_the_relations_to_it(caller: Caller) -> None:
    post(caller, WHOLE)

    caller(f"delete {ONE}", blueprint_identifier="team", entity_identifier="core")

    assert read(caller)["relations"]["team"] is None


@pytest.fixture
def required(caller: Caller) -> Caller:
    """A deployment cannot be without its service."""
    caller("post /v1/blueprints", blueprint("deployment", relations={"service": relation("service", required=True)}))
    post(caller, WHOLE)
    post(caller, {"identifier": "d1", "relations": {"service": "pay"}}, of="deployment")
    return caller


def test_what_is_required_is_not_deleted_without_its_dependents(required: Caller) -> None:
    assert refused(required, f"delete {ONE}", name="pay") == (
        409,
        "has_dependents",
        "entity service/pay cannot be deleted: required by deployment/d1",
    )

    required(
        f"delete {ONE}",
        query={"delete_dependents": True},
        blueprint_identifier="service",
        entity_identifier="pay",
    )

    assert refused(required, f"get {ONE}", of="deployment", name="d1")[1] == "not_found"


def test_a_bulk_delete_is_all_or_nothing(required: Caller) -> None:
    post(required, {**WHOLE, "identifier": "free"})
    body = {"entities": ["free", "pay", "ghost"]}

    assert refused(required, BULK_DELETE, body)[:2] == (409, "has_dependents")
    assert read(required, "free")["identifier"] == "free"
    answer = required(BULK_DELETE, body, query={"delete_dependents": True}, blueprint_identifier="service")
    assert answer.body == {"deletedEntities": ["free", "pay"]}


VIEWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "only what is included": (
        {"include": ["identifier", "properties.size"]},
        {"identifier": "pay", "properties": {"size": 3}},
    ),
    "without what is calculated": (
        {"exclude_calculated_properties": True, "include": ["properties"]},
        {"properties": {"tier": "gold", "size": 3}},
    ),
    "relations with titles": (
        {"attach_title_to_relation": True, "include": ["relations"]},
        {"relations": {"team": {"identifier": "core", "title": "Core"}, "uses": []}},
    ),
}


@pytest.mark.parametrize(("query", "expected"), VIEWS.values(), ids=VIEWS.keys())
def test_entities_are_shown_as_they_are_asked_for(caller: Caller, query: Any, expected: Any) -> None:
    post(caller, WHOLE)

    assert read(caller, **query) == expected
    assert _all(caller, **query) == [expected]


def test_every_write_is_in_the_audit_log_with_what_changed(caller: Caller) -> None:
    post(caller, WHOLE)
    post(caller, {"identifier": "pay", "properties": {"size": 4}}, **MERGES)
    post(caller, {"identifier": "pay", "properties": {"size": 4}}, **MERGES)

    events = caller("get /v1/audit-log", query={"entity": "pay", "includes": ["action", "diff"]}).body["audits"]

    assert [one["action"] for one in events] == ["UPDATE", "CREATE"]
    assert events[0]["diff"] == {"before": {"properties": {"size": 3}}, "after": {"properties": {"size": 4}}}
