"""What goes back over the wire: Port's envelope, and the headers of every answer.

The rule: a refusal is one sentence with its code; what went wrong inside is told to the log, never to a caller.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from portside.catalogs import text
from portside.errors import CatalogRefused, CatalogUnreachable, PortsideError
from portside.model.resource import Body
from portside.server.calls import Answer, status

Headers = list[tuple[bytes, bytes]]

RETRY_AFTER = b"1"
"""Seconds, with an answer that the database is not there."""

_CONTENT = [(b"content-type", b"application/json; charset=utf-8")]


class Response:
    """An answer as an ASGI application, its body being JSON."""

    def __init__(self, code: int, raw: bytes, headers: Headers | None = None) -> None:
        self.code = code
        self.raw = raw
        self.headers = headers or []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        told = [*_CONTENT, (b"content-length", b"%d" % len(self.raw))] if self.code != 204 else []
        start: Message = {"type": "http.response.start", "status": self.code, "headers": [*told, *self.headers]}
        await send(start)
        await send({"type": "http.response.body", "body": self.raw})


def success(answer: Answer) -> Response:
    """Port's envelope around what an operation gives."""
    return Response(answer.status, text.raw({"ok": answer.status < 400, **answer.body}))


def refused(error: PortsideError) -> Response:
    """Port's envelope around a sentence. Whatever is no refusal of ours must not come here."""
    if isinstance(error, CatalogUnreachable):
        return _failed(503, "unavailable", str(error), [(b"retry-after", RETRY_AFTER)])
    reason = error.reason if isinstance(error, CatalogRefused) and error.reason else "validation_error"
    details = error.details if isinstance(error, CatalogRefused) else None
    return _failed(status(reason), reason, str(error), details=details)


def broken() -> Response:
    """What a caller hears of a fault of ours."""
    return _failed(500, "internal_error", "something went wrong in the server; its log says more")


def _failed(
    code: int, error: str, message: str, headers: Headers | None = None, details: Mapping[str, Any] | None = None
) -> Response:
    body: Body = {"ok": False, "error": error, "message": message}
    return Response(code, text.raw({**body, "details": dict(details)} if details else body), headers)


def trace() -> bytes:
    """A new `x-trace-id`."""
    return os.urandom(16).hex().encode()
