"""What differs, field by field."""

from __future__ import annotations

import pytest

from builders import blueprint, state, webhook
from portside.model.resource import Kind, Ref, Resource
from portside.plans.diff import MISSING, Change, FieldChange, changes, differences, turned


def test_equal_states_have_no_changes():
    assert changes(state(blueprint("a"), webhook("w")), state(blueprint("a"), webhook("w"))) == ()


def test_changes_are_creates_updates_and_deletes_in_the_order_of_a_state():
    old, new = blueprint("b"), blueprint("b", description="new")

    found = changes(state(blueprint("a"), old), state(new, blueprint("c")))

    assert found == (
        Change(Ref(Kind.BLUEPRINT, "a"), blueprint("a"), None),
        Change(Ref(Kind.BLUEPRINT, "b"), old, new, (FieldChange(("description",), MISSING, "new"),)),
        Change(Ref(Kind.BLUEPRINT, "c"), None, blueprint("c")),
    )


@pytest.mark.parametrize("name", ["id", "icon", "color", "createdAt", "title", "$id"])
def test_a_property_is_compared_whatever_its_name(name: str):
    old, new = ({"properties": {name: {"type": one}}} for one in ("string", "number"))

    assert differences(old, new) == (FieldChange(("properties", name, "type"), "string", "number"),)


def test_none_is_a_value_and_missing_is_not():
    assert differences({"a": None}, {"b": None}) == (
        FieldChange(("a",), None, MISSING),
        FieldChange(("b",), MISSING, None),
    )


@pytest.mark.parametrize(("one", "other"), [(True, 1), (False, 0), ([True], [1]), ({"a": [0.0]}, {"a": [False]})])
def test_true_is_not_one(one: object, other: object):
    assert differences({"x": one}, {"x": other}) != ()


def test_a_number_is_the_same_with_and_without_a_point():
    assert differences({"x": [1, {"y": 2.0}]}, {"x": [1.0, {"y": 2}]}) == ()


def test_a_value_inserted_into_an_enum_is_the_only_one_that_differs():
    assert differences(["low", "high"], ["low", "medium", "high"]) == (FieldChange((1,), MISSING, "medium"),)


def test_the_order_of_a_list_counts():
    assert differences(["low", "high"], ["high", "low"]) == (
        FieldChange((0,), MISSING, "high"),
        FieldChange((1,), "high", MISSING),
    )


def test_a_mapping_inserted_in_front_of_an_edited_one_leaves_the_edit_visible():
    edited = {"blueprint": "incident", "entity": {"identifier": ".id", "title": ".title"}}
    inserted = {"blueprint": "service", "entity": {"identifier": ".service", "team": ".team"}}

    found = differences([edited], [inserted, {**edited, "filter": ".ok"}])

    assert found == (FieldChange((0,), MISSING, inserted), FieldChange((1, "filter"), MISSING, ".ok"))


def test_a_mapping_that_goes_is_named_where_it_stood():
    one, other = ({"blueprint": name, "entity": {"identifier": name}} for name in "ab")

    assert differences([one, other], [other]) == (FieldChange((0,), one, MISSING),)


def test_a_list_in_place_of_an_object_is_one_difference():
    assert differences({"x": {"a": 1}}, {"x": [1]}) == (FieldChange(("x",), {"a": 1}, [1]),)


def test_a_secret_is_neither_compared_nor_kept_in_a_change():
    secured = {"security": {"secret": "${A}", "signatureAlgorithm": "sha1"}}
    live = webhook("w", security={"secret": "what a careless server gives back", "signatureAlgorithm": "sha1"})

    (found,) = changes(state(live), state(webhook("w", title="W", **secured)))

    assert changes(state(live), state(webhook("w", **secured))) == ()
    assert found.fields == (FieldChange(("title",), "w", "W"),)
    assert found.before == webhook("w", security={"signatureAlgorithm": "sha1"})
    assert found.after and found.after.body["security"]["secret"] == "${A}"


def test_deep_values_are_compared_to_the_leaf():
    old, new = (Resource.of(Kind.BLUEPRINT, {**blueprint("a").body, "x": {"y": [{"z": one}]}}) for one in (1, 2))

    (found,) = changes(state(old), state(new))

    assert found.fields == (FieldChange(("x", "y", 0, "z"), 1, 2),)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Tier", "Level", '"Tier" → "Level"'),
        (1, True, "1 → true"),
        (None, MISSING, "null → missing"),
        ("x" * 50, "y", f'"{"x" * 38}… → "y"'),
        ("x" * 50 + "a", "x" * 50 + "b", f'…{"x" * 20}a" → …{"x" * 20}b"'),
        ("x" * 50, "x" * 50 + "b" * 50, f'…{"x" * 20}" → …{"x" * 20}{"b" * 18}…'),
    ],
)
def test_long_values_are_cut_so_that_what_differs_is_seen(before: object, after: object, said: str):
    assert turned(FieldChange(("p",), before, after), 40) == said
