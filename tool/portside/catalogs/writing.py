"""A blueprint or a webhook written over the API: as Port takes it, which is less strict than a plan.

The rule: a document is judged by the rules that judge a plan's step; here only the ways to write differ: a part of a
document, another identifier in it, a secret that is a value.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from portside.catalogs import performing, renaming, repathing, resources, rows, system
from portside.catalogs.entity import Stamp
from portside.catalogs.events import API, Origin
from portside.catalogs.keys import random_key
from portside.catalogs.sealing import Secrets
from portside.errors import CatalogRefused
from portside.model.blueprint import SYSTEM_BLUEPRINTS
from portside.model.resource import JSON, KINDS, Body, Kind, Ref
from portside.model.webhook import Webhook
from portside.plans.plan import Action, Step

_ASKED = Origin(API)


def create(connection: Connection, kind: Kind, body: Body, stamp: Stamp, secrets: Secrets) -> Ref:
    """Store what was not there; without an identifier a webhook gets one. Raises CatalogRefused."""
    named = body if body.get("identifier") else {**body, "identifier": random_key()}
    ref = Ref(kind, named["identifier"])
    if kind is Kind.BLUEPRINT and ref.identifier in system.PRISTINE:
        raise CatalogRefused(f"{ref} is there already", reason="conflict")
    performing.perform(connection, Step(Action.CREATE, ref, _sealed(kind, named, secrets)), stamp, _ASKED)
    return ref


def replace(connection: Connection, ref: Ref, body: Body, stamp: Stamp, secrets: Secrets) -> Ref:
    """Store the whole document in the place of the one there is, under its identifier or another one.

    A webhook whose body has no secret keeps the one it has: nobody who reads it can send it back.
    Raises CatalogRefused.
    """
    wanted = _sealed(ref.kind, {**body, "identifier": body.get("identifier") or ref.identifier}, secrets)
    if ref.kind is Kind.BLUEPRINT and ref.identifier in system.PRISTINE:
        return _extend(connection, ref, wanted, stamp)
    if resources.one(connection, ref) is None:
        raise CatalogRefused(f"{ref} is not there", reason="not_found")
    if wanted["identifier"] != ref.identifier:
        ref, wanted = _renamed(connection, ref, wanted)
    if ref.kind is Kind.WEBHOOK:
        wanted = _with_secret(connection, ref, wanted)
    performing.perform(connection, Step(Action.UPDATE, ref, wanted), stamp, _ASKED)
    return ref


def change(connection: Connection, ref: Ref, part: Body, stamp: Stamp, secrets: Secrets) -> Ref:
    """Store what is named, each top-level key as a whole; what is not named stays. Raises CatalogRefused."""
    before = resources.one(connection, ref)
    stored = system.whole(ref.identifier, before) if ref.kind is Kind.BLUEPRINT else before
    if stored is None:
        raise CatalogRefused(f"{ref} is not there", reason="not_found")
    own = {key: value for key, value in part.items() if key not in KINDS[ref.kind].server_set}
    return replace(connection, ref, {**stored.body, **own}, stamp, secrets)


def delete(connection: Connection, ref: Ref, stamp: Stamp) -> None:
    """Forget a resource; a blueprint that still has entities stays. Raises CatalogRefused."""
    if ref.kind is Kind.BLUEPRINT and ref.identifier in SYSTEM_BLUEPRINTS:
        raise CatalogRefused(f"{ref} is Port's own and cannot be deleted", reason="protected_blueprint_violation")
    if ref.kind is Kind.BLUEPRINT:
        count = rows.count(connection, ref.identifier)
        if count:
            entities = f"{count} entities; delete them" if count > 1 else "an entity; delete it"
            raise CatalogRefused(f"{ref} has {entities} first", reason="has_dependents")
    performing.perform(connection, Step(Action.DELETE, ref), stamp, _ASKED)


def _extend(connection: Connection, ref: Ref, body: Body, stamp: Stamp) -> Ref:
    """What is added to one of Port's own blueprints; what was added before stays."""
    if body["identifier"] != ref.identifier:
        raise CatalogRefused(f"{ref} is Port's own and keeps its name", reason="protected_blueprint_violation")
    before = resources.one(connection, ref)
    added = system.extension(ref.identifier, body)
    wanted = system.extended(added, before.body) if before else added
    performing.perform(connection, Step(Action.UPDATE if before else Action.CREATE, ref, wanted), stamp, _ASKED)
    return ref


def _renamed(connection: Connection, ref: Ref, body: Body) -> tuple[Ref, Body]:
    """The resource under the identifier that the body has, and the body as it is right for that."""
    identifier = str(body["identifier"])
    if ref.kind is Kind.WEBHOOK:
        renaming.webhook(connection, ref.identifier, identifier)
        return Ref(ref.kind, identifier), body
    renaming.blueprint(connection, ref.identifier, identifier)
    return Ref(ref.kind, identifier), repathing.retargeted(body, ref.identifier, identifier)


def _sealed(kind: Kind, body: Body, secrets: Secrets) -> Body:
    """The body with its secret encrypted: whatever it looks like, over the API it is the secret itself."""
    security = body.get("security")
    if kind is not Kind.WEBHOOK or not isinstance(security, Mapping) or not security.get("secret"):
        return body
    return {**body, "security": {**security, "secret": secrets.sealed(str(security["secret"]))}}


def _with_secret(connection: Connection, ref: Ref, body: Body) -> Body:
    security: JSON = body.get("security") or {}
    if security.get("secret"):
        return body
    before = resources.secretive(connection, ref)
    held = Webhook(before).security.secret if before else None
    return {**body, "security": {**security, "secret": held}} if held and security else body
