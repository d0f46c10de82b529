"""What the catalog would say to a blueprint's document, given the blueprints that stand there. Pure.

The rule: a member (a relation, a mirror, an aggregation, the ownership) is taken when every name in it leads
somewhere at the moment of the write; who leans on the blueprint is asked only when that one is deleted.
Port's own blueprints always exist; what a catalog does not show of them is taken on trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from portside.model.blueprint import SYSTEM_BLUEPRINTS
from portside.model.resource import JSON, Body, Kind, Ref, Resource
from portside.plans.diff import Change

Look = Callable[[str], Body | None]
"""The body of a blueprint by its identifier; None where there is none."""

SECTIONS = ("relations", "mirrorProperties", "aggregationProperties", "calculationProperties")
LOCKED_BLUEPRINTS = frozenset({"_rule", "_scorecard_group"})
"""Port refuses any change to the schema of these (`protected_blueprint_violation`)."""
OWNERSHIP = "ownership"


class Blocked(NamedTuple):
    """Why a write would not be taken now, in words; `on` are the blueprints whose change could help, likeliest last."""

    on: tuple[str, ...]
    why: str


class Member(NamedTuple):
    """One entry of a section; `section` is "ownership" for the ownership, which has no key of its own."""

    section: str
    key: str


def looking(changes: Mapping[Ref, Change], live: Mapping[Ref, Resource]) -> Look:
    """What stands there once the changes are made."""

    def look(identifier: str) -> Body | None:
        ref = Ref(Kind.BLUEPRINT, identifier)
        found = changes[ref].after if ref in changes else live.get(ref)
        return found.body if found else None

    return look


def refusal(identifier: str, body: Body, look: Look) -> Blocked | None:
    """The first reason not to take the document, or None. `look` shows what stands there, this document aside."""
    if identifier in LOCKED_BLUEPRINTS and (look(identifier) or {}).get("schema") != body["schema"]:
        return Blocked((identifier,), f"Port lets nobody change the schema of {_told(identifier)}")
    return next((blocked for _, blocked in _refusals(identifier, body, look)), None)


def loosened(identifier: str, body: Body, look: Look) -> Body:
    """The document without the members that would not be taken now, and without those that hang on them."""
    while dropped := {member for member, _ in _refusals(identifier, body, look)}:
        body = lacking(body, dropped)
    return body


def lacking(body: Body, members: set[Member]) -> Body:
    """The document without these members, and without the calculations that mention one of them."""
    gone = members | {Member("calculationProperties", key) for key in _calculating(body, {key for _, key in members})}
    found = {key: value for key, value in body.items() if Member(OWNERSHIP, key) not in gone}
    for section in SECTIONS:
        if any(member.section == section for member in gone):
            found[section] = {key: value for key, value in body[section].items() if Member(section, key) not in gone}
    if properties := {key for section, key in gone if section == "properties"}:
        found["schema"] = _schema_without(body["schema"], properties)
    return found


def clashes(current: Body, body: Body) -> dict[Member, str]:
    """Members that Port only takes anew, because what they are cannot be changed in place: member → what differs.

    A property keeps its type and format (`forbidden_format_change`), a relation its target, for as long as it lives.
    """
    found: dict[Member, str] = {}
    before, after = current["schema"]["properties"], body["schema"]["properties"]
    for key in before.keys() & after.keys():
        for what in ("format", "type"):
            if before[key].get(what) != after[key].get(what):
                found[Member("properties", key)] = what
    for key in current["relations"].keys() & body["relations"].keys():
        if current["relations"][key]["target"] != body["relations"][key]["target"]:
            found[Member("relations", key)] = "target"
    return dict(sorted(found.items()))


def differing(current: Body, body: Body) -> list[Member]:
    """Members of the second document that the first does not have as they are, relations first."""
    found = [
        Member(section, key)
        for section in SECTIONS
        for key, value in body[section].items()
        if current[section].get(key) != value
    ]
    properties = body["schema"]["properties"].items()
    changed = [Member("properties", key) for key, value in properties if _property(current, key) != value]
    owned = [Member(OWNERSHIP, OWNERSHIP)] if body.get(OWNERSHIP) not in (None, current.get(OWNERSHIP)) else []
    return [*sorted(changed), *found, *owned]


def pointed_at(body: Body) -> Iterator[str]:
    """The blueprints without which the document would not stand: targets of its relations and aggregations."""
    yield from (relation["target"] for relation in body["relations"].values())
    yield from (aggregation["target"] for aggregation in body["aggregationProperties"].values())


def pointing_at(body: Body, targets: set[str]) -> set[Member]:
    """The members of a document that point at one of the targets."""
    return {
        Member(section, key)
        for section in ("relations", "aggregationProperties")
        for key, value in body[section].items()
        if value["target"] in targets
    }


def visited(identifier: str, body: Body, look: Look) -> set[str]:
    """Every other blueprint that the document's names lead to or through."""
    found = set(pointed_at(body))
    for start, path in paths(identifier, body):
        found.update(_steps(start, path, _seeing(identifier, body, look)))
    return found - {identifier}


def _refusals(identifier: str, body: Body, look: Look) -> Iterator[tuple[Member, Blocked]]:
    seen = _seeing(identifier, body, look)
    for section, rule in _RULES.items():
        for key, value in body.get(section, {}).items():
            if blocked := rule(identifier, key, value, seen):
                yield Member(section, key), blocked
    if blocked := _ownership(identifier, body.get(OWNERSHIP) or {}, seen):
        yield Member(OWNERSHIP, OWNERSHIP), blocked


def _seeing(identifier: str, body: Body, look: Look) -> Look:
    return lambda other: body if other == identifier else look(other)


def _relation(identifier: str, key: str, relation: Body, look: Look) -> Blocked | None:
    if relation["many"] and relation["required"]:
        why = f"relation '{key}' of {_told(identifier)} is many and required, which Port refuses"
        return Blocked((identifier,), why)
    return _absent(f"relation '{key}' of {_told(identifier)}", relation["target"], look)


def _mirror(identifier: str, key: str, mirror: Body, look: Look) -> Blocked | None:
    name = f"mirror property '{key}' of {_told(identifier)}"
    *path, last = str(mirror["path"]).split(".")
    return _leading(name, identifier, path, look, lambda body: _has(body, last), f"'{last}'")


def _aggregation(identifier: str, key: str, aggregation: Body, look: Look) -> Blocked | None:
    name = f"aggregation property '{key}' of {_told(identifier)}"
    if blocked := _absent(name, aggregation["target"], look):
        return blocked
    for what, taken in _aggregated(aggregation["calculationSpec"]):
        if blocked := _leading(name, aggregation["target"], (), look, taken, what):
            return blocked
    for part in aggregation.get("pathFilter") or ():
        if blocked := _leading(name, part.get("fromBlueprint") or identifier, part["path"], look):
            return blocked
    return None


def _aggregated(spec: Body) -> Iterator[tuple[str, Callable[[Body], bool]]]:
    if spec.get("calculationBy") == "property":
        yield f"number property '{spec.get('property')}'", lambda body: _numeric(body, str(spec.get("property")))
    if measured := spec.get("measureTimeBy"):
        yield f"'{measured}'", lambda body: _has(body, measured)


def _ownership(identifier: str, ownership: Body, look: Look) -> Blocked | None:
    if ownership.get("type") != "Inherited":
        return None
    path = str(ownership.get("path")).split(".")
    return _leading(f"ownership of {_told(identifier)}", identifier, path, look, _direct, "Direct ownership")


def _leading(
    name: str,
    start: str,
    path: Sequence[JSON],
    look: Look,
    taken: Callable[[Body], bool] = lambda _: True,
    what: str = "",
) -> Blocked | None:
    """None when the path leads to a blueprint that is taken; else where it breaks off."""
    way = tuple(_steps(start, path, look))
    body = look(way[-1])
    if body is None:
        return _absent(name, way[-1], look, way)
    if len(way) <= len(path):
        why = f"{name} goes through relation '{path[len(way) - 1]}', which {_told(way[-1])} does not have"
        return Blocked(way, why)
    return None if taken(body) else Blocked(way, f"{name} needs {what}, which {_told(way[-1])} does not have")


def _steps(start: str, path: Sequence[JSON], look: Look) -> list[str]:
    """The blueprints that a path of relations leads through, the start first; as far as it leads."""
    found = [start]
    for key in path:
        relation = (look(found[-1]) or {"relations": {}})["relations"].get(key)
        if key != "$team" and relation is None:
            break
        found.append("_team" if key == "$team" else relation["target"])
    return found


def paths(identifier: str, body: Body) -> Iterator[tuple[str, Sequence[JSON]]]:
    """The paths of relations in a document, each with the blueprint where it starts."""
    for mirror in body["mirrorProperties"].values():
        yield identifier, str(mirror["path"]).split(".")[:-1]
    for aggregation in body["aggregationProperties"].values():
        for part in aggregation.get("pathFilter") or ():
            yield part.get("fromBlueprint") or identifier, part["path"]
    if path := (body.get(OWNERSHIP) or {}).get("path"):
        yield identifier, str(path).split(".")


def _absent(name: str, target: str, look: Look, way: tuple[str, ...] = ()) -> Blocked | None:
    if target in SYSTEM_BLUEPRINTS or look(target) is not None:
        return None
    return Blocked(way or (target,), f"{name} points at {_told(target)}, which is not there")


def _has(body: Body, key: str) -> bool:
    return key.startswith("$") or _property(body, key) is not None or any(key in body[name] for name in SECTIONS[1:])


def _numeric(body: Body, key: str) -> bool:
    calculated = body["calculationProperties"].get(key) or {}
    types = [(definition or {}).get("type") for definition in (_property(body, key), calculated)]
    return "number" in types or key in body["aggregationProperties"]


def _direct(body: Body) -> bool:
    return (body.get(OWNERSHIP) or {}).get("type") == "Direct"


def _property(body: Body, key: str) -> JSON:
    return body["schema"]["properties"].get(key)


def _schema_without(schema: Body, keys: set[str]) -> Body:
    properties = {key: value for key, value in schema["properties"].items() if key not in keys}
    return {**schema, "properties": properties, "required": [key for key in schema["required"] if key not in keys]}


def _calculating(body: Body, keys: set[str]) -> Iterator[str]:
    """The calculations whose text mentions one of the keys."""
    if not keys or not body["calculationProperties"]:
        return
    word = re.compile(rf"(?<![\w@=\\-])(?:{'|'.join(map(re.escape, sorted(keys)))})(?![\w@=\\-])")
    for key, value in body["calculationProperties"].items():
        if word.search(str(value.get("calculation"))):
            yield key


def _told(identifier: str) -> str:
    return f"blueprint/{identifier}"


_RULES: Mapping[str, Callable[[str, str, Body, Look], Blocked | None]] = {
    "relations": _relation,
    "mirrorProperties": _mirror,
    "aggregationProperties": _aggregation,
}
