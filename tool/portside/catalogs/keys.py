"""Keys that nobody can guess."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def random_key() -> str:
    """16 alphanumerics, as in the address of a webhook."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))
