"""A plan onto a catalog: on the ground it was made for, read back, and told step by step."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from builders import blueprint, state, webhook
from catalog_fake import FakeCatalog
from portside.errors import CatalogRefused, CatalogUnreachable, PlanRefused, StalePlan
from portside.model.resource import Kind, Ref, State
from portside.plans.apply import Event, apply, left, stale
from portside.plans.dangers import Allowance, Loss
from portside.plans.plan import Plan, plan

A, B = Ref(Kind.BLUEPRINT, "a"), Ref(Kind.BLUEPRINT, "b")
REMOVES = Allowance("removes-property")


def run(found: Plan, catalog: FakeCatalog) -> list[str]:
    return told(apply(found, catalog))


def told(events: Iterable[Event]) -> list[str]:
    return [f"{type(event).__name__} {event.number} {event.step.action} {event.step.ref}" for event in events]


def planned(catalog: FakeCatalog, desired: State, *allowed: Allowance) -> Plan:
    return plan(catalog.read(), desired, allowed=allowed, count=catalog.count, prune=True)


def test_each_step_is_told_before_and_after_its_write():
    catalog = FakeCatalog()
    found = planned(catalog, state(blueprint("a", to="b"), blueprint("b")))

    assert run(found, catalog) == [
        "Began 1 create blueprint/b",
        "Done 1 create blueprint/b",
        "Began 2 create blueprint/a",
        "Done 2 create blueprint/a",
    ]
    assert catalog.written == list(found.steps)


def test_a_write_that_is_not_answered_is_told_as_begun():
    catalog = FakeCatalog(fails_at=2)
    events = apply(planned(catalog, state(blueprint("a"), blueprint("b"), blueprint("c"))), catalog)

    seen: list[str] = []
    with pytest.raises(CatalogUnreachable):
        seen.extend(f"{type(event).__name__} {event.number}" for event in events)

    assert seen == ["Began 1", "Done 1", "Began 2", "Failed 2"]


def test_a_plan_with_a_danger_that_nobody_allowed_is_not_begun():
    catalog = FakeCatalog.of([blueprint("a", properties={"p": "string"})])

    with pytest.raises(PlanRefused) as refused:
        run(planned(catalog, state(blueprint("a"))), catalog)

    assert str(refused.value) == (
        "this plan is refused: removes-property blueprint/a.p, the catalog cannot say how many entities it touches; "
        "to go on: --allow removes-property:blueprint/a.p"
    )
    assert catalog.written == []


def test_an_allowance_does_not_cover_what_came_since():
    catalog = FakeCatalog.of([blueprint("a", properties={"p": "string"})])
    catalog.losses = {("removes-property", "p"): Loss(212, 300)}
    found = planned(catalog, state(blueprint("a")), REMOVES)
    catalog.losses = {("removes-property", "p"): Loss(213, 301)}

    with pytest.raises(PlanRefused) as refused:
        run(found, catalog)

    assert str(refused.value) == (
        "more is at stake than when this plan was made: "
        "removes-property blueprint/a.p "
        "(then 212 of 300 entities have a value; now 213 of 301 entities have a value); plan again"
    )


def test_what_was_harmless_is_counted_again_too():
    catalog = FakeCatalog.of([blueprint("a", properties={"p": "string"})])
    catalog.losses = {("removes-property", "p"): Loss(0, 300)}
    found = planned(catalog, state(blueprint("a")))
    catalog.losses = {("removes-property", "p"): Loss(1, 300)}

    with pytest.raises(PlanRefused, match="then no entity has a value; now 1 of 300 entities has a value"):
        run(found, catalog)


def test_a_plan_whose_dangers_shrank_is_applied():
    catalog = FakeCatalog.of([blueprint("a", properties={"p": "string"})])
    catalog.losses = {("removes-property", "p"): Loss(9, 9)}
    found = planned(catalog, state(blueprint("a")), REMOVES)
    catalog.losses = {("removes-property", "p"): Loss(0, 9)}

    run(found, catalog)

    assert catalog.read() == state(blueprint("a"))


def test_a_stale_plan_says_what_moved():
    catalog = FakeCatalog.of([blueprint("a"), blueprint("b")])
    found = planned(catalog, state(blueprint("a", description="new"), blueprint("b", to="a")))
    catalog.edit(A, title="Svc")

    with pytest.raises(StalePlan) as refused:
        run(found, catalog)

    assert str(refused.value) == 'blueprint/a changed since this plan (title: "A" → "Svc"); plan again'
    assert catalog.written == []


def test_a_plan_stands_on_what_it_points_at():
    catalog = FakeCatalog.of([blueprint("b")])
    found = planned(catalog, state(blueprint("a", to="b"), blueprint("b")))
    catalog.edit(B, title="Else")

    assert [str(moved) for moved in stale(found, catalog.read())] == ["blueprint/b changed since this plan"]


def test_what_came_and_what_went_is_told_apart():
    catalog = FakeCatalog.of([blueprint("b")])
    found = planned(catalog, state(blueprint("a", to="b"), blueprint("b", description="new")))

    assert [str(moved) for moved in stale(found, state(blueprint("a")))] == [
        "blueprint/a was created since this plan",
        "blueprint/b was deleted since this plan",
    ]


def test_an_edit_elsewhere_does_not_matter():
    catalog = FakeCatalog.of([blueprint("a"), blueprint("c")])
    found = planned(catalog, state(blueprint("a", description="new"), blueprint("c")))
    catalog.edit(Ref(Kind.BLUEPRINT, "c"), title="Else")

    assert len(run(found, catalog)) == 2


def test_a_resource_that_is_edited_while_others_are_written_is_not_written():
    catalog = FakeCatalog.of([blueprint("a"), blueprint("b")])
    found = planned(catalog, state(blueprint("a", description="new"), blueprint("b", description="new")))
    catalog.before_write = lambda number: catalog.edit(B, title="Mine") if number == 1 else None

    with pytest.raises(StalePlan) as refused:
        run(found, catalog)

    assert str(refused.value) == 'blueprint/b changed since this plan (title: "B" → "Mine"); plan again'
    assert [step.ref for step in catalog.written] == [A]


def test_a_second_write_stands_on_the_first():
    catalog = FakeCatalog()
    found = planned(catalog, state(blueprint("a", to="b"), blueprint("b", to="a")))
    catalog.before_write = lambda number: catalog.edit(A, title="Mine") if number == 2 else None

    with pytest.raises(StalePlan) as refused:
        run(found, catalog)

    assert str(refused.value) == 'blueprint/a changed since this plan (title: "A" → "Mine"); plan again'


def test_a_field_that_the_catalog_silently_nulls_is_an_error_at_that_step():
    spec = {"calculationBy": "entities", "func": "count"}
    counting = {"title": "t", "target": "b", "calculationSpec": spec, "pathFilter": [{"path": ["to"]}]}
    catalog = FakeCatalog.of([blueprint("b")], nulls=("aggregationProperties", "open", "pathFilter"))
    desired = state(blueprint("a", to="b", aggregationProperties={"open": counting}), blueprint("b"))

    with pytest.raises(CatalogRefused) as refused:
        run(planned(catalog, desired), catalog)

    assert str(refused.value) == (
        "step 1 of 1, blueprint/a: the catalog answered but aggregationProperties.open.pathFilter is missing"
    )
    assert refused.value.reason == "altered"


def test_a_key_that_the_server_adds_and_no_schema_knows_is_fine():
    catalog = FakeCatalog(adds={"portGrew": {"x": 1}})

    run(planned(catalog, state(blueprint("a"))), catalog)

    assert planned(catalog, state(blueprint("a"))).changes == ()


def test_a_secret_is_sent_and_its_absence_afterwards_is_no_alteration():
    catalog = FakeCatalog()
    desired = state(webhook("w", security={"secret": "${S}", "signatureAlgorithm": "sha1"}))

    run(planned(catalog, desired), catalog)

    assert catalog.held[Ref(Kind.WEBHOOK, "w")]["security"]["secret"] == "${S}"
    assert planned(catalog, desired).changes == ()


def test_a_crash_between_the_two_writes_of_a_type_change_leaves_the_second_to_plan():
    catalog = FakeCatalog.of([blueprint("a", properties={"p": "string"})], fails_at=2)
    desired = state(blueprint("a", properties={"p": "number"}))

    with pytest.raises(CatalogUnreachable):
        run(planned(catalog, desired, Allowance("changes-type")), catalog)

    again = planned(catalog, desired)
    assert [(step.body, step.because) for step in again.steps] == [(desired[A].body, "")]


def test_an_empty_plan_writes_nothing():
    catalog = FakeCatalog.of([blueprint("a")])

    assert run(planned(catalog, state(blueprint("a"))), catalog) == []


def test_nothing_is_left_after_a_plan_and_what_somebody_undid_is():
    catalog = FakeCatalog.of([blueprint("gone")], adds={"portGrew": 1})
    allowed = (Allowance("deletes-blueprint"), Allowance("empties-scope"))
    found = planned(catalog, state(blueprint("a"), blueprint("b")), *allowed)

    run(found, catalog)
    assert left(found, catalog.read()) == ()

    catalog.edit(A, title="Mine")
    del catalog.held[B]
    assert left(found, catalog.read()) == (A, B)
