"""The OpenAPI document of what is served, at /openapi.json.

The rule: it is made of the facts that requests are judged by, so it cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from portside import __version__
from portside.server.api import Endpoint, endpoints, facts
from portside.server.operations import TOKEN, served

_BLUEPRINT = {"blueprint": "object"}
_WEBHOOK = {"integration": "object"}
_ENTITY = {"entity": "object"}
_SCORECARD = {"scorecard": "object"}
_TEAM = {"team": "object"}
_MIGRATION = {"migration": "object"}
_SECRET = {"secret": "object"}

_BP = "/v1/blueprints"
_OF = "/v1/blueprints/{blueprint_identifier}"

MEMBERS: Mapping[str, Mapping[str, str]] = {
    TOKEN: {"accessToken": "string", "expiresIn": "integer", "tokenType": "string"},
    f"get {_BP}": {"blueprints": "array"},
    f"post {_BP}": _BLUEPRINT,
    f"get {_BP}/{{identifier}}": _BLUEPRINT,
    f"put {_BP}/{{identifier}}": _BLUEPRINT,
    f"patch {_BP}/{{identifier}}": _BLUEPRINT,
    f"patch {_OF}/properties/{{property_identifier}}/rename": _BLUEPRINT,
    f"patch {_OF}/mirror/{{property_identifier}}/rename": _BLUEPRINT,
    f"patch {_OF}/relations/{{relation_identifier}}/rename": _BLUEPRINT,
    f"get {_OF}/entities": {"entities": "array"},
    f"post {_OF}/entities": _ENTITY,
    f"post {_OF}/entities/bulk": {"entities": "array", "errors": "array"},
    f"post {_OF}/bulk/entities/delete": {"deletedEntities": "array"},
    f"post {_OF}/entities/search": {"entities": "array"},
    f"get {_OF}/entities-count": {"count": "integer"},
    f"get {_OF}/entities/{{entity_identifier}}": _ENTITY,
    f"put {_OF}/entities/{{entity_identifier}}": _ENTITY,
    f"patch {_OF}/entities/{{entity_identifier}}": _ENTITY,
    "post /v1/entities/search": {"entities": "array", "matchingBlueprints": "array"},
    f"get {_OF}/scorecards": {"scorecards": "array"},
    f"put {_OF}/scorecards": {"scorecards": "array"},
    f"post {_OF}/scorecards": _SCORECARD,
    f"get {_OF}/scorecards/{{scorecard_identifier}}": _SCORECARD,
    f"put {_OF}/scorecards/{{scorecard_identifier}}": _SCORECARD,
    "get /v1/scorecards": {"scorecards": "array"},
    "get /v1/webhooks": {"integrations": "array"},
    "post /v1/webhooks": _WEBHOOK,
    "get /v1/webhooks/{identifier}": _WEBHOOK,
    "put /v1/webhooks/{identifier}": _WEBHOOK,
    "patch /v1/webhooks/{identifier}": _WEBHOOK,
    "get /v1/teams": {"teams": "array"},
    "post /v1/teams": _TEAM,
    "get /v1/teams/{name}": _TEAM,
    "put /v1/teams/{name}": _TEAM,
    "patch /v1/teams/{name}": _TEAM,
    "get /v1/users": {"users": "array"},
    "get /v1/users/{user_email}": {"user": "object"},
    "patch /v1/users/{user_email}": {"user": "object"},
    "get /v1/migrations": {"migrations": "array"},
    "post /v1/migrations": _MIGRATION,
    "get /v1/migrations/{migration_id}": _MIGRATION,
    "get /v1/organization/secrets": {"secrets": "array"},
    "post /v1/organization/secrets": _SECRET,
    "get /v1/organization/secrets/{secret_name}": _SECRET,
    "patch /v1/organization/secrets/{secret_name}": _SECRET,
    "get /portside/deliveries": {"deliveries": "array"},
    "get /portside/deliveries/{id}": {"delivery": "object"},
    "post /portside/deliveries/{id}/replay": {"delivery": "object"},
}
"""What an answer holds besides `ok`, with its type; operations that are not listed promise nothing more."""

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
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
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
    done = {} if not served(endpoint.key) else {code: _done(endpoint) for code in _successes(endpoint)}
    refused = {str(code): _content(code, {"$ref": "#/components/schemas/Refusal"}) for code in sorted(refusals)}
    return {**{str(code): _content(code, schema) for code, schema in done.items()}, **refused}


def _successes(endpoint: Endpoint) -> tuple[int, ...]:
    """The status of what went well; Port's facts give 201 for what is made, and 207 for what went well in part."""
    if endpoint.path.endswith("/bulk"):
        return (200, 207)
    if endpoint.method == "post" and endpoint.path in _MADE:
        return (200, 201)
    return (200, 202) if endpoint.method in ("post", "delete") else (200,)


_MADE = {_BP, f"{_OF}/entities", f"{_OF}/scorecards", "/v1/webhooks", "/v1/migrations", "/v1/organization/secrets"}


def _done(endpoint: Endpoint) -> dict[str, Any]:
    members = MEMBERS.get(endpoint.key, {})
    typed = {name: {"type": kind} for name, kind in members.items()}
    return {"type": "object", "properties": {"ok": {"const": True}, **typed}, "required": ["ok", *members]}


def _content(code: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": HTTPStatus(code).phrase, "content": {"application/json": {"schema": schema}}}


def _moved(schema: Any) -> Any:
    """A schema whose references lead to where the document keeps what is shared."""
    if isinstance(schema, Mapping):
        return {key: _reference(value) if key == "$ref" else _moved(value) for key, value in schema.items()}
    return [_moved(one) for one in schema] if isinstance(schema, list) else schema


def _reference(value: Any) -> Any:
    return value.replace("#/$defs/", "#/components/schemas/") if isinstance(value, str) else _moved(value)
