"""An entity as Port gives it: mirrors, calculations and aggregations, evaluated when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog_contract import blueprint, filled, relation, update
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert
from portside.model.resource import Kind

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
NOW = "2026-01-11T00:00:00.000Z"


COUNT = {"calculationBy": "entities", "func": "count"}


def aggregation(target: str = "incident", spec: dict[str, Any] = COUNT, **more: Any) -> dict[str, Any]:
    return {"title": "Found", "target": target, "calculationSpec": spec, **more}


def minutes(func: str, **more: Any) -> dict[str, Any]:
    return aggregation(spec={"calculationBy": "property", "func": func, "property": "minutes", **more})


def average(of: str, **more: Any) -> dict[str, Any]:
    return aggregation(spec={"calculationBy": "entities", "func": "average", "averageOf": of, **more})


def where(**rule: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [rule]}


DOMAIN = blueprint("domain", properties={"lead": TEXT})
SERVICE = blueprint(
    "service",
    properties={"tier": TEXT},
    relations={"domain": relation("domain"), "uses": relation("service", many=True)},
    mirrorProperties={
        "domainTitle": {"path": "domain.$title"},
        "lead": {"path": "domain.lead"},
        "usedTiers": {"path": "uses.tier"},
        "usedLeads": {"path": "uses.domain.lead"},
        "usedLabels": {"path": "uses.label"},
    },
    calculationProperties={
        "label": {"type": "string", "calculation": '.identifier + "/" + .properties.lead'},
        "broken": {"type": "string", "calculation": "'https://example.com/' + {{identifier}}"},
        "failing": {"type": "number", "calculation": ".properties.tier + 1"},
        "nosy": {"type": "string", "calculation": ".properties.label"},
    },
)
INCIDENT = blueprint(
    "incident",
    properties={"status": TEXT, "minutes": NUMBER, "at": {"type": "string", "format": "date-time"}},
    relations={"service": relation("service")},
    mirrorProperties={
        "lead": {"path": "service.lead"},
        "label": {"path": "service.label"},
        "team": {"path": "service.$team.$identifier"},
    },
)


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    """A domain, two services in it and a third, and three incidents of the first."""
    with embedded(now=lambda: NOW) as opened:
        filled(opened, DOMAIN, SERVICE, INCIDENT)
        for change in (
            Upsert("domain", "pay", {"title": "Payments", "properties": {"lead": "ana"}}),
            Upsert(
                "service", "a", {"properties": {"tier": "gold"}, "relations": {"domain": "pay", "uses": ["b", "c"]}}
            ),
            Upsert("service", "b", {"properties": {"tier": "iron"}, "relations": {"domain": "pay"}}),
            Upsert("service", "c", {}),
            Upsert("incident", "P1", {"properties": {"status": "open", "minutes": 10}, "relations": {"service": "a"}}),
            Upsert("incident", "P2", {"properties": {"status": "open", "minutes": 30}, "relations": {"service": "a"}}),
            Upsert("incident", "P3", {"properties": {"status": "shut"}, "relations": {"service": "a"}}),
        ):
            opened.upsert(change)
        yield opened


def properties(catalog: LocalCatalog, blueprint: str, identifier: str) -> dict[str, Any]:
    found = catalog.entity(blueprint, identifier)
    assert found is not None
    return dict(found["properties"])


def test_mirrors_and_calculations_stand_beside_what_was_written(catalog: LocalCatalog) -> None:
    assert properties(catalog, "service", "a") == {
        "tier": "gold",
        "domainTitle": "Payments",
        "lead": "ana",
        "usedTiers": ["iron"],
        "usedLeads": ["ana"],
        "usedLabels": ["b/ana", "c/"],
        "label": "a/ana",
        "broken": None,
        "failing": None,
        "nosy": None,
    }


def test_a_path_that_ends_early_gives_null_for_one_and_an_empty_list_for_many(catalog: LocalCatalog) -> None:
    found = properties(catalog, "service", "c")

    assert (found["domainTitle"], found["lead"], found["usedTiers"], found["usedLeads"]) == (None, None, [], [])


def test_a_mirror_may_show_another_mirror_and_a_calculation(catalog: LocalCatalog) -> None:
    found = properties(catalog, "incident", "P1")

    assert (found["lead"], found["label"]) == ("ana", "a/ana")


def test_a_mirror_through_teams_lists_them(catalog: LocalCatalog) -> None:
    catalog.upsert(Upsert("service", "a", {"team": ["ops", "dev"]}))

    assert properties(catalog, "incident", "P1")["team"] == ["ops", "dev"]


def test_mirrors_that_show_each_other_end_in_null(catalog: LocalCatalog) -> None:
    filled(catalog, blueprint("node", relations={"next": relation("node")}, properties={"name": TEXT}))
    circle = {"x": {"path": "next.x"}, "name2": {"path": "next.name"}}
    catalog.perform(
        update(
            Kind.BLUEPRINT,
            blueprint("node", relations={"next": relation("node")}, properties={"name": TEXT}, mirrorProperties=circle),
        )
    )
    catalog.upsert(Upsert("node", "m", {"properties": {"name": "M"}, "relations": {"next": "n"}}))
    catalog.upsert(Upsert("node", "n", {"properties": {"name": "N"}, "relations": {"next": "m"}}))

    assert properties(catalog, "node", "m") == {"name": "M", "x": None, "name2": "N"}


def test_a_mirror_that_shows_itself_in_a_web_of_entities_shows_nothing(catalog: LocalCatalog) -> None:
    web = {"properties": {"name": TEXT}, "relations": {"all": relation("knot", many=True)}}
    filled(catalog, blueprint("knot", **web))
    catalog.perform(update(Kind.BLUEPRINT, blueprint("knot", **web, mirrorProperties={"x": {"path": "all.x"}})))
    names = [f"n{number}" for number in range(20)]
    for name in names:
        catalog.upsert(Upsert("knot", name, {"relations": {"all": names}}))

    assert properties(catalog, "knot", "n0") == {"x": []}


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (aggregation(), 3),
        (aggregation(query=where(property="status", operator="=", value="open")), 2),
        (aggregation(query=where(property="lead", operator="=", value="ana")), 3),
        (aggregation(query=where(property="status", operator="=", value={"property": "x", "context": "user"})), None),
        (aggregation(query=where(property="at", operator="isExpired")), 3),
        (aggregation(query=where(property="label", operator="=", value="a/ana")), 3),
        (minutes("sum"), 40),
        (minutes("min"), 10),
        (minutes("max"), 30),
        (minutes("median"), 20),
        (minutes("average", averageOf="total"), 20),
        (average("day", measureTimeBy="at"), 0.3),
        (average("week"), 3),
        (aggregation(pathFilter=[{"path": ["service"], "fromBlueprint": "incident"}]), 3),
        (aggregation("service", pathFilter=[{"path": ["uses"]}]), 2),
        (aggregation("service"), 2),
        (aggregation("domain"), 1),
    ],
)
def test_an_aggregation_looks_at_what_is_related(catalog: LocalCatalog, definition: dict[str, Any], value: Any) -> None:
    for day, name in ((1, "P1"), (2, "P2"), (3, "P3")):
        catalog.upsert(Upsert("incident", name, {"properties": {"at": f"2026-01-{day:02}T00:00:00Z"}}))
    catalog.perform(update(Kind.BLUEPRINT, {**SERVICE, "aggregationProperties": {"found": definition}}))

    assert properties(catalog, "service", "a")["found"] == value


def test_an_aggregation_reaches_over_several_relations(catalog: LocalCatalog) -> None:
    catalog.perform(update(Kind.BLUEPRINT, {**DOMAIN, "aggregationProperties": {"incidents": aggregation()}}))

    assert properties(catalog, "domain", "pay")["incidents"] == 3


def test_a_mirror_may_show_an_aggregation(catalog: LocalCatalog) -> None:
    catalog.perform(update(Kind.BLUEPRINT, {**DOMAIN, "aggregationProperties": {"incidents": aggregation()}}))
    mirrors = {**SERVICE["mirrorProperties"], "inDomain": {"path": "domain.incidents"}}
    catalog.perform(update(Kind.BLUEPRINT, {**SERVICE, "mirrorProperties": mirrors}))

    assert properties(catalog, "service", "a")["inDomain"] == 3


def test_entities_come_by_identifier(catalog: LocalCatalog) -> None:
    assert [entity["identifier"] for entity in catalog.entities("incident")] == ["P1", "P2", "P3"]
