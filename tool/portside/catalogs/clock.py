"""Now, as Port writes it: UTC, milliseconds, Z."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """2026-01-02T03:04:05.678Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
