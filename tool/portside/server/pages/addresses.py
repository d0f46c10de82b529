"""Where each page is found.

The rule: an identifier is one segment of a path, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from portside.model.resource import Kind, Ref


def blueprint(identifier: str) -> str:
    return f"/catalog/{_segment(identifier)}"


def entity(blueprint: str, identifier: str) -> str:
    return f"/catalog/{_segment(blueprint)}/{_segment(identifier)}"


def webhook(identifier: str) -> str:
    return f"/webhooks/{_segment(identifier)}"


def delivery(number: int) -> str:
    return f"/deliveries/{number}"


def payload(number: int) -> str:
    """The body of a delivery as it came."""
    return f"/deliveries/{number}/payload"


def resource(ref: Ref) -> str:
    return webhook(ref.identifier) if ref.kind is Kind.WEBHOOK else blueprint(ref.identifier)


def asking(path: str, query: Mapping[str, object]) -> str:
    """A path with the parts of a query that say something."""
    told = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(told)}" if told else path


def _segment(identifier: str) -> str:
    return quote(identifier, safe="")
