"""Entity changes onto entities."""

from __future__ import annotations

from portside.goldens.fold import fold
from portside.model.blueprint import Blueprint
from portside.model.entity import Remove, Upsert
from portside.model.resource import Kind, Resource

STORED = {("incident", "Q1"): {"title": "Slow", "properties": {"status": "triggered", "priority": "P1"}}}


def blueprints(*, required):
    relation = {"target": "service", "required": required, "many": False}
    body = {"identifier": "incident", "title": "I", "schema": {"properties": {}}, "relations": {"service": relation}}
    return {"incident": Blueprint(Resource.of(Kind.BLUEPRINT, body))}


def linked(service="P1"):
    return {
        ("incident", "Q1"): {"title": "Slow", "relations": {"service": service}},
        ("service", "P1"): {"title": "checkout"},
    }


def test_an_upsert_creates_what_is_not_there():
    change = Upsert("incident", "Q1", {"title": "Slow", "properties": {"status": "triggered"}})

    assert fold({}, [change], {}) == {("incident", "Q1"): {"title": "Slow", "properties": {"status": "triggered"}}}


def test_an_upsert_changes_what_it_names_and_leaves_the_rest():
    change = Upsert("incident", "Q1", {"properties": {"status": "resolved"}, "relations": {"service": "P1"}})

    assert fold(STORED, [change], {}) == {
        ("incident", "Q1"): {
            "title": "Slow",
            "properties": {"status": "resolved", "priority": "P1"},
            "relations": {"service": "P1"},
        }
    }


def test_an_entity_that_only_a_search_can_find_stays_as_it_is():
    search = {"combinator": "and", "rules": [{"property": "status", "operator": "=", "value": "triggered"}]}

    assert fold(STORED, [Upsert("incident", search, {"title": "Slower"})], {}) == STORED


def test_a_null_clears():
    change = Upsert("incident", "Q1", {"title": None, "properties": {"priority": None}})

    assert fold(STORED, [change], {}) == {("incident", "Q1"): {"properties": {"status": "triggered"}}}


def test_an_entity_of_which_everything_is_cleared_is_still_there():
    change = Upsert("incident", "Q1", {"title": None, "properties": {"priority": None, "status": None}})

    assert fold(STORED, [change], {}) == {("incident", "Q1"): {}}


def test_a_remove_deletes_and_clears_the_relations_that_led_there():
    left = fold(linked(), [Remove("service", "P1", dependents=False)], blueprints(required=False))

    assert left == {("incident", "Q1"): {"title": "Slow"}}


def test_a_remove_takes_with_it_what_requires_the_entity():
    assert fold(linked(), [Remove("service", "P1")], blueprints(required=True)) == {}


def test_a_remove_without_dependents_is_kept_from_deleting_what_is_required():
    left = fold(linked(), [Remove("service", "P1", dependents=False)], blueprints(required=True))

    assert left == linked()


def test_a_remove_of_one_target_leaves_the_others_of_a_many_relation():
    left = fold(linked(["P1", "P2"]), [Remove("service", "P1")], blueprints(required=False))

    assert left == {("incident", "Q1"): {"title": "Slow", "relations": {"service": ["P2"]}}}


def test_a_remove_of_what_is_not_there_changes_nothing():
    assert fold(STORED, [Remove("service", "P9")], {}) == STORED
