"""The order of writes: what the catalog accepts, in as few writes as it takes."""

from __future__ import annotations

import pytest

from builders import blueprint, state, webhook
from portside.errors import PlanRefused
from portside.model.resource import Resource
from portside.plans.plan import Action, plan

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
COUNTING = {"calculationBy": "entities", "func": "count"}


def steps(live: list[Resource], desired: list[Resource]) -> list[str]:
    found = plan(state(*live), state(*desired), prune=True)
    return [f"{SIGNS[one.action]} {one.ref}" + (f"  ({one.because})" if one.because else "") for one in found.steps]


def counting(target: str, *way: str) -> dict[str, object]:
    path = {"pathFilter": [{"path": list(way), "fromBlueprint": target}]} if way else {}
    return {"title": "t", "target": target, "calculationSpec": COUNTING, **path}


def test_a_blueprint_is_written_after_those_it_points_at():
    assert steps([], [blueprint("a", to="b"), blueprint("b", to="c"), blueprint("c")]) == [
        "+ blueprint/c",
        "+ blueprint/b",
        "+ blueprint/a",
    ]


def test_blueprints_that_point_at_each_other_get_their_relation_last():
    assert steps([], [blueprint("a", to="b"), blueprint("b", to="a")]) == [
        "+ blueprint/a",
        "+ blueprint/b",
        "~ blueprint/a  (adds to; a and b point at each other)",
    ]


def test_a_blueprint_may_point_at_itself_at_once():
    assert steps([], [blueprint("a", to="a", mirrorProperties={"m": {"path": "to.$title"}})]) == ["+ blueprint/a"]


def test_a_hub_is_cut_and_not_each_of_its_spokes():
    hub = blueprint("hub", relations={one: one for one in "abc"})

    found = steps([], [hub, *(blueprint(one, to="hub") for one in "abc")])

    assert found == [
        "+ blueprint/hub",
        "+ blueprint/a",
        "+ blueprint/b",
        "+ blueprint/c",
        "~ blueprint/hub  (adds a, b and c; a and hub point at each other)",
    ]


def test_an_aggregation_waits_rather_than_the_relation_it_follows():
    incident = blueprint("incident", relations={"service": "service"})
    service = blueprint("service", aggregationProperties={"open": counting("incident", "service")})

    assert steps([], [incident, service]) == [
        "+ blueprint/service",
        "+ blueprint/incident",
        "~ blueprint/service  (adds open; incident and service point at each other)",
    ]


def test_mirrors_and_calculations_wait_with_the_relation_they_hang_on():
    mirrored = {"owner": {"path": "to.$title"}}
    calculated = {"told": {"calculation": ".properties.owner", "type": "string"}}
    a = blueprint("a", to="b", mirrorProperties=mirrored, calculationProperties=calculated)

    found = plan(state(), state(a, blueprint("b", relations={"one": "a", "two": "a"})))

    assert found.steps[0].body == blueprint("a").body
    assert found.steps[2].because == "adds to, owner and told; a and b point at each other"


def test_a_mirror_waits_for_the_property_at_the_end_of_its_path():
    live = [blueprint("a", to="b"), blueprint("b")]
    mirrored = blueprint("a", to="b", mirrorProperties={"m": {"path": "to.tier"}})

    assert steps(live, [mirrored, blueprint("b", properties={"tier": "string"})]) == ["~ blueprint/b", "~ blueprint/a"]


def test_inherited_ownership_waits_for_the_direct_one():
    inherited = blueprint("a", to="b", ownership={"type": "Inherited", "path": "to"})

    assert steps([blueprint("b")], [inherited, blueprint("b", ownership={"type": "Direct"})]) == [
        "~ blueprint/b",
        "+ blueprint/a",
    ]


def test_a_path_that_changes_on_the_way_waits_for_the_change_on_the_way():
    live = [blueprint("m", to="y"), blueprint("x", to="m"), blueprint("y"), blueprint("z", properties={"p": "string"})]
    mirrored = blueprint("a", to="m", mirrorProperties={"n": {"path": "to.to.p"}})

    assert steps(live, [mirrored, blueprint("m", to="z"), *live[1:]]) == [
        "~ blueprint/m  (drops to; a relation's target cannot be changed in place)",
        "~ blueprint/m  (adds to)",
        "+ blueprint/a",
    ]


def test_a_property_gets_another_type_in_two_writes():
    old, new = (blueprint("a", properties={"p": one, "q": "string"}, required=("p",)) for one in ("string", "number"))

    found = plan(state(old), state(new))

    assert [(one.body, one.because) for one in found.steps] == [
        (blueprint("a", properties={"q": "string"}).body, "drops p; a property's type cannot be changed in place"),
        (new.body, "adds p"),
    ]


def test_webhooks_come_after_the_blueprints_they_fill_and_go_before_them():
    assert steps([blueprint("old"), webhook("w", "old")], [blueprint("new"), webhook("v", "new")]) == [
        "- webhook/w",
        "+ blueprint/new",
        "+ webhook/v",
        "- blueprint/old",
    ]


def test_a_webhook_lets_go_of_a_blueprint_before_that_goes():
    live = [blueprint("a"), blueprint("z"), webhook("w", "a")]

    assert steps(live, [blueprint("z"), webhook("w", "z")]) == ["~ webhook/w", "- blueprint/a"]


def test_who_points_at_a_blueprint_that_goes_is_changed_first():
    assert steps([blueprint("a"), blueprint("b", to="a")], [blueprint("b")]) == ["~ blueprint/b", "- blueprint/a"]


def test_blueprints_go_in_the_reverse_order_of_their_coming():
    live = [blueprint("a"), blueprint("b", to="a"), blueprint("c", to="b")]

    assert steps(live, []) == ["- blueprint/c", "- blueprint/b", "- blueprint/a"]


def test_two_blueprints_that_point_at_each_other_can_go():
    assert steps([blueprint("a", to="b"), blueprint("b", to="a")], []) == [
        "~ blueprint/a  (drops to; a and b point at each other)",
        "- blueprint/b",
        "- blueprint/a",
    ]


def test_of_two_that_go_the_one_lets_go_that_only_counts_the_other():
    live = [blueprint("a", to="b"), blueprint("b", aggregationProperties={"n": counting("a")})]

    assert steps(live, []) == [
        "~ blueprint/b  (drops n; a and b point at each other)",
        "- blueprint/a",
        "- blueprint/b",
    ]


def test_a_blueprint_that_others_still_point_at_cannot_go():
    live = state(blueprint("a"), blueprint("b", to="a"))

    with pytest.raises(PlanRefused) as refused:
        plan(live, state(blueprint("b", to="a")), prune=True)

    assert str(refused.value) == (
        "no order of writes would be accepted: blueprint/b still points at blueprint/a, which this plan deletes"
    )


def test_what_points_nowhere_is_refused_by_name():
    with pytest.raises(PlanRefused) as refused:
        plan(state(), state(blueprint("a", to="taem")))

    assert str(refused.value) == (
        "no order of writes would be accepted: "
        "relation 'to' of blueprint/a points at blueprint/taem, which is not there"
    )


def test_aggregations_that_sum_each_other_are_refused():
    summing = {"calculationBy": "property", "func": "sum", "property": "g"}
    a, b = (
        blueprint(one, aggregationProperties={"g": {**counting(other), "calculationSpec": summing}})
        for one, other in ("ab", "ba")
    )

    with pytest.raises(PlanRefused, match="'g' of blueprint/a needs number property 'g'"):
        plan(state(), state(a, b))


@pytest.mark.parametrize("locked", ["_rule", "_scorecard_group"])
def test_what_port_locks_is_refused(locked: str):
    with pytest.raises(PlanRefused, match=f"Port lets nobody change the schema of blueprint/{locked}"):
        plan(state(blueprint(locked)), state(blueprint(locked, properties={"p": "string"})))


def test_ports_own_blueprints_are_there_even_where_a_catalog_does_not_show_them():
    mirrored = {"m": {"path": "to.$team.anything"}}

    assert steps([], [blueprint("a", to="_user", mirrorProperties=mirrored)]) == ["+ blueprint/a"]


def test_a_thousand_blueprints_in_the_least_convenient_order_are_a_thousand_writes():
    chain = [blueprint(f"b{n:04}", to=f"b{n + 1:04}") for n in range(999)]

    assert len(steps([], [*chain, blueprint("b0999")])) == 1000
