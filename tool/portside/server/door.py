"""What every request passes first, and every answer last: whose name it was sent to, its trace, a line in the log.

The rule: the log holds no query string, no header and no key of a webhook.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portside.errors import CatalogRefused
from portside.server import answers
from portside.server.limits import Window

log = logging.getLogger("portside.server")


class Door:
    """A middleware. `names` are the host names that are answered; None: any.

    On loopback only loopback's names are: a page elsewhere whose name was pointed at 127.0.0.1 would otherwise speak
    with the catalog through its reader's browser.
    """

    def __init__(self, app: ASGIApp, *, window: Window, names: Iterable[str] | None = None) -> None:
        self._app = app
        self._window = window
        self._names = None if names is None else frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        added = [(b"x-trace-id", answers.trace())]
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *added, *self._window.headers()]
            await send(message)

        await self._inside(scope)(scope, receive, sending)
        if log.isEnabledFor(logging.INFO):
            log.info("%s %s %d %.1f ms", scope["method"], shown(scope), status, (time.monotonic() - began) * 1000)

    def _inside(self, scope: Scope) -> ASGIApp:
        if self._names is None or self._is_named(next((v for k, v in scope["headers"] if k == b"host"), b"")):
            return self._app
        because = "this server answers to the names of this machine only; start it with --base to give it another"
        return answers.refused(CatalogRefused(because, reason="forbidden_host"))

    def _is_named(self, host: bytes) -> bool:
        name = without_port(host.decode("latin-1")).lower()
        return is_loopback(name) or name in (self._names or ())


def is_loopback(name: str) -> bool:
    """Whether a host name, or an address without brackets, is this machine's own."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def without_port(host: str) -> str:
    """`localhost` of `localhost:3000`, and `::1` of `[::1]:3000`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def shown(scope: Scope) -> str:
    """The path for the log: the key of a webhook opens it, so it is left out."""
    path = "/{webhookKey}" if "key" in (scope.get("path_params") or {}) else scope["path"]
    return str(path.encode("unicode_escape").decode())
