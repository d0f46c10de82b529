"""What mappings read of a delivery, and what filters give, as far as the text alone tells. Pure.

Certain or silent: a delivery has the same few keys whoever sends it, and what stands below them nobody knows here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from portside.checks.inputs import heads, next_key
from portside.jq.error import JqError
from portside.model.resource import Body
from portside.problems import Route, Severity

if TYPE_CHECKING:
    from portside.jq.tokens import Token

_DELIVERY = ("body", "headers", "queryParams")
_HEADS = re.compile(r"""(?<![\w.\])}"?])\.\s*([A-Za-z_]\w*)""")
_PLAIN = re.compile(r"[A-Za-z_]\w*")
_ASSIGNS = frozenset({"=", "|=", "+=", "-=", "*=", "/=", "%=", "//="})


class Fault(NamedTuple):
    """Something wrong inside one jq text."""

    code: str
    severity: Severity
    error: JqError


def faults(webhook: Body, route: Route, text: str) -> Iterator[Fault]:
    """What is wrong with a text that compiles; `route` is the text's in the webhook's body."""
    known = (*_DELIVERY, "item") if _has_item(webhook, route) else _DELIVERY
    if any(name not in known for name in _HEADS.findall(text)) or (".headers" in text and text != text.lower()):
        yield from _inputs(text, known)
    if route[-1] == "filter" and (error := _no_condition(text)):
        yield Fault("never-true", Severity.ERROR, error)


def _has_item(webhook: Body, route: Route) -> bool:
    """Whether there is an `.item`: in a mapping with itemsToParse, but not in that text itself."""
    match route:
        case ("mappings", int(index), *rest):
            return "itemsToParse" in webhook["mappings"][index] and rest != ["itemsToParse"]
    return False


def _inputs(text: str, known: Sequence[str]) -> Iterator[Fault]:
    found = list(heads(text))
    if any(token.text in _ASSIGNS for _, rest in found for token in rest):
        return  # what a text has given a value itself it may read
    for token, rest in found:
        name = token.text[1:]
        if name not in known:
            message = f"'.{name}' is null in every delivery, which has {_listed(known)} and nothing else"
            yield Fault("mapping-input", Severity.ERROR, JqError(message, token.index, _instead(name, known)))
        elif name == "headers":
            yield from _header(rest)


def _listed(known: Sequence[str]) -> str:
    *others, last = (f"'.{name}'" for name in known)
    return f"{', '.join(others)} and {last}"


def _instead(name: str, known: Sequence[str]) -> str:
    if name == "item":
        return "'.item' needs 'itemsToParse' in the same mapping; without it, read from '.body'"
    folded = {one.casefold(): one for one in (*known, "queryParams")}
    meant = folded.get(name.casefold()) or folded.get(name.casefold().removesuffix("s"))
    meant = meant or {"header": "headers", "query": "queryParams", "payload": "body"}.get(name)
    return f"write '.{meant}'" if meant else f"what was sent stands under '.body': '.body.{name}'"


def _header(rest: list[Token]) -> Iterator[Fault]:
    for name, index in next_key(rest):
        if name != name.lower():
            message = f"header '{name}' is null: the names of headers arrive in lower case"
            written = name.lower() if _PLAIN.fullmatch(name) else f'"{name.lower()}"'
            yield Fault("mapping-input", Severity.WARNING, JqError(message, index, f"write '.headers.{written}'"))


def _no_condition(text: str) -> JqError | None:
    """Why a filter can never be true, where that is certain."""
    if not _assigns(text) and "select" not in text and text.strip()[:1] not in ("'", '"'):
        return None
    from portside.jq.quotes import rewrite  # late: most filters are plain comparisons, and `==` is all they have
    from portside.jq.tokens import lex

    levelled = list(_levels(lex(rewrite(text)).tokens))
    outer = [token for level, token in levelled if level == 0]
    first, last = outer[0], levelled[-1][1]
    if assigned := _assigned(outer):
        return JqError("'=' assigns, so this filter is never true", assigned.index, "jq compares with `==`")
    if [token.kind.value for token in outer] == _TEXT:
        return JqError("this filter is a text, and only `true` lets a delivery through", first.index, "write `true`")
    if first.text == "select" and outer[1:] == [outer[1], last] and last.text == ")":
        hint = "a filter is the condition alone, without `select(…)`"
        return JqError("'select' gives the whole delivery, and only `true` lets one through", first.index, hint)
    return None


def _assigns(text: str) -> bool:
    """Whether there is an equals sign that is no part of a comparison; in a string it may be one all the same."""
    for comparison in ("==", "!=", "<=", ">="):
        text = text.replace(comparison, "")
    return "=" in text


_TEXT = ["string start", "string end"]


def _levels(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Each token with the number of brackets and strings around it; they themselves stand outside."""
    depth = 0
    for token in tokens:
        depth -= token.kind in ("close", "string end", "interpolation end")
        yield depth, token
        depth += token.kind in ("open", "string start", "interpolation start")


def _assigned(outer: Sequence[Token]) -> Token | None:
    """The `=` that decides what a text gives: one after its last pipe."""
    for token in reversed(outer):
        if token.text in ("|", ";"):
            return None
        if token.text == "=":
            return token
    return None
