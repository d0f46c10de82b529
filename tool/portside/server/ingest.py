"""The addresses that webhooks are delivered to: `POST /{webhookKey}`, answered 202 once the delivery is safely stored.

The rule: a request costs one event loop nothing but reading its body and waiting; nobody needs a token, the key is one.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from portside.catalogs.inbox import Inbox
from portside.catalogs.ingest import Received, Status
from portside.catalogs.keeping import UNAVAILABLE, Posted
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.webhook import DELIVERY_LIMIT
from portside.server.requests import Gone, whole_body

STATUSES: Mapping[str, int] = {
    "invalid_json": 400,
    "invalid_signature": 401,
    "not_found": 404,
    "request_timeout": 408,
    "payload_too_large": 413,
    "internal_error": 500,
    "unavailable": 503,
}
"""A sender tries again after 5xx, and drops the delivery after 4xx (PagerDuty's page on webhook behaviour)."""

RETRY_AFTER = b"5"
"""Seconds."""


class Endpoint:
    """An ASGI application for one catalog; its path parameter `key` is that of the webhook."""

    def __init__(self, catalog: LocalCatalog) -> None:
        self._inbox = Inbox(catalog, self._settle)
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliveries are taken as long as this lasts; part of the server's lifespan."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._inbox.start)
        try:
            yield
        finally:
            await asyncio.to_thread(self._inbox.stop)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            raw = await whole_body(receive, dict(scope["headers"]), DELIVERY_LIMIT)
        except Gone:
            return
        except CatalogRefused as error:
            await _answer(send, Received(Status.REFUSED, because=str(error), reason=error.reason))
            return
        settled: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        posted = Posted(scope["path_params"]["key"], raw, _headers(scope), _query(scope))
        if not self._inbox.post(settled, posted):
            settled.set_result(Received(Status.REFUSED, because=UNAVAILABLE, reason="unavailable"))
        await _answer(send, await settled)

    def _settle(self, group: Sequence[tuple[Any, Received]]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(_set, group)


class Addresses(BaseRoute):
    """The addresses of all webhooks; keys are 16 alphanumerics, so nothing else is in its way."""

    _path = re.compile("/([A-Za-z0-9]{16})")

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found = self._path.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        return (Match.FULL, {"path_params": {"key": found[1]}}) if found else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


def routes(endpoint: Endpoint) -> list[BaseRoute]:
    """To stand before all others, so that a delivery does not have to be compared with them."""
    return [Addresses(endpoint)]


def _set(group: Sequence[tuple[asyncio.Future[Received], Received]]) -> None:
    for settled, received in group:
        if not settled.done():  # a sender that went away is cancelled
            settled.set_result(received)


def _headers(scope: Scope) -> dict[str, str]:
    """Names in lower case, as ASGI has them; of a header that came several times all, joined by commas."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), _text(value)
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def _text(value: bytes) -> str:
    """UTF-8, as senders write a secret or a name today; what is not is Latin-1, as HTTP once had it."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _query(scope: Scope) -> dict[str, str]:
    query = scope["query_string"]
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}


_JSON = (b"content-type", b"application/json")
_TAKEN = b'{"ok":true}'


async def _answer(send: Send, received: Received) -> None:
    refused = received.status is Status.REFUSED
    told = {"ok": False, "error": received.reason, "message": received.because}
    body = json.dumps(told, separators=(",", ":")).encode() if refused else _TAKEN
    status = STATUSES[received.reason] if refused else 202
    headers = [_JSON, (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", RETRY_AFTER))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
