"""The few files that the pages need: one style, the colours of the drawing, one script, one icon.

The rule: an address names the content it has, so a browser may keep what it once got.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from portside.report.graphs import svg

_FOLDER = Path(__file__).parent / "static"
_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class File(NamedTuple):
    """`digest` changes with the content."""

    content: bytes
    type: str
    digest: str


@cache
def files() -> Mapping[str, File]:
    """Every file by name."""
    contents = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}
    contents["graph.css"] = f".graph {{\n{svg.STYLE}\n}}\n".encode()
    return {
        name: File(content, _TYPES[Path(name).suffix], sha256(content).hexdigest()[:12])
        for name, content in contents.items()
    }


def address(name: str) -> str:
    """Where a file is found, for good."""
    return f"/static/{name}?{files()[name].digest}"


def file(request: Request) -> Response:
    """One file."""
    found = files().get(request.path_params["name"])
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    if found is None:
        return Response("", 404, headers, "text/plain")
    kept = "public, max-age=31536000, immutable" if request.url.query == found.digest else "no-cache"
    return Response(found.content, 200, {**headers, "Cache-Control": kept}, found.type)
