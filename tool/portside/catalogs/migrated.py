"""What brings a database from each version of its schema to the next.

The rule: what a migration does is never changed. The newest speaks of the tables as they are today; whoever adds the
next one writes into it first, in its own words, what it made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Column, Connection, select
from sqlalchemy.schema import CreateColumn

from portside.catalogs import rows, tables


def _to_2(connection: Connection) -> None:
    """Entities with a datasource; the audit log; scorecards, secrets, migrations; values, which the next one fills."""
    _add_column(connection, tables.entities.c.datasource)
    tables.metadata.create_all(connection)
    for table in tables.metadata.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _add_column(connection: Connection, column: Column[str]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {definition}")


def _fill_values(connection: Connection) -> None:
    """The values of the entities there are."""
    blueprints = connection.execute(select(tables.entities.c.blueprint).distinct()).scalars().all()
    for blueprint in blueprints:
        for batch in rows.batches(connection, blueprint):
            rows.add_values(connection, batch)


def _to_3(connection: Connection) -> None:
    """Date-times found as moments, numbers however large; values that are in the order of what holds them."""
    tables.property_values.drop(connection)
    tables.property_values.create(connection)
    _fill_values(connection)
    by_delivery = next(index for index in tables.events.indexes if index.name == "events_by_delivery")
    by_delivery.drop(connection)
    by_delivery.create(connection)


MIGRATIONS: Sequence[Callable[[Connection], object]] = (_to_2, _to_3)
"""From version 1 to 2, from 2 to 3, and so on."""
