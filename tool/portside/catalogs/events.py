"""The audit log: a row for everything that is created, changed or deleted, and for what was refused.

The rule: a row is written in the transaction of its change, and of an update it holds what changed and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert

from portside.catalogs import tables, text
from portside.catalogs.entity import Stamp
from portside.catalogs.many import Many, Row
from portside.model.resource import JSON, Body, same

API, WEBHOOK, PLAN = "API", "WEBHOOK", "PLAN"
CREATE, UPDATE, DELETE = "CREATE", "UPDATE", "DELETE"


class Origin(NamedTuple):
    """Where a change comes from: `kind` is API, WEBHOOK or PLAN.

    `webhook` and `delivery` are those of a webhook event, `run` is the action run that a client names, and
    `datasource` its User-Agent.
    """

    kind: str = API
    webhook: str | None = None
    delivery: int | None = None
    run: str | None = None
    datasource: str | None = None


UNKNOWN = Origin()
"""Somebody, by the API."""


class Subject(NamedTuple):
    """What an event is about: entity, blueprint, webhook, scorecard, … `blueprint` is that of an entity or scorecard,
    or the blueprint itself."""

    resource: str
    identifier: str
    blueprint: str | None = None


_INSERT = Many(insert(tables.events), [column.name for column in tables.events.c if column.name != "id"])
_SECTIONS = ("properties", "relations")
"""What is compared key by key."""

_NOTHING: tuple[Body, ...] = ({"before": {}, "after": {}}, {"before": None, "after": None})


def event(stamp: Stamp, origin: Origin, subject: Subject, before: Body | None, after: Body | None) -> Row | None:
    """The row of a change; None where nothing changed. `before` is None for what was created, `after` for a delete."""
    diff = changed(before, after)
    if diff in _NOTHING:
        return None
    about = subject.resource, subject.blueprint, subject.identifier
    cause = origin.webhook, origin.delivery, origin.run
    return (*stamp, origin.kind, _action(before, after), *about, "SUCCESS", "", *cause, text.of(diff))


def record(connection: Connection, events: Sequence[Row | None]) -> None:
    """Write rows down, in their order."""
    _INSERT.execute(connection, [row for row in events if row is not None])


def changed(before: Body | None, after: Body | None) -> Body:
    """{before, after}: of a change, the keys whose values differ, properties and relations key by key.

    A key that one side lacks is null there.
    """
    if before is None or after is None:
        return {"before": before, "after": after}
    keys = [key for key in {**before, **after} if not same(before.get(key), after.get(key))]
    parts = {key: _parted(key, before.get(key), after.get(key)) for key in keys}
    return {
        "before": {key: old for key, (old, _) in parts.items()},
        "after": {key: new for key, (_, new) in parts.items()},
    }


def _parted(key: str, before: JSON, after: JSON) -> tuple[JSON, JSON]:
    if key not in _SECTIONS or not isinstance(before, dict) or not isinstance(after, dict):
        return before, after
    diff = changed(before, after)
    return diff["before"], diff["after"]


def _action(before: Body | None, after: Body | None) -> str:
    if before is None:
        return CREATE
    return DELETE if after is None else UPDATE
