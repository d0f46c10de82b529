"""What Port refuses about a blueprint or webhook, before anything is written. Pure.

The rule: a refusal is a value, its reason one of Port's own error codes; a name must lead somewhere among the
blueprints that are live, but what leads *to* a blueprint is asked only when that one is deleted. Apart on purpose from
what plans foretells: that no step of a plan is refused says something only because two have judged it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from portside.catalogs.paths import reached
from portside.model.blueprint import SYSTEM_BLUEPRINTS, Blueprint
from portside.model.resource import Body, Kind, Ref, Resource
from portside.model.webhook import Webhook
from portside.plans.plan import Action, Step
from portside.problems import Severity, Source, dotted

Blueprints = Mapping[str, Blueprint]

LOCKED_BLUEPRINTS = frozenset({"_rule", "_scorecard_group"})
"""System blueprints whose schema nobody may extend (port-cli)."""


class Refusal(NamedTuple):
    """Why a write is not taken: `reason` is Port's error code, `sentence` names the thing and what was found.

    `details` is what Port adds for programs.
    """

    reason: str
    sentence: str
    details: Mapping[str, str] | None = None


def of_step(step: Step, before: Resource | None) -> Refusal | None:
    """What can be said from the step and from what stands there now."""
    return next(_of_step(step, before), None)


def of_resource(resource: Resource, before: Resource | None, blueprints: Blueprints) -> Refusal | None:
    """What is wrong with the new document, given what stands there and the live blueprints, itself included."""
    if resource.ref.kind is Kind.WEBHOOK:
        return next(_of_webhook(Webhook(resource)), None)
    blueprint = Blueprint(resource)
    return next(_of_blueprint(blueprint, Blueprint(before) if before else None, blueprints), None)


def of_delete(ref: Ref, holders: Sequence[str]) -> Refusal | None:
    """What stands in the way of a delete; `holders` are the other blueprints that point at it."""
    if ref.kind is Kind.BLUEPRINT and ref.identifier in SYSTEM_BLUEPRINTS:
        return Refusal("protected_blueprint_violation", f"{ref} is Port's own and cannot be deleted")
    if holders:
        point = "points" if len(holders) == 1 else "point"
        return Refusal("has_dependents", f"{ref} cannot be deleted: {', '.join(holders)} still {point} at it")
    return None


def _of_step(step: Step, before: Resource | None) -> Iterator[Refusal]:
    if step.action is Action.CREATE and before:
        yield Refusal("conflict", f"{step.ref} is there already")
    if step.action is not Action.CREATE and not before:
        yield Refusal("not_found", f"{step.ref} is not there")
    if step.action is Action.DELETE:
        return
    if step.body is None or step.body.get("identifier") != step.ref.identifier:
        yield Refusal("validation_error", f"{step.ref}: the body is that of {(step.body or {}).get('identifier')!r}")
        return
    yield from _misshapen(step.ref, step.body)


def _misshapen(ref: Ref, body: Body) -> Iterator[Refusal]:
    from portside.checks.shape import check  # the schemas take a moment to load

    for problem in check(ref.kind, body, Source(str(ref))):
        if problem.severity is Severity.ERROR:
            yield Refusal("validation_error", f"{ref}: {problem.message}")


def _of_webhook(webhook: Webhook) -> Iterator[Refusal]:
    from portside.jq import syntax  # a catalog without webhooks needs none

    for route, text in webhook.expressions():
        if error := syntax.error(text):
            sentence = f"webhook/{webhook.identifier}: {dotted(route)} does not compile: {error.message}"
            yield Refusal("validation_error", sentence)


def _of_blueprint(blueprint: Blueprint, before: Blueprint | None, blueprints: Blueprints) -> Iterator[Refusal]:
    if blueprint.identifier in LOCKED_BLUEPRINTS:
        yield Refusal("protected_blueprint_violation", f"blueprint/{blueprint.identifier} cannot be changed")
    for rule in (_relations, _mirrors, _aggregations, _ownership):
        yield from rule(blueprint, blueprints)
    if before:
        yield from _retyped(before, blueprint)
        yield from _retargeted(before, blueprint)


def _relations(blueprint: Blueprint, blueprints: Blueprints) -> Iterator[Refusal]:
    for key, relation in blueprint.relations.items():
        if relation.many and relation.required:
            yield _invalid(blueprint, f"relation '{key}' is many and required, and can only be one of them")
        if not _live(relation.target, blueprints):
            yield _missing(blueprint, f"relation '{key}'", relation.target)


def _mirrors(blueprint: Blueprint, blueprints: Blueprints) -> Iterator[Refusal]:
    for key, body in blueprint.mirrors.items():
        *way, last = str(body["path"]).split(".")
        end = reached(blueprint, way, blueprints)
        if end is None or not (isinstance(end, str) or _has(end, last)):
            yield _invalid(blueprint, f"mirror property '{key}': path '{body['path']}' leads nowhere")


def _aggregations(blueprint: Blueprint, blueprints: Blueprints) -> Iterator[Refusal]:
    for key, body in blueprint.aggregations.items():
        if not _live(body["target"], blueprints):
            yield _missing(blueprint, f"aggregation property '{key}'", body["target"])
        elif target := blueprints.get(body["target"]):
            yield from _aggregated(blueprint, key, body, target)
            yield from _filtered(blueprint, key, body, blueprints)


def _aggregated(blueprint: Blueprint, key: str, body: Body, target: Blueprint) -> Iterator[Refusal]:
    spec = body["calculationSpec"]
    if spec.get("calculationBy") == "property" and not _numeric(target, str(spec.get("property"))):
        yield _invalid(
            blueprint,
            f"aggregation property '{key}': '{spec.get('property')}' is not a number property of '{target.identifier}'",
        )
    measured = spec.get("measureTimeBy")
    if measured is not None and not _has(target, measured):
        yield _invalid(blueprint, f"aggregation property '{key}': '{target.identifier}' has no '{measured}'")


def _filtered(blueprint: Blueprint, key: str, body: Body, blueprints: Blueprints) -> Iterator[Refusal]:
    for part in body.get("pathFilter") or []:
        start = blueprints.get(part["fromBlueprint"]) if part.get("fromBlueprint") else blueprint
        if start is None or reached(start, part["path"], blueprints) is None:
            yield _invalid(
                blueprint, f"aggregation property '{key}': pathFilter {'.'.join(part['path'])} leads nowhere"
            )


def _ownership(blueprint: Blueprint, blueprints: Blueprints) -> Iterator[Refusal]:
    ownership = blueprint.resource.body.get("ownership") or {}
    if ownership.get("type") != "Inherited":
        return
    end = reached(blueprint, str(ownership.get("path")).split("."), blueprints)
    if end is None or (isinstance(end, Blueprint) and _owned(end) != "Direct"):
        sentence = f"ownership path '{ownership.get('path')}' does not lead to a blueprint with Direct ownership"
        yield Refusal("invalid_inherited_ownership_path", f"blueprint/{blueprint.identifier}: {sentence}")


def _retyped(before: Blueprint, after: Blueprint) -> Iterator[Refusal]:
    """A property keeps its type and format as long as it lives; two writes, without it and with it, make a new one."""
    for key in before.properties.keys() & after.properties.keys():
        old, new = before.properties[key], after.properties[key]
        if old.type != new.type:
            yield _invalid(after, f"property '{key}' is of type {old.type} and cannot become {new.type}")
        elif old.format != new.format:
            sentence = f"property '{key}' has {_format(old.format)} and cannot get {_format(new.format)}"
            yield Refusal("forbidden_format_change", f"blueprint/{after.identifier}: {sentence}", {"property": key})


def _retargeted(before: Blueprint, after: Blueprint) -> Iterator[Refusal]:
    for key in before.relations.keys() & after.relations.keys():
        old, new = before.relations[key].target, after.relations[key].target
        if old != new:
            yield _invalid(after, f"relation '{key}' points at '{old}' and cannot be turned to '{new}'")


def _format(name: str | None) -> str:
    return f"format {name}" if name else "no format"


def _owned(blueprint: Blueprint) -> str | None:
    found: str | None = (blueprint.resource.body.get("ownership") or {}).get("type")
    return found


def _live(identifier: str, blueprints: Blueprints) -> bool:
    return identifier in SYSTEM_BLUEPRINTS or identifier in blueprints


def _has(blueprint: Blueprint, key: str) -> bool:
    """Whether an entity of the blueprint can have a value under that name."""
    sections = (blueprint.properties, blueprint.mirrors, blueprint.calculations, blueprint.aggregations)
    return key.startswith("$") or any(key in section for section in sections)


def _numeric(blueprint: Blueprint, key: str) -> bool:
    own = blueprint.properties.get(key)
    calculation = blueprint.calculations.get(key) or {}
    return bool(own and own.type == "number") or key in blueprint.aggregations or calculation.get("type") == "number"


def _invalid(blueprint: Blueprint, sentence: str) -> Refusal:
    return Refusal("validation_error", f"blueprint/{blueprint.identifier}: {sentence}")


def _missing(blueprint: Blueprint, member: str, target: str) -> Refusal:
    sentence = f"{member} points at blueprint '{target}', which this catalog does not have"
    return Refusal("not_found", f"blueprint/{blueprint.identifier}: {sentence}")
