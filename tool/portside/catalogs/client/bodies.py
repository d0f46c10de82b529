"""What is sent to Port: the right verb, address and body for each step of a plan. Pure.

The rule: a body is the whole document without what the server sets; a webhook's secret is a name until here, and goes
along when it is first set, or when a step changes nothing else and so is there to send it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from portside.catalogs.client.session import Request
from portside.errors import CatalogRefused
from portside.model import secrets
from portside.model.resource import KINDS, Body, Kind, Ref, Resource, at, replaced, without
from portside.plans.plan import Action, Step

PATCHED = frozenset({"_rule_result"})
"""System blueprints that Port takes a PATCH for and no PUT (port-cli)."""


def path(ref: Ref) -> str:
    """Where a resource is; an identifier may hold slashes and the like."""
    return f"{KINDS[ref.kind].api}/{quote(ref.identifier, safe='')}"


def listing(kind: Kind) -> Request:
    return Request("GET", KINDS[kind].api)


def reading(ref: Ref) -> Request:
    return Request("GET", path(ref))


def counting(blueprint: str) -> Request:
    return Request("GET", f"{path(Ref(Kind.BLUEPRINT, blueprint))}/entities-count")


def searching(blueprint: str, search: Body) -> Request:
    return Request("POST", f"{path(Ref(Kind.BLUEPRINT, blueprint))}/entities/search", body=search)


def emptying(ref: Ref) -> Request:
    """All entities of a blueprint, and then itself; answered with a migration."""
    return Request("DELETE", f"{path(ref)}/all-entities", {"delete_blueprint": "true"}, writes=True)


def migration(identifier: str) -> Request:
    return Request("GET", f"/v1/migrations/{quote(identifier, safe='')}")


def writing(step: Step, body: Body) -> Request:
    """The write of a step. A blueprint comes without a page of its own, which nobody asked for."""
    match step.action:
        case Action.CREATE:
            query = {"create_catalog_page": "false"} if step.ref.kind is Kind.BLUEPRINT else None
            return Request("POST", KINDS[step.ref.kind].api, query, body, writes=True)
        case Action.UPDATE:
            patched = step.ref.kind is Kind.BLUEPRINT and step.ref.identifier in PATCHED
            return Request("PATCH" if patched else "PUT", path(step.ref), body=body, writes=True)
        case Action.DELETE:
            return Request("DELETE", path(step.ref), writes=True)


def sent(step: Step, before: Resource | None, values: Mapping[str, str]) -> tuple[Body, list[str]]:
    """The body to send, and the secrets in it.

    Raises CatalogRefused when a secret has no value, and for a body of another name: Port would take it for a rename.
    """
    body = Resource.of(step.ref.kind, step.body or {}).body
    if body["identifier"] != step.ref.identifier:
        raise CatalogRefused(f"its body is that of '{body['identifier']}'", reason="validation_error")
    found = []
    for route in KINDS[step.ref.kind].write_only:
        written = str(at(body, route) or "")
        if not written:
            continue
        if before is not None and _signed(before) and not _unchanged(step, before):
            body = without(body, [route])
            continue
        value = _value(step.ref, written, values)
        found.append(value)
        body = replaced(body, route, value)
    return body, found


def _signed(webhook: Resource) -> bool:
    """Whether it asks for signed deliveries, so that Port has a secret for it already."""
    security = webhook.body.get("security", {})
    return bool(security.get("signatureHeaderName") or security.get("signatureAlgorithm"))


def _unchanged(step: Step, before: Resource) -> bool:
    return Resource.of(step.ref.kind, step.body or {}).fingerprint == before.fingerprint


def _value(ref: Ref, written: str, values: Mapping[str, str]) -> str:
    name = secrets.name(written) or secrets.derived(ref.identifier)
    if not values.get(name):
        raise CatalogRefused(f"its secret is needed, and the variable {name} is not set", reason="secret")
    return values[name]
