"""Port's API as its description has it: which operations there are, and the shapes of their queries and bodies.

The rule: `schemas/api.json` is the one place that says them, and `OWN` the one for what Port does not have; what
neither lists is not there. `api.json` holds the facts of Port's OpenAPI document (January 2026) in short: equal schemas
once, `oneOf` as `anyOf` (its branches overlap), nothing required that has a default (Port fills it in), no body where
the operation is not served.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from portside import schemas

Schema = Mapping[str, Any]

MASK = "what was sent"
"""Stands for every value in the sentences of the validator: a value may be a secret, or a megabyte."""

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 1}

OWN: Mapping[str, Mapping[str, Any]] = {
    "get /portside/deliveries": {
        "query": {"webhook": _TEXT, "status": _TEXT, "limit": {**_COUNT, "maximum": 1000}, "before": _COUNT}
    },
    "get /portside/deliveries/{id}": {},
    "post /portside/deliveries/{id}/replay": {},
}
"""What the embedded catalog has beyond Port: deliveries, to be read and carried out again."""


class Endpoint(NamedTuple):
    """One operation: `query` holds the schema of each parameter, `body` that of the body, None where it takes none."""

    method: str
    path: str
    query: Mapping[str, Schema]
    body: Schema | None

    @property
    def key(self) -> str:
        """`get /v1/blueprints/{identifier}`"""
        return f"{self.method} {self.path}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


@cache
def facts() -> Mapping[str, Any]:
    """`operations` and the `$defs` that their schemas refer to. One object for everybody: do not change it."""
    found: Mapping[str, Any] = json.loads((Path(schemas.__path__[0]) / "api.json").read_text(encoding="utf-8"))
    return found


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """Every operation, by its key, Port's first."""
    return {
        key: Endpoint(key.partition(" ")[0], key.partition(" ")[2], entry.get("query", {}), entry.get("body"))
        for key, entry in {**facts()["operations"], **OWN}.items()
    }


@cache
def validator(key: str, part: str) -> Any:
    """What judges the `query` or the `body` of an operation."""
    import jsonschema_rs  # late: a command that only asks which operations there are need not pay

    endpoint = endpoints()[key]
    schema = endpoint.body if part == "body" else {"type": "object", "properties": endpoint.query}
    whole = {"$defs": facts()["$defs"], **(schema or {})}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, mask=MASK)


@cache
def optional(key: str) -> bool:
    """Whether an operation's body may be left out, and is {} then.

    It may where Port's description does not ask for one, which is where {} is a right one; but a PUT must have its
    body: one that was lost would put nothing in the place of everything.
    """
    endpoint = endpoints()[key]
    return endpoint.body is not None and endpoint.method != "put" and bool(validator(key, "body").is_valid({}))
