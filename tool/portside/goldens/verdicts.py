"""What the mappings make of a case today against what its golden says. Pure.

The rule: a case holds when the golden says the same and nothing goes against what the case is meant to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portside.goldens import clock, golden, intents
from portside.goldens.cases import Case, Step
from portside.goldens.differences import differences
from portside.goldens.fold import Entities, fold
from portside.goldens.golden import Golden
from portside.jq import engine
from portside.mappings import conform, evaluate
from portside.model.blueprint import Blueprint
from portside.model.entity import Outcome, Swallowed
from portside.model.resource import JSON
from portside.model.webhook import Webhook
from portside.plans.diff import FieldChange
from portside.problems import Place, Problem, Severity, dotted, in_order


class Kind(StrEnum):
    """insta's four: NEW has no golden yet, ORPHAN is a golden whose payload is gone."""

    SAME = "same"
    DIFFERENT = "different"
    NEW = "new"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class Verdict:
    """One case, run. `golden` is what it does today, None for an orphan; `differences` lead from its golden to that.

    `objections`, a sentence each, say why that cannot be accepted, whatever the golden says.
    """

    case: Case
    kind: Kind
    golden: Golden | None = None
    differences: tuple[FieldChange, ...] = ()
    objections: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.kind is Kind.SAME and not self.objections


def of(
    cases: Iterable[Case], webhooks: Mapping[str, Webhook], blueprints: Mapping[str, Blueprint]
) -> tuple[tuple[Verdict, ...], tuple[Problem, ...]]:
    """A verdict on every case whose webhook there is, and a problem for each webhook there is not."""
    found = tuple(cases)
    lost = {case.webhook: case.golden for case in found if case.webhook not in webhooks and case.steps}
    problems = (
        Problem(
            Place(str(path.parent)),
            "case-webhook",
            Severity.ERROR,
            f"there is no webhook '{webhook}' to send these cases to",
            "a webhook lives in the folder of its identifier: its problems, if it has any, come first",
        )
        for webhook, path in lost.items()
    )
    verdicts = tuple(run(case, webhooks[case.webhook], blueprints) for case in found if case.webhook in webhooks)
    orphans = tuple(Verdict(case, Kind.ORPHAN) for case in found if case.webhook not in webhooks and not case.steps)
    return (*verdicts, *orphans), in_order(problems)


def run(case: Case, webhook: Webhook, blueprints: Mapping[str, Blueprint]) -> Verdict:
    """What the webhook makes of the case, and how that stands against its golden and its intent."""
    if not case.steps:
        return Verdict(case, Kind.ORPHAN)
    outcomes = [(step, _outcome(step, case, webhook, blueprints)) for step in case.steps]
    today = _golden(case, outcomes, blueprints)
    found = () if case.accepted is None else tuple(differences(case.accepted, today))
    kind = Kind.NEW if case.accepted is None else Kind.DIFFERENT if found else Kind.SAME
    return Verdict(case, kind, today, found, tuple(_objections(case, outcomes, today, webhook)))


def _outcome(step: Step, case: Case, webhook: Webhook, blueprints: Mapping[str, Blueprint]) -> Outcome:
    now = clock.seconds(step.intent.clock or case.intent.clock)
    return evaluate.evaluate(webhook, step.delivery, blueprints, now=now)


def _golden(case: Case, outcomes: list[tuple[Step, Outcome]], blueprints: Mapping[str, Blueprint]) -> Golden:
    if not case.sequence:
        return golden.of(outcomes[0][1])
    entities: Entities = {}
    for _, outcome in outcomes:
        entities = fold(entities, outcome.changes, blueprints)
    return golden.of_sequence(((step.name, golden.of(outcome)) for step, outcome in outcomes), entities)


def _objections(case: Case, outcomes: list[tuple[Step, Outcome]], today: Golden, webhook: Webhook) -> Iterator[str]:
    yield from intents.against(case.intent, today, _true)
    for step, outcome in outcomes:
        for objection in _against_step(step, outcome, webhook):
            yield f"{step.name} {objection}" if case.sequence else objection
    timed = case.intent.clock or all(step.intent.clock for step in case.steps)
    if not timed and clock.reads(webhook):
        yield "reads the clock (now), so it gives something else each time: say `clock:` in its .case.yaml"


def _against_step(step: Step, outcome: Outcome, webhook: Webhook) -> Iterator[str]:
    yield from intents.against(step.intent, golden.of(outcome), _true)
    yield from intents.against_signature(step.intent, webhook.security, step.delivery)
    for some in outcome.swallowed:
        if some.code in conform.BREAKS:
            yield f"breaks its blueprint: {_told(some)}"
        elif some.code == "jq-limit":
            yield f"does not come to its end: {webhook.resource.source.inside(some.route, 0)}: {_told(some)}"


def _told(some: Swallowed) -> str:
    item = "" if some.item is None else f" (item {some.item})"
    return f"{dotted(some.route)}{item}: {some.message}"


def _true(text: str, value: JSON) -> bool | str:
    found = engine.first(text, value)
    if isinstance(found.value, bool):
        return found.value
    return found.error or ("it gives nothing" if found.missing else f"it gives {json.dumps(found.value)}")
