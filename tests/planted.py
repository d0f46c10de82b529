"""Secrets planted to be looked for: how one might be spelled wherever it should not be."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote


def spellings(secret: str) -> set[bytes]:
    """How a secret might look if it were somewhere after all."""
    whole = secret.encode()
    escaped = json.dumps(secret)[1:-1].encode()
    return {
        whole,
        escaped,
        json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        quote(secret, safe="").encode(),
        b64encode(whole)[:-4],
        whole.hex().encode(),
    }


def holding(data: bytes, secrets: Iterable[str]) -> list[bytes]:
    """The spellings of secrets that stand in there."""
    return sorted(spelling for secret in secrets for spelling in spellings(secret) if spelling in data)
