"""A plan as JSON, and back: exactly, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builders import blueprint, state, webhook
from portside.errors import Unreadable
from portside.plans import saved
from portside.plans.dangers import Allowance, Loss
from portside.plans.plan import Plan, plan


def a_plan() -> Plan:
    """One with something in every field."""
    live = state(
        blueprint("a", properties={"p": "string", "q": "string", "e": {"type": "string", "enum": ["x", "y"]}}, grown=1),
        blueprint("u"),
        webhook("w", "a", security={"secret": "${OLD}"}),
    )
    desired = state(
        blueprint("a", properties={"e": {"type": "string", "enum": ["y"], "default": None}}),
        webhook("w", "a", "a", security={"secret": "${NEW}"}),
        blueprint("n"),
    )
    counted = {"p": Loss(1, 2), "q": Loss(0, 2)}
    allowed = [Allowance("removes-property"), Allowance("many-to-one")]
    return plan(live, desired, allowed=allowed, count=lambda danger: counted.get(danger.member or ""))


def test_a_plan_survives_its_text():
    found = a_plan()

    assert saved.from_text(saved.to_text(found)) == found
    assert all((found.dangers, found.harmless, found.allowed, found.unmanaged, found.kept, found.notes))


def test_the_spelling_of_the_json_does_not_matter():
    respelled = json.dumps(saved.to_json(a_plan()), sort_keys=True, separators=(",", ":"))

    assert saved.from_text(respelled) == a_plan()


def test_what_is_needed_to_count_again_survives():
    (narrowed,) = (one for one in saved.from_text(saved.to_text(a_plan())).dangers if one.name == "narrows-enum")

    assert (narrowed.values, narrowed.definition) == (("x",), {"type": "string", "enum": ["y"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pr.json is not a whole plan: it is no JSON (Expecting value: line 1 column 1 (char 0)); plan again"),
        ("[]", "pr.json is not a plan that 'portside plan --output' wrote"),
        ("{}", "pr.json is not a plan that 'portside plan --output' wrote"),
        ('{"portside": "plan/9"}', "pr.json is of version 'plan/9', and this portside reads plan/1; plan again"),
        (
            '{"portside": "plan/1"}',
            "pr.json was changed after portside wrote it, for its sha256 does not match; plan again",
        ),
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(text: str, message: str):
    with pytest.raises(Unreadable) as unreadable:
        saved.from_text(text, "pr.json")

    assert str(unreadable.value) == message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_plan_that_was_cut_short_is_refused(share: float):
    text = saved.to_text(a_plan())

    with pytest.raises(Unreadable, match="is not a whole plan"):
        saved.from_text(text[: int(len(text) * share)])


def test_a_plan_that_was_edited_is_refused():
    edited = {**saved.to_json(a_plan()), "allowed": []}

    with pytest.raises(Unreadable, match="was changed after portside wrote it"):
        saved.from_json(edited)


@pytest.mark.parametrize(
    "part",
    [
        {"steps": [{"action": "burn"}]},
        {"changes": 7},
        {"changes": [{"ref": "blueprint/a", "before": None, "after": {}, "fields": []}]},
        {"ground": {"nothing": None}},
        {"dangers": None},
    ],
)
def test_nonsense_with_a_sum_that_fits_is_refused_all_the_same(part: dict[str, Any]):
    content = {key: value for key, value in saved.to_json(a_plan()).items() if key != saved.SUM} | part
    forged = {**content, saved.SUM: saved.fingerprint(content)}

    with pytest.raises(Unreadable, match="is not a plan that 'portside plan --output' wrote"):
        saved.from_json(forged)


def test_a_literal_secret_does_not_get_into_a_file():
    found = plan(state(), state(webhook("w", security={"secret": "hunter2"})))

    with pytest.raises(ValueError, match=r"a literal secret in security.secret of webhook/w") as refused:
        saved.to_json(found)

    assert "hunter2" not in str(refused.value)


def test_a_secret_that_a_server_gave_back_does_not_get_into_a_file():
    live = state(webhook("w", security={"secret": "hunter2"}), webhook("gone", security={"secret": "hunter2"}))

    found = plan(live, state(webhook("w", title="W", security={"secret": "${S}"})), prune=True)

    assert "hunter2" not in saved.to_text(found)
    assert "hunter2" not in repr(found)
