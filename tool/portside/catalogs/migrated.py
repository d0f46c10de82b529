"""What brings a database from each version of its schema to the next.

The rule: a migration is never changed, only added to, and says with its own words what it needs of the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from portside.catalogs import tables


def _to_2(connection: Connection) -> None:
    """Entities with a datasource and found by their values; the audit log; scorecards, secrets, migrations."""
    connection.execute(text("ALTER TABLE entities ADD COLUMN datasource TEXT"))
    tables.metadata.create_all(connection)


MIGRATIONS: Sequence[Callable[[Connection], object]] = (_to_2,)
"""From version 1 to 2, from 2 to 3, and so on."""
