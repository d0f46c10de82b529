"""From two states to a plan: what is touched, what is left alone, and what is said about it."""

from __future__ import annotations

import pytest

from builders import blueprint, state, webhook
from portside.errors import Usage
from portside.model.resource import Kind, Ref
from portside.plans.dangers import Allowance, Danger, refusals
from portside.plans.plan import Action, Plan, Step, Summary, plan, summary

A, B, W = Ref(Kind.BLUEPRINT, "a"), Ref(Kind.BLUEPRINT, "b"), Ref(Kind.WEBHOOK, "w")


def touched(found: Plan) -> list[str]:
    return [str(change.ref) for change in found.changes]


def test_no_difference_is_no_plan():
    assert plan(state(blueprint("a")), state(blueprint("a"))) == Plan("local")


def test_what_is_live_and_not_declared_is_listed_and_left_alone():
    found = plan(state(blueprint("a"), webhook("w")), state())

    assert (found.steps, found.unmanaged) == ((), (A, W))


def test_prune_deletes_what_is_in_scope_and_lists_the_rest():
    live = state(blueprint("team-a"), blueprint("team-b"), blueprint("other"), webhook("w"))
    scope = {Kind.BLUEPRINT: ("team-*",), Kind.WEBHOOK: ()}

    found = plan(live, state(blueprint("team-b")), prune=True, scope=scope)

    assert found.steps == (Step(Action.DELETE, Ref(Kind.BLUEPRINT, "team-a")),)
    assert found.unmanaged == (Ref(Kind.BLUEPRINT, "other"), W)


def test_emptiness_is_suspicious_whatever_else_is_allowed():
    live = state(blueprint("a"), blueprint("b"))
    deletes = Allowance("deletes-blueprint")

    found = plan(live, state(), prune=True, allowed=[deletes])

    emptied = Danger("empties-scope", None, "blueprint", "all 2 blueprints in scope")
    assert refusals(found) == (emptied,)
    assert refusals(plan(live, state(), prune=True, allowed=[deletes, Allowance.parse("empties-scope")])) == ()


def test_a_scope_in_which_something_is_left_is_not_emptied():
    found = plan(state(blueprint("a")), state(blueprint("b")), prune=True)

    assert [danger.name for danger in found.dangers] == ["deletes-blueprint"]


def test_the_summary_counts_changes_and_not_writes():
    live = state(blueprint("a", properties={"p": "string"}), blueprint("gone"), webhook("w"), webhook("v"))
    desired = state(blueprint("a", properties={"p": "number"}), blueprint("new"))
    scope = {Kind.WEBHOOK: ()}

    found = plan(live, desired, prune=True, scope=scope)

    assert (summary(found), len(found.steps)) == (Summary(creates=1, updates=1, deletes=1, unmanaged=2), 4)


def test_the_ground_is_what_is_touched_and_what_that_points_at():
    live = state(blueprint("b"), blueprint("c", to="b"), blueprint("elsewhere"))
    mirrored = blueprint("a", to="c", mirrorProperties={"m": {"path": "to.to.$title"}})

    found = plan(live, state(mirrored, webhook("w", "c")))

    c = Ref(Kind.BLUEPRINT, "c")
    assert found.ground == {A: None, B: live[B].fingerprint, c: live[c].fingerprint, W: None}


def test_only_takes_what_is_asked_for():
    found = plan(state(blueprint("u")), state(blueprint("a"), blueprint("b"), webhook("w")), only=["blueprint/a"])

    assert (touched(found), found.unmanaged) == (["blueprint/a"], ())
    assert found.notes == ("--only leaves 2 changes out",)


def test_only_takes_patterns():
    found = plan(state(), state(blueprint("a1"), blueprint("a2"), blueprint("b"), webhook("w")), only=["*/a*"])

    assert touched(found) == ["blueprint/a1", "blueprint/a2"]


def test_only_takes_in_what_would_be_missing_and_says_for_whom():
    desired = state(blueprint("a", to="b"), blueprint("b", to="c"), blueprint("c"), blueprint("d"))

    found = plan(state(blueprint("c")), desired, only=["blueprint/a"])

    assert touched(found) == ["blueprint/a", "blueprint/b"]
    assert found.notes == ("--only takes in blueprint/b, which blueprint/a needs", "--only leaves 1 change out")


def test_only_leaves_a_change_out_that_is_not_needed():
    live = state(blueprint("b"))
    desired = state(blueprint("a", to="b"), blueprint("b", description="new"))

    assert touched(plan(live, desired, only=["blueprint/a"])) == ["blueprint/a"]


def test_only_a_webhook_takes_in_the_blueprint_that_lacks_what_it_fills():
    mapping = {"blueprint": "a", "entity": {"identifier": ".id", "properties": {"tier": ".tier"}}}
    hook = webhook("w", mappings=[mapping])
    desired = state(blueprint("a", properties={"tier": "string"}), hook)

    assert touched(plan(state(blueprint("a")), desired, only=["webhook/w"])) == ["blueprint/a", "webhook/w"]


def test_only_a_delete_takes_in_those_that_let_go():
    live = state(blueprint("a"), blueprint("b", to="a"), blueprint("c"))

    found = plan(live, state(blueprint("b"), blueprint("c", description="new")), prune=True, only=["blueprint/a"])

    assert touched(found) == ["blueprint/b", "blueprint/a"]


def test_only_for_a_name_that_is_nowhere_is_refused():
    with pytest.raises(Usage) as usage:
        plan(state(blueprint("a")), state(), only=["blueprint/servcie"])

    assert str(usage.value) == "--only blueprint/servcie: nothing of that name is in the files or in the catalog"


def test_a_webhook_that_nobody_declared_is_named_when_its_blueprint_goes():
    live = state(blueprint("a"), blueprint("b"), webhook("w", "a"))

    found = plan(live, state(blueprint("b")), prune=True, scope={Kind.WEBHOOK: ()})

    assert found.notes == ("webhook/w still maps to blueprint/a, which this plan deletes",)


def test_a_secret_is_sent_by_name_and_never_shown_as_a_difference():
    live = state(webhook("w", security={"signatureAlgorithm": "sha1"}))
    desired = state(webhook("w", title="W", security={"signatureAlgorithm": "sha1", "secret": "${S}"}))

    found = plan(live, desired)

    assert [step.body and step.body["security"]["secret"] for step in found.steps] == ["${S}"]
    assert [field.route for change in found.changes for field in change.fields] == [("title",)]
