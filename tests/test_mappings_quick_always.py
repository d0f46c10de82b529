"""The quick way and the long way say the same of every delivery."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import blueprint
from portside.mappings.delivery import received, soon_parsed
from portside.mappings.evaluate import Evaluation
from portside.model.blueprint import Blueprint
from portside.model.resource import Kind, Resource
from portside.model.webhook import Delivery, Webhook

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "300"))

THING = Blueprint(
    blueprint(
        "thing",
        properties={
            "text": "string",
            "number": "number",
            "flag": "boolean",
            "list": "array",
            "texts": {"type": "array", "items": {"type": "string"}},
            "object": "object",
            "word": {"type": "string", "enum": ["a", "b"]},
            "level": {"type": "number", "enum": [1, 2]},
            "moment": {"type": "string", "format": "date-time"},
            "dated": {"type": "string", "format": "date-time", "enum": ["2024-05-19T17:55:29Z", "a"]},
            "page": {"type": "string", "format": "url"},
            "address": {"type": "string", "format": "ipv4"},
            "short": {"type": "string", "maxLength": 3},
            "must": "string",
        },
        required=("must",),
        relations={"one": "other", "some": {"target": "other", "required": True}},
    )
)


def mapped(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"blueprint": "thing", "entity": {"identifier": ".body.id", "properties": properties, **more}}


def evaluation(*mappings: dict[str, Any]) -> Evaluation:
    webhook = Webhook(Resource.of(Kind.WEBHOOK, {"identifier": "w", "title": "w", "mappings": list(mappings)}))
    return Evaluation(webhook, {"thing": THING})


ONE_EACH = {
    key: evaluation(mapped({key: ".body.a"}, title=".body.b"))
    for key in THING.properties
} | {
    "one": evaluation(mapped({}, relations={"one": ".body.a"})),
    "some": evaluation(mapped({}, relations={"some": ".body.a"})),
    "identifier": evaluation({"blueprint": "thing", "entity": {"identifier": ".body.a"}}),
    "literal": evaluation(mapped({"text": ".body.a"}, title=5)),
    "nested": evaluation(mapped({"object": {"a": ".body.a", "b": ".body.b"}}, icon=".body.b")),
    "team": evaluation(mapped({"text": ".body.b"}, team=".body.a")),
    "gone": evaluation({"blueprint": "thing", "operation": "delete", "entity": {"identifier": ".body.a"}}),
    "filter": evaluation({**mapped({"text": ".body.a | tostring"}), "filter": ".body.a"}),
    "filters": evaluation({**mapped({"text": ".body.b"}), "filter": ".body.a[]?"}),
    "comparison": evaluation({**mapped({"text": ".body.b"}), "filter": ".body.a == .body.b"}),
    "several": evaluation(mapped({"text": ".body.a[]", "number": ".body.b?"})),
    "written": evaluation(mapped({"text": '"\\(.body.a)"', "list": "[.body.a, .body.b]"})),
}  # fmt: skip
"""One webhook a kind of value, each reading what may be anything."""
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**63 - 2, 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [
            "",
            "a",
            "b",
            ".",
            "x y",
            "2024-05-19T17:55:29Z",
            "https://x.io",
            "https://",
            "http:// a",
            "10.0.0.1",
            "é",
            "\ud83d",
            "abcd",
        ]
    )
    | st.text(max_size=5)
)
ANYTHING = LEAVES | st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
BODIES = st.fixed_dictionaries({"id": st.just("A") | LEAVES}, optional={"a": ANYTHING, "b": LEAVES})


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(sorted(ONE_EACH)), BODIES | ANYTHING, st.booleans())
@example("dated", {"id": "A", "a": "a"}, True)  # one of the choices, and of the wrong format
def test_the_quick_way_says_what_the_long_way_says(name: str, body: Any, ascii_only: bool):
    raw = json.dumps(body, ensure_ascii=ascii_only).encode("utf-8", "replace")

    assert json.dumps(spelled(ONE_EACH[name].sent(raw))) == json.dumps(spelled(ONE_EACH[name].outcome(received(raw))))


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(sorted(ONE_EACH)), BODIES | ANYTHING)
def test_what_is_made_soon_is_made_in_the_end(name: str, body: Any):
    raw = json.dumps(body).encode()
    soon = ONE_EACH[name].soon(Delivery(soon_parsed(raw)))

    assert soon is None or json.dumps(spelled(soon)) == json.dumps(spelled(ONE_EACH[name].outcome(received(raw))))


def spelled(outcome: Any) -> Any:
    """Types and the order of keys too."""
    return [repr(outcome.mappings), repr(outcome.changes), repr(outcome.swallowed)]
