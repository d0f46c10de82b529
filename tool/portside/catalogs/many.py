"""One statement for many rows, straight to the driver: what SQLAlchemy does with each costs more than the database.

The rule: the statement is SQLAlchemy's own, compiled once for each kind of database; JSON is text before it is bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Insert, Select, Update, bindparam

Row = tuple[Any, ...]

_SIZES = (1, 20, 500)
"""So many names a statement has; what is short of that is filled up with the last one."""

_MOST = max(_SIZES)


class _Compiled:
    """A statement, and the names of what it is given, in their order in it."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._known: dict[str, tuple[str, bool]] = {}

    def on(self, connection: Connection) -> tuple[str, bool]:
        """The SQL, and whether the driver binds by name."""
        dialect = connection.dialect.name
        if dialect not in self._known:
            columns = self._names if isinstance(self._statement, Insert) else None
            compiled = self._statement.compile(dialect=connection.dialect, column_keys=columns)
            assert compiled.positiontup in (None, self._names), f"bound are {compiled.positiontup}"
            self._known[dialect] = str(compiled), compiled.positiontup is None
        return self._known[dialect]

    def named(self, row: Row) -> dict[str, Any]:
        """What a driver gets that binds by name."""
        return dict(zip(self._names, row, strict=True))


class Many:
    """A statement that writes, and the names of what each row gives it: in their order in the statement."""

    def __init__(self, statement: Insert | Update | Delete, names: Sequence[str]) -> None:
        self._compiled = _Compiled(statement, names)

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry it out for each row, of which there may be none."""
        if rows:
            sql, by_name = self._compiled.on(connection)
            bound: Any = [self._compiled.named(row) for row in rows] if by_name else rows
            connection.exec_driver_sql(sql, bound)


class Among:
    """A SELECT of what has one of some names in a column; `of` is the one parameter it has besides."""

    def __init__(self, query: Select[Any], column: ColumnElement[Any]) -> None:
        names = [f"name_{number}" for number in range(_MOST)]
        sized = ((size, query.where(column.in_(map(bindparam, names[:size])))) for size in _SIZES)
        self._compiled = {size: _Compiled(one, ["of", *names[:size]]) for size, one in sized}

    def rows(self, connection: Connection, of: str, names: Iterable[str]) -> Iterator[Row]:
        """The rows as the driver has them, so JSON must be selected as text; some names at a time."""
        left = iter(names)
        while batch := list(islice(left, _MOST)):
            size = next(one for one in _SIZES if len(batch) <= one)
            compiled = self._compiled[size]
            sql, by_name = compiled.on(connection)
            given: Any = (of, *batch, *batch[-1:] * (size - len(batch)))
            found = connection.exec_driver_sql(sql, compiled.named(given) if by_name else given)
            yield from found.all()
