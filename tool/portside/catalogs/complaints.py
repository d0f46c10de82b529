"""What PostgreSQL complains of, as half a sentence. Pure.

The rule: an error of the server is known by its SQLSTATE; one on the way there has none, and is known by its words.
"""

from __future__ import annotations

from collections.abc import Mapping

DAMAGED = "is damaged; restore the database from a backup, or name another one and apply again"


def busy(error: BaseException | None) -> bool:
    """Whether another process is writing, and would not stop."""
    return _state(error) in {"55P03", "40P01"}


def complaint(error: BaseException | None) -> str:
    """What is wrong, as the rest of a sentence that begins with the catalog."""
    state = _state(error)
    for prefix, sentence in _BY_STATE.items():
        if state.startswith(prefix):
            return sentence
    said = str(error)
    for words, sentence in _BY_WORDS.items():
        if words in said:
            return sentence
    return f"cannot be {'used' if state else 'reached'}: {_reason(said)}"


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _reason(said: str) -> str:
    """The first line of a message, without the libraries' lead-in: `connection failed: connection to …, FATAL:`."""
    line = next(iter(said.strip().splitlines()), "it did not say why")
    return line.rpartition("FATAL:")[2].rpartition(" failed: ")[2].strip() or line


_LOST = "went away in the middle; what was being written is there whole or not at all, see which and try again"
_READ_ONLY = "is read-only; nothing was written"
_FULL = "is on a disk that is full; nothing was written"
_LARGE = "cannot hold a value of that size; nothing was written"

_BY_STATE: Mapping[str, str] = {
    "08": _LOST,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P03": "is starting or stopping; try again in a moment",
    "57P05": _LOST,
    "25P03": "was kept waiting for too long in the middle of a write; nothing was written",
    "57014": "did not answer in time; nothing was written",
    "25006": _READ_ONLY,
    "42501": "does not let this user do that; grant it the right to read, write and create tables in the database",
    "42P01": "lacks tables that it had; restore the database from a backup, or try again for an empty catalog",
    "53100": _FULL,
    "53200": "is on a server that is out of memory; nothing was written",
    "53300": "has no connection left; end other programs, or raise the server's max_connections",
    "58030": "is on a disk that reports an error; nothing was written",
    "54": _LARGE,
    "22P05": "cannot hold a text with a NUL in it; nothing was written",
    "22021": "cannot hold a text with a NUL in it; nothing was written",
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""By SQLSTATE, or the class of it."""

_BY_WORDS: Mapping[str, str] = {
    "NUL (0x00)": "cannot hold a text with a NUL in it; nothing was written",
    "password authentication failed": "does not know this user with this password; see the address, or PGPASSWORD",
    "no password supplied": "asks for a password; put it in PGPASSWORD or ~/.pgpass",
    "Connection refused": "cannot be reached: nothing listens there; see whether PostgreSQL runs, and on which port",
    "No such file or directory": "cannot be reached: nothing listens there; see whether PostgreSQL runs, and where",
    "too many clients": "has no connection left; end other programs, or raise the server's max_connections",
    "remaining connection slots": "has no connection left; end other programs, or raise the server's max_connections",
    "the database system is": "is starting or stopping; try again in a moment",
    "server closed the connection": _LOST,
    "connection is lost": _LOST,
    "connection is closed": _LOST,
    "terminating connection": _LOST,
}
"""By what libpq and psycopg say where the server said nothing, or nothing but words."""
