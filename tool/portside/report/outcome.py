"""What one delivery did, expression by expression. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portside.jq import engine
from portside.model.entity import EntityChange, MappingOutcome, Outcome, Remove, Swallowed, Upsert, Value, Verdict
from portside.model.resource import JSON
from portside.problems import Place, Route, Source, dotted
from portside.report.problems import Paint

_STYLE = {Verdict.MAPPED: "added", Verdict.FILTERED: "quiet", Verdict.SKIPPED: "warning"}
WIDTH = 100
"""Characters of a value that are shown on one line."""


def text(outcome: Outcome, paint: Paint, source: Source | None = None, *, verbose: bool = False) -> str:
    """Mapping by mapping: the verdict, each expression with its value, what came of it, and what Port would swallow.

    `source`: where the webhook is written. `verbose`: which way each expression went, too.
    """
    page = _Page(outcome, paint, source, verbose)
    lines = [*page.swallowed([some for some in outcome.swallowed if some.route[0] != "mappings"])]
    lines += [line for mapping in outcome.mappings for line in page.mapping(mapping)]
    return "\n".join([*lines, summary(outcome)])


def summary(outcome: Outcome) -> str:
    """`1 entity to write, 0 to delete; 2 swallowed.`"""
    removed = sum(isinstance(change, Remove) for change in outcome.changes)
    written = len(outcome.changes) - removed
    swallowed = f"; {len(outcome.swallowed)} swallowed" if outcome.swallowed else ""
    return f"{written} {'entity' if written == 1 else 'entities'} to write, {removed} to delete{swallowed}."


class _Page(NamedTuple):
    """What every line needs to know."""

    outcome: Outcome
    paint: Paint
    source: Source | None
    verbose: bool

    def mapping(self, mapping: MappingOutcome) -> Iterator[str]:
        because = f": {mapping.because}" if mapping.because else ""
        items = f", {mapping.mapped} of {mapping.items} items" if mapping.items != 1 else ""
        yield f"{self.paint(f'mappings[{mapping.index}]', 'strong')} → {mapping.blueprint}  " + self.paint(
            f"{mapping.verdict}{items}{because}", _STYLE[mapping.verdict]
        )
        own, outcome = ("mappings", mapping.index), self.outcome
        yield from self.values([value for value in outcome.values if value.route[:2] == own])
        yield from (
            line for change in outcome.changes if change.route[:2] == own for line in _change(change, self.paint)
        )
        yield from self.swallowed([some for some in outcome.swallowed if some.route[:2] == own])
        yield ""

    def values(self, values: Sequence[Value]) -> Iterator[str]:
        width = max((len(_name(value.route)) for value in values), default=0)
        item: int | None = None
        for value in values:
            if value.item != item and value.item is not None:
                yield self.paint(f"  item {value.item}", "quiet")
            item = value.item
            way = engine.way(value.text) if self.verbose else ""
            said = f"{_short(value.text)}  ({way})" if way else _short(value.text)
            yield f"  {_name(value.route):{width}}  {self.paint(said, 'quiet')}"
            yield f"  {'':{width}}  = {_gave(value, self.paint)}"

    def swallowed(self, swallowed: Sequence[Swallowed]) -> Iterator[str]:
        """Each with its place, which is told once: many items may swallow the same."""
        told: set[Place | None] = {None}
        for some in swallowed:
            yield _swallowed(some, self.paint)
            place = _place(some, self.source)
            if place not in told:
                yield self.paint(f"    at {place}", "quiet")
            told.add(place)


def _gave(value: Value, paint: Paint) -> str:
    if value.error:
        return paint(f"failed: {value.error}", "error")
    return paint("nothing", "warning") if value.missing else _short(_json(value.value))


def _change(change: EntityChange, paint: Paint) -> Iterator[str]:
    if isinstance(change, Remove):
        yield paint(f"  - {named(change)}", "removed") + (" and what requires it" if change.dependents else "")
        return
    yield paint(f"  + {named(change)}", "added")
    for key, value in _fields(change):
        yield f"      {key}: {_short(_json(value))}"


def named(change: EntityChange) -> str:
    """`incident/Q1`; of an entity that a search has yet to find: `incident found by {"combinator": "and", …}`."""
    if isinstance(change.identifier, str):
        return f"{change.blueprint}/{change.identifier}"
    return f"{change.blueprint} found by {_short(json.dumps(change.identifier, ensure_ascii=False, sort_keys=True))}"


def _fields(change: Upsert) -> Iterator[tuple[str, JSON]]:
    for key, value in change.fields.items():
        if key in ("properties", "relations"):
            yield from ((f"{key}.{name}", member) for name, member in value.items())
        else:
            yield key, value


def _swallowed(some: Swallowed, paint: Paint) -> str:
    item = f" (item {some.item})" if some.item is not None else ""
    return paint(f"  ! {_name(some.route)}{item}: {some.message} [{some.code}]", "warning")


def _place(some: Swallowed, source: Source | None) -> Place | None:
    return source.inside(some.route, 0) if source else None


def _name(route: Route) -> str:
    """The route inside its mapping: `entity.properties.status`."""
    return dotted(route[2:] or route)


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_json(outcome: Outcome, source: Source | None = None, **more: JSON) -> str:
    """The stable form for programs: `outcome/1`; `more` are further members of the document."""
    document = {
        "portside": "outcome/1",
        "mappings": [{**vars(mapping), "verdict": str(mapping.verdict)} for mapping in outcome.mappings],
        "changes": [_change_row(change) for change in outcome.changes],
        "swallowed": [_swallowed_row(some, source) for some in outcome.swallowed],
        "values": [_value_row(value) for value in outcome.values],
    }
    return json.dumps({**document, **more}, indent=2, ensure_ascii=False)


def _swallowed_row(some: Swallowed, source: Source | None) -> dict[str, JSON]:
    place = _place(some, source)
    return {**vars(some), "route": list(some.route), "place": str(place) if place else None}


def _change_row(change: EntityChange) -> dict[str, JSON]:
    row = {"blueprint": change.blueprint, "identifier": change.identifier, "route": list(change.route)}
    if isinstance(change, Remove):
        return {"action": "delete", **row, "dependents": change.dependents}
    return {"action": "upsert", **row, "fields": change.fields}


def _value_row(value: Value) -> dict[str, JSON]:
    row: dict[str, JSON] = {"route": list(value.route), "text": value.text, "item": value.item}
    row["way"] = engine.way(value.text)
    if value.error:
        return {**row, "error": value.error}
    return row if value.missing else {**row, "value": value.value}
