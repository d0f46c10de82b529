"""Opens a catalog of portside.yaml by name. Its one rule: nothing is imported or touched before somebody asks."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from portside.cli.interrupts import held_back
from portside.errors import Usage
from portside.files.settings import Settings, read
from portside.problems import Severity

if TYPE_CHECKING:
    from portside.catalogs.local import LocalCatalog


def configured(root: Path) -> Settings:
    """The settings of a root, for a command that reads no other files. Raises Usage when something is wrong with them.

    What is wrong counts as absent, and the catalog that is then the default may be another than the one that was meant.
    """
    found, problems = read(root)
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise Usage(f"{problem.place}: {problem.message} [{problem.code}]")
    return found


def opened(settings: Settings, name: str | None) -> LocalCatalog:
    """The catalog, ready to read. Raises Usage for an unknown name, CatalogUnreachable when it is not one."""
    with held_back():
        from portside.catalogs.local import LocalCatalog  # SQLAlchemy costs 150 ms

    found = settings.catalog(name or "")
    return LocalCatalog.open(settings.file(found.name), name=found.name, secrets=os.environ)


def who() -> str:
    """`ada@laptop, process 4711`: who holds a catalog."""
    return f"{_user()}@{socket.gethostname()}, process {os.getpid()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return f"user {os.getuid()}"
