"""The OpenAPI document of what is served, at /openapi.json.

The rule: it is made of the facts that requests are judged by, so it cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from portside import __version__
from portside.server.api import Endpoint, endpoints, facts, optional
from portside.server.operations import TOKEN, served
from portside.server.promises import schema_of, successes

_ALWAYS = (401, 404, 422, 429, 503)
_WITH_BODY = (408, 409, 413, 415)


@cache
def document() -> Mapping[str, Any]:
    """The document, OpenAPI 3.1. One object for everybody: do not change it."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints().values():
        paths.setdefault(endpoint.path, {})[endpoint.method] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Port's API, served by portside", "version": __version__},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**_moved(facts()["$defs"]), "Refusal": _REFUSAL},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


_REFUSAL = {
    "type": "object",
    "properties": {
        "ok": {"const": False},
        "error": {"type": "string"},
        "message": {"type": "string"},
        "details": {"type": "object"},
    },
    "required": ["ok", "error", "message"],
    "additionalProperties": False,
}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": _named(endpoint), "responses": _responses(endpoint)}
    if parameters := [*_in_path(endpoint), *_in_query(endpoint)]:
        found["parameters"] = parameters
    if endpoint.body is not None:
        schema = _moved(endpoint.body)
        found["requestBody"] = {
            "required": not optional(endpoint.key),
            "content": {"application/json": {"schema": schema}},
        }
    if endpoint.key == TOKEN:
        found["security"] = []
    return found


def _named(endpoint: Endpoint) -> str:
    """`get-v1-blueprints-identifier`"""
    words = "".join(letter if letter.isalnum() else " " for letter in endpoint.key).split()
    return "-".join(words)


def _in_path(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in endpoint.names
    ]


def _in_query(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": _moved(schema)} for name, schema in endpoint.query.items()]


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    refusals = (*_ALWAYS, *(_WITH_BODY if endpoint.body is not None else (409,)))
    if not served(endpoint.key):
        refusals = (*refusals, 501)
    done = successes(endpoint) if served(endpoint.key) else ()
    refused = {str(code): _content(code, {"$ref": "#/components/schemas/Refusal"}) for code in sorted(refusals)}
    return {**{str(code): _content(code, schema_of(endpoint)) for code in done}, **refused}


def _content(code: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": HTTPStatus(code).phrase, "content": {"application/json": {"schema": schema}}}


def _moved(schema: Any) -> Any:
    """A schema whose references lead to where the document keeps what is shared."""
    if isinstance(schema, Mapping):
        return {key: _reference(value) if key == "$ref" else _moved(value) for key, value in schema.items()}
    return [_moved(one) for one in schema] if isinstance(schema, list) else schema


def _reference(value: Any) -> Any:
    return value.replace("#/$defs/", "#/components/schemas/") if isinstance(value, str) else _moved(value)
