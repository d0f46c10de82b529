"""The application on a socket: uvicorn, with bounds on what it holds in memory for a client.

The rule: whoever connects costs no more memory than one request may have.
"""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from portside.errors import Usage

HEAD_LIMIT = 64 * 1024
"""Bytes of a request's first line and its headers."""

MESSAGE_LIMIT = 16 * 1024 * 1024
"""Bytes of a whole request; what comes after a body was refused is dropped up to here, then the connection ends."""

KEEP_ALIVE = 75
"""Seconds an idle connection stays open: longer than clients keep theirs, so that none is closed under a request."""

_BACKLOG = 2048


class _Bounded(HttpToolsProtocol):
    """uvicorn's protocol, which by itself reads endless headers into memory."""

    _received = 0
    _in_head = False
    _in_message = False
    _begun = 0

    def data_received(self, data: bytes) -> None:
        continued, self._begun = self._in_message, 0
        super().data_received(data)
        if self._begun == 0:
            self._received += len(data)
        else:  # of several requests in one piece, where the last began is not known
            self._received = len(data) if self._begun == 1 and not continued else 0
        limit = HEAD_LIMIT if self._in_head else MESSAGE_LIMIT
        if self._in_message and self._received > limit and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        self._in_head = self._in_message = True
        self._begun += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_message = False
        super().on_message_complete()

    def _refuse(self) -> None:
        if self._in_head and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(_HEAD_TOO_LARGE)
        self.transport.close()


_TOLD = b'{"ok":false,"error":"validation_error","message":"the headers are longer than 64 KiB"}'
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(_TOLD), _TOLD)
)


class Server(uvicorn.Server):
    """Serves an application on a socket that is bound; `ready` is called once it answers."""

    def __init__(self, app: ASGIApp, bound: socket.socket, ready: Callable[[], None]) -> None:
        super().__init__(_config(app))
        self._bound = bound
        self._ready = ready

    def serve_until_told(self) -> None:
        """Until SIGINT or SIGTERM, or until `should_exit` is set; requests that were begun are finished."""
        self.run(sockets=[self._bound])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        cast(Any, app),
        http=_Bounded,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=10,
    )


def bind(host: str, port: int) -> socket.socket:
    """A socket that takes connections; port 0 is any free one. Raises Usage, saying why not."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only on these
    except (OSError, UnicodeError):
        raise Usage(f"'{host}' is not an address of this machine; name another with --host") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise Usage(_why(error, host, port)) from None
    return made


def _why(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} of {host} is in use; name another with --port"
        case errno.EACCES:
            return f"port {port} may only be used by an administrator; name one above 1023 with --port"
        case _:
            return f"'{host}' is not an address of this machine; name another with --host"


def logged(level: int) -> None:
    """Send what the server says to stderr: its faults always, a line a request from logging.INFO."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("portside").setLevel(level)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # it warns of every request that is no HTTP
