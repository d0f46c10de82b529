"""Which deliveries a mapping is known to get: the payloads of its webhook's cases, and what PagerDuty declares. Pure.

The one rule: a declared delivery counts only where the webhook is evidently meant for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from portside.model.resource import Body
from portside.model.webhook import Webhook, WebhookMapping

Cases: TypeAlias = Sequence[tuple[str, Body]]
"""Deliveries of a webhook by the path of their file, as jq sees them."""


class Sample(NamedTuple):
    """One delivery. `declared`: the sender's documents say that it sends it; else somebody kept it as a case.

    `leads`: its event is the first of those with the same kind of data; a case stands in for one of the others.
    """

    name: str
    input: Body
    declared: bool
    leads: bool = True


_SIGNED = "x-pagerduty-signature"
_READS = re.compile(r"\.body\.(event|incidents|services)\b")
_MEMBERS = re.compile(r"(?:\.body\.event\.data|\.item)\.([A-Za-z_]\w*)")


def samples(webhook: Webhook, mapping: WebhookMapping, cases: Cases) -> tuple[Sample, ...]:
    """What is known of the deliveries that a mapping gets; nothing: nobody knows."""
    kept = tuple(Sample(name, given, False) for name, given in cases)
    names = {_event(sample.input) for sample in kept}
    declared = _declared(webhook, mapping)
    return (*kept, *(one for one in declared if one.leads or _event(one.input) not in names))


def _declared(webhook: Webhook, mapping: WebhookMapping) -> Iterator[Sample]:
    texts = " ".join(expression.text for expression in mapping.expressions())
    parts = frozenset(_READS.findall(texts))
    if parts and _of_pagerduty(webhook):
        found, members = _of(parts)
        read = set(_MEMBERS.findall(texts))
        if 2 * len(read & members) >= len(read):  # or else a script may post what it makes of PagerDuty's
            yield from found


def _of_pagerduty(webhook: Webhook) -> bool:
    return (webhook.security.header or "").lower() == _SIGNED or "pagerduty" in webhook.identifier.lower()


@cache
def _of(parts: frozenset[str]) -> tuple[tuple[Sample, ...], frozenset[str]]:
    """The deliveries that have one of these parts, and the names of the members of their data."""
    from portside.checks import pagerduty  # late: most webhooks are somebody else's

    found = [
        (name, body)
        for part in sorted(parts)
        for name, body in (pagerduty.events() if part == "event" else pagerduty.pages(part))
    ]
    members = frozenset(key for _, body in found for data in _data(body) for key in data)
    leading = {kind: name for name, kind in reversed([*pagerduty.EVENTS.items()])}
    leads = {name for name, _ in found if pagerduty.EVENTS.get(name) is None} | set(leading.values())
    return tuple(Sample(f"PagerDuty's {name}", _delivery(body), True, name in leads) for name, body in found), members


def _event(given: Body) -> str | None:
    match given:
        case {"body": {"event": {"event_type": str(name)}}}:
            return name
    return None


def _delivery(body: Body) -> Body:
    return {"body": body, "headers": {}, "queryParams": {}}


def _data(body: Body) -> Iterator[Body]:
    if "event" in body:
        yield body["event"]["data"]
    for key in ("incidents", "services"):
        yield from body.get(key, ())
