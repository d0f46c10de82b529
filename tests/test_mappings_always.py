"""Properties of evaluation: it never raises, and says the same of the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import blueprint
from portside.errors import Unreadable
from portside.mappings import conform
from portside.mappings.delivery import parsed, soon_parsed
from portside.mappings.evaluate import evaluate
from portside.model.blueprint import Blueprint
from portside.model.entity import Upsert
from portside.model.resource import Kind, Resource
from portside.model.webhook import Delivery, Webhook

THING = Blueprint(
    blueprint(
        "thing",
        properties={"text": "string", "number": "number", "list": {"type": "array", "items": {"type": "string"}}},
        relations={"one": "other", "many": {"target": "other", "many": True}},
    )
)


def receiving(*mappings: dict[str, Any]) -> Webhook:
    return Webhook(Resource.of(Kind.WEBHOOK, {"identifier": "w", "title": "w", "mappings": list(mappings)}))


WEBHOOK = receiving(
    {
        "blueprint": "thing",
        "filter": ".body.id != null",
        "entity": {
            "identifier": ".body.id",
            "title": ".body.a",
            "properties": {"text": ".body.a", "number": ".body.b", "list": "[.body.items[].id]"},
            "relations": {"one": ".body.a", "many": ".body.items"},
        },
    },
    {
        "blueprint": "thing",
        "itemsToParse": ".body.items",
        "entity": {"identifier": ".item.id", "properties": {"text": ".item.a"}},
    },
    {"blueprint": "thing", "operation": "delete", "entity": {"identifier": ".body.a"}},
)
PATHS = receiving(
    {
        "blueprint": "thing",
        "entity": {
            "identifier": ".body.id",
            "title": ".body.a",
            "properties": {"text": ".body.a.b", "number": ".body.b", "list": ".body.items"},
            "relations": {"one": ".body.a"},
        },
    }
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
BODIES = ANYTHING | st.fixed_dictionaries(
    {},
    optional={
        "id": LEAVES | st.just("A"),
        "a": ANYTHING,
        "b": LEAVES,
        "items": ANYTHING | st.lists(st.fixed_dictionaries({"id": LEAVES, "a": ANYTHING}), max_size=3),
    },
)


def turned(value: Any) -> Any:
    """The same JSON with the keys of every object in the opposite order."""
    match value:
        case dict():
            return {key: turned(value[key]) for key in reversed(value)}
        case list():
            return [turned(one) for one in value]
    return value


@settings(max_examples=80)
@given(BODIES)
def test_whatever_arrives_has_an_outcome(body: Any):
    outcome = evaluate(WEBHOOK, Delivery(body), {"thing": THING})

    assert [mapping.index for mapping in outcome.mappings] == [0, 1, 2]
    assert all(mapping.mapped or mapping.because for mapping in outcome.mappings)


@settings(max_examples=40)
@given(BODIES)
def test_the_order_of_keys_does_not_matter_to_paths(body: Any):
    as_sent, otherwise = (evaluate(PATHS, Delivery(one), {"thing": THING}) for one in (body, turned(body)))

    assert as_sent == otherwise


@settings(max_examples=60)
@given(BODIES)
def test_what_is_written_fits(body: Any):
    changes = evaluate(WEBHOOK, Delivery(body), {"thing": THING}).changes

    written = [change for change in changes if isinstance(change, Upsert)]
    assert [conform.identifier_misfit(change.identifier) for change in changes] == [None] * len(changes)
    assert [conform.misfits(THING, change.fields) for change in written] == [()] * len(written)


@settings(max_examples=40)
@given(BODIES)
def test_a_delivery_says_the_same_twice(body: Any):
    once = evaluate(WEBHOOK, Delivery(body), {"thing": THING})
    again = evaluate(WEBHOOK, Delivery(body), {"thing": THING})

    assert (once, once.values) == (again, again.values)


@settings(max_examples=60)
@given(ANYTHING, st.sampled_from(["string", "number", "boolean", "object", "array"]))
def test_a_value_fits_at_most_the_type_it_has(value: Any, kind: str):
    known = Blueprint(blueprint("b", properties={"p": kind}))

    fits = not conform.misfits(known, {"properties": {"p": value}})

    types = {"string": str, "number": (int, float), "boolean": bool, "object": dict, "array": list}
    assert fits == (
        value is None or (isinstance(value, types[kind]) and (kind == "boolean") == isinstance(value, bool))
    )


LARGE = st.integers(-(2**80), 2**80) | st.sampled_from([2**64, -(2**63) - 1, 10**400])
SPELLED = (
    st.recursive(LEAVES | LARGE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
    .flatmap(lambda value: st.booleans().map(lambda plain: json.dumps(value, ensure_ascii=plain)))
    .map(lambda text: text.encode("utf-8", "surrogatepass"))
) | st.integers(1, 250).map(lambda depth: b"[" * depth + b"]" * depth)


def doubled(value: Any) -> Any:
    """The value with doubles for what has more than 64 bits, as the fast reader gives it and jq makes of it."""
    match value:
        case dict():
            return {key: doubled(one) for key, one in value.items()}
        case list():
            return [doubled(one) for one in value]
        case int() if not -(2**63) <= value < 2**64 and abs(value) < 10**300:
            return float(value)
    return value


def said(read: Callable[[bytes], Any], raw: bytes) -> Any:
    try:
        return json.dumps(doubled(read(raw)))
    except Unreadable as error:
        return str(error)


@settings(max_examples=200)
@given(SPELLED, st.binary(max_size=2), st.integers(0, 20))
def test_the_fast_reader_of_bodies_takes_and_refuses_what_the_other_does(whole: bytes, more: bytes, at: int):
    raw = whole[:at] + more + whole[at:]

    assert said(soon_parsed, raw) == said(parsed, raw)
