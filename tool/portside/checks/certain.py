"""What an expression gives whatever is delivered: always one value, always an error, never one of its parts. Pure.

The one rule: nothing is assumed of what a sender sends, so that what is told here is so for every delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portside.checks.reads import every, keys
from portside.checks.runs import Finding, beginning
from portside.jq.error import JqError
from portside.jq.inference.infer import infer
from portside.jq.inference.inferred import ALWAYS, NO, Inferred
from portside.jq.tree import Binary, If, Node
from portside.jq.types import (
    ANY,
    NEVER,
    STRING,
    TRUE,
    Object,
    Type,
    closed,
    falsy,
    nullable,
    open_,
    shown,
    truthy,
    values,
)
from portside.model.webhook import Expression
from portside.problems import Severity

_OPEN = Type(object=Object({}, STRING))


def check(expression: Expression, node: Node, *, items: bool) -> Iterator[Finding]:
    """What is certain of an expression that reads its input. `items`: there is an `.item`."""
    found = infer(node, _delivery(node, items=items), trace=True)
    whole = next(_whole(expression, found), None)
    if whole:
        yield whole
        return
    for part, message in _idle(found):
        yield Finding(*expression, "unreachable", Severity.WARNING, JqError(message, part.start))


def _delivery(node: Node, *, items: bool) -> Type:
    """Any delivery in which what is read can be read: where the text asks for `.body.a.b`, `a` is an object or null."""
    tree: dict[str, Any] = {}
    for one in every(node):
        inner = tree
        for key in keys(one):
            inner = inner.setdefault(key, {})
    body, item = (_readable(tree.get(key, {})) for key in ("body", "item"))
    return closed({"body": body, "headers": _OPEN, "queryParams": _OPEN, **({"item": item} if items else {})})


def _readable(tree: dict[str, Any]) -> Type:
    return nullable(open_({key: _readable(below) for key, below in tree.items()})) if tree else ANY


def _whole(expression: Expression, found: Inferred) -> Iterator[Finding]:
    """What is certain of what comes out in the end."""
    at, condition = beginning(expression.text), expression.route[-1] == "filter"
    if found.fails is ALWAYS and found.type == NEVER:  # an error after an output is lost: Port takes the first
        message = f"this fails, whatever is delivered{f': {found.message}' if found.message else ''}"
        yield Finding(*expression, "always-fails", Severity.ERROR, JqError(message, at))
    elif condition and True not in found.type.booleans:
        message = f"this filter gives {shown(found.type)}, and only true lets a delivery through"
        yield Finding(*expression, "never-true", Severity.ERROR, JqError(message, at))
    elif found.fails is not NO or found.empty is not NO:
        return
    elif condition and found.type == TRUE:
        message = "this filter lets everything through, whatever is delivered"
        yield Finding(
            *expression, "always-passes", Severity.WARNING, JqError(message, at, "leave it out, or write `true`")
        )
    elif not condition and len(values(found.type, 2) or ()) == 1:
        message = f"this gives {shown(found.type)}, whatever is delivered"
        yield Finding(*expression, "always-same", Severity.WARNING, JqError(message, at))


def _idle(found: Inferred) -> Iterator[tuple[Node, str]]:
    """The parts that nothing leads to."""
    seen = {id(one.node): one.inferred for one in found.at}
    for one in found.at:
        match one.node:
            case Binary(operator="//", left=left, right=right) if (given := seen.get(id(left))) and _always(given):
                yield right, f"this alternative is never needed: on its left there is always {shown(given.type)}"
            case If(branches=branches, otherwise=otherwise) if given := seen.get(id(branches[0].condition)):
                if _always(given) and otherwise is not None:
                    yield otherwise, "this is never reached: the condition always holds"
                elif given.fails is NO and given.empty is NO and given.type == falsy(given.type):
                    yield branches[0].body, "this is never reached: the condition never holds"


def _always(given: Inferred) -> bool:
    """Whether it surely gives something other than null and false."""
    return given.fails is NO and given.empty is NO and given.type == truthy(given.type)
