"""Who may apply to a catalog: one process at a time, told apart by an advisory lock on a file beside it.

The rule: the lock is the operating system's, so it ends with the process, however that ends; what the file says is
only for people.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portside.errors import CatalogHeld, CatalogUnreachable


@contextmanager
def held(path: Path, *, catalog: str, who: str, since: str) -> Iterator[None]:
    """Hold the file's lock for the length of the block. Raises CatalogHeld at once when another process has it."""
    file = _opened(path, catalog)
    try:
        _lock(file, catalog)
        _say(file, f"{who}\n{since}\n")
        try:
            yield
        finally:
            _say(file, "")
    finally:
        os.close(file)


def _opened(path: Path, catalog: str) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CatalogUnreachable(f"catalog '{catalog}' cannot be held: {path}: {error.strerror or error}") from error


def _lock(file: int, catalog: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CatalogHeld(f"catalog '{catalog}' is held by {_holder(file)}; wait for it to end") from error
    except OSError as error:
        raise CatalogUnreachable(f"catalog '{catalog}' cannot be held: {error.strerror or error}") from error


def _holder(file: int) -> str:
    who, _, since = os.pread(file, 500, 0).decode("utf-8", "replace").strip().partition("\n")
    return f"{who} since {since}" if since else "another process"


def _say(file: int, text: str) -> None:
    with suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(file, 0)
        os.pwrite(file, text.encode(), 0)
