"""What is known of the outputs of an expression, and how that of two expressions adds up. Pure.

The one rule: NO and ALWAYS are certain; whatever is not is MAYBE.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import zip_longest
from typing import Final, NamedTuple

from portside.jq.tree import Node
from portside.jq.types import ANY, NEVER, Type, union


class Certainty(IntEnum):
    """Whether something happens, whatever the input of the type."""

    NO = 0
    MAYBE = 1
    ALWAYS = 2


NO: Final = Certainty.NO
MAYBE: Final = Certainty.MAYBE
ALWAYS: Final = Certainty.ALWAYS

OUTPUT_LIMIT = 64
"""Up to so many outputs are known one after the other."""


class Inferred(NamedTuple):
    """What an expression gives for any value of a type.

    `type`: what each output can be. `fails`: whether it ends in an error, perhaps after outputs; `message` says which
    when that is certain and known. `empty`: whether it ends without an error and without an output. `many`: it may
    give more than one output. `each`: the outputs one after the other, where their number is known; an error may cut
    them short. `at`: what was seen at each node, with `trace`.
    """

    type: Type
    fails: Certainty = NO
    empty: Certainty = NO
    many: bool = False
    each: tuple[Type, ...] | None = None
    message: str = ""
    at: tuple[Seen, ...] = ()


class Seen(NamedTuple):
    """One node: what it gets, over all ways that lead there, and what it gives then."""

    node: Node
    given: Type
    inferred: Inferred


UNKNOWN: Final = Inferred(ANY, MAYBE, MAYBE, True)
NOTHING: Final = Inferred(NEVER, NO, ALWAYS, False, ())


def one(output: Type, fails: Certainty = NO) -> Inferred:
    """Exactly one output, unless it fails."""
    return Inferred(output, fails, NO, False, (output,))


def failed(message: str = "") -> Inferred:
    return Inferred(NEVER, ALWAYS, NO, False, (), message)


def partly(output: Type, fails: bool, message: str = "") -> Inferred:
    """One output of what works; what does not, fails; without any output it always does."""
    if output == NEVER:
        return failed(message)
    return one(output, MAYBE if fails else NO)


def sequence(outputs: Sequence[Type], fails: Certainty = NO, message: str = "") -> Inferred:
    """These outputs one after the other, and then perhaps an error."""
    if len(outputs) > OUTPUT_LIMIT:
        return Inferred(union(*outputs), fails, NO, True, None, message)
    empty = NO if outputs or fails == ALWAYS else MAYBE if fails else ALWAYS
    return Inferred(union(*outputs), fails, empty, len(outputs) > 1, tuple(outputs), message)


def either(first: Inferred, second: Inferred) -> Inferred:
    """One or the other, nobody knows which."""
    if first is second:
        return first
    fails = first.fails if first.fails == second.fails else MAYBE
    empty = first.empty if first.empty == second.empty else MAYBE
    message = first.message if first.message == second.message else ""
    each = _side_by_side(first, second)
    return Inferred(union(first.type, second.type), fails, empty, first.many or second.many, each, message)


def _side_by_side(first: Inferred, second: Inferred) -> tuple[Type, ...] | None:
    if first.each is None or second.each is None:
        return None
    short, long = sorted((first, second), key=lambda inferred: len(inferred.each or ()))
    if len(short.each or ()) != len(long.each or ()) and short.fails != ALWAYS:
        return None
    return tuple(union(*some) for some in zip_longest(first.each, second.each, fillvalue=NEVER))


def followed(first: Inferred, second: Inferred) -> Inferred:
    """The outputs of one and then those of the other, as a comma does."""
    if first.fails == ALWAYS:
        return first
    fails = ALWAYS if second.fails == ALWAYS else max(first.fails, second.fails)
    empty = NO if NO in (first.empty, second.empty) else min(first.empty, second.empty)
    if fails == ALWAYS:
        empty = NO
    each = None if first.each is None or second.each is None else (*first.each, *second.each)
    if each is not None and len(each) > OUTPUT_LIMIT:
        each = None
    many = first.many or second.many or (first.empty != ALWAYS and second.empty != ALWAYS)
    message = second.message if first.fails == NO else ""
    return Inferred(union(first.type, second.type), fails, empty, many, each, message)


def cut(found: Inferred, by: Inferred) -> Inferred:
    """Outputs that come from those of `by`, which may end in an error."""
    if by.fails == NO:
        return found
    if by.fails == ALWAYS:
        return followed(found, failed(by.message))
    return found._replace(fails=max(found.fails, MAYBE), empty=min(found.empty, MAYBE), message="")


def after(first: Inferred, second: Inferred) -> Inferred:
    """For each output of the first all those of the second, as a pipe does; `second` is what any of them leads to."""
    gives = first.empty == NO
    if first.fails == ALWAYS or (gives and second.fails == ALWAYS):
        message = first.message if first.type == NEVER else second.message if first.fails == NO else ""
        return Inferred(second.type, ALWAYS, NO, first.many or second.many, None, message)
    none = first.empty == ALWAYS
    fails = NO if first.fails == NO and (none or second.fails == NO) else MAYBE
    if none or (second.empty == ALWAYS and first.fails == NO):
        empty = ALWAYS
    else:
        empty = NO if gives and second.empty == NO else MAYBE
    return Inferred(second.type, fails, empty, first.many or second.many, None)
