"""Whose fault it is that a write failed: that of what was written, or that of the database. Pure.

The rule: only what would fail again on a healthy database is the fault of what was written.
"""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError

_LARGER_THAN_A_PAGE = "54"
"""The class of PostgreSQL's errors about values too large for an index, which psycopg calls operational."""

_TAKEN_AWAY = frozenset({"42501", "42P01"})
"""A right or a table that was there before: not the fault of what was written, though psycopg files them so."""


def at_fault(error: BaseException) -> bool:
    """Whether what was written brought the transaction down, and would again."""
    cause = error.__cause__
    state = str(getattr(cause.orig, "sqlstate", None) or "") if isinstance(cause, DBAPIError) else ""
    if state in _TAKEN_AWAY:
        return False
    return state.startswith(_LARGER_THAN_A_PAGE) or isinstance(
        cause, DataError | IntegrityError | InterfaceError | NotSupportedError | ProgrammingError
    )
