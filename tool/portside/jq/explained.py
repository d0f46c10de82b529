"""An expression as a tree of what happened: every part that was reached, with what it gave. Pure.

The one rule: only what ran is shown: the branch that was taken, the side of `//` that counted. Without an input nothing
runs, and every part is shown for what it can give.
"""

from __future__ import annotations

from portside.jq.inference.infer import infer
from portside.jq.parts import PARTS
from portside.jq.slices import Given
from portside.jq.syntax import read
from portside.jq.types import Type
from portside.jq.walk import Step, Walk


def explain(text: str, given: Given | None, known: Type | None = None, *, now: float | None = None) -> Step:
    """The tree of an expression, as its author writes it, for one input; for any of the `known` ones without.

    Raises syntax.NotJq.
    """
    node = read(text)
    seen = infer(node, known, trace=True).at if known else ()
    walk = Walk(text, PARTS, {one.node: one.inferred for one in seen}, now)
    return walk.step(node, None if given is None else [given])
