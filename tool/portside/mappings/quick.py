"""The outcome of a delivery that has nothing to tell, straight from its bytes. Pure.

The one rule: it gives what the long way gives (evaluate, conform), or None, and then the long way is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from portside.jq.closures import Apart, Fused, settled
from portside.jq.engine import Program, guards, raw
from portside.jq.programs import Result
from portside.jq.python.source import Source
from portside.jq.values.functions import Unsure
from portside.mappings.conform import PLAIN_IDENTIFIER
from portside.mappings.delivery import lower
from portside.mappings.values import FORMATS, choices, misfit
from portside.model.blueprint import Blueprint
from portside.model.entity import MappingOutcome, Outcome, Remove, Upsert, Verdict
from portside.model.resource import JSON, Body
from portside.model.webhook import Webhook, WebhookMapping, leaves

Change = Callable[[Sequence[Any]], Any]
"""The EntityChange that the values of `mapping.needed` make, in their order; None: the long way knows."""
FILTERED = "its filter gives false"

_SIMPLE = frozenset({"type", "format", "enum", "items", "title", "description", "icon", "enumColors", "default"})
"""What may stand in a property's definition that is checked here in one line; with any other word, `misfit` does it."""
_TEXTS = frozenset({str})


class Quick:
    """A webhook whose mappings are all closures, without items."""

    def __init__(self, webhook: Webhook, programs: Sequence[Program], changes: Sequence[Change]) -> None:
        import orjson  # late: 11 ms, which pay off for who takes many deliveries

        self._loads, self._unread = orjson.loads, orjson.JSONDecodeError
        self._mappings = webhook.mappings
        self._guards = guards(programs)
        self._steps = tuple((raw(one), change) for one, change in zip(programs, changes, strict=True))
        self._ways: dict[tuple[Any, ...], _Way] = {}

    @classmethod
    def of(cls, webhook: Webhook, blueprints: Sequence[Blueprint | None], programs: Sequence[Program]) -> Quick | None:
        """None for a webhook that needs the long way for some mapping."""
        ready = zip(webhook.mappings, blueprints, programs, strict=True)
        changes = [change for mapping, known, one in ready if one.closed and (change := changing(mapping, known))]
        whole = len(changes) == len(webhook.mappings)
        return cls(webhook, programs, changes) if whole else None

    def outcome(self, raw: bytes, headers: Mapping[str, str] | None, query: Mapping[str, str] | None) -> Outcome | None:
        """None where there is something to tell, or the body is unusual."""
        try:
            body = self._loads(raw)
        except (self._unread, RecursionError):
            return None
        return self.made({"body": body, "headers": lower(headers) if headers else {}, "queryParams": query or {}})

    def made(self, seen: JSON) -> Outcome | None:
        """The same of what jq sees of a delivery."""
        try:
            passed = self._guards(seen)
            way = self._ways.get(passed) or self._way(passed)
            changes = tuple([change(run(seen)) for run, change in way.steps])
        except (Apart, Unsure, RecursionError):
            return None
        if None in changes:
            return None
        return Outcome(way.nothing.mappings, changes) if changes else way.nothing

    def _way(self, passed: tuple[Any, ...]) -> _Way:
        """What is run and said when these filters pass, and no others; all of them are true or false."""
        steps = tuple(step for step, one in zip(self._steps, passed, strict=True) if one)
        nothing = Outcome(tuple(map(_verdict, self._mappings, passed)))
        return self._ways.setdefault(passed, _Way(steps, nothing))


class _Way(NamedTuple):
    """`nothing` is the outcome when no step changes anything."""

    steps: tuple[tuple[Fused, Change], ...]
    nothing: Outcome


def _verdict(mapping: WebhookMapping, passed: bool) -> MappingOutcome:
    if passed:
        return MappingOutcome(mapping.index, mapping.blueprint, Verdict.MAPPED, 1, 1)
    return MappingOutcome(mapping.index, mapping.blueprint, Verdict.FILTERED, 1, 0, FILTERED)


def changing(mapping: WebhookMapping, blueprint: Blueprint | None) -> Change | None:
    """The function for a mapping whose expressions run once a delivery; None for an unusual one."""
    if blueprint is None or mapping.items_to_parse is not None:
        return None
    source = Source()
    names = {expression.route[3:]: source.name() for expression in mapping.needed}
    if ("identifier",) not in names:
        return None
    source.write(f"({''.join(f'{name}, ' for name in names.values())}) = values")
    for route, name in names.items():
        refused = _refused(source, blueprint, route, name)
        if refused is None:
            return None
        source.write(f"if {refused}: return None")
    made = _removed(mapping) if mapping.deletes else _upserted(mapping.entity, names)
    if made is None:
        return None
    source.write(f"return {made}")
    return source.function("values", {**_NAMES, "route": mapping.route, "blueprint": mapping.blueprint})


def _removed(mapping: WebhookMapping) -> str:
    return f"Remove(blueprint, t1, {mapping.delete_dependents}, route)"


def _upserted(entity: Body, names: dict[tuple[Any, ...], str]) -> str | None:
    """The fields in the order that the long way gives them; None when something in the entity is no jq."""
    if sum(1 for _ in leaves((), entity)) != len(names):
        return None
    fields = [f"{key!r}: {names[(key,)]}" for key in ("title", "icon") if (key,) in names]
    for section in ("properties", "relations"):
        keys = entity.get(section) or {}
        if any((section, key) not in names for key in keys):
            return None
        if keys:
            fields.append(f"{section!r}: {{{', '.join(f'{key!r}: {names[(section, key)]}' for key in keys)}}}")
    return f"Upsert(blueprint, {names[('identifier',)]}, {{{', '.join(fields)}}}, route)"


def _refused(source: Source, blueprint: Blueprint, route: tuple[Any, ...], name: str) -> str | None:
    """A Python condition: the value at this place may not be taken as it is. None: it is never certain."""
    match route:
        case ("identifier",):
            return _no_identifier(name)
        case ("title" | "icon",):
            return f"type({name}) is not str and {name} is not None"
        case ("properties", key) if property_ := blueprint.properties.get(key):
            if property_.type != "string":
                source.write(f"if {name} is not None and type({name}) is not Result: {name} = settled({name})")
            return _nullable(name, _of_property(source, property_.body, name), required=key in blueprint.required)
        case ("relations", key) if (relation := blueprint.relations.get(key)) and not relation.many:
            return _nullable(name, _no_identifier(name), required=relation.required)
    return None


def _no_identifier(name: str) -> str:
    return f"type({name}) is not str or not plain({name}) or {name} == '.' or {name} == '..'"


def _nullable(name: str, refused: str, *, required: bool) -> str:
    return refused if required else f"{name} is not None and ({refused})"


def _of_property(source: Source, definition: Body, name: str) -> str:
    kind, items = definition.get("type"), definition.get("items")
    if not _SIMPLE.issuperset(definition) or ("enum" in definition and kind != "string"):
        return f"misfit({source.constant(definition)}, {name}) is not None"
    match kind:
        case "string":
            return _of_text(source, definition, name)
        case "number":
            return f"type({name}) is not int and type({name}) is not float"
        case "boolean":
            return f"{name} is not True and {name} is not False"
        case "array" if not items or items == {"type": "string"}:
            texts = f" or not texts.issuperset(map(type, {name}))" if items else ""
            return f"type({name}) is not list{texts}"
    return f"misfit({source.constant(definition)}, {name}) is not None"


def _of_text(source: Source, definition: Body, name: str) -> str:
    format_ = str(definition.get("format"))
    if definition.get("enum") is not None:
        return f"type({name}) is not str or {name} not in {source.constant(choices(definition))}"
    if format_ in FORMATS:
        matches = source.constant(re.compile(FORMATS[format_][1]).fullmatch)
        usual = f"not (len({name}) > 8 and {name}.startswith(web) and {name}.split() == [{name}]) and "  # a third of it
        return f"type({name}) is not str or ({usual if format_ == 'url' else ''}not {matches}({name}))"
    if format_ in {"ipv4", "ipv6"}:
        return f"misfit({source.constant(definition)}, {name}) is not None"
    return f"type({name}) is not str"


_NAMES = {
    "type": type, "str": str, "int": int, "float": float, "list": list, "map": map, "len": len, "texts": _TEXTS,
    "misfit": misfit, "Result": Result, "settled": settled, "plain": PLAIN_IDENTIFIER.fullmatch,
    "web": ("https://", "http://"), "Upsert": Upsert, "Remove": Remove,
}  # fmt: skip
