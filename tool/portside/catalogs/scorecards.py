"""Scorecards in the store: what a blueprint's entities are measured by.

The rule: a scorecard that is stored can be computed: its levels, properties and relations are all there when it is
written. What a blueprint loses afterwards counts as having no value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from portside.catalogs import resources, tables
from portside.catalogs.entities import Transaction
from portside.catalogs.entity import Stamp
from portside.catalogs.events import Subject, event, record
from portside.errors import CatalogRefused
from portside.model.blueprint import META_PROPERTIES, Blueprint
from portside.model.resource import Body, same

_columns = tables.scorecards.c

DEFAULT_LEVELS: Sequence[Body] = (
    {"title": "Basic", "color": "paleBlue"},
    {"title": "Bronze", "color": "bronze"},
    {"title": "Silver", "color": "silver"},
    {"title": "Gold", "color": "gold"},
)
"""The ladder of a scorecard that brings none; Port names its levels, the colours are portside's choice."""


def every(connection: Connection) -> list[Body]:
    """All scorecards, as Port's API gives them, by blueprint and identifier."""
    query = select(tables.scorecards).order_by(_columns.blueprint, _columns.identifier)
    return [_document(row) for row in connection.execute(query)]


def listed(connection: Connection, blueprint: str) -> list[Body]:
    """The scorecards of a blueprint by identifier."""
    query = select(tables.scorecards).where(_columns.blueprint == blueprint).order_by(_columns.identifier)
    return [_document(row) for row in connection.execute(query)]


def one(connection: Connection, blueprint: str, identifier: str) -> Body:
    """One scorecard. Raises CatalogRefused where there is none."""
    if (found := _find(connection, blueprint, identifier)) is None:
        raise CatalogRefused(f"blueprint/{blueprint} has no scorecard '{identifier}'", reason="not_found")
    return found


def create(within: Transaction, blueprint: str, body: Body) -> Body:
    """Store a scorecard that was not there. Raises CatalogRefused."""
    _judge(resources.known(within.blueprints, blueprint), body)
    if _find(within.connection, blueprint, body["identifier"]):
        raise CatalogRefused(f"{_told(blueprint, body)} is there already", reason="conflict")
    return _added(within, blueprint, body)


def replace(within: Transaction, blueprint: str, identifier: str, body: Body) -> Body:
    """Store the whole scorecard in the place of the one there is, under its identifier or another one."""
    before = one(within.connection, blueprint, identifier)
    _judge(resources.known(within.blueprints, blueprint), body)
    if body["identifier"] != identifier and _find(within.connection, blueprint, body["identifier"]):
        raise CatalogRefused(f"{_told(blueprint, body)} is there already", reason="conflict")
    return _put(within, blueprint, before, body)


def replace_all(within: Transaction, blueprint: str, bodies: Sequence[Body]) -> list[Body]:
    """Give a blueprint these scorecards and no others. Raises CatalogRefused, and then nothing is written."""
    known = resources.known(within.blueprints, blueprint)
    if twice := _twice(body["identifier"] for body in bodies):
        raise CatalogRefused(f"scorecard '{twice}' is named more than once", reason="validation_error")
    for body in bodies:
        _judge(known, body)
    held = {one["identifier"]: one for one in listed(within.connection, blueprint)}
    for identifier in held.keys() - {body["identifier"] for body in bodies}:
        remove(within, blueprint, identifier)
    for body in bodies:
        before = held.get(body["identifier"])
        _ = _put(within, blueprint, before, body) if before else _added(within, blueprint, body)
    return listed(within.connection, blueprint)


def remove(within: Transaction, blueprint: str, identifier: str) -> None:
    """Forget a scorecard. Raises CatalogRefused where there is none."""
    before = one(within.connection, blueprint, identifier)
    within.connection.execute(delete(tables.scorecards).where(*_named(blueprint, identifier)))
    _tell(within, blueprint, identifier, before, None)


def forget(connection: Connection, blueprint: str) -> None:
    """Forget the scorecards of a blueprint that goes."""
    connection.execute(delete(tables.scorecards).where(_columns.blueprint == blueprint))


def rewrite(connection: Connection, blueprint: str, identifier: str, body: Body) -> None:
    """Store a scorecard that follows another's change. Its date stays: nobody wrote to it."""
    connection.execute(update(tables.scorecards).where(*_named(blueprint, identifier)).values(body=body))


def bodies(connection: Connection, blueprint: str) -> list[Body]:
    """What was written of a blueprint's scorecards."""
    query = select(_columns.body).where(_columns.blueprint == blueprint).order_by(_columns.identifier)
    return list(connection.execute(query).scalars())


def ladder(body: Body) -> list[str]:
    """The titles of a scorecard's levels, the lowest first."""
    return [str(level["title"]) for level in body.get("levels") or DEFAULT_LEVELS]


def reworded(body: Body, operand: str, old: str, new: str) -> Body:
    """The scorecard with another name for a property or a relation; `operand` says which of them."""

    def query(one: Body) -> Body:
        changed = [{**each, operand: new} if each.get(operand) == old else each for each in one["conditions"]]
        return {**one, "conditions": changed}

    filtered = {"filter": query(body["filter"])} if body.get("filter") else {}
    return {**body, **filtered, "rules": [{**rule, "query": query(rule["query"])} for rule in body["rules"]]}


def conditions(body: Body) -> Iterator[Body]:
    """Every condition of a scorecard, those of its filter first."""
    for query in (body.get("filter") or {}, *(rule["query"] for rule in body["rules"])):
        yield from query.get("conditions") or []


def _judge(blueprint: Blueprint, body: Body) -> None:
    """Raises CatalogRefused for what could not be computed."""
    if sentence := next(_wrong(blueprint, body), None):
        raise CatalogRefused(f"{_told(blueprint.identifier, body)}: {sentence}", reason="validation_error")


def _wrong(blueprint: Blueprint, body: Body) -> Iterator[str]:
    levels = ladder(body)
    if twice := _twice(levels):
        yield f"level '{twice}' is there more than once"
    if twice := _twice(rule["identifier"] for rule in body["rules"]):
        yield f"rule '{twice}' is there more than once"
    for rule in body["rules"]:
        if rule["level"] not in levels:
            yield f"rule '{rule['identifier']}' is of level '{rule['level']}', which is none of {', '.join(levels)}"
        elif rule["level"] == levels[0]:
            yield f"rule '{rule['identifier']}' is of level '{levels[0]}', where every entity starts without a rule"
    for condition in conditions(body):
        yield from _leading_nowhere(blueprint, condition)


def _leading_nowhere(blueprint: Blueprint, condition: Body) -> Iterator[str]:
    if "relation" in condition and condition["relation"] not in blueprint.relations:
        yield f"blueprint/{blueprint.identifier} has no relation '{condition['relation']}'"
    sections = (blueprint.properties, blueprint.mirrors, blueprint.calculations, blueprint.aggregations)
    name = condition.get("property")
    if name is not None and name not in META_PROPERTIES and not any(name in section for section in sections):
        yield f"blueprint/{blueprint.identifier} has no property '{name}'"


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, number in Counter(names).items() if number > 1), None)


def _added(within: Transaction, blueprint: str, body: Body) -> Body:
    stamp = within.stamp
    columns = {"blueprint": blueprint, "created_at": stamp.at, "created_by": stamp.by, **_written(body, stamp)}
    within.connection.execute(insert(tables.scorecards).values(columns))
    after = one(within.connection, blueprint, body["identifier"])
    _tell(within, blueprint, body["identifier"], None, after)
    return after


def _put(within: Transaction, blueprint: str, before: Body, body: Body) -> Body:
    if same(_undated(before), {**_whole(body), "blueprint": blueprint}):
        return before
    named = _named(blueprint, before["identifier"])
    within.connection.execute(update(tables.scorecards).where(*named).values(_written(body, within.stamp)))
    after = one(within.connection, blueprint, body["identifier"])
    _tell(within, blueprint, body["identifier"], before, after)
    return after


def _written(body: Body, stamp: Stamp) -> Body:
    return {
        "identifier": body["identifier"],
        "body": _whole(body),
        "updated_at": stamp.at,
        "updated_by": stamp.by,
    }


def _whole(body: Body) -> Body:
    own = {key: value for key, value in body.items() if key not in _SERVER_SET}
    return {**own, "levels": body.get("levels") or list(DEFAULT_LEVELS)}


def _find(connection: Connection, blueprint: str, identifier: str) -> Body | None:
    row = connection.execute(select(tables.scorecards).where(*_named(blueprint, identifier))).one_or_none()
    return None if row is None else _document(row)


def _named(blueprint: str, identifier: str) -> tuple[Any, Any]:
    return _columns.blueprint == blueprint, _columns.identifier == identifier


_DATES = frozenset({"createdAt", "createdBy", "updatedAt", "updatedBy"})
_SERVER_SET = _DATES | {"id", "blueprint"}


def _undated(body: Body) -> Body:
    return {key: value for key, value in body.items() if key not in _DATES}


def _document(row: Row[Any]) -> Body:
    return {
        **row.body,
        "blueprint": row.blueprint,
        **tables.dates(row),
    }


def _told(blueprint: str, body: Body) -> str:
    return f"scorecard '{body['identifier']}' of blueprint/{blueprint}"


def _tell(within: Transaction, blueprint: str, identifier: str, before: Body | None, after: Body | None) -> None:
    old, new = (body and _undated(body) for body in (before, after))
    subject = Subject("scorecard", identifier, blueprint)
    record(within.connection, [event(within.stamp, within.origin, subject, old, new)])
