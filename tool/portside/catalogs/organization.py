"""The secrets of the organization: stored encrypted, given back by name and description.

The rule: what is given back is built from the columns that are not secret, so a value cannot slip out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from portside.catalogs import tables
from portside.catalogs.entity import Stamp
from portside.catalogs.events import Origin, Subject, event, record
from portside.catalogs.sealing import Secrets
from portside.errors import CatalogRefused
from portside.model.resource import Body

_columns = tables.secrets.c
_SHOWN = select(_columns.name, _columns.description, _columns.created_at, _columns.updated_at)


def listed(connection: Connection) -> list[Body]:
    """All secrets by name."""
    return [_document(row) for row in connection.execute(_SHOWN.order_by(_columns.name))]


def one(connection: Connection, name: str) -> Body:
    """The secret of that name. Raises CatalogRefused where there is none."""
    row = connection.execute(_SHOWN.where(_columns.name == name)).one_or_none()
    if row is None:
        raise CatalogRefused(f"secret '{name}' is not there", reason="not_found")
    return _document(row)


def create(connection: Connection, body: Body, stamp: Stamp, secrets: Secrets) -> Body:
    """Store a secret that was not there. Raises CatalogRefused."""
    name = str(body["secretName"])
    if connection.execute(select(_columns.name).where(_columns.name == name)).scalar() is not None:
        raise CatalogRefused(f"secret '{name}' is there already", reason="conflict")
    found = {"name": name, "description": "", "created_at": stamp.at, "created_by": stamp.by}
    connection.execute(insert(tables.secrets).values({**found, **_written(body, stamp, secrets)}))
    after = one(connection, name)
    _tell(connection, stamp, name, None, after)
    return after


def change(connection: Connection, name: str, part: Body, stamp: Stamp, secrets: Secrets) -> Body:
    """Store another value or description; what is not named stays. Raises CatalogRefused."""
    before = one(connection, name)
    connection.execute(update(tables.secrets).where(_columns.name == name).values(_written(part, stamp, secrets)))
    after = one(connection, name)
    _tell(connection, stamp, name, before, after)
    return after


def remove(connection: Connection, name: str, stamp: Stamp) -> None:
    """Forget a secret. Raises CatalogRefused where there is none."""
    before = one(connection, name)
    connection.execute(delete(tables.secrets).where(_columns.name == name))
    _tell(connection, stamp, name, before, None)


def _written(body: Body, stamp: Stamp, secrets: Secrets) -> Body:
    found: Body = {"updated_at": stamp.at, "updated_by": stamp.by}
    if "secretValue" in body:
        found["sealed"] = secrets.sealed(str(body["secretValue"]))
    if "description" in body:
        found["description"] = body["description"]
    return found


def _document(row: Row[Any, Any, Any, Any]) -> Body:
    return {
        "secretName": row.name,
        "description": row.description,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def _tell(connection: Connection, stamp: Stamp, name: str, before: Body | None, after: Body | None) -> None:
    record(connection, [event(stamp, Origin(), Subject("secret", name), before, after)])
