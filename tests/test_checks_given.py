"""What known deliveries show to be wrong with a mapping; and that they show nothing where it may be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import blueprint
from portside.checks.expressions import check
from portside.model.resource import JSON, Body, Kind, Resource
from portside.problems import Severity

PAYLOADS = Path(__file__).parent / "payloads"
INCIDENT = blueprint(
    "incident",
    properties={
        "status": {"type": "string", "enum": ["triggered", "resolved"]},
        "priority": "string",
        "number": "number",
        "people": {"type": "array", "items": {"type": "string"}},
        "since": {"type": "string", "format": "date-time"},
    },
    relations={"service": "service", "others": {"target": "service", "many": True}},
)
SERVICE = blueprint("service", properties={"url": {"type": "string", "format": "url"}, "level": "number"})
ALERT = {
    "id": 7,
    "title": "Disk full",
    "severity": {"name": "high", "rank": 1},
    "tags": ["web"],
    "owners": [{"email": "ada@acme.example"}],
    "note": None,
}


def mapping(to: str = "incident", *, filter: str | None = None, items: str | None = None, **entity: Any) -> Body:  # noqa: A002
    """A mapping whose identifier is right, unless another is given."""
    found = {"filter": filter, "itemsToParse": items}
    given = {"identifier": ".body.key", **entity}
    return {"blueprint": to, **{key: text for key, text in found.items() if text}, "entity": given}


def told(*mappings: Body, cases: dict[str, JSON] | None = None, security: Body | None = None) -> list[tuple[Any, ...]]:
    """(code, column, message) of every problem. The cases are bodies, by the name of their file."""
    body = {"identifier": "hook", "title": "Hook", "mappings": list(mappings), "security": security}
    deliveries = [(name, {"body": case, "headers": {}, "queryParams": {}}) for name, case in (cases or {}).items()]
    found = check([INCIDENT, SERVICE, Resource.of(Kind.WEBHOOK, body)], {"hook": deliveries})
    return [(problem.code, problem.severity, problem.message, problem.hint) for problem in found]


def of(text: str, *where: str, **case: JSON) -> list[tuple[Any, ...]]:
    """The problems of one text at a place of the entity, for one delivery; (code, text under the caret, message)."""
    entity: Body = {}
    inner = entity
    for key in where[:-1]:
        inner = inner.setdefault(key, {})
    inner[where[-1]] = text
    found = told(mapping(**entity), cases={"a.json": {"key": "A-1", "alert": ALERT, **case}})
    return [(code, _pointed(hint), message) for code, _, message, hint in found]


def _pointed(hint: str) -> str:
    """What stands from the caret on, up to the end of the word."""
    line, caret, *_ = hint.splitlines()
    return line[caret.index("^") :].partition(".")[0].partition(" ")[0]


EACH = "take the `.email` of each, as `map(.email)` does"
NEVER_NEEDED = "this alternative is never needed: on its left there is always a string"
PRIORITY, NUMBER = ("properties", "priority"), ("properties", "number")


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        (".body.alert.titel", PRIORITY, ("titel", "`.body.alert.titel` is in no known delivery, so this is null")),
        (".body.alert | .titel", PRIORITY, ("titel", "`.titel` is in no known delivery, so this is null")),
        ('.body.alert.titel + "!"', PRIORITY, ("titel", "`.body.alert.titel` is in no known delivery")),
        (
            ".body.alert.owners[].emial",
            PRIORITY,
            ("emial", "`.body.alert.owners[].emial` is in no known delivery, so this is null"),
        ),
        ("[.body.alert.owners[] | .emial]", ("properties", "people"), ("emial]", "`.emial` is in no known delivery")),
        (".body.alert.owners | map(.emial)", ("properties", "people"), ("emial)", "`.emial` is in no known delivery")),
        (
            'if .body.alert.title == "Disk full" then .body.alert.severty.name else null end',
            PRIORITY,
            ("severty", "`.body.alert.severty` is in no known delivery, so this is null"),
        ),
    ],
)
def test_a_path_that_is_in_no_known_delivery(text: str, where: tuple[str, ...], found: tuple[str, str]):
    assert of(text, *where) == [("unknown-path", *found)]


def test_what_a_path_was_meant_for_is_told_with_the_delivery_that_shows_it():
    ((_, severity, _, hint),) = told(mapping(title=".body.alert.titel"), cases={"a.json": {"key": "A", "alert": ALERT}})

    assert severity is Severity.WARNING
    assert hint.splitlines()[2:] == [
        "did you mean `title`?",
        "a.json has there: id, title, severity, tags, owners, note",
    ]


@pytest.mark.parametrize(
    "text",
    [
        ".body.alert.resolver",
        ".body.alert.tag",
        ".body.alert.subtitle",
        ".body.alert.titel // .body.alert.title",
        ".body.alert.note.text",
        ".body.alert.tags[0]",
        '.headers."x-titel"',
        "if .body.alert.titel then .body.alert.title else null end",
        'if .body.alert.title == "other" then .body.alert.titel else null end',
        ".body.alert.owners[] | select(.email == 1) | .emial",
        "[.body.alert.tags[] | .titel?] | first",
    ],
)
def test_what_may_be_in_other_deliveries_is_not_told_about(text: str):
    assert of(text, *PRIORITY) == []


@pytest.mark.parametrize(
    ("text", "where", "pointed", "message"),
    [
        (
            ".body.alert.severity", PRIORITY, "severity",
            "gives an object, but property 'priority' is a text: take `.name`",
        ),
        (".body.alert.id", PRIORITY, "id", "gives a number, but property 'priority' is a text: add `| tostring`"),
        (".body.alert.title", NUMBER, "title", "gives a text, but property 'number' is a number: add `| tonumber`"),
        (
            ".body.alert.owners", ("properties", "people"), "owners",
            "gives a list of objects, but property 'people' is a list of texts: " + EACH,
        ),
        (".body.alert.id", ("identifier",), "id", "gives a number, but the identifier is a text: add `| tostring`"),
        (".body.alert.severity", ("title",), "severity", "gives an object, but the title is a text: take `.name`"),
        (
            ".body.alert.tags", ("relations", "service"), "tags",
            "gives a list of texts, but relation 'service' takes one identifier: take one element, as `.[0]` does",
        ),
        (
            ".body.alert.severity", ("relations", "service"), "severity",
            "gives an object, but relation 'service' takes one identifier: take `.name`",
        ),
        (
            ".body.alert.owners", ("relations", "others"), "owners",
            "gives a list of objects, but relation 'others' is a list of identifiers: " + EACH,
        ),
        (
            'if .body.key == "A-1" then .body.alert.severity else "low" end', PRIORITY, "severity",
            "gives an object, but property 'priority' is a text: take `.name`",
        ),
        (
            '.body.alert.note // .body.alert.severity', PRIORITY, "severity",
            "gives an object, but property 'priority' is a text: take `.name`",
        ),
        (
            ".body.key", ("properties", "status"), "key",
            'gives what does not fit: property \'status\' takes one of "triggered", "resolved", and not "A-1"',
        ),
        (
            ".body.key", ("properties", "since"), "key",
            "gives what does not fit: property 'since' takes a moment such as 2024-05-19T17:55:29Z, and not \"A-1\"",
        ),
    ],
)  # fmt: skip
def test_a_value_that_its_target_cannot_hold(text: str, where: tuple[str, ...], pointed: str, message: str):
    assert of(text, *where) == [("value-misfit", pointed, message)]


def test_a_fault_that_every_delivery_shows_is_an_error_and_one_that_some_show_a_warning():
    texts = {"properties": {"priority": ".body.p"}}
    whole, name = {"key": "A", "p": {"name": "high"}}, {"key": "B", "p": "high"}

    every = told(mapping(**texts), cases={"a.json": whole})
    some = told(mapping(**texts), cases={"a.json": whole, "b.json": name, "c.json": {"key": "C", "p": None}})

    assert [(code, severity) for code, severity, *_ in every] == [("value-misfit", Severity.ERROR)]
    assert [(code, severity) for code, severity, *_ in some] == [("value-misfit", Severity.WARNING)]


def test_a_number_in_a_text_property_is_a_warning_for_port_s_guides_show_some_that_arrive():
    found = told(mapping(properties={"priority": ".body.p"}), cases={"a.json": {"key": "A", "p": 1}})

    assert [(code, severity) for code, severity, *_ in found] == [("value-misfit", Severity.WARNING)]


def test_null_where_there_has_to_be_a_value():
    cases = {"a.json": {"key": "A"}, "b.json": {"key": None}}

    assert told(mapping(), cases=cases) == [
        (
            "null-required",
            Severity.WARNING,
            "gives text or null, but the identifier has to be a text",
            ".body.key\n      ^\nwith b.json it gives null",
        )
    ]


def test_where_a_condition_fails_no_branch_is_to_blame():
    text = "if .body.key.id then .body.key.id else .body.name end"
    cases = {"a.json": {"key": {"id": "A"}, "name": "a"}, "b.json": {"key": "B", "name": "b"}}

    ((code, _, _, hint),) = told(mapping(identifier=text), cases=cases)

    assert (code, hint.splitlines()) == (
        "null-required",
        [text, "^", 'with b.json it fails: Cannot index string with string ("id")'],
    )


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (".body.kind", "filter-value", "gives a text, and only true lets a delivery through"),
        ('.body.kind == "closed"', "never-passes", "none of the 2 known deliveries passes this filter"),
        ('.body.kind == "open"', "never-passes", 'this is never "open" in a known delivery'),
        ('.body.knid == "opened"', "unknown-path", "`.body.knid` is in no known delivery"),
        (
            ".body.kind.name == 1",
            "always-fails",
            'this fails on every known delivery: Cannot index string with string ("name")',
        ),
        ('.body.kind == "a" or true', "always-passes", "this filter lets everything through, whatever is delivered"),
    ],
)
def test_a_filter_that_does_not_tell_deliveries_apart(text: str, code: str, message: str):
    cases = {"a.json": {"key": "A", "kind": "opened"}, "b.json": {"key": "B", "kind": "changed"}}

    assert (code, message) in [(code, message) for code, _, message, _ in told(mapping(filter=text), cases=cases)]


def test_a_filter_that_no_payload_passes_is_let_be_while_another_mapping_takes_them():
    cases = {"a.json": {"key": "A", "kind": "opened"}}

    assert told(mapping(filter='.body.kind == "opened"'), mapping(filter='.body.kind == "open"'), cases=cases) == []


def test_items_that_are_no_list():
    found = told(mapping(items=".body.alert", identifier=".item.id"), cases={"a.json": {"alert": ALERT}})

    assert [(code, message) for code, _, message, _ in found] == [
        ("items-value", "gives an object, and itemsToParse takes a list")
    ]


def test_items_are_looked_at_one_by_one():
    found = told(
        mapping(items=".body.list", identifier=".item.id", title=".item.nmae"),
        cases={"a.json": {"list": [{"id": "A", "name": "a"}, {"id": 2, "name": "b"}]}},
    )

    assert [(code, message) for code, _, message, _ in found] == [
        ("unknown-path", "`.item.nmae` is in no known delivery, so this is null"),
        ("value-misfit", "gives a number, but the identifier is a text: add `| tostring`"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ('if .body.a then "x" else "x" end', "always-same", 'this gives "x", whatever is delivered'),
        ('.body.a | "x"', "always-same", 'this gives "x", whatever is delivered'),
        ("(.body.a | tostring) // .body.b", "unreachable", NEVER_NEEDED),
        ('"\\(.body.a)" // "x"', "unreachable", NEVER_NEEDED),
        ("[.body.a[]?] // .body.b", "unreachable", NEVER_NEEDED.replace("string", "list")),
        (
            "[.body.a] | ascii_downcase", "always-fails",
            "this fails, whatever is delivered: ascii_downcase does not take a list",
        ),
    ],
)  # fmt: skip
def test_what_is_so_whatever_is_delivered_needs_no_known_delivery(text: str, code: str, message: str):
    assert [(code, message) for code, _, message, _ in told(mapping(properties={"priority": text}))] == [
        (code, message)
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"Alert"',
        ".body.a",
        '.body.a // "x"',
        'if .body.a == 1 then "x" else "y" end',
        "now | todate",
        '.body.a | 1, error("x")',
        'if .body.a then "x" else error("y") end',
    ],
)
def test_what_depends_on_the_delivery_is_not_told_about(text: str):
    assert told(mapping(title=text)) == []


@pytest.mark.parametrize("text", ['.body.a | true, error("x")', 'if .body.a then true else error("y") end'])
def test_a_filter_that_may_give_true_before_it_fails_is_not_told_about(text: str):
    assert told(mapping(filter=text)) == []


def test_what_a_limit_ends_is_told_with_the_first_delivery_that_shows_it_and_not_run_again():
    text = 'if .body.key == "B" then reduce range(1e5) as $i (null; {a: .}) else .body.key end'
    cases = {f"{key}.json": {"key": key} for key in "ABCD"}

    assert told(mapping(title=text), cases=cases) == [
        (
            "jq-limit",
            Severity.ERROR,
            "this jq takes jq itself down, as a value nested far too deeply does (SIGSEGV)",
            f"{text}\n^\nwith B.json; after that it was not run again",
        )
    ]


@pytest.mark.parametrize("sender", ["linear", "opsgenie", "sonarqube"])
def test_the_worked_examples_of_port_s_guides_have_no_fault(sender: str):
    folder = PAYLOADS / "worked" / sender
    known = Resource.of(Kind.BLUEPRINT, json.loads((folder / "blueprint.json").read_text()))
    mappings = json.loads((folder / "mappings.json").read_text())
    webhook = Resource.of(Kind.WEBHOOK, {"identifier": "w", "title": "w", "mappings": mappings})
    event = {"headers": {}, "queryParams": {}, **json.loads((folder / "event.json").read_text())}

    assert check([known, webhook], {"w": [("event.json", event)]}) == ()


def test_the_argument_of_first_runs_on_its_input_and_not_on_each_element():
    owners = [{"contact": {"contract": "A"}}]
    text = ".body.owners | first(.[] | .contact) | .contract"

    assert told(mapping(properties={"priority": text}), cases={"one": {"key": "a", "owners": owners}}) == []
