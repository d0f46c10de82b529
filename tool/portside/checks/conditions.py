"""Filters and itemsToParse over the deliveries that are known: what only `true`, and only a list, can be. Pure.

The one rule: that a filter passes nothing is told where some payload was kept for it, or none can be made that passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from portside.checks import names
from portside.checks.reads import every, keys, value_at
from portside.checks.runs import Finding, Given, beginning, shows
from portside.jq.error import JqError
from portside.jq.tree import Binary, Literal, Node
from portside.mappings.values import named
from portside.model.webhook import Expression
from portside.problems import Severity


def listed(expression: Expression, column: Sequence[Given]) -> Iterator[Finding]:
    """An itemsToParse that gives no list; null is none at all."""
    for given in column:
        value = given.result.value
        if not given.result.error and not isinstance(value, list | None):
            message = f"gives {named(value)}, and itemsToParse takes a list"
            severity = Severity.WARNING if any(isinstance(one.result.value, list) for one in column) else Severity.ERROR
            yield Finding(*expression, "items-value", severity, _error(expression, message, given))
            return


def filtered(expression: Expression, node: Node, column: Sequence[Given], spare: Collection[str]) -> Iterator[Finding]:
    """A filter that gives something else than true and false, compares with what never comes, or passes nothing.

    `spare` are the payloads that no mapping of the webhook takes: one of them may be what the filter is meant for.
    """
    passing = any(given.result.value is True for given in column)
    for given in column:
        if not given.result.error and not isinstance(given.result.value, bool | None):
            message = f"gives {named(given.result.value)}, and only true lets a delivery through"
            severity = Severity.WARNING if passing else Severity.ERROR
            yield Finding(*expression, "filter-value", severity, _error(expression, message, given))
            return
    kept = [given for given in column if given.sample.name in spare]
    never = list(_never_equal(node, column, () if passing else kept))
    yield from (Finding(*expression, "never-passes", Severity.WARNING, error) for error in never)
    if kept and not never and not passing and not all(given.result.error for given in column):
        message = (
            f"none of the {len(column)} known deliveries passes this filter"
            if len(column) > 1
            else "the one known delivery does not pass this filter"
        )
        yield Finding(*expression, "never-passes", Severity.WARNING, _error(expression, message, kept[0]))


_ENUMERATED = frozenset(
    {("body", "event", "event_type"), ("body", "event", "resource_type"), ("body", "event", "data", "type")}
)
"""What PagerDuty declares every value of."""


def _never_equal(node: Node, column: Sequence[Given], kept: Sequence[Given]) -> Iterator[JqError]:
    """Comparisons with a text that never comes: none of those declared, or a slip of one that was `kept` for it."""
    declared = any(given.sample.declared for given in column)
    for one in every(node):
        match one:
            case Binary(operator="==" | "!=", left=left, right=Literal(value=str(text)) as literal) if path := keys(
                left
            ):
                certain = declared and path in _ENUMERATED
                found = _texts(path, column)
                if not found or text in found:
                    continue
                near = names.nearest(text, found if certain else _texts(path, kept), cutoff=0.75)
                if certain or near:
                    message = f'this is never "{text}" in a known delivery'
                    yield JqError(message, literal.start, _instead(near, found))


def _texts(path: tuple[str, ...], column: Sequence[Given]) -> dict[str, str]:
    """The texts that are there, each with a delivery that has it."""
    found = ((value_at(path, given.input), given.sample.name) for given in column)
    return {value: name for value, name in found if isinstance(value, str)}


def _instead(near: str | None, found: Mapping[str, str]) -> str:
    if near is None:
        return f"it is one of {names.listed(sorted(found), 8)}"
    return f'did you mean "{near}"?\nthat comes with {found[near]}'


def _error(expression: Expression, message: str, given: Given) -> JqError:
    return JqError(message, beginning(expression.text), shows(given))
