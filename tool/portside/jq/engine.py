"""Compile and run jq through libjq: many expressions as one program, each on its own terms.

The one rule: an expression gives what it would give alone at Port: its first output, no environment, no module, no
way to stop or fail its neighbours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from portside.jq.error import JqError
from portside.jq.programs import (
    OURS,
    PREFIX,
    Block,
    Ran,
    Result,
    Row,
    Slot,
    Slots,
    alone,
    bracketed,
    read,
    result,
    slots,
    source,
)
from portside.jq.quotes import rewrite
from portside.jq.tokens import lex
from portside.model.resource import JSON

_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_DIRECTIVES = frozenset({"import", "include", "module", "$__loc__"})
_JOINT_LIMIT = 20_000
"""Characters compiled in one go: the code of a function in libjq is limited to 65,535 words."""


def compile_error(text: str) -> JqError | None:
    """Why an expression, as its author writes it, is not jq; None when it compiles."""
    return _compiled_alone(rewrite(text))


def compile_errors(texts: Sequence[str]) -> dict[int, JqError]:
    """The errors of many expressions by position: what compile_error says of each, in a fraction of the time.

    One compilation costs about a millisecond, nearly all of it for jq's own library; so those that cannot reach out
    of their text are compiled together, and taken apart only when that fails.
    """
    seen = [rewrite(text) for text in texts]
    together = [position for position, text in enumerate(seen) if _joinable(text)]
    found = {
        position: error
        for position in sorted(set(range(len(seen))) - set(together))
        if (error := _compiled_alone(seen[position]))
    }
    for batch in _batches(together, seen):
        found |= _compiled_together(batch, seen)
    return dict(sorted(found.items()))


@lru_cache(maxsize=4096)
def _joinable(text: str) -> bool:
    """Whether the text means the same in brackets beside others: nothing in it reaches out."""
    if OURS in text or _UNREADABLE.search(text):
        return False
    lexed = lex(text)
    return lexed.whole and not any(token.text in _DIRECTIVES for token in lexed.tokens)


def _batches(positions: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for position in positions:
        if batch and size + len(texts[position]) > _JOINT_LIMIT:
            yield batch
            batch, size = [], 0
        batch.append(position)
        size += len(texts[position]) + 50
    if batch:
        yield batch


def _compiled_together(positions: list[int], texts: Sequence[str]) -> dict[int, JqError]:
    if len(positions) == 1:
        error = _compiled_alone(texts[positions[0]])
        return {positions[0]: error} if error else {}
    if _said(f"{PREFIX}[{','.join(bracketed(texts[position]) for position in positions)}]") is None:
        return {}
    half = len(positions) // 2
    return _compiled_together(positions[:half], texts) | _compiled_together(positions[half:], texts)


@lru_cache(maxsize=4096)
def _compiled_alone(text: str) -> JqError | None:
    if found := _UNREADABLE.search(text):
        what = "a NUL character" if found[0] == "\0" else "half of a surrogate pair"
        return JqError(f"{what} stands in the text", found.start())
    said = _said(PREFIX + text)
    if said is None:
        return None
    from portside.jq.explain import explain  # only for a text that is wrong

    return explain(said, text, prefix=len(PREFIX), builtins=builtins())


def _said(program: str) -> str | None:
    """What libjq says about a program that does not compile."""
    import jq  # 8 ms: only when something is compiled

    try:
        jq.compile(program)
    except ValueError as error:
        return str(error)
    return None


@cache
def builtins() -> tuple[str, ...]:
    """The functions that expressions can call, as name/arity, sorted."""
    import jq  # 8 ms: only when something is compiled

    return tuple(sorted({"toarray/0", *jq.compile("builtins").input_value(None).first()}))


def first(text: str, value: JSON, *, now: float | None = None) -> Result:
    """What one expression, as its author writes it, gives for one value. `now`: what the clock shows, in seconds."""
    (ran,) = run((Block(None, None, (text,)),), value, now=now)
    (row,) = ran.rows
    return row.results[0] if row.results else Result(missing=True)


def run(blocks: Sequence[Block], value: JSON, *, now: float | None = None) -> tuple[Ran, ...]:
    """All blocks on one input, as one program that is compiled once and kept."""
    program = _program(tuple(blocks), now)
    try:
        text = _written(value)
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return tuple(_apart(block, None, now, f"the input is not JSON: {reason}") for block in program.slots)
    raw = _given(program.compiled, text) if program.compiled else None
    if raw is None:
        return tuple(_apart(block, value, now) for block in program.slots)
    return tuple(map(read, program.slots, raw))


def _given(compiled: Any, text: str) -> Any:
    """The first output; None when there is none, or the program as a whole failed."""
    try:
        return compiled.input_text(text).first()
    except (ValueError, StopIteration):
        return None


def _written(value: JSON) -> str:
    """The input as JSON that libjq takes: half a surrogate pair becomes U+FFFD, as it does in jq 1.7."""
    text = json.dumps(value)
    if "\\ud" not in text:  # no surrogate, whole or half
        return text
    return json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Program(NamedTuple):
    """`compiled` is None when the blocks cannot share one program, and each expression runs on its own."""

    compiled: Any
    slots: tuple[Slots, ...]


@lru_cache(maxsize=1000)
def _program(blocks: tuple[Block, ...], now: float | None) -> _Program:
    import jq  # 8 ms: only when something is run

    texts = [rewrite(text) for block in blocks for text in (block.guard, block.items, *block.texts) if text is not None]
    broken = {texts[position]: error.message for position, error in compile_errors(texts).items()}
    places = tuple(slots(block, broken) for block in blocks)
    if not all(text in broken or _joinable(text) for text in texts):
        return _Program(None, places)
    try:
        return _Program(jq.compile(source(places, now)), places)
    except ValueError:  # together too long for one function of libjq
        return _Program(None, places)


@lru_cache(maxsize=1000)
def _alone(text: str, now: float | None) -> Any:
    import jq  # 8 ms: only when something is run

    return jq.compile(alone(text, now))


def _apart(block: Slots, value: JSON, now: float | None, reason: str = "") -> Ran:
    """A block run one expression at a time. `reason`: why nothing can run at all."""

    def one(slot: Slot, given: JSON) -> Result:
        return Result(error=reason) if reason and not slot.error else _one(slot, given, now)

    def row(given: JSON) -> Row:
        guard = one(block.guard, given) if block.guard else None
        passed = guard is None or guard.value is True
        return Row(guard, tuple(one(slot, given) for slot in block.texts) if passed else None)

    if block.items is None:
        return Ran(None, (row(value),))
    items = one(block.items, value)
    listed = items.value[: block.limit] if isinstance(items.value, list) else []
    return Ran(items, tuple(row({**value, "item": item}) for item in listed))


def _one(slot: Slot, value: JSON, now: float | None) -> Result:
    if slot.error:
        return result(slot, 0)
    try:
        raw = _alone(slot.text, now).input_text(_written(value)).first()
    except (ValueError, StopIteration) as error:
        return Result(error=str(error) or "it gives nothing that can be read")
    return result(slot._replace(sure=False), raw)
