"""PagerDuty's events as declared: what they show of a mapping without a single case."""

from __future__ import annotations

from pathlib import Path

import pytest

from portside.checks import pagerduty
from portside.goldens.payloads import payloads
from portside.model.resource import JSON
from test_checks_given import mapping, told

ROOT = Path(__file__).parent.parent
SIGNED = {"signatureHeaderName": "X-PagerDuty-Signature", "signatureAlgorithm": "sha256", "signaturePrefix": "v1="}
INCIDENTS = '.body.event.data.type == "incident"'
ID = ".body.event.data.id"


def of(*mappings):
    return [(code, message) for code, _, message, _ in told(*mappings, security=SIGNED)]


def test_there_are_thirty_events_that_can_be_subscribed_to_and_a_test_event():
    assert len(pagerduty.EVENTS) == 31
    assert set(pagerduty.EVENTS.values()) == set(pagerduty.DATA)


def paths(value: JSON, path: str = "") -> set[str]:
    match value:
        case dict():
            return {path, *(one for key, member in value.items() for one in paths(member, f"{path}.{key}"))}
        case list():
            return {path, *(one for member in value for one in paths(member, f"{path}[]"))}
    return {path}


@pytest.mark.parametrize("kind", sorted(pagerduty.DATA))
def test_every_delivery_that_was_kept_as_a_case_has_only_what_is_declared(kind: str):
    declared = {one for _, body in pagerduty.events() if body["event"]["data"]["type"] == kind for one in paths(body)}
    kept = [
        given["body"]
        for _, given in payloads(ROOT / "mappings" / "pagerdutyMapper", within=ROOT, whole=False)
        if given["body"]["event"]["data"]["type"] == kind
    ]

    assert kept
    assert {one for body in kept for one in paths(body)} - declared == set()


def test_a_note_s_id_is_no_incident_s():
    found = told(mapping(filter='.body.event.event_type | startswith("incident")', identifier=ID), security=SIGNED)

    ((code, _, message, hint),) = found
    assert (code, message) == (
        "event-resource",
        "incident.annotated passes this filter, but its data is an incident_note: the entity would carry the note's id",
    )
    assert hint.splitlines()[2] == 'filter on `.body.event.data.type == "incident"`'
    assert hint.splitlines()[3].startswith("so it is with incident.status_update_published, incident.responder.added, ")


def test_a_mapping_of_notes_alone_is_seen_beside_one_of_incidents():
    notes = mapping(filter='.body.event.event_type == "incident.annotated"', identifier=ID)

    assert [code for code, _ in of(mapping(filter=INCIDENTS, identifier=ID), notes)] == ["event-resource"]
    assert of(notes) == []


@pytest.mark.parametrize(
    "found",
    [
        mapping(filter=INCIDENTS, identifier=ID, title=".body.event.data.title"),
        mapping(identifier=".body.event.data | if .type == \"incident\" then .id else .incident.id // \"none\" end"),
        mapping(identifier=ID, filter='.body.event.data.id != null', title=".body.event.data.type"),
        mapping(identifier=".body.event.id"),
        mapping(filter=INCIDENTS, identifier=ID, properties={"priority": ".body.event.data.priority.summary"}),
        mapping(filter=INCIDENTS, identifier=ID, relations={"service": ".body.event.data.service.id"}),
        mapping(items=".body.incidents", identifier=".item.id", properties={"number": ".item.incident_number"}),
        mapping(identifier=".body.event.data.identifier", title=".body.event.data.properties.title"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_right_for_them_has_no_fault(found):
    assert of(found) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".body.event.data.description", "`.body.event.data.description` is in no known delivery, so this is null"),
        (
            ".body.event.data.assignments | map(.assignee.email) | first",
            "`.body.event.data.assignments` is in no known delivery, so this fails: Cannot iterate over null (null)",
        ),
        (".body.event.data.number | .[0]", "this fails on every known delivery: Cannot index number with number (0)"),
    ],
)
def test_what_no_event_has(text: str, message: str):
    found = mapping(filter=INCIDENTS, identifier=ID, properties={"priority": text, "number": ".body.event.data.number"})

    assert [said for _, said in of(found)] == [message]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('.body.event.event_type == "incident.trigger"', 'did you mean "incident.triggered"?'),
        ('.body.event.data.type == "service" and .body.event.event_type != "service.delete"', "did you mean"),
        ('.body.event.data.type == "alert"', "it is one of incident, incident_action_invocation, "),
    ],
)
def test_an_event_that_never_comes(text: str, hint: str):
    ((code, _, _, said),) = told(mapping(filter=text, identifier=ID), security=SIGNED)

    assert (code, said.splitlines()[2][: len(hint)]) == ("never-passes", hint)


def test_a_priority_is_an_object():
    found = mapping(filter=INCIDENTS, identifier=ID, properties={"priority": ".body.event.data.priority"})

    assert of(found) == [
        ("value-misfit", "gives an object, but property 'priority' is a text: take `.summary`"),
    ]


def test_a_page_of_the_rest_api_is_no_event():
    found = mapping(items=".body.incidents", identifier=".item.id", properties={"number": ".item.number"})

    assert of(found) == [("unknown-path", "`.item.number` is in no known delivery, so this is null")]
