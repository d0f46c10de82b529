"""Many expressions as one program, run by libjq in the worker; one by one where that does not work out.

The one rule: an expression gives what it would give alone at Port: its first output, no environment, no module, no
way to stop or fail its neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from portside.jq import syntax
from portside.jq.programs import (
    DEPTH_LIMIT,
    OURS,
    Block,
    Ran,
    Result,
    Row,
    Slot,
    Slots,
    alone,
    read,
    result,
    slots,
    source,
)
from portside.jq.quotes import rewrite
from portside.model.resource import JSON

if TYPE_CHECKING:
    from portside.jq.worker import Answer

LIMIT_SECONDS = 5.0
"""Port ends an expression after five seconds (@port-labs/jq-node-bindings). Here they are seconds of the processor,
so that a busy machine changes nothing."""

ANSWER_LIMIT = 16 << 20
"""Characters of JSON that what expressions give for one input may have, together."""

_TOGETHER_SECONDS = 1.0
"""What a program of many expressions gets; past it each runs alone, with the seconds that Port gives."""

_PATIENCE = 3
"""How often an expression may be ended before it is not run again: five hundred items would take most of an hour."""


def first(text: str, value: JSON, *, now: float | None = None, seconds: float = LIMIT_SECONDS) -> Result:
    """What one expression, as its author writes it, gives for one value. `now`: what the clock shows, in seconds."""
    (ran,) = run((Block(None, None, (text,)),), value, now=now, seconds=seconds)
    (row,) = ran.rows
    return row.results[0] if row.results else Result(missing=True)


def run(
    blocks: Sequence[Block], value: JSON, *, now: float | None = None, seconds: float = LIMIT_SECONDS
) -> tuple[Ran, ...]:
    """What all blocks give for one input. `seconds`: what each expression may take."""
    program = _program(tuple(blocks), now)
    try:
        text = _written(value)
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return _Apart(now, seconds, f"the input is not JSON: {reason}").blocks(program.slots, None)
    if program.text:
        answer = _ask(program.text, text, min(seconds, _TOGETHER_SECONDS), patience=1)
        if answer.kind == "value":
            return tuple(map(read, program.slots, answer.value))
    return _Apart(now, seconds).blocks(program.slots, value)


def _ask(program: str, text: str, seconds: float, *, room: int = ANSWER_LIMIT, patience: int = _PATIENCE) -> Answer:
    from portside.jq.worker import worker  # late: most runs need none

    return worker().ask(program, text, seconds=seconds, room=room, patience=patience)


class _Program(NamedTuple):
    """`text` is "" when the blocks cannot share one program, and each expression runs on its own."""

    text: str
    slots: tuple[Slots, ...]


@lru_cache(maxsize=1000)
def _program(blocks: tuple[Block, ...], now: float | None) -> _Program:
    texts = [text for block in blocks for text in (block.guard, block.items, *block.texts) if text is not None]
    broken = {rewrite(text): error.message for text in texts if (error := syntax.error(text))}
    places = tuple(slots(block, broken) for block in blocks)
    together = len(texts) > 1 and not any(OURS in text or "__loc__" in text for text in texts)
    return _Program(source(places, now) if together else "", places)


def _written(value: JSON) -> str:
    """The input as JSON that libjq takes: half a surrogate pair becomes U+FFFD, as it does in jq 1.7."""
    text = json.dumps(value)
    if "\\ud" not in text:  # no surrogate, whole or half
        return text
    return json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Apart:
    """One run, one expression at a time. `reason`: why nothing can run at all."""

    def __init__(self, now: float | None, seconds: float, reason: str = "") -> None:
        self._now, self._seconds, self._reason = now, seconds, reason
        self._room = ANSWER_LIMIT

    def blocks(self, blocks: Sequence[Slots], value: JSON) -> tuple[Ran, ...]:
        return tuple(self._block(block, value) for block in blocks)

    def _block(self, block: Slots, value: JSON) -> Ran:
        if block.items is None:
            return Ran(None, (self._row(block, value),))
        items = self._one(block.items, value)
        listed = items.value[: block.limit] if isinstance(items.value, list) else []
        return Ran(items, tuple(self._row(block, {**value, "item": item}) for item in listed))

    def _row(self, block: Slots, value: JSON) -> Row:
        guard = self._one(block.guard, value) if block.guard else None
        passed = guard is None or guard.value is True
        return Row(guard, tuple(self._one(slot, value) for slot in block.texts) if passed else None)

    def _one(self, slot: Slot, value: JSON) -> Result:
        if slot.error:
            return result(slot, 0)
        if self._reason:
            return Result(error=self._reason)
        program = alone(slot.text, self._now)
        answer = _ask(program, _written(value), self._seconds, room=self._room)
        self._room -= answer.size
        return _result(slot, answer)


def _result(slot: Slot, answer: Answer) -> Result:
    match answer.kind:
        case "value":
            return result(slot._replace(sure=False), answer.value)
        case "broken":
            return Result(error=answer.value.removeprefix("jq: error: ").partition("\n")[0], broken=True)
        case "nothing":
            return Result(error="it gives nothing that can be read")
        case "deep":
            return Result(error=f"gives a value nested more than {DEPTH_LIMIT} levels deep")
        case "large":
            return Result(error=f"gives more than {ANSWER_LIMIT >> 20} MiB, together with what ran before it")
        case "ended":
            return Result(error=answer.value, ended=True)
    return Result(error=answer.value)
