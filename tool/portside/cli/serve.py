"""`portside serve`: the embedded catalog over HTTP, as Port's own API would answer."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portside.cli import options
from portside.cli.catalogs import configured, embedded
from portside.cli.interrupts import held_back
from portside.errors import Usage

if TYPE_CHECKING:
    from portside.catalogs.local import LocalCatalog
    from portside.server.tokens import Credentials


@click.command("serve")
@options.root
@options.catalog
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=3000, show_default=True, help="The port; 0 for any free one."
)
@click.option("--base", metavar="URL", help="The address others reach it by, when it is not the one it listens on.")
@click.option("--rate-limit", type=click.IntRange(1), metavar="N", help="Answer 429 after N requests in a minute.")
@options.verbose
@options.color
def command(
    root: Path,
    catalog: str | None,
    host: str,
    port: int,
    base: str | None,
    rate_limit: int | None,
    verbose: bool,
) -> int:
    """Serve the embedded catalog: Port's REST API under /v1, the addresses of webhooks, and pages to look at.

    PORT_CLIENT_ID and PORT_CLIENT_SECRET in the environment are the credentials that clients must have. Without them
    any are taken, and only this machine can connect. -v writes a line for every request.
    """
    _mind_extra()
    with held_back():
        from portside.server.door import is_loopback
    credentials, name = _credentials(), _named(base)
    if credentials is None and not is_loopback(host):
        raise _open(host, "listen on 127.0.0.1")
    if credentials is None and name and not is_loopback(name):
        raise _open(name, "leave --base out")
    with embedded(configured(root), catalog) as live:
        live.prepare()
        names = {host, name or host} if is_loopback(host) else None
        _serve(live, host, port, base, credentials, names=names, rate_limit=rate_limit, verbose=verbose)
    return 0


def _open(name: str, otherwise: str) -> Usage:
    return Usage(
        f"{name} can be reached from elsewhere, so credentials are needed; set PORT_CLIENT_ID and PORT_CLIENT_SECRET,"
        f" or {otherwise}"
    )


def _named(base: str | None) -> str:
    """The host of an address; "" where there is none. Raises Usage for what is no address."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base or "")
        if base is None or (parts.scheme in ("http", "https") and parts.hostname and not parts.query):
            return parts.hostname or ""
    except ValueError:
        pass
    raise Usage(f"'{base}' is no address for --base; write it as https://catalog.example.com")


def _mind_extra() -> None:
    """Raises Usage where what the server stands on was not installed: it is an extra."""
    lacking = [name for name in ("httptools", "jwt", "starlette", "uvicorn") if find_spec(name) is None]
    if lacking:
        raise Usage(f"serve needs {', '.join(lacking)}, which is not installed; pip install 'portside[serve]'")


def _serve(
    live: LocalCatalog,
    host: str,
    port: int,
    base: str | None,
    credentials: Credentials | None,
    *,
    names: set[str] | None,
    rate_limit: int | None,
    verbose: bool,
) -> None:
    import logging

    with held_back():
        from portside.server.app import build
        from portside.server.listening import Server, bind, logged
    logged(logging.INFO if verbose else logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn takes it first, and raises it again when it has ended
    with bind(host, port) as bound:
        shown = f"[{host}]" if ":" in host else host
        address = (base or f"http://{shown}:{bound.getsockname()[1]}").rstrip("/")
        app = build(live, base=address, credentials=credentials, names=names, rate_limit=rate_limit)
        said = f"Serving catalog '{live.name}' at {address}; Ctrl-C ends it."
        Server(app, bound, ready=lambda: click.echo(said)).serve_until_told()


def _credentials() -> Credentials | None:
    """What the environment says; None: nothing. Raises Usage for one without the other."""
    client, secret = os.environ.get("PORT_CLIENT_ID", ""), os.environ.get("PORT_CLIENT_SECRET", "")
    if not client and not secret:
        return None
    if not client or not secret:
        missing = "PORT_CLIENT_SECRET" if client else "PORT_CLIENT_ID"
        raise Usage(f"{missing} is not set, and the other of the two is; set both, or none")
    from portside.server.tokens import Credentials

    return Credentials(client, secret)
