"""Port's audit log."""

from __future__ import annotations

from portside.catalogs import audit
from portside.server.calls import Answer, Call, Operations


def listed(call: Call) -> Answer:
    """The key `audits` is portside's choice: no source of Port's shows it."""
    with call.catalog.reading() as look:
        return Answer({"audits": audit.listed(look.connection, call.query)})


OPERATIONS: Operations = {"get /v1/audit-log": listed}
