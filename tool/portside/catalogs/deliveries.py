"""Deliveries in the store: what came, and what it did.

The rule: a delivery is kept as it came, but for the credentials that came with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from portside.catalogs import tables
from portside.model.resource import Body
from portside.model.webhook import Delivery, Webhook

_columns = tables.deliveries.c

CREDENTIALS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token",
        "x-access-token", "apikey", "api_key", "token", "access_token", "auth", "secret", "password", "key",
    }
)  # fmt: skip
"""Names of headers and query parameters that let somebody in; a signature does not."""


def add(
    connection: Connection,
    webhook: Webhook,
    key: str,
    request: str | None,
    delivery: Delivery,
    *,
    at: str,
    status: str,
    outcome: Body,
) -> int:
    """Keep a delivery; gives its number. `request` is what tells it from others, None: nothing does."""
    secret = {str(webhook.security.header).lower()} if webhook.security.algorithm == "plain" else set()
    result = connection.execute(
        insert(tables.deliveries).values(
            webhook=webhook.identifier,
            webhook_key=key,
            request_identifier=request,
            received_at=at,
            raw=delivery.raw,
            headers=_kept(delivery.headers, CREDENTIALS | secret),
            query=_kept(delivery.query, CREDENTIALS),
            status=status,
            outcome=outcome,
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def first(connection: Connection, key: str, request: str | None) -> int | None:
    """The number of the delivery with the same request identifier, when one came before."""
    if request is None:
        return None
    query = select(_columns.id).where(_columns.webhook_key == key, _columns.request_identifier == request)
    found: int | None = connection.execute(query).scalar()
    return found


def one(connection: Connection, number: int) -> Body | None:
    """A delivery as a document, its body included as text."""
    row = connection.execute(select(tables.deliveries).where(_columns.id == number)).one_or_none()
    if row is None:
        return None
    return {**_summary(row), "headers": row.headers, "query": row.query, "body": row.raw.decode("utf-8", "replace")}


def latest(connection: Connection, limit: int, webhook: str | None = None) -> list[Body]:
    """The last deliveries, newest first, without their bodies."""
    query = select(tables.deliveries).order_by(_columns.id.desc()).limit(limit)
    if webhook is not None:
        query = query.where(_columns.webhook == webhook)
    return [_summary(row) for row in connection.execute(query)]


def _summary(row: Row[Any]) -> Body:
    return {
        "id": row.id,
        "webhook": row.webhook,
        "receivedAt": row.received_at,
        "requestIdentifier": row.request_identifier,
        "status": row.status,
        "outcome": row.outcome,
    }


def _kept(values: Mapping[str, str], secret: frozenset[str] | set[str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if key.lower() not in secret}
