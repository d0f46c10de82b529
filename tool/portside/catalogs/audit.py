"""The audit log as it is read: events by what they are about, where they come from and when they were.

The rule: the newest first, and no more than was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, false, or_, select

from portside.catalogs import tables
from portside.errors import CatalogRefused
from portside.model.resource import JSON, Body

LIMIT = 1000
"""So many events are given at most, and where no `limit` is named (portside's choice; Port names none)."""

_columns = tables.events.c

Condition = Callable[[JSON], ColumnElement[bool]]


def listed(connection: Connection, filters: Mapping[str, JSON]) -> list[Body]:
    """The events that pass all of the filters, named as Port's audit log names them. Raises CatalogRefused."""
    limit = max(0, min(int(filters.get("limit") or LIMIT), LIMIT))
    query = select(tables.events).where(*_conditions(filters)).order_by(_columns.id.desc()).limit(limit)
    wanted = filters.get("includes") or []
    found = (_document(row) for row in connection.execute(query))
    return [{key: value for key, value in one.items() if not wanted or key in wanted} for one in found]


def _conditions(filters: Mapping[str, JSON]) -> Iterator[ColumnElement[bool]]:
    for name, condition in _FILTERS.items():
        if filters.get(name) is not None:
            yield condition(filters[name])


def _document(row: Row[Any]) -> Body:
    """An event in the shape of Port's changelog (the sample on its timer page)."""
    return {
        "identifier": str(row.id),
        "action": row.action,
        "resourceType": row.resource,
        "status": row.status,
        "context": _context(row),
        "trigger": {"at": row.at, "by": {"userId": row.by, "byPort": False}, "origin": row.origin},
        "diff": row.diff,
        "message": row.message,
        "additionalData": {},
    }


def _context(row: Row[Any]) -> Body:
    found = {
        "blueprint": row.blueprint,
        row.resource: row.identifier,
        "webhookId": row.webhook,
        "webhookEventId": None if row.delivery is None else str(row.delivery),
        "runId": row.run,
    }
    return {key: value for key, value in found.items() if value is not None}


def _numbered(column: ColumnElement[int]) -> Condition:
    """Events and deliveries have numbers; nothing is called by anything else."""
    return lambda text: column == int(text) if str(text).isdecimal() and len(str(text)) < _DIGITS else false()


_DIGITS = 10
"""Numbers that every database holds."""


def _listed(column: ColumnElement[str]) -> Condition:
    return lambda asked: column.in_([asked] if isinstance(asked, str) else asked)


def _entity(identifier: JSON) -> ColumnElement[bool]:
    return and_(_columns.resource == "entity", _columns.identifier == identifier)


def _webhook(identifier: JSON) -> ColumnElement[bool]:
    """What its deliveries did, and what was done to it."""
    itself = and_(_columns.resource == "webhook", _columns.identifier == identifier)
    return or_(_columns.webhook == identifier, itself)


def _moment(text: JSON) -> str:
    """As the store writes moments, so that texts sort as they do."""
    try:
        found = datetime.fromisoformat(str(text))
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the second for a moment before the year 1, or after 9999, in UTC
        raise CatalogRefused(f"'{text}' is no moment in ISO 8601", reason="validation_error") from None
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_FILTERS: Mapping[str, Condition] = {
    "identifier": _numbered(_columns.id),
    "entity": _entity,
    "blueprint": lambda asked: _columns.blueprint == asked,
    "run_id": lambda asked: _columns.run == asked,
    "webhookId": _webhook,
    "webhookEventId": _numbered(_columns.delivery),
    "origin": _listed(_columns.origin),
    "InstallationId": lambda _: false(),
    "resources": _listed(_columns.resource),
    "from": lambda asked: _columns.at >= _moment(asked),
    "to": lambda asked: _columns.at <= _moment(asked),
    "action": lambda asked: _columns.action == asked,
    "status": lambda asked: _columns.status == asked,
    "actionType": lambda _: false(),
}
"""By name of the filter. Integrations and actions are not served, so no event is one of theirs; entities that were
deleted are included always."""
