"""Run jq: each expression the fastest way that is exact, as a closure here or through libjq in the worker.

The one rule: which way it goes changes nothing but the time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from portside.jq import libjq, syntax
from portside.jq.closures import UNSURE, Apart, Closure, Fused, Outcome, closure, fused, outcome
from portside.jq.programs import Block, Ran, Result, Row
from portside.jq.tree import Literal, Node
from portside.model.resource import JSON


class _Expression(NamedTuple):
    """One text: its tree, and its closure where it has one; or the reason why it is no jq."""

    text: str
    node: Node | None
    closure: Closure | None
    broken: Result | None


@lru_cache(maxsize=4096)
def _expression(text: str) -> _Expression:
    if error := syntax.error(text):
        return _Expression(text, None, None, Result(error=error.message, broken=True))
    node = syntax.read(text)
    return _Expression(text, node, closure(node), None)


def way(text: str) -> str:
    """How an expression runs: as a `closure`, or through `libjq`; "" for one that does not compile."""
    found = _expression(text)
    return "" if found.broken else "closure" if found.closure else "libjq"


def first(text: str, value: JSON, *, now: float | None = None) -> Result:
    """What one expression gives for one value. `now`: what the clock shows, in seconds."""
    return given(text, _readable(value), now=now)


def given(text: str, value: JSON, *, now: float | None = None) -> Result:
    """As first, for a value that is `whole`."""
    return as_result(_outcome(_expression(text), value, now))


def as_result(found: Outcome) -> Result:
    """An outcome as a Result, also where it is a plain value."""
    return found if type(found) is Result else Result(found)


def run(blocks: Sequence[Block], value: JSON, *, now: float | None = None) -> tuple[Ran, ...]:
    """What all blocks give for one input."""
    seen = _readable(value)
    return tuple(program(block, now).run(seen) for block in blocks)


def _readable(value: JSON) -> JSON:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return whole(value)
    except (RecursionError, ValueError):
        pass
    return value


def whole(value: JSON) -> JSON:
    """The value with U+FFFD for half a surrogate pair, as jq 1.7 has it; no UTF-8 can hold one."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [whole(one) for one in value]
        case dict():
            return {whole(key): whole(one) for key, one in value.items()}
    return value


def _outcome(found: _Expression, value: JSON, now: float | None) -> Outcome:
    if found.broken:
        return found.broken
    result = outcome(found.closure, value) if found.closure else UNSURE
    return libjq.first(found.text, value, now=now) if result is UNSURE else result


@lru_cache(maxsize=1000)
def program(block: Block, now: float | None = None) -> Program:
    """A block made ready once and for all its inputs."""
    return Program(block, now)


def guards(programs: Sequence[Program]) -> Fused:
    """What all guards give at once, for programs that are closed: true or false, or else it raises Apart."""
    return fused([one.guard for one in programs], conditions=True)


def raw(program: Program) -> Fused:
    """What the texts of a program that is closed give, not yet `settled`."""
    return fused(program.nodes, raw=True)


class Program:
    """A block, ready to run on inputs that are `whole`.

    `closed`: guard and texts all have closures. Then `fused` gives what the texts do, or raises Apart.
    """

    def __init__(self, block: Block, now: float | None) -> None:
        self._block, self._now = block, now
        self._guard = None if block.guard is None else _expression(block.guard)
        self._items = None if block.items is None else _expression(block.items)
        self._texts = [_expression(text) for text in block.texts]
        self._closures = [one.closure for one in self._texts if one.closure]
        needed = [*self._texts, *([self._guard] if self._guard else [])]
        self.closed = all(one.closure for one in needed)
        self.nodes = [one.node for one in self._texts if one.node and one.closure]
        self.fused = fused(self.nodes)

    @property
    def guard(self) -> Node:
        """The guard's tree, of a block that is closed; `true` where there is none."""
        return self._guard.node if self._guard and self._guard.node else Literal(0, 0, True, "")

    def outcomes(self, value: JSON) -> tuple[Outcome, ...]:
        """What the texts give, whatever the guard says."""
        try:
            found = self.fused(value)
        except Apart:
            found = tuple(outcome(one, value) for one in self._closures)
        return self._completed(found, value)

    def _completed(self, found: tuple[Outcome, ...], value: JSON) -> tuple[Outcome, ...]:
        """With what is broken, and in one run of libjq with what has no closure or was unsure."""
        left = iter(found)
        given = [one.broken or (next(left) if one.closure else UNSURE) for one in self._texts]
        asked = [position for position, one in enumerate(given) if one is UNSURE]
        if asked:
            block = Block(None, None, tuple(self._texts[position].text for position in asked))
            (ran,) = libjq.run((block,), value, now=self._now)
            for position, answer in zip(asked, ran.rows[0].results or (), strict=True):
                given[position] = answer
        return tuple(given)

    def run(self, value: JSON) -> Ran:
        """What the block gives for one input."""
        if self._items is None:
            return Ran(None, (self._row(value),))
        if not self.closed or self._items.closure is None:
            (ran,) = libjq.run((self._block,), value, now=self._now)
            return ran
        items = as_result(_outcome(self._items, value, self._now))
        listed = items.value[: self._block.limit] if isinstance(items.value, list) else []
        return Ran(items, tuple(self._row({**value, "item": item}) for item in listed))

    def _row(self, value: JSON) -> Row:
        guard = None if self._guard is None else as_result(_outcome(self._guard, value, self._now))
        passed = guard is None or guard.value is True
        return Row(guard, tuple(map(as_result, self.outcomes(value))) if passed else None)
