"""The closure and libjq agree: on the value, its type, the order of keys, the kind and the words of an error.

PORTSIDE_EXAMPLES=200000 runs as many programs; PORTSIDE_SEED begins at another one.
"""

import json
import os
from random import Random

import jq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jq_fuzz
from jq_programs import programs
from portside.jq import syntax
from portside.jq.closures import UNSURE, Closure, closure, outcome
from portside.jq.engine import whole
from portside.jq.programs import Result, Slot, alone, result
from portside.model.resource import JSON

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "600"))
SEED = int(os.environ.get("PORTSIDE_SEED", "0"))
PORTIONS = 8


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_a_closure_gives_what_libjq_gives(portion):
    for seed in range(SEED + portion, SEED + EXAMPLES, PORTIONS):
        assert differences(seed) == []


CONSTRUCTS = (
    "binary", "pipe", "comma", "if", "array", "object", "text", "index", "slice", "iterate", "optional", "try",
    "negation", "bind", "brackets",
)  # fmt: skip
FUNCTIONS = (
    "length/0", "not/0", "keys/0", "type/0", "tostring/0", "empty/0", "error/0", "map/1", "select/1", "has/1", "any/2",
    "add/0", "sort_by/1", "group_by/1", "unique/0", "join/1", "split/1", "ascii_downcase/0", "to_entries/0",
    "with_entries/1", "first/1", "last/1", "IN/1", "contains/1", "startswith/1", "tonumber/0", "flatten/0", "gsub/2",
)  # fmt: skip
LEAVES = (".", ".a", ".b", ".a.b", "null", "true", "false", "1", "0", '"a"', '"b"', '""', '"é"', "[]", "{}", "$x", "$y")
KEYS = st.sampled_from(["a", "b", "c"]) | st.text(max_size=2)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=EXAMPLES)
@given(programs(CONSTRUCTS, FUNCTIONS, LEAVES), st.lists(VALUES, min_size=1, max_size=3))
def test_a_closure_gives_what_libjq_gives_always(text: str, values: list[JSON]):
    text = f". as $x | .a? as $y | {text}"
    found = made(text)
    if found is None:
        return
    referee = jq.compile(alone(text, None))

    assert [difference for value in values if (difference := _difference(text, found, referee, whole(value)))] == []


def differences(seed: int) -> list[str]:
    """Where the two disagree about one random program and the values it is given."""
    random = Random(seed)
    text = jq_fuzz.shaped(random) if seed % 3 else f". as $x | {jq_fuzz.program(random, random.randint(1, 5))}"
    values = [jq_fuzz.event(random) for _ in range(4)] + [jq_fuzz.value(random) for _ in range(4)]
    found = made(text)
    if found is None:
        return []
    referee = jq.compile(alone(text, None))
    return [difference for value in values if (difference := _difference(text, found, referee, value))]


def made(text: str) -> Closure | None:
    try:
        return closure(syntax.parse(text))
    except syntax.NotJq:
        return None


def _difference(text: str, found: Closure, referee: object, value: JSON) -> str:
    ours = outcome(found, value)
    if ours is UNSURE:
        return ""
    ours = ours if type(ours) is Result else Result(ours)
    theirs = judged(referee, value)
    if spelled(ours) == spelled(theirs):
        return ""
    return f"{text}\n  on {json.dumps(value, ensure_ascii=False)}\n  closure {ours}\n  libjq   {theirs}"


def judged(referee: object, value: JSON) -> Result:
    """What libjq says."""
    raw = referee.input_text(json.dumps(value)).first()  # type: ignore[attr-defined]
    return result(Slot("", "", False), raw)


def spelled(found: Result) -> str:
    """1 is not 1.0 and not true; an object's keys have an order."""
    return json.dumps(found)
