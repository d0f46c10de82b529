"""What the jq of webhooks gives for the deliveries that are known: everything that they show to be wrong with it. Pure.

The one rule: a finding has a delivery that shows it, and says which; without known deliveries there is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from portside.checks import conditions, fits, lost, resources
from portside.checks.known import Cases, samples
from portside.checks.reads import every
from portside.checks.runs import Finding, Given, Ran, beginning, over
from portside.jq.error import JqError
from portside.jq.syntax import read
from portside.jq.tree import Descent, Identity, Node
from portside.model.blueprint import Blueprint
from portside.model.webhook import Expression, Webhook
from portside.problems import Route, Severity


def check(
    webhook: Webhook, blueprints: Mapping[str, Blueprint], cases: Cases, told: Collection[Route] = ()
) -> Iterator[Finding]:
    """What is wrong with the jq of a webhook. Of the texts at the routes in `told` something is told already."""
    runs = [over(mapping, samples(webhook, mapping, cases)) for mapping in webhook.mappings]
    spare = _spare(runs, cases)
    strange = {found.ran.mapping.index: found for found in resources.foreign(runs)}
    for ran in runs:
        found = strange.get(ran.mapping.index)
        if found:
            yield resources.finding(found)
        meant = Meant(_without(ran, found), blueprints.get(ran.mapping.blueprint), spare)
        for expression, column in (*meant.ran.conditions, *meant.ran.needed):
            if expression.route not in told:
                yield from _expression(meant, expression, column)


class Meant(NamedTuple):
    """A mapping's run on what it is meant for; `spare` are the payloads that no mapping takes."""

    ran: Ran
    blueprint: Blueprint | None
    spare: frozenset[str]


def _spare(runs: Sequence[Ran], cases: Cases) -> frozenset[str]:
    """The payloads that no mapping takes."""
    taken = {given.sample.name for ran in runs for _, column in ran.needed[:1] for given in column}
    return frozenset(name for name, _ in cases) - taken


def _without(ran: Ran, strange: resources.Foreign | None) -> Ran:
    """A mapping's run on what it is meant for."""
    if strange is None:
        return ran
    needed = ((one, tuple(given for given in column if not strange.covers(given))) for one, column in ran.needed)
    return ran._replace(needed=tuple(needed))


def _expression(meant: Meant, expression: Expression, column: Sequence[Given]) -> Iterator[Finding]:
    """The deepest reason alone: of a path that leads nowhere it is not told what comes of it."""
    node = read(expression.text)
    items = meant.ran.mapping.items_to_parse is not None and expression.route[-1] != "itemsToParse"
    yield from (
        [*_ended(expression, column)]
        or [*_certain(expression, node, column, items=items)]
        or [*_lost(expression, column, node)]
        or [*_fails(expression, column)]
        or [*_misfits(meant, expression, column, node)]
    )


def _ended(expression: Expression, column: Sequence[Given]) -> Iterator[Finding]:
    """An expression that a limit ended: since then it was not run again, so that the last of its column tells."""
    if column and column[-1].result.ended:
        first = next(given for given in column if given.result.ended)
        hint = f"with {first.sample.name}{'' if first is column[-1] else '; after that it was not run again'}"
        error = JqError(f"this jq {first.result.error}", beginning(expression.text), hint)
        yield Finding(*expression, "jq-limit", Severity.ERROR, error)


_PATH = re.compile(r"\s*(?:\.[A-Za-z_]\w*(?:\[\d*\])?)+\s*")
_SURE_SIDE = re.compile(r"(?:[^\w\]?\s.]|(?<![\w.])[a-z_]\w*)\s*//")
"""An alternative whose left side is more than a path, which may always be null."""


def _certain(expression: Expression, node: Node, column: Sequence[Given], *, items: bool) -> Iterator[Finding]:
    """What holds of it whatever is delivered, unless known deliveries, or a glance, tell already that nothing does."""
    if _PATH.fullmatch(expression.text) or not any(isinstance(one, Identity | Descent) for one in every(node)):
        return  # a path can be anything, and what reads nothing is meant to be always the same
    if _SURE_SIDE.search(expression.text) or not any(given.result != column[0].result for given in column):
        from portside.checks import certain  # late: types are seldom needed

        yield from certain.check(expression, node, items=items)


def _lost(expression: Expression, column: Sequence[Given], node: Node) -> Iterator[Finding]:
    for one in lost.lost(expression.text, node, column):
        yield Finding(*expression, "unknown-path", Severity.WARNING, lost.told(one, column))


def _fails(expression: Expression, column: Sequence[Given]) -> Iterator[Finding]:
    """An expression that fails whatever comes; declared deliveries show it where it is not the words that matter."""
    errors = [given.result.error for given in column]
    if errors and all(errors) and (not column[0].sample.declared or any(words in errors[0] for words in _OF_TYPES)):
        message = f"this fails on every known delivery: {errors[0]}"
        error = JqError(message, beginning(expression.text), f"with {column[0].sample.name}, for one")
        yield Finding(*expression, "always-fails", Severity.ERROR, error)


_OF_TYPES = (
    "Cannot iterate over",
    "Cannot index",
    "cannot be added",
    "has no keys",
    "string inputs",
    "is not a string",
)
"""What jq says of a value whose type is wrong, whatever its words are."""


def _misfits(meant: Meant, expression: Expression, column: Sequence[Given], node: Node) -> Iterator[Finding]:
    """What it gives and its target cannot hold."""
    match expression.route[2:]:
        case ("filter",) if column:
            yield from conditions.filtered(expression, node, column, meant.spare)
        case ("itemsToParse",):
            yield from conditions.listed(expression, column)
        case ("entity", *target) if meant.blueprint is not None and not meant.ran.mapping.deletes:
            yield from fits.misfits(meant.blueprint, tuple(target), expression, column, node)
