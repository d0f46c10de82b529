"""Port's operations on webhooks.

The rule: a webhook is given with its key and its address, and never with its secret.
"""

from __future__ import annotations

from sqlalchemy import Connection

from portside.catalogs import resources, writing
from portside.errors import CatalogRefused
from portside.model.resource import Body, Kind, Ref
from portside.server.calls import Answer, Call, Operations

_METADATA = ("identifier", "title", "icon", "updatedAt")


def listed(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"integrations": [_addressed(one, call.base) for one in _all(look.connection)]})


def metadata(call: Call) -> Answer:
    """What every member of an organization may see of them."""
    with call.catalog.reading() as look:
        found = [{key: one[key] for key in _METADATA if key in one} for one in _all(look.connection)]
    return Answer({"integrations": found})


def shown(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"integration": _document(look.connection, call.path["identifier"], call.base)})


def created(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.create(within.connection, Kind.WEBHOOK, call.body, within.stamp, call.catalog.secrets)
        return Answer({"integration": _document(within.connection, ref.identifier, call.base)}, 201)


def replaced(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.replace(within.connection, _ref(call), call.body, within.stamp, call.catalog.secrets)
        return Answer({"integration": _document(within.connection, ref.identifier, call.base)})


def changed(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.change(within.connection, _ref(call), call.body, within.stamp, call.catalog.secrets)
        return Answer({"integration": _document(within.connection, ref.identifier, call.base)})


def deleted(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        writing.delete(within.connection, _ref(call), within.stamp)
    return Answer()


def _ref(call: Call) -> Ref:
    return Ref(Kind.WEBHOOK, call.path["identifier"])


def _all(connection: Connection) -> list[Body]:
    return resources.documents(connection, Kind.WEBHOOK)


def _document(connection: Connection, identifier: str, base: str) -> Body:
    found = resources.document(connection, Ref(Kind.WEBHOOK, identifier))
    if found is None:
        raise CatalogRefused(f"webhook/{identifier} is not there", reason="not_found")
    return _addressed(found, base)


def _addressed(body: Body, base: str) -> Body:
    """With the address that senders post to."""
    return {**body, "url": f"{base}/{body['webhookKey']}"}


OPERATIONS: Operations = {
    "get /v1/webhooks": listed,
    "post /v1/webhooks": created,
    "get /v1/webhooks/metadata": metadata,
    "get /v1/webhooks/{identifier}": shown,
    "put /v1/webhooks/{identifier}": replaced,
    "patch /v1/webhooks/{identifier}": changed,
    "delete /v1/webhooks/{identifier}": deleted,
}
