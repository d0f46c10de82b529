"""The playground: a payload through a webhook, with everything it does and nothing that it changes.

The rule: what is shown is what the catalog would do, under the limits that deliveries have.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from portside.catalogs import addressees, deliveries, listing, resources
from portside.catalogs.reading import Reading
from portside.errors import Unreadable
from portside.mappings.delivery import is_envelope, kept, parsed
from portside.model.resource import JSON, Body, Kind, Resource
from portside.model.webhook import DELIVERY_LIMIT, Webhook
from portside.server.pages import values
from portside.server.pages.asked import Asked, Page, nowhere, number
from portside.server.pages.told import told

CHOICES = 500
"""Webhooks to choose from."""
SAMPLES = 10
"""Deliveries to begin with, and to know types from."""
SAMPLED = 128 * 1024
"""Bytes of deliveries that types are known from, together."""


def empty(asked: Asked) -> Page:
    """The form, perhaps with a payload that came before."""
    with asked.catalog.reading() as reading:
        webhook = _webhook(reading, asked.asks("webhook"))
        payload = _sample(reading, webhook, number(asked.asks("sample"))) if webhook else ""
        return _page(reading, webhook, payload, live=False)


def tried(asked: Asked) -> Page:
    """The payload of the form through its webhook. `live`: the page is asked for by its script, which has the form."""
    payload = asked.form.get("payload", "").replace("\r\n", "\n")
    with asked.catalog.reading() as reading:
        webhook = _webhook(reading, asked.form.get("webhook", ""))
        return _page(reading, webhook, payload, live="live" in asked.form)


def enabled(webhook: Webhook) -> Webhook:
    """The webhook as if it were enabled: one that is not does nothing, and there would be nothing to see."""
    if webhook.enabled:
        return webhook
    resource = webhook.resource
    return Webhook(Resource(resource.ref, {**resource.body, "enabled": True}, resource.source))


def known(reading: Reading, webhook: Webhook) -> Sequence[JSON]:
    """What expressions saw of the last deliveries."""
    found = []
    for one in listing.samples(reading.connection, webhook.identifier, SAMPLES, SAMPLED):
        with suppress(Unreadable):  # kept by an older portside
            found.append(replace(one, body=parsed(one.raw)).input)
    return found


def _page(reading: Reading, webhook: Webhook | None, payload: str, *, live: bool) -> Page:
    names = list(listing.resources(reading.connection, Kind.WEBHOOK, "", listing.Turn(), CHOICES).rows)
    if webhook and webhook.identifier not in names:
        names.append(webhook.identifier)
    found: Body = {"told": None, "wrong": ""}
    if webhook and payload.strip():
        found = _tried(reading, webhook, payload)
    return Page(
        "playground.html",
        {
            "webhook": webhook,
            "names": names,
            "payload": "" if live else payload,
            "samples": _samples(reading, webhook),
            "limit": DELIVERY_LIMIT,
            **found,
        },
    )


def _tried(reading: Reading, webhook: Webhook, payload: str) -> Body:
    """What came of it, or what is wrong with the payload."""
    raw = payload.encode("utf-8", "replace")
    if len(raw) > DELIVERY_LIMIT:
        return {"told": None, "wrong": f"the payload has {len(raw)} bytes, and Port takes {DELIVERY_LIMIT}"}
    try:
        delivery = kept(raw)
    except Unreadable as error:
        return {"told": None, "wrong": str(error)}
    return {"told": told(reading, enabled(webhook), delivery, known(reading, webhook)), "wrong": ""}


def _webhook(reading: Reading, name: str) -> Webhook | None:
    """The one that was asked for, or the first; None: there is none at all."""
    if not name:
        first = listing.resources(reading.connection, Kind.WEBHOOK, "", listing.Turn(), 1).rows
        name = first[0] if first else ""
    to = addressees.named(reading.connection, name) if name else None
    if name and to is None:
        raise nowhere(f"webhook {name}")
    return to.webhook if to else None


def _samples(reading: Reading, webhook: Webhook | None) -> Sequence[Body]:
    if webhook is None:
        return ()
    return listing.last_deliveries(reading.connection, webhook.identifier, None, None, SAMPLES).rows


def _sample(reading: Reading, webhook: Webhook, wanted: int | None) -> str:
    """A delivery's payload; with its headers and query where those are read, or a body looks like all three."""
    stored = deliveries.kept(reading.connection, wanted) if wanted is not None else None
    if stored is None or stored.key != resources.webhook_key(reading.connection, webhook.identifier):
        return ""
    found = stored.delivery
    try:
        body = parsed(found.raw)
    except Unreadable:
        return found.raw.decode("utf-8", "replace")
    read = any(".headers" in one.text or ".queryParams" in one.text for one in webhook.expressions())
    if read or is_envelope(body):
        return values.pretty({"body": body, "headers": found.headers, "queryParams": found.query})
    return values.pretty(body)
