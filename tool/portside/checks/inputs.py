"""What calculations read of their entity, as far as the text alone tells. Pure.

Certain or silent: a name counts only where the expression's input is surely the whole entity, that is outside of
strings and of any function's arguments, and before any pipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portside.checks import names
from portside.checks.paths import shown_properties
from portside.model.blueprint import Blueprint
from portside.problems import Problem, Severity

if TYPE_CHECKING:
    from portside.jq.tokens import Token


@dataclass(frozen=True)
class Read:
    """`.properties.tier` is (("properties", "tier"), index of the dot before tier)."""

    path: tuple[str, ...]
    index: int


def check(blueprint: Blueprint) -> Iterator[Problem]:
    """Calculations that read what their entity does not have."""
    for key, calculation in blueprint.calculations.items():
        for read in reads(calculation["calculation"]):
            if found := _missing(blueprint, key, read):
                severity, message, hint = found
                place = blueprint.resource.source.inside(("calculationProperties", key, "calculation"), read.index)
                yield Problem(place, "calculation-input", severity, message, hint)


def _missing(blueprint: Blueprint, key: str, read: Read) -> tuple[Severity, str, str] | None:
    match read.path:
        case ("properties", name):
            return _no_property(blueprint, key, name)
        case ("relations", name) if name not in blueprint.relations:
            message = f"calculation '{key}' reads relation '{name}', which is not a relation of this blueprint"
            return Severity.ERROR, message, names.did_you_mean(name, blueprint.relations)
        case (name,) if name in blueprint.calculations:
            return _no_property(blueprint, key, name)
        case (name,) if name in shown_properties(blueprint):
            message = f"calculation '{key}' reads '.{name}' of the entity, whose properties stand under '.properties'"
            return Severity.WARNING, message, f"write '.properties.{name}'"
    return None


def _no_property(blueprint: Blueprint, key: str, name: str) -> tuple[Severity, str, str] | None:
    if name in blueprint.calculations:
        message = f"calculation '{key}' reads calculation '{name}', and Port gives a calculation no other one's value"
        return Severity.ERROR, message, f"put the jq of '{name}' here instead"
    readable = [*blueprint.properties, *blueprint.mirrors, *blueprint.aggregations]
    if name in readable:
        return None
    message = f"calculation '{key}' reads property '{name}', which is not a property of this blueprint"
    if name in blueprint.relations:
        return Severity.ERROR, message, f"'{name}' is a relation: '.relations.{name}'"
    return Severity.ERROR, message, names.did_you_mean(name, readable)


_ENTITY_KEYS = frozenset(
    {
        "identifier", "title", "icon", "team", "blueprint", "properties", "relations", "scorecards",
        "createdAt", "createdBy", "updatedAt", "updatedBy",
    }
)  # fmt: skip
"""What an entity has beside its properties (Port's read shape)."""


def reads(text: str) -> Iterator[Read]:
    """What an expression surely reads of the entity: .properties.KEY, .properties["KEY"], .relations.KEY, or .KEY."""
    for first, rest in heads(text):
        head = first.text[1:]
        if head in ("properties", "relations"):
            yield from (Read((head, name), at) for name, at in next_key(rest))
        elif head not in _ENTITY_KEYS:
            yield Read((head,), first.index)


def heads(text: str) -> Iterator[tuple[Token, list[Token]]]:
    """The fields that are surely read of the whole input, each with the few tokens that follow it."""
    from portside.jq.quotes import rewrite  # late: few blueprints have a calculation
    from portside.jq.tokens import lex

    found = lex(rewrite(text))
    if not found.whole or any(token.text in _REBINDING for token in found.tokens):
        return
    for position in _at_the_root(found.tokens):
        first, *rest = found.tokens[position : position + 7]
        yield first, rest


_REBINDING = frozenset({"def", "reduce", "foreach", "as", "label", "import", "include"})
_OPENS = frozenset({"open", "string start", "interpolation start"})
_CLOSES = frozenset({"close", "string end", "interpolation end"})
_VALUES = frozenset({"field", "variable", "name", "format", *_CLOSES})


def _at_the_root(tokens: tuple[Token, ...]) -> Iterator[int]:
    """Positions of the fields whose input is the entity: not after a pipe, nor in what a function does with its own."""
    sure = [True]
    before: Token | None = None
    for position, token in enumerate(tokens):
        if token.kind in _OPENS:
            sure.append(sure[-1] and not _takes_over(token, before))
        elif token.kind in _CLOSES:
            sure.pop()
        elif token.text in ("|", ";"):
            sure[-1] = False
        elif token.kind == "field" and sure[-1] and not _continued(before):
            yield position
        before = token


def _takes_over(token: Token, before: Token | None) -> bool:
    """Whether a bracket belongs to what stands before it, as the arguments of a call do."""
    return token.text in ("(", "[") and before is not None and before.kind in _VALUES


def _continued(before: Token | None) -> bool:
    """Whether a field after this token reads of what stands before it, and not of the input."""
    return before is not None and (before.kind in _VALUES or before.text in (".", "..", "?"))


def next_key(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    """The key that is read next, and where: `.key`, `."key"`, `["key"]`, `.["key"]`, each perhaps after a `?`."""
    while tokens and tokens[0].text in ("?", "."):
        tokens = tokens[1:]
    kinds = [token.kind.value for token in tokens[:5]]
    if kinds[:1] == ["field"]:
        yield tokens[0].text[1:], tokens[0].index + 1
        return
    if kinds == ["open", *_QUOTED, "close"] and tokens[0].text == "[":
        tokens = tokens[1:]
    elif kinds[:3] != _QUOTED:
        return
    if "\\" not in tokens[1].text:
        yield tokens[1].text, tokens[1].index


_QUOTED = ["string start", "string text", "string end"]
