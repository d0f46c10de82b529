"""The pages as routes: who may see them, what a browser may do with them, and what is shown when one cannot be made.

The rule: every answer carries the same headers, so that whatever stands in a payload stays text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused, CatalogUnreachable
from portside.model.webhook import DELIVERY_LIMIT
from portside.server import calls, paths
from portside.server.pages import catalog as catalog_pages
from portside.server.pages import deliveries, playground, static, webhooks
from portside.server.pages.asked import Asked, Page, Plain, View
from portside.server.pages.templates import html
from portside.server.requests import Gone, whole_body
from portside.server.tokens import Tokens

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
FORM_LIMIT = 3 * DELIVERY_LIMIT + 64 * 1024
"""Bytes of a form: a payload may be three times as long when it is percent-encoded."""


def routes(catalog: LocalCatalog, tokens: Tokens, base: str) -> list[Route]:
    """All pages; where there are credentials, a browser has to give them by HTTP Basic.

    `base` is the address that the world reaches webhooks by.
    """
    views: Mapping[str, View] = {
        "/catalog": catalog_pages.overview,
        "/catalog/{names:path}": catalog_pages.one,
        "/webhooks": webhooks.overview,
        "/webhooks/{names:path}": webhooks.one,
        "/deliveries": deliveries.overview,
        "/deliveries/{names:path}": deliveries.one,
        "/playground": playground.empty,
    }
    behind = _Behind(catalog, tokens, base)
    shown = [Route(path, behind.endpoint(view)) for path, view in views.items()]
    tried = Route("/playground", behind.endpoint(playground.tried), methods=["POST"])
    return [*shown, tried, Route("/static/{name}", static.file)]


class _Behind(NamedTuple):
    """What is behind every page."""

    catalog: LocalCatalog
    tokens: Tokens
    base: str

    def endpoint(self, view: View) -> Callable[[Request], Awaitable[Response]]:
        """A view as Starlette calls it; it runs in a thread of its own, since it reads the database."""

        async def endpoint(request: Request) -> Response:
            if refused := self._refused(request):
                return refused
            try:
                form = await _form(request) if request.method == "POST" else {}
            except CatalogRefused as error:
                return _failed(str(error), calls.status(error.reason))
            except Gone:
                return Response()
            query = {name: value.replace("\0", "") for name, value in request.query_params.items()}
            return await run_in_threadpool(_answered, view, request, self, query, form)

        return endpoint

    def _refused(self, request: Request) -> Response | None:
        if not self.tokens.lets_in(request.headers.get("authorization", "")):
            found = _failed("these pages ask for the client id and the secret of this server", 401)
            found.headers["WWW-Authenticate"] = 'Basic realm="portside", charset="UTF-8"'
            return found
        if request.method == "POST" and not _own(request):
            return _failed("this was sent from somebody else's page, and nothing was done with it", 403)
        return None


def _answered(
    view: View, request: Request, behind: _Behind, query: Mapping[str, str], form: Mapping[str, str]
) -> Response:
    try:
        found = view(Asked(behind.catalog, behind.base, _names(request), query, form))
        if isinstance(found, Plain):
            return Response(found.text.encode("utf-8", "replace"), 200, HEADERS, "text/plain")
        return _page(found)
    except CatalogRefused as error:
        return _failed(str(error), calls.status(error.reason))
    except CatalogUnreachable as error:
        return _failed(str(error), 503)


def _page(page: Page) -> Response:
    return Response(html(page).encode("utf-8", "replace"), page.status, HEADERS, "text/html")


def _failed(sentence: str, status: int) -> Response:
    return _page(Page("failed.html", {"said": sentence, "status": status}, status))


def _names(request: Request) -> tuple[str, ...]:
    """The names in the address, each decoded on its own: an identifier may hold a slash."""
    if "names" not in request.path_params:
        return ()
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return tuple(paths.segments(raw.partition(b"?")[0])[1:])


def _own(request: Request) -> bool:
    """Whether one of these pages sent the request, or no browser did."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises as `whole_body`."""
    raw = await whole_body(request.receive, dict(request.scope["headers"]), FORM_LIMIT)
    try:
        fields = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:  # more fields than any form here has
        return {}
    return {name: values[0].replace("\0", "") for name, values in fields.items()}
