"""Properties: many expressions together are what each of them is alone."""

from __future__ import annotations

import json
import os

import jq
from hypothesis import given, settings
from hypothesis import strategies as st

from portside.jq.engine import first, run
from portside.jq.programs import Block, Result
from portside.jq.worker import worker

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "60"))
"""More with PORTSIDE_EXAMPLES=5000; the default keeps the module to a few seconds."""
SEEDS = (
    ".body.event.data.id",
    '.body.event.event_type | startswith("incident")',
    "if .body.ok == 'yes' then .body.tags else [] end",
    '[.body.tags[]?.name // empty] | join(", ")',
    "'https://example.com/' + .body.id",
    '"\\(.body.id)-\\(.body.tags | length)" # the name',
    ".body.tags | map(select(.name != null)) | .[0]",
    "{id: .body.id, env: .body.env}",
    "def f(x): x | x; .body.n | f(. + 1)",
    ".body.tags as [$a, $b] | [$a, $b]",
    "reduce .body.tags[] as $t (0; . + 1)",
    "label $out | .body.tags[] | ., break $out",
    'try error("x") catch .',
    '.headers."x-event" // .body["x-event"]',
    "$__loc__.line",
    "halt, env, $ENV",
)
PIECES = (
    *"()[]{}\"'\\#|,;:.?$ \n", "if ", " end", "\\(", "# \\", "//", "é", "def f: ", "as $x | ", "break $x", "..",
)  # fmt: skip
EVENT = {"body": {"id": "A", "n": 1, "ok": "yes", "tags": [{"name": "x"}, {}, 3]}, "headers": {}, "queryParams": {}}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """A good expression with up to two pieces taken out or put in."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(("", *PIECES)))
        text = text[:at] + put + text[at + (not put) :]
    return text


@settings(max_examples=EXAMPLES)
@given(st.lists(expressions(), min_size=1, max_size=6))
def test_together_each_gives_what_it_gives_alone_always(texts: list[str]):
    together = run([Block(None, None, tuple(texts))], EVENT)[0].rows[0].results

    assert together == tuple(first(text, EVENT) for text in texts)


@settings(max_examples=EXAMPLES)
@given(expressions(), expressions(), expressions())
def test_a_block_runs_as_its_parts_say_always(guard: str, items: str, text: str):
    (ran,) = run([Block(guard, items, (text,), 500)], EVENT)

    listed = first(items, EVENT)
    inputs = [{**EVENT, "item": item} for item in listed.value] if isinstance(listed.value, list) else []
    assert ran.items == listed
    assert [row.guard for row in ran.rows] == [first(guard, one) for one in inputs]
    assert [row.results for row in ran.rows] == [_when(first(guard, one), first(text, one)) for one in inputs]


@settings(max_examples=EXAMPLES)
@given(st.sampled_from((".", "[.]", "tojson", "[.[]?]", "tostring | explode", "error")), VALUES)
def test_the_worker_gives_what_libjq_gives_here_always(program: str, value: object):
    text = json.dumps(value)
    try:
        expected: tuple[str, object] = ("value", jq.compile(program).input_text(text).first())
    except ValueError as error:
        expected = ("error", str(error))

    assert worker().ask(program, text, seconds=5, room=1 << 20, patience=1)[:2] == expected


def _when(guard: Result, result: Result) -> tuple[Result, ...] | None:
    return (result,) if guard.value is True else None
