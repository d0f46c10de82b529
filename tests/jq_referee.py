"""libjq as the referee of what jq's functions do with Python values: each of them as jq, and as Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import jq

from portside.jq.values import functions
from portside.jq.values.functions import BUILTINS, Failed, Unsure, field, format_, index, iterate, key_refusal, tojson
from portside.model.resource import JSON, same

_TOARRAY = 'def toarray: if type == "array" then . else [.] end; '


class Case(NamedTuple):
    """`body` reads the arguments as `$v[0]`, `$v[1]`, …"""

    body: str
    function: Callable[..., JSON]
    arguments: int


class Answers(NamedTuple):
    """How many calls were answered at all, and those that were answered otherwise than by libjq."""

    sure: int
    wrong: list[str]


def answers(case: Case, calls: Sequence[Sequence[JSON]]) -> Answers:
    """One function, called many times, held against libjq."""
    sure = 0
    wrong = []
    for arguments, (theirs, text) in zip(calls, _refereed(case.body, calls), strict=True):
        try:
            ours, value = _outcome(case.function, arguments)
        except Unsure:
            continue
        sure += 1
        if ours != theirs or not _is(value, text):
            wrong.append(f"{case.body}: {json.dumps(arguments)} {ours} {json.dumps(value)}, with libjq {theirs} {text}")
    return Answers(sure, wrong)


def after(case: Case, then: Case) -> Case:
    """One function on what another gives: numbers that jq calculated have other texts than those it read."""
    return Case(f"{case.body} | [.] as $v | {then.body}", lambda value: then.function(case.function(value)), 1)


def _refereed(body: str, calls: Sequence[Sequence[JSON]]) -> list[list[str]]:
    program = f'{_TOARRAY}.[] as $v | try (({body}) | ["gives", tojson]) catch ["fails", tojson]'
    refereed: list[list[str]] = jq.compile(program).input_text(json.dumps(calls)).all()
    return refereed


def _outcome(function: Callable[..., JSON], arguments: Sequence[JSON]) -> tuple[str, JSON]:
    before = json.dumps(arguments)
    try:
        return "gives", function(*arguments)
    except Failed as error:
        return "fails", error.value
    finally:
        assert json.dumps(arguments) == before


def _is(value: JSON, text: str) -> bool:
    """Whether this is the value that libjq writes so: to the letter where its letters are sure."""
    try:
        return tojson(value) == text
    except Unsure:
        return same(_doubles(json.dumps(value)), _doubles(text))


def _doubles(text: str) -> JSON:
    return json.loads(text, parse_int=float)


def _builtin(name: str) -> Case:
    word, count = name.split("/")
    arguments = "; ".join(f"$v[{place}]" for place in range(1, int(count) + 1))
    return Case(f"$v[0] | {word}({arguments})" if arguments else f"$v[0] | {word}", BUILTINS[name], int(count) + 1)


def _by(name: str) -> Case:
    def by_first(value: JSON) -> JSON:
        keys = [[index(item, 0)] if item is None or type(item) is list else [] for item in iterate(value)]
        return getattr(functions, name)(value, keys)

    return Case(f"$v[0] | {name}(.[0]?)", by_first, 1)


def _keyed(key: JSON) -> JSON:
    if type(key) is not str:
        raise Failed(key_refusal(key))
    return {key: 1}


def _cases() -> Iterator[tuple[str, Case]]:
    for name in BUILTINS:
        yield name, _builtin(name)
    for operator, function in OPERATORS.items():
        yield operator, Case(f"$v[0] {operator} $v[1]", getattr(functions, function), 2)
    for name in ("sort_by", "group_by", "unique_by", "min_by", "max_by"):
        yield name, _by(name)
    for name in ("text", "json", "csv", "tsv", "html", "uri", "urid", "sh", "base64", "base64d", "base5"):
        yield f"@{name}", Case(f"$v[0] | @{name}", lambda value, name=name: format_(name, value), 1)
    yield "negation", Case("-($v[0])", functions.negate, 1)
    yield ".a", Case("$v[0].a", lambda value: field(value, "a"), 1)
    yield ".[]", Case("[$v[0][]]", lambda value: list(iterate(value)), 1)
    yield ".[key]", Case("$v[0][$v[1]]", index, 2)
    yield ".[from:to]", Case("$v[0][$v[1]:$v[2]]", functions.slice_, 3)
    yield "{(key): 1}", Case("{($v[0]): 1}", _keyed, 1)
    yield "truth", Case("if $v[0] then true else false end", functions.truthy, 1)


OPERATORS: Mapping[str, str] = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo",
    "==": "equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal",
}  # fmt: skip
CASES: Mapping[str, Case] = dict(_cases())
