"""What PagerDuty sends: its events, each kind of data with its fields, and its REST lists, as sample deliveries. Pure.

The one rule: an entry says what PagerDuty documents (v3 webhooks, REST API), and a sample is one that it could send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from portside.model.resource import JSON, Body

MOMENT, LINK = "2026-03-02T09:14:07Z", "https://acme.pagerduty.com/x"


class _Maybe:
    """A field that may be null (`null`), or not there at all; `value` otherwise."""

    def __init__(self, value: JSON | _Maybe | _One, *, absent: bool = False) -> None:
        self.value, self.absent = value, absent


class _One:
    """A field that has one of a few values."""

    def __init__(self, *values: JSON) -> None:
        self.values = values


def _reference(kind: str, identifier: str, summary: str) -> Body:
    link = _Maybe(LINK)
    return {
        "id": identifier,
        "type": f"{kind}_reference",
        "summary": _Maybe(summary),
        "self": link,
        "html_url": link,
    }


_USER = _reference("user", "PBBQA2E", "Ada Nwosu")
_TEAMS = [_reference("team", "P9X6EQ4", "Payments")]
_SERVICE = _reference("service", "PYZE8K6", "checkout-api")
_POLICY = _reference("escalation_policy", "PD9ILMB", "Payments Primary")
_INCIDENT = _reference("incident", "Q0ZXY5LR4ATFK8", "Checkout error rate")
_PRIORITY = _reference("priority", "PBWWLF4", "P1")
_STATUS = _One("triggered", "acknowledged", "resolved")
_URGENCY = _One("high", "low")
_CREATES = _One("create_alerts_and_incidents", "create_incidents")
_MERGED = _Maybe({"type": "merge_resolve_reason", "incident": _INCIDENT})
_BRIDGE = _Maybe({"conference_number": _Maybe("+1 415-555-1212,,,,1234#"), "conference_url": _Maybe(LINK)})
_FIELD = {
    "id": "PT4KHEE",
    "name": "region",
    "type": "field_value",
    "data_type": _One("string", "boolean", "integer", "float", "datetime", "url"),
    "field_type": _One("single_value", "single_value_fixed", "multi_value", "multi_value_fixed"),
    "value": _Maybe(_One("eu-west-1", ["eu-west-1", "us-east-1"])),
}
_FIELDS = {"custom_fields": [{**_FIELD, "namespace": _Maybe("incidents", absent=True)}]}
_CHANGED = {"changed_custom_fields": _FIELDS["custom_fields"]}

DATA: Mapping[str, Body] = {
    "incident": {
        "id": "Q0ZXY5LR4ATFK8",
        "self": LINK,
        "html_url": LINK,
        "number": 1842,
        "status": _STATUS,
        "incident_key": _Maybe("76226e236a23e238"),
        "created_at": MOMENT,
        "reopened_at": _Maybe(MOMENT, absent=True),
        "title": "Checkout error rate above 5%",
        "service": _SERVICE,
        "assignees": [_USER],
        "escalation_policy": _POLICY,
        "teams": _TEAMS,
        "priority": _Maybe(_PRIORITY),
        "urgency": _URGENCY,
        "conference_bridge": _BRIDGE,
        "resolve_reason": _MERGED,
        "incident_type": _Maybe({"name": "incident_default"}, absent=True),
    },
    "incident_note": {"id": "PNOTE01", "incident": _INCIDENT, "content": "Rolled back.", "trimmed": False},
    "incident_status_update": {"id": "PUPD001", "incident": _INCIDENT, "message": "Rolled back.", "trimmed": False},
    "incident_responder": {
        "incident": _INCIDENT,
        "user": _Maybe(_USER, absent=True),
        "escalation_policy": _Maybe(_POLICY, absent=True),
        "message": _Maybe("Please help"),
        "state": _One("pending", "joined", "declined", "user_cancelled"),
    },
    "incident_conference_bridge": {
        "incident": _INCIDENT,
        "conference_numbers": [{"label": _Maybe("US"), "number": "+1 415-555-1212"}],
        "conference_url": _Maybe(LINK),
    },
    "incident_field_values": {"incident": _INCIDENT, **_FIELDS, **_CHANGED},
    "incident_role_assignment": {
        "incident_role_assignments": [
            {
                "id": "4f0a7c1e-95b6-4b0e-8a0c-5b8a3a1c2d3e",
                "type": "role_assignment_reference",
                "assignee": _Maybe(_USER),
                "old_assignee": _Maybe(_USER),
                "incident": _INCIDENT,
                "role": {"id": "PROLE01", "summary": _Maybe("Commander"), "type": "role_reference"},
                "status": "active",
            }
        ]
    },
    "incident_task": {
        "id": "PTASK01",
        "name": "Tell the customers",
        "summary": _Maybe("Tell the customers"),
        "description": _Maybe("All of them"),
        "status": "todo",
        "assignees": [_USER],
        "incident": _INCIDENT,
    },
    "incident_action_invocation": {
        "id": "01DF4OA2C9BTTW5HG9QX8GLNIZ",
        "self": _Maybe(LINK),
        "html_url": _Maybe(LINK),
        "incident": _INCIDENT,
        "action": _reference("action", "01DF4O7T0VTGHW2R7Z7R2C4G3X", "Restart"),
        "state": _One("prepared", "created", "sent", "queued", "running", "aborted", "completed", "error", "unknown"),
    },
    "incident_workflow_instance": {
        "id": "P3SNKQS",
        "summary": _Maybe("Major incident"),
        "incident_workflow": _reference("incident_workflow", "PSFEVL7", "Major incident"),
        "workflow_trigger": _reference("workflow_trigger", "06a8d7d1-1a5b-4b5e-9a1c-3d5e7f9a1b2c", "Manual"),
        "incident": _INCIDENT,
        "service": _SERVICE,
    },
    "service": {
        "id": "PYZE8K6",
        "self": LINK,
        "html_url": LINK,
        "summary": "checkout-api",
        "alert_creation": _CREATES,
        "teams": _TEAMS,
    },
    "service_field_values": {"service": _SERVICE, **_FIELDS, **_CHANGED},
    "ping": {"message": "Hello from your friend Pagey!"},
}
"""Each kind of `data`: its fields beside `type`."""

_OF_INCIDENT = {
    "incident": (
        "triggered acknowledged unacknowledged resolved reopened reassigned escalated delegated priority_updated "
        "service_updated incident_type.changed"
    ),
    "incident_note": "annotated",
    "incident_status_update": "status_update_published",
    "incident_responder": "responder.added responder.replied",
    "incident_conference_bridge": "conference_bridge.updated",
    "incident_field_values": "custom_field_values.updated",
    "incident_role_assignment": "role.assigned",
    "incident_task": "task.created task.updated task.completed",
    "incident_action_invocation": "action_invocation.created action_invocation.updated action_invocation.terminated",
    "incident_workflow_instance": "workflow.started workflow.completed",
}
EVENTS: Mapping[str, str] = {
    **{f"incident.{name}": kind for kind, found in _OF_INCIDENT.items() for name in found.split()},
    "service.created": "service",
    "service.updated": "service",
    "service.deleted": "service",
    "service.custom_field_values.updated": "service_field_values",
    "pagey.ping": "ping",
}
"""Every event by name, with the kind of its data: the 30 that can be subscribed to, and the test event."""

_ALWAYS: Mapping[str, Body] = {
    "incident.triggered": {"status": "triggered"},
    "incident.acknowledged": {"status": "acknowledged"},
    "incident.unacknowledged": {"status": "triggered"},
    "incident.resolved": {"status": "resolved"},
    "incident.reopened": {"status": "triggered", "reopened_at": MOMENT},
}
"""What an event says more of its data than the kind does."""
_BARE, _GONE = "service.deleted", {"id": "PYZE8K6", "type": "service"}
"""Of a deleted service only these two are certain."""
_ENVELOPE: Body = {
    "id": "01DEN4HPBQAAAG05V5QQYBRZMF",
    "occurred_at": "2026-03-02T09:14:07.414Z",
    "agent": _Maybe(_USER),
    "client": _Maybe({"name": "PagerDuty"}),
}

_SERVICE_LISTED: Body = {
    "id": "PYZE8K6",
    "type": "service",
    "summary": "checkout-api",
    "self": LINK,
    "html_url": LINK,
    "name": "checkout-api",
    "description": _Maybe("Checkout HTTP API"),
    "created_at": "2024-05-16T18:37:20+02:00",
    "updated_at": _Maybe("2025-11-07T10:33:57+02:00"),
    "status": _One("active", "warning", "critical", "maintenance", "disabled"),
    "teams": _TEAMS,
    "alert_creation": _CREATES,
    "addons": [],
    "scheduled_actions": [],
    "support_hours": _Maybe(
        {"type": "fixed_time_per_day", "time_zone": "UTC", "start_time": "09:00:00", "end_time": "17:00:00"}
    ),
    "last_incident_timestamp": _Maybe(MOMENT),
    "escalation_policy": _POLICY,
    "incident_urgency_rule": {"type": _One("constant", "use_support_hours"), "urgency": _Maybe("high", absent=True)},
    "acknowledgement_timeout": _Maybe(1800),
    "auto_resolve_timeout": _Maybe(14400),
    "alert_grouping": _Maybe("time"),
    "alert_grouping_timeout": _Maybe(5),
    "alert_grouping_parameters": _Maybe({"type": _Maybe("time"), "config": _Maybe({"timeout": 300})}),
    "auto_pause_notifications_parameters": _Maybe({"enabled": False, "timeout": _Maybe(300)}),
    "integrations": [_reference("events_api_v2_inbound_integration", "PMNCNZ1", "Events API v2")],
    "response_play": _Maybe(_reference("response_play", "PPLAY01", "Play")),
}
_PERSON = {**_USER, "email": _Maybe("ada@acme.example", absent=True), "name": _Maybe("Ada Nwosu", absent=True)}
_INCIDENT_LISTED: Body = {
    "id": "Q0ZXY5LR4ATFK8",
    "type": "incident",
    "summary": "[#1842] Checkout error rate above 5%",
    "self": LINK,
    "html_url": LINK,
    "incident_number": 1842,
    "title": "Checkout error rate above 5%",
    "description": "Checkout error rate above 5%",
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "status": _STATUS,
    "incident_key": _Maybe("76226e236a23e238"),
    "service": _SERVICE,
    "assignments": [{"at": MOMENT, "assignee": _PERSON}],
    "assigned_via": _One("escalation_policy", "direct_assignment"),
    "last_status_change_at": MOMENT,
    "resolved_at": _Maybe(MOMENT),
    "first_trigger_log_entry": _Maybe(_reference("trigger_log_entry", "RS49PJ96ARB5LM6YL", "Triggered")),
    "alert_counts": {"all": 0, "triggered": 0, "resolved": 0},
    "is_mergeable": True,
    "incident_type": _Maybe({"name": "incident_default"}, absent=True),
    "escalation_policy": _POLICY,
    "teams": _TEAMS,
    "pending_actions": [{"type": _One("escalate", "unacknowledge", "resolve", "urgency_change"), "at": MOMENT}],
    "acknowledgements": [{"at": MOMENT, "acknowledger": _PERSON}],
    "basic_alert_grouping": _Maybe(None),
    "alert_grouping": _Maybe({"grouping_type": "basic", "started_at": MOMENT, "ended_at": _Maybe(MOMENT)}),
    "last_status_change_by": _USER,
    "priority": _Maybe(
        {**_PRIORITY, "type": "priority", "name": "P1", "color": "a8171c", "description": "", "order": 1}
    ),
    "resolve_reason": _Maybe(_MERGED, absent=True),
    "incidents_responders": [],
    "responder_requests": [],
    "subscriber_requests": [],
    "conference_bridge": _Maybe(_BRIDGE, absent=True),
    "body": _Maybe({"type": "incident_body", "details": _Maybe("")}, absent=True),
    "urgency": _URGENCY,
}
_PAGE = {"limit": 25, "offset": 0, "more": False, "total": _Maybe(1)}
LISTS: Mapping[str, Body] = {
    "services": {"services": [_SERVICE_LISTED], **_PAGE},
    "incidents": {"incidents": [_INCIDENT_LISTED], **_PAGE},
}
"""Pages of the REST API that people post to a webhook to fill a catalog, by the key that holds their list."""


@cache
def events() -> tuple[tuple[str, Body], ...]:
    """Bodies by the name of their event: for each with all that can be there, and with the least.

    The several values that a field can have are spread over the events of one kind.
    """
    named = {kind: [name for name, one in EVENTS.items() if one == kind] for kind in DATA}
    return tuple(one for kind, names in named.items() for one in _of_kind(names, {**DATA[kind], "type": kind}))


def _of_kind(names: list[str], shape: Body) -> Iterator[tuple[str, Body]]:
    *whole, least = _samples(shape, len(names))
    for turn, data in enumerate(whole):
        name = names[turn % len(names)]
        yield name, _event(name, _filled(_ENVELOPE, 0), {**data, **_filled(_ALWAYS.get(name, {}), turn)})
    for name in names:
        yield (
            name,
            _event(name, _least(_ENVELOPE), _GONE if name == _BARE else {**least, **_least(_ALWAYS.get(name, {}))}),
        )


def _event(name: str, envelope: Body, data: Body) -> Body:
    return {"event": {**envelope, "event_type": name, "resource_type": name.partition(".")[0], "data": data}}


@cache
def pages(key: str) -> tuple[tuple[str, Body], ...]:
    """Pages of a list: as `events`."""
    return tuple((f"a page of GET /{key}", page) for page in _samples(LISTS[key]))


def _samples(shape: Body, times: int = 1) -> Iterator[Body]:
    """The whole shape, at least so many times, until every value of its lists of values was shown; then its least."""
    for turn in range(max(times, *_choices(shape))):
        yield _filled(shape, turn)
    yield _least(shape)


def _choices(shape: object) -> Iterator[int]:
    yield 1
    match shape:
        case _One():
            yield len(shape.values)
        case _Maybe():
            yield from _choices(shape.value)
        case dict() | list():
            for member in shape.values() if isinstance(shape, dict) else shape:
                yield from _choices(member)


def _filled(shape: object, turn: int) -> JSON:
    match shape:
        case _One():
            return shape.values[turn % len(shape.values)]
        case _Maybe():
            return _filled(shape.value, turn)
        case dict():
            return {key: _filled(member, turn) for key, member in shape.items()}
        case list():
            return [_filled(member, turn) for member in shape]
    return shape


def _least(shape: object) -> JSON:
    """Null wherever that may be, no key that need not be, no element."""
    match shape:
        case _One():
            return shape.values[0]
        case _Maybe():
            return None
        case dict():
            there = {key: one for key, one in shape.items() if not (isinstance(one, _Maybe) and one.absent)}
            return {key: _least(member) for key, member in there.items()}
        case list():
            return []
    return shape
