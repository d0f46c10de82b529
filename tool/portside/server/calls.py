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
    the token. `agent` is the User-Agent.
    """

    catalog: LocalCatalog
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, JSON] = field(default_factory=dict)
    body: JSON = None
    by: str = "portside"
    agent: str = ""


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
    "not_found": 404,
    "conflict": 409,
    "has_dependents": 409,
    "payload_too_large": 413,
    "not_implemented": 501,
}
"""Port's error codes with their status (reference: errors seen in clients); every other refusal is 422."""


def status(reason: str) -> int:
    """The status of a refusal."""
    return STATUSES.get(reason, 422)
