"""Port's operations that count what is there."""

from __future__ import annotations

from portside.catalogs import resources, rows
from portside.server.calls import Answer, Call, Operations


def counted(call: Call) -> Answer:
    identifier = call.path["blueprint_identifier"]
    with call.catalog.reading() as look:
        resources.known(look.blueprints, identifier)
        return Answer({"count": rows.count(look.connection, identifier)})


OPERATIONS: Operations = {"get /v1/blueprints/{blueprint_identifier}/entities-count": counted}
