"""One way through one expression, and what is noted on it. Pure; parts.py says where it goes on.

The one rule: every value on it is libjq's or a closure's, asked for the part's own text; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from portside.jq import turns
from portside.jq.inference.inferred import ALWAYS, NO, Inferred
from portside.jq.quotes import rewrite
from portside.jq.slices import OUTPUT_LIMIT, Given, Outputs, outputs
from portside.jq.tree import Descent, Format, Identity, Literal, Node, Pattern
from portside.jq.turns import Turn
from portside.jq.types import Type
from portside.model.resource import JSON

SHOWN = 3
"""Inputs of one part that are followed further down, when several reach it."""
STEP_LIMIT = 300
"""Parts of one expression that are shown."""
_PLAIN = (Identity, Descent, Literal, Format)
"""Parts that say themselves what they give."""


class Step(NamedTuple):
    """A part of an expression as it is written, with what it gave, and the parts in it that are worth a look.

    `label` is the part's role: `if`, `then`, `//`, the key of a member, the number of the input. `outputs` is None
    where nothing ran, `type` where nothing is known of the deliveries. `note` says what became of it, or can.
    """

    label: str
    text: str
    outputs: Outputs | None = None
    type: Type | None = None
    note: str = ""
    steps: tuple[Step, ...] = ()


Parts: TypeAlias = "Mapping[type, Callable[[Walk, Any, Given | None], Iterator[Step]]]"
"""Which parts of a kind of node are worth a look, for one input."""


class Walk:
    """One way through one expression. A part is followed for each `Given` that reaches it; None: nothing runs."""

    def __init__(self, text: str, parts: Parts, known: Mapping[Node, Inferred], now: float | None) -> None:
        self.written = text
        self.text = rewrite(text)
        self.known = known
        self._parts = parts
        self.now = now
        self.left = STEP_LIMIT
        self._asked: dict[tuple[str, int], tuple[Given, Outputs]] = {}

    def step(self, node: Node, givens: Sequence[Given] | None, label: str = "") -> Step:
        """A part with what it gave, and what is below it."""
        self.left -= 1
        found = None if givens is None else self.together(node, givens)
        below = tuple(self.below(node, givens))
        inferred = self.known.get(node)
        note = self.may(node, below) if givens is None else self.became(node, givens)
        return Step(label, self.said(node), found, inferred and inferred.type, note, below)

    def below(self, node: Node, givens: Sequence[Given] | None) -> Iterator[Step]:
        """The parts of a node, once for each of the first inputs that reach it."""
        for number, given in enumerate([None] if givens is None else givens[:SHOWN], 1):
            for place, step in enumerate(self.parts(node, given)):
                numbered = givens and len(givens) > 1 and not place
                yield step._replace(label=f"{number} {step.label}".rstrip()) if numbered else step

    def parts(self, node: Node, given: Given | None) -> Iterator[Step]:
        find = self._parts.get(type(node))
        return find(self, node, given) if find and self.left > 0 else iter(())

    def worth(self, node: Node | None, given: Given | None, label: str = "") -> Iterator[Step]:
        """A part, unless it says itself what it gives."""
        if node is not None and not isinstance(node, _PLAIN):
            yield self.step(node, alone(given), label)

    def said(self, node: Node | Pattern) -> str:
        """As its author writes it."""
        return self.written[node.start : node.end]

    def seen(self, node: Node | Pattern) -> str:
        """As jq sees it."""
        return self.text[node.start : node.end]

    def outputs(self, text: str, given: Given) -> Outputs:
        """What a text gives; asked once for each `Given`, which is kept so that its id stays its own."""
        key = (text, id(given))
        if key not in self._asked:
            self._asked[key] = (given, outputs(text, given, self.now))
        return self._asked[key][1]

    def onward(self, text: str, givens: Sequence[Given]) -> list[Given]:
        """What comes out of a text for these inputs, as the inputs of what comes next."""
        values = (given._replace(value=value) for given in givens for value in self.outputs(text, given).values)
        return list(islice(values, OUTPUT_LIMIT + 1))

    def together(self, node: Node, givens: Sequence[Given]) -> Outputs:
        """What a part gives for one input after the other, up to the first error."""
        values: list[JSON] = []
        for given in givens:
            found = self.outputs(self.seen(node), given)
            values += found.values
            if found.error or found.more or len(values) > OUTPUT_LIMIT:
                return Outputs(tuple(values[:OUTPUT_LIMIT]), found.error, found.more or len(values) > OUTPUT_LIMIT)
        return Outputs(tuple(values))

    def true(self, node: Node, given: Given) -> bool | None:
        """Whether a condition counts as true; None when it gives nothing."""
        values = self.outputs(self.seen(node), given).values
        return values[0] is not None and values[0] is not False if values else None

    def turned(self, node: Node, given: Given) -> Turn | None:
        """Where a path turned null."""
        return turns.turn(node, lambda part: self.outputs(self.seen(part), given), self.known)

    def became(self, node: Node, givens: Sequence[Given]) -> str:
        """Why a path gave nothing, where its last segment is to blame."""
        found = self.turned(node, givens[0]) if len(givens) == 1 and turns.is_path(node) else None
        return found.note if found and found.node is node else ""

    def may(self, node: Node, below: Sequence[Step]) -> str:
        """Whether a part fails that holds no other which does."""
        found = self.known.get(node)
        if found is None or found.fails is NO or any(map(_fails, below)):
            return ""
        said = f": {found.message}" if found.message else ""
        return f"always fails{said}" if found.fails is ALWAYS else "may fail"


def _fails(step: Step) -> bool:
    return "fail" in step.note or any(map(_fails, step.steps))


def alone(given: Given | None) -> list[Given] | None:
    """One input, as the inputs of a part."""
    return None if given is None else [given]
