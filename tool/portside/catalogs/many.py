"""One statement for many rows, straight to the driver: what SQLAlchemy does with each row costs more than writing it.

The rule: the statement is SQLAlchemy's own, compiled once for each kind of database; JSON is text before it is bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update

Row = tuple[Any, ...]


class Many:
    """A statement, and the names of what each row gives it: in their order in the statement."""

    def __init__(self, statement: Insert | Update | Delete, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._compiled: dict[str, tuple[str, bool]] = {}

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry it out for each row, of which there may be none."""
        if not rows:
            return
        dialect = connection.dialect.name
        if dialect not in self._compiled:
            self._compiled[dialect] = self._compile(connection)
        sql, by_name = self._compiled[dialect]
        bound: Any = [dict(zip(self._names, row, strict=True)) for row in rows] if by_name else rows
        connection.exec_driver_sql(sql, bound)

    def _compile(self, connection: Connection) -> tuple[str, bool]:
        """The SQL, and whether the driver binds by name."""
        names = self._names if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=connection.dialect, column_keys=names)
        assert compiled.positiontup in (None, self._names), f"bound are {compiled.positiontup}"
        return str(compiled), compiled.positiontup is None
