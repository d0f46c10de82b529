"""What a case says about itself, and whether that holds."""

from __future__ import annotations

import pytest

from portside.goldens import intents
from portside.goldens.intents import Intent
from portside.problems import Source

SOURCE = Source("x.case.yaml")
MAPPED = {"changes": [{"upsert": "incident/Q1", "title": "Slow"}, {"upsert": "incident/Q1"}]}
SEARCHED = {"changes": [{"upsert": "incident", "search": {"rules": [1]}}, {"upsert": "incident", "search": {}}]}
DELETED = {"changes": [{"remove": "service/P1", "dependents": False}]}
DROPPED = {"dropped": "every mapping filters it out"}


def said(intent, golden, holds=lambda _text, _golden: True):
    return list(intents.against(intent, golden, holds))


def wrong(value):
    return [problem.message for problem in intents.of(value, SOURCE)[1]]


def test_every_member_of_a_case_is_read():
    value = {
        "expect": {"entities": 1},
        "assert": ['.changes[0].title == "Slow"'],
        "signature": "valid",
        "secret": "sample",
        "clock": "2026-03-02T09:14:07Z",
        "headers": {"X-Webhook-Id": "1"},
        "queryParams": {"dry": "1"},
    }

    assert intents.of(value, SOURCE) == (
        Intent(
            {"entities": 1},
            ('.changes[0].title == "Slow"',),
            "valid",
            "sample",
            "2026-03-02T09:14:07Z",
            {"x-webhook-id": "1"},
            {"dry": "1"},
        ),
        (),
    )


def test_an_empty_case_says_nothing():
    assert intents.of(None, SOURCE) == (Intent(), ())


def test_an_unknown_member_is_told_with_those_there_are():
    _, problems = intents.of({"expects": "dropped"}, SOURCE)

    assert [(problem.code, problem.message, problem.hint) for problem in problems] == [
        (
            "case-intent",
            "'expects' is not a member of a case",
            "it has expect, assert, signature, secret, clock, headers, queryParams",
        )
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"expect": "nothing"},
        {"expect": {"entities": -1}},
        {"expect": {"incidents": 1}},
        {"expect": {}},
        {"assert": ".changes"},
        {"assert": [1]},
        {"signature": "good"},
        {"signature": ["valid"]},
        {"clock": "2026-03-02T09:14:07"},
        {"clock": "yesterday"},
        {"headers": {"x-count": 1}},
        {"queryParams": ["a"]},
    ],
)
def test_what_no_case_can_say_is_told_and_says_nothing(value):
    intent, _ = intents.of(value, SOURCE)

    assert (intent, wrong(value)) == (Intent(), [f"'{next(iter(value))}' is not what a case can say"])


def test_a_signature_needs_the_secret_that_made_it():
    assert wrong({"signature": "valid"}) == ["a signature is checked against a secret, and there is none here"]


def test_a_missing_signature_needs_no_secret():
    assert wrong({"signature": "missing"}) == []


def test_a_case_that_is_a_list_is_told():
    assert wrong(["dropped"]) == [
        "a case is a mapping of expect, assert, signature, secret, clock, headers, queryParams"
    ]


@pytest.mark.parametrize(
    ("expect", "golden"),
    [
        ("", MAPPED),
        ("dropped", DROPPED),
        ("mapped", MAPPED),
        ("mapped", DELETED),
        ({"entities": 1}, MAPPED),
        ({"entities": 2}, SEARCHED),
        ({"entities": 0, "removes": 1}, DELETED),
        ({"entities": 1, "removes": 1}, {"steps": [MAPPED, DELETED], "state": []}),
    ],
)
def test_an_expectation_that_holds_is_not_mentioned(expect, golden):
    assert said(Intent(expect), golden) == []


@pytest.mark.parametrize(
    ("expect", "golden", "objection"),
    [
        ("dropped", MAPPED, "is meant to be dropped, and gives 1 entity"),
        ("mapped", DROPPED, "is meant to be mapped, and is dropped"),
        ({"entities": 2}, MAPPED, "is meant to give 2 entities, and gives 1 entity"),
        ({"removes": 0}, DELETED, "is meant to give 0 removals, and gives 1 removal"),
        ({"entities": 1}, DROPPED, "is meant to give 1 entity, and gives 0 entities"),
    ],
)
def test_an_expectation_that_fails_says_what_came_instead(expect, golden, objection):
    assert said(Intent(expect), golden) == [objection]


@pytest.mark.parametrize(
    ("found", "objections"),
    [
        (True, []),
        (False, ["assert .a is not true"]),
        ("it gives 1", ["assert .a cannot be told: it gives 1"]),
    ],
)
def test_an_assertion_holds_only_when_its_jq_gives_true(found, objections):
    assert said(Intent(asserts=(".a",)), MAPPED, lambda _text, _golden: found) == objections
