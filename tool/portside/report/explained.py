"""Expressions as trees with the value and the type at every part. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portside.jq.slices import Outputs
from portside.jq.types import ANY, EVERY, Type, kinds, of, parts, shown, union
from portside.jq.walk import Step
from portside.mappings.explained import Explained, Part, Run, Told
from portside.model.resource import JSON
from portside.problems import Route, Source, dotted
from portside.report.problems import Paint

TEXT_WIDTH, VALUE_WIDTH, TYPE_WIDTH = 72, 60, 44
"""Characters of a part, of its value and of its type that are shown on one line."""
OUTPUTS_SHOWN = 3


class _Row(NamedTuple):
    """One line of a tree: `lead` is its indent and its label, `style` that of the value."""

    lead: str
    text: str
    value: str
    style: str
    type: str
    note: str


def text(explained: Explained, paint: Paint, *, verbose: bool = False) -> str:
    """Mapping by mapping, each expression with its place, and under it every part that is worth a look.

    Plain ones that gave something are a line each. `verbose`: none is folded so, and each says which way it runs.
    """
    page = _Page(explained.webhook.resource.source, paint, verbose)
    lines = [line for part in explained.parts for line in page.part(part)]
    others = [line for told in explained.others for line in page.told(told, told.expression.route)]
    asleep = "" if explained.webhook.enabled else "this webhook is not enabled, and Port drops what it receives\n"
    return "\n".join([*([paint(asleep, "warning")] if asleep else []), *lines, *others]).rstrip("\n")


class _Page(NamedTuple):
    """What every line needs to know."""

    source: Source
    paint: Paint
    verbose: bool

    def part(self, part: Part) -> Iterator[str]:
        mapping = part.mapping
        name = self.paint(f"mappings[{mapping.index}]", "strong")
        head = f"{name} {'deletes' if mapping.deletes else '→'} {mapping.blueprint}"
        became = _became(part)
        yield f"{head}  {self.paint(became, 'quiet')}" if became else head
        if part.items:
            yield from self.told(part.items, _own(part.items))
        for run in part.runs:
            yield from self.run(run)
        if more := part.total - len(part.runs):
            yield self.paint(f"and {more} more {'item' if more == 1 else 'items'}", "quiet")
        yield ""

    def run(self, run: Run) -> Iterator[str]:
        if run.item is not None:
            yield self.paint(f"item {run.item}" + ("" if run.passed else ", stopped by the filter"), "strong")
        told = ([run.filter] if run.filter else []) + list(run.expressions)
        folded = {} if self.verbose or len(told) == 1 else self.folded([one for one in told if _plain(one)])
        for one in told:
            yield from folded.get(one.expression.route) or self.told(one, _own(one))

    def folded(self, plain: Sequence[Told]) -> dict[Route, list[str]]:
        """A line for each, without its place: nothing is wrong with them."""
        names = [dotted(_own(told)) for told in plain]
        width = max(map(len, names), default=0)
        rows = [row for name, told in zip(names, plain, strict=True) for row in _folded(told, f"{name:{width}}  ")]
        lines = _table(rows, self.paint) if rows else ()
        return {told.expression.route: [line] for told, line in zip(plain, lines, strict=True)}

    def told(self, told: Told, route: Route) -> Iterator[str]:
        place = self.source.inside(told.expression.route, 0)
        way = self.paint(f"  ({told.way})", "quiet") if self.verbose and told.way else ""
        yield f"{self.paint(str(place), 'quiet')}  {self.paint(dotted(route), 'strong')}{way}"
        if told.tree:
            yield from _table(list(_rows(told.tree, "  ")), self.paint)
        elif told.error:
            yield f"  {_line(told.expression.text)}"
            yield self.paint(f"  does not compile: {told.error.message}", "error")
            yield from [f"    {told.error.hint}"] if told.error.hint else []


def _became(part: Part) -> str:
    """What a mapping made of the delivery, or would make of the known ones."""
    several = part.mapping.items_to_parse is not None
    if part.runs and part.runs[0].passed is None:
        known = f"{part.known} known {'items' if several else 'deliveries'}"
        passing = f"{part.passing} of {known} pass its filter" if part.mapping.filter else known
        return passing if part.known else "no delivery is known"
    if several:
        return f"{part.total} {'item' if part.total == 1 else 'items'}"
    return "" if part.runs[0].passed else "stopped by its filter"


def _own(told: Told) -> Route:
    """The route inside the mapping: `entity.properties.status`."""
    return told.expression.route[2:]


def _plain(told: Told) -> bool:
    """Whether there is nothing to say of an expression but what it gave, or can give."""
    tree = told.tree
    if tree is None or tree.steps or tree.note or len(_line(tree.text)) > TEXT_WIDTH:
        return False
    return tree.outputs is None or _whole(tree.outputs)


def _whole(outputs: Outputs) -> bool:
    return bool(outputs.values) and not outputs.null and not outputs.error


def _folded(told: Told, lead: str) -> Iterator[_Row]:
    """What it can give elsewhere is left out beside what it gave."""
    if told.tree:
        yield from _rows(told.tree._replace(type=None) if told.tree.outputs else told.tree, lead)


def _rows(step: Step, lead: str) -> Iterator[_Row]:
    label = f"{step.label} " if step.label else ""
    failed = any(below.outputs and below.outputs.error for below in step.steps)
    value, style = _gave(step.outputs, failed)
    yield _Row(f"{lead}{label}", _line(step.text), value, style, _type(step), step.note)
    for below in step.steps:
        yield from _rows(below, f"{lead}  ")


def _table(rows: Sequence[_Row], paint: Paint) -> Iterator[str]:
    """Aligned; an expression that is too wide for its column has a line of its own."""
    if len(rows[0].text) > TEXT_WIDTH:
        yield f"{rows[0].lead}{rows[0].text}"
        rows = [rows[0]._replace(text="="), *rows[1:]]
    rows = [row._replace(text=_cut(row.text, TEXT_WIDTH)) for row in rows]
    widths = (
        max(len(row.lead) + len(row.text) for row in rows),
        min(max(len(row.value) for row in rows), VALUE_WIDTH),
        max((len(row.type) for row in rows if row.note), default=0),
    )
    yield from (_aligned(row, widths, paint) for row in rows)


def _aligned(row: _Row, widths: tuple[int, int, int], paint: Paint) -> str:
    text, value, type_ = widths
    cells = [(f"{row.lead}{row.text}", text, ""), (row.value, value, row.style), (row.type, type_, "quiet")]
    cells = [*cells, (_arrow(row.note), 0, "warning")]
    while cells and not cells[-1][0]:
        cells.pop()
    padded = [(f"{cell:{width}}", cell, style) for cell, width, style in cells if width or cell]
    return "  ".join(
        whole.replace(cell, paint(cell, style), 1) if style and cell else whole for whole, cell, style in padded
    ).rstrip()


def _arrow(note: str) -> str:
    return f"← {note}" if note else ""


def _gave(outputs: Outputs | None, told_below: bool) -> tuple[str, str]:
    """What a part gave, and its style. An error is told once, where it happened: further up it is just `failed`."""
    if outputs is None:
        return "", ""
    failed = ("failed" if told_below else f"failed: {_line(outputs.error)}") if outputs.error else ""
    if not outputs.values:
        return (failed, "error") if failed else ("nothing", "warning")
    each = VALUE_WIDTH // min(len(outputs.values), OUTPUTS_SHOWN)
    some = [_cut(_json(value), each) for value in outputs.values[:OUTPUTS_SHOWN]]
    if len(outputs.values) > OUTPUTS_SHOWN:
        some.append(f"… {len(outputs.values)} {'and more' if outputs.more else 'in all'}")
    return ", ".join([*some, *([f"then {failed}"] if failed else [])]), "warning" if outputs.null else ""


def _type(step: Step) -> str:
    """The type over all known deliveries, where it says more than the value does."""
    if step.type is None or (step.outputs and step.type == ANY):
        return ""
    if step.outputs and not step.outputs.error and not _varies(step.type, step.outputs.values):
        return ""
    words = shown(step.type)
    return words if len(words) <= TYPE_WIDTH else _cut(shown(loose(step.type)), TYPE_WIDTH)


def _varies(known: Type, values: Sequence[JSON]) -> bool:
    """Whether other deliveries give another kind, or one of a few other words or numbers."""
    if kinds(known) != kinds(union(*map(of, values))):
        return True
    words = shown(known)
    return len([*parts(known)]) > len(kinds(known)) and words != shown(loose(known)) and len(words) <= TYPE_WIDTH


def loose(known: Type) -> Type:
    """The type without the words and numbers that it is known to be."""
    string = known.string if known.string is None else EVERY
    return known._replace(string=string, number=known.number if known.number is None else EVERY)


def _line(value: str) -> str:
    return " ".join(value.split())


def _cut(value: str, width: int) -> str:
    return value if len(value) <= width else f"{value[: width - 1]}…"


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_json(explained: Explained) -> str:
    """The stable form for programs: `explained/1`."""
    source = explained.webhook.resource.source
    document = {
        "portside": "explained/1",
        "webhook": explained.webhook.identifier,
        "mappings": [_part_row(part, source) for part in explained.parts],
        "others": [_told_row(told, source) for told in explained.others],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _part_row(part: Part, source: Source) -> dict[str, JSON]:
    return {
        "index": part.mapping.index,
        "blueprint": part.mapping.blueprint,
        "known": part.known,
        "passing": part.passing,
        "itemsToParse": _told_row(part.items, source) if part.items else None,
        "items": part.total,
        "runs": [
            {
                "item": run.item,
                "filter": _told_row(run.filter, source) if run.filter else None,
                "passed": run.passed,
                "expressions": [_told_row(told, source) for told in run.expressions],
            }
            for run in part.runs
        ],
    }


def _told_row(told: Told, source: Source) -> dict[str, JSON]:
    place = source.inside(told.expression.route, 0)
    row = {"route": list(told.expression.route), "path": place.path, "line": place.line, "column": place.column}
    if told.error:
        return {**row, "text": told.expression.text, "error": told.error.message}
    return {**row, "way": told.way, "tree": _step_row(told.tree)} if told.tree else row


def _step_row(step: Step) -> dict[str, JSON]:
    row: dict[str, JSON] = {"label": step.label, "text": step.text}
    if step.outputs is not None:
        row |= {"outputs": list(step.outputs.values), "more": step.outputs.more}
        row |= {"error": step.outputs.error} if step.outputs.error else {}
    if step.type is not None:
        row["type"] = shown(step.type)
    return row | {"note": step.note, "steps": [_step_row(below) for below in step.steps]}
