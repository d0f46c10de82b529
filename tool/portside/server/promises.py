"""What the operations answer when all went well: the status, and what stands beside `ok`.

The rule: nothing is promised here that an operation may leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portside.server.api import Endpoint
from portside.server.operations import TOKEN

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def _whole(*keys: str) -> Schema:
    """Something that is told whole."""
    return {"type": "object", "required": list(keys)}


def _all_of(*keys: str) -> Schema:
    return {"type": "array", "items": _whole(*keys)}


_DATES = ("createdAt", "createdBy", "updatedAt", "updatedBy")
_BLUEPRINT = {"blueprint": _whole("identifier", "title", "schema", *_DATES)}
_WEBHOOK = {"integration": _whole("identifier", "title", "webhookKey", "url", *_DATES)}
_ENTITY = {
    "entity": _whole("identifier", "title", "icon", "blueprint", "team", "properties", "relations", *_DATES),
}
_SCORECARD = {"scorecard": _whole("identifier", "title", "blueprint", "rules", "levels", *_DATES)}
_SCORECARDS = {"scorecards": {"type": "array", "items": _SCORECARD["scorecard"]}}
_TEAM = {"team": _whole("name", "createdAt", "updatedAt")}
_USER = {"user": _whole("email", "status", "createdAt", "updatedAt")}
_MOVED = ("id", "actor", "sourceBlueprint", "status", "successCount", "failureCount", "createdAt", "updatedAt")
_MIGRATION = {"migration": _whole(*_MOVED)}
_SECRET = {"secret": _whole("secretName", "description", "createdAt", "updatedAt")}
_SOME = {"entities": _all_of()}

_BP = "/v1/blueprints"
_OF = "/v1/blueprints/{blueprint_identifier}"

MEMBERS: Mapping[str, Mapping[str, Schema]] = {
    TOKEN: {"accessToken": _TEXT, "expiresIn": _COUNT, "tokenType": _TEXT},
    "get /v1/audit-log": {"audits": _all_of()},
    f"get {_BP}": {"blueprints": {"type": "array", "items": _BLUEPRINT["blueprint"]}},
    f"post {_BP}": _BLUEPRINT,
    f"get {_BP}/{{identifier}}": _BLUEPRINT,
    f"put {_BP}/{{identifier}}": _BLUEPRINT,
    f"patch {_BP}/{{identifier}}": _BLUEPRINT,
    f"patch {_OF}/properties/{{property_identifier}}/rename": _BLUEPRINT,
    f"patch {_OF}/mirror/{{property_identifier}}/rename": _BLUEPRINT,
    f"patch {_OF}/relations/{{relation_identifier}}/rename": _BLUEPRINT,
    f"delete {_OF}/all-entities": {"migrationId": _TEXT},
    f"get {_OF}/entities": _SOME,
    f"post {_OF}/entities": _ENTITY,
    f"post {_OF}/entities/bulk": {
        "entities": _all_of("identifier", "index", "created"),
        "errors": _all_of("identifier", "index", "statusCode", "error", "message"),
    },
    f"post {_OF}/bulk/entities/delete": {"deletedEntities": {"type": "array", "items": _TEXT}},
    f"post {_OF}/entities/search": _SOME,
    f"get {_OF}/entities-count": {"count": _COUNT},
    f"get {_OF}/entities/{{entity_identifier}}": {"entity": _whole()},
    f"put {_OF}/entities/{{entity_identifier}}": _ENTITY,
    f"patch {_OF}/entities/{{entity_identifier}}": _ENTITY,
    "post /v1/entities/search": {**_SOME, "matchingBlueprints": {"type": "array", "items": _TEXT}},
    "post /v1/entities/properties-history": {"result": _whole("minDate", "maxDate", "data", "properties")},
    f"get {_OF}/scorecards": _SCORECARDS,
    f"put {_OF}/scorecards": _SCORECARDS,
    f"post {_OF}/scorecards": _SCORECARD,
    f"get {_OF}/scorecards/{{scorecard_identifier}}": _SCORECARD,
    f"put {_OF}/scorecards/{{scorecard_identifier}}": _SCORECARD,
    "get /v1/scorecards": _SCORECARDS,
    "get /v1/webhooks": {"integrations": {"type": "array", "items": _WEBHOOK["integration"]}},
    "get /v1/webhooks/metadata": {"integrations": _all_of("identifier", "updatedAt")},
    "post /v1/webhooks": _WEBHOOK,
    "get /v1/webhooks/{identifier}": _WEBHOOK,
    "put /v1/webhooks/{identifier}": _WEBHOOK,
    "patch /v1/webhooks/{identifier}": _WEBHOOK,
    "get /v1/teams": {"teams": _all_of()},
    "post /v1/teams": _TEAM,
    "get /v1/teams/{name}": {"team": _whole()},
    "put /v1/teams/{name}": _TEAM,
    "patch /v1/teams/{name}": _TEAM,
    "get /v1/users": {"users": _all_of()},
    "get /v1/users/{user_email}": _USER,
    "patch /v1/users/{user_email}": _USER,
    "get /v1/migrations": {"migrations": _all_of(*_MOVED)},
    "post /v1/migrations": _MIGRATION,
    "get /v1/migrations/{migration_id}": _MIGRATION,
    "post /v1/migrations/{migration_id}/cancel": _MIGRATION,
    "get /v1/organization/secrets": {"secrets": {"type": "array", "items": _SECRET["secret"]}},
    "post /v1/organization/secrets": _SECRET,
    "get /v1/organization/secrets/{secret_name}": _SECRET,
    "patch /v1/organization/secrets/{secret_name}": _SECRET,
    "get /portside/deliveries": {"deliveries": _all_of("id", "webhook", "status", "outcome")},
    "get /portside/deliveries/{id}": {
        "delivery": _whole("id", "webhook", "status", "outcome", "headers", "body", "expressions")
    },
    "post /portside/deliveries/{id}/replay": {"delivery": _whole("id", "status", "outcome")},
}
"""What an answer holds besides `ok`; operations that are not listed promise nothing more."""

_MADE = {_BP, f"{_OF}/entities", f"{_OF}/scorecards", "/v1/webhooks", "/v1/migrations", "/v1/organization/secrets"}


def successes(endpoint: Endpoint) -> tuple[int, ...]:
    """The status of what went well: 201 for what was made, save a team; 207 for a bulk that went well in part."""
    if endpoint.path.endswith("/bulk"):
        return (200, 207)
    return (201,) if endpoint.method == "post" and endpoint.path in _MADE else (200,)


def schema_of(endpoint: Endpoint) -> Schema:
    """What the body of such an answer is."""
    members = MEMBERS.get(endpoint.key, {})
    return {"type": "object", "properties": {"ok": {"const": True}, **members}, "required": ["ok", *members]}
