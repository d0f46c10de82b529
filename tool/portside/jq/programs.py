"""Many expressions as the source of one jq program, and what that program gives read back. Pure: libjq is next door.

The one rule: an expression has its place, whatever its neighbours do; nothing it says or gives moves another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from portside.jq.quotes import rewrite
from portside.jq.tokens import lex, single
from portside.model.resource import JSON

PREFIX = 'def toarray: if type == "array" then . else [.] end; def env: {}; {} as $ENV | '
"""What Port puts before an expression (@port-labs/jq-node-bindings): the environment is empty, `import` an error.

Before that stands what Port's jq has and some builds of libjq lack.
"""

OURS = "__portside"
"""Names of ours begin like this; a text that holds it runs alone."""

DEPTH_LIMIT = 200
"""Levels of nesting in a value that an expression gives; what senders send has fewer than twenty."""

ERROR_LIMIT = 1000
"""Characters of an error that are told; jq puts whole values into some of its messages."""

_ABSENT = (
    "halt", "halt_error", f"halt_error(${OURS})", "input", "inputs", "modulemeta", "get_search_list", "get_jq_origin",
    "get_prog_origin", "input_filename", "input_line_number",
)  # fmt: skip
_CLOSED = "".join(f'def {name}: error("{name.partition("(")[0]} is not available in a mapping"); ' for name in _ABSENT)
_QUIET = f"def debug: .; def debug(${OURS}): .; def stderr: .; "
_HERE = f"def localtime: gmtime; def strflocaltime(${OURS}): strftime(${OURS}); "
"""Local time is UTC: a golden must not depend on the machine."""


class Result(NamedTuple):
    """What an expression gave: a value, no output at all (`missing`), or an error in jq's words.

    `broken`: it does not compile, and `error` says why. `more`: it would give further outputs, which Port drops.
    `ended`: it broke a limit of time or memory, or took libjq down, and `error` says which.
    """

    value: JSON = None
    missing: bool = False
    error: str = ""
    broken: bool = False
    more: bool = False
    ended: bool = False


class Block(NamedTuple):
    """Expressions that belong together, as their author writes them.

    They run once, or for each of the first `limit` of `items` (the input then has one more key, `item`), and only
    where the `guard` gives true.
    """

    guard: str | None
    items: str | None
    texts: tuple[str, ...]
    limit: int = 0


class Row(NamedTuple):
    """One run of a block; `results` is None where the guard did not give true."""

    guard: Result | None
    results: tuple[Result, ...] | None


class Ran(NamedTuple):
    """What a block gave; `items` is None for a block without."""

    items: Result | None
    rows: tuple[Row, ...]


class Slot(NamedTuple):
    """The place of one expression in a program: `text` as jq sees it; `sure` of at most one output."""

    text: str
    error: str
    sure: bool


class Slots(NamedTuple):
    """The places of one block."""

    texts: tuple[Slot, ...]
    guard: Slot | None
    items: Slot | None
    limit: int


def slots(block: Block, errors: Mapping[str, str]) -> Slots:
    """The places of a block's expressions; `errors` says why a text, as jq sees it, does not compile."""

    def slot(text: str) -> Slot:
        seen = rewrite(text)
        return Slot(seen, errors.get(seen, ""), seen not in errors and single(lex(seen).tokens))

    def maybe(text: str | None) -> Slot | None:
        return None if text is None else slot(text)

    return Slots(tuple(slot(text) for text in block.texts), maybe(block.guard), maybe(block.items), block.limit)


def prelude(now: float | None) -> str:
    """What stands before every program, in one line: nothing can stop it, print, read files or tell of this machine."""
    clock = "" if now is None else f"def now: {now!r}; "
    return f"{_CLOSED}{_QUIET}{_HERE}{clock}{PREFIX}"


def source(blocks: Sequence[Slots], now: float | None) -> str:
    """One program for all blocks."""
    return f"{prelude(now)}[{','.join(_block(block) for block in blocks)}]"


def alone(text: str, now: float | None) -> str:
    """One expression as a program that gives what a `Slot` not `sure` gives; the text stays on its own lines."""
    return f"{prelude(now)}[limit(2; try (({text}\n\n) | [.]) catch {{e: .}})]"


def bracketed(text: str) -> str:
    """On lines of its own: a comment at its end, even one that a backslash carries on, ends before the bracket."""
    return f"(\n{text}\n\n)"


def _block(block: Slots) -> str:
    if block.items is None:
        return f"[null, [{_row(block)}]]"
    if block.items.error:
        return "[0, []]"
    listed = f"${OURS}_items" + ("" if block.items.sure else "[0]")
    return (
        f"({_place(block.items)} as ${OURS}_items | ({listed} | if type == \"array\" then .[0] else null end) as "
        f"${OURS}_list | [${OURS}_items, (if (${OURS}_list | type) == \"array\" then [limit({block.limit}; "
        f"${OURS}_list[]) as ${OURS}_item | (. + {{item: ${OURS}_item}}) | {_row(block)}] else [] end)])"
    )  # fmt: skip


def _row(block: Slots) -> str:
    results = f"[{','.join(_place(slot) for slot in block.texts)}]"
    if block.guard is None:
        return f"[null, {results}]"
    if block.guard.error:
        return "[0, null]"
    passed = f"${OURS}_guard" + ("" if block.guard.sure else "[0]")
    return (
        f"({_place(block.guard)} as ${OURS}_guard | "
        f"[${OURS}_guard, if {passed} == [true] then {results} else null end])"
    )


def _place(slot: Slot) -> str:
    """Gives [value], [] for no output or {e: error}; where several outputs may come, a list of up to two of those."""
    if slot.error:
        return "0"
    if slot.sure:
        return f"(try [{bracketed(slot.text)}] catch {{e: .}})"
    return f"[limit(2; try ({bracketed(slot.text)} | [.]) catch {{e: .}})]"


def read(block: Slots, raw: Any) -> Ran:
    """What the program gave for one block."""
    items, rows = raw
    return Ran(result(block.items, items) if block.items else None, tuple(_read_row(block, row) for row in rows))


def _read_row(block: Slots, raw: Any) -> Row:
    guard, given = raw
    results = None if given is None else tuple(map(result, block.texts, given))
    return Row(result(block.guard, guard) if block.guard else None, results)


def result(slot: Slot, raw: Any) -> Result:
    """What the program gave for one expression."""
    if slot.error:
        return Result(error=slot.error, broken=True)
    more = False
    if not slot.sure:
        more = len(raw) == 2 and type(raw[1]) is list
        raw = raw[0] if raw else []
    if type(raw) is dict:
        return Result(error=error_text(raw["e"]))
    if not raw:
        return Result(missing=True)
    value = raw[0]
    if isinstance(value, dict | list) and not _shallow(value, DEPTH_LIMIT):
        return Result(error=f"gives a value nested more than {DEPTH_LIMIT} levels deep")
    return Result(value, more=more)


def _shallow(value: JSON, levels: int) -> bool:
    """Level by level: a recursive walk costs five times as much."""
    level = [value]
    for _ in range(levels):
        members = [member for one in level for member in (one.values() if type(one) is dict else one)]
        level = [member for member in members if type(member) is dict or type(member) is list]
        if not level:
            return True
    return False


def error_text(value: JSON) -> str:
    """As jq says it: a string as it is, anything else as JSON; of a very long one the beginning."""
    if isinstance(value, str):
        return _begun(value) or "an empty message"
    return f"{_begun(json.dumps(value, ensure_ascii=False, separators=(',', ':')))} (not a string)"


def _begun(text: str) -> str:
    return text if len(text) <= ERROR_LIMIT else f"{text[:ERROR_LIMIT]}…"
