"""Port's operations on blueprints.

The rule: a blueprint is given as it is read, with its dates, and Port's own with what users added to them. There are no
catalog pages and no actions here, so `create_catalog_page` and `delete_actions` are taken and do nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from portside.catalogs import renaming, resources, system, writing
from portside.catalogs.entity import Stamp
from portside.errors import CatalogRefused
from portside.model.resource import Body, Kind, Ref
from portside.server.calls import Answer, Call, Operations

Rename = Callable[[Connection, str, str, str, Stamp], None]


def listed(call: Call) -> Answer:
    with call.catalog.reading() as look:
        stored = resources.documents(look.connection, Kind.BLUEPRINT)
    named = {body["identifier"]: body for body in stored}
    own = [_whole(identifier, named.pop(identifier, None)) for identifier in system.PRISTINE]
    return Answer({"blueprints": [*named.values(), *own]})


def shown(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"blueprint": _document(look.connection, call.path["identifier"])})


def created(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.create(within.connection, Kind.BLUEPRINT, call.body, within.stamp, call.catalog.secrets)
        return Answer({"blueprint": _document(within.connection, ref.identifier)}, 201)


def replaced(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.replace(within.connection, _ref(call), call.body, within.stamp, call.catalog.secrets)
        return Answer({"blueprint": _document(within.connection, ref.identifier)})


def changed(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        ref = writing.change(within.connection, _ref(call), call.body, within.stamp, call.catalog.secrets)
        return Answer({"blueprint": _document(within.connection, ref.identifier)})


def deleted(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        writing.delete(within.connection, _ref(call), within.stamp)
    return Answer()


def _renaming(rename: Rename, key: str, member: str) -> Callable[[Call], Answer]:
    def operation(call: Call) -> Answer:
        identifier = call.path["blueprint_identifier"]
        if member not in call.body:
            raise CatalogRefused(f"the body has no '{member}', which is the new name", reason="validation_error")
        with call.catalog.writing(call.by) as within:
            rename(within.connection, identifier, call.path[key], call.body[member], within.stamp)
            return Answer({"blueprint": _document(within.connection, identifier)})

    return operation


def _ref(call: Call) -> Ref:
    return Ref(Kind.BLUEPRINT, call.path["identifier"])


def _document(connection: Connection, identifier: str) -> Body:
    found = resources.document(connection, Ref(Kind.BLUEPRINT, identifier))
    if found is None and identifier not in system.PRISTINE:
        raise CatalogRefused(f"blueprint/{identifier} is not there", reason="not_found")
    return _whole(identifier, found)


def _whole(identifier: str, stored: Body | None) -> Body:
    """A document with Port's part of it; one that nobody extended has no dates but the beginning of time."""
    if identifier not in system.PRISTINE:
        return stored or {}
    return {**_UNDATED, **system.whole_body(identifier, stored)}


_UNDATED: Body = {
    "createdAt": "1970-01-01T00:00:00.000Z",
    "createdBy": "port",
    "updatedAt": "1970-01-01T00:00:00.000Z",
    "updatedBy": "port",
}

_OF = "/v1/blueprints/{blueprint_identifier}"
OPERATIONS: Operations = {
    "get /v1/blueprints": listed,
    "post /v1/blueprints": created,
    "get /v1/blueprints/{identifier}": shown,
    "put /v1/blueprints/{identifier}": replaced,
    "patch /v1/blueprints/{identifier}": changed,
    "delete /v1/blueprints/{identifier}": deleted,
    f"patch {_OF}/properties/{{property_identifier}}/rename": _renaming(
        renaming.property_, "property_identifier", "newPropertyName"
    ),
    f"patch {_OF}/mirror/{{property_identifier}}/rename": _renaming(
        renaming.mirror, "property_identifier", "newMirrorName"
    ),
    f"patch {_OF}/relations/{{relation_identifier}}/rename": _renaming(
        renaming.relation, "relation_identifier", "newRelationIdentifier"
    ),
}
