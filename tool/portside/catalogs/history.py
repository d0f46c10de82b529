"""What properties of an entity were over time, from the audit log.

The rule: a value holds until an event says another; before the first event that names it, it is what that one found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from portside.catalogs import presets, rows, tables
from portside.catalogs.entity import Entity, Key
from portside.catalogs.presets import Span
from portside.catalogs.reading import Reading
from portside.catalogs.rules import number
from portside.errors import CatalogRefused
from portside.model.resource import JSON, Body

PRESET, ZONE, INTERVAL = "lastMonth", "UTC", "day"
"""What a request means that does not say (portside's choice)."""

_MONTHS = {"month": 1, "quarter": 3}
_columns = tables.events.c


class Change(NamedTuple):
    """From this moment on (seconds), properties had these values."""

    at: float
    before: Mapping[str, JSON]
    after: Mapping[str, JSON]


def history(reading: Reading, key: Key, names: Sequence[str], interval: str, preset: str, zone: str) -> Body:
    """{minDate, maxDate, data, properties}: dates in milliseconds since 1970.

    `properties` has for each name a list of {date, value}: the value at the end of each interval, since there was the
    entity. `data` are the numbers of the first name. Raises CatalogRefused for an entity that is not there.
    """
    entity = rows.find(reading.connection, key)
    if entity is None:
        raise CatalogRefused(f"entity {key} is not there", reason="not_found")
    span = presets.span(preset, reading.now)
    if span is None:
        raise CatalogRefused(f"time range {preset!r} is not known", reason="validation_error")
    ends = [end for end in _ends(span, interval, _zone(zone)) if end >= (presets.seconds(entity.created.at) or 0)]
    changes = list(_changes(reading, key))
    found = {name: _values(entity, name, changes, ends) for name in names}
    points = {name: [_point(*one) for one in zip(ends, values, strict=True)] for name, values in found.items()}
    numbers = [value for value in found[names[0]] if number(value)] if names else []
    return {
        "minDate": _milliseconds(span.since.seconds),
        "maxDate": _milliseconds(span.until.seconds),
        "data": numbers,
        "properties": points,
    }


def _point(at: float, value: JSON) -> Body:
    return {"date": _milliseconds(at), "value": value}


def _milliseconds(moment: float) -> int:
    return round(moment * 1000)


def _changes(reading: Reading, key: Key) -> Iterator[Change]:
    """The events of an entity, oldest first, as far as they changed properties."""
    query = select(_columns.at, _columns.diff).where(
        _columns.resource == "entity",
        _columns.blueprint == key.blueprint,
        _columns.identifier == key.identifier,
        _columns.status == "SUCCESS",
    )
    for row in reading.connection.execute(query.order_by(_columns.id)):
        before, after = (_properties(row.diff.get(side)) for side in ("before", "after"))
        if before or after:
            yield Change(presets.seconds(row.at) or 0.0, before, after)


def _properties(side: JSON) -> Mapping[str, JSON]:
    found = side.get("properties") if isinstance(side, dict) else None
    return found if isinstance(found, dict) else {}


def _values(entity: Entity, name: str, changes: Sequence[Change], ends: Sequence[float]) -> list[JSON]:
    """The value at each of these moments, of which each is after the one before."""
    concerned = [change for change in changes if name in change.before or name in change.after]
    value = concerned[0].before.get(name) if concerned else entity.properties.get(name)
    found, left = [], iter([*concerned, None])
    following = next(left)
    for end in ends:
        while following and following.at <= end:
            value, following = following.after.get(name), next(left)
        found.append(value)
    return found


def _ends(span: Span, interval: str, zone: tzinfo) -> Iterator[float]:
    """The last moment of every interval of a span, the last of which ends with the span."""
    begins = _begin(datetime.fromtimestamp(span.since.seconds, zone), interval)
    while (begins := _next(begins, interval)).timestamp() < span.until.seconds:
        yield begins.timestamp() - 0.001
    yield span.until.seconds


def _begin(at: datetime, interval: str) -> datetime:
    if interval == "hour":
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "isoWeek":
        return day - timedelta(days=day.weekday())
    months = _MONTHS.get(interval)
    return day.replace(month=(day.month - 1) // months * months + 1, day=1) if months else day


def _next(begins: datetime, interval: str) -> datetime:
    """The beginning of the next interval, by the calendar of the zone."""
    months = _MONTHS.get(interval)
    if months is None:
        return begins + {"hour": timedelta(hours=1), "isoWeek": timedelta(days=7)}.get(interval, timedelta(days=1))
    month = begins.month - 1 + months
    return begins.replace(year=begins.year + month // 12, month=month % 12 + 1)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CatalogRefused(f"time zone '{name}' is not known on this machine", reason="validation_error") from error
