"""What the mappings make of a case today against what its golden says."""

from __future__ import annotations

from pathlib import Path

import pytest

from portside.goldens import clock, verdicts
from portside.goldens.cases import Case, Step
from portside.goldens.intents import Intent
from portside.goldens.verdicts import Kind, Verdict
from portside.model.blueprint import Blueprint
from portside.model.resource import Kind as ResourceKind
from portside.model.resource import Resource
from portside.model.webhook import Delivery, Webhook
from portside.plans.diff import FieldChange

KEPT = Path("mappings/mapper/cases/x.golden.yaml")
SIGNED = "v1=5e5cda4e83e44ad6b6cbd8dfbf5dc8d0aeafaa4a2a0ab3e0d2e0c6f1d9fb2f5a"


def blueprints():
    properties = {"status": {"type": "string", "enum": ["open", "closed"]}, "at": {"type": "number"}}
    body = {"identifier": "incident", "title": "Incident", "schema": {"properties": properties}}
    return {"incident": Blueprint(Resource.of(ResourceKind.BLUEPRINT, body))}


def webhook(properties=None, **more):
    entity = {"identifier": ".body.id", "properties": properties or {"status": ".body.status"}}
    mapping = {"blueprint": "incident", "filter": ".body.id != null", "entity": entity}
    body = {"identifier": "mapper", "title": "Mapper", "mappings": [mapping], **more}
    return Webhook(Resource.of(ResourceKind.WEBHOOK, body))


def case(*bodies, accepted=None, intent=None, sequence=False, whole=None):
    steps = tuple(
        Step(f"0{number}", Path(f"{number}.json"), Delivery(body), intent or Intent())
        for number, body in enumerate(bodies, 1)
    )
    return Case("mapper", "x", KEPT, steps, accepted, sequence, whole or Intent())


def run(tested, **more):
    return verdicts.run(tested, more.pop("hook", webhook()), blueprints())


def mapped(status):
    change = {"upsert": "incident/Q1", "properties": {"status": status}}
    return {"mappings": [{"incident": "mapped"}], "changes": [change]}


OPEN, CLOSED = {"id": "Q1", "status": "open"}, {"id": "Q1", "status": "closed"}
DROPPED = {"dropped": "every mapping filters it out", "mappings": [{"incident": "filtered"}]}


def test_a_case_that_does_what_its_golden_says_is_the_same():
    tested = case(OPEN, accepted=mapped("open"))

    assert run(tested) == Verdict(tested, Kind.SAME, mapped("open"))


def test_a_case_that_does_something_else_is_different_field_by_field():
    tested = case(CLOSED, accepted=mapped("open"))
    field = ("changes", "upsert incident/Q1", "properties", "status")

    assert run(tested) == Verdict(tested, Kind.DIFFERENT, mapped("closed"), (FieldChange(field, "open", "closed"),))


def test_a_case_without_a_golden_is_new():
    tested = case({})

    assert run(tested) == Verdict(tested, Kind.NEW, DROPPED)


def test_a_golden_without_a_payload_is_an_orphan():
    tested = case(accepted=DROPPED)

    assert run(tested) == Verdict(tested, Kind.ORPHAN)


def test_a_sequence_tells_each_step_and_what_is_left():
    assert run(case(OPEN, {}, CLOSED, sequence=True)).golden == {
        "steps": [{"step": "01", **mapped("open")}, {"step": "02", **DROPPED}, {"step": "03", **mapped("closed")}],
        "state": [{"entity": "incident/Q1", "properties": {"status": "closed"}}],
    }


def test_a_case_that_goes_against_its_intent_does_not_hold_even_where_its_golden_agrees():
    verdict = run(case(OPEN, accepted=mapped("open"), intent=Intent("dropped")))

    assert (verdict.kind, verdict.objections, verdict.holds) == (
        Kind.SAME,
        ("is meant to be dropped, and gives 1 entity",),
        False,
    )


def test_the_intent_of_a_sequence_is_about_what_is_left():
    whole = Intent({"entities": 1}, ('.state[0].properties.status == "closed"', ".state | length == 2"))

    assert run(case(OPEN, CLOSED, sequence=True, whole=whole)).objections == (
        "assert .state | length == 2 is not true",
    )


def test_the_intent_of_a_step_names_the_step():
    verdict = run(
        case(OPEN, CLOSED, sequence=True, intent=Intent(asserts=('.changes[0].properties.status == "open"',)))
    )

    assert verdict.objections == ('02 assert .changes[0].properties.status == "open" is not true',)


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        (".changes | length", "assert .changes | length cannot be told: it gives 1"),
        ("empty", "assert empty cannot be told: it gives nothing"),
        ('error("why")', 'assert error("why") cannot be told: why'),
    ],
)
def test_an_assertion_that_gives_neither_true_nor_false_says_what_it_gives(text, objection):
    assert run(case(OPEN, intent=Intent(asserts=(text,)))).objections == (objection,)


def test_an_entity_that_its_blueprint_cannot_hold_is_objected_to():
    (objection,) = run(case({"id": "Q1", "status": "annotated"})).objections

    assert objection.startswith("breaks its blueprint: mappings[0].entity.properties.status: ")


def test_a_case_with_an_expression_that_a_limit_ended_is_objected_to_with_its_place():
    (objection,) = run(case(OPEN), hook=webhook({"status": '"a" * 1e9'})).objections

    assert objection == (
        "does not come to its end: catalog:1:1: mappings[0].entity.properties.status: "
        "this jq takes more than 512 MiB of memory, and is ended there"
    )


def test_a_mapping_that_asks_what_time_it_is_needs_a_clock():
    hook = webhook({"at": "now"})

    assert run(case(OPEN), hook=hook).objections == (
        "reads the clock (now), so it gives something else each time: say `clock:` in its .case.yaml",
    )


@pytest.mark.parametrize("text", ['"right now"', "'now'", ".body.now", "{now: 1}", "$now", ".a # now"])
def test_a_word_that_only_looks_like_the_clock_needs_none(text):
    assert clock.reads(webhook({"at": text})) is False


def test_a_clock_stands_still():
    verdict = run(case(OPEN, intent=Intent(clock="2026-03-02T09:14:07Z")), hook=webhook({"at": "now"}))

    assert (verdict.golden["changes"][0]["properties"], verdict.objections) == ({"at": 1772442847}, ())


def test_webhooks_that_are_not_there_are_told_once_and_their_orphans_still_are_orphans():
    lost = [case(OPEN), case(CLOSED)]
    orphan = case(accepted=DROPPED)

    found, problems = verdicts.of([*lost, orphan], {}, {})

    assert (found, [(str(p.place), p.code) for p in problems]) == (
        (Verdict(orphan, Kind.ORPHAN),),
        [("mappings/mapper/cases:1:1", "case-webhook")],
    )
