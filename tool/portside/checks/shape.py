"""Each resource by itself: does it have its kind's shape, and does it make sense? Pure.

The fast validator decides; only what it says no to is looked at again, to say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from portside.checks import definitions
from portside.model.resource import JSON, Kind
from portside.model.secrets import derived, literals
from portside.problems import Problem, Severity, Source, dotted, in_order
from portside.schemas.load import schema


def check(kind: Kind, body: JSON, source: Source) -> tuple[Problem, ...]:
    """What is wrong with a body as it was written, whatever it is."""
    return in_order(
        (
            *_misshapen(kind, body, source),
            *definitions.check(kind, body, source),
            *_literal_secrets(kind, body, source),
            *_missing_secret(kind, body, source),
        )
    )


def fits(kind: Kind, body: JSON) -> bool:
    """Whether the body passes its kind's schema."""
    try:
        return bool(_validator(kind).is_valid(body))
    except (ValueError, SystemError):  # by version: half a surrogate pair, or a key that is no string
        return False  # the other one looks at what JSON cannot say


def _misshapen(kind: Kind, body: JSON, source: Source) -> tuple[Problem, ...]:
    if fits(kind, body):
        return ()
    from portside.checks.explain import explain  # late: it brings jsonschema, and most files are right

    return explain(kind, body, source)


@cache
def _validator(kind: Kind) -> Any:
    import jsonschema_rs  # late: 10 ms that a command without files need not pay

    return jsonschema_rs.Draft202012Validator(schema(kind))


def _literal_secrets(kind: Kind, body: JSON, source: Source) -> Iterator[Problem]:
    if not isinstance(body, dict):
        return
    for route in literals(kind, body):
        message = f"the secret itself stands here, as '{dotted(route)}' of the {kind}"
        hint = f"write its name, such as {_name(body)}, and keep its value in the environment; it is read as that name"
        yield Problem(source.at(route), "literal-secret", Severity.WARNING, message, hint)


def _missing_secret(kind: Kind, body: JSON, source: Source) -> Iterator[Problem]:
    """What `pull` leaves behind, too: Port never returns a secret, and takes a webhook without one for what it says."""
    security = body.get("security") if isinstance(body, dict) and kind is Kind.WEBHOOK else None
    if not isinstance(security, dict) or security.get("secret"):
        return
    asked = next((key for key in ("signatureHeaderName", "signatureAlgorithm") if security.get(key)), None)
    if security.get("signatureHeaderName") == "":
        return  # Port's own form sends empty texts for a webhook that needs no signature
    if asked:
        message = f"'{asked}' asks for signed deliveries, and without a 'secret' beside it no signature can be verified"
        hint = f"write 'secret: {_name(body)}', or another name; Port returns no secret, so a pulled file has none"
        yield Problem(source.key(("security", asked)), "secret-missing", Severity.WARNING, message, hint)


def _name(body: Mapping[str, JSON]) -> str:
    """The name that a secret has when its author gives it none."""
    return f"${{{derived(str(body.get('identifier', '')))}}}"
