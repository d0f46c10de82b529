"""Searching: pages, all blueprints at once, what an index finds, and why one cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from catalog_contract import blueprint, filled, relation
from portside.catalogs import search, searching
from portside.catalogs.local import LocalCatalog
from portside.catalogs.search import Search
from portside.errors import CatalogRefused
from portside.model.entity import Upsert

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
DOMAIN = blueprint("domain", properties={"lead": TEXT})
SERVICE = blueprint(
    "service",
    properties={"tier": TEXT, "size": NUMBER, "tags": {"type": "array"}},
    relations={"domain": relation("domain"), "uses": relation("service", many=True)},
    mirrorProperties={"lead": {"path": "domain.lead"}, "used": {"path": "uses.tier"}},
    calculationProperties={"label": {"type": "string", "calculation": ".identifier"}},
)
EVERYTHING: dict[str, Any] = {"combinator": "and", "rules": []}


def query(*rules: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    return {"combinator": combinator, "rules": list(rules)}


def rule(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"property": name, "operator": operator, "value": value}


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded(now=lambda: "2026-01-10T12:00:00.000Z") as opened:
        filled(opened, DOMAIN, SERVICE)
        for name, lead in (("pay", "ana"), ("ship", "bo")):
            opened.upsert(Upsert("domain", name, {"title": name.title(), "properties": {"lead": lead}}))
        for number in range(10):
            properties = {"tier": "gold" if number % 2 else "iron", "size": number, "tags": [f"t{number}"]}
            relations = {"domain": "ship" if number > 6 else "pay", "uses": [f"s{number + 1}"] if number < 9 else []}
            opened.upsert(Upsert("service", f"s{number}", {"properties": properties, "relations": relations}))
        yield opened


def found(catalog: LocalCatalog, *rules: dict[str, Any]) -> list[str]:
    with catalog.reading() as reading:
        entities = Search(reading, reading.blueprints["service"], query(*rules)).entities()
        return [entity.key.identifier for entity in entities]


def because(catalog: LocalCatalog, *rules: dict[str, Any]) -> str:
    with catalog.reading() as reading:
        return Search(reading, reading.blueprints["service"], query(*rules)).because


def refused(catalog: LocalCatalog, *rules: dict[str, Any]) -> str:
    with catalog.reading() as reading, pytest.raises(CatalogRefused) as caught:
        searching.in_blueprint(reading, "service", query(*rules), 200, None)
    return str(caught.value)


def test_pages_follow_each_other_and_what_is_written_meanwhile_moves_nothing(catalog: LocalCatalog) -> None:
    pages, following = [], None
    for _ in range(3):
        with catalog.reading() as reading:
            page = searching.in_blueprint(reading, "service", query(rule("tier", "=", "gold")), 2, following)
        pages.append([entity.key.identifier for entity in page.entities])
        following = page.following
        catalog.upsert(Upsert("service", "s00", {"properties": {"tier": "gold"}}))

    assert (pages, following) == ([["s1", "s3"], ["s5", "s7"], ["s9"]], None)


def test_a_search_without_a_query_finds_everything(catalog: LocalCatalog) -> None:
    with catalog.reading() as reading:
        page = searching.in_blueprint(reading, "service", None, 1000, None)

    assert (len(page.entities), page.because) == (10, "no rule says what to look for")


def test_all_blueprints_are_searched_at_once_and_the_rules_on_blueprints_choose(catalog: LocalCatalog) -> None:
    names = rule("$identifier", "in", ["s1", "pay", "ship"])
    with catalog.reading() as reading:
        both = searching.everywhere(reading, query(names))
        one = searching.everywhere(reading, query(names, rule("$blueprint", "=", "domain")))

    assert (both.matching, [str(entity.key) for entity in both.entities], one.matching) == (
        ("domain", "service"), ["domain/pay", "domain/ship", "service/s1"], ("domain",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "identifiers"),
    [
        ([rule("lead", "=", "bo"), rule("tier", "=", "gold")], ["s7", "s9"]),
        ([rule("used", "contains", "gold"), rule("size", "<", 4)], ["s0", "s2"]),
        ([{"relation": "domain", "targetProperty": "$title", "operator": "=", "value": "Ship"}], ["s7", "s8", "s9"]),
        ([{"relation": "uses", "operator": "isEmpty"}], ["s9"]),
        ([{"operator": "relatedTo", "blueprint": "service", "value": "s7", "direction": "upstream"}], ["s8", "s9"]),
        ([{"property": {"path": ["uses", "uses"]}, "operator": "matchAny", "value": "s5"}], ["s3"]),
        (
            [{"property": {"path": [{"relation": "uses", "maxHops": 2}]}, "operator": "matchAny", "value": "s5"}],
            ["s3", "s4"],
        ),
        (
            [{"property": {"path": ["uses"], "fromBlueprint": "service"}, "operator": "matchAny", "value": ["s5"]}],
            ["s6"],
        ),
        ([{"propertySchema": {"type": "string"}, "operator": "contains", "value": "ol"}, rule("size", "<", 3)], ["s1"]),
        ([rule("label", "=", "s3"), rule("tier", "=", "gold")], ["s3"]),
        ([rule("tags", "contains", []), rule("size", ">", 8)], ["s9"]),
        ([{"scorecard": "ready", "operator": "isEmpty"}, rule("size", ">", 8)], ["s9"]),
    ],
)
def test_rules_of_every_kind_find_their_entities(
    catalog: LocalCatalog, rules: list[dict[str, Any]], identifiers: list[str]
) -> None:
    assert found(catalog, *rules) == identifiers


@pytest.mark.parametrize(
    ("operator", "value", "identifiers"), [(">=", "b", []), ("<", "b", ["s3"]), ("beginsWith", "Te", ["s3"])]
)
def test_meta_properties_compare_by_their_characters(
    catalog: LocalCatalog, operator: str, value: str, identifiers: list[str]
) -> None:
    catalog.upsert(Upsert("service", "s3", {"icon": "Team"}))

    assert found(catalog, rule("$icon", operator, value)) == identifiers


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([rule("tier", "=", "gold"), rule("tags", "contains", "t1"), rule("size", ">", 0)], ""),
        ([rule("tier", "contains", "ol")], "'tier': an index of texts knows how they begin, not what is in them"),
        ([rule("tier", "!=", "gold")], "what an entity does not have is in no index"),
        ([rule("label", "=", "s3")], "'label' is a calculation, which is computed when an entity is read"),
    ],
)
def test_a_search_says_why_no_index_leads_to_what_it_finds(
    catalog: LocalCatalog, rules: list[dict[str, Any]], reason: str
) -> None:
    assert because(catalog, *rules) == reason


@pytest.mark.parametrize(
    ("name", "operator", "value"), [("tier", "=", "gold"), ("size", "between", None), ("lead", "=", "bo")]
)
def test_what_an_index_leads_to_is_found_by_it(catalog: LocalCatalog, name: str, operator: str, value: Any) -> None:
    wanted = rule(name, operator, value) if value else rule(name, ">", 3)
    with catalog.reading() as reading:
        if reading.connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL reads a table of ten rows whole")
        one = Search(reading, reading.blueprints["service"], query(wanted))
        other = Search(reading, reading.blueprints["service"], query(rule("tier", "contains", "o")))

        used = [search.explain(reading.connection, asked.query("s1")) for asked in (one, other)]

    assert re.match("values_by_head|values_by_number|links_by_target", str(used[0])) and used[1] is None


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (rule("tier", "is"), "the search is not understood: rule with property 'tier' and operator 'is'"),
        (
            rule({"property": "x", "context": "user"}, "=", 1),  # type: ignore[arg-type]
            "the search is not understood: a rule asks for the user of whoever searches, and this is not a user",
        ),
        (
            rule("at", "between", "soon"),
            "the search is not understood: rule with property 'at' and operator 'between': 'soon' is no range of dates",
        ),
        (
            {"operator": "matchAny", "property": {"path": [{"relation": "uses", "maxHops": 16}]}, "value": "s1"},
            "the search is not understood: maxHops 16 is not between 1 and 15",
        ),
        (
            rule("tier", "=", "a\0"),
            "the search is not understood: a text has the character NUL, which no text may have",
        ),
    ],
)
def test_what_is_not_understood_is_said(catalog: LocalCatalog, wanted: dict[str, Any], sentence: str) -> None:
    assert refused(catalog, wanted) == sentence


def test_a_place_that_no_page_gave_is_refused(catalog: LocalCatalog) -> None:
    with catalog.reading() as reading, pytest.raises(CatalogRefused, match="'from' is not what a page gave as 'next'"):
        searching.in_blueprint(reading, "service", None, 200, "é")


def test_a_page_of_entities_costs_no_query_an_entity(catalog: LocalCatalog) -> None:
    asked: list[str] = []
    with catalog.reading() as reading:
        entities = tuple(Search(reading, reading.blueprints["service"], EVERYTHING).entities())
        event.listen(reading.connection, "before_cursor_execute", lambda *args: asked.append(args[2]))

        documents = list(reading.documents(entities))

    assert ([document["properties"]["lead"] for document in documents[6:8]], len(asked)) == (["ana", "bo"], 2)
