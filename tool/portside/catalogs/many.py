"""One statement for many rows, straight to the driver: what SQLAlchemy does with each row costs more than writing it.

The rule: the statement is SQLAlchemy's own, compiled once for each kind of database; JSON is text before it is bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update

Row = Mapping[str, Any]


class Many:
    """A statement, and the names of what each row gives it, two at least."""

    def __init__(self, statement: Insert | Update | Delete, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._compiled: dict[str, tuple[str, Callable[[Row], Any]]] = {}

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry it out for each row, of which there may be none."""
        if not rows:
            return
        dialect = connection.dialect.name
        if dialect not in self._compiled:
            self._compiled[dialect] = self._compile(connection)
        sql, bound = self._compiled[dialect]
        connection.exec_driver_sql(sql, [bound(row) for row in rows])

    def _compile(self, connection: Connection) -> tuple[str, Callable[[Row], Any]]:
        """The SQL, and what makes of a row what the driver binds: by position, or by name."""
        names = self._names if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=connection.dialect, column_keys=names)
        positions = compiled.positiontup
        return str(compiled), itemgetter(*positions) if positions else dict
