"""Every expression of a webhook as a tree of what happened to one delivery, or of what the known ones can give. Pure.

The one rule: what does not run is not explained: a filter that stops a mapping is the last that is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from portside.jq import engine, explained
from portside.jq.error import JqError
from portside.jq.slices import Given
from portside.jq.syntax import NotJq
from portside.jq.types import Type, closed, of, union
from portside.jq.walk import Step
from portside.model.resource import JSON
from portside.model.webhook import ITEM_LIMIT, Expression, Webhook, WebhookMapping
from portside.problems import Route

ITEMS_SHOWN = 3
"""Items of one delivery whose expressions are told."""


class Told(NamedTuple):
    """One expression: its tree, or why it has none. `way` is how it runs: engine.way."""

    expression: Expression
    tree: Step | None
    error: JqError | None = None
    way: str = ""


class Run(NamedTuple):
    """A mapping's expressions on one input; `item` counts from 0. `passed` is None where nothing ran."""

    item: int | None
    filter: Told | None
    passed: bool | None
    expressions: tuple[Told, ...]


class Part(NamedTuple):
    """A mapping, explained. `total` items came of `items`, the first of which have a run.

    Of `known` inputs of the mapping, one a delivery or an item, `passing` get through its filter.
    """

    mapping: WebhookMapping
    items: Told | None
    total: int
    runs: tuple[Run, ...]
    known: int
    passing: int


class Explained(NamedTuple):
    """A webhook, explained. `others` belong to no mapping."""

    webhook: Webhook
    parts: tuple[Part, ...]
    others: tuple[Told, ...]


class Look(NamedTuple):
    """What is looked at: one delivery as jq sees it (None: none), all that are known, and which routes are wanted."""

    delivery: JSON | None
    known: Sequence[JSON]
    wanted: Callable[[Route], bool]
    now: float | None = None

    def told(self, route: Route, text: str, value: JSON | None, known: Type | None) -> Told:
        expression = Expression(route, text)
        given = None if self.delivery is None else Given(value)
        try:
            tree = explained.explain(text, given, known, now=self.now)
        except NotJq as broken:
            return Told(expression, None, broken.error)
        return Told(expression, tree, way=engine.way(text))


class Known(NamedTuple):
    """Known inputs, each with its type, and what all of them can be; None where there are none."""

    inputs: Sequence[tuple[JSON, Type]]
    type: Type | None

    @classmethod
    def of(cls, inputs: Sequence[tuple[JSON, Type]]) -> Known:
        return cls(inputs, union(*(one for _, one in inputs)) if inputs else None)


def explain(webhook: Webhook, look: Look) -> Explained:
    """Every wanted expression of a webhook, mapping by mapping."""
    known = Known.of([(delivery, of(delivery)) for delivery in look.known])
    parts = tuple(part for mapping in webhook.mappings if (part := _part(mapping, look, known)))
    return Explained(webhook, parts, tuple(_others(webhook, look, known)))


def _others(webhook: Webhook, look: Look, known: Known) -> Iterator[Told]:
    route = ("security", "requestIdentifierPath")
    if (text := webhook.security.request_identifier_path) and look.wanted(route):
        yield look.told(route, text, look.delivery, known.type)


def _part(mapping: WebhookMapping, look: Look, deliveries: Known) -> Part | None:
    if not any(look.wanted(expression.route) for expression in mapping.expressions()):
        return None
    known = _known(mapping, look, deliveries)
    passing = known
    if mapping.filter is not None:
        passing = Known.of([one for one in known.inputs if _passes(mapping, one[0], look.now)])
    values = [None] if look.delivery is None else _inputs(mapping, look.delivery, look.now)
    numbered = mapping.items_to_parse is not None and look.delivery is not None
    runs = tuple(
        _run(mapping, look, value, number if numbered else None, (known.type, passing.type))
        for number, value in enumerate(values[:ITEMS_SHOWN])
    )
    items = _items(mapping, look, bool(values), deliveries)
    return Part(mapping, items, len(values), runs, len(known.inputs), len(passing.inputs))


def _known(mapping: WebhookMapping, look: Look, deliveries: Known) -> Known:
    """What the mapping's expressions see of the known deliveries."""
    if mapping.items_to_parse is None:
        return deliveries
    found = ((type_, value) for delivery, type_ in deliveries.inputs for value in _inputs(mapping, delivery, look.now))
    return Known.of([(value, _with_item(type_, value["item"])) for type_, value in found])


def _with_item(delivery: Type, item: JSON) -> Type:
    members = delivery.object.members if delivery.object else {}
    return closed({**{key: member.type for key, member in members.items()}, "item": of(item)})


def _items(mapping: WebhookMapping, look: Look, found: bool, deliveries: Known) -> Told | None:
    """itemsToParse where it is wanted, or to blame for there being nothing else."""
    route = (*mapping.route, "itemsToParse")
    if mapping.items_to_parse is None or (found and not look.wanted(route)):
        return None
    return look.told(route, mapping.items_to_parse, look.delivery, deliveries.type)


def _run(
    mapping: WebhookMapping, look: Look, value: JSON, item: int | None, types: tuple[Type | None, Type | None]
) -> Run:
    """`types` are those of the inputs before and after the filter."""
    route = (*mapping.route, "filter")
    passed = None if look.delivery is None else _passes(mapping, value, look.now)
    guard = None
    if mapping.filter is not None and (look.wanted(route) or passed is False):
        guard = look.told(route, mapping.filter, value, types[0])
    told = () if passed is False else (one for one in mapping.needed if look.wanted(one.route))
    return Run(item, guard, passed, tuple(look.told(one.route, one.text, value, types[1]) for one in told))


def _inputs(mapping: WebhookMapping, delivery: JSON, now: float | None) -> list[JSON]:
    """What a mapping's expressions see of a delivery: itself, or itself with each of its items."""
    if mapping.items_to_parse is None:
        return [delivery]
    items = engine.first(mapping.items_to_parse, delivery, now=now).value
    return [{**delivery, "item": item} for item in items[:ITEM_LIMIT]] if isinstance(items, list) else []


def _passes(mapping: WebhookMapping, value: JSON, now: float | None) -> bool:
    return mapping.filter is None or engine.first(mapping.filter, value, now=now).value is True
