"""What a delivery did, in words, where an entity has no identifier yet: a search stands for it."""

from __future__ import annotations

import json

from builders import blueprint, webhook
from portside.catalogs.ingest import Failure, Received, Status
from portside.mappings.evaluate import evaluate
from portside.model.blueprint import Blueprint
from portside.model.entity import MappingOutcome, Outcome, Remove, Upsert, Verdict
from portside.model.webhook import Delivery, Webhook
from portside.problems import Source, Unmarked
from portside.report import outcome as report
from portside.report import received as receipts

SEARCH = {"rules": [{"property": "sha", "operator": "=", "value": "e2f"}], "combinator": "and"}
SEARCHED = Upsert("deployment", SEARCH, {"title": "Live"}, ("mappings", 0))
OUTCOME = Outcome(
    (MappingOutcome(0, "deployment", Verdict.MAPPED, 1, 1), MappingOutcome(1, "service", Verdict.MAPPED, 1, 1)),
    (SEARCHED, Remove("service", "P1", True, ("mappings", 1))),
)
NAMED = 'deployment found by {"combinator": "and", "rules": [{"operator": "=", "property": "sha", "value": "e2f"}]}'


def plain(text: str, _style: str) -> str:
    return text


def test_an_entity_is_told_by_its_name_or_by_the_search_that_finds_it():
    assert report.text(OUTCOME, plain).splitlines() == [
        "mappings[0] → deployment  mapped",
        f"  + {NAMED}",
        '      title: "Live"',
        "",
        "mappings[1] → service  mapped",
        "  - service/P1 and what requires it",
        "",
        "1 entity to write, 1 to delete.",
    ]


def test_a_search_whose_keys_came_in_another_order_is_told_in_the_same_words():
    other = {"combinator": "and", "rules": [{"value": "e2f", "property": "sha", "operator": "="}]}

    assert report.named(Upsert("deployment", other)) == report.named(SEARCHED) == NAMED


def test_programs_get_the_search_as_it_is():
    said = json.loads(report.as_json(OUTCOME))

    assert [change["identifier"] for change in said["changes"]] == [SEARCH, "P1"]


def test_a_search_that_finds_nothing_is_told_as_refused():
    failure = Failure(SEARCHED, "not_found", "no deployment is found by it")
    received = Received(Status.ACCEPTED, 7, failures=(failure,))

    assert receipts.text(received, plain).splitlines() == [
        f"refused {NAMED}: no deployment is found by it [not_found]",
        "accepted as delivery 7",
    ]
    assert receipts.row(received)["failures"] == [
        {
            "blueprint": "deployment",
            "identifier": SEARCH,
            "reason": "not_found",
            "message": "no deployment is found by it",
        }
    ]


class Written(Unmarked):
    """A file where each text stands in the line that its name is long."""

    def inside(self, route, index):
        return len(str(route[-1])), index + 3


SOURCE = Source("mappings/hook/webhook.yaml", Written())


def sent(properties, body, **more):
    """What a webhook with these properties makes of a body."""
    thing = Blueprint(blueprint("thing", properties=dict.fromkeys(properties, "string")))
    entity = {"identifier": ".body.id" if "itemsToParse" not in more else ".item", "properties": properties}
    hook = webhook("hook", mappings=[{"blueprint": "thing", "entity": entity, **more}])
    return evaluate(Webhook(hook), Delivery(body), {"thing": thing})


def test_what_port_would_swallow_is_told_with_its_place():
    found = sent({"one": ".body.a, .body.a", "three": ".body.a | error"}, {"id": "A", "a": "x"})

    assert report.text(found, plain, SOURCE).splitlines()[-6:-2] == [
        '  ! entity.properties.one: this jq gives more than one value, and Port takes the first: "x" [more-values]',
        "    at mappings/hook/webhook.yaml:3:3",
        "  ! entity.properties.three: this jq fails: x [jq-error]",
        "    at mappings/hook/webhook.yaml:5:3",
    ]
    assert [(some["code"], some["place"]) for some in json.loads(report.as_json(found, SOURCE))["swallowed"]] == [
        ("more-values", "mappings/hook/webhook.yaml:3:3"),
        ("jq-error", "mappings/hook/webhook.yaml:5:3"),
    ]


def test_a_place_that_many_items_share_is_told_once():
    found = sent({"one": ".item | error"}, ["A", "B"], itemsToParse=".body")

    assert report.text(found, plain, SOURCE).splitlines()[-5:-2] == [
        "  ! entity.properties.one (item 0): this jq fails: A [jq-error]",
        "    at mappings/hook/webhook.yaml:3:3",
        "  ! entity.properties.one (item 1): this jq fails: B [jq-error]",
    ]


def test_without_its_file_there_is_no_place():
    found = sent({"one": ".body | error"}, {"id": "A"})

    assert "    at " not in report.text(found, plain)
    assert [some["place"] for some in json.loads(report.as_json(found))["swallowed"]] == [None]


def test_which_way_an_expression_went_is_told_to_those_who_ask_and_to_programs():
    found = sent({"one": "[now][1]", "two": ".body |"}, {"id": "A"})

    assert report.text(found, plain, verbose=True).splitlines()[1:6:2] == [
        "  entity.identifier      .body.id  (closure)",
        "  entity.properties.one  [now][1]  (libjq)",
        "  entity.properties.two  .body |",
    ]
    assert [value["way"] for value in json.loads(report.as_json(found))["values"]] == ["closure", "libjq", ""]


def test_a_webhook_that_is_not_enabled_says_so():
    found = evaluate(Webhook(webhook("hook", "thing", enabled=False)), Delivery({}), {})

    assert report.text(found, plain, SOURCE).splitlines()[:2] == [
        "  ! enabled: webhook 'hook' is not enabled, and Port drops what it receives [webhook-disabled]",
        "    at mappings/hook/webhook.yaml:7:3",
    ]
