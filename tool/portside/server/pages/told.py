"""What a delivery does to the catalog, mapping by mapping, with the value and the type of every expression.

The rule: nothing is written: what a change would come to is worked out on the entity that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from portside.catalogs import rows
from portside.catalogs.entities import Effect
from portside.catalogs.entity import Key, Stamp, created, merged
from portside.catalogs.reading import Reading
from portside.jq.slices import Outputs
from portside.jq.types import Type, kinds, parts, shown
from portside.jq.walk import Step
from portside.mappings import conform
from portside.mappings.evaluate import evaluate
from portside.mappings.explained import Look, Part, Run, Told, explain
from portside.model.blueprint import Blueprint
from portside.model.entity import EntityChange, MappingOutcome, Outcome, Remove, Swallowed, Upsert, Value
from portside.model.resource import JSON, Body
from portside.model.webhook import Delivery, Webhook, WebhookMapping
from portside.problems import Route, dotted
from portside.report.explained import loose
from portside.report.outcome import summary
from portside.server.pages import values

TYPE_WIDTH = 80
"""Characters of a type; a longer one is told without its words and numbers."""
CHANGES = 50
"""Entities of one mapping that are shown."""


class Line(NamedTuple):
    """One expression, or a part of one `depth` levels down. `gave` is None where nothing ran; `type` may be ""."""

    name: str
    text: str
    gave: Outputs | None
    type: str
    note: str
    depth: int = 0
    parts: tuple[Line, ...] = ()


class Change(NamedTuple):
    """An entity that a mapping writes or deletes: what that would come to, and why it would be refused ("": not).

    `identifier` is a search query in one line where the mapping has one; then nobody knows the effect before.
    """

    blueprint: str
    identifier: str
    there: bool
    effect: str
    fields: Sequence[tuple[str, JSON, Body]]
    refused: str


class Ran(NamedTuple):
    """The expressions of a mapping on one input; `item` counts from 0. `passed`: whether the filter let it through."""

    item: int | None
    passed: bool
    lines: tuple[Line, ...]


class Made(NamedTuple):
    """What one mapping made of a delivery; `there`: its blueprint is in the catalog.

    `runs` are its first items, or one run that has no item.
    """

    outcome: MappingOutcome
    there: bool
    deletes: bool
    items: Line | None
    total: int
    runs: tuple[Ran, ...]
    changes: tuple[Change, ...]
    more: int
    swallowed: tuple[Swallowed, ...]


def told(reading: Reading, webhook: Webhook, delivery: Delivery, known: Sequence[JSON]) -> Body:
    """Everything that there is to say; `known` are inputs whose types count as what an expression can give."""
    blueprints = {one.blueprint: found for one in webhook.mappings if (found := reading.blueprints.get(one.blueprint))}
    outcome = evaluate(webhook, delivery, blueprints)
    parts: Mapping[int, Part] = {}
    others: list[Line] = []
    if not any(one.code == "jq-limit" for one in outcome.swallowed):  # what was ended once is not run part by part
        explained = explain(webhook, Look(delivery.input, [*known, delivery.input], lambda _: True))
        parts = {part.mapping.index: part for part in explained.parts}
        others = [_line(one, dotted(one.expression.route)) for one in explained.others]
    return {
        "outcome": outcome,
        "summary": summary(outcome),
        "made": [
            _made(reading, webhook.mappings[one.index], one, outcome, parts.get(one.index)) for one in outcome.mappings
        ],
        "swallowed": [one for one in outcome.swallowed if one.route[0] != "mappings"],
        "others": others,
        "known": len(known) + 1,
    }


def _made(
    reading: Reading, mapping: WebhookMapping, outcome: MappingOutcome, whole: Outcome, part: Part | None
) -> Made:
    own = mapping.route
    changes = [change for change in whole.changes if change.route[:2] == own]
    return Made(
        outcome,
        outcome.blueprint in reading.blueprints,
        mapping.deletes,
        _line(part.items, "itemsToParse") if part and part.items else None,
        outcome.items,
        tuple(_run(run) for run in part.runs) if part else tuple(_plain(own, whole.values)),
        tuple(_change(reading, change) for change in changes[:CHANGES]),
        max(len(changes) - CHANGES, 0),
        tuple(_once(one for one in whole.swallowed if one.route[:2] == own)),
    )


def _run(run: Run) -> Ran:
    return Ran(run.item, run.passed is not False, tuple(_lines(run)))


def _plain(own: Route, gave: Sequence[Value]) -> Iterator[Ran]:
    """The same without types and parts."""
    mine = [one for one in gave if one.route[:2] == own]
    for item, some in groupby(mine, key=lambda one: one.item):
        lines = tuple(Line(_name(one.route), values.line(one.text), _gave(one), "", "") for one in some)
        yield Ran(item, True, lines)


def _gave(one: Value) -> Outputs:
    return Outputs(() if one.missing or one.error else (one.value,), one.error)


def _name(route: Route) -> str:
    """`properties.status` of the entity, `filter` of the mapping."""
    return dotted(route[3:] or route[2:])


def _once(swallowed: Iterator[Swallowed]) -> Iterator[Swallowed]:
    """Many items may pass over the same: the first of them is told."""
    for _, some in groupby(sorted(swallowed, key=_what), key=_what):
        yield next(some)


def _what(one: Swallowed) -> tuple[str, str, str]:
    return dotted(one.route), one.code, one.message


def _lines(run: Run) -> Iterator[Line]:
    if run.filter:
        yield _line(run.filter, "filter")
    for one in run.expressions:
        yield _line(one, _name(one.expression.route))


def _line(one: Told, name: str) -> Line:
    text = values.line(one.expression.text)
    if one.tree is None:
        return Line(name, text, Outputs(error=one.error.message if one.error else ""), "", "does not compile")
    return Line(name, text, one.tree.outputs, _type(one.tree.type), one.tree.note, parts=tuple(_parts(one.tree, 1)))


def _parts(step: Step, depth: int) -> Iterator[Line]:
    for below in step.steps:
        yield Line(below.label, values.line(below.text), below.outputs, _type(below.type), below.note, depth)
        yield from _parts(below, depth + 1)


def _type(known: Type | None) -> str:
    """In words; what is one text or one number is told by its kind, since the value stands beside it."""
    if known is None:
        return ""
    words = shown(known)
    one_a_kind = len([*parts(known)]) <= len(kinds(known))
    return shown(loose(known)) if one_a_kind or len(words) > TYPE_WIDTH else words


def _change(reading: Reading, change: EntityChange) -> Change:
    blueprint = reading.blueprints.get(change.blueprint)
    if not isinstance(change.identifier, str):
        said = f"found by {values.spelled(change.identifier)}"
        return Change(change.blueprint, said, False, "upsert", _fields(change, blueprint), "")
    entity = rows.find(reading.connection, Key(change.blueprint, change.identifier)) if blueprint else None
    if isinstance(change, Remove) or blueprint is None:
        effect = Effect.DELETED if entity else Effect.ABSENT
        return Change(change.blueprint, change.identifier, entity is not None, effect, (), "")
    stamp = Stamp(reading.now, "")
    after = (
        merged(entity, blueprint, change.fields, stamp)
        if entity
        else created(blueprint, change.identifier, change.fields, stamp)
    )
    effect = Effect.CREATED if entity is None else Effect.UNCHANGED if after == entity else Effect.UPDATED
    lacks = (
        ""
        if after == entity
        else "; ".join(one.message for one in conform.lacking(blueprint, after.properties, after.relations))
    )
    return Change(change.blueprint, change.identifier, entity is not None, effect, _fields(change, blueprint), lacks)


def _fields(change: EntityChange, blueprint: Blueprint | None) -> Sequence[tuple[str, JSON, Body]]:
    """(name, value, definition) of everything that a change says."""
    if not isinstance(change, Upsert):
        return ()
    defined = blueprint.properties if blueprint else {}
    found: list[tuple[str, JSON, Body]] = []
    for key, value in change.fields.items():
        if key in ("properties", "relations") and isinstance(value, dict):
            found += ((name, one, defined[name].body if name in defined else {}) for name, one in value.items())
        else:
            found.append((f"${key}", value, {}))
    return found
