"""Port's operations on scorecards, and the levels that entities reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calling import Caller, undated
from catalog_contract import blueprint, relation
from portside.catalogs.entity import Key
from portside.catalogs.levels import Levels
from portside.catalogs.local import LocalCatalog
from portside.catalogs.rows import find
from portside.model.entity import Upsert

ALL = "/v1/blueprints/{blueprint_identifier}/scorecards"
ONE = f"{ALL}/{{scorecard_identifier}}"
TEXT = {"type": "string"}
SERVICE = blueprint(
    "service",
    properties={"tier": TEXT, "size": {"type": "number"}, "tags": {"type": "array"}},
    relations={"team": relation("team"), "uses": relation("service", many=True)},
    mirrorProperties={"who": {"path": "team.name"}},
)
LADDER = [{"title": title, "color": "green"} for title in ("None", "Low", "High")]


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    with embedded() as catalog:
        found = Caller(catalog)
        found("post /v1/blueprints", blueprint("team", properties={"name": TEXT}))
        found("post /v1/blueprints", SERVICE)
        yield found


def rule(identifier: str, level: str, *conditions: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    query = {"combinator": combinator, "conditions": list(conditions)}
    return {"identifier": identifier, "title": identifier, "level": level, "query": query}


def card(identifier: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"identifier": identifier, "title": identifier, "rules": list(rules), "levels": LADDER, **more}


def a(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"property": name, "operator": operator, **({} if value is None else {"value": value}), **more}


READY = card("ready", rule("sized", "Low", a("size", ">", 1)), rule("gold", "High", a("tier", "=", "gold")))


def post(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    return caller(f"post {ALL}", body, blueprint_identifier="service").body["scorecard"]


def reached(caller: Caller, identifier: str) -> dict[str, Any]:
    with caller.catalog.reading() as look:
        entity = find(look.connection, Key("service", identifier))
        assert entity is not None
        return Levels(look).of(entity)


def put(caller: Caller, identifier: str, **fields: Any) -> None:
    caller.catalog.upsert(Upsert("service", identifier, fields))


def test_a_scorecard_is_given_back_with_its_blueprint_and_dates(caller: Caller) -> None:
    body = post(caller, READY)

    assert undated(body) == {**READY, "blueprint": "service"}
    assert body["createdBy"] == body["updatedBy"] == "ana"
    assert caller(f"get {ONE}", blueprint_identifier="service", scorecard_identifier="ready").body["scorecard"] == body
    assert caller("get /v1/scorecards").body["scorecards"] == [body]
    assert caller(f"get {ALL}", blueprint_identifier="service").body["scorecards"] == [body]
    assert caller(f"get {ALL}", blueprint_identifier="team").body["scorecards"] == []


def test_a_scorecard_without_levels_gets_port_s_ladder(caller: Caller) -> None:
    body = {key: value for key, value in READY.items() if key != "levels"}
    body["rules"] = [rule("sized", "Silver", a("size", ">", 1))]

    assert [level["title"] for level in post(caller, body)["levels"]] == ["Basic", "Bronze", "Silver", "Gold"]


def test_a_put_replaces_one_and_can_give_it_another_name(caller: Caller) -> None:
    post(caller, READY)
    caller(f"put {ONE}", card("set"), blueprint_identifier="service", scorecard_identifier="ready")

    found = caller(f"get {ALL}", blueprint_identifier="service").body["scorecards"]
    assert [undated(one) for one in found] == [{**card("set"), "blueprint": "service"}]


def test_a_put_of_all_leaves_no_others_and_keeps_the_dates_of_what_stays(caller: Caller) -> None:
    kept = post(caller, READY)
    post(caller, card("gone"))

    found = caller(f"put {ALL}", [READY, card("new")], blueprint_identifier="service").body["scorecards"]

    assert [one["identifier"] for one in found] == ["new", "ready"]
    assert found[1] == kept


def test_a_deleted_scorecard_is_gone(caller: Caller) -> None:
    post(caller, READY)
    caller(f"delete {ONE}", blueprint_identifier="service", scorecard_identifier="ready")

    assert caller.refused(f"get {ONE}", blueprint_identifier="service", scorecard_identifier="ready") == (
        404,
        "not_found",
        "blueprint/service has no scorecard 'ready'",
    )


OF_SERVICE = {"blueprint_identifier": "service"}
TOLD = "scorecard 'x' of blueprint/service"
REFUSED = {
    "a blueprint that is not there": ({"blueprint_identifier": "ghost"}, card("x"), "blueprint/ghost is not there"),
    "a level that is not there": (
        OF_SERVICE,
        card("x", rule("r", "Huge", a("size", ">", 1))),
        f"{TOLD}: rule 'r' is of level 'Huge', which is none of None, Low, High",
    ),
    "a rule of the first level": (
        OF_SERVICE,
        card("x", rule("r", "None", a("size", ">", 1))),
        f"{TOLD}: rule 'r' is of level 'None', where every entity starts without a rule",
    ),
    "a rule twice": (
        OF_SERVICE,
        card("x", *[rule("r", "Low", a("size", ">", 1))] * 2),
        f"{TOLD}: rule 'r' is there more than once",
    ),
    "a level twice": (OF_SERVICE, card("x", levels=LADDER[:1] * 2), f"{TOLD}: level 'None' is there more than once"),
    "a property that is not there": (
        OF_SERVICE,
        card("x", rule("r", "Low", a("ghost", "isEmpty"))),
        f"{TOLD}: blueprint/service has no property 'ghost'",
    ),
    "a relation that is not there": (
        OF_SERVICE,
        card("x", filter={"combinator": "and", "conditions": [{"relation": "ghost", "operator": "isEmpty"}]}),
        f"{TOLD}: blueprint/service has no relation 'ghost'",
    ),
}


@pytest.mark.parametrize(("path", "body", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_computed_is_refused(
    caller: Caller, path: dict[str, str], body: dict[str, Any], sentence: str
) -> None:
    assert caller.refused(f"post {ALL}", body, **path)[2] == sentence
    assert caller("get /v1/scorecards").body["scorecards"] == []


def test_a_name_that_is_taken_is_a_conflict(caller: Caller) -> None:
    post(caller, READY)
    post(caller, card("other"))

    assert caller.refused(f"post {ALL}", READY, **OF_SERVICE)[:2] == (409, "conflict")
    assert caller.refused(f"put {ONE}", READY, **OF_SERVICE, scorecard_identifier="other")[:2] == (409, "conflict")
    assert caller.refused(f"put {ALL}", [READY, READY], **OF_SERVICE)[:2] == (422, "validation_error")


@pytest.mark.parametrize(
    ("properties", "level", "statuses"),
    [
        ({}, "None", ["FAILURE", "FAILURE"]),
        ({"size": 2}, "Low", ["SUCCESS", "FAILURE"]),
        ({"size": 2, "tier": "gold"}, "High", ["SUCCESS", "SUCCESS"]),
        ({"tier": "gold"}, "None", ["FAILURE", "SUCCESS"]),
    ],
)
def test_an_entity_stands_where_every_rule_up_to_there_is_passed(
    caller: Caller, properties: dict[str, Any], level: str, statuses: list[str]
) -> None:
    post(caller, READY)
    put(caller, "s", properties=properties)

    assert reached(caller, "s") == {
        "ready": {
            "level": level,
            "rules": [
                {"identifier": "sized", "status": statuses[0], "level": "Low"},
                {"identifier": "gold", "status": statuses[1], "level": "High"},
            ],
        }
    }


def test_a_level_without_rules_is_passed_through_and_not_stood_on(caller: Caller) -> None:
    post(caller, card("ready", rule("gold", "High", a("tier", "=", "gold"))))
    put(caller, "poor")
    put(caller, "rich", properties={"tier": "gold"})

    assert [reached(caller, one)["ready"]["level"] for one in ("poor", "rich")] == ["None", "High"]


def test_what_a_filter_leaves_out_is_not_measured(caller: Caller) -> None:
    post(caller, {**READY, "filter": {"combinator": "or", "conditions": [a("$identifier", "beginsWith", "s")]}})
    put(caller, "s")
    put(caller, "other")

    assert (list(reached(caller, "s")), reached(caller, "other")) == (["ready"], {})


PASSED = {
    "a mirror": (a("who", "=", "Ana"), True),
    "a relation": ({"relation": "team", "operator": "=", "value": "t"}, True),
    "another relation": ({"relation": "team", "operator": "=", "value": "u"}, False),
    "one of many": ({"relation": "uses", "operator": "containsAny", "value": ["a", "x"]}, True),
    "an empty relation": ({"relation": "uses", "operator": "isEmpty"}, False),
    "not an empty one": ({"relation": "uses", "operator": "isEmpty", "not": True}, True),
    "a list": (a("tags", "contains", "web"), True),
    "a meta property": (a("$title", "endsWith", "out"), True),
    "a range of dates": (
        a("$createdAt", "=", {"from": "2000-01-01T00:00:00.000Z", "to": "2999-01-01T00:00:00.000Z"}),
        True,
    ),
}


@pytest.mark.parametrize(("condition", "passed"), PASSED.values(), ids=PASSED.keys())
def test_a_condition_looks_at_whatever_an_entity_has(caller: Caller, condition: dict[str, Any], passed: bool) -> None:
    caller.catalog.upsert(Upsert("team", "t", {"properties": {"name": "Ana"}}))
    put(caller, "a")
    put(caller, "s", title="Checkout", properties={"tags": ["web"]}, relations={"team": "t", "uses": ["a"]})
    post(caller, card("one", rule("r", "Low", condition)))

    assert reached(caller, "s")["one"]["rules"][0]["status"] == ("SUCCESS" if passed else "FAILURE")


def test_conditions_follow_a_rename(caller: Caller) -> None:
    post(caller, card("one", rule("r", "Low", a("size", ">", 1), {"relation": "team", "operator": "isNotEmpty"})))
    of = "patch /v1/blueprints/{blueprint_identifier}"
    caller(
        f"{of}/properties/{{property_identifier}}/rename",
        {"newPropertyName": "weight"},
        blueprint_identifier="service",
        property_identifier="size",
    )
    caller(
        f"{of}/relations/{{relation_identifier}}/rename",
        {"newRelationIdentifier": "owner"},
        blueprint_identifier="service",
        relation_identifier="team",
    )
    caller("patch /v1/blueprints/{identifier}", {"identifier": "app"}, identifier="service")

    found = caller(f"get {ALL}", blueprint_identifier="app").body["scorecards"][0]
    assert found["rules"][0]["query"]["conditions"] == [
        a("weight", ">", 1),
        {"relation": "owner", "operator": "isNotEmpty"},
    ]


def test_a_blueprint_takes_its_scorecards_with_it(caller: Caller) -> None:
    post(caller, READY)
    caller("delete /v1/blueprints/{identifier}", identifier="service")

    assert caller("get /v1/scorecards").body["scorecards"] == []
