"""Deliveries in the store: what came, and what it did.

The rule: a delivery is kept as it came, but for the credentials that came with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portside.catalogs import tables, text
from portside.catalogs.many import Many
from portside.model.resource import Body
from portside.model.webhook import Delivery, Security

_columns = tables.deliveries.c
_PENDING = _columns.status == literal_column("'pending'")  # no parameter: only so the index of what is pending is used

CREDENTIALS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token",
        "x-access-token", "apikey", "api_key", "token", "access_token", "auth", "secret", "password", "key",
    }
)  # fmt: skip
"""Names of headers and query parameters that let somebody in; a signature does not."""


LONG = 200
"""Characters of a request identifier that are kept as they are; PostgreSQL indexes no more than 2,704 bytes."""


LARGEST = 2**31 - 1
"""The largest number of a delivery; PostgreSQL does not even compare with a larger one."""


class Parted(NamedTuple):
    """A delivery without its credentials, and those: {headers, query}, or nothing."""

    headers: dict[str, str]
    query: dict[str, str]
    withheld: Body


@dataclass(frozen=True)
class Arrival:
    """A delivery that is about to be kept. `request` is what tells it from others, None: nothing does."""

    webhook: str
    key: str
    request: str | None
    raw: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    status: str
    outcome: Body = field(default_factory=dict)


class Pending(NamedTuple):
    """A delivery that waits to be carried out. `note` is what was kept in the place of its outcome."""

    id: int
    key: str
    raw: bytes
    headers: dict[str, str]
    query: dict[str, str]
    note: Body


def parted(security: Security, headers: Mapping[str, str], query: Mapping[str, str]) -> Parted:
    """What may be kept in the clear, and what may not; a plain signature is the secret itself."""
    secret = CREDENTIALS | ({str(security.header).lower()} if security.algorithm == "plain" else set())
    if secret.isdisjoint(headers) and secret.isdisjoint(map(str.lower, query)):
        return Parted(dict(headers), dict(query), {})
    kept = Parted(_without(headers, secret), _without(query, CREDENTIALS), {})
    withheld = {"headers": _left(headers, kept.headers), "query": _left(query, kept.query)}
    return kept._replace(withheld={key: values for key, values in withheld.items() if values})


def told_apart(request: str | None) -> str | None:
    """A request identifier as every database can keep and index it: one that is long or odd, by its hash."""
    if request is None or (len(request) <= LONG and request.isprintable()):
        return request
    return f"sha256:{sha256(request.encode('utf-8', 'surrogatepass')).hexdigest()}"


_ONCE = [_columns.webhook_key, _columns.request_identifier]
_INSERT = {
    "sqlite": sqlite.insert(tables.deliveries).on_conflict_do_nothing(index_elements=_ONCE),
    "postgresql": postgresql.insert(tables.deliveries).on_conflict_do_nothing(index_elements=_ONCE),
}
_NAMES = [column.name for column in _columns if column.name != "id"]  # in the order of _row
_ADD = {name: Many(insert, _NAMES) for name, insert in _INSERT.items()}
_LAST = select(func.max(_columns.id))
_SINCE = (
    select(_columns.id, _columns.webhook_key, _columns.request_identifier)
    .where(_columns.id > bindparam("last"))
    .order_by(_columns.id.desc())
)


def add(connection: Connection, arrival: Arrival, at: str) -> int | None:
    """Keep a delivery; gives its number. None: one with the same request identifier is there already."""
    insert = _INSERT[connection.dialect.name].returning(_columns.id)
    found: int | None = connection.execute(insert, _row(arrival, at)).scalar()
    return found


def add_all(connection: Connection, arrivals: Sequence[Arrival], at: str) -> list[int | None]:
    """Keep many deliveries; gives their numbers. None: passed over, its request identifier is there already."""
    if not arrivals:
        return []
    last = connection.execute(_LAST).scalar() or 0
    _ADD[connection.dialect.name].execute(connection, [_spelled(arrival, at) for arrival in arrivals])
    left = list(connection.execute(_SINCE, {"last": last}))  # the first at the end; kept in the order of arrivals
    return [left.pop().id if left and left[-1][1:] == (one.key, one.request) else None for one in arrivals]


def first(connection: Connection, key: str, request: str | None) -> int | None:
    """The number of the delivery with the same request identifier, when one came before."""
    if request is None:
        return None
    query = select(_columns.id).where(_columns.webhook_key == key, _columns.request_identifier == request)
    found: int | None = connection.execute(query).scalar()
    return found


def pending(connection: Connection, limit: int) -> list[Pending]:
    """The first deliveries that wait to be carried out, in their order."""
    asked = (_columns.id, _columns.webhook_key, _columns.raw, _columns.headers, _columns.query, _columns.outcome)
    query = select(*asked).where(_PENDING).order_by(_columns.id).limit(limit)
    return [Pending(*row) for row in connection.execute(query)]


def still_pending(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Which of them nobody has carried out; they are this transaction's from now on."""
    query = select(_columns.id).where(_PENDING, _columns.id.in_(numbers)).order_by(_columns.id)
    return set(connection.execute(query.with_for_update()).scalars())


def any_pending(connection: Connection) -> bool:
    """Whether something waits to be carried out."""
    return connection.execute(_KEYS_WAITING.limit(1)).scalar() is not None


MANY = 256
"""So many that wait are not looked at any more."""


def keys_waiting(connection: Connection) -> set[str] | None:
    """The webhooks that something waits for to be carried out; None: too much waits to say."""
    found = connection.execute(_KEYS_WAITING.limit(MANY)).scalars().all()
    return set(found) if len(found) < MANY else None


_KEYS_WAITING = select(_columns.webhook_key).where(_PENDING)


def count_pending(connection: Connection) -> int:
    """How many wait to be carried out."""
    return int(connection.execute(select(func.count()).select_from(tables.deliveries).where(_PENDING)).scalar_one())


_FINISHED = Many(
    update(tables.deliveries)
    .where(_columns.id == bindparam("number"))
    .values(status=bindparam("ended"), outcome=bindparam("told")),
    ("ended", "told", "number"),
)


def finish(connection: Connection, ended: Sequence[tuple[int, str, Body]]) -> None:
    """Keep what became of deliveries: (number, status, outcome)."""
    _FINISHED.execute(connection, [(status, text.of(outcome), number) for number, status, outcome in ended])


class Kept(NamedTuple):
    """A delivery of the store, to be evaluated once more."""

    key: str
    delivery: Delivery


def kept(connection: Connection, number: int) -> Kept | None:
    """What came; its body is in `raw`, not read yet."""
    query = select(_columns.webhook_key, _columns.raw, _columns.headers, _columns.query)
    row = connection.execute(query.where(_columns.id == min(number, LARGEST))).one_or_none()
    return Kept(row.webhook_key, Delivery(None, row.headers, row.query, row.raw)) if row else None


def one(connection: Connection, number: int) -> Body | None:
    """A delivery as a document, its body included as text."""
    row = connection.execute(select(tables.deliveries).where(_columns.id == min(number, LARGEST))).one_or_none()
    if row is None:
        return None
    return {**_summary(row), "headers": row.headers, "query": row.query, "body": row.raw.decode("utf-8", "replace")}


def latest(
    connection: Connection,
    limit: int,
    webhook: str | None = None,
    status: str | None = None,
    before: int | None = None,
) -> list[Body]:
    """The last deliveries, newest first, without their bodies; `before`: only those with a smaller number."""
    asked = [column for column in _columns if column is not _columns.raw]
    query = select(*asked).order_by(_columns.id.desc()).limit(limit)
    if webhook is not None:
        query = query.where(_columns.webhook == webhook)
    if status is not None:
        query = query.where(_PENDING if status == "pending" else _columns.status == status)
    if before is not None:
        query = query.where(_columns.id < min(before, LARGEST))
    return [_summary(row) for row in connection.execute(query)]


def _summary(row: Row[Any]) -> Body:
    waiting = row.status == "pending"
    return {
        "id": row.id,
        "webhook": row.webhook,
        "receivedAt": row.received_at,
        "requestIdentifier": row.request_identifier,
        "status": row.status,
        "outcome": {} if waiting else row.outcome,
    }


def _row(arrival: Arrival, at: str) -> Body:
    return {
        "webhook": arrival.webhook,
        "webhook_key": arrival.key,
        "request_identifier": arrival.request,
        "received_at": at,
        "raw": arrival.raw,
        "headers": arrival.headers,
        "query": arrival.query,
        "status": arrival.status,
        "outcome": arrival.outcome,
    }


_JSON = ("headers", "query", "outcome")


def _spelled(arrival: Arrival, at: str) -> tuple[Any, ...]:
    """The row for the driver, which knows of no JSON."""
    return tuple(text.of(value) if name in _JSON else value for name, value in _row(arrival, at).items())


def _without(values: Mapping[str, str], secret: frozenset[str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if key.lower() not in secret}


def _left(values: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if key not in kept}
