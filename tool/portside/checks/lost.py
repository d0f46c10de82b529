"""Paths that lead nowhere: members that no known delivery has where an expression looks for them. Pure.

The one rule: only where the sender's documents tell all that it sends is absence enough; where some payloads are known,
there has to be a name beside it that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portside.checks import names
from portside.checks.reads import Read, Walk, keys, leads
from portside.checks.runs import Given
from portside.jq.error import JqError
from portside.jq.quotes import rewrite
from portside.jq.tree import Node
from portside.model.resource import JSON, Body

_ALIKE = (0.85, 0.75)
"""How alike (difflib's ratio) a slip and its name are: a name in some payloads, and one that is declared."""
_ENOUGH = 20
"""After so many deliveries that leave nothing to be found, parts of an expression that none has led to are let be."""


class Lost(NamedTuple):
    """A member that is nowhere: `path` as it is written, and what the objects have in which it was looked for."""

    read: Read
    path: str
    there: tuple[str, ...]
    meant: str
    elsewhere: str


def lost(text: str, node: Node, column: Sequence[Given]) -> Iterator[Lost]:
    """The members of an expression that no delivery of the column has."""
    path = keys(node)
    if path and any(leads(path, given.input) for given in column):
        return
    walk = Walk(node)
    for position, given in enumerate(sorted(column, key=_telling)):
        walk.over(given.input)
        if walk.done or (position >= _ENOUGH and not walk.lost):
            return
    declared = all(given.sample.declared for given in column)
    outer = {id(one) for given in column for one in _outer(given.input)}
    for read in walk.lost:
        if not any(id(one) in outer for one in read.lacking):
            found = _lost(text, read, column, declared=declared)
            if found.meant or found.elsewhere or (declared and not read.guarded):
                yield found


def _telling(given: Given) -> tuple[bool, bool]:
    """What is declared has all that there can be; what gives something has been all the way."""
    return given.result.value in (None, False), not given.sample.declared


def _outer(given: Body) -> tuple[JSON, ...]:
    """The delivery itself, whose few keys are looked at elsewhere, and what payloads tell little of."""
    return given, given.get("headers"), given.get("queryParams")


def _lost(text: str, read: Read, column: Sequence[Given], *, declared: bool) -> Lost:
    there = tuple(dict.fromkeys(key for one in read.lacking for key in one))
    meant = "" if read.guarded else _meant(read.key, there, declared=declared)
    elsewhere = "" if meant or read.guarded else _elsewhere(read.key, column[0].input, declared=declared)
    return Lost(read, rewrite(text)[read.node.start : read.node.end], there, meant, elsewhere)


def _meant(key: str, there: Sequence[str], *, declared: bool) -> str:
    """The name of which this one is a slip: spelled in another case, its letters in another order, or nearly the same.

    Where not all is known, `creator` may well come when `creatorId` does not.
    """
    for spelled in (_bare, sorted):
        if same := [one for one in there if spelled(one) == spelled(key)]:
            return same[0]
    near = names.nearest(key, there, cutoff=_ALIKE[declared]) or ""
    return near if declared or not (near.startswith(key) or key.startswith(near)) else ""


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _elsewhere(key: str, given: JSON, *, declared: bool) -> str:
    """The one other place of a member. What any object may have counts only where all objects are known."""
    found = list(_paths(key, given, ""))
    return found[0] if len(found) == 1 and (declared or key not in _COMMON) else ""


_COMMON = frozenset(
    {
        "id", "key", "name", "title", "type", "status", "state", "url", "html_url", "summary", "description", "email",
        "value", "created_at", "updated_at", "createdAt", "updatedAt", "user", "login",
    }
)  # fmt: skip


def _paths(key: str, value: JSON, path: str) -> Iterator[str]:
    """Where else a member of this name is, the shallowest first within each object."""
    if isinstance(value, dict):
        if key in value and path:
            yield f"{path}.{key}"
        for name, member in value.items():
            yield from _paths(key, member, f"{path}.{name}")


def told(found: Lost, column: Sequence[Given]) -> JqError:
    """What to say about it."""
    message = f"`{found.path}` is in no known delivery{_comes_of_it(column)}"
    shows = f"{column[0].sample.name} has there: {names.listed(found.there, 12)}"
    return JqError(message, found.read.node.key.start, f"{_cure(found)}{shows}")


def _comes_of_it(column: Sequence[Given]) -> str:
    """What the whole expression is then, where that is always the same."""
    error = column[0].result.error
    if error and all(given.result.error for given in column):
        return f", so this fails: {error}"
    null = all(given.result.value is None and not given.result.missing for given in column)
    return ", so this is null" if null and not error else ""


def _cure(found: Lost) -> str:
    if found.meant:
        return f"did you mean `{found.meant}`?\n"
    return f"there is `{found.elsewhere}`\n" if found.elsewhere else ""
