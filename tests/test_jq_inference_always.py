"""Properties of inference: whatever libjq gives is in the inferred type, and what is certain is so."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import jq
from hypothesis import given, settings
from hypothesis import strategies as st

from jq_small_programs import program, value
from portside.jq.inference.infer import infer
from portside.jq.inference.inferred import ALWAYS, NO, Inferred
from portside.jq.syntax import NotJq, parse
from portside.jq.tree import Node
from portside.jq.types import ANY, BOOLEAN, EVERY, Array, Member, Object, Type, contains, of, union

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "150"))
"""More with PORTSIDE_EXAMPLES=5000; the default keeps the module to a few seconds."""


class Ran(NamedTuple):
    """What libjq does: outputs, and then perhaps an error."""

    outputs: tuple[Any, ...]
    failed: bool


@st.composite
def programs(draw: st.DrawFn) -> str:
    return program(lambda some: draw(st.sampled_from(some)), draw(st.integers(1, 3)))


@st.composite
def inputs(draw: st.DrawFn) -> tuple[Any, Any]:
    """An input, and the variable `$x`."""
    return value(lambda some: draw(st.sampled_from(some))), value(lambda some: draw(st.sampled_from(some)), 1)


@settings(max_examples=EXAMPLES, deadline=None)
@given(programs(), st.lists(inputs(), min_size=1, max_size=3))
def test_what_libjq_gives_is_inferred_always(text: str, given_: list[tuple[Any, Any]]):
    node = _body(text)
    if node is None:
        return
    compiled = [jq.compile(text, args={"x": variable}) for _, variable in given_]
    ran = [_run(one, input_) for one, (input_, _) in zip(compiled, given_, strict=True)]

    for outcome, (input_, variable) in zip(ran, given_, strict=True):
        assert _holds(infer(node, of(input_), {"x": of(variable)}), [outcome])
        assert _holds(infer(node, _widened(of(input_)), {"x": _widened(of(variable))}), [outcome])
    every, variables = (union(*map(of, some)) for some in zip(*given_, strict=True))
    assert _holds(infer(node, every, {"x": variables}), ran)
    assert _holds(infer(node, ANY, {"x": ANY}), ran)


def _body(text: str) -> Node | None:
    """The program with `$x` in scope; None where it does not compile."""
    try:
        return parse(f". as $x | ({text})").body  # type: ignore[union-attr]
    except NotJq:
        return None


def _run(compiled: Any, input_: Any) -> Ran:
    outputs = []
    try:
        for output in compiled.input_text(json.dumps(input_)):
            outputs.append(output)  # noqa: PERF402 an error keeps what came before it
    except ValueError:
        return Ran(tuple(outputs), True)
    return Ran(tuple(outputs), False)


def _widened(given: Type) -> Type:
    """A type without known values."""
    array = given.array and Array(None, _widened(given.array.items))
    members = given.object.members if given.object else {}
    object_ = given.object and Object(
        {key: Member(_widened(one.type), one.optional) for key, one in members.items()}, None
    )
    booleans = given.booleans and BOOLEAN.booleans
    return Type(given.null, booleans, given.number and EVERY, given.string and EVERY, "", array, object_)


def _holds(found: Inferred, ran: Sequence[Ran]) -> bool:
    return all(_agrees(found, *one) and _agrees_in_number(found, *one) for one in ran)


def _agrees(found: Inferred, outputs: tuple[Any, ...], failed: bool) -> bool:
    nothing = not outputs and not failed
    return (
        all(contains(found.type, output) for output in outputs)
        and not (failed and found.fails is NO)
        and not (not failed and found.fails is ALWAYS)
        and not (nothing and found.empty is NO)
        and not (not nothing and found.empty is ALWAYS)
    )


def _agrees_in_number(found: Inferred, outputs: tuple[Any, ...], failed: bool) -> bool:
    if found.each is None:
        return len(outputs) < 2 or found.many
    fits = len(outputs) <= len(found.each) if failed else len(outputs) == len(found.each)
    return fits and all(map(contains, found.each, outputs))
