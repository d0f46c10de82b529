"""Where Port's credentials may go, and what may be run to get them.

The rule: portside.yaml may come with a stranger's pull request, so whoever holds the credentials says so in the
environment: which address but Port's own and this machine may have them, and whether a command may be run at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portside.errors import Usage
from portside.files.settings import FILE, CatalogSettings

if TYPE_CHECKING:
    from portside.catalogs.client.credentials import Credentials

HOSTS = "PORTSIDE_HOSTS"
"""Hosts, by commas, that the credentials may go to besides Port's own; for them http will do."""
COMMAND = "PORTSIDE_CREDENTIALS_COMMAND"
"""`allowed`: the credentials command of portside.yaml may be run."""

_PORTS = (".port.io", ".getport.io")


def address(url: str, catalog: str) -> None:
    """Raises Usage for an address that may not have the credentials."""
    where = f"catalog '{catalog}' in {FILE}"
    host = _host(url, where)
    named = {name.strip().lower() for name in os.environ.get(HOSTS, "").split(",")}
    if host in named or _here(host):
        return
    if not host.endswith(_PORTS):
        raise Usage(f"{where} is at {host}, which is not Port's; to send it the credentials: {HOSTS}={host}")
    if urlsplit(url).scheme != "https":
        raise Usage(f"{where} should have an address that begins with https://")


def credentials(settings: CatalogSettings) -> Callable[[], Credentials]:
    """What gives the credentials once they are needed. Raises Usage for a command that may not be run."""
    if settings.credentials and os.environ.get(COMMAND) != "allowed":
        word = settings.credentials[0]
        raise Usage(
            f"catalog '{settings.name}' in {FILE} runs '{word}' to get its credentials; to go on: {COMMAND}=allowed"
        )
    return lambda: _credentials(settings)


def lock(url: str, settings: CatalogSettings) -> Path:
    """The file whose lock keeps two applies of this user apart: one for each address, and client where it is known."""
    client = "" if settings.credentials else os.environ.get(settings.client_id[2:-1], "")
    name = sha256(f"{url.rstrip('/').removesuffix('/v1')}\n{client}".encode()).hexdigest()
    return _folder() / "locks" / name


def _folder() -> Path:
    """The user's own; a container's user need not have one."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser() / ".cache")
    if cache.parent.is_dir() and os.access(cache if cache.is_dir() else cache.parent, os.W_OK):
        return cache / "portside"
    return Path(gettempdir()) / f"portside-{os.getuid()}"


def _credentials(settings: CatalogSettings) -> Credentials:
    from portside.catalogs.client import credentials  # late: only a request needs them

    if settings.credentials:
        return credentials.from_command(settings.credentials, settings.name)
    return credentials.Credentials(settings.filled("client-id"), settings.filled("client-secret"))


def _host(url: str, where: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and not parts.query and parts.username is None:
            parts.port  # noqa: B018 - raises for a port that is none
            return parts.hostname
    except ValueError:
        pass
    raise Usage(f"{where} needs an address such as https://api.port.io, and has another text")


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
