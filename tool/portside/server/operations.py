"""Every operation of Port's API that the embedded catalog carries out, by its key.

The rule: what is described and not listed here is answered with 501.
"""

from __future__ import annotations

from collections import ChainMap

from portside.errors import CatalogRefused
from portside.server.calls import Answer, Call, Operation, Operations
from portside.server.rest import (
    audit,
    blueprints,
    deliveries,
    entities,
    migrations,
    organization,
    people,
    scorecards,
    search,
    webhooks,
)

ROOMS = (audit, blueprints, deliveries, entities, migrations, organization, people, scorecards, search, webhooks)

TOKEN = "post /v1/auth/access_token"
"""The one operation that needs no token, and no catalog: the server answers it itself."""

OPERATIONS: Operations = ChainMap(*(dict(room.OPERATIONS) for room in ROOMS))


def operation(key: str) -> Operation:
    """What carries out an operation of the API."""
    return OPERATIONS.get(key, _missing(key))


def served(key: str) -> bool:
    """Whether the embedded catalog carries out an operation of the API."""
    return key in OPERATIONS or key == TOKEN


def _missing(key: str) -> Operation:
    def answer(call: Call) -> Answer:  # noqa: ARG001 - an operation's signature
        method, path = key.split(" ", 1)
        raise CatalogRefused(f"{method.upper()} {path} is not served by the embedded catalog", reason="not_implemented")

    return answer
