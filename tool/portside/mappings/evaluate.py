"""A delivery to entity changes: what each mapping of a webhook makes of it, and what Port would pass over. Pure.

The one rule: nothing is lost in silence. What fails, is dropped or does not fit is told with its place; an expression
that fails leaves its field as it is, and takes no other with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from portside.jq.engine import program
from portside.jq.programs import Block, Ran, Result, Row
from portside.mappings import conform
from portside.mappings.delivery import received
from portside.mappings.quick import FILTERED, Quick
from portside.mappings.values import named, shown
from portside.model.blueprint import Blueprint
from portside.model.entity import EntityChange, MappingOutcome, Outcome, Remove, Swallowed, Upsert, Value, Verdict
from portside.model.resource import JSON, Body
from portside.model.webhook import ITEM_LIMIT, Delivery, Expression, Webhook, WebhookMapping
from portside.problems import Route

_ABSENT: Any = object()
"""What a field holds that the mapping does not give: its expression failed, or had no output."""


class _Part(NamedTuple):
    """One mapping's part of an outcome."""

    outcome: MappingOutcome
    changes: tuple[EntityChange, ...] = ()
    swallowed: tuple[Swallowed, ...] = ()
    values: tuple[Value, ...] = ()


class _Made(NamedTuple):
    """What one run of a mapping made: of the delivery, or of one item; `because`: why it made nothing."""

    change: EntityChange | None
    swallowed: tuple[Swallowed, ...] = ()
    filtered: bool = False
    because: str = ""


def evaluate(
    webhook: Webhook, delivery: Delivery, blueprints: Mapping[str, Blueprint], *, now: float | None = None
) -> Outcome:
    """What one delivery does, with the values of all expressions. For many deliveries make one Evaluation.

    `now`: what jq's clock shows, in seconds since 1970.
    """
    return Evaluation(webhook, blueprints, now=now).outcome(delivery, values=True)


class Evaluation:
    """A webhook made ready for its deliveries.

    Whether what is required is there can only be judged on the merged entity (conform.lacking), by who stores it.
    """

    def __init__(self, webhook: Webhook, blueprints: Mapping[str, Blueprint], *, now: float | None = None) -> None:
        self._webhook = webhook
        self._known = [blueprints.get(mapping.blueprint) for mapping in webhook.mappings]
        self._programs = [program(_block(mapping), now) for mapping in webhook.mappings]

    @cached_property
    def _quick(self) -> Quick | None:
        return Quick.of(self._webhook, self._known, self._programs) if self._webhook.enabled else None

    def outcome(self, delivery: Delivery, *, values: bool = False) -> Outcome:
        """What the delivery does, mapping by mapping in their order; `values`: and what every expression gave."""
        if not self._webhook.enabled:
            message = f"webhook '{self._webhook.identifier}' is not enabled, and Port drops what it receives"
            return Outcome(swallowed=(Swallowed(("enabled",), "webhook-disabled", message),))
        seen = delivery.input
        ready = zip(self._webhook.mappings, self._known, self._programs, strict=True)
        parts = [_part(mapping, known, one.run(seen), values) for mapping, known, one in ready]
        return Outcome(
            tuple(part.outcome for part in parts),
            tuple(change for part in parts for change in part.changes),
            tuple(one for part in parts for one in part.swallowed),
            tuple(value for part in parts for value in part.values),
        )

    def sent(
        self, raw: bytes, headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
    ) -> Outcome:
        """As outcome(received(raw, headers, query)), and much faster where there is nothing to tell."""
        found = self._quick.outcome(raw, headers, query) if self._quick else None
        return found or self.outcome(received(raw, headers, query))

    def soon(self, delivery: Delivery) -> Outcome | None:
        """The outcome where it surely takes no time, and there is nothing to tell; else None."""
        return self._quick.made(delivery.input) if self._quick else None


def _block(mapping: WebhookMapping) -> Block:
    found = tuple(expression.text for expression in mapping.needed)
    return Block(mapping.filter, mapping.items_to_parse, found, ITEM_LIMIT)


def _part(mapping: WebhookMapping, blueprint: Blueprint | None, ran: Ran, values: bool) -> _Part:
    several = mapping.items_to_parse is not None
    made = [_made(mapping, blueprint, row, item if several else None) for item, row in enumerate(ran.rows)]
    changes = tuple(one.change for one in made if one.change)
    told = (*_about_items(mapping, ran.items), *(each for one in made for each in one.swallowed))
    swallowed = tuple(dict.fromkeys(told))
    verdict, because = _verdict(made, swallowed)
    outcome = MappingOutcome(mapping.index, mapping.blueprint, verdict, len(ran.rows), len(changes), because)
    return _Part(outcome, changes, swallowed, tuple(_values(mapping, ran)) if values else ())


def _verdict(made: Sequence[_Made], swallowed: Sequence[Swallowed]) -> tuple[Verdict, str]:
    if any(one.change for one in made):
        return Verdict.MAPPED, ""
    if made and all(one.filtered for one in made):
        return Verdict.FILTERED, FILTERED
    told = (*(one.because for one in made if one.because), *(one.message for one in swallowed))
    return Verdict.SKIPPED, next(iter(told), "itemsToParse gives no items")


def _about_items(mapping: WebhookMapping, items: Result | None) -> Iterator[Swallowed]:
    route = (*mapping.route, "itemsToParse")
    if items is None:
        return
    if items.error:
        yield _failed(route, items)
    elif items.missing or not isinstance(items.value, list | None):
        gives = "nothing" if items.missing else f"{shown(items.value)}, which is {named(items.value)}"
        yield Swallowed(route, "items-not-list", f"itemsToParse gives {gives}, and Port takes a list")
    elif items.value is not None and len(items.value) > ITEM_LIMIT:
        left = len(items.value) - ITEM_LIMIT
        message = f"itemsToParse gives {len(items.value)} items, and Port reads {ITEM_LIMIT}: the last {left} are lost"
        yield Swallowed(route, "items-limit", message)


def _made(
    mapping: WebhookMapping,
    blueprint: Blueprint | None,
    row: Row,
    item: int | None,
) -> _Made:
    if row.results is None:
        return _stopped((*mapping.route, "filter"), row.guard or Result(), item)
    told = tuple(_about_results(mapping.needed, row.results, item))
    if blueprint is None:
        message = f"there is no blueprint '{mapping.blueprint}'"
        return _refused(told, (Swallowed((*mapping.route, "blueprint"), "unknown-blueprint", message),))
    route = mapping.route if item is None else (*mapping.route, "items", item)
    if mapping.deletes:
        return _removed(mapping, row.results, told, route, item)
    return _upserted(mapping, row.results, blueprint, told, route, item)


def _stopped(route: Route, guard: Result, item: int | None) -> _Made:
    """Only true passes a filter, and only false is a plain no (port's pages speak of true and false alone)."""
    if guard.value is False:
        return _Made(None, filtered=True)
    if guard.error:
        return _refused((), (_failed(route, guard, item),))
    gives = "nothing" if guard.missing else shown(guard.value)
    message = f"the filter gives {gives}, and only true passes"
    return _refused((), (Swallowed(route, "filter-not-boolean", message, item),))


def _refused(told: tuple[Swallowed, ...], misfits: tuple[Swallowed, ...]) -> _Made:
    """Nothing is made, because of the first misfit."""
    return _Made(None, (*told, *misfits), because=misfits[0].message)


def _unnamed(mapping: WebhookMapping, told: tuple[Swallowed, ...]) -> _Made:
    """Nothing is made, because the identifier's jq failed; that is among what is told."""
    return _Made(None, told, because=next(one.message for one in told if _stops_identifier(mapping, one)))


def _stops_identifier(mapping: WebhookMapping, one: Swallowed) -> bool:
    route = (*mapping.route, "entity", "identifier")
    return one.route[: len(route)] == route and one.code != "more-values"


def _about_results(
    expressions: Sequence[Expression], results: Sequence[Result], item: int | None
) -> Iterator[Swallowed]:
    for expression, result in zip(expressions, results, strict=True):
        if result.error:
            yield _failed(expression.route, result, item)
        elif result.more:
            message = f"this jq gives more than one value, and Port takes the first: {shown(result.value)}"
            yield Swallowed(expression.route, "more-values", message, item)


def _failed(route: Route, result: Result, item: int | None = None) -> Swallowed:
    if result.broken:
        return Swallowed(route, "jq-syntax", f"this jq does not compile: {result.error}", item)
    if result.ended:
        return Swallowed(route, "jq-limit", f"this jq {result.error}", item)
    return Swallowed(route, "jq-error", f"this jq fails: {result.error}", item)


def _removed(
    mapping: WebhookMapping, results: Sequence[Result], told: tuple[Swallowed, ...], route: Route, item: int | None
) -> _Made:
    identifier = _filled(mapping.entity.get("identifier"), iter(results))
    misfits = tuple(_about_identifier(mapping, identifier, told, item))
    if misfits:
        return _refused(told, misfits)
    if identifier is _ABSENT:
        return _unnamed(mapping, told)
    return _Made(Remove(mapping.blueprint, identifier, mapping.delete_dependents, route), told)


def _upserted(
    mapping: WebhookMapping,
    results: Sequence[Result],
    blueprint: Blueprint,
    told: tuple[Swallowed, ...],
    route: Route,
    item: int | None,
) -> _Made:
    entity = mapping.entity
    filled: Body = _filled(entity, iter(results))
    identifier = _whole(filled.get("identifier", _ABSENT))
    fields, notes = conform.wrapped(blueprint, _fields(entity, filled))
    at = (*mapping.route, "entity")
    misfits = (
        *_about_identifier(mapping, identifier, told, item),
        *(Swallowed((*at, *one.route), one.code, one.message, item) for one in conform.misfits(blueprint, fields)),
    )
    told = (*told, *_literals(at, entity, item))
    if misfits:
        return _refused(told, misfits)
    if identifier is _ABSENT:
        return _unnamed(mapping, told)
    wraps = (Swallowed((*at, *note.route), note.code, note.message, item) for note in notes)
    return _Made(Upsert(mapping.blueprint, identifier, fields, route), (*told, *wraps))


def _about_identifier(
    mapping: WebhookMapping, identifier: JSON, told: Sequence[Swallowed], item: int | None
) -> Iterator[Swallowed]:
    """Silent about an identifier whose jq failed: that is told already."""
    route = (*mapping.route, "entity", "identifier")
    if identifier is _ABSENT:
        if not any(_stops_identifier(mapping, one) for one in told):
            yield Swallowed(route, "identifier-missing", "the identifier's jq gives nothing", item)
        return
    searched = isinstance(mapping.entity.get("identifier"), dict)
    found = conform.query_misfit(identifier) if searched else conform.identifier_misfit(identifier)
    if found:
        yield Swallowed(route, *found, item)


def _filled(node: JSON, results: Iterator[Result]) -> JSON:
    """The entity with what each jq gave in its place; `results` are in the order of webhook.texts."""
    match node:
        case str():
            result = next(results)
            return _ABSENT if result.missing or result.error else result.value
        case dict():
            return {key: _filled(member, results) for key, member in node.items()}
        case list():
            return [_filled(member, results) for member in node]
    return _ABSENT


def _fields(entity: Body, filled: Body) -> Body:
    """title, icon, team, properties, relations: those that are given, in this order."""
    fields: Body = {key: _whole(filled[key]) for key in ("title", "icon", "team") if key in filled}
    fields["properties"] = _members(entity, filled, "properties", _given)
    fields["relations"] = _members(entity, filled, "relations", lambda _, value: _whole(value))
    empty = [key for key, value in fields.items() if value is _ABSENT or (key in _SECTIONS and not value)]
    return {key: value for key, value in fields.items() if key not in empty}


_SECTIONS = frozenset({"properties", "relations"})


def _members(entity: Body, filled: Body, section: str, given: Callable[[JSON, JSON], JSON]) -> Body:
    nodes = entity.get(section)
    if not isinstance(nodes, dict):
        return {}
    members = {key: given(node, filled[section][key]) for key, node in nodes.items()}
    return {key: member for key, member in members.items() if member is not _ABSENT}


def _whole(value: JSON) -> JSON:
    """A search query counts only with all its parts."""
    return _ABSENT if _gaps(value) else value


def _gaps(value: JSON) -> bool:
    match value:
        case dict():
            return any(map(_gaps, value.values()))
        case list():
            return any(map(_gaps, value))
    return value is _ABSENT


def _given(node: JSON, value: JSON) -> JSON:
    """What a property gets: of an object whose members are jq, those that gave something."""
    match node:
        case dict():
            members = {key: _given(member, value[key]) for key, member in node.items()}
            return {key: member for key, member in members.items() if member is not _ABSENT}
        case list():
            found = [_given(member, one) for member, one in zip(node, value, strict=True)]
            return [one for one in found if one is not _ABSENT]
    return value


def _literals(route: Route, node: JSON, item: int | None) -> Iterator[Swallowed]:
    """What stands in the entity instead of jq."""
    match node:
        case None | str():
            return
        case dict():
            for key, member in node.items():
                yield from _literals((*route, key), member, item)
        case list():
            for index, member in enumerate(node):
                yield from _literals((*route, index), member, item)
        case _:
            yield Swallowed(route, "not-jq", f"{shown(node)} is {named(node)}, and jq is written as text", item)


def _values(mapping: WebhookMapping, ran: Ran) -> Iterator[Value]:
    """Every expression that ran, in the order in which they run."""
    if ran.items is not None and mapping.items_to_parse is not None:
        yield _value((*mapping.route, "itemsToParse"), mapping.items_to_parse, None, ran.items)
    for index, row in enumerate(ran.rows):
        item = None if ran.items is None else index
        if row.guard is not None and mapping.filter is not None:
            yield _value((*mapping.route, "filter"), mapping.filter, item, row.guard)
        for expression, result in zip(mapping.needed, row.results or (), strict=False):
            yield _value(expression.route, expression.text, item, result)


def _value(route: Route, text: str, item: int | None, result: Result) -> Value:
    return Value(route, text, item, result.value, result.missing, result.error)
