"""What a delivery does to the catalog, mapping by mapping, with the value and the type of every expression.

The rule: nothing is written: what a change would come to is worked out on the entity that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from portside.catalogs.reading import Reading
from portside.mappings.evaluate import evaluate
from portside.mappings.explained import Look, Part, explain
from portside.model.entity import MappingOutcome, Outcome, Swallowed
from portside.model.resource import JSON, Body
from portside.model.webhook import Delivery, Webhook, WebhookMapping
from portside.problems import dotted
from portside.report.outcome import summary
from portside.server.pages.changes import Change, foreseen
from portside.server.pages.lines import Line, Ran, evaluated, explained, line

CHANGES = 50
"""Entities of one mapping that are shown."""


class Made(NamedTuple):
    """What one mapping made of a delivery; `there`: its blueprint is in the catalog.

    `runs` are its first items, or one run that has no item.
    """

    outcome: MappingOutcome
    there: bool
    deletes: bool
    items: Line | None
    total: int
    runs: tuple[Ran, ...]
    changes: tuple[Change, ...]
    more: int
    swallowed: tuple[Swallowed, ...]


def told(reading: Reading, webhook: Webhook, delivery: Delivery, known: Sequence[JSON]) -> Body:
    """Everything that there is to say; `known` are inputs whose types count as what an expression can give."""
    blueprints = {one.blueprint: found for one in webhook.mappings if (found := reading.blueprints.get(one.blueprint))}
    outcome = evaluate(webhook, delivery, blueprints)
    parts: Mapping[int, Part] = {}
    others: list[Line] = []
    if not any(one.code == "jq-limit" for one in outcome.swallowed):  # what was ended once is not run part by part
        whole = explain(webhook, Look(delivery.input, [*known, delivery.input], lambda _: True))
        parts = {part.mapping.index: part for part in whole.parts}
        others = [line(one, dotted(one.expression.route)) for one in whole.others]
    return {
        "summary": summary(outcome),
        "made": [
            _made(reading, webhook.mappings[one.index], one, outcome, parts.get(one.index)) for one in outcome.mappings
        ],
        "swallowed": [one for one in outcome.swallowed if one.route[0] != "mappings"],
        "others": others,
        "known": len(known) + 1,
    }


def _made(
    reading: Reading, mapping: WebhookMapping, outcome: MappingOutcome, whole: Outcome, part: Part | None
) -> Made:
    own = mapping.route
    changes = [change for change in whole.changes if change.route[:2] == own]
    return Made(
        outcome,
        outcome.blueprint in reading.blueprints,
        mapping.deletes,
        line(part.items, "itemsToParse") if part and part.items else None,
        outcome.items,
        tuple(explained(run) for run in part.runs) if part else tuple(evaluated(own, whole.values)),
        tuple(foreseen(reading, change) for change in changes[:CHANGES]),
        max(len(changes) - CHANGES, 0),
        tuple(_once(one for one in whole.swallowed if one.route[:2] == own)),
    )


def _once(swallowed: Iterator[Swallowed]) -> Iterator[Swallowed]:
    """Many items may pass over the same: the first of them is told."""
    for _, some in groupby(sorted(swallowed, key=_what), key=_what):
        yield next(some)


def _what(one: Swallowed) -> tuple[str, str, str]:
    return dotted(one.route), one.code, one.message
