"""Port's API as a catalog: few requests, the right ones, and nothing in them that does not belong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builders import blueprint, state, webhook
from port_fake import CLIENT, Fault, PortFake, fake_port, instead
from portside.catalogs.client.credentials import Credentials
from portside.catalogs.client.session import Session
from portside.catalogs.port import PortCatalog
from portside.errors import CatalogHeld, CatalogRefused
from portside.model.resource import Kind, Ref, Resource, State
from portside.plans.apply import Done, apply
from portside.plans.dangers import Allowance, Danger, Loss
from portside.plans.plan import Action, Plan, Step, plan
from portside.plans.resending import resending

SERVICE = Ref(Kind.BLUEPRINT, "service")
SIGNED = {"secret": "${HOOK_SECRET}", "signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256"}
PLANTED = "planted-hook-secret"


@pytest.fixture
def fake() -> Iterator[PortFake]:
    with fake_port() as found:
        yield found


Opened = Callable[..., PortCatalog]


@pytest.fixture
def opened(fake: PortFake, tmp_path: Path) -> Iterator[Opened]:
    """Opens a client of the fake; `told` hears what it says."""
    catalogs = []

    def opens(told: list[str] | None = None, **more: Any) -> PortCatalog:
        tell = (told if told is not None else []).append
        session = Session(fake.base, lambda: Credentials(*CLIENT.values()), tell=tell, wait=lambda _: None, **more)
        catalogs.append(PortCatalog(session, "port", held_at=tmp_path / "lock", secrets={"HOOK_SECRET": PLANTED}))
        return catalogs[-1]

    yield opens
    for catalog in catalogs:
        catalog.close()


@pytest.fixture
def catalog(opened: Opened) -> PortCatalog:
    return opened()


def holding(fake: PortFake, *resources: Resource) -> None:
    fake.catalog.held = {one.ref: dict(one.body) for one in resources}


def planned(catalog: PortCatalog, desired: State, *allowed: str) -> Plan:
    allowances = tuple(Allowance(name) for name in allowed)
    return plan(catalog.read(), desired, prune=True, allowed=allowances, count=catalog.count)


def applied(catalog: PortCatalog, found: Plan) -> int:
    return sum(isinstance(event, Done) for event in apply(found, catalog))


def test_a_plan_takes_two_requests_and_a_token(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("service"), webhook("hook", "service"))

    planned(catalog, state(blueprint("service", title="S"), blueprint("team")))

    assert fake.log == ["POST /v1/auth/access_token 200", "GET /v1/blueprints 200", "GET /v1/webhooks 200"]


def test_a_step_takes_one_read_one_write_and_one_read_back(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("a/b"), blueprint("gone"))
    found = planned(catalog, state(blueprint("a/b", title="S"), blueprint("team")), "deletes-blueprint")
    before = len(fake.log)

    applied(catalog, found)

    one = "/v1/blueprints/a%2Fb"
    reading = ["GET /v1/blueprints 200", "GET /v1/webhooks 200"]
    assert sorted(fake.log[before:]) == sorted(
        [
            "GET /v1/blueprints/gone/entities-count 200", *reading,
            f"GET {one} 200", f"PUT {one} 200", f"GET {one} 200",
            "GET /v1/blueprints/team 404", "POST /v1/blueprints 201", "GET /v1/blueprints/team 200",
            "GET /v1/blueprints/gone 200", "DELETE /v1/blueprints/gone 200", "GET /v1/blueprints/gone 404",
        ]
    )  # fmt: skip


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_address_may_be_written_with_and_without_its_end(fake: PortFake, opened: Opened, path: str):
    fake.base += path

    assert opened().read() == State()


def test_many_steps_at_once_reach_the_end(fake: PortFake, catalog: PortCatalog):
    desired = state(*(blueprint(f"b{number}", to="b0") for number in range(60)))

    applied(catalog, planned(catalog, desired))

    assert (catalog.read(), fake.issued, len(fake.acted)) == (desired, 1, 60)


def test_a_secret_is_sent_when_a_webhook_is_made_and_when_it_first_has_one(fake: PortFake, catalog: PortCatalog):
    holding(fake, webhook("plain"))
    desired = state(webhook("hook", security=SIGNED), webhook("plain", security=SIGNED))

    applied(catalog, planned(catalog, desired))
    applied(catalog, planned(catalog, state(webhook("hook", security=SIGNED, title="T"), *desired.values())))

    assert [body["security"].get("secret") for body in fake.bodies] == [PLANTED, PLANTED]


def test_a_secret_that_is_there_already_is_sent_again_only_when_asked_for(fake: PortFake, catalog: PortCatalog):
    holding(fake, webhook("hook", security=SIGNED))
    desired = state(webhook("hook", security=SIGNED, title="T"))

    applied(catalog, planned(catalog, desired))
    applied(catalog, resending(planned(catalog, desired), catalog.read(), desired))

    assert [(body["title"], body["security"].get("secret")) for body in fake.bodies] == [("T", None), ("T", PLANTED)]


def test_a_webhook_that_changes_and_gets_its_secret_again_takes_two_steps():
    live, desired = state(webhook("hook", security=SIGNED)), state(webhook("hook", security=SIGNED, title="T"))

    found = resending(plan(live, desired), live, desired)

    assert [(step.action, step.because) for step in found.steps] == [
        (Action.UPDATE, ""),
        (Action.UPDATE, "sends its secret again"),
    ]
    assert (len(found.changes), found.notes) == (1, ("webhook/hook gets its secret again",))
    assert resending(plan(live, desired), live, desired, only=("blueprint/*",)) == plan(live, desired)


def test_a_secret_without_a_value_stops_the_step_before_anything_is_sent(fake: PortFake, catalog: PortCatalog):
    security = {**SIGNED, "secret": "${NOT_SET}"}

    with pytest.raises(CatalogRefused) as error:
        applied(catalog, planned(catalog, state(webhook("hook", security=security))))

    said = "step 1 of 1, webhook/hook: its secret is needed, and the variable NOT_SET is not set"
    assert (str(error.value), fake.acted) == (said, [])


def test_a_secret_that_the_server_quotes_is_not_told(fake: PortFake, catalog: PortCatalog):
    words = {"error": "invalid", "message": f"secret '{PLANTED}' is too short"}
    fake.faults = [Fault("POST /v1/webhooks", instead(422, words))]

    with pytest.raises(CatalogRefused) as error:
        applied(catalog, planned(catalog, state(webhook("hook", security=SIGNED))))

    assert str(error.value).endswith("422 invalid: secret '***' is too short")


def test_a_key_that_port_does_not_take_back_is_left_out_and_said(fake: PortFake, opened: Opened):
    told: list[str] = []
    catalog = opened(told)
    numbers = iter(range(100))
    fake.gives = lambda: {"revision": next(numbers), "kept": "k"}
    fake.refuses = frozenset({"revision"})
    holding(fake, blueprint("service", kept="k"))
    desired = state(blueprint("service", title="T"))

    applied(catalog, _steady(fake, catalog, desired))

    assert told == ["blueprint/service: Port sets 'revision' itself and does not take it back; left out"]
    assert [(body["title"], body["kept"], "revision" in body) for body in fake.bodies] == [("T", "k", False)]


def _steady(fake: PortFake, catalog: PortCatalog, desired: State) -> Plan:
    """A plan on ground that does not move: the key changes only when something is written."""
    fake.gives = lambda: {"revision": len(fake.acted), "kept": "k"}
    return planned(catalog, desired)


def test_a_key_that_port_refuses_and_that_it_never_gave_is_an_error(fake: PortFake, catalog: PortCatalog):
    fake.refuses = frozenset({"mine"})

    with pytest.raises(CatalogRefused) as error:
        applied(catalog, planned(catalog, state(blueprint("service", mine=1))))

    assert "422 invalid_request: body must NOT have additional properties: 'mine'" in str(error.value)


def test_rule_results_are_patched(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("_rule_result", properties={"result": "string"}))
    desired = state(blueprint("_rule_result", properties={"result": "string", "mine": "string"}))

    applied(catalog, planned(catalog, desired))

    assert fake.requests("P")[1:] == ["PATCH /v1/blueprints/_rule_result 200"]


ENTITIES = [
    {"identifier": "a", "properties": {"tier": "gold", "n": 1}, "relations": {"to": ["x", "y"]}},
    {"identifier": "b", "properties": {"tier": "lead", "n": 2}, "relations": {"to": ["x"]}},
    {"identifier": "c", "properties": {"tier": None}, "relations": {"to": None}},
]
COUNTS = {
    "deletes-blueprint": (Danger("deletes-blueprint", SERVICE), 3),
    "removes-aggregation": (Danger("removes-aggregation", SERVICE, "n"), 3),
    "removes-property": (Danger("removes-property", SERVICE, "tier"), 2),
    "changes-type": (Danger("changes-type", SERVICE, "tier"), 2),
    "changes-format": (Danger("changes-format", SERVICE, "tier"), 2),
    "narrows-enum": (Danger("narrows-enum", SERVICE, "tier", values=("lead",)), 1),
    "narrows-values": (Danger("narrows-values", SERVICE, "n", definition={"type": "number", "minimum": 2}), 1),
    "new-required-property": (Danger("new-required-property", SERVICE, "tier"), 1),
    "removes-relation": (Danger("removes-relation", SERVICE, "to"), 2),
    "retargets-relation": (Danger("retargets-relation", SERVICE, "to"), 2),
    "new-required-relation": (Danger("new-required-relation", SERVICE, "to"), 1),
    "many-to-one": (Danger("many-to-one", SERVICE, "to"), 1),
}


@pytest.mark.parametrize(("danger", "values"), COUNTS.values(), ids=COUNTS.keys())
def test_a_danger_is_counted_in_two_requests_at_most(fake: PortFake, catalog: PortCatalog, danger: Danger, values: int):
    fake.entities = {"service": ENTITIES}

    assert catalog.count(danger) == Loss(values, 3)
    assert len(fake.log) - 1 <= 2


def test_a_danger_to_no_entity_takes_one_request(fake: PortFake, catalog: PortCatalog):
    assert catalog.count(Danger("removes-property", SERVICE, "tier")) == Loss(0, 0)
    assert fake.log[1:] == ["GET /v1/blueprints/service/entities-count 200"]


def test_pages_are_followed_and_what_takes_too_many_is_not_counted(fake: PortFake, catalog: PortCatalog):
    danger = Danger("removes-property", SERVICE, "tier")
    fake.entities = {"service": [{"identifier": str(n), "properties": {"tier": 1}} for n in range(2001)]}

    assert catalog.count(danger) == Loss(2001, 2001)

    fake.entities = {"service": [{"identifier": str(n), "properties": {"tier": 1}} for n in range(20_001)]}
    assert catalog.count(danger) is None


@pytest.mark.parametrize("answer", [instead(422), instead(403), instead(200, {"ok": True, "entities": [{}]})])
def test_what_port_does_not_count_is_unknown(fake: PortFake, catalog: PortCatalog, answer: Any):
    fake.entities = {"service": ENTITIES}
    fake.faults = [Fault("POST /v1/blueprints/service/entities/search", answer)]

    assert catalog.count(Danger("removes-property", SERVICE, "tier")) is None


def test_a_value_that_was_asked_for_and_did_not_come_makes_no_nought(fake: PortFake, catalog: PortCatalog):
    fake.entities = {"service": ENTITIES}
    entities = [{"identifier": "a", "properties": {}}]
    answer = instead(200, {"ok": True, "entities": entities})
    fake.faults = [Fault("POST /v1/blueprints/service/entities/search", answer)]

    assert catalog.count(COUNTS["narrows-enum"][0]) is None


def test_a_blueprint_goes_with_its_entities_and_is_waited_for(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("service"), blueprint("other"))
    fake.entities = {"service": ENTITIES}

    applied(catalog, planned(catalog, state(blueprint("other")), "deletes-blueprint"))

    assert fake.requests("DELETE", "GET /v1/migrations") == [
        "DELETE /v1/blueprints/service 409",
        "DELETE /v1/blueprints/service/all-entities 200",
        "GET /v1/migrations/m1 200",
        "GET /v1/migrations/m1 200",
    ]
    assert catalog.read() == state(blueprint("other"))


def test_entities_stay_where_another_blueprint_keeps_theirs(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("service"), blueprint("other", to="service"))
    fake.entities = {"service": ENTITIES}

    with pytest.raises(CatalogRefused) as error:
        catalog.perform(Step(Action.DELETE, SERVICE))

    assert (error.value.reason, fake.entities) == ("has_dependents", {"service": ENTITIES})


def test_a_migration_that_fails_leaves_the_step_unknown(fake: PortFake, catalog: PortCatalog):
    holding(fake, blueprint("service"))
    fake.entities = {"service": ENTITIES}
    fake.migrations = ["RUNNING", "FAILURE"]

    with pytest.raises(CatalogRefused) as error:
        catalog.perform(Step(Action.DELETE, SERVICE))

    said = "the entities of blueprint/service were not all deleted: migration m1 ended as FAILURE"
    assert (str(error.value), error.value.reason) == (said, "altered")


def test_a_catalog_is_held_by_one_process_of_a_machine(opened: Opened):
    with opened().hold("ana@laptop"), pytest.raises(CatalogHeld, match="held by ana@laptop"), opened().hold("bo"):
        pass


def test_nothing_is_asked_before_something_is_needed(fake: PortFake, opened: Opened):
    with opened().hold("ana"):
        pass

    assert fake.log == []
