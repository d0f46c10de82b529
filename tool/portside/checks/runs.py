"""Mappings run on every delivery that is known, and the noun for what is found so. Pure.

The one rule: what an expression gives here it gives at Port, for the same code runs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from portside.checks.known import Sample
from portside.jq.engine import given
from portside.jq.error import JqError
from portside.jq.programs import Result
from portside.mappings.values import shown
from portside.model.resource import JSON, Body
from portside.model.webhook import ITEM_LIMIT, Expression, WebhookMapping
from portside.problems import Route, Severity


class Finding(NamedTuple):
    """Something wrong with one jq text; the error's index is in it."""

    route: Route
    text: str
    code: str
    severity: Severity
    error: JqError


class Given(NamedTuple):
    """What one expression gave for one delivery, or for one item of it."""

    sample: Sample
    input: Body
    result: Result


Column: TypeAlias = tuple[Expression, tuple[Given, ...]]
"""One expression, and what it gave each time it ran."""


class Ran(NamedTuple):
    """A mapping over all known deliveries. `conditions` are the filter and itemsToParse, as far as there are any."""

    mapping: WebhookMapping
    conditions: tuple[Column, ...]
    needed: tuple[Column, ...]


def over(mapping: WebhookMapping, known: Sequence[Sample]) -> Ran:
    """Run a mapping on every delivery."""
    items: list[Given] = []
    guard: list[Given] = []
    columns: list[list[Given]] = [[] for _ in mapping.needed]
    filtered, listed = _run(mapping.filter), _run(mapping.items_to_parse)
    runs = [_run(expression.text) for expression in mapping.needed]
    for sample in known:
        for seen in _inputs(sample, listed, items):
            passed = filtered(seen)
            guard.append(Given(sample, seen, passed))
            if mapping.filter is None or passed.value is True:
                for column, run in zip(columns, runs, strict=True):
                    column.append(Given(sample, seen, run(seen)))
    conditions = [
        (Expression((*mapping.route, key), text), tuple(given))
        for key, text, given in (("itemsToParse", mapping.items_to_parse, items), ("filter", mapping.filter, guard))
        if text is not None
    ]
    return Ran(mapping, tuple(conditions), tuple(zip(mapping.needed, map(tuple, columns), strict=True)))


def _inputs(sample: Sample, listed: _Run, items: list[Given]) -> Iterator[Body]:
    """What a mapping runs on: the delivery, or with itemsToParse each of its items."""
    found = listed(sample.input)
    if found is _NONE:
        yield sample.input
        return
    items.append(Given(sample, sample.input, found))
    if isinstance(found.value, list):
        yield from ({**sample.input, "item": item} for item in found.value[:ITEM_LIMIT])


_Run: TypeAlias = Callable[[Body], Result]
_NONE = Result()
_PATH = re.compile(r"(?:\.[A-Za-z_]\w*)+", re.ASCII)


def _run(text: str | None) -> _Run:
    """What an expression gives for an input. Most are paths, which need no making ready."""
    if text is None:
        return lambda _: _NONE
    if _PATH.fullmatch(text):
        keys = text.split(".")[1:]
        return lambda seen: _followed(text, keys, seen)
    return _unless_ended(lambda seen: given(text, seen))


def _unless_ended(run: _Run) -> _Run:
    """What a limit ended once is not run again, and stays ended: the next delivery would take as long."""
    ended: list[Result] = []

    def once(seen: Body) -> Result:
        if ended:
            return ended[0]
        result = run(seen)
        if result.ended:
            ended.append(result)
        return result

    return once


def _followed(text: str, keys: Sequence[str], seen: Body) -> Result:
    """A path of names through objects and null; of anything else jq knows what to say."""
    value: JSON = seen
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif value is not None:
            return given(text, seen)
    return Result(value)


def shows(one: Given) -> str:
    """A delivery, and what came of it, for a hint."""
    result = one.result
    gives = f"fails: {result.error}" if result.error else "gives nothing" if result.missing else ""
    return f"with {one.sample.name} it {gives or f'gives {shown(result.value)}'}"


def beginning(text: str) -> int:
    """Where the first word of a text stands."""
    return len(text) - len(text.lstrip())
