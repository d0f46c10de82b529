"""The embedded catalog as one ASGI application: Port's REST surface, the addresses of webhooks, the pages.

The rule: here it is put together, and nothing is done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

from portside.catalogs import text
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.server import answers, ingest, openapi
from portside.server.calls import STATUSES
from portside.server.dispatch import Dispatch
from portside.server.door import Door
from portside.server.limits import Window
from portside.server.pages import routes as pages
from portside.server.tokens import Credentials, Tokens

THREADS = 10
"""Operations at a time: each has a connection, but for those that wait to write; SQLite's pool has fifteen, and
PostgreSQL's ten."""


def build(
    catalog: LocalCatalog,
    *,
    base: str = "http://127.0.0.1:3000",
    credentials: Credentials | None = None,
    names: Iterable[str] | None = None,
    rate_limit: int | None = None,
) -> Starlette:
    """The application over a catalog that is prepared; it does not close it.

    `base` is the address the world reaches it by. `credentials` None: any client id and secret are taken. `names` are
    host names that are answered besides loopback's; None: any. `rate_limit` is in requests a minute; None: no limit.
    """
    tokens, window = Tokens(credentials), Window(rate_limit)
    dispatch = Dispatch(catalog, tokens, base.rstrip("/"), window)
    deliveries = ingest.Endpoint(catalog)
    routes: list[BaseRoute] = [
        *ingest.routes(deliveries),
        Mount("/v1", app=dispatch),
        Mount("/portside", app=dispatch),
        Route("/health", _health),
        Route("/openapi.json", _described),
        Route("/", _home),
        *pages.routes(catalog, tokens, base.rstrip("/")),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Door, window=window, names=names)],
        exception_handlers={HTTPException: _refused, Exception: _broken},
        lifespan=_lifespan(deliveries.running(), _moving(catalog)),
    )
    app.router.redirect_slashes = False
    return app


def _lifespan(*parts: AbstractAsyncContextManager[None]) -> Any:
    @asynccontextmanager
    async def lasting(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001 - Starlette's signature
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part)
            yield

    return lasting


@asynccontextmanager
async def _moving(catalog: LocalCatalog) -> AsyncIterator[None]:
    """Migrations that an earlier process began are gone on with; the catalog ends that when it is closed."""
    catalog.mover.wake()
    yield


async def _health(request: Request) -> Any:  # noqa: ARG001 - Starlette's signature
    return answers.Response(200, b'{"ok":true}')


async def _described(request: Request) -> Any:  # noqa: ARG001
    return answers.Response(200, text.raw(openapi.document()))


async def _home(request: Request) -> Any:  # noqa: ARG001
    return RedirectResponse("/catalog", 307)


async def _refused(request: Request, error: Exception) -> Any:
    """A path or a method that no route has, in Port's envelope."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    reason = next((code for code, known in STATUSES.items() if known == status), "not_found")
    reason = "not_found" if status == 404 else reason
    message = f"there is no '{request.url.path}' here" if status == 404 else f"{request.method} is not taken here"
    return answers.refused(CatalogRefused(message, reason=reason))


async def _broken(request: Request, error: Exception) -> Any:  # noqa: ARG001
    """What is not expected: the traceback goes to the log, by uvicorn, which gets the error after this."""
    return answers.broken()
