"""One request to one operation: its path, who asks, its shape, the operation in a thread, the envelope.

The rule: the event loop reads and writes, threads do everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused, PortsideError
from portside.server import answers, requests
from portside.server.answers import Response
from portside.server.api import endpoints
from portside.server.calls import Answer, Call
from portside.server.limits import Window
from portside.server.operations import TOKEN, operation
from portside.server.paths import Found, Paths
from portside.server.tokens import Tokens


class Dispatch:
    """All operations as one ASGI application; `base` is the address of this server."""

    def __init__(self, catalog: LocalCatalog, tokens: Tokens, base: str, window: Window) -> None:
        self._catalog = catalog
        self._tokens = tokens
        self._base = base
        self._window = window
        self._paths = Paths(endpoints().values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answered(scope, receive)
        except requests.Gone:
            return
        except PortsideError as error:
            response = answers.refused(error)
        await response(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] == "OPTIONS":
            return self._options(scope["raw_path"])
        found = self._paths.find(scope["method"], scope["raw_path"])
        headers = dict(scope["headers"])
        if not self._window.take():
            raise CatalogRefused("too many requests; wait for x-ratelimit-reset", reason="rate_limited")
        by = "" if found.endpoint.key == TOKEN else self._tokens.holder(_text(headers, b"authorization"))
        raw = await requests.whole_body(receive, headers) if found.endpoint.body is not None else b""
        return await run_in_threadpool(self._carried_out, found, scope["query_string"], headers, raw, by)

    def _carried_out(self, found: Found, query: bytes, headers: Mapping[bytes, bytes], raw: bytes, by: str) -> Response:
        """In a thread: check the request's shape, and do it."""
        try:
            asked = requests.query(found.endpoint, query)
            body = requests.body(found.endpoint, raw, headers)
            if found.endpoint.key == TOKEN:
                return answers.success(self._token(cast(Mapping[str, str], body)))
            agent = _text(headers, b"user-agent")
            call = Call(self._catalog, found.values, asked, body, by, agent, self._base)
            return answers.success(operation(found.endpoint.key)(call))
        except PortsideError as error:
            return answers.refused(error)

    def _token(self, body: Mapping[str, str]) -> Answer:
        token, left = self._tokens.issue(body["clientId"], body["clientSecret"])
        return Answer({"accessToken": token, "expiresIn": left, "tokenType": "Bearer"})

    def _options(self, raw_path: bytes) -> Response:
        allowed = self._paths.methods(raw_path)
        if not allowed:
            raise CatalogRefused("portside knows no such path of Port's API", reason="not_found")
        return Response(204, b"", [(b"allow", ", ".join(allowed).encode())])


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    value: Any = headers.get(name, b"")
    return str(value.decode("latin-1"))
