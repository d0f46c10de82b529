"""What a golden said against what is so now."""

from __future__ import annotations

from portside.goldens.differences import differences
from portside.plans.diff import MISSING, FieldChange


def golden(*entities):
    return {"changes": [{"upsert": f"incident/{name}", "properties": properties} for name, properties in entities]}


def told(before, after):
    return list(differences(before, after))


def test_the_same_in_another_order_of_keys_is_no_difference():
    assert told(golden(("Q1", {"a": 1, "b": None})), golden(("Q1", {"b": None, "a": 1.0}))) == []


def test_a_field_that_differs_is_told_with_both_values():
    before, after = golden(("Q1", {"priority": "P1"})), golden(("Q1", {"priority": "P2"}))

    assert told(before, after) == [FieldChange(("changes", "upsert incident/Q1", "properties", "priority"), "P1", "P2")]


def test_null_absent_and_false_are_three_things():
    before, after = {"properties": {"a": None, "b": 0, "c": 1}}, {"properties": {"b": False, "c": True}}

    assert told(before, after) == [
        FieldChange(("properties", "a"), None, MISSING),
        FieldChange(("properties", "b"), 0, False),
        FieldChange(("properties", "c"), 1, True),
    ]


def test_an_entity_that_came_first_moves_none_of_the_others():
    before, after = golden(("Q2", {"a": 1})), golden(("Q1", {"a": 1}), ("Q2", {"a": 1}))

    assert told(before, after) == [
        FieldChange(("changes", "upsert incident/Q1"), MISSING, {"upsert": "incident/Q1", "properties": {"a": 1}})
    ]


def test_one_entity_changed_twice_is_told_apart():
    before, after = golden(("Q1", {"a": 1}), ("Q1", {"b": 1})), golden(("Q1", {"a": 1}), ("Q1", {"b": 2}))

    assert told(before, after) == [FieldChange(("changes", "upsert incident/Q1 (again, 2)", "properties", "b"), 1, 2)]


def test_another_order_of_the_same_changes_is_a_difference():
    before, after = golden(("Q1", {}), ("Q2", {})), golden(("Q2", {}), ("Q1", {}))
    first, second = "upsert incident/Q1", "upsert incident/Q2"

    assert told(before, after) == [FieldChange(("changes",), [first, second], [second, first])]


def test_a_list_of_plain_values_is_one_field():
    before, after = golden(("Q1", {"who": ["Ada"]})), golden(("Q1", {"who": ["Ada", "Emi"]}))

    assert told(before, after) == [
        FieldChange(("changes", "upsert incident/Q1", "properties", "who"), ["Ada"], ["Ada", "Emi"])
    ]


def test_an_entity_that_only_got_another_name_is_not_told_as_two():
    fields = {"title": "t", "status": "open"}
    before, after = golden(("Q1", fields), ("Q2", fields)), golden(("Q1", fields), ("incident-Q2", fields))

    assert told(before, after) == [
        FieldChange(("changes", "upsert incident/Q2", "upsert"), "incident/Q2", "incident/incident-Q2")
    ]


def test_entities_that_all_got_other_names_are_paired_by_what_they_hold():
    pages = [(f"Q{number}", {"title": f"title {number}", "url": f"u{number}", "urgency": "high"}) for number in (1, 2)]
    renamed = [(f"x{name}", fields) for name, fields in reversed(pages)]

    assert told(golden(*pages), golden(*renamed)) == [
        FieldChange(("changes", "upsert incident/Q1", "upsert"), "incident/Q1", "incident/xQ1"),
        FieldChange(("changes", "upsert incident/Q2", "upsert"), "incident/Q2", "incident/xQ2"),
        FieldChange(
            ("changes",),
            ["upsert incident/Q1", "upsert incident/Q2"],
            ["upsert incident/Q2", "upsert incident/Q1"],
        ),
    ]


def test_an_entity_that_has_nothing_of_the_one_that_went_came():
    before, after = golden(("Q1", {"title": "a", "status": "b"})), golden(("Q2", {"title": "c", "status": "d"}))

    assert [field.route[1] for field in told(before, after)] == ["upsert incident/Q1", "upsert incident/Q2"]


def test_a_mapping_put_between_others_is_the_only_one_that_differs():
    before = {"mappings": [{"service": "filtered"}, {"incident": "mapped"}]}
    after = {"mappings": [{"service": "filtered"}, {"note": "filtered"}, {"incident": "mapped"}]}

    assert told(before, after) == [FieldChange(("mappings", 1), MISSING, {"note": "filtered"})]
