"""Pages of what the catalog holds: in order, forth and back, through filters, on each database."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from catalog_contract import blueprint, filled, mapping, relation, webhook
from portside.catalogs import filtered, listing
from portside.catalogs.entity import Key
from portside.catalogs.filtered import Filter
from portside.catalogs.listing import Part, Turn
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert
from portside.model.resource import Kind

THING = blueprint(
    "thing",
    properties={
        "text": {"type": "string"},
        "size": {"type": "number"},
        "on": {"type": "boolean"},
        "tags": {"type": "array"},
        "day": {"type": "string", "format": "date-time"},
    },
    relations={"next": relation("thing"), "others": relation("thing", many=True)},
    mirrorProperties={"far": {"title": "Far", "path": "next.size"}},
    calculationProperties={"twice": {"title": "Twice", "calculation": ".properties.size * 2", "type": "number"}},
)
DAY = "2026-03-02T09:20:31Z"
LONG = "x" * 300
ANY, FIRST = Filter(), Turn()


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]):
    with embedded() as found:
        filled(found, THING)
        for number in range(7):
            found.upsert(Upsert("thing", f"t{number}", {"title": f"Thing {number}"}))
        yield found


def entities(catalog: LocalCatalog, wanted: Filter = ANY, turn: Turn = FIRST, limit: int = 3) -> Part[str]:
    with catalog.reading() as reading:
        found = filtered.entities(reading, reading.blueprints["thing"], wanted, turn, limit)
    return Part([entity.key.identifier for entity in found.rows], found.before, found.after)


def holding(catalog: LocalCatalog, name: str, value: str) -> list[str]:
    return list(entities(catalog, Filter(name=name, value=value), limit=100).rows)


def test_pages_go_forth_and_back(catalog: LocalCatalog):
    first = entities(catalog)
    second = entities(catalog, turn=Turn(after=first.after))
    third = entities(catalog, turn=Turn(after=second.after))
    back = entities(catalog, turn=Turn(before=third.before))

    assert [first, second, third, back] == [
        Part(["t0", "t1", "t2"], "", "t2"),
        Part(["t3", "t4", "t5"], "t3", "t5"),
        Part(["t6"], "t6", ""),
        Part(["t3", "t4", "t5"], "t3", "t5"),
    ]


def test_before_the_first_there_is_nothing_more(catalog: LocalCatalog):
    assert entities(catalog, turn=Turn(before="t2")) == Part(["t0", "t1"], "", "t1")


def test_a_text_stands_anywhere_in_a_name_and_knows_no_wildcards(catalog: LocalCatalog):
    catalog.upsert(Upsert("thing", "odd", {"title": "50% off_"}))
    names = [entities(catalog, Filter(text)).rows for text in ("THING 4", "t5", "%", "0% OFF_", "nothing")]

    assert names == [["t4"], ["t5"], ["odd"], ["odd"], []]


@pytest.mark.parametrize(
    ("name", "value", "given"),
    [
        ("text", "gold", "gold"),
        ("text", LONG, LONG),
        ("text", "3", "3"),
        ("size", "3", 3),
        ("size", "2.5", 2.5),
        ("on", "true", True),
        ("tags", "web", ["web", 3]),
        ("tags", "3", ["web", 3]),
        ("day", DAY, DAY),
    ],
)
def test_a_value_is_found_as_people_write_it(catalog: LocalCatalog, name: str, value: str, given: object):
    catalog.upsert(Upsert("thing", "t1", {"properties": {name: given}}))

    assert (holding(catalog, name, value), holding(catalog, name, f"{value}x")) == (["t1"], [])


def test_entities_are_found_by_what_they_point_at(catalog: LocalCatalog):
    catalog.upsert(Upsert("thing", "t1", {"relations": {"next": "t2", "others": ["t3", "t4"]}}))

    assert [holding(catalog, *one) for one in (("next", "t2"), ("others", "t4"), ("next", "t4"))] == [
        ["t1"],
        ["t1"],
        [],
    ]


def test_entities_are_found_by_what_they_mirror(catalog: LocalCatalog):
    catalog.upsert(Upsert("thing", "t1", {"relations": {"next": "t2"}}))
    catalog.upsert(Upsert("thing", "t2", {"properties": {"size": 3}, "relations": {"next": "t3"}}))

    assert [holding(catalog, *one) for one in (("far", "3"), ("far", "4"))] == [["t1"], []]


def test_what_the_database_cannot_tell_is_no_filter(catalog: LocalCatalog):
    with pytest.raises(CatalogRefused, match=r"^entities are not listed by that value: 'twice' "):
        entities(catalog, Filter(name="twice", value="3"))


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "9007199254740993"])
def test_a_number_that_is_none_is_a_text(catalog: LocalCatalog, value: str):
    catalog.upsert(Upsert("thing", "t1", {"properties": {"text": value}}))

    assert holding(catalog, "text", value) == ["t1"]


def test_what_passes_a_filter_is_counted_up_to_a_limit(catalog: LocalCatalog, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(filtered, "COUNTED", 4)
    with catalog.reading() as reading:
        thing = reading.blueprints["thing"]
        counts = [filtered.entity_count(reading, thing, Filter(text)) for text in ("t1", "t")]
        every = listing.entity_counts(reading.connection, ["thing", "other"])

    assert (counts, every) == ([1, 5], {"thing": 7})


def test_those_that_point_at_an_entity_are_told_by_relation(catalog: LocalCatalog):
    for number in (1, 2, 3):
        catalog.upsert(Upsert("thing", f"t{number}", {"relations": {"next": "t0", "others": ["t0"]}}))
    with catalog.reading() as reading:
        found = listing.holding(reading.connection, Key("thing", "t0"), 2)

    assert [(one.relation, one.total, [entity.key.identifier for entity in one.first]) for one in found] == [
        ("next", 3, ["t1", "t2"]),
        ("others", 3, ["t1", "t2"]),
    ]


def test_events_of_an_entity_come_newest_first_and_in_pages(catalog: LocalCatalog):
    for number in range(4):
        catalog.upsert(Upsert("thing", "t0", {"properties": {"size": number}}))
    with catalog.reading() as reading:
        first = listing.last_events(reading.connection, Key("thing", "t0"), None, 3)
        second = listing.last_events(reading.connection, Key("thing", "t0"), int(first.after), 3)

    assert [[one["action"] for one in part.rows] for part in (first, second)] == [["UPDATE"] * 3, ["UPDATE", "CREATE"]]
    assert (first.rows[0]["diff"], second.after) == (
        {"before": {"properties": {"size": 2}}, "after": {"properties": {"size": 3}}},
        "",
    )


def test_samples_are_as_many_as_there_is_room_for(catalog: LocalCatalog):
    hook(catalog)
    for number in range(4):
        catalog.receive("hook", b'{"id": "%d", "fill": "%s"}' % (number, b"x" * 100))
    with catalog.reading() as reading:
        found = list(listing.samples(reading.connection, "hook", 10, 300))

    assert [json.loads(one.raw)["id"] for one in found] == ["3", "2"]


def test_the_webhooks_that_feed_a_blueprint_are_found_by_its_name(catalog: LocalCatalog):
    hook(catalog)
    with catalog.reading() as reading:
        found = [listing.feeders(reading.connection, name) for name in ("thing", "thin", "other")]
        names = listing.resources(reading.connection, Kind.WEBHOOK, "HO", Turn(), 10)

    assert (found, names) == ([["hook"], [], []], Part(["hook"], "", ""))


def hook(catalog: LocalCatalog) -> None:
    from catalog_contract import create

    catalog.perform(create(Kind.WEBHOOK, webhook("hook", mapping("thing"))))
