"""Expressions a line each: what is written, what it gave, and what it can give.

The rule: a line says the same of an expression and of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from portside.jq.slices import Outputs
from portside.jq.types import Type, kinds, parts, shown
from portside.jq.walk import Step
from portside.mappings.explained import Run, Told
from portside.model.entity import Value
from portside.problems import Route, dotted
from portside.report.explained import loose
from portside.server.pages import values

TYPE_WIDTH = 80
"""Characters of a type; a longer one is told without its words and numbers."""


class Line(NamedTuple):
    """One expression, or a part of one `depth` levels down. `gave` is None where nothing ran; `type` may be ""."""

    name: str
    text: str
    gave: Outputs | None
    type: str
    note: str
    depth: int = 0
    parts: tuple[Line, ...] = ()


class Ran(NamedTuple):
    """The expressions of a mapping on one input; `item` counts from 0. `passed`: whether the filter let it through."""

    item: int | None
    passed: bool
    lines: tuple[Line, ...]


def explained(run: Run) -> Ran:
    """A run with types and parts."""
    return Ran(run.item, run.passed is not False, tuple(_lines(run)))


def evaluated(own: Route, gave: Sequence[Value]) -> Iterator[Ran]:
    """What the expressions of one mapping gave, without types and parts."""
    mine = [one for one in gave if one.route[:2] == own]
    for item, some in groupby(mine, key=lambda one: one.item):
        lines = tuple(Line(_name(one.route), values.line(one.text), _gave(one), "", "") for one in some)
        yield Ran(item, True, lines)


def _gave(one: Value) -> Outputs:
    return Outputs(() if one.missing or one.error else (one.value,), one.error)


def _name(route: Route) -> str:
    """`properties.status` of the entity, `filter` of the mapping."""
    return dotted(route[3:] or route[2:])


def _lines(run: Run) -> Iterator[Line]:
    if run.filter:
        yield line(run.filter, "filter")
    for one in run.expressions:
        yield line(one, _name(one.expression.route))


def line(one: Told, name: str) -> Line:
    """An expression under a name."""
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
