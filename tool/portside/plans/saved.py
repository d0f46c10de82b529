"""A plan as JSON, and back. Pure.

The rule: a saved plan is applied exactly or not at all. It carries the sha256 of its own content, so that one that was
edited, cut short or mixed with another is refused. That is no signature: whoever can write the file can write the sum
too, so who may hand plans to `apply` is for the pipeline to say. Secrets stand in it by name only.
"""

from __future__ import annotations

import json
from typing import Any

from portside.errors import Unreadable
from portside.model.resource import JSON, KINDS, Body, Kind, Ref, Resource, fingerprint, without
from portside.model.secrets import literals
from portside.plans.dangers import Allowance, Danger, Loss
from portside.plans.diff import MISSING, Change, FieldChange
from portside.plans.kept import Kept
from portside.plans.plan import Action, Plan, Step
from portside.problems import dotted

VERSION = "plan/1"
"""What this module writes, and all that it reads."""
SUM = "sha256"


def to_json(plan: Plan) -> dict[str, Any]:
    """The whole plan. Raises ValueError for a body with a literal secret, which no plan should have got."""
    content = {
        "portside": VERSION,
        "catalog": plan.catalog,
        "ground": {str(ref): found for ref, found in plan.ground.items()},
        "changes": [_change(change) for change in plan.changes],
        "steps": [_step(step) for step in plan.steps],
        "dangers": [_danger(danger) for danger in plan.dangers],
        "harmless": [_danger(danger) for danger in plan.harmless],
        "allowed": [{"name": one.name, "ref": one.ref, "loss": _loss(one.loss)} for one in plan.allowed],
        "unmanaged": [str(ref) for ref in plan.unmanaged],
        "kept": [{"ref": str(kept.ref), "route": list(kept.route)} for kept in plan.kept],
        "notes": list(plan.notes),
    }
    return {**content, SUM: fingerprint(content)}


def to_text(plan: Plan) -> str:
    """The plan as the text of a file."""
    return json.dumps(to_json(plan), indent=1, ensure_ascii=False) + "\n"


def from_text(text: str, shown: str = "the plan") -> Plan:
    """The plan in the text of a file that the user knows as `shown`. Raises Unreadable, in one sentence."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{shown} is not a whole plan: it is no JSON ({error}); plan again") from None
    return from_json(value, shown)


def from_json(value: JSON, shown: str = "the plan") -> Plan:
    """The plan that `to_json` wrote. Raises Unreadable for anything else, in one sentence."""
    if not isinstance(value, dict) or "portside" not in value:
        raise Unreadable(f"{shown} is not a plan that 'portside plan --output' wrote")
    if value["portside"] != VERSION:
        raise Unreadable(f"{shown} is of version {value['portside']!r}, and this portside reads {VERSION}; plan again")
    content = {key: part for key, part in value.items() if key != SUM}
    if value.get(SUM) != fingerprint(content):
        raise Unreadable(f"{shown} was changed after portside wrote it, for its {SUM} does not match; plan again")
    try:
        return _plan(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # a sum that fits says nothing of the shape
        raise Unreadable(f"{shown} is not a plan that 'portside plan --output' wrote ({error!r})") from None


def _plan(value: Body) -> Plan:
    return Plan(
        value["catalog"],
        {Ref.parse(ref): found for ref, found in value["ground"].items()},
        tuple(map(_change_of, value["changes"])),
        tuple(map(_step_of, value["steps"])),
        tuple(map(_danger_of, value["dangers"])),
        tuple(Allowance(one["name"], one["ref"], _loss_of(one["loss"])) for one in value["allowed"]),
        tuple(map(Ref.parse, value["unmanaged"])),
        tuple(Kept(Ref.parse(one["ref"]), tuple(one["route"])) for one in value["kept"]),
        tuple(value["notes"]),
        tuple(map(_danger_of, value["harmless"])),
    )


def _change(change: Change) -> Body:
    before = without(change.before.body, KINDS[change.ref.kind].write_only) if change.before else None
    after = _named(change.ref.kind, change.after.body) if change.after else None
    return {"ref": str(change.ref), "before": before, "after": after, "fields": [_field(one) for one in change.fields]}


def _change_of(value: Body) -> Change:
    ref = Ref.parse(value["ref"])
    before, after = (
        Resource.of(ref.kind, body) if body is not None else None for body in (value["before"], value["after"])
    )
    return Change(ref, before, after, tuple(map(_field_of, value["fields"])))


def _field(field: FieldChange) -> Body:
    sides = {"before": field.before, "after": field.after}
    return {"route": list(field.route), **{side: value for side, value in sides.items() if value is not MISSING}}


def _field_of(value: Body) -> FieldChange:
    return FieldChange(tuple(value["route"]), value.get("before", MISSING), value.get("after", MISSING))


def _step(step: Step) -> Body:
    body = _named(step.ref.kind, step.body) if step.body is not None else None
    return {"action": str(step.action), "ref": str(step.ref), "body": body, "because": step.because}


def _step_of(value: Body) -> Step:
    return Step(Action(value["action"]), Ref.parse(value["ref"]), value["body"], value["because"])


def _danger(danger: Danger) -> Body:
    return {
        "name": danger.name,
        "ref": str(danger.ref) if danger.ref else None,
        "member": danger.member,
        "detail": danger.detail,
        "loss": _loss(danger.loss),
        "values": list(danger.values),
        "definition": danger.definition,
    }


def _danger_of(value: Body) -> Danger:
    ref = Ref.parse(value["ref"]) if value["ref"] else None
    loss, values = _loss_of(value["loss"]), tuple(value["values"])
    return Danger(value["name"], ref, value["member"], value["detail"], loss, values, value["definition"])


def _loss(loss: Loss | None) -> Body | None:
    return loss._asdict() if loss else None


def _loss_of(value: Body | None) -> Loss | None:
    return Loss(int(value["values"]), int(value["entities"])) if value else None


def _named(kind: Kind, body: Body) -> Body:
    if routes := literals(kind, body):
        told = ", ".join(dotted(route) for route in routes)
        raise ValueError(f"a literal secret in {told} of {kind}/{body.get('identifier')} must not get into a plan")
    return body
