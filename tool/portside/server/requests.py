"""From a request to the values of a Call: its body within a limit, its JSON, its query, each of the right shape.

The rule: what is wrong is refused with one sentence that names the place, before an operation sees it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from typing import cast
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from portside.errors import CatalogRefused, Unreadable
from portside.mappings.delivery import parsed as slowly_parsed
from portside.model.resource import JSON
from portside.server import misfits
from portside.server.api import Endpoint, Schema, optional, validator

LIMIT = 1024 * 1024
"""Bytes of a body, as Port has it."""

PATIENCE = 60.0
"""Seconds for a body to come."""

DEPTH = 100
"""How deep a body may be nested; deeper than anything the API takes, and less than what any reader of JSON stops at."""


class Gone(Exception):
    """The client has gone before the end of its body; nobody waits for an answer."""


async def whole_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int = LIMIT) -> bytes:
    """The bytes of the body. Raises CatalogRefused for one that is too long or comes too slowly, and Gone."""
    if _length(headers) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read(receive, limit)
    except TimeoutError:
        raise CatalogRefused(f"the body did not come within {PATIENCE:g} seconds", reason="request_timeout") from None


def query(endpoint: Endpoint, text: bytes) -> dict[str, JSON]:
    """The parameters that the operation has, with their types and defaults; others are passed over, as Port does."""
    found: dict[str, JSON] = {key: one["default"] for key, one in endpoint.query.items() if "default" in one}
    if text and endpoint.query:
        found.update(_given(endpoint, text))
        _fits(endpoint, "query", found)
    return found


def body(endpoint: Endpoint, raw: bytes, headers: Mapping[bytes, bytes]) -> JSON:
    """The value of the body; None for an operation that takes none. Raises CatalogRefused."""
    if endpoint.body is None:
        return None
    if not raw.strip():
        if optional(endpoint.key):
            return {}
        raise CatalogRefused("the request has no body; send JSON", reason="validation_error")
    _is_json(headers)
    value = parsed(raw)
    _fits(endpoint, "body", value)
    return value


def parsed(raw: bytes) -> JSON:
    """The JSON of a body. Half of a surrogate pair is U+FFFD. Raises CatalogRefused."""
    value: JSON
    try:
        value, plain = orjson.loads(raw), True
    except orjson.JSONDecodeError:
        value, plain = _slowly(raw), False  # half a surrogate pair, or an explanation with line and column
    if not plain or b"\\u0000" in raw or raw.count(b"[") + raw.count(b"{") > DEPTH:
        _examine(value)
    return value


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        length += len(part)
        if length > limit:
            raise _too_large(limit)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _length(headers: Mapping[bytes, bytes]) -> int:
    text = headers.get(b"content-length", b"0")
    return int(text) if text.isdigit() and len(text) < 20 else 0


def _too_large(limit: int) -> CatalogRefused:
    return CatalogRefused(f"the body is longer than {limit} bytes", reason="payload_too_large")


def _given(endpoint: Endpoint, text: bytes) -> dict[str, JSON]:
    """What the query says of the parameters the operation has."""
    values: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise CatalogRefused("the query string cannot be read", reason="validation_error") from None
    for key, value in pairs:
        if "\0" in value:
            raise CatalogRefused(f"query parameter '{key}' holds a NUL", reason="validation_error")
        values.setdefault(key, []).append(value)
    return {key: _typed(key, schema, values[key]) for key, schema in endpoint.query.items() if key in values}


def _typed(name: str, schema: Schema, values: list[str]) -> JSON:
    """The texts of one parameter as its schema has them; one that fits no type stays text, and is refused after."""
    kind = schema.get("type")
    if kind == "array":
        return cast(JSON, values)
    if len(values) > 1 and kind:
        raise CatalogRefused(f"query parameter '{name}' is given {len(values)} times", reason="validation_error")
    if kind == "boolean":
        return {"true": True, "false": False}.get(values[0].lower(), values[0])
    if kind in ("number", "integer"):
        return _number(values[0])
    return values[0] if len(values) == 1 else cast(JSON, values)


def _number(text: str) -> JSON:
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() else value


def _is_json(headers: Mapping[bytes, bytes]) -> None:
    kind = headers.get(b"content-type", b"application/json").partition(b";")[0].strip().lower()
    if kind != b"application/json" and not kind.endswith(b"+json"):
        shown = kind.decode("latin-1")
        raise CatalogRefused(f"the body is '{shown}'; send application/json", reason="unsupported_media_type")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise CatalogRefused("the body is compressed; send it as it is", reason="unsupported_media_type")


def _slowly(raw: bytes) -> JSON:
    try:
        return slowly_parsed(raw)
    except Unreadable as error:
        raise CatalogRefused(str(error), reason="validation_error") from None


def _examine(value: JSON) -> None:
    """Raises CatalogRefused for what no database keeps."""
    left: list[tuple[JSON, int]] = [(value, 0)]
    while left:
        one, depth = left.pop()
        if depth > DEPTH:
            raise CatalogRefused(f"the body is nested deeper than {DEPTH} levels", reason="validation_error")
        if isinstance(one, str) and "\0" in one:
            raise CatalogRefused("the body holds a text with a NUL, which cannot be kept", reason="validation_error")
        if isinstance(one, int | float) and abs(one) > _LARGEST:
            raise CatalogRefused("the body holds a number that is too large", reason="validation_error")
        left.extend((inner, depth + 1) for inner in _inside(one))


_LARGEST = 1.7976931348623157e308


def _inside(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else ()


def _fits(endpoint: Endpoint, part: str, value: JSON) -> None:
    """Raises CatalogRefused, saying where and what, for a value that is not as the API has it."""
    judge = validator(endpoint.key, part)
    if not judge.is_valid(value):
        raise CatalogRefused(misfits.sentence(judge, part, value), reason="validation_error")
