"""What a plan would lose, by name."""

from __future__ import annotations

from typing import Any

import pytest

from builders import blueprint, state, webhook
from portside.errors import Usage
from portside.model.resource import Kind, Ref, Resource
from portside.plans.dangers import (
    DANGERS,
    Allowance,
    Danger,
    Loss,
    allow,
    at_stake,
    covers,
    refusal,
    refusals,
    subject,
)
from portside.plans.diff import change
from portside.plans.losses import dangers
from portside.plans.plan import plan

A = Ref(Kind.BLUEPRINT, "a")
COUNT = {"title": "t", "target": "a", "calculationSpec": {"calculationBy": "entities", "func": "count"}}


def found(before: Resource | None, after: Resource | None) -> list[str]:
    some = change(before, after)
    told = dangers(some) if some else ()
    return [f"{one.name} {subject(one)}" + (f" ({one.detail})" if one.detail else "") for one in told]


def redefined(before: Any, after: Any) -> list[str]:
    old, new = (blueprint("a", properties={"p": one} if one else {}) for one in (before, after))
    return found(old, new)


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (STRING, None, "removes-property blueprint/a.p"),
        (STRING, {"type": "number"}, "changes-type blueprint/a.p (string → number)"),
        (
            {"type": "array", "items": STRING},
            {"type": "array", "items": {"type": "number"}},
            "changes-type blueprint/a.p (items: string → number)",
        ),
        (STRING, {**STRING, "format": "url"}, "changes-format blueprint/a.p (no format → url)"),
        ({**STRING, "enum": ["x", "y"]}, {**STRING, "enum": ["y"]}, "narrows-enum blueprint/a.p (no longer x)"),
        (STRING, {**STRING, "enum": ["y"]}, "narrows-enum blueprint/a.p (an enum where there was none)"),
        (STRING, {**STRING, "pattern": "^a"}, "narrows-values blueprint/a.p (pattern none → ^a)"),
        (
            {"type": "number", "maximum": 9},
            {"type": "number", "maximum": 5},
            "narrows-values blueprint/a.p (maximum 9 → 5)",
        ),
        (
            {"type": "number", "minimum": 1},
            {"type": "number", "minimum": 2},
            "narrows-values blueprint/a.p (minimum 1 → 2)",
        ),
    ],
)
def test_a_property_that_changes_is_dangerous_by_name(before: Any, after: Any, told: str):
    assert redefined(before, after) == [told]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, STRING),
        (STRING, {**STRING, "title": "P"}),
        ({**STRING, "enum": ["x"]}, {**STRING, "enum": ["y", "x"]}),
        ({**STRING, "enum": ["x"]}, STRING),
        ({"type": "number", "maximum": 5}, {"type": "number", "maximum": 9}),
        ({"type": "number", "minimum": 2}, {"type": "number"}),
        ({**STRING, "pattern": "^a"}, {**STRING, "pattern": "^a"}),
    ],
)
def test_what_takes_nothing_away_is_no_danger(before: Any, after: Any):
    assert redefined(before, after) == []


def test_required_is_a_danger_where_entities_are_there_already():
    new = blueprint("a", properties={"p": "string"}, required=("p",))

    assert found(blueprint("a", properties={"p": "string"}), new) == ["new-required-property blueprint/a.p"]
    assert found(None, new) == []


def test_relations_are_dangerous_when_they_go_narrow_turn_or_become_required():
    before = blueprint("a", relations={"gone": "b", "turned": "b", "one": {"target": "b", "many": True}, "must": "b"})
    after = blueprint("a", relations={"turned": "c", "one": "b", "must": {"target": "b", "required": True}})

    assert found(before, after) == [
        "removes-relation blueprint/a.gone (to b)",
        "new-required-relation blueprint/a.must",
        "many-to-one blueprint/a.one",
        "retargets-relation blueprint/a.turned (b → c)",
    ]


def test_what_is_calculated_loses_nothing_but_an_aggregation_its_history():
    mirrored = {"m": {"path": "to.$title"}}
    calculated = {"c": {"calculation": ".identifier", "type": "string"}}
    before = blueprint("a", to="b", mirrorProperties=mirrored, calculationProperties=calculated)

    assert found(before, blueprint("a", to="b")) == []
    assert found(blueprint("a", aggregationProperties={"n": COUNT}), blueprint("a")) == [
        "removes-aggregation blueprint/a.n"
    ]


def test_deletes_are_dangerous():
    assert found(blueprint("a"), None) == ["deletes-blueprint blueprint/a"]
    assert found(webhook("w"), None) == ["deletes-webhook webhook/w"]


def test_a_danger_is_counted_and_none_where_no_entity_has_a_value():
    live = state(blueprint("a", properties={"p": "string", "q": "string", "r": "string"}))
    losses = {"p": Loss(212, 300), "q": Loss(0, 300)}

    planned = plan(live, state(blueprint("a")), count=lambda danger: losses.get(danger.member or ""))

    assert planned.dangers == (
        Danger("removes-property", A, "p", loss=Loss(212, 300)),
        Danger("removes-property", A, "r", loss=None),
    )
    assert planned.harmless == (Danger("removes-property", A, "q", loss=Loss(0, 300)),)


def test_a_webhook_that_goes_is_a_danger_whatever_is_counted():
    planned = plan(state(webhook("w"), webhook("v")), state(webhook("v")), prune=True, count=lambda _: Loss(0, 0))

    assert planned.dangers == (Danger("deletes-webhook", Ref(Kind.WEBHOOK, "w")),)


def narrowing(before: Any, after: Any) -> Danger:
    some = change(*(blueprint("a", properties={"p": one}) for one in (before, after)))
    assert some
    (danger,) = dangers(some)
    return danger


def test_the_enum_values_that_go_are_named_for_who_counts():
    assert narrowing({**STRING, "enum": ["x", "y", "z"]}, {**STRING, "enum": ["y"]}).values == ("x", "z")


@pytest.mark.parametrize(
    ("before", "after", "definition"),
    [
        (STRING, {**STRING, "enum": ["y"]}, {"type": "string", "enum": ["y"]}),
        (
            {**STRING, "minLength": 2, "maxLength": 9},
            {**STRING, "minLength": 2, "maxLength": 5, "pattern": "^a"},
            {"type": "string", "maxLength": 5, "pattern": "^a"},
        ),
        (
            {"type": "array", "items": STRING},
            {"type": "array", "items": {**STRING, "pattern": "^a"}},
            {"type": "array", "items": {"type": "string", "pattern": "^a"}},
        ),
    ],
)
def test_what_values_have_to_fit_from_now_on_is_told_to_who_counts(before: Any, after: Any, definition: Any):
    assert narrowing(before, after).definition == definition


WEBHOOK = Ref(Kind.WEBHOOK, "w")


@pytest.mark.parametrize(
    ("danger", "said"),
    [
        (Danger("removes-property", A, "p", loss=Loss(212, 300)), "212 of 300 entities have a value"),
        (Danger("removes-property", A, "p", loss=Loss(0, 300)), "no entity has a value"),
        (Danger("changes-type", A, "p", "string → number", Loss(1, 1)), "string → number; 1 of 1 entity has a value"),
        (Danger("new-required-property", A, "p", loss=Loss(1, 3)), "1 of 3 entities lacks it"),
        (Danger("removes-relation", A, "to", "to b", Loss(2, 3)), "to b; 2 of 3 entities use it"),
        (Danger("deletes-blueprint", A, loss=Loss(3, 3)), "3 entities go with it"),
        (Danger("deletes-blueprint", A, loss=Loss(0, 0)), "it has no entities"),
        (Danger("deletes-webhook", WEBHOOK), "its URL stops working for whoever sends to it"),
        (
            Danger("empties-scope", None, "blueprint", "all 41 blueprints in scope"),
            "all 41 blueprints in scope; a broken checkout looks just like it",
        ),
        (Danger("many-to-one", A, "to"), "the catalog cannot say how many entities it touches"),
    ],
)
def test_what_is_at_stake_is_said_in_entities(danger: Danger, said: str):
    assert at_stake(danger) == said


@pytest.mark.parametrize(
    ("danger", "narrowest"),
    [
        (Danger("removes-property", A, "p"), "removes-property:blueprint/a.p"),
        (Danger("deletes-blueprint", A), "deletes-blueprint:blueprint/a"),
        (Danger("empties-scope", None, "blueprint"), "empties-scope:blueprint"),
    ],
)
def test_the_narrowest_allowance_covers_the_danger_it_is_for(danger: Danger, narrowest: str):
    assert allow(danger) == narrowest
    assert covers(Allowance.parse(narrowest), danger)


def test_a_refusal_tells_the_worst_counts_the_others_and_says_how_to_go_on():
    refused = [Danger("removes-property", A, key, loss=Loss(1, 2)) for key in "pqrs"]

    assert refusal(refused[:1]) == (
        "this plan is refused: removes-property blueprint/a.p, 1 of 2 entities has a value; "
        "to go on: --allow removes-property:blueprint/a.p"
    )
    assert refusal(refused) == (
        "this plan is refused: removes-property blueprint/a.p, 1 of 2 entities has a value (and 3 more); "
        "to go on: --allow removes-property:blueprint/a.p --allow removes-property:blueprint/a.q "
        "--allow removes-property:blueprint/a.r …"
    )


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("removes-property", True),
        ("removes-property:blueprint/service", True),
        ("removes-property:blueprint/service.tier", True),
        ("removes-property:blueprint/service.owner", False),
        ("removes-property:blueprint/serv", False),
        ("removes-relation:blueprint/service.tier", False),
    ],
)
def test_an_allowance_covers_what_it_names(text: str, covered: bool):
    danger = Danger("removes-property", Ref(Kind.BLUEPRINT, "service"), "tier")

    assert covers(Allowance.parse(text), danger) is covered


def test_an_identifier_with_dots_can_be_named():
    danger = Danger("removes-property", Ref(Kind.BLUEPRINT, "my.service.v2"), "tier")

    assert covers(Allowance.parse("removes-property:blueprint/my.service.v2"), danger)
    assert covers(Allowance.parse("removes-property:blueprint/my.service.v2.tier"), danger)
    assert not covers(Allowance.parse("removes-property:blueprint/my"), danger)


@pytest.mark.parametrize(
    ("reviewed", "now", "covered"),
    [
        (Loss(5, 9), Loss(5, 9), True),
        (Loss(5, 9), Loss(3, 20), True),
        (Loss(5, 9), Loss(6, 9), False),
        (Loss(5, 9), None, False),
        (None, Loss(6, 9), True),
    ],
)
def test_an_allowance_does_not_cover_more_than_was_reviewed(reviewed: Loss | None, now: Loss | None, covered: bool):
    danger = Danger("removes-property", A, "p", loss=now)

    assert covers(Allowance("removes-property", "blueprint/a.p", reviewed), danger) is covered


def test_an_unknown_danger_is_refused_with_all_names():
    with pytest.raises(Usage) as usage:
        Allowance.parse("removes-propery:blueprint/a")

    assert str(usage.value) == (
        "--allow removes-propery:blueprint/a: there is no danger 'removes-propery'; did you mean 'removes-property'; "
        f"they are {', '.join(DANGERS)}"
    )


@pytest.mark.parametrize("ref", ["service", "blueprints/service", "blueprint/", ""])
def test_an_allowance_for_nothing_is_refused(ref: str):
    with pytest.raises(Usage, match="is not KIND/IDENTIFIER"):
        Allowance.parse(f"removes-property:{ref}")


def test_a_plan_carries_what_was_allowed_with_what_was_reviewed_and_says_what_matched_nothing():
    live = state(blueprint("a", properties={"p": "string", "q": "string"}, to="a"))
    given = [Allowance.parse(one) for one in ("removes-property", "removes-relation:blueprint/b", "many-to-one")]

    planned = plan(live, state(blueprint("a")), allowed=given, count=lambda _: Loss(1, 2))

    assert planned.allowed == (
        Allowance("removes-property", "blueprint/a.p", Loss(1, 2)),
        Allowance("removes-property", "blueprint/a.q", Loss(1, 2)),
    )
    assert refusals(planned) == (Danger("removes-relation", A, "to", "to a", Loss(1, 2)),)
    assert planned.notes == (
        "--allow removes-relation:blueprint/b matches no danger of this plan",
        "--allow many-to-one matches no danger of this plan",
    )
