"""Port's operations on the secrets of an organization.

The rule: names and descriptions go out, values only come in.
"""

from __future__ import annotations

from portside.catalogs import organization
from portside.server.calls import Answer, Call, Operations


def listed(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"secrets": organization.listed(look.connection)})


def shown(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"secret": organization.one(look.connection, call.path["secret_name"])})


def created(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        found = organization.create(within.connection, call.body, within.stamp, call.catalog.secrets)
    return Answer({"secret": found}, 201)


def changed(call: Call) -> Answer:
    name, part = call.path["secret_name"], call.body or {}
    with call.catalog.writing(call.by) as within:
        found = organization.change(within.connection, name, part, within.stamp, call.catalog.secrets)
    return Answer({"secret": found})


def deleted(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        organization.remove(within.connection, call.path["secret_name"], within.stamp)
    return Answer()


_ONE = "/v1/organization/secrets/{secret_name}"
OPERATIONS: Operations = {
    "get /v1/organization/secrets": listed,
    "post /v1/organization/secrets": created,
    f"get {_ONE}": shown,
    f"patch {_ONE}": changed,
    f"delete {_ONE}": deleted,
}
