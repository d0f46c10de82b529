"""Every jq text: does it compile as Port reads it, and does it ask only for what it gets? Values in, Problems out.

The one rule: a problem points at the character of the author's text, also where that spans lines of a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from portside.checks import deliveries
from portside.jq import syntax
from portside.jq.error import JqError
from portside.jq.quotes import rewrite
from portside.jq.tokens import Kind, Lexed, Token, lex
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body, Ref, Resource
from portside.model.resource import Kind as ResourceKind
from portside.model.webhook import Webhook
from portside.problems import Problem, Route, Severity, in_order

if TYPE_CHECKING:
    from portside.checks.known import Cases

FORBIDDEN: Mapping[str, str] = {
    "env": "the environment is empty at Port",
    "$ENV": "the environment is empty at Port",
    "input": "there is one input, and it is `.`",
    "inputs": "there is one input, and it is `.`",
    "input_filename": "there is no file",
    "input_line_number": "there is no file",
    "debug": "nobody sees what it prints",
    "stderr": "nobody sees what it prints",
    "halt": "`empty` gives nothing",
    "halt_error": "`error(…)` fails",
    "import": "Port loads no modules",
    "include": "Port loads no modules",
    "module": "Port loads no modules",
    "modulemeta": "Port loads no modules",
    "get_search_list": "Port loads no modules",
    "get_jq_origin": "it tells where jq is installed",
    "get_prog_origin": "it tells where a program was read",
}
"""What a mapping must not ask for, and why."""

NEWER = {("trimstr", 1): "`ltrimstr(…) | rtrimstr(…)` does the same"}
"""Functions of libjq 1.8 that Port's jq (master, 83 commits after 1.7.1) does not have yet, by name and arity."""

_WORDS = "|".join([*(name.strip("$") for name in FORBIDDEN), *(name for name, _ in NEWER)])
_SUSPECT = re.compile(rf"\b(?:{_WORDS})\b")
_TEMPLATE = re.compile(r"\{\{\s*(\$?[A-Za-z0-9_@=\\-]+)\s*\}\}")
_WIDTH = 100


_NOTHING: Mapping[str, Cases] = {}


class _Text(NamedTuple):
    """One jq text and where it is written."""

    resource: Resource
    route: Route
    text: str


def check(resources: Sequence[Resource], known: Mapping[str, Cases] = _NOTHING) -> tuple[Problem, ...]:
    """What is wrong with the jq of webhooks and calculations. `known`: deliveries of webhooks, by identifier."""
    found = told(resources)
    blueprints = {one.ref.identifier: Blueprint(one) for one in resources if one.ref.kind is ResourceKind.BLUEPRINT}
    webhooks = [one for one in resources if one.ref.kind is ResourceKind.WEBHOOK]
    shown = [
        placed(one, shows(one, blueprints, known.get(one.ref.identifier, ()), found.routes[one.ref]))
        for one in webhooks
    ]
    return in_order((*found.problems, *(problem for some in shown for problem in some)))


class Told(NamedTuple):
    """What the texts alone tell, and the routes of those about which they do."""

    problems: tuple[Problem, ...]
    routes: Mapping[Ref, frozenset[Route]]


def told(resources: Sequence[Resource]) -> Told:
    """What is wrong with jq as it is written."""
    found = [text for resource in resources for text in _texts(resource)]
    read = [(text, tuple(_problems(text, syntax.error(text.text)))) for text in found]
    routes = {
        resource.ref: frozenset(text.route for text, problems in read if problems and text.resource is resource)
        for resource in resources
    }
    return Told(tuple(problem for _, problems in read for problem in problems), routes)


def shows(
    resource: Resource, blueprints: Mapping[str, Blueprint], cases: Cases, silent: frozenset[Route]
) -> list[JSON]:
    """What known deliveries, and types, show of the jq of a webhook; nothing of the texts at the `silent` routes.

    As JSON, without places: the same as long as webhook, blueprints and deliveries are. `placed` makes problems of it.
    """
    from portside.checks import given  # late: what it finds is recalled while nothing changes

    found = given.check(Webhook(resource), blueprints, cases, silent)
    return [[list(route), text, code, severity, *error] for route, text, code, severity, error in found]


def lasting(shown: list[JSON]) -> bool:
    """Whether the same is found on any machine: how long an expression takes depends on it."""
    return all(code != "jq-limit" for _, _, code, *_ in shown)


def placed(resource: Resource, shown: list[JSON]) -> Iterator[Problem]:
    """The problems of what `shows` gives."""
    for route, text, code, severity, *error in shown:
        yield _problem(_Text(resource, tuple(route), text), JqError(*error), code, Severity(severity))


def _texts(resource: Resource) -> Iterator[_Text]:
    if resource.ref.kind is ResourceKind.WEBHOOK:
        for route, text in Webhook(resource).expressions():
            yield _Text(resource, route, text)
    elif resource.ref.kind is ResourceKind.BLUEPRINT:
        for key, calculation in resource.body["calculationProperties"].items():
            yield _Text(resource, ("calculationProperties", key, "calculation"), str(calculation["calculation"]))


def _problems(text: _Text, error: JqError | None) -> Iterator[Problem]:
    if _TEMPLATE.search(text.text) and (problem := _legacy(text)):
        yield problem
        return
    if error is None and text.resource.ref.kind is ResourceKind.WEBHOOK:
        yield from _of_delivery(text)
    lexed = lex(rewrite(text.text)) if error or _SUSPECT.search(text.text) else None
    if lexed is None:
        return
    if not lexed.tokens:
        yield _problem(text, JqError("this jq is empty, and Port takes that for null"), "jq-empty")
        return
    forbidden = list(_forbidden(text, lexed))
    yield from forbidden
    if error and not forbidden:
        told = JqError(f"this jq does not compile: {error.message}", error.index, error.hint)
        yield _problem(text, told, "jq-syntax")
    yield from _newer(text, lexed)


def _of_delivery(text: _Text) -> Iterator[Problem]:
    for code, severity, error in deliveries.faults(text.resource.body, text.route, text.text):
        yield _problem(text, error, code, severity)


def _forbidden(text: _Text, lexed: Lexed) -> Iterator[Problem]:
    own = {name.text for word, name in zip(lexed.tokens, lexed.tokens[1:], strict=False) if word.text == "def"}
    for token in _called(lexed):
        if token.text in FORBIDDEN and token.text not in own:
            message = f"'{token.text}' is not for mappings and calculations: {FORBIDDEN[token.text]}"
            yield _problem(text, JqError(message, token.index), "jq-forbidden")


def _newer(text: _Text, lexed: Lexed) -> Iterator[Problem]:
    for token in _called(lexed):
        for (name, arity), instead in NEWER.items():
            if token.text == name and token.kind is Kind.NAME:
                message = f"'{name}/{arity}' is not in Port's jq, which is older than 1.8: it would not compile there"
                yield _problem(text, JqError(message, token.index, instead), "port-engine", Severity.WARNING)


def _called(lexed: Lexed) -> Iterator[Token]:
    """The names and words that are not keys of an object: `{env: .a}` asks for no environment."""
    open_: list[str] = []
    before = ""
    for token in lexed.tokens:
        if token.kind in {Kind.OPEN, Kind.INTO, Kind.START}:
            open_.append(token.text)
        elif token.kind in {Kind.CLOSE, Kind.OUT, Kind.END} and open_:
            open_.pop()
        elif token.kind in {Kind.NAME, Kind.KEYWORD, Kind.VARIABLE}:
            key = bool(open_) and open_[-1] == "{" and before in {"{", ","} and token.kind is not Kind.VARIABLE
            if not key:
                yield token
        before = token.text


def _problem(text: _Text, error: JqError, code: str, severity: Severity = Severity.ERROR) -> Problem:
    place = text.resource.source.inside(text.route, error.index)
    hint = "\n".join(part for part in (pointed(text.text, error.index), error.hint) if part)
    return Problem(place, code, severity, error.message, hint)


def pointed(text: str, index: int) -> str:
    """The line of a text that holds a character, and a caret under it; long lines are cut on both sides."""
    start = text.rfind("\n", 0, index) + 1
    line = text[start:].partition("\n")[0].replace("\t", " ").rstrip("\r")
    column = min(index - start, len(line))
    first = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
    before, after = "…" if first else "", "…" if len(line) > first + _WIDTH else ""
    shown = f"{before}{line[first : first + _WIDTH]}{after}"
    return f"{shown}\n{' ' * (len(before) + column - first)}^" if shown.strip() else ""


def _legacy(text: _Text) -> Problem | None:
    """A template in a calculation, when what it stands for can be written as jq."""
    found = _TEMPLATE.search(text.text)
    if text.resource.ref.kind is not ResourceKind.BLUEPRINT or found is None:
        return None
    today = next((one for one in (_as_paths(text), _as_sum(text)) if syntax.error(one) is None), None)
    if today is None:
        return None
    gives = "the braces as they are" if syntax.error(text.text) is None else "null"
    message = f"{found[0]} is a template, which Port no longer fills in: this calculation gives {gives}"
    error = JqError(message, found.start(), f"today's form: {today}")
    return _problem(text, error, "legacy-template", Severity.WARNING)


def _as_paths(text: _Text) -> str:
    """Each template replaced by its path, by an interpolation inside a string."""
    strings = [token for token in lex(rewrite(text.text)).tokens if token.kind is Kind.TEXT]

    def replaced(found: re.Match[str]) -> str:
        path = _path(text.resource.body, found[1])
        inside = any(token.index <= found.start() < token.end for token in strings)
        return f"\\({path})" if inside else path

    return _TEMPLATE.sub(replaced, text.text)


def _as_sum(text: _Text) -> str:
    """Bare text around templates, as blueprints had it until 2022: each stretch of it becomes a string.

    Gives "" for what was meant as jq.
    """
    parts = _TEMPLATE.split(text.text)
    if any(set(part) & set("'\"+|()") for part in parts[::2]):
        return ""
    pieces = (
        _path(text.resource.body, part) if position % 2 else json.dumps(part, ensure_ascii=False)
        for position, part in enumerate(parts)
        if part
    )
    return " + ".join(pieces)


def _path(blueprint: Body, name: str) -> str:
    """Where today's calculations find what a template named: meta-properties at the top, the rest in properties."""
    key = name.removeprefix("$")
    if name.startswith("$") or (key in {"identifier", "title"} and key not in blueprint["schema"]["properties"]):
        return f".{key}"
    return f".properties.{key}" if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key) else f'.properties["{key}"]'
