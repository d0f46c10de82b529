"""A secret is a name until the last moment: `${NAME}` in files, plans, stores and reports. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portside.model.resource import JSON, KINDS, Body, Kind, at, replaced
from portside.problems import Route

_NAME = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
_SEALED = r"\$\{sealed:([A-Za-z0-9_=-]+)\}"


def name(text: str) -> str | None:
    """`${PAGERDUTY_WEBHOOK_SECRET}` → PAGERDUTY_WEBHOOK_SECRET; None for anything else: that is the secret itself."""
    found = re.fullmatch(_NAME, text)
    return found[1] if found else None


def sealed_part(text: str) -> str | None:
    """`${sealed:gAAAA…}` → gAAAA…, the encrypted form of a secret that came over the API; None for anything else."""
    found = re.fullmatch(_SEALED, text)
    return found[1] if found else None


def sealed_text(part: str) -> str:
    """What stands in a body for a secret that was encrypted."""
    return f"${{sealed:{part}}}"


def derived(identifier: str) -> str:
    """The name under which a secret is looked up that somebody wrote into a file: PORTSIDE_SECRET_PAGERDUTYMAPPER."""
    return f"PORTSIDE_SECRET_{re.sub('[^A-Z0-9]', '_', identifier.upper())}"


def literals(kind: Kind, body: JSON) -> tuple[Route, ...]:
    """Where a raw body holds a secret instead of a name."""
    return tuple(route for route in KINDS[kind].write_only if _literal(at(body, route)))


def withheld(kind: Kind, body: Mapping[str, JSON]) -> Body:
    """The body with each secret replaced by a derived name: no value gets further than the file it stands in."""
    found = dict(body)
    for route in literals(kind, body):
        found = replaced(found, route, f"${{{derived(str(body.get('identifier', '')))}}}")
    return found


def _literal(value: JSON) -> bool:
    return isinstance(value, str) and value != "" and name(value) is None and sealed_part(value) is None
