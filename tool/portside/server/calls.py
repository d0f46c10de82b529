"""What a REST operation is given, and what it gives back: plain values, so that operations know nothing of HTTP.

The rule: an operation raises CatalogRefused with Port's error code for everything that Port refuses; the status follows
from the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portside.catalogs.local import LocalCatalog
from portside.model.resource import JSON, Body


@dataclass(frozen=True)
class Call:
    """One request whose shape was found right: `path` and `query` hold the values that the API's facts name.

    Query values have their types (true, 20, ["a"]), with the defaults of the API. `by` is who calls: the client id of
    the token. `agent` is the User-Agent. `base` is the address of this server, without a slash at its end.
    """

    catalog: LocalCatalog
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, JSON] = field(default_factory=dict)
    body: JSON = None
    by: str = "portside"
    agent: str = ""
    base: str = "http://127.0.0.1:3000"


@dataclass(frozen=True)
class Answer:
    """`body` without `ok`, which the status says."""

    body: Body = field(default_factory=dict)
    status: int = 200


Operation = Callable[[Call], Answer]
Operations = Mapping[str, Operation]
"""By method and path as in the API's description: `get /v1/blueprints/{identifier}`."""

STATUSES: Mapping[str, int] = {
    "invalid_credentials": 401,
    "invalid_token": 401,
    "invalid_signature": 401,
    "forbidden_host": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "conflict": 409,
    "has_dependents": 409,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "not_implemented": 501,
    "unavailable": 503,
}
"""Port's error codes, and ours where none of Port's is known, with their status; every other refusal is 422."""


def status(reason: str) -> int:
    """The status of a refusal."""
    return STATUSES.get(reason, 422)
