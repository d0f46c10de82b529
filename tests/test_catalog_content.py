"""The PagerDuty catalog in this repository: what its mappings make of what PagerDuty sends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portside.files import folder
from portside.files.layout import laid_out
from portside.files.written import Text
from portside.goldens import cases, verdicts
from portside.goldens.fold import fold
from portside.mappings import delivery, evaluate
from portside.model.blueprint import blueprints
from portside.model.entity import Remove, Upsert
from portside.model.resource import Kind, Resource, State
from portside.model.webhook import Webhook

ROOT = Path(__file__).parents[1]
STATE = State(Resource.of(one.kind, one.body, one.source) for one in folder.read(ROOT).declared)
BLUEPRINTS = blueprints(STATE)
WEBHOOKS = {resource.ref.identifier: Webhook(resource) for resource in STATE.of_kind(Kind.WEBHOOK)}
EVENTS = ROOT / "mappings/pagerdutyMapper/cases"
PAGES = ROOT / "mappings/pagerdutyHistory/cases"

SUBSCRIBABLE = {
    *(
        f"incident.{name}"
        for name in (
            "acknowledged", "action_invocation.created", "action_invocation.terminated", "action_invocation.updated",
            "annotated", "conference_bridge.updated", "custom_field_values.updated", "delegated", "escalated",
            "incident_type.changed", "priority_updated", "reassigned", "reopened", "resolved", "responder.added",
            "responder.replied", "role.assigned", "service_updated", "status_update_published", "task.completed",
            "task.created", "task.updated", "triggered", "unacknowledged", "workflow.completed", "workflow.started",
        )
    ),
    "service.created",
    "service.custom_field_values.updated",
    "service.deleted",
    "service.updated",
}  # fmt: skip
"""The 30 event types of PagerDuty's v3 webhooks (its overview page)."""

ONLY_EVENTS = {"conference_url", "conference_number"}
"""What a list of incidents carries only when it is asked to."""


def payloads(where):
    return sorted(where.glob("*.json"))


def event(path):
    return json.loads(path.read_bytes())["event"]


def outcome(webhook, path):
    return evaluate.evaluate(WEBHOOKS[webhook], delivery.kept(path.read_bytes()), BLUEPRINTS)


def entities(webhook, *paths):
    """Every entity that is left after the deliveries, nulls included."""
    found = {}
    for path in paths:
        for change in outcome(webhook, path).changes:
            stored = found.setdefault((change.blueprint, change.identifier), {"properties": {}})
            properties = {**stored["properties"], **change.fields.get("properties", {})}
            found[change.blueprint, change.identifier] = {**stored, **change.fields, "properties": properties}
    return found


def test_there_is_a_case_for_every_event_type_and_the_test_event():
    assert {event(path)["event_type"] for path in payloads(EVENTS)} == SUBSCRIBABLE | {"pagey.ping"}


def test_each_case_is_named_by_its_event():
    assert [path.name for path in payloads(EVENTS) if path.stem.partition("~")[0] != event(path)["event_type"]] == []


@pytest.mark.parametrize("path", payloads(EVENTS), ids=lambda path: path.stem)
def test_only_an_event_whose_data_is_an_incident_or_a_service_becomes_one(path):
    data = event(path)["data"]
    expected = {"incident": ("pagerdutyIncident", data.get("id")), "service": ("pagerdutyService", data.get("id"))}

    touched = {(change.blueprint, change.identifier) for change in outcome("pagerdutyMapper", path).changes}

    assert touched == ({expected[data["type"]]} if data["type"] in expected else set())


@pytest.mark.parametrize("path", [*payloads(EVENTS), *payloads(PAGES)], ids=lambda path: path.stem)
def test_port_would_swallow_nothing(path):
    webhook = path.parents[1].name

    assert outcome(webhook, path).swallowed == ()


@pytest.mark.parametrize("path", sorted(EVENTS.glob("service.deleted*.json")), ids=lambda path: path.stem)
def test_a_deleted_service_goes_and_leaves_its_incidents(path):
    changes = outcome("pagerdutyMapper", path).changes

    assert [(type(change), change.blueprint, change.identifier, change.dependents) for change in changes] == [
        (Remove, "pagerdutyService", event(path)["data"]["id"], False)
    ]


def test_an_incident_is_the_same_whether_an_event_or_a_page_tells_of_it():
    events = entities("pagerdutyMapper", EVENTS / "incident.resolved.json", EVENTS / "incident.resolved~merged.json")
    pages = entities("pagerdutyHistory", PAGES / "incidents.json")

    for told in events.values():
        told["properties"] = {key: value for key, value in told["properties"].items() if key not in ONLY_EVENTS}
    assert events == {ref: pages[ref] for ref in events}


def test_a_service_is_the_same_whether_an_event_or_a_page_tells_of_it():
    events = entities("pagerdutyMapper", EVENTS / "service.updated.json", EVENTS / "service.created.json")
    pages = entities("pagerdutyHistory", PAGES / "services.json")

    assert events == {ref: pages[ref] for ref in events}


def test_events_and_pages_fill_the_same_properties():
    def filled(webhook, blueprint):
        mappings = [mapping for mapping in WEBHOOKS[webhook].mappings if mapping.blueprint == blueprint]
        return {key for mapping in mappings for key in mapping.entity.get("properties", {})}

    for blueprint in ("pagerdutyService", "pagerdutyIncident"):
        assert filled("pagerdutyMapper", blueprint) == set(BLUEPRINTS[blueprint].properties)
        assert filled("pagerdutyHistory", blueprint) == set(BLUEPRINTS[blueprint].properties) - ONLY_EVENTS


def test_a_page_leaves_what_only_events_carry():
    told = entities("pagerdutyMapper", EVENTS / "incident.triggered.json")
    page = outcome("pagerdutyHistory", PAGES / "incidents.json")

    after = fold(told, page.changes, BLUEPRINTS)

    kept = after["pagerdutyIncident", "Q0ZXY5LR4ATFK8"]["properties"]
    assert (kept["conference_url"], kept["status"]) == ("https://meet.example.com/inc-room", "resolved")


def test_an_event_on_a_resolved_incident_leaves_the_time_of_its_resolution():
    resolved = entities("pagerdutyMapper", EVENTS / "incident.resolved.json")
    later = event(EVENTS / "incident.priority_updated.json")
    body = {"event": {**later, "data": {**later["data"], "status": "resolved"}}}
    found = evaluate.evaluate(WEBHOOKS["pagerdutyMapper"], delivery.kept(json.dumps(body).encode()), BLUEPRINTS)

    after = fold(resolved, found.changes, BLUEPRINTS)

    assert after["pagerdutyIncident", "Q0ZXY5LR4ATFK8"]["properties"]["resolved_at"] == "2026-03-02T10:31:18Z"


def test_an_old_delivery_may_hold_a_conference_number_that_is_a_number():
    triggered = event(EVENTS / "incident.triggered.json")
    bridge = {"conference_number": 1000, "conference_url": "https://example.com"}
    body = {"event": {**triggered, "data": {**triggered["data"], "conference_bridge": bridge}}}

    (change,) = evaluate.evaluate(
        WEBHOOKS["pagerdutyMapper"], delivery.kept(json.dumps(body).encode()), BLUEPRINTS
    ).changes

    assert change.fields["properties"]["conference_number"] == "1000"


@pytest.mark.parametrize("webhook", WEBHOOKS)
def test_either_webhook_drops_what_is_meant_for_the_other(webhook):
    other = PAGES if webhook == "pagerdutyMapper" else EVENTS

    assert [path.name for path in payloads(other) if outcome(webhook, path).changes] == []


def test_every_golden_of_this_repository_holds():
    found, problems = cases.discover(ROOT)
    judged, lost = verdicts.of(found, WEBHOOKS, BLUEPRINTS)

    assert [(one.case.identifier, one.kind, one.objections) for one in judged if not one.holds] == []
    assert (*problems, *lost) == ()


def test_every_incident_belongs_to_its_service():
    changes = [change for path in payloads(PAGES) for change in outcome("pagerdutyHistory", path).changes]
    incidents = [change for change in changes if isinstance(change, Upsert) and change.blueprint == "pagerdutyIncident"]

    assert [one.identifier for one in incidents if not one.fields["relations"]["pagerdutyService"]] == []


@pytest.mark.parametrize("resource", STATE.values(), ids=lambda resource: str(resource.ref))
def test_fmt_would_leave_every_file_as_it_is(resource):
    text = (ROOT / resource.source.path).read_text()

    assert laid_out(Text(text, json=False), resource.ref.kind) == text
