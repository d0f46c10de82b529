"""How explained expressions look: aligned, each told once, stopped where the mapping stops."""

from __future__ import annotations

import json
from typing import Any

from builders import webhook
from portside.mappings import explained
from portside.mappings.explained import Explained, Look
from portside.model.webhook import Webhook
from portside.report import explained as report

BLUE = {"blueprint": "incident", "operation": {"type": "create"}}


def told(*mappings: dict[str, Any], body: object = None, known: tuple[object, ...] = (), **more: Any) -> Explained:
    """What is told of a webhook with these mappings; no body: nothing is sent."""
    own = Webhook(webhook("hook", mappings=[{**BLUE, **mapping} for mapping in mappings], **more))
    delivery = None if body is None else {"body": body, "headers": {}, "queryParams": {}}
    look = Look(delivery, [{"body": one, "headers": {}, "queryParams": {}} for one in known], lambda _route: True)
    return explained.explain(own, look)


def lines(said: Explained, *, verbose: bool = False) -> list[str]:
    return report.text(said, lambda text, _style: text, verbose=verbose).replace("catalog:1:1  ", "").splitlines()


def test_each_expression_is_told_with_its_parts_and_what_they_gave_in_columns():
    entity = {"identifier": ".body.id", "title": ".body.title.short", "properties": {"n": ".body.n + 1"}}

    assert lines(told({"entity": entity}, body={"id": "I1", "n": 1}, known=({"id": "I1", "title": {}, "n": 1},))) == [
        "mappings[0] → incident",
        'entity.identifier  .body.id  "I1"',
        "entity.title",
        "  .body.title.short  null",
        "    .body.title      null  an empty object  ← there is no 'title' in this one",
        "entity.properties.n",
        "  .body.n + 1  2",
        "    .body.n    1",
    ]


def test_a_filter_that_stops_a_mapping_is_the_last_that_is_told_of_it():
    mapping = {"filter": '.body.type == "incident"', "entity": {"identifier": ".body.id"}}

    assert lines(told(mapping, body={"type": "note"})) == [
        "mappings[0] → incident  stopped by its filter",
        "filter",
        '  .body.type == "incident"  false',
        '    .body.type              "note"',
    ]


def test_items_are_told_one_by_one_up_to_the_third():
    mapping = {"itemsToParse": ".body.all", "filter": ".item.on", "entity": {"identifier": ".item.id"}}
    items = [{"on": True, "id": "A"}, {"on": False, "id": "B"}, {"on": True, "id": "C"}, {"on": True, "id": "D"}]

    assert lines(told(mapping, body={"all": items})) == [
        "mappings[0] → incident  4 items",
        "itemsToParse",
        '  .body.all  [{"on": true, "id": "A"}, {"on": false, "id": "B"}, {"on": …',
        "item 0",
        "filter             .item.on  true",
        'entity.identifier  .item.id  "A"',
        "item 1, stopped by the filter",
        "filter",
        "  .item.on  false",
        "item 2",
        "filter             .item.on  true",
        'entity.identifier  .item.id  "C"',
        "and 1 more item",
    ]


def test_without_a_delivery_types_are_told_for_those_that_pass_the_filter():
    mapping = {"filter": ".body.on", "entity": {"identifier": ".body.id"}}
    known = ({"on": True, "id": "A"}, {"on": True, "id": None}, {"on": False, "id": 7})

    assert lines(told(mapping, known=known)) == [
        "mappings[0] → incident  2 of 3 known deliveries pass its filter",
        "filter             .body.on  a boolean",
        'entity.identifier  .body.id  "A" or null',
    ]


def test_an_expression_that_does_not_compile_hides_no_other():
    entity = {"identifier": ".body.id", "title": ".body.title |", "properties": {"n": ".body.n"}}
    said = lines(told({"entity": entity}, body={"id": "A", "n": 1}))

    assert said[1:4] == ['entity.identifier    .body.id  "A"', "entity.title", "  .body.title |"]
    assert said[4].startswith("  does not compile: ")
    assert said[-1] == "entity.properties.n  .body.n   1"


def test_what_simply_has_a_value_is_a_line_and_all_the_rest_is_told_with_its_place():
    entity = {"identifier": ".body.id", "title": ".body.none", "properties": {"n": ".body.n", "m": ".body.n + 1"}}
    said = report.text(told({"entity": entity}, body={"id": "A", "none": None, "n": 1}), lambda text, _style: text)

    assert said.splitlines()[1:] == [
        'entity.identifier    .body.id  "A"',
        "catalog:1:1  entity.title",
        "  .body.none  null",
        "entity.properties.n  .body.n   1",
        "catalog:1:1  entity.properties.m",
        "  .body.n + 1  2",
        "    .body.n    1",
    ]


def test_those_who_ask_for_more_get_every_place():
    said = told({"entity": {"identifier": ".body.id", "title": ".body.n"}}, body={"id": "A", "n": "x"})

    assert lines(said, verbose=True)[1:] == [
        "entity.identifier  (closure)",
        '  .body.id  "A"',
        "entity.title  (closure)",
        '  .body.n  "x"',
    ]


def test_a_failure_is_told_in_full_where_it_happened_and_once():
    entity = {"identifier": ".body.id | tonumber | . + 1"}

    assert lines(told({"entity": entity}, body={"id": "x"})) == [
        "mappings[0] → incident",
        "entity.identifier",
        "  .body.id | tonumber | . + 1  failed",
        '    .body.id                   "x"',
        '    tonumber                   failed: string ("x") cannot be parsed as a number',
    ]


def test_many_outputs_are_counted():
    assert lines(told({"entity": {"identifier": ".body.all[]"}}, body={"all": [1, 2, 3, 4]})) == [
        "mappings[0] → incident",
        "entity.identifier",
        "  .body.all[]  1, 2, 3, … 4 in all",
    ]


def test_an_expression_wider_than_its_column_has_a_line_of_its_own():
    text = '"' + "a" * 80 + '\\(.body.id)"'

    assert lines(told({"entity": {"identifier": text}}, body={"id": "A"})) == [
        "mappings[0] → incident",
        "entity.identifier",
        f"  {text}",
        f'  =           "{"a" * 58}…',
        '    .body.id  "A"',
    ]


def test_a_webhook_that_is_not_enabled_says_so_first():
    said = told({"entity": {"identifier": ".body.id"}}, body={"id": "A"}, enabled=False)

    assert lines(said)[:2] == ["this webhook is not enabled, and Port drops what it receives", ""]


def test_which_way_an_expression_runs_is_told_to_those_who_ask():
    said = told({"entity": {"identifier": "[now] | length"}}, body={"id": "A"})

    assert lines(said, verbose=True)[1] == "entity.identifier  (libjq)"


def test_programs_get_every_part_as_it_is():
    said = told({"entity": {"identifier": ".body.id // 1"}}, body={"id": None}, known=({"id": None},))
    row = json.loads(report.as_json(said))["mappings"][0]["runs"][0]

    assert row == {
        "item": None,
        "filter": None,
        "passed": True,
        "expressions": [
            {
                "route": ["mappings", 0, "entity", "identifier"],
                "path": "catalog",
                "line": 1,
                "column": 1,
                "way": "closure",
                "tree": {
                    "label": "",
                    "text": ".body.id // 1",
                    "outputs": [1],
                    "more": False,
                    "type": "1",
                    "note": "",
                    "steps": [
                        {
                            "label": "",
                            "text": ".body.id",
                            "outputs": [None],
                            "more": False,
                            "type": "null",
                            "note": "",
                            "steps": [],
                        },
                        {
                            "label": "//",
                            "text": "1",
                            "outputs": [1],
                            "more": False,
                            "type": "1",
                            "note": "",
                            "steps": [],
                        },
                    ],
                },
            }
        ],
    }
