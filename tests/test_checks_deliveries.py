"""What no delivery has, and what no filter can be: certain, or nothing is said."""

from __future__ import annotations

import pytest

from portside.checks.deliveries import faults
from portside.problems import Route, Severity

FILTER: Route = ("mappings", 0, "filter")
TITLE: Route = ("mappings", 1, "entity", "title")
WEBHOOK = {"mappings": [{}, {"itemsToParse": ".body.items"}]}


def told(text: str, route: Route = FILTER) -> list[tuple[str, int, str]]:
    return [(fault.code, fault.error.index, fault.error.hint) for fault in faults(WEBHOOK, route, text)]


@pytest.mark.parametrize(
    ("text", "index", "hint"),
    [
        (".event.type", 0, "what was sent stands under '.body': '.body.event'"),
        ('.body.a == 1 and (.b | test("x"))', 18, "what was sent stands under '.body': '.body.b'"),
        (".Body.a == 1", 0, "write '.body'"),
        (".header.a == 1", 0, "write '.headers'"),
        (".query.a == 1", 0, "write '.queryParams'"),
        (".item.a == 1", 0, "'.item' needs 'itemsToParse' in the same mapping; without it, read from '.body'"),
        ('"\\(.id)-\\(.body.id)" == .body.key', 3, "what was sent stands under '.body': '.body.id'"),
        ("if .id then .body.a else .body.b end", 3, "what was sent stands under '.body': '.body.id'"),
    ],
)
def test_what_no_delivery_has_is_null(text, index, hint):
    assert told(text) == [("mapping-input", index, hint)]


def test_the_element_is_there_in_a_mapping_that_has_elements_and_only_below_it():
    assert told(".item.name", TITLE) == []
    assert told(".items.name", TITLE) == [("mapping-input", 0, "write '.item'")]
    assert [code for code, _, _ in told(".item", ("mappings", 1, "itemsToParse"))] == ["mapping-input"]
    assert [code for code, _, _ in told(".item.id", ("security", "requestIdentifierPath"))] == ["mapping-input"]


@pytest.mark.parametrize(
    ("text", "index", "hint"),
    [
        ('.headers."X-Event" == "push"', 10, "write '.headers.\"x-event\"'"),
        ('.headers["X-Event"] == "push"', 10, "write '.headers.\"x-event\"'"),
        ('.headers.Event == "push"', 9, "write '.headers.event'"),
    ],
)
def test_the_names_of_headers_arrive_in_lower_case(text, index, hint):
    assert told(text) == [("mapping-input", index, hint)]
    assert [fault.severity for fault in faults(WEBHOOK, FILTER, text)] == [Severity.WARNING]


@pytest.mark.parametrize(
    "text",
    [
        ".body.a // .headers.b // .queryParams.c",
        ". | .anything",
        ".body | .Other",
        ".body.list | map(.a) | length > 0",
        ".body.list[.body.first]",
        ". as $whole | .anything",
        "(.found = .body.a) | .found == 1",
        '.headers."x-event" == "Push"',
        ".headers | .Event",
        '.body["Content"] == "X"',
        'del(.body).headers.a == "b"',
        "reduce .body.a[] as $one (0; . + $one) | . > 1",
    ],
)
def test_what_may_be_there_is_not_told_about(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ('.body.type = "a"', 11),
        ('.body.type = "a" and .body.b == 1', 11),
        ('"true"', 0),
        ("'true'", 0),
        ("select(.body.a == 1)", 0),
        ('select(.body.a | test("(x)"))', 0),
    ],
)
def test_some_filters_can_never_be_true(text, index):
    assert [(code, at) for code, at, _ in told(text)] == [("never-true", index)]
    assert told(text, TITLE) == []


@pytest.mark.parametrize(
    "text",
    [
        "true",
        '"a" == .body.b',
        '"\\(.body.a)" == "x"',
        "(.body.a = 1) | .body.a == 1",
        ".body.a | (.b = 1) == .c",
        '.body.a | test("=")',
        "select(.body.a) | true",
        "select(.body.a).body.ok",
        "select(.body.a == 1) == (.body.b)",
        ".body.a | select(. == true)",
    ],
)
def test_a_filter_that_may_be_true_is_let_be(text):
    assert told(text) == []
