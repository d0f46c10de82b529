"""Blueprints, webhooks and states in as few words as a test needs."""

from __future__ import annotations

from typing import Any

from portside.model.resource import Body, Kind, Resource, State


def blueprint(
    identifier: str,
    *,
    to: str | None = None,
    relations: Body | None = None,
    properties: Body | None = None,
    required: tuple[str, ...] = (),
    **more: Any,
) -> Resource:
    """A blueprint; `to` is the target of a relation "to"; a property may be just its type, a relation its target."""
    spelled = {key: {"type": one} if isinstance(one, str) else one for key, one in (properties or {}).items()}
    related = {key: {"target": one} if isinstance(one, str) else one for key, one in (relations or {}).items()}
    body = {
        "identifier": identifier,
        "title": identifier.title(),
        "schema": {"properties": spelled, "required": list(required)},
        "relations": {**({"to": {"target": to}} if to else {}), **related},
        **more,
    }
    return Resource.of(Kind.BLUEPRINT, body)


def webhook(identifier: str, *mapped: str, **more: Any) -> Resource:
    """A webhook with one plain mapping for each blueprint named."""
    mappings = [{"blueprint": one, "entity": {"identifier": ".body.id"}} for one in mapped]
    return Resource.of(Kind.WEBHOOK, {"identifier": identifier, "title": identifier, "mappings": mappings, **more})


def state(*resources: Resource) -> State:
    return State(resources)
