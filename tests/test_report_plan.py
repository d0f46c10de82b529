"""What a pull request and a terminal read of a plan."""

from __future__ import annotations

import json

from builders import blueprint
from portside.model.resource import State
from portside.plans.dangers import Allowance, Loss, refusals
from portside.plans.plan import Plan, plan
from portside.report import plan as report


def plain(text: str, _style: str) -> str:
    return text


def losing(values: int = 2, *, allowed: tuple[Allowance, ...] = ()) -> Plan:
    """A plan that takes a property of which so many of three entities have a value."""
    live = State([blueprint("a", properties={"tier": {"type": "string"}})])
    return plan(live, State([blueprint("a")]), allowed=allowed, count=lambda _: Loss(values, 3))


def many(count: int) -> Plan:
    return plan(State(), State([blueprint(f"b{number:05}") for number in range(count)]))


def test_the_summary_is_the_last_line_and_always_the_same_words():
    found = losing()

    assert report.text(found, (), plain).splitlines()[-1] == "Plan: 0 to create, 1 to change, 0 to delete."
    assert report.text(plan(State(), State()), (), plain) == "No changes."


def test_a_danger_says_what_would_be_lost_and_how_to_go_on():
    found = losing()

    assert report.danger_line(found.dangers[0], refusals(found), plain) == (
        "removes-property blueprint/a.tier: 2 of 3 entities have a value; "
        "to go on: --allow removes-property:blueprint/a.tier"
    )


def test_an_allowed_danger_says_so():
    found = losing(1, allowed=(Allowance("removes-property"),))

    assert report.danger_line(found.dangers[0], refusals(found), plain) == (
        "removes-property blueprint/a.tier: 1 of 3 entities has a value; allowed"
    )


def test_a_comment_has_the_summary_first_and_the_dangers_next():
    found = losing()

    said = report.markdown(found, refusals(found)).splitlines()

    assert said[0] == "### portside plan for `local`"
    assert said[2] == "**Plan: 0 to create, 1 to change, 0 to delete.**"
    assert said[4] == "> [!CAUTION]"
    assert said[5].startswith("> **removes-property** `blueprint/a.tier`: 2 of 3 entities have a value")


def test_a_comment_is_never_longer_than_github_takes_and_counts_what_it_cuts():
    said = report.markdown(many(3_000), ())

    shown = said.count("<details><summary><code>+ blueprint/")
    assert len(said) <= report.COMMENT_LIMIT
    assert said.splitlines()[-1] == f"_{3_000 - shown} more parts are not shown; `portside plan` shows all._"


def test_a_comment_that_fits_to_the_character_is_not_cut():
    said = report.markdown(many(20), ())

    assert "not shown" not in said
    assert said.count("<details>") == 20


def test_what_files_say_cannot_break_out_of_a_comment():
    nasty = blueprint("a", title="</details> ``` <script>")

    said = report.markdown(plan(State(), State([nasty])), ())

    assert "\n````diff\n" in said
    assert said.count("</details>") == 2  # the one in the fence is text


def test_programs_get_the_plan_the_counts_and_the_refusals():
    found = losing()

    said = json.loads(report.as_json(found, refusals(found)))

    assert said["summary"] == {"creates": 0, "updates": 1, "deletes": 0, "unmanaged": 0}
    assert said["refused"] == [
        {"name": "removes-property", "about": "blueprint/a.tier", "allow": "removes-property:blueprint/a.tier"}
    ]
    assert said["plan"]["portside"] == "plan/1"
