"""Port's operations that count what is there."""

from __future__ import annotations

from portside.catalogs import rows
from portside.errors import CatalogRefused
from portside.server.calls import Answer, Call, Operations


def counted(call: Call) -> Answer:
    identifier = call.path["blueprint_identifier"]
    with call.catalog.reading() as look:
        if look.blueprints.get(identifier) is None:
            raise CatalogRefused(f"blueprint/{identifier} is not there", reason="not_found")
        return Answer({"count": rows.count(look.connection, identifier)})


OPERATIONS: Operations = {"get /v1/blueprints/{blueprint_identifier}/entities-count": counted}
