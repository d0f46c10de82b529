"""What a case does, as plain values, and the one text in which they are kept. Pure.

The rule: a golden says everything the delivery does and nothing about when, where or by which jq it was found out; so
it holds the class of a failure and not its wording, and two engines that agree on the values agree on the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from portside.files import document, spelling
from portside.model.entity import EntityChange, MappingOutcome, Outcome, Remove, Swallowed, Verdict
from portside.model.resource import JSON, Body
from portside.problems import Problem, Route, dotted

Golden = dict[str, Any]
"""dropped?, mappings, changes?, swallowed? for one delivery; steps and state for a sequence."""

MEMBERS = frozenset({"dropped", "mappings", "changes", "swallowed", "steps", "state"})


def of(outcome: Outcome) -> Golden:
    """One delivery: what each mapping made of it, the changes in order, and what Port would pass over."""
    said: Golden = {} if outcome.changes else {"dropped": _dropped(outcome.mappings)}
    said["mappings"] = [{mapping.blueprint: _verdict(mapping)} for mapping in outcome.mappings]
    if outcome.changes:
        said["changes"] = [_change(change) for change in outcome.changes]
    if outcome.swallowed:
        said["swallowed"] = list(_swallowed(outcome.swallowed))
    return said


def of_sequence(steps: Iterable[tuple[str, Golden]], entities: Mapping[tuple[str, str], Body]) -> Golden:
    """Several deliveries, one after the other: each by its name, then the entities that are left."""
    return {
        "steps": [{"step": name, **step} for name, step in steps],
        "state": [{"entity": f"{ref[0]}/{ref[1]}", **_fields(fields)} for ref, fields in sorted(entities.items())],
    }


def changes(golden: Golden) -> tuple[Body, ...]:
    """Every change a golden tells of, those of the steps of a sequence included."""
    return (*golden.get("changes", ()), *(change for step in golden.get("steps", ()) for change in changes(step)))


def write(golden: Golden) -> str:
    """The text of a golden, the same for equal values."""
    return "\n".join([*spelling.lines(golden), ""])


def read(text: str, path: str) -> tuple[Golden | None, tuple[Problem, ...]]:
    """The golden in a text. None, and the problems, when it does not hold one."""
    documents, problems = document.documents(text, path)
    value = documents[0].value if len(documents) == 1 and not problems else None
    return (value, problems) if isinstance(value, dict) and value and value.keys() <= MEMBERS else (None, problems)


def _dropped(mappings: Sequence[MappingOutcome]) -> str:
    if all(mapping.verdict is Verdict.FILTERED for mapping in mappings):
        return "every mapping filters it out" if mappings else "no mapping looks at it"
    return "no mapping makes an entity of it"


def _verdict(mapping: MappingOutcome) -> str:
    match mapping.items:
        case 0:
            return "no items"
        case 1:
            return str(mapping.verdict)
    return f"{mapping.verdict} {mapping.mapped} of {mapping.items} items"


def _change(change: EntityChange) -> Body:
    """An entity that a search will find has no identifier yet: the search stands for it."""
    if isinstance(change.identifier, dict):
        return {"upsert": change.blueprint, "search": _plain(change.identifier), **_fields(change.fields)}
    ref = f"{change.blueprint}/{change.identifier}"
    if isinstance(change, Remove):
        return {"remove": ref, "dependents": change.dependents}
    return {"upsert": ref, **_fields(change.fields)}


def _fields(fields: Body) -> Body:
    """title, icon, team, properties, relations: in this order, and the keys inside them sorted."""
    return {key: _plain(fields[key]) for key in sorted(fields, key=_rank)}


def _rank(key: str) -> tuple[int, str]:
    known = ("title", "icon", "team", "properties", "relations")
    return (known.index(key) if key in known else len(known), key)


def _swallowed(some: Iterable[Swallowed]) -> Iterator[Body]:
    """By place and class; items that share both share an entry."""
    by_place = sorted(some, key=lambda one: (_natural(one.route), one.code, -1 if one.item is None else one.item))
    for (_, code), group in groupby(by_place, key=lambda one: (one.route, one.code)):
        found = list(group)
        items = sorted({one.item for one in found if one.item is not None})
        yield {"at": dotted(found[0].route), "code": code, **({"items": items} if items else {})}


def _natural(route: Route) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in route)


def _plain(value: JSON) -> JSON:
    """Keys sorted, 1.0 as 1 (libjq makes no difference), half a surrogate pair as U+FFFD (as libjq reads it)."""
    match value:
        case dict():
            return {_plain(key): _plain(value[key]) for key in sorted(value)}
        case list():
            return [_plain(member) for member in value]
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case str() if not value.isascii():
            return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    return value


_HALF = re.compile("[\ud800-\udfff]")
