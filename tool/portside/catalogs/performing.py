"""One step of a plan on the store: refused for Port's reasons, or written, and read back."""

from __future__ import annotations

from sqlalchemy import Connection

from portside.catalogs import resources, rows, scorecards
from portside.catalogs.entity import Stamp
from portside.catalogs.events import PLAN, Origin, Subject, event, record
from portside.catalogs.migrating import migrate
from portside.catalogs.refusals import Refusal, of_delete, of_resource, of_step
from portside.errors import CatalogRefused
from portside.model.blueprint import Blueprint
from portside.model.resource import Body, Kind, Ref, Resource
from portside.plans.plan import Action, Step

_PLANNED = Origin(PLAN)


def perform(connection: Connection, step: Step, stamp: Stamp, origin: Origin = _PLANNED) -> Resource | None:
    """Write, and give what is stored. Raises CatalogRefused, and then nothing was written.

    A blueprint's entities go with it, as through Port's all-entities endpoint: a plan has named them and was allowed.
    """
    before = resources.one(connection, step.ref)
    _heed(of_step(step, before))
    if step.action is Action.DELETE:
        _delete(connection, step.ref)
    else:
        _write(connection, Resource.of(step.ref.kind, step.body or {}), before, stamp)
    after = None if step.action is Action.DELETE else resources.one(connection, step.ref)
    told = event(stamp, origin, _subject(step.ref), _body(before), _body(after))
    record(connection, [told])
    return after


def _body(resource: Resource | None) -> Body | None:
    return resource.body if resource else None


def _subject(ref: Ref) -> Subject:
    return Subject(ref.kind.value, ref.identifier, ref.identifier if ref.kind is Kind.BLUEPRINT else None)


def _delete(connection: Connection, ref: Ref) -> None:
    holders = resources.pointing_at(connection, ref.identifier) if ref.kind is Kind.BLUEPRINT else []
    _heed(of_delete(ref, holders))
    if ref.kind is Kind.BLUEPRINT:
        rows.erase_all(connection, ref.identifier)
        scorecards.forget(connection, ref.identifier)
    resources.remove(connection, ref)


def _write(connection: Connection, resource: Resource, before: Resource | None, stamp: Stamp) -> None:
    own = [Blueprint(resource)] if resource.ref.kind is Kind.BLUEPRINT else []
    _heed(of_resource(resource, before, resources.StoredBlueprints(connection, *own)))
    if before is None:
        resources.create(connection, resource, stamp)
        return
    if resource.ref.kind is Kind.BLUEPRINT:
        old, new = Blueprint(before), Blueprint(resource)
        _heed(_torn(connection, old, new))
        migrate(connection, old, new)
    resources.replace(connection, resource, stamp)


def _torn(connection: Connection, before: Blueprint, after: Blueprint) -> Refusal | None:
    """A relation that held many can hold one when no entity holds more than that."""
    for key in before.relations.keys() & after.relations.keys():
        narrowed = before.relations[key].many and not after.relations[key].many
        if narrowed and (several := rows.holding_several(connection, after.identifier, key)):
            sentence = f"relation '{key}' cannot hold one: {several} entities hold several"
            return Refusal("validation_error", f"blueprint/{after.identifier}: {sentence}")
    return None


def _heed(refusal: Refusal | None) -> None:
    if refusal:
        raise CatalogRefused(refusal.sentence, reason=refusal.reason, details=refusal.details)
