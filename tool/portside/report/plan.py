"""A plan as a terminal and a pull request read it. Pure.

Its one rule: dangers before details, and one summary line, always last in a terminal and always in the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from portside.model.resource import JSON, Kind, Resource
from portside.plans import saved
from portside.plans.dangers import Danger, allow, at_stake, subject
from portside.plans.diff import MISSING, Change, FieldChange, shown, turned
from portside.plans.plan import Action, Plan, Step
from portside.plans.plan import summary as counts
from portside.problems import dotted
from portside.report.problems import Paint

COMMENT_LIMIT = 65_000
"""GitHub refuses a comment of more than 65,536 characters."""
WIDTH = 160
"""Characters of a value that are shown on one line of a terminal."""

_SIGN = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_STYLE = {"+": "added", "~": "changed", "-": "removed"}


def text(plan: Plan, refused: Sequence[Danger], paint: Paint, *, verbose: bool = False) -> str:
    """The plan for a terminal: changes, order where it surprises, kept keys, dangers, unmanaged; the summary last."""
    parts = (
        [line for change in plan.changes for line in _change(change, paint, verbose=verbose)],
        _order(plan, paint) if verbose or len(plan.steps) != len(plan.changes) else [],
        [f"kept: {kept.ref} {dotted(kept.route)} (live only)" for kept in plan.kept],
        [danger_line(danger, refused, paint) for danger in plan.dangers],
        [f"{danger.name} {subject(danger)}: {at_stake(danger)}" for danger in plan.harmless],
        [f"unmanaged: {ref} (live, not in the files)" for ref in plan.unmanaged],
        list(plan.notes),
    )
    blocks = ["\n".join(part) for part in parts if part]
    return "\n\n".join([*blocks, paint(summary(plan), "strong")])


def summary(plan: Plan) -> str:
    """`Plan: 1 to create, 2 to change, 0 to delete; 3 unmanaged.` or `No changes.`"""
    if not plan.changes:
        return "No changes."
    count = counts(plan)
    unmanaged = f"; {count.unmanaged} unmanaged" if count.unmanaged else ""
    return f"Plan: {count.creates} to create, {count.updates} to change, {count.deletes} to delete{unmanaged}."


def step_line(step: Step) -> str:
    """`~ blueprint/service  (adds incident; service and incident point at each other)`."""
    return f"{_SIGN[step.action]} {step.ref}" + (f"  ({step.because})" if step.because else "")


def danger_line(danger: Danger, refused: Iterable[Danger], paint: Paint) -> str:
    """The danger's name, what it is about, what would be lost, and how to go on when it is not allowed."""
    wayout = f"; to go on: --allow {allow(danger)}" if danger in refused else "; allowed"
    name = paint(danger.name, "error" if danger in refused else "warning")
    return f"{name} {subject(danger)}: {at_stake(danger)}{wayout}"


def sign_of(change: Change) -> str:
    """`+`, `~` or `-`."""
    return "+" if change.before is None else "-" if change.after is None else "~"


def _change(change: Change, paint: Paint, *, verbose: bool) -> Iterator[str]:
    sign = sign_of(change)
    yield paint(f"{sign} {change.ref}", _STYLE[sign])
    if change.before is None and change.after is not None:
        yield from (f"    {line}" for line in (_body_lines(change.after) if verbose else _outline(change.after)))
    elif change.after is not None:
        yield from (f"    {field_line(field, paint)}" for field in change.fields)


def _outline(resource: Resource) -> Iterator[str]:
    """What a new resource is made of, in a line a part."""
    body = resource.body
    yield f"title: {_json(body.get('title'))}"
    parts = {"properties": body["schema"]["properties"], **body} if resource.ref.kind is Kind.BLUEPRINT else {}
    sections = ("properties", "relations", "mirrorProperties", "calculationProperties", "aggregationProperties")
    yield from (f"{name}: {', '.join(parts[name])}" for name in sections if parts.get(name))
    yield from (
        f"mappings[{index}]: {mapping['operation']['type']} {mapping['blueprint']}"
        for index, mapping in enumerate(body.get("mappings", ()))
    )


def _body_lines(resource: Resource) -> list[str]:
    return json.dumps(resource.body, indent=2, ensure_ascii=False).splitlines()


def field_line(field: FieldChange, paint: Paint) -> str:
    """`~ schema.properties.tier.title: "Tier" → "Level"`; + and - where one side does not have it."""
    name = dotted(field.route)
    if field.before is MISSING:
        return paint(f"+ {name}: {shown(field.after, WIDTH)}", "added")
    if field.after is MISSING:
        return paint(f"- {name}: {shown(field.before, WIDTH)}", "removed")
    return paint(f"~ {name}: {turned(field, WIDTH)}", "changed")


def _order(plan: Plan, paint: Paint) -> list[str]:
    return [paint("in this order:", "quiet"), *(f"  {n}. {step_line(step)}" for n, step in enumerate(plan.steps, 1))]


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def markdown(plan: Plan, refused: Sequence[Danger], limit: int = COMMENT_LIMIT) -> str:
    """What a pull request shows: summary and dangers first, details folded; what does not fit is cut and counted."""
    head = f"### portside plan for `{plan.catalog}`\n\n**{summary(plan)}**\n"
    blocks = [
        *(_danger_block(danger, refused) for danger in plan.dangers),
        *(f"{_md(note)}\n" for note in plan.notes),
        *(_details(change) for change in plan.changes),
        *_listed("Order of the writes", [step_line(step) for step in plan.steps] if _surprises(plan) else []),
        *_listed("Kept (live only)", [f"{kept.ref} {dotted(kept.route)}" for kept in plan.kept]),
        *_listed("Unmanaged (live, not in the files)", [str(ref) for ref in plan.unmanaged]),
    ]
    return fitted(head, blocks, limit)


def fitted(head: str, blocks: Sequence[str], limit: int) -> str:
    """The head and as many whole blocks as fit, then a line that counts the rest."""
    room = limit - len(head) - 100
    taken: list[str] = []
    for block in blocks:
        if (room := room - len(block) - 1) < 0:
            break
        taken.append(block)
    left = len(blocks) - len(taken)
    cut = (
        [f"_{left} more {'part is' if left == 1 else 'parts are'} not shown; `portside plan` shows all._\n"]
        if left
        else []
    )
    return "\n".join([head, *taken, *cut])


def _surprises(plan: Plan) -> bool:
    return len(plan.steps) != len(plan.changes)


def _danger_block(danger: Danger, refused: Sequence[Danger]) -> str:
    kind, wayout = (
        ("CAUTION", f"; to go on: `--allow {allow(danger)}`") if danger in refused else ("WARNING", "; allowed")
    )
    return f"> [!{kind}]\n> **{danger.name}** `{subject(danger)}`: {_md(at_stake(danger))}{wayout}\n"


def _details(change: Change) -> str:
    lines = list(_diff(change))
    counted = (
        f" ({len(change.fields)} {'field' if len(change.fields) == 1 else 'fields'})" if sign_of(change) == "~" else ""
    )
    fence = "`" * max(3, 1 + max((_ticks(line) for line in lines), default=0))
    body = "\n".join(lines)
    return (
        f"<details><summary><code>{sign_of(change)} {_md(str(change.ref))}</code>{counted}</summary>\n\n"
        f"{fence}diff\n{body}\n{fence}\n\n</details>\n"
    )


def _diff(change: Change) -> Iterator[str]:
    if change.before is None and change.after is not None:
        yield from (f"+ {line}" for line in _body_lines(change.after))
    elif change.after is None:
        yield f"- {change.ref}"
    for field in change.fields if change.before and change.after else ():
        if field.before is not MISSING:
            yield f"- {dotted(field.route)}: {_json(field.before)}"
        if field.after is not MISSING:
            yield f"+ {dotted(field.route)}: {_json(field.after)}"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        rows = "\n".join(f"{number}. {_md(line)}" for number, line in enumerate(lines, 1))
        yield f"<details><summary>{title}: {len(lines)}</summary>\n\n{rows}\n\n</details>\n"


def _ticks(line: str) -> int:
    """The longest run of backticks in a line."""
    return max((len(run) for run in "".join(c if c == "`" else " " for c in line).split()), default=0)


def _md(value: str) -> str:
    """Text that Markdown and HTML leave as it is."""
    return "".join(f"\\{char}" if char in "\\`*_[]|" else _HTML.get(char, char) for char in value)


_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def as_json(plan: Plan, refused: Sequence[Danger]) -> str:
    """The stable form for programs: the plan as it is saved, what it counts, and the dangers that nobody allowed."""
    names = [{"name": danger.name, "about": subject(danger), "allow": allow(danger)} for danger in refused]
    document = {"summary": counts(plan)._asdict(), "refused": names, "plan": saved.to_json(plan)}
    return json.dumps(document, indent=2, ensure_ascii=False)
