"""Opens a catalog of portside.yaml by name. Its one rule: nothing is imported or touched before somebody asks."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portside.cli.interrupts import held_back
from portside.errors import Usage
from portside.files.settings import FILE, CatalogSettings, Settings, read
from portside.problems import Severity

if TYPE_CHECKING:
    from portside.catalogs.local import LocalCatalog
    from portside.catalogs.port import PortCatalog


def configured(root: Path) -> Settings:
    """The settings of a root, for a command that reads no other files. Raises Usage when something is wrong with them.

    What is wrong counts as absent, and the catalog that is then the default may be another than the one that was meant.
    """
    found, problems = read(root)
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise Usage(f"{problem.place}: {problem.message} [{problem.code}]")
    return found


def opened(settings: Settings, name: str | None) -> LocalCatalog | PortCatalog:
    """The catalog, ready to read. Raises Usage for an unknown name, CatalogUnreachable when it is not one."""
    found = settings.catalog(name or "")
    return _port(found) if found.remote else embedded(settings, name)


def embedded(settings: Settings, name: str | None) -> LocalCatalog:
    """The embedded catalog. Raises Usage for an unknown name and for one that is Port's, as `opened` otherwise."""
    found = settings.catalog(name or "")
    if found.remote:
        ours = ", ".join(f"'{one.name}'" for one in settings.catalogs.values() if not one.remote) or "none"
        raise Usage(f"catalog '{found.name}' is Port's API, and this needs an embedded one; {FILE} has {ours}")
    with held_back():
        from portside.catalogs.local import LocalCatalog  # SQLAlchemy costs 150 ms

    if found.database:
        return LocalCatalog.at(found.filled("database"), name=found.name, secrets=os.environ)
    return LocalCatalog.open(settings.file(found.name), name=found.name, secrets=os.environ)


def _port(found: CatalogSettings) -> PortCatalog:
    from portside.cli import trust

    with held_back():
        from portside.catalogs.client.session import Session
        from portside.catalogs.port import PortCatalog

    url = found.filled("url")
    trust.address(url, found.name)
    session = Session(url, trust.credentials(found), patience=found.patience, tell=_said)
    return PortCatalog(session, found.name, held_at=trust.lock(url, found), secrets=os.environ)


def _said(text: str) -> None:
    click.echo(text, err=True)


def who() -> str:
    """`ada@laptop, process 4711`: who holds a catalog."""
    return f"{_user()}@{socket.gethostname()}, process {os.getpid()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return f"user {os.getuid()}"
