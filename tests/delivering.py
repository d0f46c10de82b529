"""Requests to the addresses of webhooks as a server hands them to the application, without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.types import ASGIApp


class Answer(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: Any


async def answer(app: ASGIApp, address: str, parts: Sequence[bytes], headers: dict[str, str]) -> Answer:
    """What it answers to one request: path and query, the parts of its body, its headers."""
    path, _, query = address.partition("?")
    left = list(parts)
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    return Answer(said[0]["status"], dict(said[0]["headers"]), json.loads(said[1]["body"]))
