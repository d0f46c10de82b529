"""Webhooks: what they map, how a delivery proves itself, and what came last.

The rule: of a secret there is the name, or that there is one.
"""

from __future__ import annotations

from portside.catalogs import listing, resources
from portside.catalogs.reading import Reading
from portside.model.resource import Body, Kind, Ref, Resource
from portside.model.secrets import name as secret_name
from portside.model.webhook import Webhook
from portside.problems import dotted
from portside.server.pages import values
from portside.server.pages.asked import Asked, Page, nowhere, number

LISTED = 100
"""Webhooks on a page."""
DELIVERIES = 20
"""Deliveries on the page of a webhook."""


def overview(asked: Asked) -> Page:
    """All webhooks, or those whose identifier holds a text."""
    text = asked.asks("q")
    with asked.catalog.reading() as reading:
        part = listing.resources(reading.connection, Kind.WEBHOOK, text, asked.turn, LISTED)
        total = listing.resource_count(reading.connection, Kind.WEBHOOK)
        rows = [_row(reading, name) for name in part.rows]
    return Page("webhooks.html", {"text": text, "part": part, "total": total, "rows": rows})


def one(asked: Asked) -> Page:
    """A webhook with its recent deliveries."""
    identifier = asked.path[0]
    ref = Ref(Kind.WEBHOOK, identifier)
    with asked.catalog.reading() as reading:
        document = resources.document(reading.connection, ref) if len(asked.path) == 1 else None
        if document is None:
            raise nowhere(f"webhook {'/'.join(asked.path)}")
        webhook = Webhook(resources.secretive(reading.connection, ref) or Resource(ref, document))
        before = number(asked.asks("deliveries"))
        shown = {
            "webhook": webhook,
            "body": document,
            "address": f"{asked.base}/{document['webhookKey']}",
            "secret": _secret(webhook),
            "mappings": [_mapping(reading, webhook, index) for index in range(len(webhook.mappings))],
            "deliveries": listing.last_deliveries(reading.connection, identifier, None, before, DELIVERIES),
        }
    return Page("webhook.html", shown)


def _row(reading: Reading, identifier: str) -> Body:
    """A webhook in a list, with its last delivery."""
    found = resources.one(reading.connection, Ref(Kind.WEBHOOK, identifier))
    assert found is not None  # it was listed in the same look
    webhook = Webhook(found)
    last = listing.last_deliveries(reading.connection, identifier, None, None, 1).rows
    return {
        "identifier": identifier,
        "title": found.body.get("title") or "",
        "enabled": webhook.enabled,
        "feeds": sorted({(one.blueprint, one.blueprint in reading.blueprints) for one in webhook.mappings}),
        "last": last[0] if last else None,
    }


def _secret(webhook: Webhook) -> str:
    """`from the variable NAME`, `kept encrypted`, or "" where there is none."""
    secret = webhook.security.secret
    if not secret:
        return ""
    found = secret_name(secret)
    return f"from the variable {found}" if found else "kept encrypted"


def _mapping(reading: Reading, webhook: Webhook, index: int) -> Body:
    mapping = webhook.mappings[index]
    return {
        "mapping": mapping,
        "there": mapping.blueprint in reading.blueprints,
        "expressions": [
            (dotted(one.route[2:]).removeprefix("entity."), values.line(one.text)) for one in mapping.expressions()
        ],
    }
