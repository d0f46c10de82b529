"""Was a delivery sent by who it says? Signatures of Port's webhook security: sha1, sha256, plain. Pure.

The one rule: what is compared is bytes, in constant time, over the body exactly as it came.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from portside.model.webhook import Security

PLAIN = "plain"
_HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def verify(security: Security, secret: str, headers: Mapping[str, str], raw: bytes) -> str | None:
    """Why the delivery cannot be trusted, in a sentence without its place; None: it is genuine, or nothing is asked.

    `secret` is the value itself. Several signatures may stand in the header, separated by commas: senders do that
    while they change a secret (PagerDuty's page on signatures), and one that is right is enough.
    """
    if security.header is None and security.algorithm is None:
        return None
    if security.header is None or security.algorithm is None:
        lacking = "signatureHeaderName" if security.header is None else "signatureAlgorithm"
        return f"the webhook's security has no {lacking}, so nothing can be verified"
    if security.algorithm not in {PLAIN, *_HASHES}:
        return f"the webhook's signatureAlgorithm '{security.algorithm}' is none of plain, sha1, sha256"
    found = {name.lower(): value for name, value in headers.items()}.get(security.header.lower())
    if found is None:
        return f"the header '{security.header}' is missing"
    if not raw and security.algorithm != PLAIN:
        return "the body is empty"
    signatures = _signatures(security, found)
    if not signatures:
        return f"the header '{security.header}' holds no signature that begins with '{security.prefix}'"
    expected = sign(security, secret, raw).encode()
    # every entry is compared, so that the time says nothing about which one was right
    matches = [hmac.compare_digest(one.encode("utf-8", "surrogatepass"), expected) for one in signatures]
    return None if any(matches) else f"the signature in '{security.header}' is not that of this body and secret"


def sign(security: Security, secret: str, raw: bytes) -> str:
    """The header's value for a body: prefix, then lower-case hexadecimal digits (or the secret, when plain)."""
    if security.algorithm == PLAIN:
        return f"{security.prefix}{secret}"
    digest = hmac.new(secret.encode(), raw, _HASHES[security.algorithm or "sha256"])
    return f"{security.prefix}{digest.hexdigest()}"


def _signatures(security: Security, header: str) -> list[str]:
    """The entries that carry the prefix; others are of another version. A plain secret may hold commas."""
    entries = [header] if security.algorithm == PLAIN else [entry.strip() for entry in header.split(",")]
    return [entry for entry in entries if entry.startswith(security.prefix) and len(entry) > len(security.prefix)]
