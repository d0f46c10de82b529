"""Bytes to a delivery: what a sender posts, or a payload that somebody kept in a file. Pure.

The one rule: `raw` are the bytes a signature covers, never a spelling of our own where the sender's is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from portside.errors import Unreadable
from portside.jq.engine import first, given, whole
from portside.model.resource import JSON
from portside.model.webhook import Delivery, Webhook

ENVELOPE = frozenset({"body", "headers", "queryParams"})
"""The keys of an event as Port's "Test mapping" box takes it, and as jq sees it."""


def received(raw: bytes, headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None) -> Delivery:
    """A request as it came. Raises Unreadable, saying why, for a body that is not JSON."""
    return Delivery(parsed(raw), lower(headers or {}), dict(query or {}), raw)


def kept(raw: bytes, headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None) -> Delivery:
    """A payload from a file: a body as received, or the envelope {body, headers?, queryParams?}.

    An object is an envelope when it has `body` and no key but those three. What the envelope says about headers and
    query goes first; `headers` and `query` add to it. The exact bytes of an envelope's body are not known, so `raw`
    is then its shortest spelling, which is how senders write.
    """
    value = parsed(raw)
    if not is_envelope(value):
        return Delivery(value, lower(headers or {}), dict(query or {}), raw)
    body = json.dumps(value["body"], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Delivery(
        value["body"],
        {**lower(headers or {}), **lower(value.get("headers") or {})},
        {**(query or {}), **_texts(value.get("queryParams") or {})},
        body,
    )


def is_envelope(value: JSON) -> bool:
    """Whether a payload holds a whole event and not only its body."""
    if not isinstance(value, dict) or "body" not in value or value.keys() - ENVELOPE:
        return False
    return all(isinstance(value.get(key) or {}, dict) for key in ("headers", "queryParams"))


def parsed(raw: bytes) -> JSON:
    """The body; half a surrogate pair in it is U+FFFD, as for jq 1.7. Raises Unreadable for what is not JSON."""
    try:
        found = json.loads(raw.decode("utf-8-sig"), parse_constant=_refused)
        return whole(found) if b"\\ud" in raw or b"\\uD" in raw else found
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8: byte {error.start} is {raw[error.start]:#04x}") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Unreadable("the body is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"the body is not JSON: {error}") from None


SHALLOW = 200
"""So many lists and objects at most are surely no deeper in each other than every reader of JSON goes."""


def soon_parsed(raw: bytes) -> JSON:
    """As parsed, and much faster for most bodies; integers beyond 64 bits may come as the doubles that jq makes of
    them."""
    import orjson  # late: 11 ms, which pay off for who takes many deliveries

    try:
        found: JSON = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return parsed(raw)
    return found if raw.count(b"{") + raw.count(b"[") <= SHALLOW else parsed(raw)


def request_identifier(webhook: Webhook, delivery: Delivery, *, complete: bool = False) -> str | None:
    """What tells this delivery from all others: security.requestIdentifierPath on it.

    None when the webhook has none, or it gives no text and no number. `complete`: it holds no half of a surrogate pair
    anywhere, so nobody has to look for one.
    """
    path = webhook.security.request_identifier_path
    value = (given if complete else first)(path, delivery.input).value if path else None
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _refused(word: str) -> JSON:
    raise ValueError(f"{word} is no number of JSON")


def lower(headers: Mapping[str, JSON]) -> dict[str, str]:
    """Headers as jq sees them: Port's front door may change the case of names, so its pages ask for lower case."""
    return {name.lower(): text if isinstance(text, str) else json.dumps(text) for name, text in headers.items()}


def _texts(values: Mapping[str, JSON]) -> dict[str, str]:
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
