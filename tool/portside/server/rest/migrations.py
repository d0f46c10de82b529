"""Port's operations on migrations: begun in the request, done behind it, polled until they have ended.

The rule: what is begun is stored before it is answered.
"""

from __future__ import annotations

from portside.catalogs import moves
from portside.server.calls import Answer, Call, Operations


def cleared(call: Call) -> Answer:
    """Delete all entities of a blueprint; `migrationId` is not in Port's description, and its clients poll by it."""
    asked = bool(call.query.get("delete_blueprint"))
    with call.catalog.writing(call.by) as within:
        found = moves.begin_clearing(
            within, call.path["blueprint_identifier"], delete_blueprint=asked, run=call.query.get("run_id")
        )
    call.catalog.mover.wake()
    return Answer({"migrationId": found["id"]})


def created(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        found = moves.begin_mapping(within, call.body["sourceBlueprint"], call.body["mapping"])
    call.catalog.mover.wake()
    return Answer({"migration": found}, 201)


def listed(call: Call) -> Answer:
    asked = call.query
    with call.catalog.reading() as look:
        found = moves.listed(look.connection, asked.get("status") or (), asked.get("actor"), asked.get("blueprint"))
    return Answer({"migrations": found})


def shown(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"migration": moves.one(look.connection, call.path["migration_id"])})


def cancelled(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        reason = str((call.body or {}).get("reason") or "")
        return Answer({"migration": moves.cancel(within, call.path["migration_id"], reason)})


OPERATIONS: Operations = {
    "delete /v1/blueprints/{blueprint_identifier}/all-entities": cleared,
    "post /v1/migrations": created,
    "get /v1/migrations": listed,
    "get /v1/migrations/{migration_id}": shown,
    "post /v1/migrations/{migration_id}/cancel": cancelled,
}
