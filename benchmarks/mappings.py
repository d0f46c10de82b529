"""Mapping a delivery, against the way Port's own framework does it: one call of libjq a field.

The figures of a pair are taken in turns in one process, and each is the smallest of several: what else runs on the
machine makes a figure larger, never smaller.
"""

from __future__ import annotations

import json
import resource as limits
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jq
import orjson

from benchmarks.timing import Result
from portside.checks import expressions
from portside.files import folder
from portside.jq import syntax
from portside.jq.engine import guards, program
from portside.jq.inference.infer import infer
from portside.jq.programs import Block
from portside.jq.quotes import rewrite
from portside.jq.types import of, union
from portside.mappings.evaluate import Evaluation
from portside.model.blueprint import Blueprint
from portside.model.resource import Kind, Resource
from portside.model.webhook import Webhook

PROJECT = Path(__file__).parent.parent
ROUNDS = 9
MILLION = 1_000_000

LIBJQ_ONLY = {
    "slug": '.body.event.data.title | split(" ") | .[0] |= ascii_downcase | join("-")',
    "names": 'reduce .body.event.data.teams[]?.summary as $name (""; . + $name)',
    "age": "now - (.body.event.data.created_at | fromdateiso8601) | floor",
}
"""What is added to the incident's properties so that they cannot do without libjq."""


def evaluating(_corpus: Path | None) -> Iterator[Result]:
    """The expressions of `pagerdutyMapper` on the events of its cases; then some that only libjq runs among them."""
    webhook, _ = _catalog()
    blocks = [Block(one.filter, None, tuple(text for _, text in one.needed)) for one in webhook.mappings]
    events = [_seen(raw) for raw in _payloads()]
    ready = [program(block) for block in blocks]
    passing = guards(ready)
    yield _compared(
        "evaluate pagerdutyMapper",
        lambda event: [one.fused(event) for one, passed in zip(ready, passing(event), strict=True) if passed is True],
        blocks,
        events,
        1 / 100,
    )
    mixed = blocks[2]._replace(texts=(*blocks[2].texts, *LIBJQ_ONLY.values()))
    incidents = [one for one in events if one["body"]["event"]["data"]["type"] == "incident"]
    yield _compared("evaluate, libjq needed", program(mixed).run, [mixed], incidents, 1 / 5)


def _compared(
    name: str, ours: Callable[[Any], object], blocks: Sequence[Block], events: Sequence[Any], limit: float
) -> Result:
    called = [_Called(block) for block in blocks]
    one, other = smallest(
        lambda: [ours(event) for event in events],
        lambda: [each.outcomes(event) for event in events for each in called],
    )
    each = 1e6 / len(events)
    return Result(
        name, one / other, limit, f"{one * each:.1f} µs an event against {other * each:.0f} µs, a call a field"
    )


class _Called:
    """A mapping as Port's framework runs it: every expression alone, on the parsed delivery, an error giving null."""

    def __init__(self, block: Block) -> None:
        self._guard = jq.compile(rewrite(block.guard)) if block.guard else None
        self._texts = [jq.compile(rewrite(text)) for text in block.texts]

    def outcomes(self, event: Any) -> list[Any] | None:
        """The values of the fields; None when the filter does not pass."""
        if self._guard and _called(self._guard, event) is not True:
            return None
        return [_called(text, event) for text in self._texts]


def _called(compiled: Any, event: Any) -> Any:
    try:
        return compiled.input_value(event).first()
    except (ValueError, StopIteration):
        return None


def deliveries(_corpus: Path | None) -> Iterator[Result]:
    """From the bytes of an event to its entity changes, against parsing the bytes alone; then a million of them."""
    webhook, blueprints = _catalog()
    evaluation = Evaluation(webhook, blueprints)
    payloads = _payloads()
    ours, theirs = smallest(
        lambda: [evaluation.sent(raw) for raw in payloads for _ in range(20)],
        lambda: [orjson.loads(raw) for raw in payloads for _ in range(20)],
    )
    each = 1e6 / len(payloads) / 20
    detail = f"{ours * each:.1f} µs from bytes to entity changes against {theirs * each:.1f} µs for orjson.loads"
    yield Result("map a delivery", ours / theirs, 2.5, detail)
    yield _flat(evaluation, payloads)


def _flat(evaluation: Evaluation, payloads: Sequence[bytes]) -> Result:
    """What the process holds after a million deliveries, against after the first hundred thousand."""
    before = 0
    for count in range(MILLION):
        evaluation.sent(payloads[count % len(payloads)])
        if count == MILLION // 10:
            before = _held()
    after = _held()
    detail = f"{after >> 10} MiB after a million deliveries against {before >> 10} MiB after a hundred thousand"
    return Result("map a million", after / before, 1.02, detail)


def _held() -> int:
    """The most memory so far, in KiB (in bytes on macOS)."""
    return limits.getrusage(limits.RUSAGE_SELF).ru_maxrss


def checking(given: Path | None) -> Iterator[Result]:
    """Everything `validate` does with the jq of a webhook that has cases, and the type of every expression besides."""
    texts = json.loads(given.read_text()) if given else _own_texts()
    webhook = _wrapped(texts)
    known = [(str(number), _seen(raw)) for number, raw in enumerate(_payloads())]
    usual = union(*(of(seen) for _, seen in known))
    began = time.perf_counter()
    expressions.check([webhook], {"w": tuple(known)})
    for text in texts:
        if syntax.error(text) is None:
            infer(syntax.read(text), usual)
    seconds = (time.perf_counter() - began) * 1000 / len(texts)
    detail = f"{seconds:.2f} s a thousand expressions, over {len(known)} known deliveries ({len(texts):,} expressions)"
    yield Result("check jq with types", seconds / 2, 1.0, detail)


def _own_texts() -> list[str]:
    """The expressions of this repository's webhooks."""
    found = [Resource.of(one.kind, one.body, one.source) for one in folder.read(PROJECT).declared]
    return [text for one in found if one.ref.kind is Kind.WEBHOOK for _, text in Webhook(one).expressions()]


def _wrapped(texts: Sequence[str]) -> Resource:
    properties = {f"p{number}": text for number, text in enumerate(texts)}
    mapping = {"blueprint": "b", "entity": {"identifier": ".body.event.id", "properties": properties}}
    return Resource.of(Kind.WEBHOOK, {"identifier": "w", "title": "w", "mappings": [mapping]})


def smallest(*works: Callable[[], object]) -> list[float]:
    """The shortest seconds of each, in turns."""
    for work in works:
        work()
    rounds = [[_seconds(work) for work in works] for _ in range(ROUNDS)]
    return [min(one) for one in zip(*rounds, strict=True)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _catalog() -> tuple[Webhook, dict[str, Blueprint]]:
    found = [Resource.of(one.kind, one.body, one.source) for one in folder.read(PROJECT).declared]
    blueprints = {one.ref.identifier: Blueprint(one) for one in found if one.ref.kind is Kind.BLUEPRINT}
    (webhook,) = (Webhook(one) for one in found if str(one.ref) == "webhook/pagerdutyMapper")
    return webhook, blueprints


def _payloads() -> list[bytes]:
    return [path.read_bytes() for path in sorted(PROJECT.glob("mappings/pagerdutyMapper/cases/*.json"))]


def _seen(raw: bytes) -> Any:
    return {"body": json.loads(raw), "headers": {}, "queryParams": {}}
