"""What a danger would lose, counted in the store: how many values, of how many entities the blueprint has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, func, select

from portside.catalogs import rows, tables, text
from portside.catalogs.unfit import concerned
from portside.plans.dangers import COUNTED, Counted, Danger, Loss

_entities = tables.entities.c
_links = tables.links.c
_BATCH = 500
_REMEMBERED = 1000
"""So many different values are judged once; there are few where a danger is likely."""

_UNSPEAKABLE = "\\"
"""A key with a backslash has no spelling as a JSON path that every version of SQLite reads alike."""


def count(connection: Connection, danger: Danger) -> Loss | None:
    """The loss; None for a danger that the store cannot put into numbers."""
    if danger.name not in COUNTED or danger.ref is None:
        return None
    entities = rows.count(connection, danger.ref.identifier)
    if not entities:
        return Loss(0, 0)
    if _UNSPEAKABLE in (danger.member or ""):
        return None
    counted = _COUNTS[COUNTED[danger.name]]
    return Loss(counted(connection, danger.ref.identifier, danger), entities)


def _with_value(connection: Connection, blueprint: str, danger: Danger) -> int:
    return _number(connection, blueprint, _value(danger).is_not(None))


def _without_value(connection: Connection, blueprint: str, danger: Danger) -> int:
    return _number(connection, blueprint, _value(danger).is_(None))


def _unfitting(connection: Connection, blueprint: str, danger: Danger) -> int:
    """Entities with a value that the danger says is no longer allowed: read one after the other, each value judged."""

    @lru_cache(_REMEMBERED)
    def goes(written: str) -> bool:
        return concerned(text.value(written), danger)

    query = select(_entities.properties).where(_entities.blueprint == blueprint)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        values = (properties.get(danger.member) for properties in found.scalars())
        return sum(goes(text.of(value)) for value in values if value is not None)


def _related(connection: Connection, blueprint: str, danger: Danger) -> int:
    query = select(func.count(_links.identifier.distinct())).where(
        _links.blueprint == blueprint, _links.relation == danger.member
    )
    return int(connection.execute(query).scalar_one())


def _unrelated(connection: Connection, blueprint: str, danger: Danger) -> int:
    return rows.count(connection, blueprint) - _related(connection, blueprint, danger)


def _several(connection: Connection, blueprint: str, danger: Danger) -> int:
    return rows.holding_several(connection, blueprint, danger.member or "")


def _all(connection: Connection, blueprint: str, danger: Danger) -> int:  # noqa: ARG001 - the table's signature
    return rows.count(connection, blueprint)


def _value(danger: Danger) -> ColumnElement[str]:
    found: ColumnElement[str] = _entities.properties[danger.member or ""].as_string()
    return found


def _number(connection: Connection, blueprint: str, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(tables.entities).where(_entities.blueprint == blueprint, condition)
    return int(connection.execute(query).scalar_one())


_COUNTS: Mapping[Counted, Callable[[Connection, str, Danger], int]] = {
    Counted.ALL: _all,
    Counted.WITH_VALUE: _with_value,
    Counted.WITHOUT_VALUE: _without_value,
    Counted.UNFITTING: _unfitting,
    Counted.RELATED: _related,
    Counted.UNRELATED: _unrelated,
    Counted.SEVERAL: _several,
}
