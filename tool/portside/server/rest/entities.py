"""Port's operations on entities.

The rule: an entity is given as it is read, in the transaction that wrote it. In a bulk each entity stands or falls
alone; a bulk delete is all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from portside.catalogs import entities, resources, rows, view
from portside.catalogs.entities import Effect, Transaction, Written
from portside.catalogs.entity import Key, Stamp
from portside.catalogs.events import API, Origin
from portside.catalogs.keys import random_key
from portside.catalogs.reading import Reading
from portside.catalogs.view import View
from portside.errors import CatalogRefused
from portside.model.entity import Upsert
from portside.model.resource import Body
from portside.server.calls import Answer, Call, Operations, status

FIELDS = ("title", "icon", "team", "properties", "relations")
"""What of an entity's body is written; Port takes other keys and passes over them."""

_CREATES = "create_missing_related_entities"

Write = Callable[[Transaction, str, str | Body, Body], Written]


def listed(call: Call) -> Answer:
    """All entities of a blueprint."""
    with call.catalog.reading() as look:
        found = rows.all_of(look.connection, _blueprint(look, call))
        return Answer({"entities": view.shown(look, found, View.of(call.query))})


def one(call: Call) -> Answer:
    with call.catalog.reading() as look:
        _blueprint(look, call)
        return Answer({"entity": _shown(look, _key(call), View.of(call.query))})


def created(call: Call) -> Answer:
    """Create one entity; with `upsert` it may be there, and is replaced, or with `merge` merged into."""
    with _writing(call) as within:
        written = _write(call)(within, call.path["blueprint_identifier"], _identifier(call.body), _fields(call.body))
        return Answer({"entity": _read(within, written.key)}, 201)


def bulk(call: Call) -> Answer:
    """The same for up to twenty. What is only to be validated needs a transaction that comes to nothing."""
    if not _asked(call, "validation_only"):
        return call.catalog.jointly.do(partial(_bulk, call))
    with _writing(call) as within:
        return _bulk(call, within)


def _bulk(call: Call, shared: Transaction) -> Answer:
    within = _as_caller(call, shared)
    blueprint = _blueprint(within, call)
    changes = [Upsert(blueprint, _identifier(body), _fields(body)) for body in call.body["entities"]]
    entities.prefetch(within, changes)
    done = [_attempted(within, _write(call), change, index) for index, change in enumerate(changes)]
    errors = [body for body in done if "error" in body]
    return Answer(
        {"entities": [body for body in done if "error" not in body], "errors": errors}, 207 if errors else 200
    )


def _as_caller(call: Call, shared: Transaction) -> Transaction:
    """A transaction in which others write too, as this caller wants it."""
    stamp = Stamp(shared.stamp.at, call.by)
    return replace(shared, stamp=stamp, related=_asked(call, _CREATES), origin=_origin(call))


def replaced(call: Call) -> Answer:
    return _edited(call, whole=True)


def changed(call: Call) -> Answer:
    return _edited(call, whole=False)


def deleted(call: Call) -> Answer:
    with _writing(call) as within:
        _blueprint(within, call)
        key = _key(call)
        if entities.remove(within, key, dependents=_asked(call, "delete_dependents")).effect is Effect.ABSENT:
            raise _absent(key)
    return Answer()


def bulk_deleted(call: Call) -> Answer:
    """Delete up to a hundred; the answer names those that were there, with those that went for their sake."""
    with _writing(call) as within:
        blueprint = _blueprint(within, call)
        keys = [Key(blueprint, name) for name in dict.fromkeys(call.body["entities"])]
        done = entities.remove_all(within, keys, dependents=_asked(call, "delete_dependents"))
    return Answer({"deletedEntities": [one.key.identifier for one in done if one.effect is Effect.DELETED]})


def _edited(call: Call, *, whole: bool) -> Answer:
    with _writing(call) as within:
        new = call.body.get("identifier")
        written = entities.edit(within, _key(call), _fields(call.body), whole=whole, identifier=new)
        return Answer({"entity": _read(within, written.key)})


@contextmanager
def _writing(call: Call) -> Iterator[Transaction]:
    """A transaction as the caller wants it; with `validation_only` nothing of it stays."""
    with call.catalog.writing(call.by, related=_asked(call, _CREATES), origin=_origin(call)) as within:
        if not _asked(call, "validation_only"):
            yield within
            return
        with within.connection.begin_nested() as tried:
            yield within
            within.flush()
            tried.rollback()


def _origin(call: Call) -> Origin:
    return Origin(API, run=call.query.get("run_id"), datasource=call.agent or None)


def _asked(call: Call, name: str) -> bool:
    return bool(call.query.get(name))


def _write(call: Call) -> Write:
    if not _asked(call, "upsert"):
        return entities.create
    return entities.upsert if _asked(call, "merge") else entities.override


def _attempted(within: Transaction, write: Write, change: Upsert, index: int) -> Body:
    """What a bulk tells of one entity."""
    try:
        written = write(within, change.blueprint, change.identifier, change.fields)
    except CatalogRefused as error:
        return _failure(change.identifier, index, error)
    return {"identifier": written.key.identifier, "index": index, "created": written.effect is Effect.CREATED}


def _failure(identifier: str | Body, index: int, error: CatalogRefused) -> Body:
    """An entity that was looked for by a query is `unknown`, as Port has it (Ocean reads that)."""
    reason = error.reason or "validation_error"
    return {
        "identifier": identifier if isinstance(identifier, str) else "unknown",
        "index": index,
        "statusCode": status(reason),
        "error": reason,
        "message": str(error),
    }


def _identifier(body: Body) -> str | Body:
    """The identifier that was given, or else a new one (Port's look like e_ and 16 alphanumerics)."""
    given: str | Body | None = body.get("identifier")
    return f"e_{random_key()}" if given is None else given


def _fields(body: Body) -> Body:
    return {key: body[key] for key in FIELDS if key in body}


def _key(call: Call) -> Key:
    return Key(call.path["blueprint_identifier"], call.path["entity_identifier"])


def _blueprint(look: Reading | Transaction, call: Call) -> str:
    return resources.known(look.blueprints, call.path["blueprint_identifier"]).identifier


def _read(within: Transaction, key: Key) -> Body:
    """The entity as it was just written."""
    within.flush()
    return _shown(Reading(within.connection, within.blueprints, within.stamp.at), key, view.WHOLE)


def _shown(look: Reading, key: Key, wanted: View) -> Body:
    if (found := rows.find(look.connection, key)) is None:
        raise _absent(key)
    return view.shown(look, [found], wanted)[0]


def _absent(key: Key) -> CatalogRefused:
    return CatalogRefused(f"entity {key} is not there", reason="not_found")


_ALL = "/v1/blueprints/{blueprint_identifier}/entities"
_ONE = f"{_ALL}/{{entity_identifier}}"

OPERATIONS: Operations = {
    f"get {_ALL}": listed,
    f"post {_ALL}": created,
    f"post {_ALL}/bulk": bulk,
    f"get {_ONE}": one,
    f"put {_ONE}": replaced,
    f"patch {_ONE}": changed,
    f"delete {_ONE}": deleted,
    "post /v1/blueprints/{blueprint_identifier}/bulk/entities/delete": bulk_deleted,
}
