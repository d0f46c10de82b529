"""What a delivery did, in words, where an entity has no identifier yet: a search stands for it."""

from __future__ import annotations

import json

from portside.catalogs.ingest import Failure, Received, Status
from portside.model.entity import MappingOutcome, Outcome, Remove, Upsert, Verdict
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
